"""Judge stored verdicts by another score table, as far as that can be done without the sound.

A table says what a finding is worth and what a step weighs. It cannot be told from what is stored
whether a remark was sure enough for a fault, so what was no fault becomes no more than unsure.
"""

from __future__ import annotations

from dataclasses import replace

from phrases.dialogue_data import ScoreTable, version
from phrases.score import shift_score
from phrases.types import Finding, FindingStatus, ShiftReport, TransactionVerdict
from phrases.verdict import outcome

_ORDER = (FindingStatus.REMARK, FindingStatus.UNSURE, FindingStatus.FAULT)


def reweigh(report: ShiftReport, table: ScoreTable) -> ShiftReport:
    """The report as the table has it; what was heard, and every step, stays as it is."""
    verdicts = tuple(_verdict(verdict, table) for verdict in report.transactions)
    return replace(
        report,
        transactions=verdicts,
        score=shift_score(verdicts, table),
        versions=replace(report.versions, score_table=version(table)),
    )


def _verdict(verdict: TransactionVerdict, table: ScoreTable) -> TransactionVerdict:
    findings = tuple(_finding(finding, table) for finding in verdict.findings)
    return replace(verdict, findings=findings, outcome=outcome(findings))


def _finding(finding: Finding, table: ScoreTable) -> Finding:
    worth = table.worth(finding.code)
    most = worth
    if finding.status is not FindingStatus.FAULT:
        most = min(worth, FindingStatus.UNSURE, key=_ORDER.index)
    return replace(finding, status=most)
