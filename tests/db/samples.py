"""Shifts to keep: one with a value in every field, and one of any length."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace

from db.seal import Signer
from db.types import Clip, ClipReason, Part, Recording, ShiftIdentity
from db.vault import Vault
from phrases.types import (
    Decision,
    Due,
    DueLine,
    Finding,
    FindingStatus,
    Gap,
    GapReason,
    Heard,
    Lane,
    Outcome,
    PhraseMatch,
    Profile,
    Score,
    ShiftReport,
    Side,
    Span,
    StepOutcome,
    StepResult,
    TimeSource,
    TransactionVerdict,
    Versions,
)

CHINA = dt.timezone(dt.timedelta(hours=8))
SIGNER = Signer.new()
"""seals what the tests store"""
START = dt.datetime(2026, 11, 24, 10, 0, 0, 123456, tzinfo=CHINA)


def identity(**changes: object) -> ShiftIdentity:
    """A shift of one collector in one booth."""
    given = ShiftIdentity(
        station="南昌西", booth="3", collector="Z0107", team="甲班", started_at=START
    )
    return replace(given, **changes)  # type: ignore[arg-type]


def recording(content: str = "one") -> Recording:
    """A recording of two files."""
    return Recording.of(
        tuple(
            Part(
                name=f"{content}-{number}.opus",
                sha256=hashlib.sha256(f"{content} {number}".encode()).hexdigest(),
                duration_ms=1_800_000,
            )
            for number in (1, 2)
        )
    )


def match(**changes: object) -> PhraseMatch:
    """收您五十元, found."""
    found = PhraseMatch(
        start_ms=3_100,
        end_ms=4_900,
        phrase="flow.received",
        slots={"amount": "50"},
        text="收您五十元",
        utterances=(0, 1),
        char_score=0.1 + 0.2,
        pinyin_score=1.0,
        acoustic_score=-1.25,
        score=0.97,
        decision=Decision.ACCEPTED,
        why="characters agree",
        remark="你 for 您",
        rivals=("15", "15.5"),
    )
    return replace(found, **changes)  # type: ignore[arg-type]


def due(**changes: object) -> Due:
    """What a rainy festival asks for."""
    lines = (
        DueLine(
            code="context.weather",
            phrases=("weather.rain_fog.drive", "weather.rain_fog.lamp"),
            slots={"direction": "南昌", "what": "塌方"},
            reason="rain from 10:00",
            sure=False,
        ),
        DueLine(code="context.weekend", phrases=("weekend",), reason="Sunday"),
    )
    given = Due(
        lines=lines,
        clock=("greet.morning", "greet.hello"),
        clock_sure=False,
        wish_allowed=False,
        rule_version="2026-11",
        warnings=("2027 is not known",),
        day="春节",
    )
    return replace(given, **changes)  # type: ignore[arg-type]


def verdict(vehicle: int | str = 1, **changes: object) -> TransactionVerdict:
    """A vehicle with one step said, one missing."""
    given = TransactionVerdict(
        start_ms=1_000,
        end_ms=17_900,
        vehicle=vehicle,
        lane=Lane.EXIT,
        inferred=True,
        outcome=Outcome.FAULT,
        steps=(
            StepResult(
                step="received",
                mandatory=True,
                outcome=StepOutcome.SAID,
                phrase="flow.received",
                heard="收您五十元",
                score=0.97,
                start_ms=3_100,
                end_ms=4_900,
                why="as the lane says",
            ),
            StepResult(step="thanks", mandatory=False, outcome=StepOutcome.MISSING),
        ),
        findings=(
            Finding(
                code="missing.thanks",
                status=FindingStatus.FAULT,
                step="thanks",
                expected="谢谢",
                heard="🙂 O'Brien \"; DROP TABLE shift; --",
                at_ms=17_900,
                reason="nothing like it was heard",
            ),
            Finding(code="slow", status=FindingStatus.REMARK, reason="21 s"),
        ),
        profile=Profile.PEAK,
        due=due(),
    )
    return replace(given, **changes)  # type: ignore[arg-type]


def heard(**changes: object) -> Heard:
    """An utterance of the collector with a phrase and other words in it."""
    given = Heard(
        start_ms=3_000,
        end_ms=6_000,
        utterance=0,
        side=Side.NEAR,
        text="收您五十元稍等啊",
        matches=(match(), match(decision=Decision.UNSURE, acoustic_score=None, slots={})),
        unexplained_ms=900,
        foreign=True,
        snr_db=12.5,
    )
    return replace(given, **changes)  # type: ignore[arg-type]


def report(**changes: object) -> ShiftReport:
    """A shift in which every field has a value that is kept."""
    given = ShiftReport(
        lane=Lane.EXIT,
        started_at=START,
        time_source=TimeSource.GIVEN,
        duration_ms=3_600_000,
        listened_ms=3_590_000,
        gap_ms=10_000,
        transactions=(
            verdict(1),
            verdict("1", outcome=Outcome.COMPLIANT, findings=()),
            verdict("赣A12345", outcome=Outcome.UNSURE, steps=(), due=due(lines=(), warnings=())),
        ),
        utterances=(
            heard(),
            heard(utterance=1, side=Side.UNKNOWN),
            heard(utterance=2, side=Side.FAR, text=None, matches=()),
            heard(utterance=3, text=None, matches=()),
        ),
        gaps=(
            Gap(start_ms=20_000, end_ms=30_000, reason=GapReason.MIC_LOST),
            Gap(start_ms=40_000, end_ms=40_001, reason=GapReason.TOO_NOISY),
        ),
        score=Score(value=2 / 3 * 100, low=51.5, high=80.25),
        versions=Versions(
            program="0.1.0",
            catalog="c1",
            dialogue="d1",
            score_table="s1",
            calendar="k1",
            model="m1",
            thresholds="t1",
        ),
        warnings=("no lane events: boundaries are inferred",),
    )
    return replace(given, **changes)  # type: ignore[arg-type]


SOUND = b"fLaC, or so one says" * 50
"""what stands for a clip's sound where nobody listens"""


def clips(vault: Vault, sound: bytes = SOUND) -> tuple[Clip, ...]:
    """A clip of the first vehicle of `report`, and of the third one that could not be kept."""
    sealed = vault.put(sound)
    kept = Clip(
        start_ms=500,
        end_ms=18_400,
        vehicle_position=0,
        reason=ClipReason.FAULT,
        silenced=(Span(start_ms=900, end_ms=1_400), Span(start_ms=5_000, end_ms=6_000)),
        sha256=sealed.sha256,
        size=sealed.size,
        codec="flac",
        wrapped_by=vault.wrapped_by,
        wrapped=sealed.wrapped,
    )
    lost = replace(
        kept,
        vehicle_position=2,
        reason=ClipReason.UNSURE,
        silenced=(),
        sha256=None,
        size=0,
        wrapped=None,
        problem="a clip cannot be written: No space left on device",
    )
    return kept, lost


def long_report(vehicles: int, utterances: int) -> ShiftReport:
    """A shift of that many vehicles and utterances."""
    return report(
        transactions=tuple(verdict(number) for number in range(vehicles)),
        utterances=tuple(heard(utterance=number) for number in range(utterances)),
    )
