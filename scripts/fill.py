"""Fill an empty database with vehicles that nobody saw, for measuring and for trying pages out.

    scripts/fill --db postgresql://… --vehicles 10000000
    scripts/fill --db sqlite:////tmp/booth.db --vehicles 400000 --seed 7

A booth has 400,000 vehicles a year, in three shifts a day. The vehicles, their steps, findings and
due lines are made by the database; their figures are counted by the program's own code. There
are no utterances, no matches, and no entries of the ledger, so `verify-ledger` names every shift.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, text

from db import facts, tables
from db.columns import Base
from db.engine import open_engine, upgrade
from db.explain import plainly
from db.facts_tables import Shown
from db.types import StoreError
from phrases.types import GapReason, Lane, TimeSource
from scripts import fill_sql
from scripts.fill_plan import MOST, SHIFT_MS, Planned, plan
from service.bootstrap import Progress
from service.console import progress, utf8

AT_ONCE = 200
"""shifts of one transaction"""
_VERSIONS = ("program", "catalog", "dialogue", "score_table", "calendar", "model", "thresholds")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code."""
    utf8()
    parser = argparse.ArgumentParser(prog="fill", description=__doc__.split("\n")[0])
    parser.add_argument("--db", metavar="URL", required=True, help="an empty database")
    parser.add_argument("--vehicles", type=int, default=100_000, help="how many")
    parser.add_argument("--seed", type=int, default=1, help="another one gives other vehicles")
    chosen = parser.parse_args(arguments)
    if not 1 <= chosen.vehicles <= 1_000_000_000 or not 0 <= chosen.seed < 1_000_000:
        print("fill: --vehicles is 1 to 1,000,000,000, --seed 0 to 999,999", file=sys.stderr)
        return 2
    try:
        engine = open_engine(chosen.db)
        try:
            upgrade(engine)
            fill(engine, chosen.vehicles, chosen.seed, progress=progress)
        finally:
            engine.dispose()
    except StoreError as error:
        print(f"fill: {error}", file=sys.stderr)
        return 2
    return 0


def fill(engine: Engine, vehicles: int, seed: int, *, progress: Progress) -> None:
    """Make so many vehicles. StoreError if a shift is stored there already."""
    shifts = plan(vehicles, seed)
    done = 0
    with plainly(engine), engine.connect() as connection, progress("filling", vehicles) as bar:
        if connection.scalar(select(tables.Shift.id).limit(1)) is not None:
            raise StoreError("the database holds shifts: fill fills an empty one only")
        _prepare(connection)
        known: dict[Any, int] = {}
        number = 0
        while chunk := list(islice(shifts, AT_ONCE)):
            _chunk(connection, chunk, seed, known)
            connection.commit()
            number += 1
            if number.bit_count() == 1:
                # Whenever it has doubled: else PostgreSQL plans as if the tables were empty.
                connection.execute(text("ANALYZE"))
                connection.commit()
            done += sum(shift.vehicles for shift in chunk)
            bar(done)
        connection.execute(text("ANALYZE"))
        connection.commit()


def _prepare(connection: Connection) -> None:
    for statement in fill_sql.TABLES:
        connection.execute(text(statement))
    numbers = [{"n": n} for n in range(MOST)]
    connection.execute(text("INSERT INTO fill_number VALUES (:n)"), numbers)
    if _is_postgresql(connection):
        own = connection.scalar(text("SELECT current_setting('is_superuser')"))
        if own == "on":
            # The rows are made to fit each other: to check ten million is most of the work.
            connection.execute(text("SET session_replication_role = replica"))
    connection.commit()


def _is_postgresql(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def _chunk(
    connection: Connection, shifts: Sequence[Planned], seed: int, known: dict[Any, int]
) -> None:
    about = [_places(connection, shift, known) for shift in shifts]
    rows = [
        {"id": shift.identity.shift_id, "started_at": shift.identity.started_at, **whose}
        for shift, whose in zip(shifts, about, strict=True)
    ]
    connection.execute(insert(tables.Shift), rows)
    sounds = [{"sha256": shift.sha256, "duration_ms": SHIFT_MS} for shift in shifts]
    connection.execute(insert(tables.Recording), sounds)
    recordings = _ids(connection, tables.Recording.sha256, [shift.sha256 for shift in shifts])
    gradings = [_grading(shift, recordings[shift.sha256]) for shift in shifts]
    connection.execute(insert(tables.Grading), gradings)
    ids = _ids(connection, tables.Grading.shift_id, [shift.identity.shift_id for shift in shifts])
    gaps, shown, filled = [], [], []
    for shift, whose in zip(shifts, about, strict=True):
        grading_id = ids[shift.identity.shift_id]
        for place, (start_ms, end_ms, reason) in enumerate(shift.gaps):
            gap = {"start_ms": start_ms, "end_ms": end_ms, "reason": GapReason(reason)}
            gaps.append({"grading_id": grading_id, "position": place, **gap})
        station = known[tables.Station, shift.identity.station]
        shown.append(_shown(shift, grading_id, {**whose, "station_id": station}))
        of = int(shift.sha256[:8], 16) % fill_sql.PRIME + seed
        drawn = {"vehicles": shift.vehicles, "faults": shift.faults, "rain": int(shift.rain)}
        filled.append({"grading_id": grading_id, "of": of, **drawn})
    if gaps:
        connection.execute(insert(tables.Gap), gaps)
    connection.execute(insert(Shown), shown)
    connection.execute(text("DELETE FROM fill_shift"))
    values = ":grading_id, :of, :vehicles, :faults, :rain"
    connection.execute(text(f"INSERT INTO fill_shift VALUES ({values})"), filled)
    for statement in fill_sql.statements(postgresql=_is_postgresql(connection)):
        connection.exec_driver_sql(statement.replace("%", "%%") if _is_postgresql(connection)
                                   else statement)  # fmt: skip
    facts.recount(connection, list(ids.values()))
    connection.execute(text(fill_sql.SUMS))


def _places(connection: Connection, shift: Planned, known: dict[Any, int]) -> dict[str, int]:
    """The ids of the shift's booth, collector and team, made if need be."""

    def ensure(table: type[Base], code: str, **more: int) -> int:
        key = (table, *more.values(), code) if more else (table, code)
        if key not in known:
            connection.execute(insert(table), [{"code": code, **more}])
            columns = table.__table__.c
            same = [columns[name] == value for name, value in more.items()]
            own = select(columns.id).where(columns.code == code, *same)
            known[key] = connection.execute(own).scalar_one()
        return known[key]

    who = shift.identity
    station = ensure(tables.Station, who.station)
    return {
        "booth_id": ensure(tables.Booth, who.booth, station_id=station),
        "collector_id": ensure(tables.Collector, who.collector, station_id=station),
        "team_id": ensure(tables.Team, str(who.team), station_id=station),
    }


def _ids(connection: Connection, column: Any, values: Sequence[str]) -> dict[str, int]:
    own = column.class_
    rows = connection.execute(select(column, own.id).where(column.in_(values)))
    return {value: key for value, key in rows}  # noqa: C416


def _grading(shift: Planned, recording_id: int) -> dict[str, Any]:
    end = shift.identity.started_at + dt.timedelta(milliseconds=SHIFT_MS)
    gap_ms = sum(end_ms - start_ms for start_ms, end_ms, _ in shift.gaps)
    return {
        "shift_id": shift.identity.shift_id,
        "number": 1,
        "recording_id": recording_id,
        "created_at": end,
        "complete": True,
        "lane": Lane.EXIT,
        "started_at": shift.identity.started_at,
        "utc_offset_s": 8 * 3600,
        "time_source": TimeSource.GIVEN,
        "duration_ms": SHIFT_MS,
        "listened_ms": SHIFT_MS - gap_ms,
        "gap_ms": gap_ms,
        **dict.fromkeys(("vehicles", "compliant", "fault", "unsure"), 0),
        **dict.fromkeys(("score", "score_low", "score_high")),
        "warnings": ("made by scripts/fill",),
        **dict.fromkeys(_VERSIONS, "fill"),
    }


def _shown(shift: Planned, grading_id: int, whose: dict[str, int]) -> dict[str, Any]:
    start = shift.identity.started_at
    return {
        "shift_id": shift.identity.shift_id,
        "grading_id": grading_id,
        "day": start.date(),
        "started_at": start,
        **whose,
    }


if __name__ == "__main__":
    sys.exit(main())
