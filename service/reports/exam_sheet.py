"""Write the result sheet of one sitting of an exam."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from phrases.exam import Result
from service.reports.document import Cell, Document, Kind, Language, Section, Table, between
from service.reports.names import Names

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What came of one item."""

    text: str
    """what was to be said"""
    turn: int
    """how often it was said; 0: not at all"""
    score: float | None
    """None: it could not be judged, or was not said"""
    unsure: int | None
    """characters that could not be judged"""
    advice: Mapping[str, str] | None
    """zh and en"""


@dataclass(frozen=True, kw_only=True, slots=True)
class ExamSheet:
    """What a result sheet is made of."""

    sitting: Row
    """as `db.exams.sittings` has it"""
    came: Result | None
    """None: it goes on"""
    items: Sequence[Said]
    made_at: dt.datetime
    """aware, in the site's zone"""


def document(sheet: ExamSheet, names: Names) -> Document:
    """The whole sheet."""
    row = sheet.sitting
    return Document(
        title=f"{names.word('sheet_title')} · {row['title']}",
        name=f"changshou-exam-{row['id']}",
        language=names.language,
        made_at=sheet.made_at,
        facts=tuple(_facts(sheet, names)),
        sections=(_items(sheet, names),),
        notes=(names.word("note_drills"), names.word("note_open")),
    )


def _facts(sheet: ExamSheet, names: Names) -> Iterator[tuple[str, str]]:
    row = sheet.sitting
    yield names.word("station"), row["station"]
    yield names.word("trainee"), row["collector"] or row["person"]
    yield names.word("sitting_number"), str(row["number"])
    for key in ("started_at", "finished_at"):
        at = row[key]
        told = "–" if at is None else f"{at.astimezone(sheet.made_at.tzinfo):%Y-%m-%d %H:%M}"
        yield names.word(f"exam.{key}"), told
    yield names.word("pass_mark"), f"{row['pass_mark']:g}"
    score = "–" if row["score"] is None else f"{row['score']:.1f}"
    yield names.word("score"), f"{score} ({between(row['score_low'], row['score_high'])})"
    came = "exam.going" if sheet.came is None else f"exam.{sheet.came.value}"
    yield names.word("result"), names.word(came)
    yield names.word("looked_at"), names.word("no" if row["looked"] is None else "yes")


def _items(sheet: ExamSheet, names: Names) -> Section:
    columns = (
        names.column("item", width=0.5),
        names.column("line", Kind.TEXT, 3.0),
        names.column("turns", width=0.7),
        names.column("score", Kind.SCORE),
        names.column("unsure", width=0.7),
        names.column("to_change", Kind.TEXT, 3.0),
    )
    rows = tuple(_item(number, one, names) for number, one in enumerate(sheet.items, start=1))
    return Section(title=names.word("items"), table=Table(columns=columns, rows=rows))


def _item(number: int, one: Said, names: Names) -> tuple[Cell, ...]:
    language = "zh" if names.language is Language.ZH else "en"
    told = names.word("unsaid") if one.turn == 0 else (one.advice or {}).get(language)
    return number, one.text, one.turn, one.score, one.unsure, told
