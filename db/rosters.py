"""Rosters: who should sit where and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, delete, insert, or_, select, tuple_

from db import tables
from db.people_tables import Roster
from db.people_types import Reach
from db.reach import within


def add(
    connection: Connection,
    *,
    booth_id: int,
    collector_id: int,
    team_id: int | None,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
) -> int | None:
    """Put a collector on the roster; the row's id.

    None: the booth has another collector in that time, or the collector another booth.
    """
    # Two who fill one booth at once (PostgreSQL) do so after one another.
    connection.execute(select(tables.Booth.id).where(tables.Booth.id == booth_id).with_for_update())
    clash = select(Roster.id).where(
        or_(Roster.booth_id == booth_id, Roster.collector_id == collector_id),
        Roster.starts_at < ends_at,
        Roster.ends_at > starts_at,
    )
    if connection.scalar(clash.limit(1)) is not None:
        return None
    made: int = connection.execute(
        insert(Roster)
        .values(
            booth_id=booth_id,
            collector_id=collector_id,
            team_id=team_id,
            starts_at=starts_at,
            ends_at=ends_at,
        )
        .returning(Roster.id)
    ).scalar_one()
    return made


def remove(connection: Connection, roster_id: int) -> None:
    """Take a row off."""
    connection.execute(delete(Roster).where(Roster.id == roster_id))


def find(connection: Connection, roster_id: int, reach: Reach) -> RowMapping | None:
    """One row, if it is within reach."""
    query = _rows(reach).where(Roster.id == roster_id)
    return connection.execute(query).mappings().one_or_none()


def page(
    connection: Connection,
    reach: Reach,
    *,
    station: str | None,
    collector: str | None,
    since: dt.datetime | None,
    until: dt.datetime | None,
    after: tuple[dt.datetime, int] | None,
    limit: int,
) -> Sequence[RowMapping]:
    """Rows that overlap the time from `since` to `until`, in the order of their beginning."""
    query = _rows(reach)
    if station is not None:
        query = query.where(tables.Station.code == station)
    if collector is not None:
        query = query.where(tables.Collector.code == collector)
    if since is not None:
        query = query.where(Roster.ends_at > since)
    if until is not None:
        query = query.where(Roster.starts_at < until)
    if after is not None:
        query = query.where(tuple_(Roster.starts_at, Roster.id) > after)
    query = query.order_by(Roster.starts_at, Roster.id).limit(limit)
    return connection.execute(query).mappings().all()


def _rows(reach: Reach) -> Select[Any]:
    columns: tuple[Any, ...] = (
        Roster.id,
        Roster.starts_at,
        Roster.ends_at,
        tables.Station.code.label("station"),
        tables.Station.id.label("station_id"),
        tables.Booth.code.label("booth"),
        tables.Collector.code.label("collector"),
        tables.Collector.id.label("collector_id"),
        tables.Team.code.label("team"),
    )
    return (
        select(*columns)
        .select_from(Roster)
        .join(tables.Booth, tables.Booth.id == Roster.booth_id)
        .join(tables.Station, tables.Station.id == tables.Booth.station_id)
        .join(tables.Collector, tables.Collector.id == Roster.collector_id)
        .outerjoin(tables.Team, tables.Team.id == Roster.team_id)
        .where(
            within(
                reach,
                station=tables.Booth.station_id,
                team=Roster.team_id,
                collector=Roster.collector_id,
            )
        )
    )
