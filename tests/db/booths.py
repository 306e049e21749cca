"""Booths with something to send, and centres that take it in, without a wire between them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, select

from db import outbox, tables
from db.codec import CHILDREN
from db.columns import Base
from db.inbox import Origin, Received, receive
from db.shifts import Shifts
from db.store import Store
from phrases.types import ShiftReport
from tests.db import samples

ALL = 1 << 30
TABLES: tuple[type[Base], ...] = (tables.Grading, *CHILDREN)
NOW = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)


def save(engine: Engine, report: ShiftReport | None = None, **changes: object) -> None:
    """Store one grading of the sample shift, for the centre too."""
    with Store(engine, samples.SIGNER, outbox=True) as unit:
        unit.save(samples.identity(**changes), samples.recording(), report or samples.report())
        unit.commit()


def lines(engine: Engine) -> list[bytes]:
    """All that the booth has to send."""
    return [one.line for one in outbox.waiting(engine, count=ALL, size=ALL)]


def origin(engine: Engine, station: str = "南昌西", booth: str = "3") -> Origin:
    """The booth as the centre knows it."""
    with engine.begin() as connection:
        shifts = Shifts(connection)
        key = shifts.ensure(tables.Station, code=station)
        booth_id = shifts.ensure(tables.Booth, station_id=key, code=booth)
    return Origin(booth_id=booth_id, station=station, booth=booth)


def take(engine: Engine, batch: Sequence[bytes], booth: str = "3") -> Received:
    """Let the centre take in a batch."""
    return receive(engine, origin(engine, booth=booth), batch, at=NOW)


def rows(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """What is stored of gradings, without the keys that each database draws for itself."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    for table in TABLES:
        own = [c for c in table.__table__.columns if c.name not in ("id", "recording_id")]
        own = [column for column in own if column.name != "grading_id"]
        order = list(table.__table__.primary_key)
        query = select(*own).order_by(*order)
        found[table.__tablename__] = [
            tuple(str(value) for value in row) for row in connection.execute(query)
        ]
    return found


def counts(engine: Engine) -> dict[str, int]:
    """How many rows each table of a grading has."""
    with engine.connect() as connection:
        return {
            table.__tablename__: len(connection.execute(select(table.__table__)).all())
            for table in TABLES
        }
