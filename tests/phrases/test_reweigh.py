"""Another table changes what findings are worth, and accuses nobody of what was not a fault."""

from __future__ import annotations

import pytest

from phrases.dialogue_data import ScoreTable, load_table, version
from phrases.reweigh import reweigh
from phrases.types import (
    Finding,
    FindingStatus,
    Lane,
    Outcome,
    ShiftReport,
    StepOutcome,
    StepResult,
)
from tests.db import samples

TABLE = load_table()


def table(**status: FindingStatus) -> ScoreTable:
    """The shipped table with other statuses."""
    named = {name.replace("_", "."): worth for name, worth in status.items()}
    return TABLE.model_copy(update={"status": {**TABLE.status, **named}})


def shift(code: str, status: FindingStatus) -> ShiftReport:
    """One vehicle with one finding; its greeting was missed and its thanks said."""
    steps = (
        StepResult(step="greet", mandatory=True, outcome=StepOutcome.MISSING),
        StepResult(step="thanks", mandatory=True, outcome=StepOutcome.SAID),
    )
    greet = Finding(code="missing.greet", status=FindingStatus.FAULT, step="greet", reason="")
    other = Finding(code=code, status=status, reason="")
    findings = (other,) if code == "missing.greet" else (greet, other)
    if code == "missing.greet":
        findings = (Finding(code=code, status=status, step="greet", reason=""),)
    verdict = samples.verdict(lane=Lane.EXIT, steps=steps, findings=findings)
    return samples.report(transactions=(verdict,))


@pytest.mark.parametrize(
    ("was", "worth", "becomes"),
    [
        ("fault", "remark", "remark"),
        ("fault", "unsure", "unsure"),
        ("fault", "fault", "fault"),
        ("unsure", "fault", "unsure"),
        ("unsure", "remark", "remark"),
        ("remark", "fault", "unsure"),
        ("remark", "unsure", "unsure"),
        ("remark", "remark", "remark"),
    ],
)
def test_what_was_no_fault_becomes_none(was: str, worth: str, becomes: str) -> None:
    """Whether it was sure is not stored."""
    report = shift("context.weather", FindingStatus(was))
    again = reweigh(report, table(**{"context_*": FindingStatus(worth)}))
    assert again.transactions[0].findings[1].status is FindingStatus(becomes)


def test_the_outcome_and_the_score_follow() -> None:
    """A station that makes a missed greeting a remark has a compliant vehicle; the step stays."""
    report = shift("missing.greet", FindingStatus.FAULT)
    lenient = table(missing_greet=FindingStatus.REMARK)
    again = reweigh(report, lenient)
    (verdict,) = again.transactions
    assert verdict.outcome is Outcome.COMPLIANT
    assert verdict.steps == report.transactions[0].steps
    assert again.versions.score_table == version(lenient) != version(TABLE)
    assert again.versions.catalog == report.versions.catalog
    heavy = TABLE.model_copy(
        update={"weights": {Lane.EXIT: {**TABLE.weights[Lane.EXIT], "greet": 85.0}}}
    )
    assert reweigh(report, heavy).score.value == pytest.approx(15)
    assert reweigh(report, TABLE).score.value == pytest.approx(100 * 15 / 35)
    assert again.utterances == report.utterances
