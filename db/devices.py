"""Booths' keys: registered by an administrator, and revoked for good."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, select, update

from db import tables
from db.insert import insert_new
from db.people_tables import Device
from db.people_types import Reach
from db.reach import within


def add(connection: Connection, booth_id: int, public_key: str, at: dt.datetime) -> int | None:
    """Register a key; the device's id, or None if it was registered before, wherever."""
    made: int | None = connection.execute(
        insert_new(connection, Device)
        .values(booth_id=booth_id, public_key=public_key, registered_at=at)
        .returning(Device.id)
    ).scalar_one_or_none()
    return made


def revoke(connection: Connection, device_id: int, at: dt.datetime) -> None:
    """Trust the key no more; the first time stays."""
    connection.execute(
        update(Device)
        .where(Device.id == device_id, Device.revoked_at.is_(None))
        .values(revoked_at=at)
    )


def find(connection: Connection, device_id: int, reach: Reach) -> RowMapping | None:
    """One device, if it is within reach."""
    query = _rows(reach).where(Device.id == device_id)
    return connection.execute(query).mappings().one_or_none()


def page(
    connection: Connection, reach: Reach, *, after: int | None, limit: int
) -> Sequence[RowMapping]:
    """Devices of the stations within reach, by id."""
    query = _rows(reach).order_by(Device.id).limit(limit)
    if after is not None:
        query = query.where(Device.id > after)
    return connection.execute(query).mappings().all()


def _rows(reach: Reach) -> Select[Any]:
    columns: tuple[Any, ...] = (
        Device.id,
        Device.public_key,
        Device.registered_at,
        Device.revoked_at,
        tables.Booth.code.label("booth"),
        tables.Station.code.label("station"),
        tables.Station.id.label("station_id"),
    )
    return (
        select(*columns)
        .select_from(Device)
        .join(tables.Booth, tables.Booth.id == Device.booth_id)
        .join(tables.Station, tables.Station.id == tables.Booth.station_id)
        .where(within(reach, station=tables.Booth.station_id))
    )
