"""Write a report as a spreadsheet: a sheet for each part, with charts of its numbers.

Every text is written as text: a name that begins like a formula or an address stays a name.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from io import BufferedIOBase
from pathlib import Path
from typing import IO, Any

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.worksheet import Worksheet

from service.reports.document import (
    Bars,
    Cell,
    Chart,
    Document,
    Intervals,
    Kind,
    Lines,
    Section,
    Table,
    between,
    written,
)
from service.reports.words import word

MOST_ROWS = 1_048_575
"""that a sheet holds under its titles"""
LONGEST = 32_767
"""characters that a cell holds"""
DAY_S = 86_400
"""a length of time is a share of a day"""
_FORMATS = {
    Kind.TEXT: "@",
    Kind.COUNT: "#,##0.##",
    Kind.PERCENT: "0.0%",
    Kind.SCORE: "0.0",
    Kind.SECONDS: "[h]:mm:ss",
}
_TEXTS_ARE_TEXTS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_OPEN = {"in_memory": True, **_TEXTS_ARE_TEXTS}


class _Book:
    """A workbook with its formats, and the sheet where the charts' numbers stand."""

    def __init__(self, document: Document, out: IO[bytes]) -> None:
        self.book = Workbook(out, _OPEN)
        made = document.made_at.replace(tzinfo=None)
        self.book.set_properties({"title": document.title, "created": made})
        self.document = document
        self.head = self.book.add_format(
            {"bold": True, "bg_color": "#F2F4F7", "bottom": 1, "text_wrap": True, "valign": "top"}
        )
        self.title = self.book.add_format({"bold": True, "font_size": 14})
        self.cells = {
            kind: self.book.add_format(
                {"num_format": code, "valign": "top", "text_wrap": kind is Kind.TEXT}
            )
            for kind, code in _FORMATS.items()
        }
        self.numbers: list[tuple[Cell, ...]] = []
        """of the charts, which stand on the last sheet"""

    def sheet(self, title: str) -> Worksheet:
        """A new sheet; its name is what a spreadsheet takes of the title."""
        plain = re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:28] or "-"
        taken = {sheet.get_name().lower() for sheet in self.book.worksheets()}
        name, number = plain, 2
        while name.lower() in taken:
            name, number = f"{plain} {number}", number + 1
        return self.book.add_worksheet(name)

    def chart(self, chart: Chart) -> Any:
        """The chart, of numbers that stand on a sheet of their own."""
        top, name = len(self.numbers), word("chart_numbers", self.document.language)
        self.numbers += [*_numbers(chart), ()]
        places = (top + 1, top + len(chart.labels))
        if isinstance(chart, Intervals):
            return _of_intervals(self.book, name, places, chart)
        kind = "line" if isinstance(chart, Lines) else _lying(chart)
        made = self.book.add_chart({"type": kind})
        for place, series in enumerate(chart.series, 1):
            own: dict[str, Any] = {
                "name": [name, top, place],
                "categories": [name, places[0], 0, places[1], 0],
                "values": [name, places[0], place, places[1], place],
            }
            if kind == "line":
                own["marker"] = {"type": "automatic"}
            made.add_series(own)
            if len(chart.series) == 1:
                made.set_legend({"none": True})
                made.set_title({"name": series.name, "name_font": {"size": 10}})
        ends = {"min": 0, **({} if chart.top is None else {"max": chart.top})}
        (made.set_y_axis if kind != "bar" else made.set_x_axis)(ends)
        if kind == "bar":
            made.set_y_axis({"reverse": True})
        return made


def write(document: Document, out: IO[bytes]) -> None:
    """Write the report."""
    book = _Book(document, out)
    _front(book)
    for section in document.sections:
        _section(book, section)
    if book.numbers:
        last = book.sheet(word("chart_numbers", document.language))
        for row, cells in enumerate(book.numbers):
            for column, cell in enumerate(cells):
                if cell is not None:
                    _cell(last, row, column, cell, Kind.SCORE, book)
    book.book.close()


def write_rows(
    table: Table,
    rows: Iterable[Sequence[Cell]],
    title: str,
    out: IO[bytes] | BufferedIOBase,
    folder: Path | None = None,
) -> None:
    """Write a table of any length, a row at a time; what a sheet cannot hold goes on the next.

    Rows wait in files of `folder` (None: the system's for such), which are gone at the end, however
    it ends. OSError if the system refuses.
    """
    with tempfile.TemporaryDirectory(prefix="changshou-", dir=folder) as work:
        book = Workbook(out, {"constant_memory": True, "tmpdir": work, **_TEXTS_ARE_TEXTS})
        try:
            _fill(book, table, rows, title)
            book.close()
        except FileCreateError as error:
            # It hides what the system said.
            raise error.args[0] from None
        finally:
            for sheet in book.worksheets():
                # It has no other way to end without a file.
                sheet._opt_close()


def _fill(book: Workbook, table: Table, rows: Iterable[Sequence[Cell]], title: str) -> None:
    head = book.add_format({"bold": True, "bg_color": "#F2F4F7"})
    sheet, number = None, MOST_ROWS
    for row in rows:
        if sheet is None or number >= MOST_ROWS:
            sheet, number = _continued(book, table, title, head), 0
        number += 1
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(number, column, cell[:LONGEST])
            elif cell is not None:
                sheet.write_number(number, column, cell)
    if sheet is None:
        _continued(book, table, title, head)


def _continued(book: Workbook, table: Table, title: str, head: Any) -> Worksheet:
    sheet = book.add_worksheet(f"{title[:25]} {len(book.worksheets()) + 1}")
    sheet.freeze_panes(1, 0)
    for column, own in enumerate(table.columns):
        sheet.set_column(column, column, 12 * own.width)
        sheet.write_string(0, column, own.title, head)
    return sheet


def _front(book: _Book) -> None:
    """The first sheet: what stands at the head, and the notes."""
    document = book.document
    sheet = book.sheet(word("overview", document.language))
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 60)
    sheet.write_string(0, 0, document.title, book.title)
    row = 2
    made = (word("made", document.language), f"{document.made_at:%Y-%m-%d %H:%M}")
    for name, value in (*document.facts, made):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, value[:LONGEST], book.cells[Kind.TEXT])
        row += 1
    for text in (*filter(None, (document.empty,)), *document.notes):
        row += 1
        sheet.write_string(row, 0, text)


def _section(book: _Book, section: Section) -> None:
    sheet = book.sheet(section.title)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.write_string(0, 0, section.title, book.title)
    row = 1
    for text in section.text:
        sheet.write_string(row, 0, text)
        row += 1
    row += 1
    table = section.table
    if table is not None:
        for column, own in enumerate(table.columns):
            sheet.set_column(column, column, 11 * own.width + 1)
            sheet.write_string(row, column, own.title, book.head)
        sheet.freeze_panes(row + 1, 0)
        sheet.repeat_rows(row)
        for each in table.rows[:MOST_ROWS]:
            row += 1
            for column, (cell, own) in enumerate(zip(each, table.columns, strict=True)):
                _cell(sheet, row, column, cell, own.kind, book)
    if section.chart is not None:
        beside = 0 if table is None else len(table.columns) + 1
        sheet.insert_chart(1, beside, book.chart(section.chart), {"x_scale": 1.4, "y_scale": 1.3})


def _cell(sheet: Worksheet, row: int, column: int, cell: Cell, kind: Kind, book: _Book) -> None:
    form = book.cells[kind]
    if isinstance(cell, str) or cell is None:
        text = written(cell, kind)
        sheet.write_string(row, column, text[:LONGEST], book.cells[Kind.TEXT])
    else:
        sheet.write_number(row, column, cell / DAY_S if kind is Kind.SECONDS else cell, form)


def _numbers(chart: Chart) -> Iterator[tuple[Cell, ...]]:
    """A chart's numbers under their names."""
    if isinstance(chart, Intervals):
        yield "", chart.guide_name, "", "", ""
        for label, (value, low, high) in zip(chart.labels, chart.values, strict=True):
            yield label, value, value - low, high - value, between(low, high)
        return
    yield "", *(series.name for series in chart.series)
    yield from zip(chart.labels, *(series.values for series in chart.series), strict=True)


def _of_intervals(book: Workbook, name: str, places: tuple[int, int], chart: Intervals) -> Any:
    first, last = places
    made = book.add_chart({"type": "line"})
    made.add_series(
        {
            "name": chart.guide_name,
            "categories": [name, first, 0, last, 0],
            "values": [name, first, 1, last, 1],
            "line": {"none": True},
            "marker": {"type": "circle", "size": 6},
            "y_error_bars": {
                "type": "custom",
                "plus_values": [value[2] - value[0] for value in chart.values],
                "minus_values": [value[0] - value[1] for value in chart.values],
            },
        }
    )
    made.set_legend({"none": True})
    low = min(min(value[1] for value in chart.values), chart.guide)
    made.set_y_axis({"min": max(0, low // 5 * 5), "max": 100})
    return made


def _lying(chart: Bars) -> str:
    """Bars lie where their labels are long."""
    return "bar" if max(map(len, chart.labels), default=0) > 7 else "column"
