"""CSV that a spreadsheet opens as it is meant, and JSON that a page can show."""

from __future__ import annotations

import csv
import io
import json

from service.reports import text
from service.reports.document import Column, Kind, Table
from tests.service.reports.documents import ODD, document, empty


def test_csv_has_a_mark_and_no_formula() -> None:
    """Chinese is known by the mark; what begins like a formula has an apostrophe before it."""
    whole = "".join(text.csv_of(document()))
    assert whole.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(whole.removeprefix("\ufeff"))))
    assert ["'@SUM(A1)", "12", "0.9", "", "3725.0"] in rows
    assert ["<b>张&三</b>", "12", "0.9", "", "3725.0"] in rows
    assert ["'=1+1"] in rows
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_csv_of_nothing_says_so() -> None:
    """With its title and its notes."""
    rows = list(csv.reader(io.StringIO("".join(text.csv_of(empty())).removeprefix("\ufeff"))))
    assert rows == [["月报 · <南昌西> · 2026-11"], ["没有任何班次"], [], ["只供参考"]]


def test_a_table_of_any_length_is_read_as_it_is_written() -> None:
    """A row is asked for when it is to be sent, not before."""
    taken = []

    def rows() -> object:
        for name in ODD:
            taken.append(name)
            yield (name,)

    table = Table(columns=(Column(title="收费员", kind=Kind.TEXT),), rows=())
    lines = text.csv_rows(table, rows())  # type: ignore[arg-type]
    assert [next(lines), next(lines)] == ["\ufeff", "收费员\r\n"]
    assert taken == []
    next(lines)
    assert taken == list(ODD[:1])


def test_json_has_it_all() -> None:
    """Columns with their kind, rows with plain values, charts with their numbers."""
    made = text.json_of(document())
    made["made_at"] = made["made_at"].isoformat()
    again = json.loads(json.dumps(made, allow_nan=False))
    first, lines, intervals, _ = again["sections"]
    assert first["columns"][2] == {"title": "合格率", "kind": "percent"}
    assert first["rows"][0] == [ODD[0], 12, 0.9, None, 3725.0]
    assert (first["chart"]["kind"], lines["chart"]["kind"]) == ("bars", "lines")
    assert lines["chart"]["top"] == 100
    assert [s["name"] for s in intervals["chart"]["series"]] == ["value", "low", "high"]
    assert intervals["chart"]["guide"] == 95.0
