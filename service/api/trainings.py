"""Trainings: planned for whom, who was there, what the team finds hard, a month at a glance."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response
from sqlalchemy import Connection, RowMapping

from db import exams as sittings
from db import trainings as kept
from db.exam_types import NewTraining as Planned
from service import exams, trainings
from service.api.access import Caller, permission
from service.api.cursor import Cursor, Limit, Page
from service.api.months import Month
from service.api.places import station_of
from service.api.problems import Refused, not_found
from service.api.reports import FILES, As, In, answered
from service.api.training_models import (
    Hard,
    HardOnes,
    Invited,
    NewTraining,
    Presence,
    Trainee,
    Training,
    WholeTraining,
)
from service.api.values import Code, RowId
from service.api.wiring import Services, Shared
from service.errors import BadInput
from service.reports.document import Language
from service.reports.files import Format
from service.reports.names import Names
from service.reports.training import Overview, document
from service.rights import Permission
from service.trainings import LEAST, Planner

router = APIRouter(prefix="/v1/trainings", tags=["trainings"])

Trainer = Annotated[Caller, permission(Permission.TRAINING_MANAGE)]
Trained = Annotated[Caller, permission(Permission.EXAMS_SIT)]


@router.get("")
def listed(
    caller: Trainer, services: Shared, limit: Limit = 100, cursor: Cursor = None
) -> Page[Training]:
    """Trainings of your station, the newest first."""
    key = services.cursors.read("trainings", None, cursor)
    with services.database.reading() as connection:
        after = None if key is None else key[0]
        rows = kept.page(connection, kept.reached(caller.reach), after=after, limit=limit + 1)
    keyed = [((row["id"],), _training(row)) for row in rows]
    return services.cursors.page("trainings", None, keyed, limit)


@router.post("", status_code=201)
def plan(body: NewTraining, caller: Trainer, services: Shared) -> WholeTraining:
    """Plan a training; it cannot be changed afterwards, only ended and planned anew."""
    with services.database.writing() as connection:
        new = Planned(
            station_id=station_of(connection, caller, body.station),
            course=body.course,
            place=body.place,
            starts_at=body.starts_at,
            ends_at=body.ends_at,
            cost_fen=body.cost_fen,
        )
        made = trainings.plan(_planner(connection, caller, services), new, body.people)
        return _whole(connection, _find(connection, caller, made))


@router.get("/mine")
def mine(
    caller: Trained, services: Shared, limit: Limit = 100, cursor: Cursor = None
) -> Page[Training]:
    """Trainings that you are invited to, the newest first."""
    person = caller.person.id
    key = services.cursors.read("trainings.mine", person, cursor)
    with services.database.reading() as connection:
        after = None if key is None else key[0]
        rows = kept.page(connection, kept.invited_to(person), after=after, limit=limit + 1)
    keyed = [((row["id"],), _training(row)) for row in rows]
    return services.cursors.page("trainings.mine", person, keyed, limit)


@router.get("/people")
def people(caller: Trainer, services: Shared, station: Annotated[Code, Query()]) -> list[Trainee]:
    """Who may be trained at a station: its collectors, trainees and team leaders."""
    with services.database.reading() as connection:
        place = station_of(connection, caller, station)
        return [Trainee(**dict(row)) for row in kept.people_of(connection, place)]


@router.get("/hard")
def hard(caller: Trainer, services: Shared, station: Annotated[Code, Query()]) -> HardOnes:
    """What the station's people find hard, of the four weeks before this one.

    Only what at least three of them tried is told, and each weighs the same: nobody is singled out.
    """
    since, until = trainings.weeks(services.clock(), services.site.time_zone)
    with services.database.reading() as connection:
        place = station_of(connection, caller, station)
        rows = kept.hard(connection, place, since, until, LEAST)
    items = [
        Hard(
            exercise=row["exercise"],
            lines=list(services.deck[row["exercise"]].lines),
            people=row["people"],
            score=round(row["score"]),
        )
        for row in rows
        if row["exercise"] in services.deck
    ]
    return HardOnes(since=since, until=until, least=LEAST, items=items)


@router.get("/months/{month}", response_class=JSONResponse, responses=FILES)
def month(
    month: Month,
    caller: Trainer,
    services: Shared,
    station: Annotated[Code, Query()],
    form: As = Format.JSON,
    language: In = Language.ZH,
) -> Response:
    """A station's month of trainings and exams."""
    now = services.clock()
    since, until = month_span(services, month)
    with services.database.writing() as connection:
        place = station_of(connection, caller, station)
        where = sittings.at_station(place), sittings.begun(since, until)
        for row in sittings.sittings(connection, *where, sittings.unsettled(now)):
            exams.settle(connection, row, now)
        held = kept.page(connection, kept.within_span(place, since, until))
        sat = sittings.sittings(connection, *where)
    overview = Overview(
        station=station,
        month=month,
        trainings=[dict(row) for row in sorted(held, key=_begins)],
        sittings=[dict(row) | {"came": exams.came_to(row)} for row in reversed(sat)],
        made_at=now.astimezone(services.site.time_zone),
    )
    return answered(document(overview, Names(services.known, language)), form)


@router.get("/{training}")
def one(training: RowId, caller: Trainer, services: Shared) -> WholeTraining:
    """A training with those whom it is for, and who was there."""
    with services.database.reading() as connection:
        return _whole(connection, _find(connection, caller, training))


@router.post("/{training}/end", status_code=204)
def end(training: RowId, caller: Trainer, services: Shared) -> None:
    """Say that a training does not take place."""
    with services.database.writing() as connection:
        row = _find(connection, caller, training)
        trainings.end(_planner(connection, caller, services), row)


@router.post("/{training}/presence")
def presence(training: RowId, body: Presence, caller: Trainer, services: Shared) -> WholeTraining:
    """Write down who was there and who was not; the last word of each counts."""
    both = set(body.present) & set(body.absent)
    if both or not (body.present or body.absent):
        raise Refused(HTTPStatus.BAD_REQUEST, "name each in present or in absent, and somebody")
    with services.database.writing() as connection:
        row = _find(connection, caller, training)
        there = dict.fromkeys(body.present, True) | dict.fromkeys(body.absent, False)
        trainings.attend(_planner(connection, caller, services), row, there)
        return _whole(connection, _find(connection, caller, training))


def month_span(services: Services, month: str) -> tuple[dt.datetime, dt.datetime]:
    """A month's beginning and end, by the site's clock; refused if there is no such month."""
    try:
        return trainings.span(month, services.site.time_zone)
    except BadInput as error:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)) from None


def _begins(row: RowMapping) -> tuple[dt.datetime, int]:
    return row["starts_at"], row["id"]


def _find(connection: Connection, caller: Caller, training: int) -> RowMapping:
    row = kept.find(connection, caller.reach, training)
    if row is None:
        raise not_found("training")
    return row


def _training(row: RowMapping) -> Training:
    return Training(**{name: row[name] for name in Training.model_fields})


def _whole(connection: Connection, row: RowMapping) -> WholeTraining:
    asked = [
        Invited(**{name: each[name] for name in Invited.model_fields})
        for each in kept.invited(connection, row["id"])
    ]
    values = {name: row[name] for name in Training.model_fields}
    return WholeTraining(**values, people=asked)


def _planner(connection: Connection, caller: Caller, services: Services) -> Planner:
    return Planner(connection=connection, person=caller.person, now=services.clock())
