"""What a check found is put right within a time, and looked at again (限期整改、回头看)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from enum import StrEnum

from phrases.complaint import CannotError


class Move(StrEnum):
    """What is written into a rectification's history."""

    OPENED = "opened"
    NOTED = "noted"
    DONE = "done"
    """put right, by the word of whoever did it"""
    PASSED = "passed"
    """looked at again, and right: closed"""
    FAILED = "failed"
    """looked at again, and not right: open once more"""


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """How it stands with a rectification."""

    due_at: dt.datetime
    """aware; until when it is to be put right, or once that is done to be looked at again"""
    done_at: dt.datetime | None = None
    """aware; None: it is not put right"""
    done_by: int | None = None
    """the id of who said so"""
    closed_at: dt.datetime | None = None
    """aware; None: it was not looked at again, or was not right"""

    def overdue(self, now: dt.datetime) -> bool:
        """Whether it should have been put right, or looked at again."""
        return self.closed_at is None and now > self.due_at


def opened(at: dt.datetime, days: int) -> State:
    """To be put right within these days."""
    return State(due_at=at + dt.timedelta(days=days))


def done(state: State, at: dt.datetime, by: int, days: int) -> State:
    """Put right by somebody; somebody else has as many days to look again."""
    if state.closed_at is not None:
        raise CannotError("it is closed already")
    if state.done_at is not None:
        raise CannotError("it is put right already: it waits to be looked at again")
    return replace(state, done_at=at, done_by=by, due_at=at + dt.timedelta(days=days))


def looked_at(state: State, at: dt.datetime, by: int, days: int, *, right: bool) -> State:
    """Looked at again by somebody who did not put it right."""
    if state.closed_at is not None:
        raise CannotError("it is closed already")
    if state.done_at is None:
        raise CannotError("it is not put right yet: look again when it is")
    if by == state.done_by:
        raise CannotError("you put it right: somebody else must look again")
    if right:
        return replace(state, closed_at=at)
    return opened(at, days)
