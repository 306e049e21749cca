"""Train: plan for whom, when, where; write down who was there; see what the team finds hard.

What is hard is told of the whole station and of whole weeks that are over, and only where at least
`LEAST` people tried: nobody's own figures can be read out of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, RowMapping

from db import audit, trainings
from db.exam_types import NewTraining
from db.people_types import Deed, Person
from db.types import ConflictError, UsageError
from service.months import period

LEAST = 3
"""people who must have tried something for it to be told how hard it is"""
WEEKS = 4
"""whole weeks of which it is told"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Planner:
    """Somebody who plans trainings, now."""

    connection: Connection
    person: Person
    now: dt.datetime
    """aware"""


def plan(who: Planner, new: NewTraining, people: Collection[int]) -> int:
    """Plan a training; its id. UsageError for people who are not of the station."""
    if new.ends_at <= new.starts_at:
        raise UsageError("ends_at is not after starts_at")
    there = {row["id"] for row in trainings.people_of(who.connection, new.station_id)}
    if not set(people) <= there:
        raise UsageError("people has somebody who is not trained here: GET /v1/trainings/people")
    made = trainings.add(who.connection, new, people, who.person.id, who.now)
    _trace(who, "training.planned", made, new.station_id)
    return made


def end(who: Planner, training: RowMapping) -> None:
    """Say that a training does not take place. ConflictError if it was said before."""
    if not trainings.end(who.connection, training["id"], who.person.id, who.now):
        raise ConflictError("the training was ended before")
    _trace(who, "training.ended", training["id"], training["station_id"])


def attend(who: Planner, training: RowMapping, present: Mapping[int, bool]) -> None:
    """Write down who was there. UsageError for who was not invited, or before it began."""
    if who.now < training["starts_at"]:
        raise UsageError("the training has not begun yet")
    if training["ended_at"] is not None:
        raise UsageError("the training did not take place")
    asked = {row["id"]: row["number"] for row in trainings.invited(who.connection, training["id"])}
    if not present.keys() <= asked.keys():
        raise UsageError("present has somebody who was not invited")
    trainings.attend(who.connection, training["id"], present, asked, by=who.person.id, at=who.now)
    _trace(who, "training.attended", training["id"], training["station_id"])


def span(month: str, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """A month's beginning and end, by the site's clock. BadInput if there is no such month."""
    first, after = period(month)
    began, over = (dt.datetime.combine(day, dt.time(), zone) for day in (first, after))
    return began, over


def weeks(now: dt.datetime, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """The last whole weeks that are over, from Monday to Monday."""
    day = now.astimezone(zone).date()
    monday = day - dt.timedelta(days=day.weekday())
    began, over = (
        dt.datetime.combine(each, dt.time(), zone)
        for each in (monday - dt.timedelta(weeks=WEEKS), monday)
    )
    return began, over


def _trace(who: Planner, action: str, thing: int, station_id: int) -> None:
    deed = Deed(action=action, person_id=who.person.id, thing=str(thing), station_id=station_id)
    audit.note(who.connection, deed, who.now)
