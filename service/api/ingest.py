"""Take in what booths send: signed by the booth's key, committed before it is acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import Field
from starlette.requests import ClientDisconnect

from db.arrivals import Unfit
from db.inbox import Origin, Received, origin_of, receive
from service import batch, signing
from service.api.problems import Refused
from service.api.values import Output
from service.api.wiring import Services, Shared

IN_HAND = 64
"""batches that may be read, wait or be stored at once; each takes `batch.LARGEST` bytes at most"""
WORKING = 4
"""batches that are unpacked and stored at once: more would only wait for one another"""
WAIT_S = 2
"""seconds after which to ask again"""

router = APIRouter(tags=["sync"])


class Fault(Output):
    """A message that was not stored."""

    line: int = Field(description="its place in the batch, from 0")
    seq: int | None = Field(description="its number; null where it cannot be read")
    status: int = Field(description="as an HTTP status; docs/sync.md lists them")
    why: str


class Taken(Output):
    """What became of a batch. Every message that is in no fault is stored for good."""

    stored: int = Field(description="messages that are new")
    known: int = Field(description="messages that had come before")
    held: int = Field(description="of those that are new, those that wait for others")
    latest: int = Field(description="the highest number of the epoch that ever came")
    faults: list[Fault]


class _Gate:
    """How much is in hand, so that more is turned away instead of piling up."""

    def __init__(self) -> None:
        self._in_hand = 0
        self.turn = asyncio.Semaphore(WORKING)
        """taken while a batch is unpacked and stored"""

    @contextmanager
    def enter(self) -> Iterator[None]:
        """While a request is in hand; Refused, to come back later, if there is enough to do."""
        if self._in_hand >= IN_HAND:
            raise Refused(
                HTTPStatus.TOO_MANY_REQUESTS,
                "too many batches at once: send it again",
                headers={"Retry-After": str(WAIT_S)},
            )
        self._in_hand += 1
        try:
            yield
        finally:
            self._in_hand -= 1


def _gate(request: Request) -> _Gate:
    """The app's own, made at first."""
    state = request.app.state
    if not hasattr(state, "ingest_gate"):
        state.ingest_gate = _Gate()
    gate: _Gate = state.ingest_gate
    return gate


_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "Messages, one a line (docs/sync.md), compressed with gzip. Signed as "
        "RFC 9421 has it, with Content-Digest.",
        "content": {batch.HEADERS["content-type"]: {"schema": {"type": "string"}}},
    }
}


@router.post(batch.PATH, openapi_extra=_BODY)
async def batches(request: Request, services: Shared) -> Taken:
    """Store a booth's batch. What is acknowledged is committed; what is repeated is stored once."""
    gate = _gate(request)
    with gate.enter():
        origin, body = await signed_by(request, services, batch.HEADERS)
        async with gate.turn:
            received = await run_in_threadpool(_take, services, origin, body)
    return Taken(
        stored=received.stored,
        known=received.known,
        held=received.held,
        latest=received.latest,
        faults=[
            Fault(line=fault.line, seq=fault.seq, status=fault.status, why=fault.why)
            for fault in received.faults
        ],
    )


async def signed_by(
    request: Request, services: Services, wanted: Mapping[str, str]
) -> tuple[Origin, bytes]:
    """The booth whose key signed the request, and its body; Refused unless `wanted` is there."""
    headers = request.headers
    for name, value in wanted.items():
        if headers.get(name) != value:
            raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"{name} is not {value}")
    try:
        key = signing.key_of(headers)
        origin = await run_in_threadpool(_origin, services, key)
        body = await request.body()
        signing.check(headers, method=request.method, path=request.url.path, body=body)
    except signing.Unsigned as error:
        raise Refused(HTTPStatus.UNAUTHORIZED, str(error)) from None
    except ClientDisconnect:
        raise Refused(HTTPStatus.BAD_REQUEST, "the request was cut off") from None
    return origin, body


def _origin(services: Services, key: str) -> Origin:
    with services.database.reading() as connection:
        origin = origin_of(connection, key)
    if origin is None:
        raise signing.Unsigned("no booth has this key, or it was revoked: register it")
    return origin


def _take(services: Services, origin: Origin, body: bytes) -> Received:
    try:
        lines = batch.unpack(body)
        return receive(services.database.writer, origin, lines, at=services.clock())
    except batch.Unpackable as error:
        raise Refused(HTTPStatus(error.status), str(error)) from None
    except Unfit as error:
        raise Refused(HTTPStatus(error.status), error.why) from None
