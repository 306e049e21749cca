"""What goes into the tables of exams and trainings."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from db.drill_types import DrillKind


@dataclass(frozen=True, kw_only=True, slots=True)
class NewItem:
    """One thing to say."""

    kind: DrillKind
    exercise: str | None
    """of the deck; None: any line"""
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NewExam:
    """What is asked, and by what rules."""

    station_id: int
    title: str
    by_heart: bool
    pass_mark: float
    """0..100"""
    minutes: int
    retries: int
    sound_days: int
    opens_at: dt.datetime
    closes_at: dt.datetime | None
    training_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewTraining:
    """A training that is planned."""

    station_id: int
    course: str
    place: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    cost_fen: int | None
