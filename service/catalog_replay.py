"""Replay stored days under a draft, one shift after the other, while the server does other things.

How far it is lies in the database, so whoever asked may leave, and what was begun goes on when the
server runs again. Nothing of a result is written anywhere else: a replay changes no score.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from threading import Event, Thread
from typing import Any

from sqlalchemy import RowMapping

from db import catalogs, reads
from db.access import Access
from db.types import StoreError
from phrases.replay import Book, replay
from phrases.types import FindingStatus, Outcome, ShiftReport
from service import catalog_shelf
from service.bootstrap import Knowledge
from service.catalog_book import book
from service.log import place
from service.settings import Settings

_LOG = logging.getLogger(__name__)
EXAMPLES = 200
"""vehicles that are named"""
WAIT_S = 2.0
"""seconds between two looks at whether somebody asked"""
NOTE_S = 1.0
"""seconds between two notes of how far it is"""
_ORDER = (Outcome.COMPLIANT, Outcome.UNSURE, Outcome.FAULT)


class Replays:
    """A thread that does what replays are asked for; `close` ends it after a shift."""

    def __init__(
        self,
        database: Access,
        site: Settings,
        known: Callable[[], Knowledge],
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._database = database
        self._site = site
        self._known = known
        self._clock = clock
        self._stop = Event()
        self._asked = Event()
        self._thread = Thread(target=self._work, name="replays", daemon=True)

    def start(self) -> None:
        """Go on with what was begun, and do what is asked for."""
        self._thread.start()

    def wake(self) -> None:
        """Somebody asked for one."""
        self._asked.set()

    def close(self) -> None:
        """Stop; what is not done goes on another time."""
        self._stop.set()
        self._asked.set()
        if self._thread.is_alive():
            self._thread.join()

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                if self._next():
                    continue
            except StoreError as error:
                _LOG.error("a replay cannot go on: %s", error)
            self._asked.wait(WAIT_S)
            self._asked.clear()

    def _next(self) -> bool:
        """Replay the oldest that waits; whether there was one."""
        with self._database.reading() as connection:
            waiting = catalogs.replays(connection, waiting=True)
        if not waiting:
            return False
        try:
            self._replay(waiting[-1])
        except StoreError:
            raise
        except Exception as error:
            where = place(error.__traceback__)
            _LOG.error("a replay broke down: %s at %s", type(error).__name__, where)
            self._end(waiting[-1], "the program failed at it; it was logged")
        return True

    def _replay(self, row: RowMapping) -> None:
        looked = catalog_shelf.tried(self._site, json.loads(row["files"]))
        if looked.known is None:
            self._end(row, "; ".join(map(str, looked.faults[:5])))
            return
        old, new = book(self._known()), book(looked.known)
        with self._database.reading() as connection:
            ids = catalogs.shifts(connection, (row["since"], row["until"]))
        told = Told(json.loads(row["result"]))
        # By id, not by number: others may have come between a stop and now.
        left = [shift for shift in ids if shift > told.last]
        noted = time.monotonic()
        for number, shift in enumerate(left, len(ids) - len(left)):
            if self._stop.is_set():
                self._note(row, done=number, result=told.as_json())
                return
            self._shift(shift, old, new, told)
            if time.monotonic() - noted > NOTE_S:
                self._note(row, done=number + 1, result=told.as_json())
                noted = time.monotonic()
        self._note(
            row, done=len(ids), shifts=len(ids), result=told.as_json(), ended_at=self._clock()
        )

    def _shift(self, shift: str, old: Book, new: Book, told: Told) -> None:
        told.last = shift
        with suppress(StoreError):
            stored = reads.report(self._database.reader, shift)
            who = stored.identity
            again = replay(stored.report, old, new)
            told.add(shift, f"{who.station} · {who.collector}", stored.report, again)
            return
        told.left += 1

    def _end(self, row: RowMapping, problem: str) -> None:
        self._note(row, ended_at=self._clock(), problem=problem)

    def _note(self, row: RowMapping, **values: Any) -> None:
        with self._database.writing() as connection:
            catalogs.note_replay(connection, row["id"], **values)


class Told:
    """What a replay has found so far."""

    def __init__(self, found: Mapping[str, Any]) -> None:
        self.vehicles = int(found.get("vehicles", 0))
        self.left = int(found.get("left", 0))
        self.last = str(found.get("last", ""))
        """id of the last shift"""
        self._moves: dict[str, int] = dict(found.get("moves", {}))
        self._codes: dict[str, list[int]] = {k: list(v) for k, v in found.get("codes", {}).items()}
        self._who: dict[str, list[int]] = {k: list(v) for k, v in found.get("who", {}).items()}
        self._examples: list[list[Any]] = list(found.get("examples", []))

    def add(self, shift: str, who: str, before: ShiftReport, after: ShiftReport) -> None:
        """A shift, as it is and as it would be."""
        own = self._who.setdefault(who, [0, 0, 0])
        for place_, (was, now) in enumerate(
            zip(before.transactions, after.transactions, strict=True)
        ):
            self.vehicles += 1
            own[0] += 1
            for sign, one in ((0, was), (1, now)):
                for code in {f.code for f in one.findings if f.status is not FindingStatus.REMARK}:
                    self._codes.setdefault(code, [0, 0])[sign] += 1
            if was.outcome is now.outcome:
                continue
            worse = _ORDER.index(now.outcome) > _ORDER.index(was.outcome)
            own[2 if worse else 1] += 1
            move = f"{was.outcome.value}>{now.outcome.value}"
            self._moves[move] = self._moves.get(move, 0) + 1
            if len(self._examples) < EXAMPLES:
                self._examples.append(
                    [shift, place_, str(was.vehicle), was.outcome.value, now.outcome.value]
                )

    def as_json(self) -> str:
        """For the database; `Told` reads it again."""
        return json.dumps(
            {
                "vehicles": self.vehicles,
                "left": self.left,
                "last": self.last,
                "moves": self._moves,
                "codes": self._codes,
                "who": self._who,
                "examples": self._examples,
            },
            ensure_ascii=False,
        )
