"""Hold back a fault that rests on a phrase which its own clips do not bear out yet.

A station's labelled clips show how well a phrase is heard there (`changshou calibrate`). Until
they show enough, what is found by it is shown, and no more than unsure (DESIGN, Judging).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from phrases.dialogue_data import Dialogue, Step
from phrases.reasons import reason
from phrases.types import Finding, FindingStatus, StepOutcome, TransactionVerdict
from phrases.verdict import outcome

REASON = reason("advisory")


def hold_back(
    verdict: TransactionVerdict, dialogue: Dialogue, advisory: Collection[str]
) -> TransactionVerdict:
    """The verdict with faults that rest on an advisory phrase made unsure."""
    steps = {step.id: step for step in dialogue.steps}
    findings = tuple(_held(finding, steps, advisory) for finding in verdict.findings)
    held = {
        now.step
        for was, now in zip(verdict.findings, findings, strict=True)
        if now is not was and now.step is not None
    }
    return replace(
        verdict,
        findings=findings,
        outcome=outcome(findings),
        steps=tuple(
            replace(step, outcome=StepOutcome.UNSURE, why=f"{step.why}; but {REASON}")
            if step.step in held
            else step
            for step in verdict.steps
        ),
    )


def _held(finding: Finding, steps: Mapping[str, Step], advisory: Collection[str]) -> Finding:
    step = steps.get(finding.step or "")
    # The first of a step's phrases is the one that it is known by (flow.thanks for the thanks).
    phrase = step.fills[0] if step else finding.code
    if finding.status is not FindingStatus.FAULT or phrase not in advisory:
        return finding
    return replace(finding, status=FindingStatus.UNSURE, reason=f"{finding.reason}; but {REASON}")
