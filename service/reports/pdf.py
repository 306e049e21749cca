"""Print a report: PDF on A4, with its fonts in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Flowable,
    KeepTogether,
    LongTable,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    TableStyle,
)

from service.reports import charts, fonts
from service.reports.document import Document, Kind, Language, Section, Table, written
from service.reports.words import word

MARGIN = 15 * mm
WIDTH = A4[0] - 2 * MARGIN
_PADDING = 6
"""points that the library adds inside the margins"""
MOST_ROWS = 1_500
"""rows of a table on paper; a spreadsheet has all"""
_INK, _FAINT, _BAND = HexColor("#222222"), HexColor("#c9ced6"), HexColor("#f2f4f7")


def write(document: Document, out: IO[bytes]) -> None:
    """Write the report; Failed, saying what to install, if there is no Chinese font."""
    fonts.ready()
    template = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=MARGIN - _PADDING,
        rightMargin=MARGIN - _PADDING,
        topMargin=MARGIN,
        bottomMargin=MARGIN + 4 * mm,
        title=document.title,
        author="changshou",
        lang="zh-CN" if document.language is Language.ZH else "en",
    )
    template.build(list(_story(document)), canvasmaker=_numbered(document))


def _story(document: Document) -> Iterator[Flowable]:
    language = document.language
    yield _paragraph(document.title, language, size=15, after=6)
    if document.facts:
        yield _facts(document)
    yield Spacer(1, 4 * mm)
    if document.empty is not None:
        yield _paragraph(document.empty, language, size=11, before=20, after=20)
    for section in document.sections:
        yield from _section(section, language)
    yield Spacer(1, 4 * mm)
    yield KeepTogether([_paragraph(note, language, size=7.5, after=1) for note in document.notes])


def _facts(document: Document) -> Flowable:
    """Names and values, two pairs a line."""
    cells = [
        [_paragraph(name, document.language, faint=True), _paragraph(value, document.language)]
        for name, value in document.facts
    ]
    if len(cells) % 2:
        cells.append([_paragraph("", document.language)] * 2)
    rows = [left + right for left, right in zip(cells[::2], cells[1::2], strict=True)]
    table = LongTable(rows, colWidths=[WIDTH * share for share in (0.16, 0.34, 0.16, 0.34)])
    table.setStyle(
        TableStyle(
            [
                ("FONTNAME", (0, 0), (-1, -1), fonts.LATIN),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("TOPPADDING", (0, 0), (-1, -1), 1),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("LINEBELOW", (0, -1), (-1, -1), 0.5, _FAINT),
            ]
        )
    )
    return table


def _section(section: Section, language: Language) -> Iterator[Flowable]:
    head: list[Flowable] = [_paragraph(section.title, language, size=11.5, before=9, after=4)]
    head += [_paragraph(text, language, after=3) for text in section.text]
    if section.chart is not None:
        head.append(charts.drawn(section.chart, WIDTH))
        head.append(Spacer(1, 2 * mm))
    if section.table is None:
        yield KeepTogether(head)
        return
    rows = section.table.rows
    table = _table(section.table, language)
    if len(rows) <= 12:
        yield KeepTogether([*head, table])
        return
    yield KeepTogether(head)
    yield table
    if len(rows) > MOST_ROWS:
        left = word("rows_left", language, rows=len(rows) - MOST_ROWS)
        yield _paragraph(left, language, before=3)


def _table(table: Table, language: Language) -> Flowable:
    columns = table.columns
    right = [column.kind is not Kind.TEXT for column in columns]
    heads = [
        _paragraph(column.title, language, size=7.5, right=own)
        for column, own in zip(columns, right, strict=True)
    ]
    rows = [
        [
            _paragraph(written(cell, column.kind), language, size=7.5, right=own)
            for cell, column, own in zip(row, columns, right, strict=True)
        ]
        for row in table.rows[:MOST_ROWS]
    ]
    whole = sum(column.width for column in columns)
    drawn = LongTable(
        [heads, *rows],
        colWidths=[WIDTH * column.width / whole for column in columns],
        repeatRows=1,
        splitInRow=1,
    )
    drawn.setStyle(
        TableStyle(
            [
                ("FONTNAME", (0, 0), (-1, -1), fonts.LATIN),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("TOPPADDING", (0, 0), (-1, -1), 1.5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
                ("LEFTPADDING", (0, 0), (-1, -1), 3),
                ("RIGHTPADDING", (0, 0), (-1, -1), 3),
                ("LINEBELOW", (0, 0), (-1, 0), 0.8, _INK),
                ("LINEBELOW", (0, 1), (-1, -1), 0.25, _FAINT),
                ("BACKGROUND", (0, 0), (-1, 0), _BAND),
            ]
        )
    )
    return drawn


def _paragraph(
    text: str,
    language: Language,
    *,
    size: float = 8.5,
    before: float = 0,
    after: float = 0,
    right: bool = False,
    faint: bool = False,
) -> Paragraph:
    style = ParagraphStyle(
        "own",
        fontName=fonts.LATIN,
        fontSize=size,
        leading=size * 1.35,
        textColor=HexColor("#5a6472") if faint else _INK,
        alignment=2 if right else 0,
        spaceBefore=before,
        spaceAfter=after,
        splitLongWords=1,
        wordWrap="CJK" if language is Language.ZH and not text.isascii() else None,
    )
    return Paragraph(_marked(text), style)


def _marked(text: str) -> str:
    """The text as a paragraph takes it: whatever looks like markup is text."""
    return "<br/>".join(_line(line) for line in text.split("\n"))


def _line(text: str) -> str:
    return "".join(
        f'<font name="{fonts.HAN}">{escape(run)}</font>' if font == fonts.HAN else escape(run)
        for font, run in fonts.runs(text)
    )


def _numbered(document: Document) -> type[Canvas]:
    """A canvas that writes at the foot of each page which of how many it is."""

    class Numbered(Canvas):  # type: ignore[misc]
        def __init__(self, *given: Any, **named: Any) -> None:
            # Wherever a font is not said, the library names one of its own, which is in no file.
            super().__init__(*given, **{**named, "initialFontName": fonts.LATIN})
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802
            self._pages.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, page in enumerate(self._pages, 1):
                self.__dict__.update(page)
                _foot(self, document, number, len(self._pages))
                super().showPage()
            super().save()

    return Numbered


def _foot(canvas: Canvas, document: Document, page: int, pages: int) -> None:
    canvas.setFillColor(HexColor("#5a6472"))
    made = f"{word('made', document.language)} {document.made_at:%Y-%m-%d %H:%M}"
    _string(canvas, MARGIN, f"{document.title} · {made}")
    told = word("page", document.language, page=page, pages=pages)
    _string(canvas, A4[0] - MARGIN - fonts.width(told, 7), told)


def _string(canvas: Canvas, x: float, text: str) -> None:
    for font, run in fonts.runs(text):
        canvas.setFont(font, 7)
        canvas.drawString(x, 10 * mm, run)
        x += fonts.width(run, 7)
