"""What may become of a complaint, and until when: taken, handed up, answered, opened again.

Whoever takes it first owns it (首问负责). What is not answered in time goes up a level, and stays
overdue until it is answered; nothing ends otherwise.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum


class Channel(StrEnum):
    """How a complaint came."""

    PHONE = "phone"
    LETTER = "letter"
    VISIT = "visit"
    PRESS = "press"


class Level(StrEnum):
    """Who has to answer it, from the lowest up."""

    COLLECTOR = "collector"
    DUTY_LEADER = "duty_leader"
    OFFICE = "office"

    @property
    def height(self) -> int:
        """0 is the lowest."""
        return list(Level).index(self)

    @property
    def above(self) -> Level:
        """The next one up; of the highest itself."""
        levels = list(Level)
        return levels[min(self.height + 1, len(levels) - 1)]


class Event(StrEnum):
    """What is written into a complaint's history."""

    TAKEN = "taken"
    NOTED = "noted"
    LINKED = "linked"
    """a vehicle or a shift was named"""
    ESCALATED = "escalated"
    ANSWERED = "answered"
    REOPENED = "reopened"


@dataclass(frozen=True, kw_only=True, slots=True)
class Deadlines:
    """How long each may take."""

    answer: dt.timedelta = dt.timedelta(days=7)
    """until a complaint is to be answered"""
    level: dt.timedelta = dt.timedelta(days=2)
    """what a level has, once the time to answer is over, before it goes up again"""


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """How it stands with a complaint."""

    level: Level
    due_at: dt.datetime
    """aware; when it is to be answered"""
    escalates_at: dt.datetime | None
    """aware; when it goes up by itself. None: answered, or at the highest level"""
    answered_at: dt.datetime | None = None
    """aware; None: it is open"""
    proven: bool | None = None
    """None: not answered yet"""
    apologised: bool | None = None
    """None: not answered yet"""

    def overdue(self, now: dt.datetime) -> bool:
        """Whether it should have been answered."""
        return self.answered_at is None and now > self.due_at


class CannotError(ValueError):
    """What was asked cannot be done as it stands; the text says why and what to do."""


def taken(level: Level, at: dt.datetime, within: Deadlines) -> State:
    """As it stands when somebody of this level takes it."""
    due = at + within.answer
    return State(level=level, due_at=due, escalates_at=_next(level, due))


def escalated(state: State, at: dt.datetime, within: Deadlines) -> State:
    """One level up; the time to answer stays what it was."""
    _open(state)
    if state.level is Level.OFFICE:
        raise CannotError("the office has it, and there is nobody above: answer it")
    level = state.level.above
    later = max(state.due_at, at + within.level)
    return replace(state, level=level, escalates_at=_next(level, later))


def rises(state: State, now: dt.datetime, within: Deadlines) -> Iterator[tuple[dt.datetime, State]]:
    """Each time by now at which it went up by itself, and as it stood from then on."""
    while state.escalates_at is not None and state.escalates_at <= now:
        at = state.escalates_at
        state = escalated(state, at, within)
        yield at, state


def answered(state: State, at: dt.datetime, *, proven: bool, apologised: bool) -> State:
    """Answered to whoever complained, with what was found."""
    _open(state)
    return replace(state, escalates_at=None, answered_at=at, proven=proven, apologised=apologised)


def reopened(state: State, at: dt.datetime, within: Deadlines) -> State:
    """Open again, a level higher: whoever complained is not content with the answer."""
    if state.answered_at is None:
        raise CannotError("the complaint is open: answer it first")
    return taken(state.level.above, at, within)


def may_answer(state: State, level: Level) -> bool:
    """Whether somebody of this level is high enough."""
    return level.height >= state.level.height


def _open(state: State) -> None:
    if state.answered_at is not None:
        raise CannotError("the complaint is answered already: open it again first")


def _next(level: Level, at: dt.datetime) -> dt.datetime | None:
    return None if level is Level.OFFICE else at
