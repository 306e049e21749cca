"""What the office has of a collector: a complaint, checks, something to be put right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Protocol

from sqlalchemy import Connection, func, insert, select

from db import (
    appeals,
    checks,
    complaints,
    doubles,
    holds,
    months,
    people,
    rectifications,
    reviews,
    tables,
)
from db.check_types import NewCheck, NewPlan, NewRectification, NewSample
from db.double_tables import DoubleItem
from db.doubles import NewSample as NewDouble
from db.keeping_tables import HoldReason
from db.people_tables import Person
from db.rectifications import Entry
from db.review_tables import ReviewDraw, ReviewItem
from db.reviews import Decision
from phrases import complaint as rule
from phrases import rectify
from phrases.agreement import Program
from phrases.checks import Cadence, Method, Night
from phrases.complaint import Channel, Deadlines, Event, Level
from phrases.rectify import Move
from phrases.review import Verdict, Why
from phrases.types import Lane
from tests.service.api.world import CHEAP, NOW

WEEK = dt.timedelta(days=7)


class Made(Protocol):
    """Where the ids go."""

    complaints: dict[str, int]
    plans: dict[str, int]
    samples: dict[str, int]
    checks: dict[str, int]
    confirmed: dict[str, int]
    rectifications: dict[str, int]
    put_right: dict[str, int]
    reviews: dict[str, int]
    doubles: dict[str, int]
    against: dict[str, int]
    appealed: dict[str, int]
    shifts: Mapping[str, str]


def office(
    connection: Connection, made: Made, whose: str, ids: tuple[int, int | None, int]
) -> None:
    """Make one of each; `ids` are those of station, team and collector."""
    station, team, collector = ids
    author = people.add(
        connection,
        login=f"office.{whose}",
        name="somebody",
        password=CHEAP.hash("three words and 4"),
        grants=[],
        at=NOW,
    )
    made.complaints[whose] = complaints.take(
        connection,
        complaints.Taken(
            station_id=station,
            channel=Channel.VISIT,
            received_at=NOW,
            taken_by=author,
            collector_id=collector,
        ),
        complaints.Entry(
            event=Event.TAKEN,
            state=rule.taken(Level.COLLECTOR, NOW, Deadlines()),
            person_id=author,
            text="没有找零",
        ),
        NOW,
    )
    plan = NewPlan(station_id=station, cadence=Cadence.DAILY, method=Method.RECORDING, size=2)
    made.plans[whose] = checks.add_plan(connection, plan, author, NOW)
    day = dt.date(2026, 11, 24)
    drawn = NewSample(
        station_id=station, since=day, until=day + dt.timedelta(days=1), size=3, seed="0" * 32
    )
    night = Night(from_hour=20, until_hour=6)
    made.samples[whose] = checks.draw_sample(connection, drawn, night, author, NOW)
    for kept in (made.checks, made.confirmed):
        seen = NewCheck(
            station_id=station,
            method=Method.SPOT,
            lane=Lane.EXIT,
            day=day,
            items="1",
            team_id=team,
            collector_id=collector,
            marks={"appearance.badge": (3, 3)},
            text="规范",
        )
        kept[whose] = checks.add(connection, seen, author, NOW)
    name = connection.scalars(select(tables.Station.code).where(tables.Station.id == station))
    months.keep(connection, name.one(), "2026-10", "{}", NOW)
    state = rectify.opened(NOW, 7)
    for kept in (made.rectifications, made.put_right):
        new = NewRectification(station_id=station, team_id=team, collector_id=collector)
        first = Entry(move=Move.OPENED, state=state, person_id=author, text="工号牌")
        kept[whose] = rectifications.open_(connection, new, first, NOW)
    done = rectify.done(state, NOW, author, 7)
    entry = Entry(move=Move.DONE, state=done, person_id=author, text="已佩戴")
    rectifications.add(connection, made.put_right[whose], 1, entry, NOW)
    draw = ReviewDraw(
        station_id=station, since=day, until=NOW.date() + WEEK * len(made.reviews), size=1,
        findings=1, seed="0" * 32, drawn_at=NOW,
    )  # fmt: skip
    made.reviews[whose] = review(connection, draw, made.shifts[whose], 0)
    for kept, vehicle, place in ((made.against, 2, 0), (made.appealed, 0, 1)):
        draw.until += dt.timedelta(days=1)
        kept[whose] = review(connection, draw, made.shifts[whose], vehicle, place)
        decided = Decision(
            person_id=author, verdict=Verdict.CONFIRMED, appeal_until=NOW + WEEK, reason="没听到",
            heard="",
        )  # fmt: skip
        reviews.decide(connection, kept[whose], decided, NOW)
    who = select(Person.id).where(Person.collector_id == collector)
    by = connection.scalar(who) or people.add(
        connection, login=f"collector.{whose}", name="somebody", password="!", grants=[], at=NOW,
        collector_id=collector,
    )  # fmt: skip
    appeals.make(connection, made.appealed[whose], by, "说了", at=NOW, due_at=NOW + WEEK)
    double = NewDouble(
        station_id=station, code="missing.thanks", since=day, until=NOW.date(), size=1, others=0,
        faults=1, unsures=0, silents=0, seed="0" * 32,
    )  # fmt: skip
    grading = select(tables.Grading.id).where(tables.Grading.shift_id == made.shifts[whose])
    key = (connection.scalars(grading).one(), 0)
    doubles.keep(connection, double, [(key, Program.FAULT)], by=author, at=NOW)
    made.doubles[whose] = connection.execute(select(func.max(DoubleItem.id))).scalar_one()


def review(
    connection: Connection, draw: ReviewDraw, shift: str, vehicle: int, place: int = 0
) -> int:
    """A draw with a finding of a shift's vehicle in it; the review's id."""
    values = {name: getattr(draw, name) for name in ReviewDraw.__table__.columns.keys()[1:]}
    drawn = connection.execute(insert(ReviewDraw).values(values).returning(ReviewDraw.id))
    grading = select(tables.Grading.id).where(tables.Grading.shift_id == shift)
    one = connection.scalars(grading).one()
    hold = holds.place(connection, one, vehicle, reason=HoldReason.REVIEW, by="program", at=NOW)
    item = insert(ReviewItem).values(
        draw_id=drawn.scalar_one(), grading_id=one, vehicle_position=vehicle, position=place,
        why=Why.CHANCE, probability=0.5, due_at=NOW + WEEK, hold_id=hold,
    )  # fmt: skip
    return connection.execute(item.returning(ReviewItem.id)).scalar_one()
