"""The JSON of a shift is that of the contract, and the same from grade and report."""

from __future__ import annotations

import datetime as dt
import json

from db.types import GradingInfo, Part, Recording, ShiftIdentity, StoredReport
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
    StepOutcome,
    StepResult,
    TimeSource,
    TransactionVerdict,
    Versions,
)
from service.report_json import dumps, shift_report
from tests.contract import check_grade

START = dt.datetime.fromisoformat("2026-11-24T10:00:00+08:00")


def match(decision: Decision, start_ms: int, end_ms: int) -> PhraseMatch:
    """收您五十元, as it might have been found."""
    return PhraseMatch(
        phrase="flow.received",
        slots={"amount": "15.5"},
        text="收您十五块五",
        utterances=(0,),
        char_score=0.9,
        pinyin_score=0.95,
        acoustic_score=-1.2,
        score=0.98765,
        decision=decision,
        why="text and sound",
        start_ms=start_ms,
        end_ms=end_ms,
    )


def stored() -> StoredReport:
    """A shift with something of everything."""
    step = StepResult(
        step="received",
        mandatory=True,
        outcome=StepOutcome.MISSING,
        why="listened throughout, not heard",
    )
    finding = Finding(
        code="missing.received",
        status=FindingStatus.FAULT,
        step="received",
        expected="收您50元",
        at_ms=1234,
        reason="listened throughout, not heard",
    )
    due = Due(
        lines=(
            DueLine(code="context.weather", phrases=("weather.rain_fog.drive",), reason="rain"),
        ),
        clock=("greet.morning",),
        clock_sure=True,
        rule_version="r",
        day="2026-11-24",
    )
    verdict = TransactionVerdict(
        vehicle="赣A1",
        lane=Lane.EXIT,
        inferred=False,
        outcome=Outcome.FAULT,
        steps=(step,),
        findings=(finding,),
        profile=Profile.NORMAL,
        due=due,
        start_ms=1000,
        end_ms=20_001,
    )
    near = Heard(
        utterance=0,
        side=Side.NEAR,
        text="收您十五块五",
        matches=(match(Decision.ACCEPTED, 2000, 3000), match(Decision.UNSURE, 3000, 3500)),
        start_ms=2000,
        end_ms=4000,
    )
    private = Heard(utterance=1, side=Side.UNKNOWN, text="闲话", start_ms=5000, end_ms=6000)
    far = Heard(utterance=2, side=Side.FAR, text=None, start_ms=7000, end_ms=8000)
    report = ShiftReport(
        lane=Lane.EXIT,
        started_at=START,
        time_source=TimeSource.GIVEN,
        duration_ms=30_000,
        listened_ms=29_000,
        gap_ms=1000,
        transactions=(verdict,),
        utterances=(near, private, far),
        gaps=(Gap(start_ms=9000, end_ms=10_000, reason=GapReason.TOO_NOISY),),
        score=Score(value=0.0, low=0.0, high=79.3),
        versions=Versions(
            program="0",
            catalog="c",
            dialogue="d",
            score_table="s",
            calendar="k",
            model="m",
            thresholds="t",
        ),
        warnings=("w",),
    )
    return StoredReport(
        shift_id="0123456789abcdef",
        identity=ShiftIdentity(station="s", booth="b", collector="c", started_at=START),
        recording=Recording.of((Part(name="a.wav", sha256="0" * 64, duration_ms=30_000),)),
        grading=GradingInfo(number=2, of=3, created_at=START, complete=True),
        report=report,
    )


def test_the_object_is_that_of_the_contract() -> None:
    """Every field is there and of its kind, and the parts agree."""
    check_grade(shift_report(stored()))


def test_times_are_seconds_and_money_is_text() -> None:
    """Milliseconds stay inside; an amount keeps its cents."""
    tree = shift_report(stored())
    assert tree["transactions"][0]["end_s"] == 20.001
    assert tree["transactions"][0]["findings"][0]["at_s"] == 1.234
    assert tree["utterances"][0]["matches"][0]["slots"] == {"amount": "15.5"}
    assert [m["accepted"] for m in tree["utterances"][0]["matches"]] == [True, False]


def test_what_matches_nothing_is_withheld_and_the_far_side_is_null() -> None:
    """Near speech without a phrase keeps its place only; a voice that cannot be told is near."""
    _, private, far = shift_report(stored())["utterances"]
    assert (private["near"], private["text"], private["withheld"]) == (True, "", True)
    assert (far["near"], far["text"], far["matches"]) == (False, None, [])


def test_the_report_says_which_grading_is_shown() -> None:
    """2 of 3, and whether it is whole."""
    shift = shift_report(stored())["shift"]
    assert (shift["grading"], shift["gradings"], shift["complete"]) == (2, 3, True)


def test_it_is_one_line_of_json_with_its_characters() -> None:
    """Any reader takes it, and people can read it too."""
    text = dumps(shift_report(stored()))
    assert "\n" not in text
    assert "赣A1" in text
    assert json.loads(text) == shift_report(stored())
