"""Take complaints, do what is done about them, and send up what is late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import Connection, Engine, RowMapping, select

from db import audit, complaints, tables
from db.complaints import Entry, Taken
from db.explain import plainly
from db.facts_tables import Shown
from db.holds import AFTER_FINAL
from db.people_types import Deed, Person, Reach, Role
from db.types import ConflictError, UsageError
from phrases import complaint as rule
from phrases.complaint import CannotError, Deadlines, Event, Level, State
from service.settings import Settings

LEVELS = {
    Role.DUTY_LEADER: Level.DUTY_LEADER,
    Role.SUPERVISOR: Level.DUTY_LEADER,
    Role.TOLL_OFFICE: Level.OFFICE,
}
"""whose level is above a collector's"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """Somebody at work on complaints, now."""

    connection: Connection
    person: Person
    now: dt.datetime
    """aware"""
    within: Deadlines

    def level(self, station_id: int) -> Level:
        """How high they are at a station."""
        grants = self.person.grants
        held = [g.role for g in grants if g.station_id in (None, station_id)]
        levels = [LEVELS.get(role, Level.COLLECTOR) for role in held]
        return max(levels, key=lambda level: level.height, default=Level.COLLECTOR)


def deadlines(site: Settings) -> Deadlines:
    """How long each may take, by the settings."""
    return Deadlines(
        answer=dt.timedelta(days=site.complaint_days), level=dt.timedelta(days=site.level_days)
    )


def take(desk: Desk, new: Taken, *, text: str, contact: str) -> int:
    """Register a complaint, which is theirs from now on; its id.

    One about oneself is the duty leader's at once.
    """
    level = desk.level(new.station_id)
    if new.collector_id is not None and new.collector_id == desk.person.collector_id:
        level = max(level, Level.DUTY_LEADER, key=lambda each: each.height)
    state = rule.taken(level, desk.now, desk.within)
    entry = Entry(
        event=Event.TAKEN, state=state, person_id=desk.person.id, text=text, contact=contact
    )
    made = complaints.take(desk.connection, new, entry, desk.now)
    _trace(desk, Event.TAKEN, made, new.station_id, new.collector_id)
    return made


def mishandled(desk: Desk, row: RowMapping, *, text: str, harm: bool) -> int:
    """Make the handling of a complaint a case of its own; its id."""
    if row["taken_by"] == desk.person.id:
        raise UsageError("it is your own handling: somebody else must make it a case")
    new = Taken(
        station_id=row["station_id"],
        channel=row["channel"],
        received_at=desk.now,
        taken_by=desk.person.id,
        collector_id=row["owner_collector_id"],
        about_id=row["id"],
        harm=harm,
    )
    return take(desk, new, text=text, contact="")


def note(desk: Desk, row: RowMapping, seen: int, text: str) -> int:
    """Write down what was found or done; the entry's number."""
    return _add(desk, row, seen, Event.NOTED, lambda state: state, text)


def link(desk: Desk, row: RowMapping, seen: int, text: str, shift: str, place: int | None) -> int:
    """Name the shift, or its vehicle at a place, that it is about, and hold it.

    UsageError if there is none at the complaint's station.
    """
    grading = desk.connection.scalar(
        select(Shown.grading_id).where(
            Shown.shift_id == shift, Shown.station_id == row["station_id"]
        )
    )
    if grading is None:
        raise UsageError("there is no such shift at the complaint's station")
    if place is not None:
        car = tables.Vehicle
        query = select(car.position).where(car.grading_id == grading, car.position == place)
        if desk.connection.scalar(query) is None:
            raise UsageError("the shift has no vehicle at this place")
    number = _add(desk, row, seen, Event.LINKED, _same_open, text)
    complaints.link(
        desk.connection, row["id"], number, grading, place, by=desk.person.id, at=desk.now
    )
    return number


def escalate(desk: Desk, row: RowMapping, seen: int, text: str) -> int:
    """Hand it up a level, before its time is over."""
    return _add(
        desk,
        row,
        seen,
        Event.ESCALATED,
        lambda state: rule.escalated(state, desk.now, desk.within),
        text,
    )


def answer(
    desk: Desk, row: RowMapping, seen: int, text: str, *, proven: bool, apologised: bool
) -> int:
    """Say what was found and what whoever complained was told."""
    if not rule.may_answer(complaints.state_of(row), desk.level(row["station_id"])):
        raise UsageError("it went up: somebody of its level must answer it")
    number = _add(
        desk,
        row,
        seen,
        Event.ANSWERED,
        lambda state: rule.answered(state, desk.now, proven=proven, apologised=apologised),
        text,
    )
    complaints.settle(desk.connection, row["id"], desk.now)
    return number


def reopen(desk: Desk, row: RowMapping, seen: int, text: str) -> int:
    """Open it again, a level higher."""
    number = _add(
        desk,
        row,
        seen,
        Event.REOPENED,
        lambda state: rule.reopened(state, desk.now, desk.within),
        text,
    )
    complaints.settle(desk.connection, row["id"], None)
    return number


def may_handle(person: Person, row: RowMapping) -> bool:
    """Nobody handles what is about themselves."""
    about = person.collector_id is not None and person.collector_id == row["collector_id"]
    return not about and person.id != row["handled_by"]


def handling(reach: Reach) -> Reach:
    """Whose complaints somebody may handle, beside those that they took: none about themselves."""
    return replace(reach, collectors=frozenset())


def send_up(engine: Engine, now: dt.datetime, within: Deadlines) -> int:
    """Send up every complaint whose level's time is over; how many went up."""
    with plainly(engine), engine.begin() as connection:
        rows = complaints.rising(connection, now)
        for row in rows:
            number = row["number"]
            for _, state in rule.rises(complaints.state_of(row), now, within):
                entry = Entry(event=Event.ESCALATED, state=state, person_id=None)
                number = complaints.add(connection, row["id"], number, entry, now)
    return len(rows)


def forget(engine: Engine, now: dt.datetime, word_days: int) -> int:
    """Let the words go of what has been answered for long enough; of how many complaints."""
    kept = max(dt.timedelta(days=word_days), AFTER_FINAL)
    with plainly(engine), engine.begin() as connection:
        return complaints.blank(connection, now - kept)


def _add(
    desk: Desk,
    row: RowMapping,
    seen: int,
    event: Event,
    become: Callable[[State], State],
    text: str,
) -> int:
    """One more entry after the one that they saw. ConflictError if it cannot be done any more."""
    if seen != row["number"]:
        raise ConflictError("somebody else has done something about it meanwhile: look again")
    try:
        state = become(complaints.state_of(row))
    except CannotError as error:
        raise ConflictError(str(error)) from None
    entry = Entry(event=event, state=state, person_id=desk.person.id, text=text)
    number = complaints.add(desk.connection, row["id"], seen, entry, desk.now)
    _trace(desk, event, row["id"], row["station_id"], row["collector_id"])
    return number


def _same_open(state: State) -> State:
    if state.answered_at is not None:
        raise CannotError("the complaint is answered already: open it again first")
    return state


def _trace(
    desk: Desk, event: Event, complaint: int, station_id: int, collector_id: int | None
) -> None:
    deed = Deed(
        action=f"complaint.{event.value}",
        person_id=desk.person.id,
        thing=str(complaint),
        collector_id=collector_id,
        station_id=station_id,
    )
    audit.note(desk.connection, deed, desk.now)
