"""Do what the centre asks of its booth: send clips that are to be heard, erase what it erased.

Nobody can reach a booth, so the booth asks what is wanted. A clip goes as it lies, encrypted, with
its own key before it, over the line that the results go by; docs/sync.md has the format.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
from collections.abc import Callable, Mapping
from threading import Event
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Engine

from db import clip_wants
from db.erasure_wants import Wish
from db.explain import plainly
from db.seal import Signer
from db.types import StoreError
from db.vault import KEY_BYTES, ClipError, Vault
from service import erase, signing
from service.errors import one_line
from service.sync import Post, Unreached

ASKED = "/v1/asked"
FILES = "/v1/clip-files"
HEADERS = {"content-type": "application/vnd.changshou.clip", "content-encoding": "identity"}
LARGEST = 32 << 20
"""bytes of a body that is taken; ten minutes of speech take about half"""
EVERY_S = 10.0
"""seconds after which a booth asks again, on average"""
_NAME_BYTES = 64
_NO_CENTRE = "the answer is none of a centre's: is the address right?"
_NAME = re.compile(r"[0-9a-f]{64}")

_log = logging.getLogger(__name__)


class Malformed(ValueError):
    """A body is no clip; says why."""


def packed(sha256: str, handed: bytes | None) -> bytes:
    """The body that brings a clip, or says that the booth has it no longer."""
    return sha256.encode() + (handed or b"")


def unpacked(body: bytes) -> tuple[str, bytes | None]:
    """The clip's name, and its key and file; None: the booth has it no longer. Malformed."""
    name = body[:_NAME_BYTES].decode("ascii", "replace")
    if _NAME.fullmatch(name) is None:
        raise Malformed("the body does not begin with the clip's 64 hexadecimal digits")
    handed = body[_NAME_BYTES:]
    if handed and len(handed) <= KEY_BYTES:
        raise Malformed("there is no file after the clip's key")
    return name, handed or None


class Asked:
    """Asks one centre what it wants of this booth, and does it."""

    def __init__(
        self,
        engine: Engine,
        vault: Callable[[], Vault | None],
        signer: Signer,
        post: Post,
        *,
        url: str,
        clock: Callable[[], dt.datetime],
        draw: Callable[[], float],
    ) -> None:
        """With the clock (aware), and random numbers from 0 to 1."""
        self._engine = engine
        self._vault = vault
        self._signer = signer
        self._post = post
        self._root = urlsplit(url).path
        self._clock = clock
        self._draw = draw

    def run(self, stop: Event) -> None:
        """Ask until `stop` is set; nothing that the database or the centre does ends it."""
        while not stop.is_set():
            try:
                self.step()
            except (StoreError, Unreached) as error:
                # Whether the centre is reached is told by who sends the results.
                _log.debug("clips wait: %s", one_line(error))
            stop.wait(EVERY_S * (0.5 + self._draw()))

    def step(self) -> int:
        """Do what is wanted now; how much. Unreached or StoreError if that cannot be done."""
        told = self._sent(ASKED, b"")
        try:
            wanted = [name for name in told["clips"] if _NAME.fullmatch(name)]
            wishes = [_wish(**one) for one in told["erasures"]]
        except (TypeError, KeyError, ValueError):
            raise Unreached(_NO_CENTRE) from None
        for name in wanted:
            self._sent(FILES, packed(name, self._handed(name)))
        erased = erase.asked(self._engine, self._signer, wishes, self._clock())
        if erased:
            _log.info("erased of %d gradings what was erased at the centre", erased)
        return len(wanted) + erased

    def _handed(self, sha256: str) -> bytes | None:
        with plainly(self._engine), self._engine.connect() as connection:
            wrapped = clip_wants.file_of(connection, sha256)
        vault = self._vault()
        if wrapped is None or vault is None:
            return None
        try:
            return vault.hand(sha256, wrapped)
        except ClipError as error:
            _log.error("a clip that the centre asks for cannot be sent: %s", error)
            return None

    def _sent(self, path: str, body: bytes) -> Mapping[str, Any]:
        whole = self._root + path
        signed = signing.sign(
            self._signer,
            method="POST",
            path=whole,
            headers=HEADERS,
            body=body,
            created=max(0, int(self._clock().timestamp())),
        )
        answer = self._post(whole, {**HEADERS, **signed}, body)
        if answer.status != 200:
            raise Unreached(f"the centre answers {answer.status}")
        try:
            told = json.loads(answer.content)
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise Unreached(_NO_CENTRE)
        return told


def _wish(*, epoch: str, opened: int, vehicle: int | None) -> Wish:
    """One erasure of an answer; ValueError for what is none."""
    numbers = opened if vehicle is None else min(opened, vehicle + 1)
    if not isinstance(epoch, str) or not isinstance(numbers, int) or numbers < 1:
        raise ValueError("no erasure")
    return Wish(epoch=epoch, opened=opened, vehicle=vehicle)
