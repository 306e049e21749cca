"""What a browser is told of a page, and which sockets are refused.

A script runs if this server wrote it into the page itself, and carries the answer's own nonce. What
stands in the page's content never gets one, so nothing that came from outside can become a script.
"""

from __future__ import annotations

import re
import secrets
from urllib.parse import urlsplit

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = (
    # NiceGUI compiles its templates in the browser: hence eval. Its styles stand in the elements.
    "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; media-src 'self' blob:; "
    "font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_CONTENT = b"parseElements("
"""from here on a page's answer holds its content; the scripts that are ours stand before it"""
_SCRIPT = re.compile(rb"<script(?=[\s>])")
_SOCKET = "/_nicegui_ws/"


class Guard:
    """Goes around the app; the API's answers have their own headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._pages = GZipMiddleware(self._told)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, with what the browser must be told."""
        if scope["type"] == "lifespan" or scope["path"].startswith("/v1/"):
            await self._app(scope, receive, send)
        elif scope["path"].startswith(_SOCKET) and _from_elsewhere(scope):
            await _refuse(scope, send)
        else:
            await self._pages(scope, receive, send)

    async def _told(self, scope: Scope, receive: Receive, send: Send) -> None:
        http = scope["type"] == "http"
        await self._app(scope, receive, _Answer(send).send if http else send)


class _Answer:
    """An answer with its headers; a page is held until it is whole, so that it gets its nonce."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._nonce = secrets.token_urlsafe(16)
        self._start: Message = {}
        self._body: list[bytes] | None = None
        """None: not held"""

    async def send(self, message: Message) -> None:
        """One message of it."""
        if message["type"] == "http.response.start":
            policy = _POLICY.format(nonce=self._nonce).encode()
            more = ((b"content-security-policy", policy), (b"referrer-policy", b"same-origin"))
            message = {**message, "headers": [*message["headers"], *more]}
            kind = dict(message["headers"]).get(b"content-type", b"")
            if kind.startswith(b"text/html"):
                self._start, self._body = message, []
                return
        elif self._body is not None:
            self._body.append(message.get("body", b""))
            if message.get("more_body"):
                return
            page = _with_nonce(b"".join(self._body), self._nonce)
            headers = [pair for pair in self._start["headers"] if pair[0] != b"content-length"]
            headers.append((b"content-length", str(len(page)).encode()))
            await self._send({**self._start, "headers": headers})
            message = {"type": "http.response.body", "body": page}
        await self._send(message)


def _with_nonce(page: bytes, nonce: str) -> bytes:
    """The page with the nonce on each script that stands before its content."""
    own, mark, content = page.partition(_CONTENT)
    return _SCRIPT.sub(f'<script nonce="{nonce}"'.encode(), own) + mark + content


def _from_elsewhere(scope: Scope) -> bool:
    """Whether a browser says that another site's page wants the socket."""
    headers = dict(scope["headers"])
    origin = headers.get(b"origin")
    return origin is not None and urlsplit(origin).netloc != headers.get(b"host")


async def _refuse(scope: Scope, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    await send({"type": "http.response.start", "status": 403, "headers": []})
    await send({"type": "http.response.body", "body": b""})
