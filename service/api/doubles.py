"""Blind double listening: two people label the same clips, and nothing tells them what was said."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import ConfigDict, Field
from sqlalchemy import Connection, RowMapping

from db import doubles as kept
from phrases.agreement import Share
from phrases.review import Verdict
from phrases.types import Lane
from service import doubles
from service.api.access import Caller, permission
from service.api.cursor import Cursor, Limit, Page
from service.api.findings import FindingCode
from service.api.places import station_of
from service.api.problems import Refused, not_found
from service.api.values import Code, Day, Input, Output, RowId, Utc
from service.api.wiring import Shared
from service.reviews import Reviewer
from service.rights import Permission

router = APIRouter(prefix="/v1/doubles", tags=["doubles"])

Labeller = Annotated[Caller, permission(Permission.REVIEWS_DECIDE)]
Planner = Annotated[Caller, permission(Permission.DOUBLES_PLAN)]


class NewDouble(Input):
    """A sample to be drawn."""

    model_config = ConfigDict(
        populate_by_name=True,
        json_schema_extra={
            "example": {
                "station": "nanchang-north",
                "code": "missing.thanks",
                "from": "2026-11-01",
                "to": "2026-11-30",
                "size": 200,
                "others": 50,
            }
        },
    )
    station: Code
    code: FindingCode
    since: Day = Field(alias="from")
    last: Day = Field(alias="to", description="last day")
    size: int = Field(200, ge=1, le=2000, description="faults, at most")
    others: int = Field(
        50, ge=0, le=1000, description="unsure ones, and passes, at most of each: for the recall"
    )


class Interval(Output):
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


class Double(Output):
    """A sample, and what it says so far."""

    id: int
    station: str
    code: str
    since: dt.date
    last: dt.date
    drawn_at: Utc
    vehicles: int
    labels: int
    pairs: int = Field(description="clips that two people labelled")
    kappa: Interval | None = Field(description="Cohen's; null: it cannot be said")
    precision: Interval | None
    recall: Interval | None


class Blind(Output):
    """A clip to be labelled: not whose, and not what the program said."""

    id: int
    station: str
    code: str = Field(description="what is asked: whether it is as this code says")
    lane: Lane
    clip: str | None


class NewLabel(Input):
    """What was heard."""

    model_config = ConfigDict(json_schema_extra={"example": {"verdict": "confirmed"}})
    verdict: Annotated[Verdict, Field(strict=False)]


class Labelled(Output):
    """That it was written down."""

    id: int
    number: int = Field(description="1: another person is to label it; 2: it is done")


@router.get("")
def listed(caller: Planner, services: Shared) -> list[Double]:
    """The samples, the newest first, with agreement, precision and recall."""
    with services.database.reading() as connection:
        return [_double(connection, row) for row in kept.samples(connection, caller.reach)]


@router.post("", status_code=201)
def draw(body: NewDouble, caller: Planner, services: Shared) -> Double:
    """Draw clips of a code by chance: faults, unsure ones, and what the program lets pass."""
    with services.database.writing() as connection:
        station = station_of(connection, caller, body.station)
        made = doubles.draw(
            Reviewer(connection=connection, person=caller.person, now=services.clock()),
            station,
            body.code,
            since=body.since,
            until=body.last + dt.timedelta(days=1),
            size=body.size,
            others=body.others,
        )
        rows = kept.samples(connection, caller.reach)
        return _double(connection, next(row for row in rows if row["id"] == made))


@router.get("/queue")
def queue(
    caller: Labeller,
    services: Shared,
    station: Annotated[Code | None, Query()] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[Blind]:
    """Clips that the caller may still label, in an order that says nothing."""
    filters = (caller.person.id, station)
    key = services.cursors.read("doubles.queue", filters, cursor)
    with services.database.reading() as connection:
        rows = kept.waiting(
            connection,
            caller.reach,
            caller.person.id,
            station=station,
            after=None if key is None else key[0],
            limit=limit + 1,
        )
    keyed = [
        ((row["id"],), Blind(**{name: row[name] for name in Blind.model_fields})) for row in rows
    ]
    return services.cursors.page("doubles.queue", filters, keyed, limit)


@router.post("/{double}/labels", status_code=201)
def label(double: RowId, body: NewLabel, caller: Labeller, services: Shared) -> Labelled:
    """Say whether it is as the code says; 409 if the caller has, or two people have."""
    with services.database.writing() as connection:
        row = kept.find(connection, caller.reach, double)
        if row is None:
            raise not_found("clip to be labelled")
        if kept.was_there(connection, double, caller.person.id):
            raise Refused(HTTPStatus.FORBIDDEN, "you were on the shift: somebody else labels it")
        desk = Reviewer(connection=connection, person=caller.person, now=services.clock())
        return Labelled(id=double, number=doubles.label(desk, row, body.verdict))


def _double(connection: Connection, row: RowMapping) -> Double:
    said = doubles.result(connection, row)
    same = ("id", "station", "code", "since", "drawn_at", "vehicles", "labels")
    return Double(
        **{name: row[name] for name in same},
        last=row["until"] - dt.timedelta(days=1),
        pairs=said.pairs,
        kappa=_interval(said.kappa),
        precision=_interval(said.precision),
        recall=_interval(said.recall),
    )


def _interval(share: Share | None) -> Interval | None:
    return None if share is None else Interval(value=share.value, low=share.low, high=share.high)
