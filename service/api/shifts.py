"""Shifts, their reports, vehicles and utterances."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from sqlalchemy import Connection

from db import pages, reads
from db.pages import ShiftFilter
from db.types import ShiftRow
from phrases.types import TransactionVerdict
from service import report_json
from service.api.access import Caller, permission
from service.api.cursor import Cursor, Limit, Page
from service.api.problems import not_found
from service.api.shift_models import (
    PlacedTransaction,
    PlacedUtterance,
    Report,
    Shift,
)
from service.api.values import LARGEST_ID, Code, Moment, ShiftId
from service.api.wiring import Services, Shared
from service.rights import Permission

router = APIRouter(prefix="/v1/shifts", tags=["shifts"])

Results = Annotated[Caller, permission(Permission.RESULTS_READ)]
Position = Annotated[int, Field(ge=0, le=LARGEST_ID)]


def chosen(
    station: Annotated[Code | None, Query()] = None,
    booth: Annotated[Code | None, Query()] = None,
    team: Annotated[Code | None, Query()] = None,
    collector: Annotated[Code | None, Query()] = None,
    since: Annotated[
        Moment | None, Query(alias="from", description="started then or later")
    ] = None,
    until: Annotated[Moment | None, Query(alias="to", description="started before then")] = None,
) -> ShiftFilter:
    """Which shifts are asked for."""
    return ShiftFilter(
        station=station, booth=booth, team=team, collector=collector, since=since, until=until
    )


@router.get("")
def shifts(
    caller: Results,
    services: Shared,
    wanted: Annotated[ShiftFilter, Depends(chosen)],
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[Shift]:
    """Shifts, newest first, each with the figures of the grading that is shown."""
    after = services.cursors.read("shifts", wanted, cursor)
    with services.database.reading() as connection:
        rows = pages.shifts(connection, caller.reach, wanted, after=after, limit=limit + 1)
    keyed = [((row.identity.started_at, row.shift_id), _shift(row)) for row in rows]
    return services.cursors.page("shifts", wanted, keyed, limit)


@router.get("/{shift}")
def shift(shift: ShiftId, caller: Results, services: Shared) -> Shift:
    """One shift."""
    with services.database.reading() as connection:
        return _shift(_mine(connection, caller, shift))


@router.get("/{shift}/report")
def report(
    shift: ShiftId,
    caller: Results,
    services: Shared,
    grading: Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="from 1")] = None,
    said: Annotated[bool, Query(description="false: without utterances, which takes less")] = True,
) -> Report:
    """The whole shift; without `grading` the newest complete one."""
    with services.database.reading() as connection:
        row = _mine(connection, caller, shift)
    if grading is not None and grading > row.grading.of:
        raise not_found("grading")
    stored = reads.report(services.database.reader, shift, grading, said=said)
    return Report.model_validate(report_json.shift_report(stored))


@router.get("/{shift}/vehicles")
def vehicles(
    shift: ShiftId,
    caller: Results,
    services: Shared,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[PlacedTransaction]:
    """The shift's vehicles with their steps and findings, in the order of time."""
    after = _place(services, "vehicles", shift, cursor)
    with services.database.reading() as connection:
        _mine(connection, caller, shift)
        rows = pages.vehicles(connection, shift, after=after, limit=limit + 1)
    keyed = [((place,), _vehicle(place, verdict)) for place, verdict in rows]
    return services.cursors.page("vehicles", shift, keyed, limit)


@router.get("/{shift}/vehicles/{position}")
def vehicle(
    shift: ShiftId, position: Position, caller: Results, services: Shared
) -> PlacedTransaction:
    """One vehicle, by its place in the shift."""
    with services.database.reading() as connection:
        _mine(connection, caller, shift)
        rows = pages.vehicles(connection, shift, after=position - 1, limit=1)
    if not rows or rows[0][0] != position:
        raise not_found("vehicle")
    return _vehicle(*rows[0])


@router.get("/{shift}/utterances")
def utterances(
    shift: ShiftId,
    caller: Results,
    services: Shared,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[PlacedUtterance]:
    """What was said in the shift, as far as it is kept, in the order of time."""
    after = _place(services, "utterances", shift, cursor)
    with services.database.reading() as connection:
        _mine(connection, caller, shift)
        rows = pages.utterances(connection, shift, after=after, limit=limit + 1)
    keyed = [
        (
            (place,),
            PlacedUtterance.model_validate(report_json.utterance(h) | {"position": place}),
        )
        for place, h in rows
    ]
    return services.cursors.page("utterances", shift, keyed, limit)


def _vehicle(place: int, verdict: TransactionVerdict) -> PlacedTransaction:
    return PlacedTransaction.model_validate(report_json.transaction(verdict) | {"position": place})


def _mine(connection: Connection, caller: Caller, shift: str) -> ShiftRow:
    row = pages.shift(connection, caller.reach, shift)
    if row is None:
        raise not_found("shift")
    return row


def _place(services: Services, name: str, shift: str, cursor: str | None) -> int | None:
    key = services.cursors.read(name, shift, cursor)
    return None if key is None else key[0]


def _shift(row: ShiftRow) -> Shift:
    return Shift.model_validate(report_json.shift(row))
