"""`changshou reports` writes files that nobody else reads, and over none that is there."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from service import cli
from tests.databases import with_tables
from tests.db.test_figures import SHIFTS, store

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def here(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to write to, and a database with some shifts."""
    engine = with_tables(home / "shifts.db")
    store(engine, *SHIFTS)
    engine.dispose()
    folder = home / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def run(*arguments: str) -> int:
    """The exit code of the command."""
    return cli.run(["reports", *arguments])


@pytest.mark.parametrize(
    ("what", "name"),
    [
        (("month", "2026-11", "--station", "west"), "changshou-month-2026-11"),
        (("day", "2026-11-24", "--station", "west"), "changshou-day-2026-11-24"),
        (("vehicles", "--from", "2026-11-01", "--to", "2026-11-30"), "changshou-vehicles-"),
    ],
)
def test_a_report_has_a_name_of_its_own(here: Path, what: tuple[str, ...], name: str) -> None:
    """In the folder where one is, for its owner alone; a second one does not replace it."""
    assert run(*what, "--format", "xlsx") == 0
    (file,) = here.iterdir()
    assert file.name.startswith(name)
    assert file.read_bytes().startswith(b"PK")
    assert file.stat().st_mode & 0o077 == 0
    assert run(*what, "--format", "xlsx") == 2


def test_a_shift_is_printed(here: Path) -> None:
    """As PDF, unless another form is asked for."""
    assert run("shift", "latest", "--out", "a.pdf") == 0
    assert (here / "a.pdf").read_bytes().startswith(b"%PDF")


def test_json_goes_to_output(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """With --out - and nothing else there."""
    assert run("month", "2026-11", "--station", "west", "--format", "json", "--out", "-") == 0
    made = json.loads(capfd.readouterr().out)
    assert made["title"] == "文明用语月报 · west · 2026-11"
    assert list(here.iterdir()) == []


def test_vehicles_as_csv(here: Path) -> None:
    """All of the period, or those of one collector."""
    period = ("--from", "2026-11-01", "--to", "2026-12-31", "--out", "v.csv")
    assert run("vehicles", *period, "--station", "east", "--language", "en") == 0
    rows = list(csv.reader(io.StringIO((here / "v.csv").read_text(encoding="utf-8-sig"))))
    assert len(rows) == 1 + 13
    assert rows[0][1] == "Station"


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (("month", "2026-11", "--station", "none"), "no such station"),
        (("month", "november", "--station", "west"), "such as 2026-11"),
        (("day", "yesterday", "--station", "west"), "DATE: not a date"),
        (("shift", "0000"), "0000"),
        (("shift", "latest", "--out", "none/a.pdf"), "cannot be written"),
        (("vehicles", "--from", "2026-11-01", "--to", "2026-11-30", "--format", "pdf"), "csv or"),
    ],
)
def test_what_cannot_be_written_is_told_in_a_line(
    here: Path, capsys: pytest.CaptureFixture[str], what: tuple[str, ...], said: str
) -> None:
    """And no file is left behind."""
    assert run(*what) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert said in lines[0]
    assert list(here.iterdir()) == []
