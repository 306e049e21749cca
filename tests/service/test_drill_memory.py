"""FSRS decides when a card comes again: later the better it is known, never by chance."""

from __future__ import annotations

import datetime as dt

from db.drill_types import Memory
from phrases.recall import Recall
from service.drill_memory import LONGEST_DAYS, RETENTION, reviewed, strength

AT = dt.datetime(2026, 11, 24, 10, 0, tzinfo=dt.UTC)


def known(times: int, recall: Recall = Recall.GOOD) -> Memory:
    """A card that was known so often, each time when it was due."""
    memory, at = reviewed(None, recall, AT), AT
    for _ in range(times - 1):
        at = max(memory.due, at)
        memory = reviewed(memory, recall, at)
    return memory


def test_what_is_known_comes_later_each_time_but_not_too_late() -> None:
    """A line of the booth comes again within two months, however well it is known."""
    gaps = [memory.due - (memory.last_review or AT) for memory in map(known, range(1, 9))]
    assert gaps == sorted(gaps)
    assert gaps[0] < dt.timedelta(hours=1)
    assert gaps[-1] == dt.timedelta(days=LONGEST_DAYS)


def test_what_is_not_known_comes_soon() -> None:
    """Hard comes sooner than good, again at once; and it is weaker."""
    before = known(3)
    at = before.due
    after = {recall: reviewed(before, recall, at) for recall in Recall}
    dues = [after[recall].due for recall in Recall]
    assert dues == sorted(dues)
    assert after[Recall.AGAIN].due - at < dt.timedelta(hours=1)
    later = at + dt.timedelta(days=10)
    strengths = [strength(after[recall], later) for recall in Recall]
    assert strengths == sorted(strengths)


def test_the_same_tries_give_the_same_days() -> None:
    """There is no chance in it: two machines agree."""
    assert known(5) == known(5)


def test_strength_falls_to_the_bar_when_it_is_due() -> None:
    """It is due when it would be known with nine in ten."""
    memory = known(3)
    assert strength(memory, memory.last_review or AT) == 1.0
    assert abs(strength(memory, memory.due) - RETENTION) < 0.02
