"""The sound that is kept of vehicles: what there is, and each clip, for whoever may hear it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse
from pydantic import Field
from sqlalchemy import RowMapping

from db import audit, clip_wants, clips
from db.people_types import Deed
from db.types import ClipReason
from db.vault import ClipError
from service import asked, bootstrap, report_json
from service.api.access import Caller, permission
from service.api.cursor import Cursor, Limit, Page
from service.api.problems import Refused, not_found
from service.api.values import Output, ShiftId, Utc
from service.api.wiring import Shared
from service.errors import BadInput
from service.rights import Permission

router = APIRouter(prefix="/v1/clips", tags=["clips"])

Hearer = Annotated[Caller, permission(Permission.CLIPS_READ)]
ClipId = Annotated[str, Field(pattern="^[0-9a-f]{64}$", examples=["0" * 64])]

FLAC = "audio/flac"


class Clip(Output):
    """What is known of a clip."""

    id: str | None = Field(description="null: erased, or never kept: then `problem` says why")
    shift: str
    station: str
    booth: str
    collector: str
    grading: int
    vehicle: int | str
    vehicle_position: int
    reason: ClipReason
    start_s: float = Field(description="seconds from the recording's start")
    end_s: float
    silenced: list[tuple[float, float]] = Field(
        description="where others spoke or nobody listened: silence there says nothing"
    )
    problem: str | None
    kept_at: Utc


class OnItsWay(Output):
    """The clip is not here yet."""

    detail: str = Field(examples=["the clip is kept at its booth and was asked for"])


_SHUT = Refused(HTTPStatus.SERVICE_UNAVAILABLE, "the clip cannot be opened: verify the ledger")


@router.get("")
def listed(
    caller: Hearer,
    services: Shared,
    shift: Annotated[ShiftId | None, Query(description="only this shift's")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[Clip]:
    """Clips of the newest gradings first, also those that were erased or could not be kept."""
    after = services.cursors.read("clips", shift, cursor)
    with services.database.reading() as connection:
        rows = clips.page(connection, caller.reach, shift=shift, after=after, limit=limit + 1)
    keyed = [((row["grading_id"], row["vehicle_position"]), _clip(row)) for row in rows]
    return services.cursors.page("clips", shift, keyed, limit)


@router.get(
    "/{clip}",
    response_class=Response,
    responses={
        200: {"content": {FLAC: {"schema": {"type": "string", "format": "binary"}}}},
        202: {"model": OnItsWay},
    },
)
def clip(clip: ClipId, caller: Hearer, services: Shared) -> Response:
    """The sound, FLAC. Who reads it is written down first, for the collector to see.

    202: it is at its booth, and was asked for; come back after `Retry-After`.
    """
    now = services.clock()
    try:
        vault = bootstrap.kept_vault(services.site, services.database.writer)
    except BadInput:
        raise _SHUT from None
    with services.database.writing() as connection:
        row = clips.within(connection, caller.reach, clip)
        if row is None:
            raise not_found("clip")
        here = vault is not None and row["wrapped"] and row["opened_by"] == vault.wrapped_by
        deed = Deed(
            action="clip.read" if here else "clip.ask",
            person_id=caller.person.id,
            thing=clip,
            collector_id=row["collector_id"],
            station_id=row["station_id"],
        )
        audit.note(connection, deed, now)
        problem = None if here else clip_wants.want(connection, clip, now)
    if problem is not None:
        raise Refused(HTTPStatus.NOT_FOUND, f"the clip is kept on another machine: {problem}")
    if vault is None or not here:
        coming = OnItsWay(
            detail="the clip is kept at its booth and was asked for: come back for it"
        )
        headers = {"Retry-After": str(round(asked.EVERY_S))}
        return JSONResponse(coming.model_dump(), HTTPStatus.ACCEPTED, headers)
    try:
        content = vault.get(clip, row["wrapped"])
    except ClipError:
        raise _SHUT from None
    return Response(content, media_type=FLAC)


def _clip(row: RowMapping) -> Clip:
    same = ("shift", "station", "booth", "collector", "vehicle_position", "reason")
    bounds = [ms / 1000 for ms in row["silenced"]]
    return Clip(
        **{name: row[name] for name in (*same, "problem", "kept_at")},
        id=row["sha256"],
        grading=row["number"],
        vehicle=int(row["vehicle"]) if row["is_number"] else row["vehicle"],
        start_s=report_json.seconds(row["start_ms"]) or 0.0,
        end_s=report_json.seconds(row["end_ms"]) or 0.0,
        silenced=list(zip(bounds[::2], bounds[1::2], strict=True)),
    )
