"""Give a report its form: PDF, spreadsheet, CSV or JSON, with a safe name."""

from __future__ import annotations

import re
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from enum import StrEnum
from functools import partial
from io import BufferedIOBase
from pathlib import Path
from typing import IO, Literal

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


ListForm = Literal[Format.CSV, Format.XLSX]
"""as what a list of any length is given"""
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


def write_list(
    table: Table,
    rows: Iterable[Sequence[Cell]],
    title: str,
    form: ListForm,
    out: IO[bytes] | BufferedIOBase,
    folder: Path,
) -> None:
    """The same into a file; what a spreadsheet needs meanwhile lies in `folder`."""
    if form is Format.CSV:
        for line in text.csv_rows(table, rows):
            out.write(line.encode())
    else:
        xlsx.write_rows(table, rows, title, out, folder)


def read(out: IO[bytes]) -> Iterator[bytes]:
    """The pieces of a file from where it stands; it is closed when they are, or are not wanted."""
    with out:
        while piece := out.read(CHUNK):
            yield piece


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
        stack.pop_all()
    return read(out)
