"""Exams for the trainer: set them, read result sheets, hear what was said, look at some again."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse
from sqlalchemy import Connection, RowMapping

from db import audit, people, trainings
from db import exams as kept
from db.drill_types import DrillKind
from db.exam_types import NewExam as Setting
from db.exam_types import NewItem
from db.people_types import Deed
from db.types import UsageError
from service import exams
from service.api.access import Caller, permission
from service.api.cursor import Cursor, Limit, Page
from service.api.drills import FLAC, kept_sound
from service.api.exam_models import NewExam, NewExamItem, NewLook, Sheet, Sitting, WholeExam
from service.api.exams import find, sat, sheet, whole
from service.api.months import Month
from service.api.places import station_of
from service.api.problems import not_found
from service.api.reports import FILES, As, In, answered
from service.api.trainings import month_span
from service.api.values import Code, RowId
from service.api.wiring import Services, Shared
from service.drill_score import line_of
from service.errors import BadInput
from service.exams import Examiner
from service.reports.document import Language
from service.reports.exam_sheet import ExamSheet, Said, document
from service.reports.files import Format
from service.reports.names import Names
from service.rights import Permission

router = APIRouter(prefix="/v1/exams", tags=["exams"])

Trainer = Annotated[Caller, permission(Permission.TRAINING_MANAGE)]


@router.post("", status_code=201)
def add(body: NewExam, caller: Trainer, services: Shared) -> WholeExam:
    """Set an exam; it cannot be changed afterwards, only ended."""
    items = [_asked(services, number, item) for number, item in enumerate(body.items, start=1)]
    with services.database.writing() as connection:
        station = station_of(connection, caller, body.station)
        if body.training is not None:
            training = trainings.find(connection, caller.reach, body.training)
            if training is None or training["station_id"] != station:
                raise not_found("training")
        new = Setting(
            station_id=station,
            title=body.title,
            by_heart=body.by_heart,
            pass_mark=body.pass_mark,
            minutes=body.minutes,
            retries=body.retries,
            sound_days=body.sound_days,
            opens_at=body.opens_at or services.clock(),
            closes_at=body.closes_at,
            training_id=body.training,
        )
        made = exams.add(_examiner(connection, caller, services), new, items)
        return whole(connection, services, find(connection, caller, made))


@router.get("/archive")
def archive(
    caller: Trainer,
    services: Shared,
    station: Annotated[Code | None, Query()] = None,
    month: Annotated[Month | None, Query(description="in which it was begun")] = None,
    exam: Annotated[RowId | None, Query()] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[Sitting]:
    """Sittings, the newest first, with what each came to."""
    filters = (station, month, exam)
    key = services.cursors.read("exams.archive", filters, cursor)
    with services.database.writing() as connection:
        where = [kept.reached(caller.reach)]
        if station is not None:
            where.append(kept.at_station(station_of(connection, caller, station)))
        if month is not None:
            where.append(kept.begun(*month_span(services, month)))
        if exam is not None:
            where.append(kept.to(exam))
        for row in kept.sittings(connection, *where, kept.unsettled(services.clock())):
            exams.settle(connection, row, services.clock())
        after = None if key is None else key[0]
        rows = kept.sittings(connection, *where, after=after, limit=limit + 1)
    keyed = [((row["id"],), Sitting(**sat(row))) for row in rows]
    return services.cursors.page("exams.archive", filters, keyed, limit)


@router.get("/archive/sample")
def sample(
    caller: Trainer,
    services: Shared,
    station: Annotated[Code, Query()],
    month: Annotated[Month, Query()],
    size: Annotated[int, Query(ge=1, le=50)] = 5,
) -> list[Sitting]:
    """Sittings of a month that nobody has looked at yet, by chance: for the monthly spot check.

    The chance is the database's own and the same all month, so that nobody draws until it suits.
    """
    with services.database.writing() as connection:
        place = station_of(connection, caller, station)
        where = kept.at_station(place), kept.begun(*month_span(services, month))
        rows = kept.sittings(connection, *where, kept.unchecked())
        seed = people.secret(connection, "spot-check", secrets.token_hex(32))
    return [Sitting(**sat(row)) for row in exams.drawn(rows, size, f"{seed} {place} {month}")]


@router.get("/archive/{sitting}")
def result(sitting: RowId, caller: Trainer, services: Shared) -> Sheet:
    """A result sheet."""
    with services.database.reading() as connection:
        return sheet(connection, services, _of(connection, caller, sitting), looked=True)


@router.get("/archive/{sitting}/report", response_class=JSONResponse, responses=FILES)
def report(
    sitting: RowId,
    caller: Trainer,
    services: Shared,
    form: As = Format.JSON,
    language: In = Language.ZH,
) -> Response:
    """A result sheet as a file, or for a page."""
    with services.database.reading() as connection:
        row = _of(connection, caller, sitting)
        asked = kept.items(connection, row["exam_id"])
        found = exams.standings(connection, row, asked)
    items = [
        Said(
            text=item["text"],
            turn=one.turn,
            score=one.last["score"] if one.last else None,
            unsure=one.result.get("unsure"),
            advice=one.result.get("advice"),
        )
        for item, one in zip(asked, found, strict=True)
    ]
    made_at = services.clock().astimezone(services.site.time_zone)
    drawn = ExamSheet(sitting=dict(row), came=exams.came_to(row), items=items, made_at=made_at)
    return answered(document(drawn, Names(services.known, language)), form)


@router.get(
    "/archive/{sitting}/items/{item}/sound",
    response_class=Response,
    responses={200: {"content": {FLAC: {"schema": {"type": "string", "format": "binary"}}}}},
)
def sound(sitting: RowId, item: RowId, caller: Trainer, services: Shared) -> Response:
    """What was said to an item, FLAC, while it is kept. Who hears it is written down first."""
    with services.database.writing() as connection:
        row = _of(connection, caller, sitting)
        items = [one for one in kept.items(connection, row["exam_id"]) if one["number"] == item]
        found = exams.standings(connection, row, items)
        last = found[0].last if found else None
        if last is None or last["sha256"] is None:
            raise not_found("sound")
        deed = Deed(
            action="exam.heard",
            person_id=caller.person.id,
            thing=f"{sitting}/{item}",
            station_id=row["station_id"],
        )
        audit.note(connection, deed, services.clock())
    return kept_sound(services, last)


@router.post("/archive/{sitting}/looks", status_code=201)
def look(sitting: RowId, body: NewLook, caller: Trainer, services: Shared) -> Sheet:
    """Look at a sitting again and say what it came to: your word counts, not the program's."""
    with services.database.writing() as connection:
        row = _of(connection, caller, sitting)
        who = _examiner(connection, caller, services)
        exams.look(who, row, body.seen, body.result, body.text)
        return sheet(connection, services, _of(connection, caller, sitting), looked=True)


@router.get("/{exam}/items")
def items(exam: RowId, caller: Trainer, services: Shared) -> WholeExam:
    """An exam with what it asks."""
    with services.database.reading() as connection:
        return whole(connection, services, find(connection, caller, exam))


@router.post("/{exam}/end", status_code=204)
def end(exam: RowId, caller: Trainer, services: Shared) -> None:
    """End an exam: nobody begins it any more."""
    with services.database.writing() as connection:
        row = find(connection, caller, exam)
        exams.end(_examiner(connection, caller, services), row)


def _asked(services: Services, number: int, item: NewExamItem) -> NewItem:
    if (item.exercise is None) == (item.text is None):
        raise UsageError(f"item {number}: name either exercise or text")
    if item.exercise is not None:
        card = services.deck.get(item.exercise)
        if card is None:
            raise UsageError(f"item {number}: no such exercise: GET /v1/drills/deck")
        return NewItem(kind=card.kind, exercise=card.key, text=card.text)
    try:
        text = line_of(services.known, None, item.text)
    except BadInput as error:
        raise UsageError(f"item {number}: {error}") from None
    return NewItem(kind=DrillKind.AMOUNT, exercise=None, text=text)


def _of(connection: Connection, caller: Caller, sitting: int) -> RowMapping:
    rows = kept.sittings(connection, kept.reached(caller.reach), kept.numbered(sitting))
    if not rows:
        raise not_found("sitting")
    return rows[0]


def _examiner(connection: Connection, caller: Caller, services: Services) -> Examiner:
    return Examiner(connection=connection, person=caller.person, now=services.clock())
