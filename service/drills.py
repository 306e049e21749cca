"""Practise: what is due today, how strong it is, and how regularly one came.

Whose drill it is, is a person; nobody else is shown any of this. What a collector's own shifts
lacked is looked up anew for them alone, and no row of a drill says that it came from work.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from db import drills, own_misses
from db.drill_types import Memory
from db.people_types import Person
from phrases.dialogue_data import Dialogue, Step
from phrases.types import Lane
from service.drill_deck import Exercise
from service.drill_memory import strength
from service.drill_score import spelt

MISSED_DAYS = 30
"""days back to which a collector's own shifts are looked at"""
REGULAR_DAYS = 28
"""days of which those are counted on which somebody practised"""


class Why(StrEnum):
    """Why something is to be practised today."""

    OWN = "own"
    """it was missing or wrong in one's own last shifts"""
    DUE = "due"
    """it would soon be forgotten"""
    NEW = "new"
    """it was never practised"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """Something to practise."""

    exercise: Exercise
    why: Why
    due: dt.datetime | None
    """None: it is new"""
    strength: float | None
    """0..1, how likely it is known now; None: it is new"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Today:
    """What is to be practised today, in order."""

    tasks: tuple[Task, ...]
    new_left: int
    """how many new cards the day still lets in, those of `tasks` included"""
    done: int
    """tries of today that could be judged"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Strong:
    """How well a card is known."""

    exercise: Exercise
    strength: float
    """0..1"""
    due: dt.datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How it goes."""

    days: int
    """of the last REGULAR_DAYS, on which something was practised: a day left out takes nothing
    away"""
    of: int
    today: bool
    """something was practised today"""
    tries: int
    """in those days, that could be judged"""
    cards: tuple[Strong, ...]
    """the weakest first"""


def today(
    connection: Connection,
    deck: Mapping[str, Exercise],
    missed: Mapping[str, dt.datetime],
    person: int,
    *,
    now: dt.datetime,
    zone: ZoneInfo,
    new_a_day: int,
) -> Today:
    """What a person is to practise: own misses, then what is due, then what is new.

    `missed`: what `own` gives.
    """
    began = _midnight(now, zone)
    rows = [row for row in drills.cards(connection, person) if row["exercise"] in deck]
    left = max(0, new_a_day - sum(row["made_at"] >= began for row in rows))
    first, due = list[Task](), list[Task]()
    for row in rows:
        memory, one = drills.memory(row), deck[row["exercise"]]
        since = _missed(one, missed)
        own = since is not None and (memory.last_review is None or memory.last_review < since)
        if not own and memory.due > now:
            continue
        task = Task(
            exercise=one,
            why=Why.OWN if own else Why.DUE,
            due=memory.due,
            strength=strength(memory, now),
        )
        (first if own else due).append(task)
    known = {row["exercise"] for row in rows}
    fresh = [one for key, one in deck.items() if key not in known]
    # A sort is stable: within each the order is the deck's.
    fresh.sort(key=lambda one: _missed(one, missed) is None)
    new = [
        Task(
            exercise=one,
            why=Why.NEW if _missed(one, missed) is None else Why.OWN,
            due=None,
            strength=None,
        )
        for one in fresh[:left]
    ]
    own_new = [task for task in new if task.why is Why.OWN]
    return Today(
        tasks=(*first, *own_new, *due, *(task for task in new if task.why is Why.NEW)),
        new_left=left,
        done=len(drills.practised(connection, person, began)),
    )


def own(
    connection: Connection,
    deck: Mapping[str, Exercise],
    dialogues: Mapping[Lane, Dialogue],
    person: Person,
    now: dt.datetime,
) -> dict[str, dt.datetime]:
    """The phrases that a collector's own last shifts lacked, and when such a shift last began."""
    if person.collector_id is None:
        return {}
    since = now - dt.timedelta(days=MISSED_DAYS)
    found: dict[str, dt.datetime] = {}
    for row in own_misses.misses(connection, person.collector_id, since):
        for step in dialogues[row["lane"]].steps:
            phrase = _phrase(deck, step) if step.id == row["step"] else None
            if phrase is not None:
                found.setdefault(phrase, row["started_at"])
    return found


def progress(
    connection: Connection,
    deck: Mapping[str, Exercise],
    person: int,
    *,
    now: dt.datetime,
    zone: ZoneInfo,
) -> Progress:
    """How regularly a person practised, and how strong each of their cards is."""
    began = _midnight(now, zone)
    since = began - dt.timedelta(days=REGULAR_DAYS - 1)
    times = drills.practised(connection, person, since)
    days = {at.astimezone(zone).date() for at in times}
    cards = [
        Strong(exercise=deck[row["exercise"]], strength=strength(memory, now), due=memory.due)
        for row in drills.cards(connection, person)
        if row["exercise"] in deck
        for memory in (drills.memory(row),)
    ]
    return Progress(
        days=len(days),
        of=REGULAR_DAYS,
        today=now.astimezone(zone).date() in days,
        tries=len(times),
        cards=tuple(sorted(cards, key=lambda one: (one.strength, one.exercise.key))),
    )


def _missed(one: Exercise, missed: Mapping[str, dt.datetime]) -> dt.datetime | None:
    """When it was last lacking; a pair is not called missed because one of its lines was."""
    if one.key.startswith("pair:"):
        return None
    return max((missed[phrase] for phrase in one.phrases if phrase in missed), default=None)


def _phrase(deck: Mapping[str, Exercise], step: Step) -> str | None:
    """The phrase that a step is known by; of one with many (greet.*) its wording tells."""
    first = step.fills[0]
    if f"phrase:{first}" in deck:
        return first
    wording = spelt(step.wording)
    alike = (one.phrases for one in deck.values() if one.text == wording)
    return next((phrase for phrases in alike for phrase in phrases), None)


def _midnight(now: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    return now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


def memory_of(connection: Connection, person: int, exercise: str) -> Memory | None:
    """How well a person remembers a card; None: they have not had it."""
    row = drills.card(connection, person, exercise)
    return None if row is None else drills.memory(row)
