"""`changshou figures` shows what is stored, and refuses a question that is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from service import cli
from tests.databases import with_tables
from tests.db.test_figures import SHIFTS, store

PERIOD = ("--from", "2026-11-01", "--to", "2026-12-31")


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A database with some shifts."""
    engine = with_tables(tmp_path / "figures.db")
    store(engine, *SHIFTS)
    engine.dispose()
    return f"sqlite:///{tmp_path / 'figures.db'}"


def asked(url: str, *arguments: str) -> int:
    """The exit code of the command."""
    return cli.run(["figures", "--db", url, *arguments])


def test_json(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One object, with the period, all together, and a line for each."""
    assert asked(url, *PERIOD, "--by", "collector", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["by"], found["from"], found["to"]) == ("collector", "2026-11-01", "2026-12-31")
    assert found["total"]["counts"]["vehicles"] == 260
    first = found["lines"][0]
    assert first["key"] == {"station": "west", "collector": "a"}
    assert first["counts"] == {"vehicles": 147, "compliant": 130, "fault": 12, "unsure": 5}
    assert first["rate"]["low"] < first["rate"]["value"] == 130 / 142 < first["rate"]["high"]
    assert (first["best_place"], first["worst_place"], first["like_next"]) == (1, 2, True)
    assert (first["shifts"], first["gap_s"]) == (2, 12.0)


@pytest.mark.parametrize("by", ["station", "team", "step", "hour", "weather", "day", "month"])
def test_tables(url: str, by: str, capsys: pytest.CaptureFixture[str]) -> None:
    """For people, with all together in the last line."""
    assert asked(url, *PERIOD, "--by", by) == 0
    out = capsys.readouterr().out
    assert by in out
    assert "Unsure ones are in no rate." in out
    assert "%" in out


def test_misses_and_deaf_time(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The other two questions, as a table and as JSON."""
    assert asked(url, *PERIOD, "--misses") == 0
    assert "missing.greet" in capsys.readouterr().out
    assert asked(url, *PERIOD, "--misses", "--json") == 0
    assert json.loads(capsys.readouterr().out)["codes"][0]["fault"] == 50
    assert asked(url, *PERIOD, "--deaf", "--station", "west") == 0
    assert "mic_lost" in capsys.readouterr().out
    assert asked(url, *PERIOD, "--deaf", "--json") == 0
    booths = json.loads(capsys.readouterr().out)["booths"]
    assert booths[0]["reasons"] == {"mic_lost": 10.0, "too_noisy": 6.0}


def test_nothing_that_fits(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Is no error."""
    assert asked(url, "--from", "2020-01-01", "--to", "2020-01-01") == 0
    assert "No shift is stored that fits." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--from", "2026-11-02", "--to", "2026-11-01"), "before it begins"),
        (("--from", "0001-01-01", "--to", "9999-12-31"), "longer than 3700 days"),
        (("--from", "9999-12-31", "--to", "9999-12-31"), "longer than 3700 days"),
        (("--from", "soon", "--to", "2026-11-01"), "--from: not a date"),
        ((*PERIOD, "--misses", "--deaf"), "one of them at a time"),
    ],
)
def test_questions_that_are_none(
    url: str, arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line, and exit code 2."""
    assert asked(url, *arguments) == 2
    assert said in capsys.readouterr().err
