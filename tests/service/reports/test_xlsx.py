"""A spreadsheet: numbers are numbers, names are text, and charts show what stands there."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from service.reports import xlsx
from service.reports.document import Column, Document, Kind, Table
from tests.service.reports.documents import ODD, document, empty

NAMES = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def written(made: Document) -> zipfile.ZipFile:
    """The file, opened."""
    out = io.BytesIO()
    xlsx.write(made, out)
    return zipfile.ZipFile(out)


def sheets(book: zipfile.ZipFile) -> dict[str, list[list[str | float]]]:
    """Each sheet's cells, row by row, without empty ones."""
    root = ElementTree.fromstring(book.read("xl/workbook.xml"))
    shared: list[str] = []
    if "xl/sharedStrings.xml" in book.namelist():
        strings = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        shared = ["".join(t.itertext()) for t in strings.findall("m:si", NAMES)]
    found = {}
    for number, sheet in enumerate(root.findall("m:sheets/m:sheet", NAMES), 1):
        content = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
        found[sheet.attrib["name"]] = [
            [_cell(cell, shared) for cell in row.findall("m:c", NAMES)]
            for row in content.findall("m:sheetData/m:row", NAMES)
        ]
    return found


def _cell(cell: ElementTree.Element, shared: list[str]) -> str | float:
    assert cell.find("m:f", NAMES) is None, "a formula"
    if cell.attrib.get("t") == "inlineStr":
        return "".join(cell.itertext())
    value = cell.findtext("m:v", default="", namespaces=NAMES)
    return shared[int(value)] if cell.attrib.get("t") == "s" else float(value)


def test_names_are_text_and_numbers_are_numbers() -> None:
    """No formula, no link, and a number that can be added up."""
    book = written(document())
    rows = sheets(book)["收费员"]
    assert [row[0] for row in rows if row[0] in ODD] == list(ODD)
    (row,) = (row for row in rows if row[0] == "+1")
    assert row[1:] == [12.0, 0.9, "–", pytest.approx(3_725 / 86_400)]
    assert "hyperlink" not in "".join(book.namelist()).lower()


def test_each_part_has_its_sheet_and_its_chart() -> None:
    """The charts' numbers stand on the last sheet, where the charts take them from."""
    book = written(document())
    found = sheets(book)
    assert list(found) == ["概览", "收费员", "逐日", "得分", "时段", "图表数据"]
    charts = [name for name in book.namelist() if re.fullmatch(r"xl/charts/chart\d+\.xml", name)]
    assert len(charts) == 4
    assert all("图表数据" in book.read(name).decode() for name in charts)
    assert ["0", 90.0] in [row[:2] for row in found["图表数据"]]


def test_the_first_sheet_has_the_head_and_the_notes() -> None:
    """And of a report of nothing it is the only one, and says why."""
    front = sheets(written(document()))["概览"]
    assert ["收费站", '<南昌西> & "东"'] in front
    assert ["只供参考"] in front
    found = sheets(written(empty()))
    assert list(found) == ["概览"]
    assert ["没有任何班次"] in found["概览"]


def test_two_parts_of_one_name_have_two_sheets() -> None:
    """A sheet's name is once, and holds no character that a spreadsheet refuses."""
    part = document().sections[0]
    twice = document(sections=(part, part))
    assert list(sheets(written(twice)))[1:3] == ["收费员", "收费员 2"]


def test_rows_that_a_sheet_cannot_hold_go_on_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under the same titles; and none is needed for none."""
    monkeypatch.setattr(xlsx, "MOST_ROWS", 2)
    table = Table(columns=(Column(title="车辆", kind=Kind.TEXT), Column(title="车次")), rows=())
    out = io.BytesIO()
    xlsx.write_rows(table, ((name, 1) for name in ODD[:3]), "车次", out)
    found = sheets(zipfile.ZipFile(out))
    assert list(found) == ["车次 1", "车次 2"]
    assert found["车次 2"] == [["车辆", "车次"], [ODD[2], 1.0]]
    out = io.BytesIO()
    xlsx.write_rows(table, (), "车次", out)
    assert sheets(zipfile.ZipFile(out)) == {"车次 1": [["车辆", "车次"]]}


@pytest.mark.parametrize("whole", [True, False])
def test_rows_leave_nothing_beside_the_file(tmp_path: Path, whole: bool) -> None:
    """However it ends."""
    table = Table(columns=(Column(title="a", kind=Kind.TEXT),), rows=())

    def rows() -> Iterator[tuple[str]]:
        yield ("b",)
        assert any(path.is_file() for path in tmp_path.rglob("*"))
        if not whole:
            raise LookupError

    out = io.BytesIO()
    if whole:
        xlsx.write_rows(table, rows(), "t", out, tmp_path)
        assert sheets(zipfile.ZipFile(out)) == {"t 1": [["a"], ["b"]]}
    else:
        with pytest.raises(LookupError):
            xlsx.write_rows(table, rows(), "t", out, tmp_path)
    assert list(tmp_path.iterdir()) == []
