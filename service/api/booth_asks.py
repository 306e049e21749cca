"""Tell booths what is asked of them, and take in the clips that come; signed by their keys."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import Field

from db import clip_wants, erasure_wants
from db.inbox import Origin
from db.vault import ClipError
from service import asked, bootstrap
from service.api.ingest import signed_by
from service.api.problems import Refused
from service.api.values import Output
from service.api.wiring import Services, Shared

AT_ONCE = 4
"""clips that are taken in at once; each takes `asked.LARGEST` bytes at most"""
GONE = "the booth has it no longer"

router = APIRouter(tags=["sync"])
_turns = asyncio.Semaphore(AT_ONCE)


class Erased(Output):
    """What a booth is to erase, since it was erased here."""

    epoch: str
    opened: int = Field(description="number of the message that began the grading")
    vehicle: int | None = Field(description="its place in the shift; null: all, and whose it was")


class Wishes(Output):
    """What a booth is to do."""

    clips: list[str] = Field(
        description="clips to send, by the SHA-256 of their files", examples=[["0" * 64]]
    )
    erasures: list[Erased]


class Come(Output):
    """What became of a clip."""

    kept: bool = Field(description="false: it was not asked for, or the booth has it no longer")


def _body(what: str) -> dict[str, Any]:
    content = {asked.HEADERS["content-type"]: {"schema": {"type": "string"}}}
    signed = "Signed as a batch is (docs/sync.md)."
    return {"requestBody": {"description": f"{what} {signed}", "content": content}}


@router.post(asked.ASKED, openapi_extra=_body("Empty."))
async def wishes(request: Request, services: Shared) -> Wishes:
    """What a booth is to do: send clips that somebody here is to hear, erase what was erased."""
    origin, _ = await signed_by(request, services, asked.HEADERS)

    def read() -> Wishes:
        with services.database.reading() as connection:
            erasures = erasure_wants.wanted(connection, origin.booth_id)
            return Wishes(
                clips=list(clip_wants.wanted(connection, origin.booth_id)),
                erasures=[Erased(**asdict(one)) for one in erasures],
            )

    return await run_in_threadpool(read)


@router.post(asked.FILES, openapi_extra=_body("A clip's name, its key and its file."))
async def files(request: Request, services: Shared) -> Come:
    """Keep a clip that was asked for; it is on the disk before it is acknowledged."""
    async with _turns:
        origin, body = await signed_by(request, services, asked.HEADERS)
        return Come(kept=await run_in_threadpool(_keep, services, origin, body))


def _keep(services: Services, origin: Origin, body: bytes) -> bool:
    try:
        name, handed = asked.unpacked(body)
    except asked.Malformed as error:
        raise Refused(HTTPStatus.BAD_REQUEST, str(error)) from None
    with services.database.reading() as connection:
        if not clip_wants.is_wanted(connection, origin.booth_id, name):
            return False
    if handed is None:
        with services.database.writing() as connection:
            clip_wants.cannot(connection, name, GONE)
        return False
    vault = bootstrap.vault(services.site, services.database.writer)
    try:
        wrapped = vault.adopt(name, handed)
    except ClipError as error:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)) from None
    with services.database.writing() as connection:
        clip_wants.came(connection, name, wrapped, vault.wrapped_by)
    return True
