"""Turn a shift's report into rows and rows into the report, exactly.

A column is named as the field that it keeps, so most of it needs no list of names; a field that
has no column is refused by the database at once, never dropped.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeVar

from sqlalchemy import RowMapping

from db import tables
from db.columns import Base
from phrases.types import (
    Due,
    DueLine,
    Finding,
    Gap,
    Heard,
    Outcome,
    PhraseMatch,
    Score,
    ShiftReport,
    StepResult,
    TransactionVerdict,
    Versions,
)

Row = dict[str, Any]
"""values by column"""
Rows = dict[type[Base], list[Row]]
"""rows by table"""

T = TypeVar("T")

CHILDREN: tuple[type[Base], ...] = (
    tables.Vehicle,
    tables.Due,
    tables.Step,
    tables.Finding,
    tables.Utterance,
    tables.Match,
    tables.Gap,
)
"""the tables below a grading, parents first"""


def grading_row(report: ShiftReport) -> Row:
    """What of the report stands in the grading's own row."""
    offset = report.started_at.utcoffset()
    return {
        **_flat(report, "transactions", "utterances", "gaps", "score", "versions"),
        **_flat(report.versions),
        "utc_offset_s": 0 if offset is None else round(offset.total_seconds()),
        "vehicles": len(report.transactions),
        "compliant": report.count(Outcome.COMPLIANT),
        "fault": report.count(Outcome.FAULT),
        "unsure": report.count(Outcome.UNSURE),
        "score": report.score.value,
        "score_low": report.score.low,
        "score_high": report.score.high,
    }


def child_rows(report: ShiftReport) -> Rows:
    """The rows below the grading; they lack only its id."""
    rows: Rows = {table: [] for table in CHILDREN}
    pieces = [vehicle_rows(place, one) for place, one in enumerate(report.transactions)]
    pieces += [utterance_rows(place, one) for place, one in enumerate(report.utterances)]
    pieces += [gap_rows(place, one) for place, one in enumerate(report.gaps)]
    for piece in pieces:
        for table, some in piece.items():
            rows[table] += some
    return rows


def vehicle_rows(place: int, verdict: TransactionVerdict) -> Rows:
    """The rows of one vehicle, at its place in the grading."""
    below = {"vehicle_position": place}
    return {
        tables.Vehicle: [{"position": place, **_vehicle_row(verdict)}],
        tables.Due: _listed(verdict.due.lines, below),
        tables.Step: _listed(verdict.steps, below),
        tables.Finding: _listed(verdict.findings, below),
    }


def utterance_rows(place: int, heard: Heard) -> Rows:
    """The rows of one utterance, at its place in the grading."""
    return {
        tables.Utterance: [{"position": place, **_flat(heard, "matches")}],
        tables.Match: _listed(heard.matches, {"utterance_position": place}),
    }


def gap_rows(place: int, gap: Gap) -> Rows:
    """The row of one gap, at its place in the grading."""
    return {tables.Gap: [{"position": place, **_flat(gap)}]}


def report_of(
    grading: RowMapping, children: Mapping[type[Base], Sequence[RowMapping]]
) -> ShiftReport:
    """The report that the rows were made of; each table's rows in the order of their places."""
    return ShiftReport(
        lane=grading["lane"],
        started_at=local_start(grading),
        time_source=grading["time_source"],
        duration_ms=grading["duration_ms"],
        listened_ms=grading["listened_ms"],
        gap_ms=grading["gap_ms"],
        transactions=verdicts_of(children),
        utterances=heard_of(children[tables.Utterance], children[tables.Match]),
        gaps=gaps_of(children[tables.Gap]),
        score=score_of(grading),
        versions=versions_of(grading),
        complete=grading["complete"],
        warnings=grading["warnings"],
    )


def heard_of(utterances: Sequence[RowMapping], matches: Sequence[RowMapping]) -> tuple[Heard, ...]:
    """Utterances with their phrases; the rows may be of several gradings."""
    below: defaultdict[tuple[int, int], list[RowMapping]] = defaultdict(list)
    for row in matches:
        below[row["grading_id"], row["utterance_position"]].append(row)

    def phrases(row: RowMapping) -> tuple[PhraseMatch, ...]:
        return _all_built(PhraseMatch, below[row["grading_id"], row["position"]])

    return tuple(_built(Heard, row, matches=phrases(row)) for row in utterances)


def gaps_of(rows: Sequence[RowMapping]) -> tuple[Gap, ...]:
    """The gaps."""
    return tuple(_built(Gap, row) for row in rows)


def local_start(grading: RowMapping) -> dt.datetime:
    """The recording's start by the site's clock."""
    zone = dt.timezone(dt.timedelta(seconds=grading["utc_offset_s"]))
    start: dt.datetime = grading["started_at"]
    return start.astimezone(zone)


def score_of(grading: RowMapping) -> Score:
    """The shift's score with its interval."""
    return Score(value=grading["score"], low=grading["score_low"], high=grading["score_high"])


def versions_of(grading: RowMapping) -> Versions:
    """What produced the grading."""
    return _built(Versions, grading)


def _vehicle_row(verdict: TransactionVerdict) -> Row:
    return {
        **_flat(verdict, "steps", "findings", "due"),
        **_flat(verdict.due, "lines"),
        "vehicle": str(verdict.vehicle),
        "is_number": isinstance(verdict.vehicle, int),
    }


def verdicts_of(
    children: Mapping[type[Base], Sequence[RowMapping]],
) -> tuple[TransactionVerdict, ...]:
    """The vehicles of one grading with what is below them."""
    lines, steps, findings = (
        by_parent("vehicle_position", children[table])
        for table in (tables.Due, tables.Step, tables.Finding)
    )
    return tuple(
        _built(
            TransactionVerdict,
            row,
            vehicle=int(row["vehicle"]) if row["is_number"] else row["vehicle"],
            due=_built(Due, row, lines=_all_built(DueLine, lines[row["position"]])),
            steps=_all_built(StepResult, steps[row["position"]]),
            findings=_all_built(Finding, findings[row["position"]]),
        )
        for row in children[tables.Vehicle]
    )


def _listed(values: Iterable[object], keys: Row) -> list[Row]:
    return [{**keys, "position": place, **_flat(value)} for place, value in enumerate(values)]


def by_parent(key: str, rows: Iterable[RowMapping]) -> defaultdict[int, list[RowMapping]]:
    """The rows by the place of what they are of, each in the order given."""
    found: defaultdict[int, list[RowMapping]] = defaultdict(list)
    for row in rows:
        found[row[key]].append(row)
    return found


def _flat(value: object, *without: str) -> Row:
    return {name: getattr(value, name) for name in _names(type(value)) if name not in without}


def _built(kind: type[T], row: RowMapping, **instead: object) -> T:
    return kind(**{name: instead[name] if name in instead else row[name] for name in _names(kind)})


def _all_built(kind: type[T], rows: Iterable[RowMapping]) -> tuple[T, ...]:
    return tuple(_built(kind, row) for row in rows)


def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
