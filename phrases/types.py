"""The types that flow through the judgement: what was heard, what was due, what was decided.

All are frozen. Spans are whole milliseconds from the start of the recording; dates and times
are aware; money is whole fen (1 yuan = 100 fen).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class GapReason(StrEnum):
    """Why a stretch of the recording could not be listened to."""

    OVERRUN = "overrun"
    MIC_LOST = "mic_lost"
    TOO_NOISY = "too_noisy"
    ASR_FAILED = "asr_failed"
    RESTART = "restart"


class Side(StrEnum):
    """Who an utterance comes from, as far as sound tells."""

    NEAR = "near"
    """The collector."""
    FAR = "far"
    """A driver, a machine, the next booth: neither matched nor kept."""
    UNKNOWN = "unknown"
    """Cannot be told: counts as near, and a finding that rests on it is unsure."""


class Lane(StrEnum):
    """Which dialogue is spoken."""

    EXIT = "exit"
    ENTRY = "entry"
    PHONE = "phone"
    HANDOVER = "handover"


class Payment(StrEnum):
    """How the toll was paid."""

    CASH = "cash"
    ETC = "etc"
    MOBILE = "mobile"
    CARD = "card"
    FREE = "free"


class Excuse(StrEnum):
    """What excuses every step of a vehicle."""

    EMERGENCY = "emergency"
    DISPUTE = "dispute"
    EQUIPMENT = "equipment"


class Profile(StrEnum):
    """Which of a dialogue's steps are mandatory."""

    NORMAL = "normal"
    PEAK = "peak"


class Decision(StrEnum):
    """What became of a candidate phrase."""

    ACCEPTED = "accepted"
    UNSURE = "unsure"
    REJECTED = "rejected"


class StepOutcome(StrEnum):
    """What became of one step of a dialogue."""

    SAID = "said"
    MISSING = "missing"
    WRONG = "wrong"
    UNSURE = "unsure"
    EXCUSED = "excused"


class FindingStatus(StrEnum):
    """How much a finding says."""

    FAULT = "fault"
    UNSURE = "unsure"
    REMARK = "remark"


class Outcome(StrEnum):
    """What became of one vehicle."""

    COMPLIANT = "compliant"
    FAULT = "fault"
    UNSURE = "unsure"


class TimeSource(StrEnum):
    """Where the recording's start time comes from."""

    GIVEN = "given"
    """Named by a person or by the lane."""
    FILE = "file"
    """The file's own time less its length: nothing that depends on it is more than unsure."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A stretch of the recording."""

    start_ms: int
    """milliseconds from the recording's start"""
    end_ms: int
    """milliseconds from the recording's start, not before start_ms"""

    def overlaps(self, start_ms: int, end_ms: int) -> bool:
        """Whether the two stretches share any time."""
        return self.start_ms < end_ms and start_ms < self.end_ms


@dataclass(frozen=True, kw_only=True, slots=True)
class Gap(Span):
    """A stretch that could not be listened to: never a reason to call anything missing."""

    reason: GapReason


@dataclass(frozen=True, kw_only=True, slots=True)
class Transcript(Span):
    """What the recogniser made of one utterance."""

    utterance: int
    """number of the utterance in the recording, from 0"""
    side: Side
    text: str
    """as the recogniser wrote it, not normalised; empty if it heard no words"""
    alternatives: tuple[str, ...] = ()
    """further readings, best first"""
    logprob: float = 0.0
    """mean natural-log probability per token"""
    no_speech: float = 0.0
    """0..1, the recogniser's own guess that nobody spoke"""
    snr_db: float = 30.0
    """decibels of the speech over the noise around it"""
    pauses: tuple[Span, ...] = ()
    """short silences within it"""
    language: str = "zh"
    model: str = ""
    """id of the weights"""


@dataclass(frozen=True, kw_only=True, slots=True)
class PhraseMatch(Span):
    """One phrase of the catalog found, or nearly found, in what was heard."""

    phrase: str
    """phrase id of the catalog"""
    slots: Mapping[str, str] = field(default_factory=dict)
    """slot name to value; `amount` is a plain decimal string in yuan"""
    text: str
    """the stretch of the transcript that it claims, normalised"""
    utterances: tuple[int, ...]
    """numbers of the utterances that it spans"""
    char_score: float
    """0..1, likeness by characters"""
    pinyin_score: float
    """0..1, likeness by weighted pinyin"""
    acoustic_score: float | None = None
    """mean natural-log probability per character, teacher-forced; None if not asked for"""
    score: float
    """0..1, all evidence together"""
    decision: Decision
    why: str
    """for people: what decided"""
    language: str = "zh"
    side: Side = Side.NEAR
    remark: str | None = None
    """a remark that goes with this wording, such as 你 in place of 您"""
    rivals: tuple[str, ...] = ()
    """other amounts (yuan, decimal strings) that sound alike and were not ruled out"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard(Span):
    """One utterance after matching."""

    utterance: int
    side: Side
    text: str | None
    """transcript, simplified; None for the far side"""
    matches: tuple[PhraseMatch, ...] = ()
    """accepted and unsure ones, in the order said; accepted ones never overlap"""
    unexplained_ms: int = 0
    """milliseconds of speech in it that no accepted phrase accounts for"""
    foreign: bool = False
    """the unexplained part is clearly other speech: it hides no phrase of the catalog"""
    snr_db: float = 30.0


@dataclass(frozen=True, kw_only=True, slots=True)
class LaneEvent:
    """What the lane controller says of one vehicle."""

    vehicle: int | str
    arrived_ms: int
    left_ms: int | None = None
    toll_fen: int | None = None
    tendered_fen: int | None = None
    payment: Payment | None = None
    lane: Lane | None = None
    """None: the recording's lane"""
    ticket: bool | None = None
    """False: no ticket was due"""
    excuse: Excuse | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Weather(Span):
    """A condition of the weather and when it held."""

    kind: str
    """rain, fog, ice or snow"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice(Span):
    """A road notice or a closure and when it was in force."""

    kind: str
    """road or closure"""
    direction: str | None = None
    what: str | None = None
    """塌方, 施工 or 排障"""
    cause: str | None = None
    reopens: str | None = None
    """clock time such as 10:00"""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProfileSpan(Span):
    """When a profile other than the shift's own was in force."""

    profile: Profile


@dataclass(frozen=True, kw_only=True, slots=True)
class LaneLog:
    """All that the lane and the station say about a recording."""

    lane: Lane
    started_at: dt.datetime
    """aware"""
    time_source: TimeSource
    events: tuple[LaneEvent, ...] | None = None
    """by arrival; None: no lane controller, boundaries are inferred"""
    weather: tuple[Weather, ...] = ()
    notices: tuple[Notice, ...] = ()
    profiles: tuple[ProfileSpan, ...] = ()
    profile: Profile = Profile.NORMAL


@dataclass(frozen=True, kw_only=True, slots=True)
class DueLine:
    """A line of the day, the weather or a notice that is due for a vehicle."""

    code: str
    """code of the finding if it is not said: context.festival, context.weekend,
    context.weather or context.notice"""
    phrases: tuple[str, ...]
    """ids of the phrases of which any one is enough"""
    slots: Mapping[str, str] = field(default_factory=dict)
    """values that must be said as notified"""
    reason: str
    """why it is due, for people"""
    sure: bool = True
    """False: the day or the time is not certain; a finding is unsure at most"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """All that is due for one vehicle beside the steps of its dialogue."""

    lines: tuple[DueLine, ...]
    clock: tuple[str, ...]
    """ids of the clock greetings that fit the hour"""
    clock_sure: bool
    wish_allowed: bool = True
    """False on 清明 and days of mourning: a wish is then a remark"""
    rule_version: str
    warnings: tuple[str, ...] = ()
    day: str = ""
    """what the day is, for people: a working day, a weekend, 春节 …"""


@dataclass(frozen=True, kw_only=True, slots=True)
class StepResult:
    """One step of a vehicle's dialogue, judged."""

    step: str
    mandatory: bool
    outcome: StepOutcome
    phrase: str | None = None
    """id of the phrase that filled it"""
    heard: str | None = None
    score: float | None = None
    """0..1, of the match that filled it"""
    start_ms: int | None = None
    end_ms: int | None = None
    why: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing that a person should look at."""

    code: str
    """codes of CONTRACT.md, such as missing.greet or amount.change"""
    status: FindingStatus
    step: str | None = None
    expected: str | None = None
    heard: str | None = None
    at_ms: int | None = None
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TransactionVerdict(Span):
    """One vehicle, judged."""

    vehicle: int | str
    lane: Lane
    inferred: bool
    """True: the vehicle's bounds were inferred from the speech"""
    outcome: Outcome
    steps: tuple[StepResult, ...]
    findings: tuple[Finding, ...]
    profile: Profile
    due: Due


@dataclass(frozen=True, kw_only=True, slots=True)
class Versions:
    """What produced a grading: enough to repeat it."""

    program: str
    catalog: str
    dialogue: str
    score_table: str
    calendar: str
    model: str
    thresholds: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """A shift's score with its interval."""

    value: float | None
    """0..100; None: nothing could be judged"""
    low: float | None
    high: float | None
    """95 % interval"""


@dataclass(frozen=True, kw_only=True, slots=True)
class ShiftReport:
    """A graded recording."""

    lane: Lane
    started_at: dt.datetime
    time_source: TimeSource
    duration_ms: int
    listened_ms: int
    gap_ms: int
    transactions: tuple[TransactionVerdict, ...]
    utterances: tuple[Heard, ...]
    gaps: tuple[Gap, ...]
    score: Score
    versions: Versions
    complete: bool = True
    """False: stopped in the middle; a second run completes it"""
    warnings: tuple[str, ...] = ()

    def count(self, outcome: Outcome) -> int:
        """Vehicles with this outcome."""
        return sum(t.outcome is outcome for t in self.transactions)
