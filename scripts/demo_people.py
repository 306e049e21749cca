"""Let people into the demonstration, and draw what they are to look at.

One of each part of the way from a finding to the last word: the account says which.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, select

from db import people, places, tables
from db.people_types import Grant, Person, Role
from service import reviews
from service.accounts import folded
from service.passwords import Passwords

STATION, COLLECTOR = "demo", "demo"
"""of the recording that ships"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """An account of the demonstration."""

    login: str
    role: Role
    everywhere: bool
    """else at the recording's station"""
    does: str


PARTS = (
    Part(login="supervisor", role=Role.SUPERVISOR, everywhere=True, does="sees every station"),
    Part(login="inspector", role=Role.INSPECTOR, everywhere=False, does="reviews findings"),
    Part(login="collector", role=Role.COLLECTOR, everywhere=False, does="was heard; may appeal"),
    Part(login="office", role=Role.TOLL_OFFICE, everywhere=True, does="answers appeals"),
    Part(login="trainer", role=Role.TRAINER, everywhere=False, does="sets exams"),
    Part(login="trainee", role=Role.TRAINEE, everywhere=False, does="drills"),
)


def let_in(engine: Engine, passwords: Passwords, password: str, now: dt.datetime) -> None:
    """All parts, with this password; whoever is there already gets it as their new one."""
    kept = passwords.hash(password)
    with engine.begin() as connection:
        place = station(connection)
        for part in PARTS:
            row = people.secrets_of(connection, folded(part.login))
            if row is not None:
                people.change(connection, row["id"], password=kept)
                people.end_sessions(connection, row["id"])
                continue
            is_collector = part.role is Role.COLLECTOR
            people.add(
                connection,
                login=folded(part.login),
                name=part.login,
                password=kept,
                grants=[Grant(role=part.role, station_id=None if part.everywhere else place)],
                collector_id=places.collector(connection, place, COLLECTOR)
                if is_collector
                else None,
                at=now,
            )


def draw(engine: Engine, now: dt.datetime, within: dt.timedelta) -> int:
    """Findings of the recording to be looked at, as a night draws them; how many."""
    with engine.begin() as connection:
        _, day, _ = recorded(connection)
        days = (day - dt.timedelta(days=1), day + dt.timedelta(days=2))
        return reviews.draw(connection, station(connection), days, 60, now, within)


def recorded(connection: Connection) -> tuple[str, dt.date, int]:
    """The recording's shift, its day, and who sat there."""
    own = tables.Shift
    row = connection.execute(
        select(own.id, own.started_at, own.collector_id)
        .join(tables.Booth, tables.Booth.id == own.booth_id)
        .where(tables.Booth.station_id == station(connection))
    ).one()
    return row.id, row.started_at.date(), row.collector_id


def person(connection: Connection, login: str) -> Person:
    """Somebody of the demonstration."""
    row = people.secrets_of(connection, login)
    found = None if row is None else people.find(connection, row["id"])
    assert found is not None, "people are let in first"
    return found


def station(connection: Connection) -> int:
    """The recording's station."""
    found = places.find(connection, tables.Station, code=STATION)
    assert found is not None, "the recording is graded before anybody is let in"
    return found
