"""Jobs are done once each, whatever happens to the workers, and change nothing that is shown."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from db import months as kept
from db import reads, tables
from db.engine import open_engine, upgrade
from db.verify import verify
from phrases.source import DATA
from service import cli
from tests.db.test_facts import counted, recounted
from tests.db.test_figures import SHIFTS, Sat, store
from tests.postgres import Postgres, postgres

__all__ = ["postgres"]

MANY = 24
RECORDINGS = Path(__file__).parents[1] / "recordings"
PERIOD = ["--from", "2026-11-01", "--to", "2026-12-31"]


@dataclass(frozen=True, kw_only=True)
class Centre:
    """A database with shifts, and settings whose score table is another than theirs."""

    url: str
    engine: Engine
    config: Path

    def run(self, *arguments: str) -> int:
        """A command of the command line."""
        return cli.run([*arguments, "--db", self.url])

    def worker(self, *arguments: str) -> subprocess.Popen[bytes]:
        """A worker in a process of its own."""
        code = "from service.cli import main; main()"
        return subprocess.Popen(
            [sys.executable, "-c", code, "worker", *arguments, "--db", self.url],
            env={**os.environ, "CHANGSHOU_CONFIG": str(self.config)},
            stderr=subprocess.PIPE,
        )

    def gradings(self) -> int:
        """How many are stored."""
        with self.engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(tables.Grading)) or 0


@pytest.fixture
def centre(tmp_path: Path, postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> Iterator[Centre]:
    """Shifts of the shipped table, and a table by which a missed greeting is a remark."""
    text = (DATA / "score.toml").read_text(encoding="utf-8")
    lenient = text.replace("[status]\n", '[status]\n"missing.greet" = "remark"\n')
    (tmp_path / "score.toml").write_text(lenient, encoding="utf-8")
    config = tmp_path / "s.toml"
    config.write_text(
        '[judging]\nscore_table = "score.toml"\n[database]\nseal_key = "ledger.key"\n', "utf-8"
    )
    monkeypatch.setenv("CHANGSHOU_CONFIG", str(config))
    url = postgres.new_database()
    engine = open_engine(url)
    upgrade(engine)
    yield Centre(url=url, engine=engine, config=config)
    engine.dispose()
    postgres.drop(url)


def many(engine: Engine) -> None:
    """Shifts of a few vehicles."""
    first = dt.date(2026, 11, 1)
    store(
        engine,
        *(Sat(compliant=2, fault=2, day=first + dt.timedelta(days=n)) for n in range(MANY)),
    )


@pytest.mark.slow
def test_a_killed_worker_loses_and_doubles_nothing(
    centre: Centre, capsys: pytest.CaptureFixture[str]
) -> None:
    """SIGKILL in the middle, twice; then what is left is done, and it is shown when asked for."""
    many(centre.engine)
    assert centre.run("regrade", "start", *PERIOD) == 0
    number = capsys.readouterr().out.strip()
    for least in (3, 12):
        worker = centre.worker("--stalled", "1")
        until = time.monotonic() + 60
        while centre.gradings() < MANY + least and time.monotonic() < until:
            assert worker.poll() is None, "the worker ended by itself"
            time.sleep(0.02)
        worker.send_signal(signal.SIGKILL)
        worker.communicate()
    assert MANY + 12 <= centre.gradings() < 2 * MANY, "it was killed in the middle"
    assert centre.run("regrade", "show", number) == 2
    assert "wait for the workers" in capsys.readouterr().err
    time.sleep(1.5)
    last = centre.worker("--once", "--stalled", "1")
    _, said = last.communicate(timeout=60)
    assert last.returncode == 0, said
    assert centre.gradings() == 2 * MANY
    assert centre.run("regrade", "status", number, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["shifts"], found["done"], found["waiting"], found["same"]) == (MANY, MANY, 0, 0)
    assert found["before"] == {
        "vehicles": 4 * MANY, "compliant": 2 * MANY, "fault": 2 * MANY, "unsure": 0,
    }  # fmt: skip
    assert found["after"]["compliant"] == 4 * MANY
    assert {(f["code"], f["status"]) for f in found["findings"]} == {
        ("missing.greet", "fault"), ("missing.greet", "remark"),
    }  # fmt: skip
    assert all(row.fault == 2 for row in reads.shifts(centre.engine)), "nothing is shown yet"
    assert centre.run("regrade", "show", number) == 0
    assert all(row.fault == 0 for row in reads.shifts(centre.engine))
    assert all(row.grading.of == 2 for row in reads.shifts(centre.engine))
    with centre.engine.connect() as connection:
        assert counted(connection) == recounted(connection)
    assert verify(centre.engine).problems == ()


@pytest.mark.slow
def test_what_is_graded_by_this_table_already_is_not_graded_again(
    centre: Centre, capsys: pytest.CaptureFixture[str]
) -> None:
    """A second re-grading finds the gradings of the first; one that is graded since is left."""
    store(centre.engine, Sat(compliant=1, fault=1), Sat(collector="b", compliant=1, hour=18))
    for _ in range(2):
        assert centre.run("regrade", "start", *PERIOD) == 0
        assert centre.run("worker", "--once") == 0
        assert centre.gradings() == 4
    store(centre.engine, Sat(compliant=2))
    capsys.readouterr()
    assert centre.run("regrade", "show", "1") == 0
    assert "1 shifts show what was graded anew; 1 had changed since" in capsys.readouterr().err
    assert centre.run("regrade", "show", "1") == 2
    assert centre.run("regrade", "status", "1") == 0
    assert "2 of 2 shifts done" in capsys.readouterr().out
    assert centre.run("regrade", "status", "9") == 2
    assert centre.run("regrade", "start", "--from", "2020-01-01", "--to", "2020-01-02") == 2
    assert "nothing is to be re-graded" in capsys.readouterr().err


@pytest.mark.slow
def test_jobs_and_re_grading_begin_together(centre: Centre) -> None:
    """A re-grading whose jobs could not be deferred is not there."""
    store(centre.engine, Sat(compliant=1))
    assert centre.run("worker", "--once") == 0
    with centre.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE procrastinate_jobs RENAME TO elsewhere")
    assert centre.run("regrade", "start", *PERIOD) == 1
    with centre.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM regrade").scalar() == 0


@pytest.mark.slow
def test_clips_are_heard_again_by_other_weights(
    centre: Centre, capsys: pytest.CaptureFixture[str]
) -> None:
    """Real Whisper, twice: the second one adds a grading that accuses of nothing more."""
    events = RECORDINGS / "demo.events.json"
    grade = ("grade", str(RECORDINGS / "demo.opus"), "--events", str(events), "--json")
    assert centre.run(*grade) == 0
    first = json.loads(capsys.readouterr().out)
    text = centre.config.read_text(encoding="utf-8")
    centre.config.write_text(f"{text}[hearing]\nadapted = false\n", encoding="utf-8")
    for _ in range(2):
        period = ("--from", "2026-01-01", "--to", "2026-12-31")
        assert centre.run("regrade", "start", "--clips", *period) == 0
        assert centre.run("worker", "--once") == 0
        assert centre.gradings() == 2
    capsys.readouterr()
    assert centre.run("regrade", "status", "1", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["shifts"], found["done"], found["left"]) == (1, 1, {})
    assert found["before"]["fault"] == first["shift"]["fault"] > 0
    assert found["after"]["fault"] <= found["before"]["fault"]
    assert centre.run("regrade", "show", "1") == 0
    model = first["shift"]["versions"]["model"]
    report = reads.report(centre.engine, first["shift"]["id"]).report
    assert report.versions.model.startswith(f"{model}, then ")
    assert verify(centre.engine).problems == ()


def test_jobs_want_postgresql(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A booth has none; the line says what to name."""
    url = f"sqlite:///{tmp_path / 'a.db'}"
    assert cli.run(["worker", "--once", "--db", url]) == 2
    assert "name a database postgresql://" in capsys.readouterr().err


@pytest.mark.slow
def test_a_month_is_kept_once_and_again_when_it_changes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was reported stays, with the version that took its place beside it."""
    url = f"sqlite:///{tmp_path / 'a.db'}"
    engine = open_engine(url)
    upgrade(engine)
    store(engine, *SHIFTS)
    engine.dispose()

    def month() -> list[dict[str, object]]:
        assert cli.run(["month", "2026-11", "--db", url, "--json"]) == 0
        found: list[dict[str, object]] = json.loads(capsys.readouterr().out)
        return found

    first = month()
    assert [(m["station"], m["version"]) for m in first] == [("east", 1), ("west", 1)]
    assert month() == first
    engine = open_engine(url)
    store(engine, replace(SHIFTS[0], compliant=91))
    engine.dispose()
    again = month()
    assert [(m["station"], m["version"]) for m in again] == [("east", 1), ("west", 2)]
    figures = again[1]["figures"]
    assert isinstance(figures, dict)
    assert figures["step"]["from"] == "2026-11-01"
    assert figures["collector"]["total"]["counts"]["compliant"] == 141
    engine = open_engine(url)
    with engine.connect() as connection:
        count = connection.exec_driver_sql("SELECT count(*) FROM month_report").scalar()
        assert count == 3
        assert [m.number for m in kept.reported(connection, "2026-11")] == [1, 2]
    engine.dispose()


@pytest.mark.parametrize("month", ["2026-13", "2026", "9999-12", "0000-01", "²026-11"])
def test_months_that_are_none(
    tmp_path: Path, month: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line, and exit code 2."""
    assert cli.run(["month", month, "--db", f"sqlite:///{tmp_path / 'a.db'}"]) == 2
    assert "such as 2026-11" in capsys.readouterr().err
