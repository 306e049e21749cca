"""Cursors: where the next page of a list begins, opaque and signed.

A page goes on after the last row that was shown, by that row's key, so what is added meanwhile
neither doubles nor hides one. The list and its filters are in the signature: a cursor is good for
the list that it came with, and for no other.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import Field

from service.api.problems import Refused
from service.api.values import Output

MAC = 16
"""bytes of the signature"""
Key = tuple[Any, ...]
"""the values by which a list is ordered, of one row: numbers, texts, times"""
T = TypeVar("T")

Limit = Annotated[int, Query(ge=1, le=500, description="how many at most")]
Cursor = Annotated[
    str | None,
    Query(max_length=2_000, description="`next` of the page before; none: the first page"),
]


class Page(Output, Generic[T]):
    """A part of a list."""

    items: list[T]
    next: str | None = Field(description="cursor of the next page; null: this is the last")


class Cursors:
    """Makes and reads the cursors of one database, with its secret."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def write(self, name: str, filters: object, key: Key) -> str:
        """The cursor of what comes after the row of `key` in that list."""
        values = [["t", v.isoformat()] if isinstance(v, dt.datetime) else ["v", v] for v in key]
        raw = json.dumps(values, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._mac(name, filters, raw) + raw).decode().rstrip("=")

    def read(self, name: str, filters: object, cursor: str | None) -> Key | None:
        """The key to go on after; None without a cursor. Refused if it is not this list's."""
        if cursor is None:
            return None
        try:
            whole = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
        except (binascii.Error, ValueError):
            whole = b""
        mac, raw = whole[:MAC], whole[MAC:]
        if not hmac.compare_digest(mac, self._mac(name, filters, raw)):
            raise Refused(
                HTTPStatus.BAD_REQUEST,
                "the cursor is not one of this list with these filters: start again without it",
            )
        return tuple(
            dt.datetime.fromisoformat(value) if kind == "t" else value
            for kind, value in json.loads(raw)
        )

    def page(
        self,
        name: str,
        filters: object,
        rows: Sequence[tuple[Key, T]],
        limit: int,
    ) -> Page[T]:
        """The page of `rows`, which were asked for with one more than `limit`."""
        shown = rows[:limit]
        more = len(rows) > limit
        return Page(
            items=[item for _, item in shown],
            next=self.write(name, filters, shown[-1][0]) if more else None,
        )

    def _mac(self, name: str, filters: object, raw: bytes) -> bytes:
        message = json.dumps([name, repr(filters)]).encode() + b"\0" + raw
        return hmac.new(self._secret, message, hashlib.sha256).digest()[:MAC]
