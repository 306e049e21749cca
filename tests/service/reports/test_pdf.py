"""A printed report: its fonts are in it, and whatever a name holds is printed as it is."""

from __future__ import annotations

import io
import re
import subprocess
from pathlib import Path

import pytest

from service.errors import Failed
from service.reports import fonts, pdf
from service.reports.document import Column, Document, Kind, Language, Section, Table
from tests.service.reports.documents import document, empty


def printed(made: Document) -> bytes:
    """The file."""
    out = io.BytesIO()
    pdf.write(made, out)
    return out.getvalue()


def words(content: bytes, folder: Path) -> str:
    """What a reader takes from the file, without spaces and line ends."""
    (folder / "a.pdf").write_bytes(content)
    told = subprocess.run(
        ["pdftotext", folder / "a.pdf", "-"], check=True, capture_output=True, timeout=60
    )
    return re.sub(r"\s", "", told.stdout.decode())


def test_every_font_is_in_the_file(tmp_path: Path) -> None:
    """A reader's machine may have no Chinese font: each one that is named is embedded."""
    for made in (document(), empty()):
        (tmp_path / "a.pdf").write_bytes(printed(made))
        told = subprocess.run(
            ["pdffonts", tmp_path / "a.pdf"], check=True, capture_output=True, timeout=60
        )
        rows = told.stdout.decode().splitlines()[2:]
        assert any("DroidSansFallback" in row for row in rows)
        assert all(re.search(r" yes +(yes|no) +(yes|no) +\d+ +\d+$", row) for row in rows), rows


def test_names_are_printed_as_they_are(tmp_path: Path) -> None:
    """Tags, quotes and formulas are text; what no font has, such as an emoji, is shown as 〓."""
    said = words(printed(document()), tmp_path)
    for name in ("<b>张&三</b>", '=HYPERLINK("http://x","y")', "O'Brien\";--", "王〓五"):
        assert name in said
    assert '<南昌西>&"东"' in said


def test_a_report_of_nothing_says_so(tmp_path: Path) -> None:
    """It has its head, the reason and its notes, and is no error."""
    said = words(printed(empty()), tmp_path)
    assert "没有任何班次" in said
    assert "只供参考" in said
    assert "第1页，共1页" in said


def test_a_long_table_goes_on_over_pages_and_says_what_is_left_out(tmp_path: Path) -> None:
    """Its titles stand on each page; what paper does not hold is in the spreadsheet."""
    rows = tuple((f"row{number}",) for number in range(pdf.MOST_ROWS + 3))
    table = Table(columns=(Column(title="Vehicle", kind=Kind.TEXT),), rows=rows)
    long = document(sections=(Section(title="All", table=table),), language=Language.EN)
    said = words(printed(long), tmp_path)
    assert f"row{pdf.MOST_ROWS - 1}" in said
    assert f"row{pdf.MOST_ROWS}" not in said
    assert "3morerowsareinthespreadsheet" in said
    assert said.count("Vehicle") > 10


def test_a_cell_of_any_length_fits(tmp_path: Path) -> None:
    """One that is longer than a page is continued, not refused."""
    table = Table(columns=(Column(title="问题", kind=Kind.TEXT),), rows=(("未说谢谢\n" * 400,),))
    said = words(printed(document(sections=(Section(title="x", table=table),))), tmp_path)
    assert said.count("未说谢谢") == 400


def test_without_a_chinese_font_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The name of the package, not a page of empty boxes."""
    monkeypatch.setattr(fonts, "PLACES", (tmp_path / "none.ttf",))
    with pytest.raises(Failed, match="fonts-droid-fallback"):
        printed(document())
