"""Complaints: taken, followed up, answered; what was done stays, and what is late is seen."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import ConfigDict, Field
from sqlalchemy import Connection, RowMapping

from db import complaints as kept
from db import places, tables
from db.complaints import Taken, Wanted
from db.people_types import Person
from phrases.complaint import Channel, Event, Level
from service import complaints
from service.api.access import Caller, permission
from service.api.cursor import Cursor, Limit, Page
from service.api.places import id_of
from service.api.problems import Refused, not_found
from service.api.values import Code, Input, Moment, Output, Prose, RowId, ShiftId, Utc
from service.api.wiring import Services, Shared
from service.complaints import Desk
from service.rights import Permission

router = APIRouter(prefix="/v1/complaints", tags=["complaints"])

Reader = Annotated[Caller, permission(Permission.COMPLAINTS_READ)]
Taker = Annotated[Caller, permission(Permission.COMPLAINTS_TAKE)]
Handler = Annotated[Caller, permission(Permission.COMPLAINTS_HANDLE)]
Judge = Annotated[Caller, permission(Permission.COMPLAINTS_CASE)]
SLACK = dt.timedelta(minutes=5)
"""how far another machine's clock may be ahead"""


class NewComplaint(Input):
    """A complaint as it is taken."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "station": "nanchang-north",
                "channel": "phone",
                "received_at": "2026-11-24T10:00:00+08:00",
                "collector": "0107",
                "text": "收费员没有找零，也没有说话。",
                "contact": "王先生",
            }
        }
    )
    station: Code
    channel: Annotated[Channel, Field(strict=False)]
    received_at: Moment = Field(description="when it was made")
    collector: Code | None = Field(None, description="whom it is about, if that is known")
    harm: bool = Field(False, description="it did harm in public")
    text: Prose
    contact: Annotated[str, Field(max_length=500)] = Field(
        "", description="who complains, and how to reach them"
    )


class _Entry(Input):
    seen: RowId = Field(description="number of the last entry that you saw: 409 if there is more")


class Note(_Entry):
    """Something that was found or done."""

    event: Literal["noted"]
    text: Prose


class Link(_Entry):
    """The shift, or the vehicle in it, that the complaint is about; its clip is held."""

    event: Literal["linked"]
    shift: ShiftId
    position: int | None = Field(None, ge=0, description="the vehicle's; null: the whole shift")
    text: Prose | None = None


class Escalation(_Entry):
    """Hand it up a level."""

    event: Literal["escalated"]
    text: Prose


class Answer(_Entry):
    """What was found, and what whoever complained was told."""

    event: Literal["answered"]
    proven: bool
    apologised: bool
    text: Prose


class Reopening(_Entry):
    """Whoever complained is not content."""

    event: Literal["reopened"]
    text: Prose


NewEntry = Annotated[Note | Link | Escalation | Answer | Reopening, Field(discriminator="event")]


class Mishandling(Input):
    """The handling of a complaint is a case itself."""

    text: Prose
    harm: bool = Field(False, description="it grew and did harm in public")


class Complaint(Output):
    """A complaint, and how it stands."""

    id: int
    station: str
    channel: Channel
    received_at: Utc
    taken_at: Utc
    owner: str = Field(description="who took it first")
    collector: str | None = Field(description="whom it is about")
    about: int | None = Field(description="the complaint whose handling this one is about")
    harm: bool
    entries: int
    level: Level
    due_at: Utc
    overdue: bool
    answered_at: Utc | None
    proven: bool | None
    apologised: bool | None


class Entry(Output):
    """One line of its history."""

    number: int
    at: Utc
    event: Event
    person: str | None = Field(description="null: nobody did, its time was over")
    level: Level
    due_at: Utc
    text: str | None = Field(description="null: there are no words, or their days are over")
    contact: str | None = Field(description="null too to whom the complaint is about")
    shift: str | None
    position: int | None
    vehicle: int | str | None


class WholeComplaint(Complaint):
    """A complaint with its history."""

    history: list[Entry]


@router.get("")
def listed(
    caller: Reader,
    services: Shared,
    station: Annotated[Code | None, Query()] = None,
    open: Annotated[bool | None, Query(description="whether it is yet to be answered")] = None,
    overdue: Annotated[bool, Query(description="only those that should be answered")] = False,
    level: Annotated[Level | None, Query(description="whose it is to answer")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[Complaint]:
    """Complaints, the newest first; whoever took one sees it."""
    wanted = Wanted(station=station, open=open, overdue=overdue, level=level)
    key = services.cursors.read("complaints", wanted, cursor)
    now = services.clock()
    with services.database.reading() as connection:
        rows = kept.page(
            connection,
            caller.reach,
            caller.person.id,
            wanted,
            now=now,
            after=None if key is None else key[0],
            limit=limit + 1,
        )
    keyed = [((row["id"],), _complaint(row, now)) for row in rows]
    return services.cursors.page("complaints", wanted, keyed, limit)


@router.post("", status_code=201)
def take(body: NewComplaint, caller: Taker, services: Shared) -> WholeComplaint:
    """Register a complaint; it is the caller's from now on (首问负责)."""
    now = services.clock()
    if body.received_at > now + SLACK:
        raise Refused(HTTPStatus.BAD_REQUEST, "received_at is in the future")
    with services.database.writing() as connection:
        station = places.station(connection, body.station, caller.reach)
        if station is None:
            raise not_found("station")
        new = Taken(
            station_id=station,
            channel=body.channel,
            received_at=body.received_at,
            taken_by=caller.person.id,
            collector_id=id_of(connection, tables.Collector, "collector", station, body.collector),
            harm=body.harm,
        )
        desk = _desk(services, connection, caller, now)
        made = complaints.take(desk, new, text=body.text, contact=body.contact)
        return _whole(connection, _found(connection, caller, made), now, caller.person)


@router.get("/{complaint}")
def one(complaint: RowId, caller: Reader, services: Shared) -> WholeComplaint:
    """A complaint with all that was done about it."""
    with services.database.reading() as connection:
        row = _found(connection, caller, complaint)
        return _whole(connection, row, services.clock(), caller.person)


@router.post("/{complaint}/entries", status_code=201)
def entry(complaint: RowId, body: NewEntry, caller: Handler, services: Shared) -> WholeComplaint:
    """Do something about it; 409 if somebody else has meanwhile, or it cannot be done any more."""
    now = services.clock()
    with services.database.writing() as connection:
        row = _handled(connection, caller, complaint)
        desk = _desk(services, connection, caller, now)
        match body:
            case Note():
                complaints.note(desk, row, body.seen, body.text)
            case Link():
                complaints.link(desk, row, body.seen, body.text or "", body.shift, body.position)
            case Escalation():
                complaints.escalate(desk, row, body.seen, body.text)
            case Answer():
                complaints.answer(
                    desk,
                    row,
                    body.seen,
                    body.text,
                    proven=body.proven,
                    apologised=body.apologised,
                )
            case Reopening():
                complaints.reopen(desk, row, body.seen, body.text)
        return _whole(connection, _found(connection, caller, complaint), now, caller.person)


@router.post("/{complaint}/mishandling", status_code=201)
def mishandling(
    complaint: RowId, body: Mishandling, caller: Judge, services: Shared
) -> WholeComplaint:
    """Make its handling a case of its own; 409 if it is one already."""
    now = services.clock()
    with services.database.writing() as connection:
        row = _handled(connection, caller, complaint)
        desk = _desk(services, connection, caller, now)
        made = complaints.mishandled(desk, row, text=body.text, harm=body.harm)
        return _whole(connection, _found(connection, caller, made), now, caller.person)


def _desk(services: Services, connection: Connection, caller: Caller, now: dt.datetime) -> Desk:
    return Desk(
        connection=connection,
        person=caller.person,
        now=now,
        within=complaints.deadlines(services.site),
    )


def _found(connection: Connection, caller: Caller, complaint: int) -> RowMapping:
    row = kept.find(connection, caller.reach, caller.person.id, complaint)
    if row is None:
        raise not_found("complaint")
    return row


def _handled(connection: Connection, caller: Caller, complaint: int) -> RowMapping:
    """The complaint, which the caller may do something about."""
    within = complaints.handling(caller.reach)
    row = kept.find(connection, within, caller.person.id, complaint)
    if row is None:
        raise not_found("complaint")
    if not complaints.may_handle(caller.person, row):
        raise Refused(HTTPStatus.FORBIDDEN, "it is about you: somebody else must handle it")
    return row


def _complaint(row: RowMapping, now: dt.datetime) -> Complaint:
    return Complaint(**_columns(row, now))


def _columns(row: RowMapping, now: dt.datetime) -> dict[str, Any]:
    same = set(Complaint.model_fields) - {"about", "entries", "overdue"}
    return {
        **{name: row[name] for name in same},
        "about": row["about_id"],
        "entries": row["number"],
        "overdue": kept.state_of(row).overdue(now),
    }


def _whole(
    connection: Connection, row: RowMapping, now: dt.datetime, person: Person
) -> WholeComplaint:
    told = complaints.may_handle(person, row)
    history = [_entry(each, told) for each in kept.history(connection, row["id"])]
    return WholeComplaint(**_columns(row, now), history=history)


def _entry(row: RowMapping, told: bool) -> Entry:
    same = ("number", "at", "event", "person", "level", "due_at", "shift")
    return Entry(
        **{name: row[name] for name in same},
        text=row["text"] or None,
        contact=(row["contact"] or None) if told else None,
        position=row["vehicle_position"],
        vehicle=int(row["vehicle"]) if row["is_number"] else row["vehicle"],
    )
