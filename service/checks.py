"""Check by hand: plan, draw what is heard, write down what was seen, say something to it."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, select

from db import audit, checks, tables
from db.check_types import NewCheck, NewPlan, NewSample, Remark
from db.facts_tables import Shown
from db.people_types import Deed, Person, Role
from db.types import ConflictError, UsageError
from phrases.checks import Cadence, Item, Method, items, period
from phrases.dialogue_data import version
from phrases.types import Lane
from service.bootstrap import Knowledge

HEARD = (Method.RECORDING, Method.TEAM)
"""ways to check that hear what is kept"""
LONGEST_DAYS = 366
"""days that one sample may be drawn from"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Inspector:
    """Somebody who checks, now."""

    connection: Connection
    person: Person
    now: dt.datetime
    """aware"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What somebody checked, with its ids."""

    station_id: int
    method: Method
    lane: Lane
    day: dt.date
    booth_id: int | None = None
    collector_id: int | None = None
    team_id: int | None = None
    plan_id: int | None = None
    sample_id: int | None = None
    shift: str | None = None
    position: int | None = None
    """the vehicle's place in the shift"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How far a plan is."""

    since: dt.date
    """the first day of the period"""
    until: dt.date
    """the day after its last"""
    done: int
    before: int
    """checks of the period before"""


def asked(known: Knowledge, lane: Lane) -> tuple[Item, ...]:
    """What a check in a lane asks for."""
    return items(known.checks, known.table, known.dialogues, lane)


def plan(who: Inspector, new: NewPlan) -> int:
    """Plan checks; the plan's id."""
    made = checks.add_plan(who.connection, new, who.person.id, who.now)
    _trace(who, "check.planned", made, new.station_id)
    return made


def progress(connection: Connection, row: RowMapping, day: dt.date) -> Progress:
    """How far a plan is in the period of a day."""
    since, until = period(row["cadence"], day)
    earlier, _ = period(row["cadence"], since - dt.timedelta(days=1))
    if row["cadence"] is Cadence.UNSCHEDULED:
        since, earlier = dt.date.min, dt.date.min
    return Progress(
        since=since,
        until=until,
        done=checks.done(connection, row["id"], since, until),
        before=checks.done(connection, row["id"], earlier, since),
    )


def end_plan(who: Inspector, row: RowMapping) -> None:
    """End a plan. ConflictError if it was ended before."""
    if not checks.end_plan(who.connection, row["id"], who.person.id, who.now):
        raise ConflictError("the plan was ended before")
    _trace(who, "check.plan_ended", row["id"], row["station_id"])


def draw(
    who: Inspector,
    known: Knowledge,
    *,
    station_id: int,
    since: dt.date,
    last: dt.date,
    size: int,
    plan_id: int | None = None,
) -> int:
    """Draw a sample by a seed of its own, which is kept; the sample's id."""
    if not since <= last or (last - since).days >= LONGEST_DAYS or last == dt.date.max:
        raise UsageError(f"a sample is drawn from 1 to {LONGEST_DAYS} days, in their order")
    new = NewSample(
        station_id=station_id,
        since=since,
        until=last + dt.timedelta(days=1),
        size=size,
        seed=secrets.token_hex(16),
        plan_id=plan_id,
    )
    made = checks.draw_sample(who.connection, new, known.checks.night, who.person.id, who.now)
    _trace(who, "check.drawn", made, station_id)
    return made


def write(
    who: Inspector,
    known: Knowledge,
    seen: Seen,
    marks: Mapping[str, float | None],
    text: str,
) -> int:
    """Write down a check; its id. UsageError for what does not fit together."""
    grading, collector, team, booth = _whose(who, seen)
    if (
        collector is not None
        and collector == who.person.collector_id
        and (seen.method is not Method.TEAM)
    ):
        raise UsageError("it is a check of yourself: somebody else must make it")
    new = NewCheck(
        station_id=seen.station_id,
        method=seen.method,
        lane=seen.lane,
        day=seen.day,
        items=version(known.checks, known.table),
        booth_id=booth,
        collector_id=collector,
        team_id=team,
        plan_id=seen.plan_id,
        sample_id=seen.sample_id,
        grading_id=grading,
        vehicle_position=seen.position,
        marks=_marks(asked(known, seen.lane), seen.method, marks),
        text=text,
    )
    made = checks.add(who.connection, new, who.person.id, who.now)
    _trace(who, "check.written", made, seen.station_id, collector)
    return made


def comment(who: Inspector, row: RowMapping, seen: int, kind: Remark, text: str) -> int:
    """Say something to a check as who one is. UsageError if one is not that."""
    own = who.person.collector_id
    about = own is not None and own == row["collector_id"]
    leads = any(
        g.role is Role.TEAM_LEADER and g.team_id == row["team_id"] for g in who.person.grants
    )
    if kind is Remark.SELF and not about:
        raise UsageError("self is of whom the check is about")
    if kind is Remark.PEER and (own is None or about):
        raise UsageError("peer is of a colleague of whom the check is about")
    if kind is Remark.LEADER and not leads:
        raise UsageError("leader is of the team's leader")
    return _say(who, row, seen, kind, text)


def confirm(who: Inspector, row: RowMapping, seen: int, text: str) -> int:
    """Stand by a check as a second person. UsageError for its author, and for whom it is about."""
    own = who.person.collector_id
    if who.person.id == row["written_by"] or (own is not None and own == row["collector_id"]):
        raise UsageError("a second person stands by a check: neither its author nor whom it is of")
    return _say(who, row, seen, Remark.CONFIRMED, text)


def withdraw(who: Inspector, row: RowMapping, seen: int, text: str) -> int:
    """Have a check count nowhere from now on; it stays to be read."""
    if row["withdrawn"]:
        raise ConflictError("the check was withdrawn before")
    return _say(who, row, seen, Remark.WITHDRAWN, text)


def _say(who: Inspector, row: RowMapping, seen: int, kind: Remark, text: str) -> int:
    if seen != row["remarks"]:
        raise ConflictError("somebody else has said something meanwhile: look again")
    made = checks.remark(who.connection, row["id"], seen, kind, text, by=who.person.id, at=who.now)
    _trace(who, f"check.{kind.value}", row["id"], row["station_id"], row["collector_id"])
    return made


def _whose(who: Inspector, seen: Seen) -> tuple[int | None, int | None, int | None, int | None]:
    """Ids of grading, collector, team and booth."""
    if seen.method not in HEARD:
        if seen.shift is not None or seen.collector_id is None:
            raise UsageError("name whom you saw with collector, and no shift")
        team = seen.team_id or who.connection.scalar(
            select(tables.Collector.team_id).where(tables.Collector.id == seen.collector_id)
        )
        return None, seen.collector_id, team, seen.booth_id
    if seen.shift is None:
        raise UsageError("name the shift that you heard")
    shown = who.connection.execute(
        select(Shown.grading_id, Shown.collector_id, Shown.team_id, Shown.booth_id).where(
            Shown.shift_id == seen.shift, Shown.station_id == seen.station_id
        )
    ).one_or_none()
    if shown is None:
        raise UsageError("there is no such shift at this station")
    if seen.position is not None:
        car = tables.Vehicle
        query = select(car.position).where(
            car.grading_id == shown.grading_id, car.position == seen.position
        )
        if who.connection.scalar(query) is None:
            raise UsageError("the shift has no vehicle at this place")
    return shown.grading_id, shown.collector_id, shown.team_id, shown.booth_id


def _marks(
    items_: tuple[Item, ...], method: Method, marks: Mapping[str, float | None]
) -> dict[str, tuple[float, float | None]]:
    if method is Method.TEAM:
        if marks:
            raise UsageError("the team's own look gives no points: leave marks out")
        return {}
    there = {item.id: item.points for item in items_}
    for name, given in marks.items():
        if name not in there:
            raise UsageError("marks has an item that is not asked for: GET /v1/checks/items")
        if given is not None and not 0 <= given <= there[name]:
            raise UsageError(f"{name}: give 0 to {there[name]:g} points, or null if not seen")
    if not any(given is not None for given in marks.values()):
        raise UsageError("marks gives no points: give some, or write no check")
    return {name: (there[name], given) for name, given in marks.items()}


def _trace(
    who: Inspector, action: str, thing: int, station_id: int, collector_id: int | None = None
) -> None:
    deed = Deed(
        action=action,
        person_id=who.person.id,
        thing=str(thing),
        collector_id=collector_id,
        station_id=station_id,
    )
    audit.note(who.connection, deed, who.now)
