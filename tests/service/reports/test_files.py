"""A report as a file: its form, its name, in pieces."""

from __future__ import annotations

import pytest

from service.reports import files
from service.reports.files import Format
from tests.service.reports.documents import document

STARTS = {Format.PDF: b"%PDF-", Format.XLSX: b"PK", Format.CSV: b"\xef\xbb\xbf"}


@pytest.mark.parametrize("form", STARTS)
def test_a_file_is_what_its_name_says(form: Format) -> None:
    """By its first bytes."""
    assert b"".join(files.made(document(), form)).startswith(STARTS[form])


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("月报 · <南昌西> · 2026-11", "月报-南昌西-2026-11.pdf"),
        ("../../etc/passwd", "etc-passwd.pdf"),
        ('a"b\r\nSet-Cookie: x', "a-b-Set-Cookie-x.pdf"),
        ("😀", "report.pdf"),
        ("字" * 300, "字" * 100 + ".pdf"),
    ],
)
def test_a_name_is_safe_on_any_system(given: str, safe: str) -> None:
    """No path, no quote, no line end, and there is always one."""
    assert files.name(given, Format.PDF) == safe
