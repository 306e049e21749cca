"""A backup is whole, and what it is restored to is what was there."""

from __future__ import annotations

import json
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from db.engine import open_engine
from service import backup, cli, pipeline, settings
from service.errors import BadInput, Failed
from tests.db.conftest import postgres
from tests.fakes import ears, quiet
from tests.postgres import Postgres
from tests.service.test_pipeline import EXIT, SPOKEN, VEHICLE, lane, request

pytestmark = pytest.mark.slow

__all__ = ["postgres"]


def grade(home: Path, db: str | None = None) -> None:
    """Store one shift."""
    asked = request(home, events=lane(home, VEHICLE))
    pipeline.grade(asked, settings.load(db=db), progress=quiet, ears=ears(SPOKEN, EXIT))


def report(capsys: pytest.CaptureFixture[str], *options: str) -> object:
    """The newest shift, as the command line prints it."""
    capsys.readouterr()
    assert cli.run(["report", "latest", "--json", *options]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def made(home: Path) -> Path:
    """A backup of one shift; its file."""
    grade(home)
    (home / "backups").mkdir()
    return backup.backup(settings.load(), home / "backups", quiet).file


def test_a_restored_shift_is_what_it_was(
    made: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the file alone, on a machine that has nothing; its ledger holds, and it goes on."""
    before = report(capsys)
    other = f"sqlite:///{home / 'other.db'}"
    assert cli.run(["restore", str(made), "--db", other]) == 0
    assert "the ledger holds" in capsys.readouterr().err
    assert report(capsys, "--db", other) == before
    grade(home, other)
    assert cli.run(["verify-ledger", "--db", other]) == 0


def test_it_is_taken_beside_whoever_writes(made: Path, home: Path) -> None:
    """The service holds the database; a backup needs no right to write."""
    engine = open_engine(None if settings.load().database is None else settings.load().database)
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE half (done)")
            again = backup.backup(settings.load(), home / "again.tar.gz", quiet)
    finally:
        engine.dispose()
    with tarfile.open(again.file) as tar:
        tar.extract(backup.DATABASE, home / "out", filter="data")
    with closing(sqlite3.connect(home / "out" / backup.DATABASE)) as copied:
        names = {row[0] for row in copied.execute("SELECT name FROM sqlite_master")}
    assert "shift" in names
    assert "half" not in names
    assert made.stat().st_mode & 0o077 == 0


def test_settings_and_clips_go_along(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that a machine keeps, but not its private keys; the restored clips are verified."""
    grade(home)
    config = home / "my.toml"
    config.write_text('[site]\nstation = "s1"\n', encoding="utf-8")
    monkeypatch.setenv("CHANGSHOU_CONFIG", str(config))
    clips = home / "shifts.db-clips"
    lost = clips / ("0" * 64)
    clips.mkdir(exist_ok=True)
    lost.write_bytes(b"sealed")
    made = backup.backup(settings.load(), home / "all.tar.gz", quiet)
    with tarfile.open(made.file) as tar:
        names = set(tar.getnames())
    assert names >= {"changshou.toml", f"clips/{lost.name}", "database", "manifest.json"}
    assert not any(name.endswith(".key") for name in names)
    other = settings.load(db=f"sqlite:///{home / 'other.db'}")
    done = backup.restore(made.file, other, quiet)
    assert done.clips == len(names) - 3
    assert (home / "other.db-clips" / lost.name).read_bytes() == b"sealed"
    assert done.verified.problems == ()


def test_a_database_with_something_in_it_is_left_alone(made: Path, home: Path) -> None:
    """Nothing that was stored before is lost."""
    before = (home / "shifts.db").read_bytes()
    with pytest.raises(BadInput, match="is not empty"):
        backup.restore(made, settings.load(), quiet)
    assert (home / "shifts.db").read_bytes() == before


def damaged(made: Path) -> Iterator[tuple[str, bytes]]:
    """Ways in which a file is no backup."""
    whole = made.read_bytes()
    yield "cut short", whole[: len(whole) // 2]
    yield "one byte changed", whole[:5_000] + bytes([whole[5_000] ^ 1]) + whole[5_001:]
    yield "empty", b""
    yield "another file", b"PK\x03\x04" * 100


def test_a_damaged_backup_puts_nothing_back(made: Path, home: Path) -> None:
    """It is found out before anything is touched."""
    for name, content in damaged(made):
        broken = home / "broken.tar.gz"
        broken.write_bytes(content)
        other = settings.load(db=f"sqlite:///{home / 'other.db'}")
        with pytest.raises(BadInput, match=r"broken\.tar\.gz: "):
            backup.restore(broken, other, quiet)
        assert not (home / "other.db").exists(), name


def test_a_backup_cannot_write_elsewhere(made: Path, home: Path) -> None:
    """A file that climbs out of its folder is refused."""
    with tarfile.open(made) as tar:
        tar.extractall(home / "in", filter="data")
    manifest = json.loads((home / "in" / "manifest.json").read_text(encoding="utf-8"))
    manifest["files"]["../out"] = "0" * 64
    (home / "in" / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    evil = home / "evil.tar.gz"
    with tarfile.open(evil, "w:gz") as tar:
        for name in ("database", "manifest.json"):
            tar.add(home / "in" / name, arcname=name)
        tar.add(home / "in" / "database", arcname="../out")
    with pytest.raises(BadInput, match="none of a backup's"):
        backup.restore(evil, settings.load(db=f"sqlite:///{home / 'o.db'}"), quiet)
    assert not (home / "out").exists()


def test_no_room_or_no_folder_is_said(made: Path, home: Path) -> None:
    """One line, and no half a file."""
    with pytest.raises(BadInput, match="exists already"):
        backup.backup(settings.load(), made, quiet)
    with pytest.raises(Failed, match="could not be written"):
        backup.backup(settings.load(), home / "no" / "such.tar.gz", quiet)


@pytest.mark.slow
def test_postgresql_is_backed_up_by_its_own_programs(
    home: Path,
    postgres: Postgres,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The password is on no command line, and what was there is there again."""
    first, second = postgres.new_database(), postgres.new_database()
    grade(home, first)
    before = report(capsys, "--db", first)
    made = home / "pg.tar.gz"
    assert cli.run(["backup", str(made), "--db", first]) == 0
    assert cli.run(["restore", str(made), "--db", second]) == 0
    assert report(capsys, "--db", second) == before
    assert cli.run(["restore", str(made), "--db", second]) == 2
    assert "is not empty" in capsys.readouterr().err
    for url in (first, second):
        postgres.drop(url)
