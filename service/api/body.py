"""Refuse a body that is too large, before it is read."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api.problems import Refused, response

KIB = 1024
USUAL = 256 * KIB
"""bytes"""


class BodyLimit:
    """Refuses by the length that is announced, and counts what comes without one.

    `larger` has the limits in bytes of the paths that take more than usual.
    """

    def __init__(self, app: ASGIApp, larger: Mapping[str, int]) -> None:
        self._app = app
        self._larger = larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or have it answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._larger.get(scope["path"], USUAL)
        if _announced(scope) > limit:
            await _too_large(scope, receive, send, limit)
            return
        come = 0

        async def receiving() -> Message:
            nonlocal come
            message = await receive()
            come += len(message.get("body", b""))
            if come > limit:
                raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _says(limit), headers=_CLOSE)
            return message

        await self._app(scope, receiving, send)


_CLOSE = {"Connection": "close"}
"""else the server would read the rest, to find the next request"""


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:18])
    return 0


async def _too_large(scope: Scope, receive: Receive, send: Send, limit: int) -> None:
    await response(413, _says(limit), headers=_CLOSE)(scope, receive, send)


def _says(limit: int) -> str:
    return f"the body is larger than {limit // KIB} KiB: send less at once"
