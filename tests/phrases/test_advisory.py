"""A phrase that its own clips do not bear out accuses nobody."""

from __future__ import annotations

from phrases.advisory import REASON, hold_back
from phrases.types import Lane, Outcome, StepOutcome
from tests.phrases.scene import DIALOGUES, play

CASH = [{"arrived": 1.0, "left": 17.0, "toll": 15, "tendered": 50}]
SAID = [
    "2.0 greet.hello",
    "6.0 flow.received=50",
    "10.0 flow.change=30",
    "14.0 flow.thanks",
]


def test_a_fault_on_an_advisory_phrase_is_unsure() -> None:
    """Finding and step are unsure, and say why; the outcome follows."""
    (verdict,) = play({"events": CASH, "said": SAID[:2] + ["10.0 flow.change=35", SAID[3]]})
    assert verdict.outcome is Outcome.FAULT
    held = hold_back(verdict, DIALOGUES[Lane.EXIT], {"ticket.take"})
    assert held.outcome is Outcome.UNSURE
    (finding,) = [f for f in held.findings if f.step == "ticket"]
    assert finding.reason.endswith(REASON)
    (step,) = [s for s in held.steps if s.step == "ticket"]
    assert step.outcome is StepOutcome.UNSURE


def test_faults_on_other_phrases_stay() -> None:
    """Only what rests on the phrase is held back: the wrong amount is still a fault."""
    (verdict,) = play({"events": CASH, "said": SAID})
    held = hold_back(verdict, DIALOGUES[Lane.EXIT], {"ticket.take"})
    assert held.outcome is Outcome.FAULT
    assert {f.code for f in held.findings if f.status == "fault"} == {"amount.change"}


def test_without_advisory_phrases_nothing_changes() -> None:
    """The verdict that goes in comes out."""
    (verdict,) = play({"events": CASH, "said": SAID})
    assert hold_back(verdict, DIALOGUES[Lane.EXIT], ()) == verdict
