"""Keep complaints: what was taken, each thing done about it, and how it stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, func, insert, or_, select, update

from db import holds, tables
from db.complaint_tables import Complaint, ComplaintEntry, ComplaintLink, ComplaintText
from db.insert import insert_new
from db.keeping_tables import HoldReason
from db.people_tables import Person
from db.people_types import Reach
from db.reach import within
from db.types import ConflictError
from phrases.complaint import Channel, Event, Level, State

_STATE = tuple(field.name for field in fields(State))


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """A complaint as it is taken."""

    station_id: int
    channel: Channel
    received_at: dt.datetime
    """aware"""
    taken_by: int
    """a person's id"""
    collector_id: int | None = None
    about_id: int | None = None
    """the complaint whose handling it is about"""
    harm: bool = False
    """it did harm in public"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """What is done about a complaint."""

    event: Event
    state: State
    """from then on"""
    person_id: int | None
    """None: nobody did, its time was over"""
    text: str = ""
    contact: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Which complaints: all that are given must hold."""

    station: str | None = None
    open: bool | None = None
    overdue: bool = False
    level: Level | None = None


def take(connection: Connection, new: Taken, entry: Entry, at: dt.datetime) -> int:
    """Write down a new complaint with its first entry; its id.

    ConflictError if the handling of that complaint is a case already.
    """
    values = {field.name: getattr(new, field.name) for field in fields(new)}
    made: int | None = connection.execute(
        insert_new(connection, Complaint).values(**values, taken_at=at).returning(Complaint.id)
    ).scalar_one_or_none()
    if made is None:
        raise ConflictError("the handling of this complaint is a case already")
    _write(connection, made, 1, entry, at)
    return made


def add(connection: Connection, complaint: int, after: int, entry: Entry, at: dt.datetime) -> int:
    """Write down what was done after the entry `after`; the new entry's number.

    ConflictError if somebody has written another one meanwhile.
    """
    _write(connection, complaint, after + 1, entry, at)
    return after + 1


def link(
    connection: Connection,
    complaint: int,
    number: int,
    grading_id: int,
    vehicle_position: int | None,
    *,
    by: int,
    at: dt.datetime,
) -> None:
    """Name, with an entry, what a complaint is about, and hold it."""
    hold = holds.place(
        connection,
        grading_id,
        vehicle_position,
        reason=HoldReason.COMPLAINT,
        by=str(by),
        at=at,
    )
    connection.execute(
        insert(ComplaintLink).values(
            complaint_id=complaint,
            number=number,
            grading_id=grading_id,
            vehicle_position=vehicle_position,
            hold_id=hold,
        )
    )


def settle(connection: Connection, complaint: int, final_at: dt.datetime | None) -> None:
    """Let what is held for it go a year after it was final; None: it is open again."""
    held = select(ComplaintLink.hold_id).where(ComplaintLink.complaint_id == complaint)
    for hold in connection.scalars(held).all():
        if final_at is None:
            holds.unsettle(connection, hold)
        else:
            holds.settle(connection, hold, final_at)


def find(connection: Connection, reach: Reach, person_id: int, complaint: int) -> RowMapping | None:
    """One complaint with its last entry; None: there is none that this person may see."""
    query = _listed().where(_visible(reach, person_id), Complaint.id == complaint)
    return connection.execute(query).mappings().one_or_none()


def page(
    connection: Connection,
    reach: Reach,
    person_id: int,
    wanted: Wanted,
    *,
    now: dt.datetime,
    after: int | None,
    limit: int,
) -> Sequence[RowMapping]:
    """Complaints with their last entries, the newest first."""
    entry = ComplaintEntry
    query = _listed().where(_visible(reach, person_id))
    if wanted.station is not None:
        query = query.where(tables.Station.code == wanted.station)
    if wanted.open is not None:
        is_open = entry.answered_at.is_(None)
        query = query.where(is_open if wanted.open else ~is_open)
    if wanted.overdue:
        query = query.where(entry.answered_at.is_(None), entry.due_at < now)
    if wanted.level is not None:
        query = query.where(entry.level == wanted.level)
    if after is not None:
        query = query.where(Complaint.id < after)
    return connection.execute(query.order_by(Complaint.id.desc()).limit(limit)).mappings().all()


def state_of(row: RowMapping) -> State:
    """How it stands with a complaint that was found."""
    return State(**{name: row[name] for name in _STATE})


def history(connection: Connection, complaint: int) -> Sequence[RowMapping]:
    """Every entry, in order, with who made it and what it linked."""
    entry, words, tie = ComplaintEntry, ComplaintText, ComplaintLink
    query = (
        select(
            entry.__table__,
            words.text,
            words.contact,
            Person.name.label("person"),
            tables.Shift.id.label("shift"),
            tie.grading_id,
            tie.vehicle_position,
            tables.Vehicle.vehicle,
            tables.Vehicle.is_number,
        )
        .select_from(entry)
        .outerjoin(words, _same(words, entry))
        .outerjoin(Person, Person.id == entry.person_id)
        .outerjoin(tie, _same(tie, entry))
        .outerjoin(tables.Grading, tables.Grading.id == tie.grading_id)
        .outerjoin(tables.Shift, tables.Shift.id == tables.Grading.shift_id)
        .outerjoin(
            tables.Vehicle,
            and_(
                tables.Vehicle.grading_id == tie.grading_id,
                tables.Vehicle.position == tie.vehicle_position,
            ),
        )
        .where(entry.complaint_id == complaint)
        .order_by(entry.number)
    )
    return connection.execute(query).mappings().all()


def about(connection: Connection, collector_id: int) -> Sequence[RowMapping]:
    """Every entry of the complaints about a collector, without who complained or who did it."""
    own, entry, words = Complaint, ComplaintEntry, ComplaintText
    query = (
        select(
            own.id.label("complaint"),
            own.channel,
            own.received_at,
            own.harm,
            *(getattr(entry, name) for name in ("number", "at", "event", *_STATE)),
            words.text,
        )
        .join(entry, entry.complaint_id == own.id)
        .outerjoin(words, _same(words, entry))
        .where(own.collector_id == collector_id)
        .order_by(own.id, entry.number)
    )
    return connection.execute(query).mappings().all()


def rising(connection: Connection, now: dt.datetime) -> Sequence[RowMapping]:
    """Complaints whose level's time is over by now."""
    query = _listed().where(ComplaintEntry.escalates_at <= now).order_by(Complaint.id)
    return connection.execute(query).mappings().all()


def blank(connection: Connection, before: dt.datetime) -> int:
    """Let the words go of complaints that were answered by then for good; of how many."""
    entry, words = ComplaintEntry, ComplaintText
    over = (
        select(entry.complaint_id)
        .where(_last(entry), entry.answered_at <= before)
        .where(
            select(words.number)
            .where(words.complaint_id == entry.complaint_id, _has_words())
            .exists()
        )
    )
    found = connection.scalars(over).all()
    for one in found:
        connection.execute(
            update(words).where(words.complaint_id == one).values(text="", contact="")
        )
    return len(found)


def _write(
    connection: Connection, complaint: int, number: int, entry: Entry, at: dt.datetime
) -> None:
    made = connection.execute(
        insert_new(connection, ComplaintEntry)
        .values(
            complaint_id=complaint,
            number=number,
            at=at,
            person_id=entry.person_id,
            event=entry.event,
            **{name: getattr(entry.state, name) for name in _STATE},
        )
        .returning(ComplaintEntry.number)
    ).scalar_one_or_none()
    if made is None:
        raise ConflictError("somebody else has done something about it meanwhile: look again")
    if entry.text or entry.contact:
        connection.execute(
            insert(ComplaintText).values(
                complaint_id=complaint, number=number, text=entry.text, contact=entry.contact
            )
        )


def _listed() -> Select[Any]:
    """Every complaint with its last entry, its station, whom it is about and who owns it.

    `handled_by` is who took the complaint whose handling it is about.
    """
    own, entry = Complaint, ComplaintEntry
    handled = Complaint.__table__.alias()
    return (
        select(
            own.__table__,
            entry.number,
            *(getattr(entry, name) for name in _STATE),
            tables.Station.code.label("station"),
            tables.Collector.code.label("collector"),
            Person.name.label("owner"),
            Person.collector_id.label("owner_collector_id"),
            handled.c.taken_by.label("handled_by"),
        )
        .select_from(own)
        .join(entry, and_(entry.complaint_id == own.id, _last(entry)))
        .join(tables.Station, tables.Station.id == own.station_id)
        .join(Person, Person.id == own.taken_by)
        .outerjoin(tables.Collector, tables.Collector.id == own.collector_id)
        .outerjoin(handled, handled.c.id == own.about_id)
    )


def _last(entry: type[ComplaintEntry]) -> Any:
    later = ComplaintEntry.__table__.alias()
    return entry.number == (
        select(func.max(later.c.number))
        .where(later.c.complaint_id == entry.complaint_id)
        .scalar_subquery()
    )


def _visible(reach: Reach, person_id: int) -> Any:
    """Within reach, or their own: whoever took it first owns it."""
    near = within(
        reach,
        station=Complaint.station_id,
        team=tables.Collector.team_id,
        collector=Complaint.collector_id,
    )
    return or_(near, Complaint.taken_by == person_id)


def _same(row: Any, entry: type[ComplaintEntry]) -> Any:
    return and_(row.complaint_id == entry.complaint_id, row.number == entry.number)


def _has_words() -> Any:
    return or_(ComplaintText.text != "", ComplaintText.contact != "")
