"""Judge stored verdicts with a second hearing of their vehicles' clips, which may only lessen them.

A clip has a vehicle's sound and not what surrounds it, so a second hearing accuses nobody. What a
fault says was missing or wrong and is heard now is doubtful: two hearings disagree. What was
unsure and is heard now was said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from phrases.dialogue import Flow, is_sure
from phrases.judge import counted
from phrases.reasons import reason
from phrases.schema import FORBIDDEN
from phrases.types import (
    Finding,
    FindingStatus,
    Heard,
    Lane,
    PhraseMatch,
    ShiftReport,
    StepOutcome,
    StepResult,
    TransactionVerdict,
    Versions,
)
from phrases.verdict import outcome

HEARD = reason("heard_again")
NOT_HEARD = reason("not_heard_again")


@dataclass(frozen=True, kw_only=True, slots=True)
class Ear:
    """What a second hearing was made with."""

    model: str
    catalog: str
    thresholds: str


def rehear(
    report: ShiftReport, again: Mapping[int, Sequence[Heard]], flows: Mapping[Lane, Flow], ear: Ear
) -> ShiftReport:
    """The report with the vehicles whose clips were heard again; its score is left to the caller.

    Args:
        report: as it is stored.
        again: a vehicle's place in the report to what was heard in its clip, in the report's time.
        flows: the dialogues.
        ear: what heard it.
    """
    verdicts = [
        _verdict(verdict, again[place], flows[verdict.lane]) if place in again else verdict
        for place, verdict in enumerate(report.transactions)
    ]
    return replace(report, transactions=tuple(verdicts), versions=_versions(report.versions, ear))


def _versions(before: Versions, ear: Ear) -> Versions:
    """Both hearings', where they differ."""
    both = {
        name: was if (new := getattr(ear, name)) in (was, was.rpartition(", then ")[2])
        else f"{was}, then {new}"
        for name in ("model", "catalog", "thresholds")
        for was in (getattr(before, name),)
    }  # fmt: skip
    return replace(before, **both)


def _verdict(verdict: TransactionVerdict, again: Sequence[Heard], flow: Flow) -> TransactionVerdict:
    sure = [match for heard in again for match in counted(heard) if is_sure(match)]
    due = frozenset(phrase for line in verdict.due.lines for phrase in line.phrases)
    findings: list[Finding] = []
    steps = {step.step: step for step in verdict.steps}
    for finding in verdict.findings:
        found = _said(finding, sure, flow, due)
        if finding.status is FindingStatus.FAULT and _forbids(finding) and found is None:
            findings.append(_doubted(finding, NOT_HEARD))
        elif found is None or _forbids(finding) or finding.step is None:
            findings.append(finding)
        elif finding.status is FindingStatus.FAULT:
            findings.append(_doubted(finding, HEARD))
            steps[finding.step] = replace(
                steps[finding.step], outcome=StepOutcome.UNSURE, why=HEARD
            )
        elif finding.status is FindingStatus.UNSURE:
            steps[finding.step] = _filled(steps[finding.step], found)
        else:
            findings.append(finding)
    return replace(
        verdict,
        steps=tuple(steps.values()),
        findings=tuple(findings),
        outcome=outcome(findings),
    )


def _said(
    finding: Finding, sure: Sequence[PhraseMatch], flow: Flow, due: frozenset[str]
) -> PhraseMatch | None:
    """What answers the finding: the phrase, or one that fills its step with the sum expected."""
    if _forbids(finding):
        return next((match for match in sure if match.phrase == finding.code), None)
    step = flow.steps.get(finding.step or "")
    if step is None:
        return None
    for match in sure:
        if step.id not in flow.fills(match.phrase, due):
            continue
        amount = match.slots.get("amount", "")
        if step.amount is None or step.wording.replace("{amount}", amount) == finding.expected:
            return match
    return None


def _forbids(finding: Finding) -> bool:
    return finding.code.startswith(FORBIDDEN)


def _doubted(finding: Finding, why: str) -> Finding:
    return replace(finding, status=FindingStatus.UNSURE, reason=f"{finding.reason}; but {why}")


def _filled(step: StepResult, match: PhraseMatch) -> StepResult:
    return replace(
        step,
        outcome=StepOutcome.SAID,
        phrase=match.phrase,
        heard=match.text,
        score=match.score,
        start_ms=match.start_ms,
        end_ms=match.end_ms,
        why=HEARD,
    )
