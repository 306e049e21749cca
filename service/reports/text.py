"""Write a report as CSV for spreadsheets, or as JSON for a page."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from service.cells import harmless
from service.reports.document import Cell, Chart, Document, Intervals, Lines, Table

MARK = "\ufeff"
"""by which a spreadsheet knows UTF-8"""
DIGITS = 4
"""of a number, after the point"""


def csv_of(document: Document) -> Iterator[str]:
    """The report, a table under its title after the other."""
    yield MARK + _line([document.title])
    for name, value in document.facts:
        yield _line([name, value])
    if document.empty is not None:
        yield _line([document.empty])
    for section in document.sections:
        yield _line([])
        yield _line([section.title])
        for text in section.text:
            yield _line([text])
        if section.table is not None:
            yield from _table(section.table, section.table.rows)
    yield _line([])
    for note in document.notes:
        yield _line([note])


def csv_rows(table: Table, rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """A table of any length, a row at a time."""
    yield MARK
    yield from _table(table, rows)


def json_of(document: Document) -> dict[str, Any]:
    """The report as docs/reports.md has it."""
    return {
        "title": document.title,
        "language": document.language.value,
        "made_at": document.made_at,
        "facts": [{"name": name, "value": value} for name, value in document.facts],
        "empty": document.empty,
        "sections": [
            {
                "title": section.title,
                "text": list(section.text),
                "columns": [
                    {"title": column.title, "kind": column.kind.value}
                    for column in (section.table.columns if section.table else ())
                ],
                "rows": [list(row) for row in (section.table.rows if section.table else ())],
                "chart": None if section.chart is None else _chart(section.chart),
            }
            for section in document.sections
        ],
        "notes": list(document.notes),
    }


def _chart(chart: Chart) -> dict[str, Any]:
    if isinstance(chart, Intervals):
        return {
            "kind": "intervals",
            "labels": list(chart.labels),
            "series": [
                {"name": name, "values": [each[place] for each in chart.values]}
                for place, name in enumerate(("value", "low", "high"))
            ],
            "top": 100.0,
            "guide": chart.guide,
        }
    return {
        "kind": "lines" if isinstance(chart, Lines) else "bars",
        "labels": list(chart.labels),
        "series": [{"name": each.name, "values": list(each.values)} for each in chart.series],
        "top": chart.top,
        "guide": None,
    }


def _table(table: Table, rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    yield _line([column.title for column in table.columns])
    for row in rows:
        yield _line(row)


def _line(cells: Sequence[Cell]) -> str:
    out = io.StringIO()
    plain = [round(cell, DIGITS) if isinstance(cell, float) else cell for cell in cells]
    csv.writer(out).writerow([harmless(cell) for cell in plain])
    return out.getvalue()
