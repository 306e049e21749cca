"""What goes into and comes out of the tables of drills."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class DrillKind(enum.StrEnum):
    """What is practised."""

    PHRASE = "phrase"
    """a line of the catalog"""
    PAIR = "pair"
    """two lines that are easily confused, one after the other"""
    AMOUNT = "amount"
    """sums, read aloud"""
    VEHICLE = "vehicle"
    """a whole vehicle, played"""
    ENGLISH = "english"
    """a line in English"""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewAttempt:
    """A try that waits to be judged."""

    person_id: int
    kind: DrillKind
    exercise: str | None
    """which card of the deck; None: it is of no card"""
    text: str
    """what was to be said"""
    helped: bool
    """the model voice was heard just before"""
    digest: str
    """SHA-256 of the sound as it came, hexadecimal; empty: there was none"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """What came of a try."""

    result: Mapping[str, Any]
    """as `drill-score --json` prints it"""
    score: float | None
    """0..100; None: it could not be judged"""
    problem: str | None
    """code of why not; None: it was judged"""
    versions: Mapping[str, str]
    """of what judged it"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Memory:
    """How well a card is remembered, as FSRS has it."""

    state: int
    """1 learning, 2 review, 3 relearning"""
    step: int | None
    stability: float | None
    """days after which it is remembered with 90 %"""
    difficulty: float | None
    """1..10"""
    due: dt.datetime
    last_review: dt.datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Review:
    """What a try said of a card."""

    exercise: str
    rating: int
    """1 again, 2 hard, 3 good, 4 easy"""
    memory: Memory
    """from then on"""
