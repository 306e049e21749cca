"""Gather what a report is made of, as far as it is within reach of who asks."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from db import figures, places, tables
from db import months as kept
from db.figures_types import EVERYBODY, Asked, By
from db.people_types import Reach
from service import figures as shown
from service import months
from service.errors import BadInput
from service.month_scores import Rules
from service.reports.period import Period

BY = (By.TEAM, By.COLLECTOR, By.STEP, By.HOUR, By.WEATHER, By.DAY)
"""what a report tells apart"""
DAY = dt.timedelta(days=1)

Json = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Whose report is asked for, when."""

    station: str
    reach: Reach = EVERYBODY
    at: dt.datetime
    """aware, UTC: when it is made"""


def month(connection: Connection, wanted: Wanted, name: str, rules: Rules) -> Period:
    """A month as it was kept, for who may see the whole station; else as it is now.

    LookupError if nothing of the station is within reach; BadInput if it is no month.
    """
    station_id, whole = _station(connection, wanted)
    since, until = months.period(name)
    asked = Asked(since=since, until=until, station=wanted.station, reach=wanted.reach)
    last = kept.last(connection, station_id, name)
    found: Json | None = None if last is None else json.loads(last.figures)
    scores = (found or {}).get("scores") or months.scored(connection, wanted.station, name, rules)
    if found is None or not whole or not {"scores", "weeks", "before"} <= set(found):
        past = replace(asked, since=months.month_before(since), until=since)
        last = None
        found = {
            **_figures(connection, asked),
            "weeks": months.weeks(connection, asked),
            "before": months.compared(connection, past),
        }
    return Period(
        station=wanted.station,
        name=name,
        version=None if last is None else last.number,
        figures=found,
        before=found["before"],
        weeks=found["weeks"],
        scores=months.seen(connection, wanted.reach, station_id, scores),
        made_at=(wanted.at if last is None else last.made_at).astimezone(rules.zone),
    )


def day(connection: Connection, wanted: Wanted, which: dt.date, zone: dt.tzinfo) -> Period:
    """A day as it is now; LookupError if nothing of the station is within reach.

    BadInput if no figures can be asked of it.
    """
    _station(connection, wanted)
    if which == dt.date.min:
        raise BadInput(f"there is no day before {which} to set beside it")
    question = shown.asked(since=which, last=which, station=wanted.station)
    asked = replace(question, reach=wanted.reach)
    past = replace(asked, since=which - DAY, until=which)
    return Period(
        station=wanted.station,
        name=which.isoformat(),
        version=None,
        figures=_figures(connection, asked),
        before=months.compared(connection, past),
        weeks={},
        scores=None,
        made_at=wanted.at.astimezone(zone),
    )


def _station(connection: Connection, wanted: Wanted) -> tuple[int, bool]:
    """The station's id, and whether all of it is within reach."""
    found = places.find(connection, tables.Station, code=wanted.station)
    if found is None or wanted.station not in months.within(connection, wanted.reach):
        raise LookupError("there is no such station")
    return found, wanted.reach.everything or found in wanted.reach.stations


def _figures(connection: Connection, asked: Asked) -> dict[str, Any]:
    found: dict[str, Any] = {
        by.value: shown.as_json(figures.compliance(connection, by, asked), asked) for by in BY
    }
    found["misses"] = shown.misses_as_json(figures.misses(connection, asked), asked)
    found["deaf"] = shown.deaf_as_json(figures.deaf(connection, asked), asked)
    return found
