"""Exams for whoever sits them: what there is, a sitting, answers, and what it came to."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import Field
from sqlalchemy import Connection, RowMapping

from audio.files import AudioError
from db import exams as kept
from service import bootstrap, drill_pace, drill_sound, exams
from service.api.access import Caller, permission
from service.api.cursor import Cursor, Limit, Page
from service.api.drills import SOUND
from service.api.exam_models import Exam, ExamItem, Look, Sheet, Sitting, Turn, WholeExam
from service.api.problems import Refused, not_found
from service.api.values import RowId
from service.api.wiring import Services, Shared
from service.drill_trouble import TOLD, Trouble
from service.exams import Examiner, Standing
from service.rights import Permission

router = APIRouter(prefix="/v1/exams", tags=["exams"])

Sitter = Annotated[Caller, permission(Permission.EXAMS_SIT)]
ANSWERS = "/v1/exams/answers"
_Pair = Annotated[str, Field(pattern=r"^[0-9]{1,9}:[0-9]{1,9}$", examples=["1000:1000"])]


@router.get("")
def listed(
    caller: Sitter, services: Shared, limit: Limit = 100, cursor: Cursor = None
) -> Page[Exam]:
    """Exams of your station, the newest first."""
    key = services.cursors.read("exams", None, cursor)
    with services.database.reading() as connection:
        after = None if key is None else key[0]
        rows = kept.page(connection, caller.reach, after=after, limit=limit + 1)
    keyed = [((row["id"],), Exam(**columns(row))) for row in rows]
    return services.cursors.page("exams", None, keyed, limit)


@router.get("/sittings")
def mine(
    caller: Sitter, services: Shared, limit: Limit = 100, cursor: Cursor = None
) -> Page[Sitting]:
    """Your sittings, the newest first."""
    person = caller.person.id
    key = services.cursors.read("exams.sittings", person, cursor)
    with services.database.writing() as connection:
        own = kept.of(person)
        for row in kept.sittings(connection, own, kept.unsettled(services.clock())):
            exams.settle(connection, row, services.clock())
        after = None if key is None else key[0]
        rows = kept.sittings(connection, own, after=after, limit=limit + 1)
    keyed = [((row["id"],), Sitting(**sat(row))) for row in rows]
    return services.cursors.page("exams.sittings", person, keyed, limit)


@router.get("/sittings/{sitting}")
def sitting(sitting: RowId, caller: Sitter, services: Shared) -> Sheet:
    """A sitting of yours: how far you are, and what came of it once all is judged."""
    with services.database.writing() as connection:
        return sheet(connection, services, _own(connection, caller, services, sitting))


@router.post("/sittings/{sitting}/finish")
def finish(sitting: RowId, caller: Sitter, services: Shared) -> Sheet:
    """End a sitting before its time; ask for it again until it is settled."""
    with services.database.writing() as connection:
        row = _own(connection, caller, services, sitting)
        exams.finish(_examiner(connection, caller, services), row)
        return sheet(connection, services, _own(connection, caller, services, sitting))


@router.post("/answers", status_code=201, openapi_extra=SOUND)
async def answer(
    request: Request,
    caller: Sitter,
    services: Shared,
    sitting: Annotated[RowId, Query()],
    item: Annotated[int, Query(ge=1, le=50, description="its number")],
    clock: Annotated[
        Sequence[_Pair],
        Query(
            max_length=100,
            description="where it was said: once a second the milliseconds by that machine's "
            "clock, and of sound by then. 422 if the sound was faster or slower all along",
        ),
    ] = (),
) -> Turn:
    """Say an item of a sitting of yours: once, and again only if it could not be judged."""
    await run_in_threadpool(_asked, services, caller, sitting, item)
    body = await request.body()
    pairs = [one.split(":") for one in clock]
    if drill_pace.astray([(float(at), float(sound)) for at, sound in pairs]):
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, TOLD[Trouble.WRONG_RATE].en)
    kind = request.headers.get("content-type", "")
    return await run_in_threadpool(_take, services, caller, sitting, item, body, kind)


@router.get("/{exam}")
def one(exam: RowId, caller: Sitter, services: Shared) -> Exam:
    """An exam, without what it asks: that is shown in a sitting."""
    with services.database.reading() as connection:
        return Exam(**columns(find(connection, caller, exam)))


@router.post("/{exam}/sittings", status_code=201)
def sit(exam: RowId, caller: Sitter, services: Shared) -> Sheet:
    """Begin: the time runs from now. 409, which says why, if you may not."""
    with services.database.writing() as connection:
        row = find(connection, caller, exam)
        made = exams.sit(_examiner(connection, caller, services), row)
        return sheet(connection, services, _own(connection, caller, services, made))


def find(connection: Connection, caller: Caller, exam: int) -> RowMapping:
    """An exam within the caller's reach."""
    row = kept.find(connection, caller.reach, exam)
    if row is None:
        raise not_found("exam")
    return row


def columns(row: RowMapping) -> dict[str, Any]:
    """An exam's row as it is told."""
    values = {name: row[name] for name in Exam.model_fields if name != "training"}
    return values | {"training": row["training_id"]}


def sat(row: RowMapping) -> dict[str, Any]:
    """A sitting's row as it is told."""
    apart = {"exam", "result"}
    values = {name: row[name] for name in Sitting.model_fields if name not in apart}
    return values | {"exam": row["exam_id"], "result": exams.came_to(row)}


def whole(connection: Connection, services: Services, row: RowMapping) -> WholeExam:
    """An exam with what it asks, for who set it."""
    items = [
        ExamItem(number=item["number"], text=item["text"], **_named(services, item))
        for item in kept.items(connection, row["id"])
    ]
    return WholeExam(**columns(row), items=items)


def sheet(
    connection: Connection, services: Services, row: RowMapping, *, looked: bool = False
) -> Sheet:
    """A sitting with each item; `looked`: a trainer looks at it."""
    items = kept.items(connection, row["exam_id"])
    found = exams.standings(connection, row, items)
    shown = row["settled_at"] is not None
    turns = [
        _turn(services, item, standing, shown=shown, text=shown or looked or not row["by_heart"])
        for item, standing in zip(items, found, strict=True)
    ]
    said = [
        Look(**dict(each) | {"text": each["text"] or None})
        for each in kept.looks(connection, row["id"])
    ]
    return Sheet(**sat(row), items=turns, said=said)


def _turn(services: Services, item: RowMapping, one: Standing, *, shown: bool, text: bool) -> Turn:
    last = one.last
    place = services.judge.place(last["id"]) if last and one.waits else None
    result = one.result
    unjudged = last is not None and not one.waits and last["score"] is None
    return Turn(
        number=one.number,
        text=item["text"] if text else None,
        **_named(services, item),
        state=one.state,
        turn=one.turn,
        ahead=place.ahead if place else None,
        about_s=place.about_s if place else None,
        score=last["score"] if last and shown else None,
        problem=last["problem"] if last and (shown or unjudged) else None,
        advice=result.get("advice") if shown or unjudged else None,
        chars=result.get("chars", []) if shown else [],
        manner=result.get("manner") if shown else None,
        sound=last is not None and last["sha256"] is not None,
    )


def _named(services: Services, item: RowMapping) -> dict[str, Any]:
    card = services.deck.get(item["exercise"] or "")
    return {
        "kind": item["kind"],
        "exercise": item["exercise"],
        "phrases": sorted(card.phrases) if card else [],
    }


def _own(connection: Connection, caller: Caller, services: Services, sitting: int) -> RowMapping:
    """A sitting of the caller's, settled if it can be."""
    own = kept.of(caller.person.id), kept.numbered(sitting)
    rows = kept.sittings(connection, *own)
    if not rows:
        raise not_found("sitting")
    if rows[0]["settled_at"] is None and exams.settle(connection, rows[0], services.clock()):
        rows = kept.sittings(connection, *own)
    return rows[0]


def _item(connection: Connection, row: RowMapping, number: int) -> RowMapping:
    found = [one for one in kept.items(connection, row["exam_id"]) if one["number"] == number]
    if not found:
        raise not_found("item")
    return found[0]


def _asked(services: Services, caller: Caller, sitting: int, item: int) -> None:
    """Refuse what is of no sitting before the sound is read."""
    with services.database.writing() as connection:
        _item(connection, _own(connection, caller, services, sitting), item)


def _take(
    services: Services, caller: Caller, sitting: int, number: int, body: bytes, kind: str
) -> Turn:
    try:
        samples = drill_sound.read(body, kind)
    except AudioError as error:
        raise Refused(HTTPStatus.BAD_REQUEST, str(error)) from None
    vault = bootstrap.vault(services.site, services.database.writer)
    with (
        drill_sound.held(vault, samples) as sealed,
        services.database.writing() as connection,
    ):
        row = _own(connection, caller, services, sitting)
        item = _item(connection, row, number)
        who = _examiner(connection, caller, services)
        digest = drill_sound.digest(body)
        attempt = exams.answer(who, row, item, digest, sealed, vault.wrapped_by)
    services.judge.take(attempt)
    with services.database.reading() as connection:
        (found,) = exams.standings(connection, row, [item])
        return _turn(services, item, found, shown=False, text=not row["by_heart"])


def _examiner(connection: Connection, caller: Caller, services: Services) -> Examiner:
    return Examiner(connection=connection, person=caller.person, now=services.clock())
