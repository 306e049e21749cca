"""Judge tries one after the other, in the order in which they came, whoever sent them.

A try lies in the database and its sound, encrypted, beside it before it is acknowledged, so none
is lost when the server stops: it is judged when the server runs again. The weights are loaded at
the first try, and stay.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from threading import Condition, Thread
from typing import Protocol

from audio import clip
from audio.files import AudioError
from audio.types import Samples
from db import drills
from db.access import Access
from db.drill_types import Judgement, Review
from db.types import StoreError
from db.vault import ClipError, Vault
from phrases.advice import UNJUDGED
from phrases.recall import recall
from service import drill_score
from service.drill_json import drilled
from service.drill_memory import reviewed
from service.drill_score import Tried
from service.drill_trouble import OF_SOUND, TOLD
from service.errors import BadInput, Failed
from service.log import place

_LOG = logging.getLogger(__name__)

UNCLEAR = "unclear"
"""code of a try of which nothing could be heard well enough"""
BROKEN = "broken"
"""code of a try that the program failed to judge"""
PROBLEMS = {
    **{TOLD[trouble]: trouble.value for trouble in OF_SOUND},
    drill_score.OTHER_LANGUAGE: "other_language",
    drill_score.OTHER_LINE: "other_line",
    UNJUDGED: UNCLEAR,
}
"""codes of why nothing could be judged"""
PAUSE_S = 1.0
"""seconds after which the database is asked again that refused"""
USUAL_S = 0.5
"""seconds that a try is thought to take before one was judged"""


class Scorer(Protocol):
    """What scores a try at a line."""

    def score(self, text: str, samples: Samples) -> Tried:
        """The try, judged."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """A scorer, ready."""

    scorer: Scorer
    versions: Mapping[str, str]
    """of what judges"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a try stands."""

    ahead: int
    """tries that are judged before it; 0: it is its turn"""
    about_s: float
    """seconds until it is judged, about"""


class Judge:
    """One thread that judges; tries wait for it in the database."""

    def __init__(
        self,
        database: Access,
        vault: Callable[[], Vault],
        opening: Callable[[], Opened],
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._database = database
        self._vault = vault
        self._opening = opening
        self._opened: Opened | None = None
        self._clock = clock
        self._waiting: deque[int] = deque()
        self._now: int | None = None
        self._stop = False
        self._took_s = USUAL_S
        self._changed = Condition()
        self._thread: Thread | None = None

    def resume(self) -> int:
        """Take up what waited when the server stopped; how many tries."""
        with self._database.reading() as connection:
            found = drills.waiting(connection)
        for attempt in found:
            self.take(attempt)
        return len(found)

    def take(self, attempt: int) -> Place:
        """Judge a try that is in the database, after all that wait."""
        with self._changed:
            self._waiting.append(attempt)
            if self._thread is None:
                self._thread = Thread(target=self._work, name="drills", daemon=True)
                self._thread.start()
            self._changed.notify_all()
            return self._place(len(self._waiting) - 1)

    def place(self, attempt: int) -> Place | None:
        """Where a try stands; None: it does not wait here."""
        with self._changed:
            if attempt == self._now:
                return Place(ahead=0, about_s=round(self._took_s, 1))
            with suppress(ValueError):
                return self._place(self._waiting.index(attempt))
        return None

    def _place(self, index: int) -> Place:
        ahead = index + (self._now is not None)
        return Place(ahead=ahead, about_s=round((ahead + 1) * self._took_s, 1))

    def wait(self, timeout_s: float) -> bool:
        """Wait until nothing waits; whether it came to that."""
        with self._changed:
            return self._changed.wait_for(
                lambda: not self._waiting and self._now is None, timeout_s
            )

    def close(self) -> None:
        """Stop after the try that is being judged; what waits stays in the database."""
        with self._changed:
            self._stop = True
            self._changed.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._now = None
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._stop or bool(self._waiting))
                if self._stop:
                    return
                attempt = self._now = self._waiting.popleft()
            began = time.monotonic()
            try:
                self._judge(attempt)
            except StoreError as error:
                _LOG.error("a try cannot be judged now, and waits: %s", error)
                self._later(attempt)
            except (BadInput, Failed) as error:
                # The weights cannot be used: it names them.
                _LOG.error("drills cannot be judged: %s", error)
                self._broken(attempt)
            except Exception as error:
                _LOG.error("judging broke down: %s", _where(error))
                self._broken(attempt)
            took_s = time.monotonic() - began
            with self._changed:
                self._took_s += (took_s - self._took_s) / 4

    def _later(self, attempt: int) -> None:
        """Put a try back, after those that wait, and let the database recover."""
        with self._changed:
            self._waiting.append(attempt)
            self._now = None
            self._changed.wait_for(lambda: self._stop, PAUSE_S)

    def _judge(self, attempt: int) -> None:
        with self._database.reading() as connection:
            row = drills.find(connection, attempt)
        if row is None or row["judged_at"] is not None:
            return  # it was deleted, or another server judged it
        samples = self._sound(row["sha256"], row["wrapped"])
        if samples is None:
            self._broken(attempt)
            return
        self._opened = self._opened or self._opening()
        tried = self._opened.scorer.score(row["text"], samples)
        problem = PROBLEMS.get(tried.advice, UNCLEAR) if tried.score is None else None
        judgement = Judgement(
            result=drilled(tried),
            score=tried.score,
            problem=problem,
            versions=self._opened.versions,
        )
        known = recall(tried.chars, tried.score, helped=row["helped"])
        now = self._clock()
        with self._database.writing() as connection:
            review = None
            if known is not None and row["exercise"] is not None:
                card = drills.card(connection, row["person_id"], row["exercise"])
                before = None if card is None else drills.memory(card)
                review = Review(
                    exercise=row["exercise"],
                    rating=known.value,
                    memory=reviewed(before, known, now),
                )
            if not drills.judge(connection, attempt, judgement, now, review):
                return  # it was deleted meanwhile, or another server was quicker
            gone = drills.drop_sound(connection, attempt, kept=False)
        self._remove(gone)

    def _sound(self, sha256: str | None, wrapped: str) -> Samples | None:
        if sha256 is None:
            return None
        try:
            return clip.decoded(self._vault().get(sha256, wrapped)).samples[:, 0]
        except (ClipError, AudioError):
            return None

    def _broken(self, attempt: int) -> None:
        """Say that it was our fault: nothing is counted, and the sound goes."""
        judgement = Judgement(result={}, score=None, problem=BROKEN, versions={})
        try:
            with self._database.writing() as connection:
                if not drills.judge(connection, attempt, judgement, self._clock()):
                    return
                gone = drills.drop_sound(connection, attempt)
            self._remove(gone)
        except StoreError as error:
            _LOG.error("a try cannot be judged now, and waits: %s", error)
            self._later(attempt)

    def _remove(self, name: str | None) -> None:
        if name is not None:
            self._vault().remove(name)


def _where(error: BaseException) -> str:
    """Where the program broke, without the error's own text."""
    return f"{type(error).__name__} at {place(error.__traceback__)}"
