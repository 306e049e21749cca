"""What was found is put right in time, and not by its own word alone."""

from __future__ import annotations

import datetime as dt

import pytest

from phrases.complaint import CannotError
from phrases.rectify import done, looked_at, opened

AT = dt.datetime(2026, 11, 24, 10, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def test_it_is_overdue_until_it_is_closed() -> None:
    """First to be put right, then to be looked at again, each in its time."""
    state = opened(AT, 7)
    assert not state.overdue(AT + 7 * DAY)
    assert state.overdue(AT + 8 * DAY)
    right = done(state, AT + 8 * DAY, 1, 7)
    assert not right.overdue(AT + 15 * DAY)
    assert right.overdue(AT + 16 * DAY)
    closed = looked_at(right, AT + 16 * DAY, 2, 7, right=True)
    assert not closed.overdue(AT + 100 * DAY)


def test_what_is_not_right_is_open_once_more() -> None:
    """With a time of its own, as at the beginning."""
    right = done(opened(AT, 7), AT + DAY, 1, 7)
    assert looked_at(right, AT + 2 * DAY, 2, 7, right=False) == opened(AT + 2 * DAY, 7)


def test_nothing_is_skipped_or_done_twice() -> None:
    """Put right, then looked at by somebody else, then closed for good."""
    state = opened(AT, 7)
    with pytest.raises(CannotError, match="not put right yet"):
        looked_at(state, AT, 2, 7, right=True)
    right = done(state, AT, 1, 7)
    with pytest.raises(CannotError, match="waits to be looked at"):
        done(right, AT, 3, 7)
    with pytest.raises(CannotError, match="somebody else must look"):
        looked_at(right, AT, 1, 7, right=True)
    closed = looked_at(right, AT, 2, 7, right=True)
    with pytest.raises(CannotError, match="closed already"):
        looked_at(closed, AT, 2, 7, right=False)
    with pytest.raises(CannotError, match="closed already"):
        done(closed, AT, 1, 7)
