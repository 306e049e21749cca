"""Keep the figures of a station's month as they were reported; others are added, none is lost."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    func,
    insert,
    select,
    tuple_,
    update,
)

from db import tables
from db.facts_tables import Shown
from db.regrade_tables import MonthReport

Key = tuple[str, str]
"""month and station's code"""


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


def last(connection: Connection, station_id: int, month: str) -> Month | None:
    """The last of what was kept of a station's month; None: it was not made yet."""
    row = MonthReport
    query = (
        select(tables.Station.code, row.month, row.number, row.made_at, row.figures)
        .join(tables.Station, tables.Station.id == row.station_id)
        .where(row.station_id == station_id, row.month == month)
        .order_by(row.number.desc())
        .limit(1)
    )
    found = connection.execute(query).one_or_none()
    if found is None:
        return None
    code, name, number, at, figures = found
    return Month(station=code, month=name, number=number, made_at=at, figures=figures)


def listed(
    connection: Connection, within: ColumnElement[bool], *, after: Key | None, limit: int
) -> Sequence[RowMapping]:
    """Months that were kept of the stations within, the newest first, each in its last version.

    `after` is the month and the station's code of the last one of the page before.
    """
    row, station = MonthReport, tables.Station
    query = (
        select(
            row.month,
            station.code.label("station"),
            func.max(row.number).label("version"),
            func.max(row.made_at).label("made_at"),
        )
        .join(station, station.id == row.station_id)
        .where(within)
        .group_by(row.month, station.code)
        .order_by(row.month.desc(), station.code.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(row.month, station.code) < after)
    return connection.execute(query).mappings().all()


def rename(connection: Connection, station_id: int, old: str, new: str) -> None:
    """Put another code in the place of a collector's in all that was kept of a station's months."""
    row = MonthReport
    kept = connection.execute(
        select(row.id, row.figures).where(
            row.station_id == station_id, row.figures.contains(old, autoescape=True)
        )
    )
    for key, figures in kept.all():
        whole = json.loads(figures)
        _rename(whole, old, new)
        text = json.dumps(whole, ensure_ascii=False)
        connection.execute(update(row).where(row.id == key).values(figures=text))


def _rename(value: Any, old: str, new: str) -> None:
    """Wherever a collector is named: under that key, and in lists of collectors."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "collector" and inner == old:
                value[key] = new
            elif key == "model_collectors":
                value[key] = [new if name == old else name for name in inner]
            else:
                _rename(inner, old, new)
    elif isinstance(value, list):
        for inner in value:
            _rename(inner, old, new)
