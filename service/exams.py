"""Examine: set what is asked, have it sat once and without help, settle it, and look again.

What was said is judged in turn with all other tries. A sitting is settled when all of it is: by
whoever asks for it next, or in the night.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Engine, RowMapping

from db import audit, drills, exams
from db.drill_types import NewAttempt
from db.exam_types import NewExam, NewItem
from db.people_types import Deed, Person
from db.types import ConflictError, UsageError
from db.vault import Sealed
from phrases.exam import UNHEARD, UNSAID, Mark, Result, mark, result

TURNS = 3
"""how often an item may be said until it can be judged"""
MOST_ITEMS = 50
GRACE = dt.timedelta(seconds=10)
"""after the time is over, for what was on its way; the database does not know it"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Examiner:
    """Somebody who sets, sits or looks at an exam, now."""

    connection: Connection
    person: Person
    now: dt.datetime
    """aware"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How it stands with an item of a sitting."""

    number: int
    turn: int
    """how often it was said"""
    waits: bool
    """the last time is not judged yet"""
    done: bool
    """it is answered, or was said as often as it may be"""
    last: RowMapping | None
    """the answer that counts, or the last one"""

    @property
    def result(self) -> Mapping[str, Any]:
        """What was heard, as `drill-score --json` has it; empty: nothing was, yet."""
        found: Mapping[str, Any] | None = self.last["result"] if self.last else None
        return found or {}

    @property
    def state(self) -> Literal["unsaid", "waiting", "again", "answered"]:
        """In one word; again: it could not be judged, and may be said again."""
        if self.last is None:
            return "unsaid"
        if self.waits:
            return "waiting"
        return "answered" if self.done else "again"


def add(who: Examiner, new: NewExam, items: Sequence[NewItem]) -> int:
    """Set an exam; its id. UsageError for what does not fit together."""
    if not 1 <= len(items) <= MOST_ITEMS:
        raise UsageError(f"an exam asks 1 to {MOST_ITEMS} things")
    if new.closes_at is not None and new.closes_at <= new.opens_at:
        raise UsageError("closes_at is not after opens_at")
    made = exams.add(who.connection, new, items, who.person.id, who.now)
    _trace(who, "exam.set", made, new.station_id)
    return made


def end(who: Examiner, exam: RowMapping) -> None:
    """End an exam: who is at it may go on. ConflictError if it was ended before."""
    if not exams.end(who.connection, exam["id"], who.person.id, who.now):
        raise ConflictError("the exam was ended before")
    _trace(who, "exam.ended", exam["id"], exam["station_id"])


def sit(who: Examiner, exam: RowMapping) -> int:
    """Begin a sitting; its id. ConflictError, which says why, if one may not."""
    if exam["made_by"] == who.person.id:
        raise ConflictError("you have set it: somebody else sits it")
    closed = exam["closes_at"] is not None and who.now >= exam["closes_at"]
    if exam["ended_at"] is not None or closed:
        raise ConflictError("the exam is over")
    if who.now < exam["opens_at"]:
        raise ConflictError("the exam is not open yet")
    before = exams.sittings(who.connection, exams.of(who.person.id), exams.to(exam["id"]))
    for row in before:
        if not settle(who.connection, row, who.now):
            raise ConflictError("a sitting of yours goes on, or is being judged: finish that")
    before = exams.sittings(who.connection, exams.of(who.person.id), exams.to(exam["id"]))
    if any(row["result"] is Result.PASSED or row["looked"] is Result.PASSED for row in before):
        raise ConflictError("you have passed it")
    if any(row["result"] is Result.OPEN and row["looked"] is None for row in before):
        raise ConflictError("a trainer is to hear your last sitting first")
    if len(before) > exam["retries"]:
        raise ConflictError("you have sat it as often as it may be sat")
    return exams.sit(who.connection, exam, who.person.id, len(before) + 1, who.now)


def standings(
    connection: Connection, sitting: RowMapping, items: Sequence[RowMapping]
) -> list[Standing]:
    """How it stands with each item of a sitting."""
    said = defaultdict[int, list[RowMapping]](list)
    for row in exams.answers(connection, sitting["id"]):
        said[row["item"]].append(row)
    return [_standing(item["number"], said[item["number"]]) for item in items]


def answer(
    who: Examiner,
    sitting: RowMapping,
    item: RowMapping,
    digest: str,
    sound: Sealed,
    wrapped_by: str,
) -> int:
    """Take what was said to an item; the try's id. ConflictError, which says why, if it is late."""
    if sitting["finished_at"] is not None or who.now > sitting["ends_at"] + GRACE:
        raise ConflictError("the sitting is over: this is not taken any more")
    (now,) = standings(who.connection, sitting, [item])
    if now.done:
        raise ConflictError("it is answered: go on to the next")
    if now.waits:
        raise ConflictError("what you said is being judged: wait a moment")
    new = NewAttempt(
        person_id=who.person.id,
        kind=item["kind"],
        exercise=None,
        text=item["text"],
        helped=False,
        digest=digest,
    )
    attempt = drills.add(
        who.connection,
        new,
        min(who.now, sitting["ends_at"]),
        sound=sound,
        wrapped_by=wrapped_by,
        until=who.now + dt.timedelta(days=sitting["sound_days"]),
    )
    exams.answer(who.connection, sitting["id"], item["number"], now.turn + 1, attempt)
    return attempt


def finish(who: Examiner, sitting: RowMapping) -> None:
    """End a sitting before its time."""
    if sitting["finished_at"] is None:
        exams.finish(who.connection, sitting["id"], min(who.now, sitting["ends_at"]))


def settle(connection: Connection, sitting: RowMapping, now: dt.datetime) -> bool:
    """Settle a sitting if it is over and all of it is judged; whether it is settled."""
    if sitting["settled_at"] is not None:
        return True
    if sitting["finished_at"] is None:
        if now <= sitting["ends_at"] + GRACE:
            return False
        exams.finish(connection, sitting["id"], sitting["ends_at"])
    found = standings(connection, sitting, exams.items(connection, sitting["exam_id"]))
    if any(one.waits for one in found):
        return False
    whole, came = result([_mark(one) for one in found], sitting["pass_mark"])
    exams.settle(connection, sitting["id"], whole, came, now)
    return True


def forget(engine: Engine, now: dt.datetime, word_days: int) -> int:
    """Let the words of looks go when their days are over, a year at least; how many."""
    days = dt.timedelta(days=max(word_days, 365))
    with engine.begin() as connection:
        return exams.blank(connection, now - days)


def settle_due(engine: Engine, now: dt.datetime) -> int:
    """Settle all sittings that are over; how many."""
    with engine.begin() as connection:
        due = exams.sittings(connection, exams.unsettled(now))
        return sum(settle(connection, row, now) for row in due)


def look(who: Examiner, sitting: RowMapping, seen: int, came: Result, text: str) -> int:
    """Say what one heard when one looked at a sitting again. UsageError for one's own."""
    if sitting["person_id"] == who.person.id:
        raise UsageError("it is your own: somebody else looks at it")
    if sitting["settled_at"] is None:
        raise UsageError("it is not settled yet: there is nothing to look at")
    if came is Result.OPEN:
        raise UsageError("whoever has looked says passed or failed")
    if seen != sitting["looks"]:
        raise ConflictError("somebody else has looked at it meanwhile: look again")
    made = exams.look(who.connection, sitting["id"], seen, came, text, by=who.person.id, at=who.now)
    _trace(who, "exam.looked", sitting["id"], sitting["station_id"])
    return made


def drawn(rows: Sequence[RowMapping], size: int, seed: str) -> list[RowMapping]:
    """So many of these sittings by chance; the same for the same seed."""
    chance = random.Random(seed)
    return chance.sample(sorted(rows, key=lambda row: int(row["id"])), min(size, len(rows)))


def came_to(row: RowMapping) -> Result | None:
    """What a sitting came to: what whoever looked last says, else what the program settled."""
    looked: Result | None = row["looked"]
    settled: Result | None = row["result"]
    return looked or settled


def _standing(number: int, said: Sequence[RowMapping]) -> Standing:
    judged = next((row for row in said if row["score"] is not None), None)
    waits = any(row["judged_at"] is None for row in said)
    return Standing(
        number=number,
        turn=len(said),
        waits=waits,
        done=judged is not None or (len(said) >= TURNS and not waits),
        last=judged or (said[-1] if said else None),
    )


def _mark(one: Standing) -> Mark:
    if one.last is None:
        return UNSAID
    if one.last["score"] is None:
        return UNHEARD
    return mark(one.last["result"]["chars"], one.last["score"])


def _trace(who: Examiner, action: str, thing: int, station_id: int) -> None:
    deed = Deed(action=action, person_id=who.person.id, thing=str(thing), station_id=station_id)
    audit.note(who.connection, deed, who.now)
