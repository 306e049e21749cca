"""Write down who read or decided what: rows are only ever added."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, insert, select

from db import tables
from db.people_tables import Audit, Person
from db.people_types import Deed, Reach
from db.reach import within


def note(connection: Connection, deed: Deed, at: dt.datetime) -> None:
    """Add a row in the caller's transaction, so that the deed and its trace are kept together."""
    connection.execute(
        insert(Audit).values(
            at=at,
            person_id=deed.person_id,
            action=deed.action,
            thing=deed.thing,
            collector_id=deed.collector_id,
            station_id=deed.station_id,
            detail=deed.detail,
        )
    )


def page(
    connection: Connection, reach: Reach, *, after: int | None, limit: int
) -> Sequence[RowMapping]:
    """What concerns a collector or station within reach, newest first, and by whom it was done."""
    query = (
        select(
            Audit.id,
            Audit.at,
            Audit.action,
            Audit.thing,
            Audit.detail,
            Person.name.label("person"),
            tables.Station.code.label("station"),
            tables.Collector.code.label("collector"),
        )
        .select_from(Audit)
        .outerjoin(Person, Person.id == Audit.person_id)
        .outerjoin(tables.Station, tables.Station.id == Audit.station_id)
        .outerjoin(tables.Collector, tables.Collector.id == Audit.collector_id)
        .where(within(reach, station=Audit.station_id, collector=Audit.collector_id))
    )
    if after is not None:
        query = query.where(Audit.id < after)
    return connection.execute(query.order_by(Audit.id.desc()).limit(limit)).mappings().all()
