"""Cut the power at random moments, and fill the disk: nothing acknowledged may be lost.

The program's own store, engine and pragmas write to a disk that fails (scripts/faults_vfs.py). With
`synchronous` weakened to NORMAL the same cuts must lose something, or they would prove nothing.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from db import tables
from db.engine import open_engine, upgrade
from db.store import Store
from db.types import StoreError
from db.verify import verify
from scripts.faults_vfs import CUT, FULL, IO_ERROR_SYNC, IO_ERROR_WRITE, Faulty
from tests.db import samples

SHIFTS = 6
"""that a process tries to store before it ends by itself"""
MOST_OPERATIONS = 260
"""writes and syncs among which the cut falls"""
Told = Callable[[int], None]
Work = Callable[[Callable[[str], None]], None]
"""what a process does; it is given what tells the parent a line"""


def power(times: int, told: Told, *, synchronous: str = "FULL") -> dict[str, Any]:
    """Cut the power so many times; how many acknowledged shifts are lost, and what is damaged."""
    lost = damaged = cuts = acknowledged = 0

    def work(number: int, database: Path) -> Work:
        at = random.Random(number).randint(1, MOST_OPERATIONS)
        return partial(_store, database, partial(Faulty, cut_at=at, seed=number), synchronous)

    for status, done, there, sound in _tried(times, work, told):
        cuts += status == CUT
        acknowledged += len(done)
        lost += len(set(done) - there)
        damaged += not sound
    return {
        "synchronous": synchronous,
        "cuts": cuts,
        "ended_before_the_cut": times - cuts,
        "acknowledged": acknowledged,
        "lost": lost,
        "damaged": damaged,
    }


def disk(times: int, told: Told) -> dict[str, Any]:
    """Full disks and failing writes at every n-th write: no false success, and it goes on after."""
    false_successes = alarms = damaged = stuck = 0
    kinds = (FULL, IO_ERROR_WRITE, IO_ERROR_SYNC)

    def work(number: int, database: Path) -> Work:
        return partial(_store_on_failing, database, 1 + number, kinds[number % len(kinds)])

    for status, said, there, sound in _tried(times, work, told):
        if status:
            raise RuntimeError(f"a run broke down with exit code {status}")
        done = {one for one in said if not one.startswith(("refused", "stuck"))}
        false_successes += len(done - there)
        alarms += sum(one == "refused" for one in said)
        stuck += "stuck" in said
        damaged += not sound
    return {
        "runs": times,
        "refused": alarms,
        "false_successes": false_successes,
        "did_not_go_on": stuck,
        "damaged": damaged,
    }


def _tried(
    times: int, work: Callable[[int, Path], Work], told: Told
) -> Iterator[tuple[int, list[str], set[str], bool]]:
    """Each time on a fresh database: exit status, what was told, what is there, is it sound."""
    with tempfile.TemporaryDirectory(prefix="changshou-faults-") as folder:
        ready, database = Path(folder) / "ready.db", Path(folder) / "tried.db"
        _prepare(ready)
        for number in range(times):
            _fresh(ready, database)
            status, said = _in_process(work(number, database))
            _forget_memory(database)
            yield status, said, *_reopened(database)
            told(number + 1)


def _prepare(database: Path) -> None:
    engine = open_engine(f"sqlite:///{database}")
    upgrade(engine)
    engine.dispose()


def _fresh(ready: Path, database: Path) -> None:
    for name in database.parent.glob(f"{database.name}*"):
        name.unlink()
    shutil.copy(ready, database)


def _forget_memory(database: Path) -> None:
    """The shared memory of a machine without power is gone."""
    database.with_name(database.name + "-shm").unlink(missing_ok=True)


def _save(engine: Engine, number: int) -> str:
    start = samples.START + timedelta(hours=number)
    report = replace(samples.report(), started_at=start)
    with Store(engine, samples.SIGNER) as unit:
        shift = unit.save(
            samples.identity(started_at=start), samples.recording(f"shift {number}"), report
        )
        unit.commit()
    return shift


def _store(
    database: Path, faulty: Callable[[], Faulty], synchronous: str, tell: Callable[[str], None]
) -> None:
    disk = faulty()
    engine = open_engine(f"sqlite:///{database}")
    if synchronous != "FULL":
        # It has one connection, which stays; the pragma is of no avail within a transaction.
        with engine.connect() as connection:
            raw = connection.connection.driver_connection
            assert isinstance(raw, sqlite3.Connection)
            raw.execute(f"PRAGMA synchronous = {synchronous}")
    for number in range(SHIFTS):
        tell(_save(engine, number))
    disk.stop()


def _store_on_failing(database: Path, every: int, code: int, tell: Callable[[str], None]) -> None:
    """Every n-th write fails until some have; then there is room again, and all must go in."""
    failing = True

    def fault(what: str, number: int) -> int:
        wanted = "sync" if code == IO_ERROR_SYNC else "write"
        return code if failing and what == wanted and number % every == 0 else 0

    disk = Faulty(cut_at=None, seed=0, fault=fault)
    for number in range(SHIFTS):
        failing = number < SHIFTS - 1
        try:
            engine = open_engine(f"sqlite:///{database}")
            try:
                tell(_save(engine, number))
            finally:
                engine.dispose()
        except StoreError:
            tell("refused" if failing else "stuck")
    disk.stop()


def _in_process(work: Work) -> tuple[int, list[str]]:
    """Do the work in a process of its own; how it ended, and what it told before."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        status = 1
        try:
            work(partial(_tell, writing))
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        told = pipe.read().split()
    _, ended = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(ended), told


def _tell(pipe: int, line: str) -> None:
    os.write(pipe, f"{line}\n".encode())


def _reopened(database: Path) -> tuple[set[str], bool]:
    """The shifts that are there, and whether database and ledger are sound."""
    with closing(sqlite3.connect(database)) as connection:
        sound = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    engine = open_engine(f"sqlite:///{database}")
    try:
        upgrade(engine)
        with engine.connect() as connection_:
            there = set(connection_.scalars(select(tables.Shift.id)))
        sound = sound and not verify(engine).problems
    finally:
        engine.dispose()
    return there, sound
