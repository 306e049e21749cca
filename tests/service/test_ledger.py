"""`changshou verify-ledger`: what holds, what does not, and with which exit code."""

from __future__ import annotations

import json
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from service import cli, pipeline, settings
from service.errors import BadInput
from tests.fakes import ears, quiet, wav
from tests.service.test_pipeline import EXIT, SPOKEN, VEHICLE, lane, request


@pytest.fixture
def graded(home: Path) -> Path:
    """A database with one shift; its file."""
    asked = request(home, events=lane(home, VEHICLE))
    site = settings.load()
    pipeline.grade(asked, site, progress=quiet, ears=ears(SPOKEN, EXIT), draw=lambda: 0.999)
    return home / "shifts.db"


def change(database: Path, statement: str) -> None:
    """Change the database as any tool for SQLite could."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(statement)


def test_what_was_graded_holds(graded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 0; the chain's end and its key can be noted down."""
    assert cli.run(["verify-ledger"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("s1/b1: 5 entries under 1 seal\n  ends with ")
    assert out.endswith("the ledger holds\n")
    assert cli.run(["verify-ledger", "--db", f"sqlite:///{graded}", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    (chain,) = result.pop("chains")
    assert result == {"holds": True, "first_bad": None, "problems": [], "before": 0}
    assert (chain["writer"], chain["entries"], chain["seals"]) == ("s1/b1", 5, 1)
    assert chain["head"] in out
    assert chain["keys"][0] in out


def test_the_first_bad_entry_is_named(graded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1, the writer, the entry and what is wrong with it."""
    change(graded, "UPDATE vehicle SET outcome = 'fault'")
    assert cli.run(["verify-ledger"]) == 1
    out, err = capsys.readouterr()
    what = "states otherwise than is stored: outcome"
    assert f"bad: s1/b1, entry 4: {what}" in out
    assert err == f"changshou: the ledger does not hold: s1/b1, entry 4: {what}\n"
    assert cli.run(["verify-ledger", "--json"]) == 1
    result = json.loads(capsys.readouterr().out)
    assert result["holds"] is False
    assert result["first_bad"] == {"writer": "s1/b1", "seq": 4, "what": what}


def test_words_that_were_changed_are_not_quoted(
    graded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The entry is named, what was said is nobody's business."""
    change(graded, "UPDATE utterance SET text = '找您一百元' WHERE text IS NOT NULL")
    assert cli.run(["verify-ledger"]) == 1
    out, err = capsys.readouterr()
    assert "entry 5: has other stored words than were stated" in out
    assert "一百" not in out + err


def test_no_database_is_bad_usage(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As with every command that reads."""
    assert cli.run(["verify-ledger"]) == 2
    assert "there is no database" in capsys.readouterr().err
    assert cli.run(["verify-ledger", "--db", "mysql://x"]) == 2
    assert not (home / "shifts.db").exists()


def test_the_key_is_the_users_own(graded: Path) -> None:
    """Made at first use, in the data folder, for nobody else to read."""
    key = graded.parent / ".local" / "share" / "changshou" / "ledger.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_a_key_that_cannot_be_used_is_met_before_listening(home: Path) -> None:
    """One line that names it, and nothing stored."""
    settings_file = home / "s.toml"
    settings_file.write_text('[database]\nseal_key = "own.key"\n', encoding="utf-8")
    (home / "own.key").write_bytes(b"no key")
    (home / "own.key").chmod(0o600)
    site = settings.load({"CHANGSHOU_CONFIG": str(settings_file)}, db=f"sqlite:///{home}/a.db")
    asked = request(home, audio=(wav(home / "b.wav", 2),))
    with pytest.raises(BadInput, match=r"own\.key is no Ed25519 key"):
        pipeline.grade(asked, site, progress=quiet, ears=ears(SPOKEN, EXIT))
    assert pipeline.stored_shifts(site) == []
