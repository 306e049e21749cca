"""A shift as the API tells it: the objects of docs/command-line.md, field by field.

They are made by service/report_json alone, so the command line and the API say the same; a field
that is new there and not here is refused by the tests.
"""

from __future__ import annotations

from pydantic import Field

from phrases.types import FindingStatus, GapReason, Lane, Outcome, Profile, StepOutcome, TimeSource
from service.api.values import Output, Utc


class Versions(Output):
    """What produced a grading."""

    program: str
    catalog: str
    dialogue: str
    score_table: str
    calendar: str
    model: str
    thresholds: str


class Shift(Output):
    """The figures of a shift."""

    id: str
    station: str
    booth: str
    collector: str
    team: str | None
    lane: Lane
    started_at: Utc
    time_source: TimeSource
    vehicles: int
    compliant: int
    fault: int
    unsure: int
    score: float | None = Field(description="0 to 100; null: nothing could be judged")
    score_low: float | None
    score_high: float | None
    duration_s: float
    listened_s: float
    gap_s: float
    complete: bool = Field(description="false: stopped in the middle, or still going on")
    grading: int = Field(description="number of the grading shown, from 1")
    gradings: int
    graded_at: Utc
    versions: Versions


class ShiftWithWarnings(Shift):
    """The figures of a shift, and what to mind about them."""

    warnings: list[str]


class Finding(Output):
    """One thing that a person should look at."""

    code: str
    status: FindingStatus
    step: str | None
    expected: str | None
    heard: str | None
    at_s: float | None = Field(description="seconds from the recording's start")
    reason: str


class Step(Output):
    """One step of a vehicle's dialogue."""

    step: str
    phrase: str | None
    outcome: StepOutcome
    mandatory: bool
    heard: str | None
    score: float | None
    start_s: float | None
    end_s: float | None
    why: str


class DueLine(Output):
    """A line that the day, the weather or a notice asked for."""

    code: str
    phrases: list[str]
    slots: dict[str, str]
    reason: str
    sure: bool


class Transaction(Output):
    """One vehicle."""

    vehicle: int | str = Field(description="the lane's name for it")
    lane: Lane
    start_s: float
    end_s: float
    inferred: bool
    outcome: Outcome
    profile: Profile
    day: str
    due: list[DueLine]
    findings: list[Finding]
    steps: list[Step]


class Match(Output):
    """A phrase that was accepted, or nearly."""

    phrase: str
    slots: dict[str, str]
    score: float
    accepted: bool
    remark: str | None
    start_s: float
    end_s: float
    language: str
    why: str


class Utterance(Output):
    """A stretch of speech."""

    start_s: float
    end_s: float
    near: bool
    side: str
    text: str | None
    matches: list[Match]
    withheld: bool = Field(False, description="nothing of the catalog was in it: not kept")


class Gap(Output):
    """A stretch that could not be listened to."""

    start_s: float
    end_s: float
    reason: GapReason


class Report(Output):
    """A whole shift, as `changshou report` prints it."""

    shift: ShiftWithWarnings
    transactions: list[Transaction]
    utterances: list[Utterance]
    gaps: list[Gap]


class PlacedTransaction(Transaction):
    """One vehicle, with its place in the shift."""

    position: int


class PlacedUtterance(Utterance):
    """A stretch of speech, with its place in the shift."""

    position: int


class PlacedFinding(Finding):
    """A finding, with where and when it was."""

    shift: str
    station: str
    booth: str
    collector: str
    team: str | None
    vehicle: int | str
    vehicle_position: int
    position: int
    lane: Lane
    outcome: Outcome = Field(description="the vehicle's")
    at: Utc | None = Field(description="null: of the vehicle as a whole")
