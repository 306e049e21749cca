"""The JSON of a shift, field by field as docs/command-line.md has it.

`grade` and `report` give the same object, made from what was stored.
"""

from __future__ import annotations

import json
from typing import Any

from db.types import ShiftRow, StoredReport
from phrases.types import (
    Decision,
    Finding,
    Gap,
    Heard,
    Outcome,
    PhraseMatch,
    Side,
    StepResult,
    TransactionVerdict,
    Versions,
)

Json = dict[str, Any]


def dumps(value: object) -> str:
    """One line of JSON that any reader takes: no NaN, Chinese as it is."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def shift_report(stored: StoredReport) -> Json:
    """The object of `grade` and of `report`."""
    report = stored.report
    return {
        "shift": shift(row(stored)) | {"warnings": list(report.warnings)},
        "transactions": [transaction(t) for t in report.transactions],
        "utterances": [utterance(heard) for heard in report.utterances],
        "gaps": [gap(g) for g in report.gaps],
    }


def shift(row: ShiftRow) -> Json:
    """The figures of a shift: an element of the list of `shifts`."""
    who = row.identity
    return {
        "id": row.shift_id,
        "station": who.station,
        "booth": who.booth,
        "collector": who.collector,
        "team": who.team,
        "lane": row.lane.value,
        "started_at": who.started_at.isoformat(),
        "time_source": row.time_source.value,
        "vehicles": row.vehicles,
        "compliant": row.compliant,
        "fault": row.fault,
        "unsure": row.unsure,
        "score": _rounded(row.score.value, 1),
        "score_low": _rounded(row.score.low, 1),
        "score_high": _rounded(row.score.high, 1),
        "duration_s": seconds(row.duration_ms),
        "listened_s": seconds(row.listened_ms),
        "gap_s": seconds(row.gap_ms),
        "complete": row.grading.complete,
        "grading": row.grading.number,
        "gradings": row.grading.of,
        "graded_at": row.grading.created_at.isoformat(),
        "versions": versions(row.versions),
    }


def transaction(verdict: TransactionVerdict) -> Json:
    """One vehicle."""
    return {
        "vehicle": verdict.vehicle,
        "lane": verdict.lane.value,
        "start_s": seconds(verdict.start_ms),
        "end_s": seconds(verdict.end_ms),
        "inferred": verdict.inferred,
        "outcome": verdict.outcome.value,
        "profile": verdict.profile.value,
        "day": verdict.due.day,
        "due": [
            {
                "code": line.code,
                "phrases": list(line.phrases),
                "slots": dict(line.slots),
                "reason": line.reason,
                "sure": line.sure,
            }
            for line in verdict.due.lines
        ],
        "findings": [finding(f) for f in verdict.findings],
        "steps": [step(s) for s in verdict.steps],
    }


def finding(found: Finding) -> Json:
    """One finding of a vehicle."""
    return {
        "code": found.code,
        "status": found.status.value,
        "step": found.step,
        "expected": found.expected,
        "heard": found.heard,
        "at_s": seconds(found.at_ms),
        "reason": found.reason,
    }


def step(result: StepResult) -> Json:
    """One step of a vehicle's dialogue."""
    return {
        "step": result.step,
        "phrase": result.phrase,
        "outcome": result.outcome.value,
        "mandatory": result.mandatory,
        "heard": result.heard,
        "score": _rounded(result.score, 3),
        "start_s": seconds(result.start_ms),
        "end_s": seconds(result.end_ms),
        "why": result.why,
    }


def utterance(heard: Heard) -> Json:
    """One utterance; what matches nothing of the catalog is withheld, the far side wholly."""
    near = heard.side is not Side.FAR
    kept = near and bool(heard.matches)
    result: Json = {
        "start_s": seconds(heard.start_ms),
        "end_s": seconds(heard.end_ms),
        "near": near,
        "side": heard.side.value,
        "text": (heard.text or "" if kept else "") if near else None,
        "matches": [match(m) for m in heard.matches] if near else [],
    }
    if near and not kept:
        result["withheld"] = True
    return result


def match(found: PhraseMatch) -> Json:
    """One phrase that was accepted, or nearly."""
    return {
        "phrase": found.phrase,
        "slots": dict(found.slots),
        "score": _rounded(found.score, 3),
        "accepted": found.decision is Decision.ACCEPTED,
        "remark": found.remark,
        "start_s": seconds(found.start_ms),
        "end_s": seconds(found.end_ms),
        "language": found.language,
        "why": found.why,
    }


def gap(stretch: Gap) -> Json:
    """A stretch that could not be listened to."""
    return {
        "start_s": seconds(stretch.start_ms),
        "end_s": seconds(stretch.end_ms),
        "reason": stretch.reason.value,
    }


def versions(of: Versions) -> Json:
    """What produced a grading."""
    return {
        "program": of.program,
        "catalog": of.catalog,
        "dialogue": of.dialogue,
        "score_table": of.score_table,
        "calendar": of.calendar,
        "model": of.model,
        "thresholds": of.thresholds,
    }


def row(stored: StoredReport) -> ShiftRow:
    """A whole report as the line that it has in a list."""
    report = stored.report
    return ShiftRow(
        shift_id=stored.shift_id,
        identity=stored.identity,
        grading=stored.grading,
        lane=report.lane,
        time_source=report.time_source,
        duration_ms=report.duration_ms,
        listened_ms=report.listened_ms,
        gap_ms=report.gap_ms,
        vehicles=len(report.transactions),
        compliant=report.count(Outcome.COMPLIANT),
        fault=report.count(Outcome.FAULT),
        unsure=report.count(Outcome.UNSURE),
        score=report.score,
        versions=report.versions,
    )


def seconds(ms: int | None) -> float | None:
    """Milliseconds as seconds."""
    return None if ms is None else round(ms / 1000, 3)


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
