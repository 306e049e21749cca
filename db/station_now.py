"""Tell how each booth stands now: its running shift, when it was deaf, what is being said."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from db import places, tables
from db.live_tables import LiveSaying
from db.people_types import Reach

_MOST = 500
"""booths that are shown"""
LASTS = dt.timedelta(hours=36)
"""after which a shift that nobody closed is no running one"""


@dataclass(frozen=True, kw_only=True, slots=True)
class BoothNow:
    """A booth as it stands."""

    station: str
    booth: str
    seen_at: dt.datetime | None
    """when it last sent anything to this database; None: it stores here itself, or never did"""
    shift: str | None = None
    """the running shift; None: there is none"""
    collector: str = ""
    started_at: dt.datetime | None = None
    vehicles: int = 0
    gap_until: dt.datetime | None = None
    """the end of the last stretch of it that could not be listened to"""
    said: tuple[str, ...] = ()
    """phrases of the turn that is being said"""


def booths(connection: Connection, reach: Reach, now: dt.datetime) -> list[BoothNow]:
    """The booths of the stations within reach."""
    rows = places.booths(connection, reach, None, after=None, limit=_MOST)
    running = _running(connection, [row["id"] for row in rows], now)
    said = _said(connection)
    return [
        BoothNow(
            station=row["station"],
            booth=row["code"],
            seen_at=row["seen_at"],
            said=tuple(said[row["id"]]),
            **running.get(row["id"], {}),
        )
        for row in rows
    ]


def _running(
    connection: Connection, booth_ids: list[int], now: dt.datetime
) -> dict[int, dict[str, Any]]:
    shift, grading, gap = tables.Shift, tables.Grading, tables.Gap
    last_gap = select(func.max(gap.end_ms)).where(gap.grading_id == grading.id)
    query = (
        select(
            shift.booth_id,
            shift.id,
            shift.started_at,
            tables.Collector.code,
            grading.vehicles,
            grading.started_at.label("zero"),
            last_gap.scalar_subquery().label("gap_ms"),
        )
        .join(grading, grading.shift_id == shift.id)
        .join(tables.Collector, tables.Collector.id == shift.collector_id)
        .where(
            shift.booth_id.in_(booth_ids),
            shift.started_at >= now - LASTS,
            grading.complete.is_(False),
        )
        .order_by(shift.started_at)
    )
    found: dict[int, dict[str, Any]] = {}
    for row in connection.execute(query):
        until = None
        if row.gap_ms is not None and row.zero is not None:
            until = row.zero + dt.timedelta(milliseconds=row.gap_ms)
        found[row.booth_id] = {
            "shift": row.id,
            "collector": row.code,
            "started_at": row.started_at,
            "vehicles": row.vehicles,
            "gap_until": until,
        }
    return found


def _said(connection: Connection) -> dict[int, list[str]]:
    rows = select(LiveSaying.booth_id, LiveSaying.phrase)
    found = defaultdict[int, list[str]](list)
    for row in connection.execute(rows.order_by(LiveSaying.booth_id, LiveSaying.position)):
        found[row.booth_id].append(row.phrase)
    return found
