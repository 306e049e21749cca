"""Do once a day, within the service, what nobody should have to think of.

What is over its days is deleted, complaints that are late go up, last month is made, and findings
are drawn that somebody is to look at.

A booth's database has one owner, so a timer beside it could not.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from sqlalchemy import Engine

from db.types import StoreError
from service import (
    appeals,
    bootstrap,
    complaints,
    consequences,
    erase,
    exams,
    months,
    rectifications,
    reviews,
    standings,
)
from service.errors import BadInput, Failed
from service.settings import Settings

_LOG = logging.getLogger(__name__)

HOUR = dt.time(4, 20)
"""of the site's day, when the fewest vehicles come"""
LOOK_S = 60.0
"""seconds between two looks at the clock, which may be set meanwhile"""


def is_due(last: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether the day's hour has come since the last time; both are aware, in the site's zone."""
    hour = dt.datetime.combine(now.date(), HOUR, now.tzinfo)
    latest = hour if hour <= now else hour - dt.timedelta(days=1)
    return last is None or last < latest


@contextmanager
def running(
    site: Settings,
    engine: Engine,
    clock: Callable[[], dt.datetime],
    *,
    look_s: float = LOOK_S,
) -> Iterator[None]:
    """Tidy once a day beside whatever else is done, until the block ends.

    The first time is at the start: a machine that is off at night is tidied too. What fails is
    logged, and tried again the next day.
    """
    stop = Event()

    def work() -> None:
        last: dt.datetime | None = None
        while not stop.is_set():
            now = clock().astimezone(site.time_zone)
            if is_due(last, now):
                last = now
                once(site, engine, now)
            stop.wait(look_s)

    thread = Thread(target=work, name="daily")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def once(site: Settings, engine: Engine, now: dt.datetime) -> bool:
    """Do the day's work now; what fails is logged, and the rest is done. Whether all was."""
    tidied = _tidy(site, engine, now)
    return _office(site, engine, now) and tidied


def _tidy(site: Settings, engine: Engine, now: dt.datetime) -> bool:
    try:
        done = erase.tidied(site, engine, now)
    except (BadInput, Failed, StoreError) as error:
        _LOG.error("cannot be tidied: %s", error)
        return False
    _LOG.info(
        "tidied: %d clips, words of %d gradings, %d lane messages, %d stray files; %d held",
        done.clips, done.gradings, done.messages, done.swept, done.held,
    )  # fmt: skip
    return True


def _office(site: Settings, engine: Engine, now: dt.datetime) -> bool:
    try:
        late = complaints.send_up(engine, now, complaints.deadlines(site))
        forgotten = complaints.forget(engine, now, site.word_days)
        forgotten += rectifications.forget(engine, now, site.word_days)
        forgotten += consequences.forget(engine, now, site.word_days)
        forgotten += reviews.forget(engine, now, site.word_days)
        forgotten += exams.forget(engine, now, site.word_days)
        exams.settle_due(engine, now)
        granted = appeals.grant_overdue(engine, now) + consequences.grant_overdue(engine, now)
        standings.settle_all(engine, now)
        drawn, lapsed = reviews.draw_due(site, engine, now), reviews.lapse(engine, now)
        proposed = consequences.propose_due(engine, now, bootstrap.provisions(site))
        made = months.make_due(site, engine, now)
    except (BadInput, StoreError) as error:
        _LOG.error("the office's work cannot be done: %s", error)
        return False
    _LOG.info(
        "complaints: %d went up a level, words of %d things went; months made: %d; "
        "findings to be looked at: %d drawn, %d lapsed; appeals granted late: %d; "
        "consequences proposed: %d",
        late, forgotten, made, drawn, lapsed, granted, proposed,
    )  # fmt: skip
    return True
