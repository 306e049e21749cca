"""From what was heard to steps, findings and an outcome."""

from __future__ import annotations

from typing import Any

import pytest

from phrases.types import Finding, FindingStatus, Outcome, StepResult
from phrases.verdict import outcome
from tests.phrases.scene import TABLE, found, play

CASH = [{"arrived": 1.0, "left": 17.0, "toll": 15, "tendered": 50}]
SAID = [
    "2.0 greet.hello",
    "6.0 flow.received=50",
    "10.0 flow.change=35",
    "12.0 ticket.take",
    "14.0 flow.thanks",
]


def judged(step: str, **given: Any) -> tuple[StepResult, Finding | None]:
    """A step of a cash payer and its finding."""
    (verdict,) = play({"events": CASH, "said": SAID, **given})
    result = next(result for result in verdict.steps if result.step == step)
    finding = next((f for f in verdict.findings if f.step == step), None)
    return result, finding


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ([], Outcome.COMPLIANT),
        (["remark"], Outcome.COMPLIANT),
        (["remark", "unsure"], Outcome.UNSURE),
        (["unsure", "fault", "remark"], Outcome.FAULT),
    ],
)
def test_outcome(statuses: list[str], expected: Outcome) -> None:
    """A vehicle is as its worst finding; remarks change nothing."""
    findings = [Finding(code="x", status=FindingStatus(s), reason="") for s in statuses]
    assert outcome(findings) is expected


def test_a_step_that_was_said_shows_where() -> None:
    """A step has the phrase that filled it, its score and its place."""
    step, finding = judged("received")
    assert (step.phrase, step.score, step.start_ms, step.end_ms) == (
        "flow.received",
        0.9,
        6_000,
        7_000,
    )
    assert step.mandatory
    assert finding is None


def test_a_missing_step_says_what_was_due() -> None:
    """The finding names the wording with its amount, and where it was waited for."""
    step, finding = judged("change", said=[line for line in SAID if "change" not in line])
    assert finding is not None
    assert finding.expected == "找您35元"
    assert finding.heard is None
    assert finding.at_ms == 7_000
    assert finding.reason == "change of 35 yuan was due; listened throughout, not heard"
    assert step.phrase is None


def test_a_wrong_amount_says_both() -> None:
    """The finding says that the amount said differs, and nothing of money taken."""
    _, finding = judged("change", said=[s.replace("change=35", "change=25") for s in SAID])
    assert finding is not None
    assert (finding.expected, finding.heard) == ("找您35元", "flow.change")
    assert finding.at_ms == 10_000
    assert finding.reason == (
        "the amount said differs: 50 less 15 yuan leaves 35; said was 25 yuan"
    )


def test_a_least_amount_is_named_as_such() -> None:
    """Where only the toll is known, 收 is expected to be at least that."""
    events = [{"arrived": 1.0, "left": 17.0, "toll": 15}]
    _, finding = judged("received", events=events, said=["6.0 flow.received=10"])
    assert finding is not None
    assert finding.expected == "收您15元 (at least)"


def test_a_wrong_amount_under_noise_is_unsure() -> None:
    """Noise over the words may have changed the amount."""
    wrong = [s.replace("change=35", "change=25") for s in SAID]
    _, finding = judged("change", said=wrong, speech=["9.5-11.5 foreign noisy"])
    assert finding is not None
    assert (finding.code, finding.status) == ("amount.change", FindingStatus.UNSURE)


def test_an_unsure_step_says_why_and_what_was_heard() -> None:
    """The reason names the phrase that may have been said, and no other words."""
    step, finding = judged("thanks", said=[*SAID[:-1], "14.0 flow.thanks?"])
    assert finding is not None
    assert finding.status is FindingStatus.UNSURE
    assert "flow.thanks at 14.0 s, not for certain" in finding.reason
    assert (step.outcome, step.phrase) == ("unsure", "flow.thanks")
    _, finding = judged("thanks", said=[*SAID[:-1], "14.0 flow.thanks~"])
    assert finding is not None
    assert "by whom cannot be told" in finding.reason


def test_an_excused_step_says_why() -> None:
    """Each excused step names what excused it; an optional one that it is."""
    events = [{**CASH[0], "payment": "mobile"}]
    assert judged("received", events=events)[0].why == "not due: non_cash"
    events = [{**CASH[0], "excuse": "emergency"}]
    assert judged("greet", events=events)[0].why == "excused: emergency"
    peak = judged("thanks", said=SAID[:-1], profile="peak")[0]
    assert (peak.why, peak.mandatory) == ("optional", False)


def test_an_optional_step_that_was_said_is_said() -> None:
    """At peak, thanks that were given are shown."""
    step, _ = judged("thanks", profile="peak")
    assert (step.outcome, step.mandatory) == ("said", False)


def test_a_station_may_lower_a_step() -> None:
    """Where the table makes a missing ticket a remark, it changes no outcome."""
    status = {**TABLE.status, "missing.ticket": FindingStatus.REMARK}
    scene = {"events": CASH, "said": [line for line in SAID if "ticket" not in line]}
    for gaps in ([], [(12.0, 13.0)]):
        (verdict,) = play(scene | {"gaps": gaps}, table=TABLE.model_copy(update={"status": status}))
        assert found(verdict) == ["missing.ticket:remark"]
        assert verdict.outcome is Outcome.COMPLIANT
