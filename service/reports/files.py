"""Give a report its form: PDF, spreadsheet, CSV or JSON, with a safe name."""

from __future__ import annotations

import re
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from enum import StrEnum
from functools import partial
from typing import IO

from service.reports import pdf, text, xlsx
from service.reports.document import Cell, Document, Table

CHUNK = 64 * 1024
"""bytes that are sent at a time"""
SMALL = 4 * 1024 * 1024
"""bytes up to which a file is held in memory"""


class Format(StrEnum):
    """As what a report is given."""

    JSON = "json"
    PDF = "pdf"
    XLSX = "xlsx"
    CSV = "csv"


TYPES = {
    Format.JSON: "application/json",
    Format.PDF: "application/pdf",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv; charset=utf-8",
}
"""media types"""


def made(document: Document, form: Format) -> Iterator[bytes]:
    """The report, in pieces; it is whole before the first, so that a fault is told in time.

    Failed if there is no font for a PDF.
    """
    if form is Format.CSV:
        return (line.encode() for line in text.csv_of(document))
    return _pieces(partial((pdf if form is Format.PDF else xlsx).write, document))


def listed(
    table: Table, rows: Iterable[Sequence[Cell]], title: str, form: Format
) -> Iterator[bytes]:
    """A table of any length as CSV, which is sent while it is read, or as a spreadsheet."""
    if form is Format.CSV:
        return (line.encode() for line in text.csv_rows(table, rows))
    return _pieces(partial(xlsx.write_rows, table, rows, title))


def name(document_name: str, form: Format) -> str:
    """A name that any system takes: no path, no control character, no longer than 100."""
    plain = unicodedata.normalize("NFKC", document_name)
    safe = re.sub(r"[^\w.-]+", "-", plain).strip("-._")[:100] or "report"
    return f"{safe}.{form.value}"


def _pieces(write: Callable[[IO[bytes]], None]) -> Iterator[bytes]:
    """The pieces of a file that is whole already; it is gone when they are, or are not wanted."""
    with ExitStack() as stack:
        out = stack.enter_context(tempfile.SpooledTemporaryFile(SMALL))
        write(out)
        out.seek(0)
        kept = stack.pop_all()
    return _read(out, kept)


def _read(out: IO[bytes], kept: ExitStack) -> Iterator[bytes]:
    with kept:
        while piece := out.read(CHUNK):
            yield piece
