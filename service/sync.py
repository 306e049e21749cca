"""Send what the outbox holds to the centre, batch by batch, for as long as it takes.

Nothing is lost by any answer: what is not acknowledged stays, and what the centre refuses is set
apart with its reason, so that it does not keep the others back.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from threading import Event
from typing import Any, Protocol
from urllib.parse import urlsplit

from sqlalchemy import Engine

from db import outbox
from db.outbox import Outgoing
from db.seal import Signer
from db.types import StoreError
from service import batch, signing
from service.errors import one_line

MOST = 500
"""messages in one batch"""
LARGEST = 4 << 20
"""bytes in one batch, before compression"""
FIRST_S = 1.0
"""seconds that are waited at most after one failure; twice as many after each that follows"""
LONGEST_S = 300.0
"""seconds that are waited at most, but for what the centre asks"""
ASKED_S = 3600.0
"""seconds of waiting that the centre may ask for"""
IDLE_S = 1.0
"""seconds after which an empty outbox is looked at again"""
SKEW_S = 60.0
"""seconds by which the clocks may differ before that is told"""
_LATER = 429
_PROBLEM = "application/problem+json"

_log = logging.getLogger(__name__)


class Unreached(Exception):
    """There was no answer; says why, in words for people."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What the centre answered."""

    status: int
    headers: Mapping[str, str]
    """names in small letters"""
    content: bytes


class Post(Protocol):
    """How a request gets to the centre: `sync_post.HttpPost`, or a test's own."""

    def __call__(self, path: str, headers: Mapping[str, str], body: bytes, /) -> Answer:
        """Post it, and give the answer; Unreached if there is none."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """How the sending stands."""

    sent: int = 0
    """messages acknowledged since the program began"""
    refused: int = 0
    """messages refused since then"""
    failures: int = 0
    """tries in a row that failed"""
    problem: str | None = None
    """why the last one failed; None: it did not"""
    reached_at: dt.datetime | None = None
    """when the centre last acknowledged anything; aware"""
    skew_s: float | None = None
    """seconds that the centre's clock is ahead of this machine's; None: not known"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """What came of one try."""

    wait_s: float
    """seconds until the next one should be"""
    idle: bool = False
    """there was nothing to send"""


class Sync:
    """Sends one outbox to one centre."""

    def __init__(
        self,
        engine: Engine,
        signer: Signer,
        post: Post,
        *,
        url: str,
        clock: Callable[[], dt.datetime],
        draw: Callable[[], float],
        most: int = MOST,
    ) -> None:
        """With the clock (aware), random numbers from 0 to 1, and how many messages go at once."""
        self._engine = engine
        self._signer = signer
        self._post = post
        self._path = urlsplit(url).path + batch.PATH
        self._clock = clock
        self._draw = draw
        self._most = most
        self._count = most
        self._state = State()

    @property
    def state(self) -> State:
        """How the sending stands."""
        return self._state

    def run(self, stop: Event) -> None:
        """Send until `stop` is set; nothing that the database or the centre does ends it."""
        while not stop.is_set():
            try:
                step = self.step()
            except StoreError as error:
                step = self._failed(one_line(error))
            stop.wait(step.wait_s)

    def step(self) -> Step:
        """Send the next batch, if there is one. StoreError if the database cannot."""
        if outbox.fill(self._engine, at=self._clock()):
            return Step(wait_s=0)
        waiting = outbox.waiting(self._engine, count=self._count, size=LARGEST)
        if not waiting:
            return Step(wait_s=IDLE_S, idle=True)
        body = batch.pack([one.line for one in waiting])
        asked = self._clock()
        signed = signing.sign(
            self._signer,
            method="POST",
            path=self._path,
            headers=batch.HEADERS,
            body=body,
            created=max(0, int(asked.timestamp())),
        )
        try:
            answer = self._post(self._path, {**batch.HEADERS, **signed}, body)
        except Unreached as error:
            return self._failed(str(error))
        self._measure(asked, answer)
        return self._answered(waiting, answer)

    def _answered(self, waiting: Sequence[Outgoing], answer: Answer) -> Step:
        if answer.status == 200:
            with suppress(ValueError, LookupError, TypeError, AttributeError):
                return self._settled(waiting, json.loads(answer.content))
            return self._failed("the answer is none of a centre's: is the address right?")
        ours = answer.headers.get("content-type", "").startswith(_PROBLEM)
        if ours and answer.status in (400, 413, 422):
            return self._bad(waiting, answer)
        return self._failed(_says(answer), asked_s=_retry_after(answer, self._clock()))

    def _settled(self, waiting: Sequence[Outgoing], taken: Mapping[str, Any]) -> Step:
        """Take out what is acknowledged, and set apart what is refused."""
        by_line = dict(enumerate(waiting))
        left: set[int] = set()
        refused: dict[int, str] = {}
        for fault in taken["faults"]:
            seq = by_line[fault["line"]].seq
            left.add(seq)
            if fault["status"] != _LATER:
                refused[seq] = one_line(f"{int(fault['status'])} {fault['why']}")[:500]
        stored = {one.seq for one in waiting} - left
        if taken["stored"] + taken["known"] < len(stored):
            raise ValueError("it acknowledges fewer than it names no fault of")
        epoch = waiting[0].epoch
        outbox.settle(self._engine, epoch, stored=stored, refused=refused)
        state = self._state
        self._state = replace(
            state, sent=state.sent + len(stored), refused=state.refused + len(refused)
        )
        if refused:
            _log.error("the centre refused %d messages: changshou sync says why", len(refused))
        if taken["latest"] > outbox.backlog(self._engine).seq:
            return self._failed(
                "the centre has more of this database than is in it: it was put back from a copy, "
                "and what is new is refused; see docs/sync.md"
            )
        if not stored and not refused:
            return self._failed("the centre waits for messages that have not come")
        self._state = replace(self._state, failures=0, problem=None, reached_at=self._clock())
        self._count = min(self._most, self._count * 2)
        return Step(wait_s=0)

    def _bad(self, waiting: Sequence[Outgoing], answer: Answer) -> Step:
        """The centre will not have the batch: find the message that is at fault by halving."""
        if len(waiting) > 1:
            self._count = len(waiting) // 2
            return Step(wait_s=0)
        (one,) = waiting
        outbox.settle(self._engine, one.epoch, stored=(), refused={one.seq: _says(answer)[:500]})
        self._state = replace(self._state, refused=self._state.refused + 1)
        _log.error("the centre refused a message: changshou sync says why")
        return Step(wait_s=0)

    def _failed(self, problem: str, *, asked_s: float = 0.0) -> Step:
        """Wait: a random part of a time that doubles, so that booths do not come back together."""
        state = self._state
        if problem != state.problem:
            _log.warning("nothing reaches the centre: %s", problem)
        self._state = replace(state, failures=state.failures + 1, problem=problem)
        most = min(LONGEST_S, FIRST_S * 2.0 ** min(state.failures, 30))
        return Step(wait_s=asked_s + self._draw() * most)

    def _measure(self, asked: dt.datetime, answer: Answer) -> None:
        """Compare the clocks, to the second or to how long the answer took."""
        came = self._clock()
        with suppress(ValueError, TypeError, KeyError):
            theirs = parsedate_to_datetime(answer.headers["date"])
            middle = asked + (came - asked) / 2
            # The header has no fraction: on average it is half a second more.
            skew = (theirs - middle).total_seconds() + 0.5
            before = self._state.skew_s or 0.0
            if abs(skew) > SKEW_S >= abs(before):
                _log.warning("this machine's clock is %.0f s behind the centre's", skew)
            self._state = replace(self._state, skew_s=skew)


def _says(answer: Answer) -> str:
    """What the centre has against it."""
    with suppress(ValueError, KeyError, TypeError):
        return one_line(f"{answer.status} {json.loads(answer.content)['detail']}")[:500]
    return f"{answer.status}, not by a centre: is the address right?"


def _retry_after(answer: Answer, now: dt.datetime) -> float:
    """Seconds that the answer asks to wait: a number, or until a moment."""
    text = answer.headers.get("retry-after", "")
    with suppress(ValueError):
        seconds = int(text) if text.isdecimal() else 0
        if not text.isdecimal():
            seconds = int((parsedate_to_datetime(text) - now).total_seconds())
        return float(min(max(seconds, 0), ASKED_S))
    return 0.0
