"""Say what is wrong with a request, as problem details (RFC 9457): for every error, in one form.

Nothing of the request's values is repeated, and nothing of the program's inside is told: both may
hold what people said or who they are.
"""

from __future__ import annotations

import json
import logging
import os
import traceback
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from db.types import ConflictError, StoreError, UsageError
from service.errors import one_line
from service.log import place

MEDIA_TYPE = "application/problem+json"
LONGEST_PLACE = 80
"""characters of a key that is named"""
MOST_FAULTS = 20
"""faults of one request that are listed"""

_log = logging.getLogger(__name__)


class Fault(BaseModel):
    """One thing wrong with a request."""

    where: str = Field(description="which parameter, or which key of the body")
    problem: str


class Problem(BaseModel):
    """What went wrong, and what to do."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "about:blank",
                "title": "Unprocessable Content",
                "status": 422,
                "detail": "the request does not fit: query.limit: Input should be less than 500",
                "faults": [{"where": "query.limit", "problem": "Input should be less than 500"}],
            }
        }
    )
    type: str = "about:blank"
    title: str = Field(description="the status in words")
    status: int = Field(ge=400, le=599)
    detail: str = Field(description="what is wrong, and what to do")
    faults: list[Fault] = Field(default=[], description="each fault of a request that does not fit")


class Refused(HTTPException):
    """A request that cannot be done as it is; `detail` says why and what to do."""

    def __init__(
        self, status: HTTPStatus, detail: str, *, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status, detail, headers)


def not_found(what: str) -> Refused:
    """The same for what is not there and for what is not the caller's to see."""
    return Refused(HTTPStatus.NOT_FOUND, f"there is no such {what}, or it is not yours to see")


def response(
    status: int,
    detail: str,
    *,
    faults: Sequence[Fault] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The problem as it is sent."""
    problem = Problem(
        title=HTTPStatus(status).phrase, status=status, detail=detail, faults=list(faults)
    )
    # Escaped: a key of the request may hold what UTF-8 cannot.
    content = json.dumps(problem.model_dump(), ensure_ascii=True)
    return Response(content, status, headers, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Have every error of the app told so."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(UsageError, _usage)
    app.add_exception_handler(ConflictError, _conflict)
    app.add_exception_handler(StoreError, _store)


class LastResort:
    """The outermost layer: what nobody foresaw is told without its inside, and logged by place."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have the request answered, whatever happens."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                # Results are personal: no browser or proxy keeps them.
                message["headers"] = [
                    *message["headers"],
                    (b"cache-control", b"no-store"),
                    (b"x-content-type-options", b"nosniff"),
                ]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:
            _log.error("%s", _where(error))
            if os.environ.get("CHANGSHOU_TRACEBACK"):
                traceback.print_exception(error)
            if started:
                # Ends the connection: half an answer must not look whole.
                raise ConnectionAbortedError("broke down while answering") from None
            await response(500, "the server broke down; its log says where")(
                scope, receive, sending
            )


def _where(error: BaseException) -> str:
    """Where the program broke, without the error's own text."""
    return f"broke down: {type(error).__name__} at {place(error.__traceback__)}"


async def _http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail = error.detail
    if not isinstance(error, Refused):
        # Of the framework: its text is the status in words.
        detail = _PLAIN.get(error.status_code, detail)
    return response(error.status_code, detail, headers=error.headers)


_PLAIN = {
    400: "the body cannot be read: send JSON in UTF-8",
    404: "there is nothing at this address: see /v1/openapi.json",
    405: "this address does not take this method: the header Allow says which",
}


async def _validation(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = [_fault(each) for each in error.errors()[:MOST_FAULTS]]
    first = f"{faults[0].where}: {faults[0].problem}" if faults else "see the documentation"
    return response(422, f"the request does not fit: {first}", faults=faults)


def _fault(error: Mapping[str, Any]) -> Fault:
    if error["type"] == "json_invalid":
        return Fault(where="body", problem=f"is not valid JSON at character {error['loc'][-1]}")
    place = one_line(".".join(str(part) for part in error["loc"]))
    problem = one_line(error["msg"]).removeprefix("Value error, ")
    return Fault(where=place[:LONGEST_PLACE], problem=problem)


async def _usage(_: Request, error: Exception) -> Response:
    return response(400, str(error))


async def _conflict(_: Request, error: Exception) -> Response:
    return response(409, str(error))


async def _store(_: Request, error: Exception) -> Response:
    # The message names the database: for whoever runs the server.
    _log.error("%s", error)
    return response(503, "the database cannot do it now: try again", headers={"Retry-After": "5"})
