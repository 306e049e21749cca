"""Make a station's monthly figures, which are reported by the 5th of the next month."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from sqlalchemy import Engine

from db import figures, months
from db.explain import plainly
from db.figures_types import Asked, By
from service import figures as shown
from service.errors import BadInput
from service.report_json import dumps

BY = (By.TEAM, By.COLLECTOR, By.BOOTH, By.STEP, By.HOUR, By.WEATHER, By.DAY)
"""what a month is told apart by"""


def period(month: str) -> tuple[dt.date, dt.date]:
    """The first day of a month such as 2026-11, and the first of the next. BadInput if none."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}", month):
        raise BadInput("a month is written such as 2026-11")
    try:
        first = dt.date.fromisoformat(f"{month}-01")
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


def make(engine: Engine, station: str, month: str, *, at: dt.datetime) -> bool:
    """Count a station's month and keep it, unless it is kept already; whether it was."""
    since, until = period(month)
    asked = Asked(since=since, until=until, station=station)
    with plainly(engine), engine.begin() as connection:
        found: dict[str, Any] = {
            by.value: shown.as_json(figures.compliance(connection, by, asked), asked) for by in BY
        }
        found["misses"] = shown.misses_as_json(figures.misses(connection, asked), asked)
        found["deaf"] = shown.deaf_as_json(figures.deaf(connection, asked), asked)
        return months.keep(connection, station, month, dumps(found), at)
