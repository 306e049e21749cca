"""Edit the catalogs: a draft, its faults, what it would change, published versions, roll back."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import ConfigDict, Field
from sqlalchemy import Connection, RowMapping

from audio.files import AudioError
from db import catalogs
from phrases.source import Fault
from phrases.types import Outcome
from service import catalog_clip, catalog_phrase, catalog_shelf, try_line
from service.api import clips
from service.api.access import Caller, permission
from service.api.catalogs import TakenFor, TypedLine
from service.api.clips import ClipId
from service.api.problems import Refused, not_found
from service.api.values import Day, Input, Line, Output, Prose, RowId, Utc
from service.api.wiring import Services, Shared
from service.bootstrap import Knowledge
from service.catalog_shelf import Writer
from service.errors import BadInput, Failed
from service.rights import Permission, reach

router = APIRouter(prefix="/v1/catalogs", tags=["catalogs"])

Editor = Annotated[Caller, permission(Permission.CATALOGS_EDIT)]
Seen = Annotated[int, Field(ge=0, description="number of the draft that you saw; 0: none")]
LONGEST_DAYS = 92
"""days that one replay may be over"""


class FileFault(Output):
    """Something that is wrong with a file."""

    file: str
    key: str = Field(description="dotted path; empty: the whole file")
    problem: str


class Draft(Output):
    """The draft as it stands."""

    number: int = Field(description="0: nobody has begun one")
    at: Utc | None
    person: str | None
    files: dict[str, str] = Field(description="name to the text of a TOML file")
    faults: list[FileFault] = Field(description="with any of them nothing can be published")


class NewDraft(Input):
    """What the draft is to be from now on."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "seen": 0,
                "files": {"phrases.toml": '[[change]]\nid = "wait"\nvariants = ["稍等片刻"]\n'},
            }
        }
    )
    seen: Seen
    files: Annotated[dict[str, str], Field(max_length=20)]


class NewWording(Input):
    """A phrase that is added, or another wording of one that there is."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"seen": 0, "id": "wait", "variants": "稍等片刻", "off": False}
        }
    )
    seen: Seen
    id: Line = Field(description="of a phrase that there is: it is changed; else it is added")
    zh: Line | None = Field(None, description="the standard wording; needed for a new phrase")
    variants: Annotated[str, Field(max_length=2_000)] | None = Field(
        None, description="accepted besides, one a line"
    )
    without: Annotated[str, Field(max_length=2_000)] | None = Field(
        None, description="variants that count no longer, one a line"
    )
    off: bool = Field(False, description="it is not listened for any more")


class OneClip(Input):
    """A clip that is kept."""

    model_config = ConfigDict(json_schema_extra={"example": {"clip": "0" * 64}})
    clip: ClipId


class HeardInClip(Output):
    """What is heard in it, with the sound asked as in a booth."""

    in_use: list[TakenFor]
    draft: list[TakenFor]


class Publication(Input):
    """Publish the draft."""

    model_config = ConfigDict(json_schema_extra={"example": {"seen": 1, "note": "稍等片刻也算"}})
    seen: Seen
    note: Prose


class Choice(Input):
    """Have a version in use again."""

    model_config = ConfigDict(json_schema_extra={"example": {"version": None, "reason": "误判多"}})
    version: RowId | None = Field(description="null: what ships, with the settings' files")
    reason: Prose


class Version(Output):
    """Files that were published."""

    id: int
    at: Utc
    person: str | None = Field(description="null: from the machine itself")
    note: str
    catalog: str = Field(description="the version that results are stamped with")
    files: dict[str, str]


class Use(Output):
    """What was in use from when on."""

    at: Utc
    person: str | None
    version: int | None = Field(description="null: what ships, with the settings' files")
    reason: str


class Versions(Output):
    """All that was published, and what was in use when; the newest first."""

    in_use: int | None = Field(description="null: what ships, with the settings' files")
    versions: list[Version]
    uses: list[Use]


class NewReplay(Input):
    """Over which days the draft is to be replayed."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"seen": 1, "from": "2026-11-01", "to": "2026-11-30"}}
    )
    seen: Seen
    since: Day = Field(alias="from", description="first day, of the shifts' starts")
    last: Day = Field(alias="to", description="last day")


class Move(Output):
    """Vehicles whose outcome would be another."""

    was: Outcome
    becomes: Outcome
    vehicles: int


class CodeCount(Output):
    """In how many vehicles a finding is, and would be."""

    code: str
    before: int
    after: int


class Whose(Output):
    """How many of somebody's vehicles would be judged otherwise."""

    who: str = Field(description="station and collector")
    vehicles: int
    better: int
    worse: int


class Example(Output):
    """A vehicle that would be judged otherwise."""

    shift: str
    position: int
    vehicle: str
    was: Outcome
    becomes: Outcome


class Replay(Output):
    """What a draft would change, as far as it was replayed."""

    id: int
    draft: int
    at: Utc
    person: str | None
    since: dt.date
    last: dt.date
    shifts: int
    done: int
    ended_at: Utc | None
    problem: str | None = Field(description="why it could not go on")
    vehicles: int
    left: int = Field(description="shifts that could not be read")
    moves: list[Move]
    codes: list[CodeCount]
    collectors: list[Whose]
    examples: list[Example] = Field(description="the first 200")


@router.get("/draft")
def draft(caller: Editor, services: Shared) -> Draft:
    """The draft with its faults; where there is none, what is in use, to begin from."""
    _everywhere(caller)
    with services.database.reading() as connection:
        return _draft(connection, services)


@router.put("/draft")
def save(body: NewDraft, caller: Editor, services: Shared) -> Draft:
    """Write the draft, whatever is wrong with it; 409 if somebody else has meanwhile."""
    with _writing(caller, services) as who:
        catalog_shelf.save(who, body.seen, body.files)
        return _draft(who.connection, services)


@router.post("/draft/phrases", status_code=201)
def reword(body: NewWording, caller: Editor, services: Shared) -> Draft:
    """Add a phrase to the draft, or change one."""
    with _writing(caller, services) as who:
        files = _files(catalogs.draft(who.connection), who.connection, services)
        known = catalog_shelf.tried(services.configured, files).known or services.known
        block = catalog_phrase.block(
            known.catalog,
            body.id,
            zh=body.zh,
            variants=(body.variants or "").splitlines(),
            without=(body.without or "").splitlines(),
            off=body.off,
        )
        text = files.get("phrases.toml", "")
        changed = {**files, "phrases.toml": f"{text.rstrip()}\n\n{block}".lstrip()}
        catalog_shelf.save(who, body.seen, changed)
        return _draft(who.connection, services)


@router.post("/draft/line")
def line(body: TypedLine, caller: Editor, services: Shared) -> list[TakenFor]:
    """For which phrases a typed line would be taken under the draft; nothing is kept."""
    _everywhere(caller)
    known = _drafted(services)
    return [TakenFor(**one) for one in try_line.tried(body.text, known)]


@router.post("/draft/clip")
def clip(body: OneClip, caller: Editor, services: Shared) -> HeardInClip:
    """Hear a kept clip by what is in use and by the draft; that it was opened is written down.

    409 if the draft has faults, or the clip is at its booth: it was asked for, come back for it.
    """
    _everywhere(caller)
    person = caller.person
    hears = reach(person.grants, person.collector_id, Permission.CLIPS_READ)
    known = _drafted(services)
    found = clips.clip(body.clip, Caller(active=caller.active, reach=hears), services)
    if found.status_code != HTTPStatus.OK:
        raise Refused(HTTPStatus.CONFLICT, "the clip is at its booth and was asked for: come back")
    try:
        recognizer = services.recognizer()
        both = [
            [TakenFor(**one) for one in catalog_clip.heard(bytes(found.body), recognizer, each)]
            for each in (services.known, known)
        ]
    except (AudioError, BadInput, Failed) as error:
        raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, str(error)) from None
    return HeardInClip(in_use=both[0], draft=both[1])


@router.post("/draft/publication", status_code=201)
def publish(body: Publication, caller: Editor, services: Shared) -> Versions:
    """Publish the draft: shifts that begin from now on are judged by it; 400 names its faults."""
    with _writing(caller, services) as who:
        _, site, known = catalog_shelf.publish(who, services.configured, body.seen, body.note)
        found = _versions(who.connection)
    services.site, services.known = site, known
    return found


@router.get("/versions")
def versions(caller: Editor, services: Shared) -> Versions:
    """What was published, by whom and why, and what was in use from when on."""
    _everywhere(caller)
    with services.database.reading() as connection:
        return _versions(connection)


@router.post("/uses", status_code=201)
def use(body: Choice, caller: Editor, services: Shared) -> Versions:
    """Roll back: have an earlier version in use, or what ships; 409 if it is in use."""
    with _writing(caller, services) as who:
        try:
            site, known = catalog_shelf.use(who, services.configured, body.version, body.reason)
        except LookupError:
            raise not_found("version") from None
        found = _versions(who.connection)
    services.site, services.known = site, known
    return found


@router.post("/replays", status_code=202)
def ask_replay(body: NewReplay, caller: Editor, services: Shared) -> Replay:
    """Have the draft replayed over stored days; it goes on while one is away."""
    days = (body.last - body.since).days + 1
    if not 1 <= days <= LONGEST_DAYS:
        raise Refused(HTTPStatus.BAD_REQUEST, f"a replay is over 1 to {LONGEST_DAYS} days")
    with _writing(caller, services) as who:
        found = catalogs.draft(who.connection)
        if found is None or found["number"] != body.seen:
            raise Refused(HTTPStatus.CONFLICT, "the draft was changed meanwhile: look again")
        made = catalogs.ask_replay(
            who.connection,
            body.seen,
            (body.since, body.last + dt.timedelta(days=1)),
            by=who.person_id,
            at=who.now,
        )
        (row,) = catalogs.replays(who.connection, key=made)
    services.replays.wake()
    return _replay(row)


@router.get("/replays")
def replays(caller: Editor, services: Shared) -> list[Replay]:
    """All replays, the newest first."""
    _everywhere(caller)
    with services.database.reading() as connection:
        return [_replay(row) for row in catalogs.replays(connection)]


@router.get("/replays/{replay}")
def one_replay(replay: RowId, caller: Editor, services: Shared) -> Replay:
    """How far a replay is, and what would change so far."""
    _everywhere(caller)
    with services.database.reading() as connection:
        rows = catalogs.replays(connection, key=replay)
    if not rows:
        raise not_found("replay")
    return _replay(rows[0])


@contextmanager
def _writing(caller: Caller, services: Services) -> Iterator[Writer]:
    _everywhere(caller)
    with services.database.writing() as connection:
        yield Writer(connection=connection, person_id=caller.person.id, now=services.clock())


def _everywhere(caller: Caller) -> None:
    if not caller.reach.everything:
        raise Refused(
            HTTPStatus.FORBIDDEN, "catalogs are every station's: it takes the role for all of them"
        )


def _drafted(services: Services) -> Knowledge:
    """What the draft makes. Refused while it has faults."""
    with services.database.reading() as connection:
        files = _files(catalogs.draft(connection), connection, services)
    known = catalog_shelf.tried(services.configured, files).known
    if known is None:
        raise Refused(HTTPStatus.CONFLICT, "the draft has faults: mend them first")
    return known


def _files(found: RowMapping | None, connection: Connection, services: Services) -> dict[str, str]:
    """The draft's files; what is in use where nobody has begun one."""
    if found is not None:
        files: dict[str, str] = json.loads(found["files"])
        return files
    used = catalogs.in_use(connection)
    return dict(catalog_shelf.of_settings(services.configured) if used is None else used[1])


def _draft(connection: Connection, services: Services) -> Draft:
    found = catalogs.draft(connection)
    files = _files(found, connection, services)
    return Draft(
        number=0 if found is None else found["number"],
        at=None if found is None else found["at"],
        person=None if found is None else found["person"],
        files=files,
        faults=[_fault(one) for one in catalog_shelf.tried(services.configured, files).faults],
    )


def _fault(one: Fault) -> FileFault:
    return FileFault(file=one.file, key=one.key, problem=one.problem)


def _versions(connection: Connection) -> Versions:
    used = catalogs.in_use(connection)
    return Versions(
        in_use=None if used is None else used[0],
        versions=[
            Version(**{**dict(row), "files": json.loads(row["files"])})
            for row in catalogs.versions(connection)
        ],
        uses=[
            Use(
                at=row["at"],
                person=row["person"],
                version=row["version_id"],
                reason=row["reason"],
            )
            for row in catalogs.uses(connection)
        ],
    )


def _replay(row: RowMapping) -> Replay:
    found: dict[str, Any] = json.loads(row["result"])
    moves = (key.split(">") + [number] for key, number in found.get("moves", {}).items())
    return Replay(
        **{name: row[name] for name in ("id", "draft", "at", "person", "since", "shifts")},
        last=row["until"] - dt.timedelta(days=1),
        done=row["done"],
        ended_at=row["ended_at"],
        problem=row["problem"] or None,
        vehicles=found.get("vehicles", 0),
        left=found.get("left", 0),
        moves=[
            Move(was=Outcome(was), becomes=Outcome(now), vehicles=number)
            for was, now, number in moves
        ],
        codes=[
            CodeCount(code=code, before=before, after=after)
            for code, (before, after) in sorted(found.get("codes", {}).items())
            if before != after
        ],
        collectors=[
            Whose(who=who, vehicles=vehicles, better=better, worse=worse)
            for who, (vehicles, better, worse) in sorted(found.get("who", {}).items())
            if better or worse
        ],
        examples=[
            Example(
                shift=shift, position=place, vehicle=vehicle,
                was=Outcome(was), becomes=Outcome(now),
            )
            for shift, place, vehicle, was, now in found.get("examples", [])
        ],
    )  # fmt: skip
