"""Have what a check found put right, and looked at again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, RowMapping

from db import audit, checks, rectifications
from db.check_types import NewRectification
from db.explain import plainly
from db.holds import AFTER_FINAL
from db.people_types import Deed, Person
from db.rectifications import Entry
from db.types import ConflictError, UsageError
from phrases import rectify
from phrases.complaint import CannotError
from phrases.rectify import Move, State


@dataclass(frozen=True, kw_only=True, slots=True)
class Clerk:
    """Somebody who has things put right, now."""

    connection: Connection
    person: Person
    now: dt.datetime
    """aware"""
    days: int
    """within which it is to be done"""


def open_(who: Clerk, new: NewRectification, text: str) -> int:
    """Have something put right; its id."""
    state = rectify.opened(who.now, who.days)
    entry = Entry(move=Move.OPENED, state=state, person_id=who.person.id, text=text)
    made = rectifications.open_(who.connection, new, entry, who.now)
    _trace(who, Move.OPENED, made, new.station_id, new.collector_id)
    return made


def note(who: Clerk, row: RowMapping, seen: int, text: str) -> int:
    """Write something down."""
    return _add(who, row, seen, Move.NOTED, lambda state: state, text)


def done(who: Clerk, row: RowMapping, seen: int, text: str) -> int:
    """Say that it is put right, and how."""
    return _add(
        who,
        row,
        seen,
        Move.DONE,
        lambda state: rectify.done(state, who.now, who.person.id, who.days),
        text,
    )


def look(who: Clerk, row: RowMapping, seen: int, text: str, *, right: bool) -> int:
    """Look again, and close it or have it put right once more."""
    own = who.person.collector_id
    if own is not None and own == row["collector_id"]:
        raise UsageError("it is yours to put right: somebody else must look again")
    return _add(
        who,
        row,
        seen,
        Move.PASSED if right else Move.FAILED,
        lambda state: rectify.looked_at(state, who.now, who.person.id, who.days, right=right),
        text,
    )


def forget(engine: Engine, now: dt.datetime, word_days: int) -> int:
    """Let the words go that were said to checks long ago, and of what was closed; how many."""
    before = now - max(dt.timedelta(days=word_days), AFTER_FINAL)
    with plainly(engine), engine.begin() as connection:
        return checks.blank(connection, before) + rectifications.blank(connection, before)


def _add(
    who: Clerk,
    row: RowMapping,
    seen: int,
    move: Move,
    become: Callable[[State], State],
    text: str,
) -> int:
    if seen != row["number"]:
        raise ConflictError("somebody else has done something about it meanwhile: look again")
    try:
        state = become(rectifications.state_of(row))
    except CannotError as error:
        raise ConflictError(str(error)) from None
    entry = Entry(move=move, state=state, person_id=who.person.id, text=text)
    number = rectifications.add(who.connection, row["id"], seen, entry, who.now)
    _trace(who, move, row["id"], row["station_id"], row["collector_id"])
    return number


def _trace(who: Clerk, move: Move, thing: int, station_id: int, collector_id: int | None) -> None:
    deed = Deed(
        action=f"rectification.{move.value}",
        person_id=who.person.id,
        thing=str(thing),
        collector_id=collector_id,
        station_id=station_id,
    )
    audit.note(who.connection, deed, who.now)
