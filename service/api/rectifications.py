"""What checks found is put right in time, and looked at again (限期整改、回头看)."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import ConfigDict, Field
from sqlalchemy import Connection, RowMapping

from db import checks as kept_checks
from db import rectifications as kept
from db import tables
from db.check_types import NewRectification
from phrases.rectify import Move
from service import rectifications
from service.api.access import Caller, permission
from service.api.cursor import Cursor, Limit, Page
from service.api.places import id_of, station_of
from service.api.problems import not_found
from service.api.values import Code, Input, Output, Prose, RowId, Utc
from service.api.wiring import Services, Shared
from service.rectifications import Clerk
from service.rights import Permission

router = APIRouter(prefix="/v1/rectifications", tags=["rectifications"])

Reader = Annotated[Caller, permission(Permission.RECTIFY_READ)]
Doer = Annotated[Caller, permission(Permission.RECTIFY_DO)]
Judge = Annotated[Caller, permission(Permission.RECTIFY_JUDGE)]


class NewOne(Input):
    """Something to be put right."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "station": "nanchang-north",
                "collector": "0107",
                "text": "工号牌未佩戴，请于期限内整改。",
            }
        }
    )
    station: Code
    team: Code | None = None
    collector: Code | None = None
    check: RowId | None = Field(None, description="the check that found it")
    text: Prose


class Done(Input):
    """That it is put right, or a note."""

    move: Literal["done", "noted"]
    seen: RowId = Field(description="number of the last entry that you saw: 409 if there is more")
    text: Prose


class Look(Input):
    """What was seen when it was looked at again."""

    right: bool
    seen: RowId = Field(description="number of the last entry that you saw: 409 if there is more")
    text: Prose


class Rectification(Output):
    """Something to be put right, and how it stands."""

    id: int
    station: str
    team: str | None
    collector: str | None
    check: int | None
    by: str = Field(description="who found it")
    opened_at: Utc
    entries: int
    due_at: Utc = Field(description="until when to put right, or once done to look again")
    done_at: Utc | None
    closed_at: Utc | None
    overdue: bool


class Entry(Output):
    """One line of its history."""

    number: int
    at: Utc
    move: Move
    person: str
    due_at: Utc
    text: str | None = Field(description="null: its days are over")


class WholeRectification(Rectification):
    """It with its history."""

    history: list[Entry]


@router.get("")
def listed(
    caller: Reader,
    services: Shared,
    station: Annotated[Code | None, Query()] = None,
    open: Annotated[bool, Query(description="only what is not closed")] = False,
    overdue: Annotated[bool, Query(description="only what is late")] = False,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[Rectification]:
    """What is to be put right, the newest first."""
    filters = (station, open, overdue)
    key = services.cursors.read("rectifications", filters, cursor)
    now = services.clock()
    with services.database.reading() as connection:
        rows = kept.page(
            connection,
            caller.reach,
            station=station,
            open_only=open,
            overdue=overdue,
            now=now,
            after=None if key is None else key[0],
            limit=limit + 1,
        )
    keyed = [((row["id"],), Rectification(**_columns(row, now))) for row in rows]
    return services.cursors.page("rectifications", filters, keyed, limit)


@router.post("", status_code=201)
def have_put_right(body: NewOne, caller: Judge, services: Shared) -> WholeRectification:
    """Have something put right."""
    with services.database.writing() as connection:
        station = station_of(connection, caller, body.station)
        new = NewRectification(
            station_id=station,
            team_id=id_of(connection, tables.Team, "team", station, body.team),
            collector_id=id_of(connection, tables.Collector, "collector", station, body.collector),
            check_id=_check(connection, caller, station, body.check),
        )
        made = rectifications.open_(_clerk(connection, caller, services), new, body.text)
        return _whole(connection, caller, made, services)


@router.get("/{rectification}")
def one(rectification: RowId, caller: Reader, services: Shared) -> WholeRectification:
    """One of them with all that was done."""
    with services.database.reading() as connection:
        return _whole(connection, caller, rectification, services)


@router.post("/{rectification}/entries", status_code=201)
def entry(rectification: RowId, body: Done, caller: Doer, services: Shared) -> WholeRectification:
    """Say that it is put right, or note something; 409 if somebody else has meanwhile."""
    with services.database.writing() as connection:
        row = _found(connection, caller, rectification)
        act = rectifications.done if body.move == "done" else rectifications.note
        act(_clerk(connection, caller, services), row, body.seen, body.text)
        return _whole(connection, caller, rectification, services)


@router.post("/{rectification}/looks", status_code=201)
def look(rectification: RowId, body: Look, caller: Judge, services: Shared) -> WholeRectification:
    """Look at it again: it is closed, or open once more; never by who put it right."""
    with services.database.writing() as connection:
        row = _found(connection, caller, rectification)
        clerk = _clerk(connection, caller, services)
        rectifications.look(clerk, row, body.seen, body.text, right=body.right)
        return _whole(connection, caller, rectification, services)


def _clerk(connection: Connection, caller: Caller, services: Services) -> Clerk:
    return Clerk(
        connection=connection,
        person=caller.person,
        now=services.clock(),
        days=services.site.rectify_days,
    )


def _found(connection: Connection, caller: Caller, rectification: int) -> RowMapping:
    row = kept.find(connection, caller.reach, rectification)
    if row is None:
        raise not_found("rectification")
    return row


def _check(connection: Connection, caller: Caller, station: int, check: int | None) -> int | None:
    if check is None:
        return None
    row = kept_checks.find(connection, kept_checks.reached(caller.reach), check)
    if row is None or row["station_id"] != station:
        raise not_found("check")
    return check


def _columns(row: RowMapping, now: dt.datetime) -> dict[str, Any]:
    apart = {"check", "entries", "overdue"}
    return {
        **{name: row[name] for name in Rectification.model_fields if name not in apart},
        "check": row["check_id"],
        "entries": row["number"],
        "overdue": kept.state_of(row).overdue(now),
    }


def _whole(
    connection: Connection, caller: Caller, rectification: int, services: Services
) -> WholeRectification:
    row = _found(connection, caller, rectification)
    same = ("number", "at", "move", "person", "due_at")
    history = [
        Entry(**{name: each[name] for name in same}, text=each["text"] or None)
        for each in kept.history(connection, rectification)
    ]
    return WholeRectification(**_columns(row, services.clock()), history=history)
