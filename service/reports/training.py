"""Write the overview of a station's month of trainings and exams."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from phrases.exam import Result
from service.reports.document import Cell, Document, Kind, Section, Table, percent
from service.reports.names import Names

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    """What an overview is made of."""

    station: str
    month: str
    """2026-11"""
    trainings: Sequence[Row]
    """the month's, in order"""
    sittings: Sequence[Row]
    """of exams, that were begun in the month, in order; `came` is what each came to"""
    made_at: dt.datetime
    """aware, in the site's zone"""


def document(overview: Overview, names: Names) -> Document:
    """The whole overview."""
    empty = not overview.trainings and not overview.sittings
    return Document(
        title=f"{names.word('training_title')} · {overview.station} · {overview.month}",
        name=f"changshou-training-{overview.month}",
        language=names.language,
        made_at=overview.made_at,
        facts=tuple(_facts(overview, names)),
        sections=() if empty else tuple(_sections(overview, names)),
        notes=(names.word("note_drills"), names.word("note_open")),
        empty=names.word("no_training") if empty else None,
    )


def _facts(overview: Overview, names: Names) -> Iterator[tuple[str, str]]:
    held = [row for row in overview.trainings if row["ended_at"] is None]
    invited = sum(row["invited"] for row in held)
    present = sum(row["present"] for row in held)
    looked = sum(row["looked"] is not None for row in overview.sittings)
    yield names.word("station"), overview.station
    yield names.word("month"), overview.month
    yield names.word("trainings"), str(len(held))
    yield names.word("attendance"), percent(present / invited if invited else None)
    yield names.word("sittings"), str(len(overview.sittings))
    for came in Result:
        count = sum(row["came"] is came for row in overview.sittings)
        yield names.word(f"exam.{came.value}"), str(count)
    yield names.word("spot_checks"), f"{looked}/{len(overview.sittings)}"


def _sections(overview: Overview, names: Names) -> Iterator[Section]:
    if overview.trainings:
        yield _table(
            names,
            "trainings",
            (("course", 3.0), ("training_place", 2.0), ("begins", 2.0)),
            ("invited", "present", "cost_yuan", "state"),
            [_training(row, overview, names) for row in overview.trainings],
        )
    if overview.sittings:
        yield _table(
            names,
            "sittings",
            (("exam", 3.0), ("trainee", 2.0), ("begins", 2.0)),
            ("score", "result", "looked_at"),
            [_sitting(row, overview, names) for row in overview.sittings],
        )


def _table(
    names: Names,
    title: str,
    wide: Sequence[tuple[str, float]],
    narrow: Sequence[str],
    rows: Sequence[tuple[Cell, ...]],
) -> Section:
    kinds = {"score": Kind.SCORE, "invited": Kind.COUNT, "present": Kind.COUNT}
    columns = [names.column(key, Kind.TEXT, width) for key, width in wide]
    columns += [names.column(key, kinds.get(key, Kind.TEXT)) for key in narrow]
    return Section(title=names.word(title), table=Table(columns=tuple(columns), rows=tuple(rows)))


def _training(row: Row, overview: Overview, names: Names) -> tuple[Cell, ...]:
    cost = row["cost_fen"]
    return (
        row["course"],
        row["place"],
        _when(row["starts_at"], overview),
        row["invited"],
        row["present"],
        None if cost is None else f"{cost / 100:.2f}",
        names.word("training.ended" if row["ended_at"] is not None else "training.held"),
    )


def _sitting(row: Row, overview: Overview, names: Names) -> tuple[Cell, ...]:
    came = row["came"]
    return (
        row["title"],
        row["collector"] or row["person"],
        _when(row["started_at"], overview),
        row["score"],
        names.word("exam.going" if came is None else f"exam.{came.value}"),
        names.word("no" if row["looked"] is None else "yes"),
    )


def _when(at: dt.datetime, overview: Overview) -> str:
    return f"{at.astimezone(overview.made_at.tzinfo):%Y-%m-%d %H:%M}"
