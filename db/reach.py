"""Whose things somebody may touch, as a condition of a query."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, false, or_, true

from db import tables
from db.people_types import Reach


def within(
    reach: Reach, *, station: Any = None, team: Any = None, collector: Any = None
) -> ColumnElement[bool]:
    """That a row's station, team or collector (columns of ids) is within reach.

    What the row does not have is left out, and is then nobody's.
    """
    if reach.everything:
        return true()
    held = ((station, reach.stations), (team, reach.teams), (collector, reach.collectors))
    return or_(false(), *(column.in_(ids) for column, ids in held if column is not None and ids))


def shifts_within(reach: Reach) -> ColumnElement[bool]:
    """That a shift, joined to its booth, is within reach."""
    return within(
        reach,
        station=tables.Booth.station_id,
        team=tables.Shift.team_id,
        collector=tables.Shift.collector_id,
    )
