"""Keep the figures of a station's month as they were reported; others are added, none is lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from db import tables
from db.facts_tables import Shown
from db.regrade_tables import MonthReport


@dataclass(frozen=True, kw_only=True, slots=True)
class Month:
    """A month of a station as it was reported."""

    station: str
    month: str
    """such as 2026-11"""
    number: int
    """from 1, of the station's month"""
    made_at: dt.datetime
    """aware"""
    figures: str
    """JSON"""


def stations(connection: Connection, since: dt.date, until: dt.date) -> Sequence[str]:
    """Codes of the stations with a shift that began from `since` to before `until`."""
    query = (
        select(tables.Station.code)
        .join(Shown, Shown.station_id == tables.Station.id)
        .where(Shown.day >= since, Shown.day < until)
        .distinct()
        .order_by(tables.Station.code)
    )
    return connection.scalars(query).all()


def keep(connection: Connection, station: str, month: str, figures: str, at: dt.datetime) -> bool:
    """Keep a month's figures unless they are those that were kept last; whether they were.

    The station's row is locked, so that two workers add one.
    """
    own = tables.Station
    lock = select(own.id).where(own.code == station).with_for_update()
    station_id = connection.execute(lock).scalar_one()
    row = MonthReport
    last = (
        select(row.number, row.figures)
        .where(row.station_id == station_id, row.month == month)
        .order_by(row.number.desc())
        .limit(1)
    )
    before = connection.execute(last).one_or_none()
    if before is not None and before.figures == figures:
        return False
    number = 1 if before is None else before.number + 1
    values = {"station_id": station_id, "month": month, "number": number}
    connection.execute(insert(row).values({**values, "made_at": at, "figures": figures}))
    return True


def reported(connection: Connection, month: str) -> list[Month]:
    """The last of what was kept of a month, by station."""
    row, later = MonthReport, MonthReport.__table__.alias()
    newest = (
        select(func.max(later.c.number))
        .where(later.c.station_id == row.station_id, later.c.month == row.month)
        .scalar_subquery()
    )
    query = (
        select(tables.Station.code, row.month, row.number, row.made_at, row.figures)
        .join(tables.Station, tables.Station.id == row.station_id)
        .where(row.month == month, row.number == newest)
        .order_by(tables.Station.code)
    )
    return [
        Month(station=code, month=name, number=number, made_at=at, figures=figures)
        for code, name, number, at, figures in connection.execute(query)
    ]
