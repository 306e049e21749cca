"""Keep what is to be put right: until when, what was done, what was seen when looked at again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, func, insert, select, update

from db import tables
from db.check_tables import Rectification, RectificationEntry
from db.check_types import NewRectification
from db.insert import insert_new
from db.people_tables import Person
from db.people_types import Reach
from db.reach import within
from db.types import ConflictError
from phrases.rectify import Move, State

_STATE = tuple(field.name for field in fields(State))


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """What is done about it."""

    move: Move
    state: State
    """from then on"""
    person_id: int
    text: str


def open_(connection: Connection, new: NewRectification, entry: Entry, at: dt.datetime) -> int:
    """Write down something to be put right; its id."""
    row = {field.name: getattr(new, field.name) for field in fields(new)}
    made = insert(Rectification).values(**row, opened_by=entry.person_id, opened_at=at)
    one = connection.execute(made.returning(Rectification.id)).scalar_one()
    add(connection, one, 0, entry, at)
    return one


def add(connection: Connection, one: int, after: int, entry: Entry, at: dt.datetime) -> int:
    """Write down what was done after the entry `after`; the new entry's number.

    ConflictError if somebody has written another one meanwhile.
    """
    made = connection.execute(
        insert_new(connection, RectificationEntry)
        .values(
            rectification_id=one,
            number=after + 1,
            at=at,
            person_id=entry.person_id,
            move=entry.move,
            text=entry.text,
            **{name: getattr(entry.state, name) for name in _STATE},
        )
        .returning(RectificationEntry.number)
    ).scalar_one_or_none()
    if made is None:
        raise ConflictError("somebody else has done something about it meanwhile: look again")
    return made


def find(connection: Connection, reach: Reach, one: int) -> RowMapping | None:
    """One of them with its last entry; None: there is none within reach."""
    query = _listed().where(_reached(reach), Rectification.id == one)
    return connection.execute(query).mappings().one_or_none()


def page(
    connection: Connection,
    reach: Reach,
    *,
    station: str | None = None,
    open_only: bool = False,
    overdue: bool = False,
    now: dt.datetime,
    after: int | None,
    limit: int,
) -> Sequence[RowMapping]:
    """What is to be put right, the newest first."""
    own, entry = Rectification, RectificationEntry
    query = _listed().where(_reached(reach))
    if station is not None:
        query = query.where(tables.Station.code == station)
    if open_only or overdue:
        query = query.where(entry.closed_at.is_(None))
    if overdue:
        query = query.where(entry.due_at < now)
    if after is not None:
        query = query.where(own.id < after)
    return connection.execute(query.order_by(own.id.desc()).limit(limit)).mappings().all()


def state_of(row: RowMapping) -> State:
    """How it stands with one that was found."""
    return State(**{name: row[name] for name in _STATE})


def history(connection: Connection, one: int) -> Sequence[RowMapping]:
    """Every entry, in order, with who made it."""
    own = RectificationEntry
    query = (
        select(own.__table__, Person.name.label("person"))
        .join(Person, Person.id == own.person_id)
        .where(own.rectification_id == one)
        .order_by(own.number)
    )
    return connection.execute(query).mappings().all()


def about(connection: Connection, collector_id: int) -> Sequence[RowMapping]:
    """Every entry of what a collector was to put right, without who made it."""
    own, entry = Rectification, RectificationEntry
    query = (
        select(
            own.id.label("rectification"),
            *(getattr(entry, name) for name in ("number", "at", "move", "due_at", "done_at")),
            entry.closed_at,
            entry.text,
        )
        .join(entry, entry.rectification_id == own.id)
        .where(own.collector_id == collector_id)
        .order_by(own.id, entry.number)
    )
    return connection.execute(query).mappings().all()


def blank(connection: Connection, before: dt.datetime) -> int:
    """Let the words go of what was closed by then; of how many entries."""
    own = RectificationEntry
    closed = select(own.rectification_id).where(own.closed_at <= before)
    old = update(own).where(own.rectification_id.in_(closed), own.text != "").values(text="")
    return connection.execute(old).rowcount


def _listed() -> Select[Any]:
    own, entry = Rectification, RectificationEntry
    later = RectificationEntry.__table__.alias()
    last = (
        select(func.max(later.c.number)).where(later.c.rectification_id == own.id)
    ).scalar_subquery()
    return (
        select(
            own.__table__,
            entry.number,
            *(getattr(entry, name) for name in _STATE),
            tables.Station.code.label("station"),
            tables.Team.code.label("team"),
            tables.Collector.code.label("collector"),
            Person.name.label("by"),
        )
        .select_from(own)
        .join(entry, and_(entry.rectification_id == own.id, entry.number == last))
        .join(tables.Station, tables.Station.id == own.station_id)
        .join(Person, Person.id == own.opened_by)
        .outerjoin(tables.Team, tables.Team.id == own.team_id)
        .outerjoin(tables.Collector, tables.Collector.id == own.collector_id)
    )


def _reached(reach: Reach) -> Any:
    own = Rectification
    return within(reach, station=own.station_id, team=own.team_id, collector=own.collector_id)
