"""Make a station's monthly figures, which are reported by the 5th of the next month."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Engine, select

from db import figures, months, places, tables
from db.explain import plainly
from db.figures_types import Asked, By
from db.people_types import Reach
from service import bootstrap, month_scores
from service import figures as shown
from service.errors import BadInput
from service.month_scores import Rules
from service.report_json import dumps
from service.settings import Settings

BY = (By.TEAM, By.COLLECTOR, By.BOOTH, By.STEP, By.HOUR, By.WEATHER, By.DAY)
"""what a month is told apart by"""
BEFORE = (By.STEP, By.TEAM)
"""what is set beside the period before"""
READY = 5
"""day of the next month until which it is made anew, for who syncs late is in it too"""


def period(month: str) -> tuple[dt.date, dt.date]:
    """The first day of a month such as 2026-11, and the first of the next. BadInput if none."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}", month):
        raise BadInput("a month is written such as 2026-11")
    try:
        first = dt.date.fromisoformat(f"{month}-01")
        month_before(first)
        return first, (first + dt.timedelta(days=31)).replace(day=1)
    except (ValueError, OverflowError):
        raise BadInput("a month is written such as 2026-11") from None


def before(today: dt.date) -> str:
    """The month before the one of a day."""
    return f"{today.replace(day=1) - dt.timedelta(days=1):%Y-%m}"


def stations(engine: Engine, month: str) -> tuple[str, ...]:
    """The stations that have a shift in the month."""
    since, until = period(month)
    with plainly(engine), engine.connect() as connection:
        return tuple(months.stations(connection, since, until))


def rules(site: Settings) -> Rules:
    """What months are scored by, from the settings' data; BadInput with every fault of it."""
    table, monthly = bootstrap.scoring(site)
    return Rules(table=table, month=monthly, zone=site.time_zone)


def scored(connection: Connection, station: str, month: str, by: Rules) -> dict[str, Any]:
    """A station's scores as they are now; LookupError if there is no such station."""
    station_id = places.find(connection, tables.Station, code=station)
    if station_id is None:
        raise LookupError("there is no such station")
    return month_scores.scores(connection, station_id, station, period(month), by)


def seen(
    connection: Connection, reach: Reach, station_id: int, scores: Mapping[str, Any]
) -> dict[str, Any]:
    """What of a month's scores is within reach: all of the station's, the team's, or one's own."""
    if reach.everything or station_id in reach.stations:
        return dict(scores)
    teams = _codes(connection, tables.Team, station_id, reach.teams)
    own = _codes(connection, tables.Collector, station_id, reach.collectors)
    return {
        **scores,
        "station": None,
        "goals": None,
        "proposed": None,
        "teams": [line for line in scores["teams"] if line["team"] in teams],
        "collectors": [
            line
            for line in scores["collectors"]
            if line["team"] in teams or line["collector"] in own
        ],
    }


def _codes(connection: Connection, table: Any, station_id: int, ids: frozenset[int]) -> set[str]:
    query = select(table.code).where(table.station_id == station_id, table.id.in_(ids))
    return set(connection.scalars(query))


def within(connection: Connection, reach: Reach) -> list[str]:
    """Codes of the stations of which something is within reach."""
    rows = places.stations(connection, reach, after=None, limit=10_000)
    return [row["code"] for row in rows]


def make_due(site: Settings, engine: Engine, now: dt.datetime) -> int:
    """Make last month of every station, on the days until it is to be reported; how many changed.

    Later too, of a station that has none yet: a machine that was off is no reason to have none.
    """
    today = now.astimezone(site.time_zone).date()
    month = before(today)
    with plainly(engine), engine.connect() as connection:
        kept = {one.station for one in months.reported(connection, month)}
    due = [one for one in stations(engine, month) if today.day <= READY or one not in kept]
    if not due:
        return 0
    by = rules(site)
    return sum(make(engine, station, month, by, at=now) for station in due)


def make(engine: Engine, station: str, month: str, by: Rules, *, at: dt.datetime) -> bool:
    """Count and score a station's month and keep it, unless it is kept already; whether it was."""
    since, until = period(month)
    asked = Asked(since=since, until=until, station=station)
    with plainly(engine), engine.begin() as connection:
        found: dict[str, Any] = {
            by.value: shown.as_json(figures.compliance(connection, by, asked), asked) for by in BY
        }
        found["weeks"] = weeks(connection, asked)
        found["before"] = compared(
            connection, replace(asked, since=month_before(since), until=since)
        )
        found["misses"] = shown.misses_as_json(figures.misses(connection, asked), asked)
        found["scores"] = scored(connection, station, month, by)
        found["deaf"] = shown.deaf_as_json(figures.deaf(connection, asked), asked)
        return months.keep(connection, station, month, dumps(found), at)


def weeks(connection: Connection, asked: Asked) -> dict[str, Any]:
    """How often each phrase was said, by the first day of each week, or what of it was asked."""
    found: dict[str, Any] = {}
    first = asked.since
    while first < asked.until:
        after = min(first + dt.timedelta(days=7 - first.weekday()), asked.until)
        week = replace(asked, since=first, until=after)
        found[first.isoformat()] = shown.as_json(
            figures.compliance(connection, By.STEP, week), week
        )
        first = after
    return found


def compared(connection: Connection, asked: Asked) -> dict[str, Any]:
    """What is set beside the figures of the period after it."""
    return {
        by.value: shown.as_json(figures.compliance(connection, by, asked), asked) for by in BEFORE
    }


def month_before(first: dt.date) -> dt.date:
    """The first day of the month before; OverflowError if there is none."""
    return (first - dt.timedelta(days=1)).replace(day=1)
