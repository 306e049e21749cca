"""Stations, their booths and teams, by the codes that are given from outside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, false, func, or_, select, true

from db import tables
from db.columns import Base
from db.inbox_tables import InboxStream
from db.insert import insert_new
from db.people_types import Reach
from db.statements import ERASED
from db.types import NOBODY, UsageError


def add(connection: Connection, table: type[Base], **key: Any) -> int | None:
    """Make the row of this unique key; its id, or None if it is there already."""
    columns = table.__table__.c
    made: int | None = connection.execute(
        insert_new(connection, table).values(**key).returning(columns.id)
    ).scalar_one_or_none()
    return made


def find(connection: Connection, table: type[Base], **key: Any) -> int | None:
    """The id of the row with this key; None: there is none."""
    columns = table.__table__.c
    query = select(columns.id).where(*(columns[name] == value for name, value in key.items()))
    found: int | None = connection.scalar(query)
    return found


def station(connection: Connection, code: str, reach: Reach) -> int | None:
    """The station's id, if it is within reach as a whole."""
    found = find(connection, tables.Station, code=code)
    if found is None or not (reach.everything or found in reach.stations):
        return None
    return found


def collector(connection: Connection, station_id: int, code: str) -> int:
    """The collector's id, who is made if need be; UsageError for a code that no person may have."""
    if code == NOBODY or code.startswith(ERASED):
        raise UsageError(f"no collector's id is {NOBODY!r} or begins with {ERASED!r}: give another")
    key = {"station_id": station_id, "code": code}
    found = find(connection, tables.Collector, **key)
    if found is None:
        found = add(connection, tables.Collector, **key)
    return collector(connection, station_id, code) if found is None else found


def team_of_shift(connection: Connection, station_id: int, shift: str) -> int | None:
    """The team's id of a station's shift; None: it has none, or there is no such shift."""
    own = tables.Shift
    query = select(own.team_id).join(tables.Booth, tables.Booth.id == own.booth_id)
    return connection.scalar(query.where(own.id == shift, tables.Booth.station_id == station_id))


def team_of_collector(connection: Connection, station_id: int, code: str) -> int | None:
    """The team's id of a station's collector; None: they have none, or there is no such one."""
    own = tables.Collector
    query = select(own.team_id).where(own.station_id == station_id, own.code == code)
    return connection.scalar(query)


def stations(
    connection: Connection, reach: Reach, *, after: int | None, limit: int
) -> Sequence[RowMapping]:
    """Id and code of the stations within reach, or with a team or collector that is."""
    columns = tables.Station.__table__.c
    query = select(columns.id, columns.code).where(_station_within(reach))
    return _page(connection, query, tables.Station.id, after, limit)


def booths(
    connection: Connection, reach: Reach, station: str | None, *, after: int | None, limit: int
) -> Sequence[RowMapping]:
    """Id, code and station of the booths of such stations, and when each last sent anything."""
    seen = select(func.max(InboxStream.last_at)).where(InboxStream.booth_id == tables.Booth.id)
    last = seen.correlate(tables.Booth).scalar_subquery().label("seen_at")
    return _of_station(connection, tables.Booth, reach, station, after, limit, last)


def teams(
    connection: Connection, reach: Reach, station: str | None, *, after: int | None, limit: int
) -> Sequence[RowMapping]:
    """Id, code and station of the teams of such stations."""
    return _of_station(connection, tables.Team, reach, station, after, limit)


def _of_station(
    connection: Connection,
    table: type[Base],
    reach: Reach,
    station: str | None,
    after: int | None,
    limit: int,
    *more: Any,
) -> Sequence[RowMapping]:
    columns = table.__table__.c
    query = (
        select(columns.id, columns.code, tables.Station.code.label("station"), *more)
        .join(tables.Station, tables.Station.id == columns.station_id)
        .where(_station_within(reach))
    )
    if station is not None:
        query = query.where(tables.Station.code == station)
    return _page(connection, query, columns.id, after, limit)


def _page(
    connection: Connection, query: Select[Any], key: Any, after: int | None, limit: int
) -> Sequence[RowMapping]:
    if after is not None:
        query = query.where(key > after)
    return connection.execute(query.order_by(key).limit(limit)).mappings().all()


def _station_within(reach: Reach) -> Any:
    if reach.everything:
        return true()
    of_team = select(tables.Team.station_id).where(tables.Team.id.in_(reach.teams))
    of_collector = select(tables.Collector.station_id).where(
        tables.Collector.id.in_(reach.collectors)
    )
    return or_(
        false(),
        tables.Station.id.in_(reach.stations),
        tables.Station.id.in_(of_team),
        tables.Station.id.in_(of_collector),
    )
