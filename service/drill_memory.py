"""Remember what was practised: when a card is due, and how strong it is, by FSRS."""

from __future__ import annotations

import datetime as dt

from fsrs import Card, Rating, Scheduler, State

from db.drill_types import Memory
from phrases.recall import Recall

LONGEST_DAYS = 60
"""days until a card comes again, at most: what is said every day in a booth is not learnt once"""
RETENTION = 0.9
"""0..1, probability that a line is still known when it comes again"""

# Without chance: the same tries give the same days, on every machine.
_scheduler = Scheduler(
    desired_retention=RETENTION, maximum_interval=LONGEST_DAYS, enable_fuzzing=False
)


def reviewed(memory: Memory | None, recall: Recall, at: dt.datetime) -> Memory:
    """The memory of a card after a try; `at` is aware. None: it is the first."""
    at = at.astimezone(dt.UTC)
    card, _ = _scheduler.review_card(_card(memory, at), Rating(recall.value), at)
    return Memory(
        state=card.state.value,
        step=card.step,
        stability=card.stability,
        difficulty=card.difficulty,
        due=card.due,
        last_review=card.last_review,
    )


def strength(memory: Memory, at: dt.datetime) -> float:
    """0..1, how likely the line is known now."""
    return float(_scheduler.get_card_retrievability(_card(memory, at), at))


def _card(memory: Memory | None, at: dt.datetime) -> Card:
    if memory is None:
        return Card(card_id=0, due=at)
    return Card(
        card_id=0,
        state=State(memory.state),
        step=memory.step,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=memory.due,
        last_review=memory.last_review,
    )
