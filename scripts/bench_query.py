"""Time the supervisor's questions over many vehicles in a PostgreSQL of their own.

The server keeps its data in a temporary folder and is gone afterwards; `--db` names a database that
`scripts/fill` has filled, and leaves it. A question is timed from the call to the answer in the
program's own types; HTTP is not in it.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from sqlalchemy import Connection, Engine, func, select, text

from db import figures, tables
from db.engine import open_engine, upgrade
from db.facts_tables import FactTotal, Shown
from db.figures_types import Asked, By, Wanted
from db.vehicle_list import vehicles
from phrases.types import FindingStatus, Outcome
from scripts.fill import fill
from service.console import progress
from tests.postgres import running

SHORT, FULL = 20_000, 10_000_000
"""vehicles, and that of the figure that must be shown"""
TIMES = 40
"""of each question"""
SETTINGS = ("shared_buffers=1GB", "work_mem=32MB", "synchronous_commit=off", "max_wal_size=8GB")
"""the server's own; otherwise it is as PostgreSQL comes, with fsync off for the filling"""
MUST_MS = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What there is to ask about."""

    first: dt.date
    last: dt.date
    stations: tuple[str, ...]
    collectors: tuple[tuple[str, str], ...]
    """station and collector"""


Question = Callable[[Connection, Known, random.Random], object]


def _period(known: Known, draw: random.Random, days: int | None) -> Asked:
    """Some days in a row, or (None) all."""
    after = known.last + dt.timedelta(days=1)
    if days is None:
        return Asked(since=known.first, until=after)
    start = known.first + dt.timedelta(
        days=draw.randrange(max(1, (known.last - known.first).days - days + 2))
    )
    return Asked(since=start, until=start + dt.timedelta(days=days))


def _by(by: By, days: int | None, whose: str = "") -> Question:
    def ask(connection: Connection, known: Known, draw: random.Random) -> object:
        return figures.compliance(connection, by, _whose(_period(known, draw, days), known, draw))

    def _whose(asked: Asked, known: Known, draw: random.Random) -> Asked:
        if whose == "station":
            return replace(asked, station=draw.choice(known.stations))
        if whose == "collector":
            station, collector = draw.choice(known.collectors)
            return replace(asked, station=station, collector=collector)
        return asked

    return ask


def _misses(days: int | None) -> Question:
    return lambda c, known, draw: figures.misses(c, _period(known, draw, days))


def _deaf(days: int | None) -> Question:
    return lambda c, known, draw: figures.deaf(c, _period(known, draw, days))


def _vehicles(
    wanted: Wanted, days: int | None, *, station: bool = False, pages: int = 1
) -> Question:
    """Of several pages the last is as dear as the first: each goes on by an index."""

    def ask(connection: Connection, known: Known, draw: random.Random) -> object:
        asked = _period(known, draw, days)
        if station:
            asked = replace(asked, station=draw.choice(known.stations))
        found, after = [], None
        for _ in range(pages):
            found = vehicles(connection, asked, wanted, after=after, limit=51)
            if len(found) < 51:
                break
            after = found[-2].place
        return found

    return ask


QUESTIONS: dict[str, Question] = {
    "stations, a month": _by(By.STATION, 30),
    "booths, all time": _by(By.BOOTH, None),
    "collectors of a station, a month": _by(By.COLLECTOR, 30, "station"),
    "collectors, all time": _by(By.COLLECTOR, None),
    "teams of a station, a quarter": _by(By.TEAM, 91, "station"),
    "steps, a month": _by(By.STEP, 30),
    "steps, all time": _by(By.STEP, None),
    "steps of a collector, a year": _by(By.STEP, 365, "collector"),
    "hours of a station, a month": _by(By.HOUR, 30, "station"),
    "hours, all time": _by(By.HOUR, None),
    "weather, a quarter": _by(By.WEATHER, 91),
    "weather, all time": _by(By.WEATHER, None),
    "days of a station, a quarter": _by(By.DAY, 91, "station"),
    "weeks, all time": _by(By.WEEK, None),
    "months, all time": _by(By.MONTH, None),
    "months of a collector, a year": _by(By.MONTH, 365, "collector"),
    "misses, a month": _misses(30),
    "misses, all time": _misses(None),
    "deaf time of booths, a month": _deaf(30),
    "deaf time of booths, all time": _deaf(None),
    "vehicles with a fault, a page": _vehicles(Wanted(outcome=Outcome.FAULT), None),
    "vehicles of a station with a fault, a month, four pages": _vehicles(
        Wanted(outcome=Outcome.FAULT), 30, station=True, pages=4
    ),
    "vehicles with a wrong amount, a day of a station": _vehicles(
        Wanted(code="amount.change", status=FindingStatus.FAULT), 1, station=True
    ),
    "vehicles with a rare finding, all time": _vehicles(Wanted(code="forbidden"), None),
    "vehicles with a finding that there is not, all time": _vehicles(Wanted(code="order"), None),
}


def run(*, vehicles: int, times: int, url: str | None, seed: int) -> dict[str, Any]:
    """Fill, if need be, and ask; the figures."""
    with _database(url, vehicles) as engine:
        with engine.connect() as connection:
            known = _known(connection)
            about = _about(connection)
        asked: list[dict[str, Any]] = []
        with progress("asking", len(QUESTIONS)) as bar:
            for number, (name, question) in enumerate(QUESTIONS.items()):
                draw = random.Random(f"{name} {seed}")
                asked.append({"question": name, **_timed(engine, question, known, draw, times)})
                bar(number + 1)
    worst = max(each["p95_ms"] for each in asked)
    return {**about, "must_ms": MUST_MS, "p95_ms": worst, "times": times, "questions": asked}


def as_table(made: dict[str, Any]) -> RenderableType:
    """A row for each question."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("question")
    for name in ("p50 ms", "p95 ms", "max ms"):
        table.add_column(name, justify="right")
    for each in made["questions"]:
        table.add_row(
            each["question"], *(f"{each[name]:.1f}" for name in ("p50_ms", "p95_ms", "max_ms"))
        )
    what = (
        f"{made['vehicles']:,} vehicles in {made['shifts']:,} shifts, {made['gigabytes']} GB, "
        f"{made['server']}; each question {made['times']} times; load {made['load']}"
    )
    return Group(Text(what), table)


@contextmanager
def _database(url: str | None, vehicles: int) -> Iterator[Engine]:
    if url is not None:
        engine = open_engine(url, read_only=True)
        try:
            yield engine
        finally:
            engine.dispose()
        return
    with running(*SETTINGS) as server:
        engine = open_engine(server.new_database())
        try:
            upgrade(engine)
            fill(engine, vehicles, 1, progress=progress)
            yield engine
        finally:
            engine.dispose()


def _known(connection: Connection) -> Known:
    first, last = connection.execute(select(func.min(Shown.day), func.max(Shown.day))).one()
    who = select(tables.Station.code, tables.Collector.code.label("collector")).join(
        tables.Collector, tables.Collector.station_id == tables.Station.id
    )
    people = tuple((row.code, row.collector) for row in connection.execute(who))
    stations = tuple(sorted({station for station, _ in people}))
    return Known(first=first, last=last, stations=stations, collectors=people)


def _about(connection: Connection) -> dict[str, Any]:
    size = connection.scalar(text("SELECT pg_database_size(current_database())"))
    return {
        "vehicles": int(connection.scalar(select(func.sum(FactTotal.vehicles))) or 0),
        "shifts": connection.scalar(select(func.count()).select_from(Shown)),
        "gigabytes": round(int(size or 0) / 1e9, 2),
        "server": connection.scalar(text("SELECT split_part(version(), ' (', 1)")),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
    }


def _timed(
    engine: Engine, question: Question, known: Known, draw: random.Random, times: int
) -> dict[str, float]:
    """Milliseconds; the first asking of all is left out, it reads the disk."""
    spans = []
    for _ in range(times + 1):
        with engine.connect() as connection:
            start = time.perf_counter()
            question(connection, known, draw)
            spans.append((time.perf_counter() - start) * 1000)
    first, *rest = spans
    return {
        "first_ms": round(first, 1),
        "p50_ms": round(statistics.median(rest), 1),
        "p95_ms": round(sorted(rest)[max(0, -(-95 * len(rest) // 100) - 1)], 1),
        "max_ms": round(max(rest), 1),
    }
