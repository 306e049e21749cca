"""Give the demonstration's office something to do: a complaint, a plan with a check, a month."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Engine, select

from db import complaints as kept
from db import tables
from db.check_types import NewPlan
from db.complaint_tables import Complaint
from db.complaints import Taken
from db.people_types import Reach
from phrases.checks import Cadence, Method
from phrases.complaint import Channel
from phrases.types import Lane
from scripts import demo_people
from service import checks, complaints, months
from service.bootstrap import Knowledge
from service.settings import Settings

MONTH = "2026-01"
"""of which scripts/fill makes the vehicles"""
EVERYWHERE = Reach(everything=True)


def keep_month(engine: Engine, site: Settings, now: dt.datetime) -> int:
    """Keep the month that a program made, as the office's job does; how many stations have one."""
    by = months.rules(site)
    stations = months.stations(engine, MONTH)
    return sum(months.make(engine, station, MONTH, by, at=now) for station in stations)


def make(engine: Engine, site: Settings, known: Knowledge, now: dt.datetime) -> bool:
    """Make it, once, in the supervisor's name; whether anything was made."""
    with engine.begin() as connection:
        if connection.scalar(select(Complaint.id).limit(1)) is not None:
            return False
        shift, day, collector = demo_people.recorded(connection)
        station = demo_people.station(connection)
        person = demo_people.person(connection, "supervisor")
        desk = complaints.Desk(
            connection=connection, person=person, now=now, within=complaints.deadlines(site)
        )
        new = Taken(
            station_id=station,
            channel=Channel.PHONE,
            received_at=now,
            taken_by=person.id,
            collector_id=collector,
            harm=False,
        )
        text = "（演示，由程序编写）司机来电：收费员没有唱付找零。"
        made = complaints.take(desk, new, text=text, contact="（演示）一位司机")
        found = kept.find(connection, EVERYWHERE, person.id, made)
        assert found is not None
        complaints.link(desk, found, 1, "", shift, 0)

        who = checks.Inspector(connection=connection, person=person, now=now)
        plan = NewPlan(station_id=station, cadence=Cadence.WEEKLY, method=Method.RECORDING, size=5)
        planned = checks.plan(who, plan)
        sample = checks.draw(
            who, known, station_id=station, since=day, last=day, size=5, plan_id=planned
        )
        seen = checks.Seen(
            station_id=station,
            method=Method.RECORDING,
            lane=Lane.EXIT,
            day=day,
            plan_id=planned,
            sample_id=sample,
            shift=shift,
            position=connection.scalar(
                select(tables.Vehicle.position).where(tables.Vehicle.lane == Lane.EXIT).limit(1)
            ),
        )
        marks = {item.id: item.points for item in checks.asked(known, Lane.EXIT)[:3]}
        checks.write(who, known, seen, marks, "（演示，由程序编写）规范。")
    return True
