"""`changshou export-person`: all of one collector, nothing of another, readable by its owner."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import stat
import zipfile
from pathlib import Path

import pytest

from db import audit
from db.people_types import Deed
from service import bootstrap, cli, settings
from tests.service.test_clips import decoded
from tests.service.test_erase import graded

pytestmark = pytest.mark.slow

__all__ = ["graded"]


def table(content: str) -> list[dict[str, str]]:
    """A CSV file's rows."""
    return list(csv.DictReader(io.StringIO(content.lstrip("\ufeff"))))


@pytest.mark.usefixtures("graded")
def test_all_that_is_kept_of_a_collector_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Words, findings, sound, and who read it; of the other collector nothing."""
    with bootstrap.database(settings.load()) as engine, engine.begin() as connection:
        deed = Deed(action="clip.read", thing="a clip", collector_id=1, station_id=1)
        audit.note(connection, deed, dt.datetime.now(dt.UTC))
    out = tmp_path / "copy"
    command = ["export-person", "--collector", "c1", "--station", "s1", "--out"]
    assert cli.run([*command, str(out)]) == 0
    assert "wrote 1 gradings and 1 clips" in capsys.readouterr().err
    assert json.loads((out / "person.json").read_text("utf-8"))["collector"] == "c1"
    (shift,) = table((out / "shifts.csv").read_text("utf-8"))
    (grading,) = (out / "gradings").iterdir()
    assert json.loads(grading.read_text("utf-8"))["shift"]["id"] == shift["id"]
    assert "收您五十元" in grading.read_text("utf-8")
    codes = {row["code"] for row in table((out / "findings.csv").read_text("utf-8"))}
    assert "missing.thanks" in codes
    (clip,) = table((out / "clips.csv").read_text("utf-8"))
    assert decoded((out / clip["file"]).read_bytes()).any()
    (read,) = table((out / "audit.csv").read_text("utf-8"))
    assert read["action"] == "clip.read"
    readme = (out / "README.md").read_text("utf-8")
    assert all(p.name in readme or p.is_dir() for p in out.iterdir() if p.name != "README.md")
    assert all(b"other" not in p.read_bytes() for p in out.rglob("*.[jc]s*"))
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    assert {stat.S_IMODE(p.stat().st_mode) for p in out.rglob("*") if p.is_file()} == {0o600}
    assert cli.run([*command, str(out)]) == 2
    packed = tmp_path / "copy.zip"
    assert cli.run([*command, str(packed)]) == 0
    assert stat.S_IMODE(packed.stat().st_mode) == 0o600
    with zipfile.ZipFile(packed) as archive:
        inside = {p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file()}
        assert set(archive.namelist()) == inside


def test_a_clip_that_cannot_be_opened_is_said(
    graded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The rest is written all the same."""
    (file,) = graded.with_name("shifts.db-clips").iterdir()
    file.unlink()
    out = tmp_path / "copy"
    command = ["export-person", "--collector", "c1", "--station", "s1", "--out", str(out)]
    assert cli.run(command) == 1
    assert "1 clips are not on this machine" in capsys.readouterr().err
    assert (out / "README.md").exists()


def test_nobody_of_that_id_is_bad_usage(graded: Path, tmp_path: Path) -> None:
    """And nothing is written."""
    out = tmp_path / "copy"
    command = ["export-person", "--collector", "c9", "--station", "s1", "--out", str(out)]
    assert cli.run(command) == 2
    assert not out.exists()
    assert graded.exists()
