"""Complaints: every one is answered, and what is late goes up."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phrases.complaint import (
    CannotError,
    Deadlines,
    Level,
    State,
    answered,
    escalated,
    may_answer,
    reopened,
    rises,
    taken,
)

AT = dt.datetime(2026, 11, 24, 10, 0, tzinfo=dt.UTC)
WEEK = Deadlines()
DAY = dt.timedelta(days=1)


def test_it_is_to_be_answered_within_a_week() -> None:
    """From when it was taken, whoever took it."""
    state = taken(Level.COLLECTOR, AT, WEEK)
    assert state.due_at == AT + 7 * DAY
    assert not state.overdue(AT + 7 * DAY)
    assert state.overdue(AT + 7 * DAY + dt.timedelta(seconds=1))


def test_what_is_late_goes_up_level_by_level() -> None:
    """To the duty leader when it is due, to the office two days later, and no further."""
    state = taken(Level.COLLECTOR, AT, WEEK)
    assert list(rises(state, AT + 7 * DAY - dt.timedelta(seconds=1), WEEK)) == []
    found = list(rises(state, AT + 100 * DAY, WEEK))
    assert [(at, after.level) for at, after in found] == [
        (AT + 7 * DAY, Level.DUTY_LEADER),
        (AT + 9 * DAY, Level.OFFICE),
    ]
    assert found[-1][1].escalates_at is None
    assert found[-1][1].overdue(AT + 100 * DAY)


def test_handing_it_up_gives_no_more_time() -> None:
    """Whoever takes part is held to the first deadline."""
    state = escalated(taken(Level.COLLECTOR, AT, WEEK), AT + DAY, WEEK)
    assert (state.level, state.due_at) == (Level.DUTY_LEADER, AT + 7 * DAY)
    assert state.escalates_at == AT + 7 * DAY
    late = escalated(taken(Level.COLLECTOR, AT, WEEK), AT + 8 * DAY, WEEK)
    assert late.escalates_at == AT + 10 * DAY
    with pytest.raises(CannotError, match="nobody above"):
        escalated(escalated(state, AT, WEEK), AT, WEEK)


def test_an_answer_ends_it_until_it_is_opened_again() -> None:
    """Answered once, then a level higher with a week of its own."""
    state = answered(taken(Level.DUTY_LEADER, AT, WEEK), AT + DAY, proven=True, apologised=True)
    assert not state.overdue(AT + 100 * DAY)
    assert list(rises(state, AT + 100 * DAY, WEEK)) == []
    with pytest.raises(CannotError, match="answered already"):
        answered(state, AT, proven=False, apologised=False)
    with pytest.raises(CannotError, match="answered already"):
        escalated(state, AT, WEEK)
    opened = reopened(state, AT + 3 * DAY, WEEK)
    assert opened == taken(Level.OFFICE, AT + 3 * DAY, WEEK)
    with pytest.raises(CannotError, match="is open"):
        reopened(opened, AT, WEEK)


@given(
    level=st.sampled_from(Level),
    days=st.integers(1, 30),
    each=st.integers(1, 10),
    passed=st.integers(0, 400),
)
def test_nothing_open_is_ever_lost(level: Level, days: int, each: int, passed: int) -> None:
    """However late: it is open, at a level no lower than before, and somebody may answer it."""
    within = Deadlines(answer=days * DAY, level=each * DAY)
    state = taken(level, AT, within)
    now = AT + passed * DAY
    heights = [state.level.height]
    for at, after in rises(state, now, within):
        assert at <= now
        state = after
        heights.append(state.level.height)
    assert heights == sorted(set(heights))
    assert state.answered_at is None
    assert state.escalates_at is None or state.escalates_at > now
    assert state.due_at == AT + days * DAY
    assert may_answer(state, Level.OFFICE)


def test_only_who_is_high_enough_answers() -> None:
    """What went up is not answered from below."""
    state: State = escalated(taken(Level.COLLECTOR, AT, WEEK), AT, WEEK)
    assert [may_answer(state, level) for level in Level] == [False, True, True]
