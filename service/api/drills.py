"""Drills: what is due today, tries and what came of them, how it goes; one's own alone."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import RowMapping

from audio.files import AudioError
from db import drills as kept
from db.drill_types import DrillKind, NewAttempt
from db.vault import ClipError
from service import bootstrap, drill_sound, drills
from service.api.access import Caller, permission
from service.api.cursor import Cursor, Limit, Page
from service.api.drill_models import (
    Attempt,
    Known,
    Progress,
    Queue,
    State,
    Strong,
    Task,
)
from service.api.problems import Refused, not_found
from service.api.values import RowId
from service.api.wiring import Services, Shared
from service.drill_deck import Exercise
from service.drill_score import line_of
from service.errors import BadInput
from service.rights import Permission

router = APIRouter(prefix="/v1/drills", tags=["drills"])

Trainee = Annotated[Caller, permission(Permission.DRILLS_PRACTISE)]
ATTEMPTS = "/v1/drills/attempts"
MOST_WAITING = 3
"""tries of one person that wait at once"""
SOUND = {
    "requestBody": {
        "description": "A sound file (WAV, FLAC, Opus, WebM), or bare samples: 16 bits, "
        "little-endian, mono, as audio/L16;rate=16000. A minute at most; of it the first channel.",
        "required": True,
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in ("audio/wav", "audio/webm", drill_sound.PCM)
        },
    }
}
FLAC = "audio/flac"


@router.get("/deck")
def deck(caller: Trainee, services: Shared) -> list[Known]:  # noqa: ARG001
    """All that can be practised, in the order in which it is learnt."""
    return [Known(**_of(one)) for one in services.deck.values()]


@router.get("/today")
def today(caller: Trainee, services: Shared) -> Queue:
    """What is to be practised today; what your own last shifts lacked comes first."""
    now = services.clock()
    with services.database.reading() as connection:
        missed = drills.own(connection, services.deck, services.known.dialogues, caller.person, now)
        found = drills.today(
            connection,
            services.deck,
            missed,
            caller.person.id,
            now=now,
            zone=services.site.time_zone,
            new_a_day=services.site.new_a_day,
        )
    tasks = [
        Task(**_of(one.exercise), why=one.why, due=one.due, strength=one.strength)
        for one in found.tasks
    ]
    return Queue(tasks=tasks, done=found.done, new_left=found.new_left)


@router.get("/progress")
def progress(caller: Trainee, services: Shared) -> Progress:
    """How regularly you practise, and how strong each card is."""
    with services.database.reading() as connection:
        found = drills.progress(
            connection,
            services.deck,
            caller.person.id,
            now=services.clock(),
            zone=services.site.time_zone,
        )
    cards = [
        Strong(
            exercise=one.exercise.key,
            lines=list(one.exercise.lines),
            strength=one.strength,
            due=one.due,
        )
        for one in found.cards
    ]
    return Progress(days=found.days, of=found.of, today=found.today, tries=found.tries, cards=cards)


@router.get("/attempts")
def attempts(
    caller: Trainee, services: Shared, limit: Limit = 100, cursor: Cursor = None
) -> Page[Attempt]:
    """Your tries, the newest first."""
    person = caller.person.id
    key = services.cursors.read("drills.attempts", person, cursor)
    with services.database.reading() as connection:
        after = None if key is None else key[0]
        rows = kept.page(connection, person, after=after, limit=limit + 1)
    keyed = [((row["id"],), _attempt(services, row)) for row in rows]
    return services.cursors.page("drills.attempts", person, keyed, limit)


@router.post("/attempts", status_code=201, openapi_extra=SOUND)
async def try_it(
    request: Request,
    caller: Trainee,
    services: Shared,
    exercise: Annotated[str | None, Query(max_length=200, description="of the deck")] = None,
    text: Annotated[
        str | None, Query(max_length=200, description="or any line; sums may be digits")
    ] = None,
    kind: Annotated[DrillKind, Query(description="of a line that is not of the deck")] = (
        DrillKind.AMOUNT
    ),
    helped: Annotated[bool, Query(description="the model voice was heard just before")] = False,
    keep: Annotated[bool, Query(description="keep the sound after it is judged")] = False,
) -> Attempt:
    """Send a try: it is stored before it is acknowledged, and judged in its turn.

    Ask for it again until its state is no longer `waiting`.
    """
    new = await run_in_threadpool(asked_for, services, caller, exercise, text, kind)
    body = await request.body()
    attempt = await run_in_threadpool(
        taken, services, caller, (*new, helped), body, request.headers.get("content-type", ""), keep
    )
    return await run_in_threadpool(answer, services, caller, attempt)


@router.delete("/attempts", status_code=204)
def forget(caller: Trainee, services: Shared) -> None:
    """Delete all your tries, their sound and your cards: you begin anew. Exams stay."""
    with services.database.writing() as connection:
        files = kept.forget_person(connection, caller.person.id, exams=False)
    _remove(services, files)


@router.get("/attempts/{attempt}")
def attempt(attempt: RowId, caller: Trainee, services: Shared) -> Attempt:
    """A try of yours, and what came of it."""
    return answer(services, caller, attempt)


@router.post("/attempts/{attempt}/keep")
def keep(attempt: RowId, caller: Trainee, services: Shared) -> Attempt:
    """Keep the sound of a try that is not judged yet; 409: it is gone."""
    until = services.clock() + dt.timedelta(days=services.site.sound_days)
    with services.database.writing() as connection:
        if kept.find(connection, attempt, caller.person.id) is None:
            raise not_found("try")
        if not kept.keep(connection, attempt, until):
            raise Refused(
                HTTPStatus.CONFLICT,
                "the sound went when it was judged: send the next one with keep=true",
            )
    return answer(services, caller, attempt)


@router.delete("/attempts/{attempt}", status_code=204)
def delete(attempt: RowId, caller: Trainee, services: Shared) -> None:
    """Delete a try and its sound; what it taught of its card stays."""
    with services.database.writing() as connection:
        if kept.find(connection, attempt, caller.person.id) is None:
            raise not_found("try")
        files = kept.forget(connection, [attempt])
    _remove(services, files)


@router.delete("/attempts/{attempt}/sound", status_code=204)
def drop(attempt: RowId, caller: Trainee, services: Shared) -> None:
    """Delete the sound that was kept of a try."""
    with services.database.writing() as connection:
        row = kept.find(connection, attempt, caller.person.id)
        if row is None or row["sha256"] is None:
            raise not_found("sound")
        if row["judged_at"] is None:
            raise Refused(HTTPStatus.CONFLICT, "the try waits to be judged: delete the try itself")
        gone = kept.drop_sound(connection, attempt)
    _remove(services, [gone] if gone else [])


@router.get(
    "/attempts/{attempt}/sound",
    response_class=Response,
    responses={200: {"content": {FLAC: {"schema": {"type": "string", "format": "binary"}}}}},
)
def sound(attempt: RowId, caller: Trainee, services: Shared) -> Response:
    """What you said, FLAC, while it is kept."""
    with services.database.reading() as connection:
        row = kept.find(connection, attempt, caller.person.id)
    if row is None or row["sha256"] is None:
        raise not_found("sound")
    return kept_sound(services, row)


def kept_sound(services: Services, row: RowMapping) -> Response:
    """The sound of a try, from the vault. Refused if it cannot be opened here."""
    try:
        vault = bootstrap.vault(services.site, services.database.writer)
        content = vault.get(row["sha256"], row["wrapped"])
    except (ClipError, BadInput):
        raise not_found("sound") from None
    return Response(content, media_type=FLAC)


def asked_for(
    services: Services, caller: Caller, exercise: str | None, text: str | None, kind: DrillKind
) -> tuple[DrillKind, str | None, str]:
    """Kind, card and line of what is tried; refused before the sound is read."""
    with services.database.reading() as connection:
        if kept.waits(connection, caller.person.id) >= MOST_WAITING:
            raise Refused(
                HTTPStatus.TOO_MANY_REQUESTS,
                f"{MOST_WAITING} of your tries wait to be judged: let that be done first",
                headers={"Retry-After": "1"},
            )
    if (exercise is None) == (text is None):
        raise Refused(HTTPStatus.BAD_REQUEST, "name either exercise or text")
    if exercise is not None:
        found = services.deck.get(exercise)
        if found is None:
            raise Refused(HTTPStatus.BAD_REQUEST, "no such exercise: GET /v1/drills/deck")
        return found.kind, found.key, found.text
    if kind not in (DrillKind.AMOUNT, DrillKind.PHRASE):
        raise Refused(HTTPStatus.BAD_REQUEST, "text is of kind amount or phrase")
    try:
        return kind, None, line_of(services.known, None, text)
    except BadInput as error:
        raise Refused(HTTPStatus.BAD_REQUEST, str(error)) from None


def taken(
    services: Services,
    caller: Caller,
    new: tuple[DrillKind, str | None, str, bool],
    body: bytes,
    content_type: str,
    keep: bool,
) -> int:
    """Store the try and its sound, and have it judged; its id."""
    try:
        samples = drill_sound.read(body, content_type)
    except AudioError as error:
        raise Refused(HTTPStatus.BAD_REQUEST, str(error)) from None
    kind, exercise, text, helped = new
    attempt = NewAttempt(
        person_id=caller.person.id,
        kind=kind,
        exercise=exercise,
        text=text,
        helped=helped,
        digest=drill_sound.digest(body),
    )
    now = services.clock()
    vault = bootstrap.vault(services.site, services.database.writer)
    with (
        drill_sound.held(vault, samples) as sealed,
        services.database.writing() as connection,
    ):
        made = kept.add(
            connection,
            attempt,
            now,
            sound=sealed,
            wrapped_by=vault.wrapped_by,
            until=now + dt.timedelta(days=services.site.sound_days) if keep else None,
        )
    services.judge.take(made)
    return made


def answer(services: Services, caller: Caller, attempt: int) -> Attempt:
    """How it stands with a try of theirs."""
    with services.database.reading() as connection:
        row = kept.find(connection, attempt, caller.person.id)
    if row is None:
        raise not_found("try")
    return _attempt(services, row)


def _attempt(services: Services, row: RowMapping) -> Attempt:
    waiting = row["judged_at"] is None
    place = services.judge.place(row["id"]) if waiting else None
    result = row["result"] or {}
    done = State.UNJUDGED if row["score"] is None else State.JUDGED
    same = ("id", "at", "kind", "exercise", "text", "score", "problem")
    return Attempt(
        **{name: row[name] for name in same},
        state=State.WAITING if waiting else done,
        ahead=place.ahead if place else None,
        about_s=place.about_s if place else None,
        unsure=result.get("unsure"),
        advice=result.get("advice"),
        chars=result.get("chars", []),
        manner=result.get("manner"),
        kept_until=row["until"],
    )


def _of(one: Exercise) -> dict[str, Any]:
    return {
        "exercise": one.key,
        "kind": one.kind,
        "lines": list(one.lines),
        "text": one.text,
        "phrases": sorted(one.phrases),
    }


def _remove(services: Services, files: list[str]) -> None:
    if files:
        vault = bootstrap.vault(services.site, services.database.writer)
        for name in files:
            vault.remove(name)
