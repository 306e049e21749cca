"""What came from booths and a person must look at, such as a number that came with two bodies."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, func, select

from db import tables
from db.inbox_tables import InboxAlarm, InboxStream
from db.people_types import Reach
from db.reach import within


def page(
    connection: Connection, reach: Reach, *, after: int | None, limit: int
) -> Sequence[RowMapping]:
    """Alarms of the stations within reach, the newest first; `after` is an alarm's id."""
    alarm = InboxAlarm
    query = (
        select(
            alarm.id,
            alarm.seq,
            alarm.at,
            alarm.status,
            alarm.why,
            InboxStream.epoch,
            tables.Booth.code.label("booth"),
            tables.Station.code.label("station"),
        )
        .join(InboxStream, InboxStream.id == alarm.stream_id)
        .join(tables.Booth, tables.Booth.id == InboxStream.booth_id)
        .join(tables.Station, tables.Station.id == tables.Booth.station_id)
        .where(within(reach, station=tables.Booth.station_id))
        .order_by(alarm.id.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(alarm.id < after)
    return connection.execute(query).mappings().all()


def count(connection: Connection) -> int:
    """How many there are."""
    return connection.scalar(select(func.count()).select_from(InboxAlarm)) or 0
