"""`changshou tidy` and `changshou erase`: what goes, what stays, and that the ledger holds."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from db import holds
from db.keeping_tables import HoldReason
from db.verify import Chain
from service import bootstrap, cli, erase, ledger, pipeline, settings
from service.errors import BadInput, Failed
from tests.fakes import ears, quiet
from tests.service.test_clips import MISSING
from tests.service.test_pipeline import EXIT, SPOKEN, VEHICLE, lane, request

pytestmark = pytest.mark.slow

DAY = dt.timedelta(days=1)


@pytest.fixture
def graded(home: Path) -> Path:
    """A shift with a fault and its clip, then another collector's; the database."""
    for name, words in (("c1", MISSING), ("other", EXIT)):
        asked = request(home, events=lane(home, VEHICLE), collector=name)
        pipeline.grade(
            asked,
            settings.load(),
            progress=quiet,
            ears=ears(SPOKEN[: len(words)], words),
            draw=lambda: 0.999,
        )
    return home / "shifts.db"


def files(database: Path) -> list[Path]:
    """The clips' files."""
    return sorted(database.with_name("shifts.db-clips").iterdir())


def chain() -> Chain:
    """The one chain, which holds."""
    found = ledger.verified(settings.load())
    assert found.problems == ()
    return found.chains[0]


def hold(until: dt.datetime | None = None) -> None:
    """Put the first vehicle under appeal."""
    with bootstrap.database(settings.load()) as engine, engine.begin() as connection:
        now = dt.datetime.now(dt.UTC)
        key = holds.place(connection, 1, 0, reason=HoldReason.APPEAL, by="7", at=now)
        if until is not None:
            holds.settle(connection, key, until)


def test_before_their_days_are_over_nothing_goes(graded: Path) -> None:
    """30 days for clips, a year for words."""
    now = dt.datetime.now(dt.UTC)
    assert erase.tidy(settings.load(), now + 29 * DAY) == erase.Done()
    assert len(files(graded)) == 1
    assert (chain().clips, chain().erased) == (1, 0)


def test_clips_and_words_go_each_in_its_time(graded: Path) -> None:
    """And once: a second run finds nothing to do."""
    now = dt.datetime.now(dt.UTC)
    assert erase.tidy(settings.load(), now + 31 * DAY) == erase.Done(clips=1)
    assert files(graded) == []
    assert (chain().clips, chain().clips_erased, chain().erased) == (0, 1, 0)
    assert erase.tidy(settings.load(), now + 366 * DAY) == erase.Done(gradings=2)
    assert chain().erased > 0
    assert "您好".encode() not in graded.read_bytes()
    assert erase.tidy(settings.load(), now + 400 * DAY) == erase.Done()


def test_what_is_held_stays_until_a_year_after_it_is_final(graded: Path) -> None:
    """However old it is; then it goes as all else does."""
    now = dt.datetime.now(dt.UTC)
    hold()
    assert erase.tidy(settings.load(), now + 3_000 * DAY) == erase.Done(gradings=1, held=1)
    assert len(files(graded)) == 1
    assert chain().clips == 1
    assert "您好".encode() in graded.read_bytes()
    with bootstrap.database(settings.load()) as engine, engine.begin() as connection:
        holds.settle(connection, 1, now + 2_000 * DAY)
    assert erase.tidy(settings.load(), now + 2_366 * DAY) == erase.Done(gradings=1, clips=1)
    assert chain().clips_erased == 1


def test_a_clock_that_is_behind_deletes_nothing(graded: Path) -> None:
    """Nothing can be said of days by it."""
    with pytest.raises(Failed, match="clock is behind"):
        erase.tidy(settings.load(), dt.datetime(1970, 1, 1, tzinfo=dt.UTC))
    assert len(files(graded)) == 1


CRASH = """
import os, signal
from service import bootstrap, settings
site = settings.load()
with bootstrap.database(site) as engine:
    vault = bootstrap.vault(site, engine)
    vault.put(b"sound")
    (vault.folder / "part-half").write_bytes(b"so")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_crash_between_file_and_row_leaves_is_swept(graded: Path) -> None:
    """It is no error meanwhile, and a clip that has its row is left alone."""
    done = subprocess.run([sys.executable, "-c", CRASH], env=os.environ, check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(files(graded)) == 3
    assert chain().clips == 1
    now = dt.datetime.now(dt.UTC)
    assert erase.tidy(settings.load(), now).swept == 0
    for path in files(graded):
        os.utime(path, (now.timestamp() - 4_000,) * 2)
    assert erase.tidy(settings.load(), now).swept == 2
    assert len(files(graded)) == 1
    assert chain().clips == 1


def test_a_collector_is_erased_and_the_other_is_not(
    graded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the command line, after which nobody of that id is known."""
    assert cli.run(["erase", "--collector", "c1", "--station", "s1", "--yes"]) == 0
    assert "erased words of 1 gradings and 1 clips" in capsys.readouterr().err
    assert files(graded) == []
    assert chain().clips_erased == 1
    assert cli.run(["shifts", "--json"]) == 0
    names = {row["collector"] for row in json.loads(capsys.readouterr().out)}
    assert "other" in names
    assert [name.startswith("erased:") for name in names if name != "other"] == [True]
    assert cli.run(["erase", "--collector", "c1", "--station", "s1", "--yes"]) == 2
    assert "no such collector" in capsys.readouterr().err


def test_a_vehicle_is_erased(graded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By its shift and its name in the report."""
    (shift,) = (row.shift_id for row in pipeline.stored_shifts(settings.load(), collector="c1"))
    assert cli.run(["erase", "--vehicle", f"{shift[:8]}:9", "--yes"]) == 2
    assert "no such vehicle" in capsys.readouterr().err
    assert cli.run(["erase", "--vehicle", f"{shift[:8]}:1", "--yes"]) == 0
    assert files(graded) == []
    report = pipeline.stored_report(settings.load(), shift).report
    assert {step.heard for step in report.transactions[0].steps} == {None}
    assert {heard.text for heard in report.utterances} == {None}
    assert chain().clips_erased == 1


def test_what_is_held_is_erased_only_with_a_reason(
    graded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Which is kept; without one nothing is touched."""
    hold()
    command = ["erase", "--collector", "c1", "--station", "s1", "--yes"]
    assert cli.run(command) == 2
    assert "is held by an open review" in capsys.readouterr().err
    assert cli.run([*command, "--force", " "]) == 2
    assert len(files(graded)) == 1
    assert cli.run([*command, "--force", "court order 7"]) == 0
    assert files(graded) == []
    assert chain().clips_erased == 1


@pytest.mark.parametrize(
    "options",
    [[], ["--collector", "c1", "--vehicle", "a:1"], ["--vehicle", "a"], ["--vehicle", "zz:1"]],
)
def test_what_is_to_be_erased_must_be_named(graded: Path, options: list[str]) -> None:
    """One thing, and one that is there."""
    assert cli.run(["erase", *options, "--yes"]) == 2
    assert len(files(graded)) == 1


def test_nothing_stored_is_bad_usage(home: Path) -> None:
    """No database is made for it."""
    assert cli.run(["erase", "--collector", "c1", "--yes"]) == 2
    with pytest.raises(BadInput):
        erase.collector(settings.load(), "s1", "c1", dt.datetime.now(dt.UTC))
    assert not (home / "shifts.db-clips").exists()
