"""The tables of drills: tries, their sound while it is kept, cards, and what tries said of them.

They are a person's own. No table of results, scores or consequences refers to one of these, and
triggers refuse the ways round: docs/drills.md lists them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.columns import Base
from db.drill_types import DrillKind


class DrillAttempt(Base):
    """A try at something; without `judged_at` it waits."""

    __tablename__ = "drill_attempt"
    __table_args__ = (
        CheckConstraint("score IS NULL OR score BETWEEN 0 AND 100", name="score"),
        CheckConstraint("judged_at IS NOT NULL OR score IS NULL", name="judged"),
        Index(None, "person_id", "id"),
        Index(None, "digest"),
        Index(None, "judged_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[dt.datetime]
    kind: Mapped[DrillKind]
    exercise: Mapped[str | None]
    """which card of the deck"""
    text: Mapped[str]
    """what was to be said"""
    helped: Mapped[bool]
    """the model voice was heard just before"""
    digest: Mapped[str]
    """SHA-256 of the sound as it came; empty: there was none"""
    judged_at: Mapped[dt.datetime | None]
    result: Mapped[Mapping[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """as `drill-score --json` prints it"""
    score: Mapped[float | None]
    """NULL: it waits, or could not be judged"""
    problem: Mapped[str | None]
    """code of why it could not be judged"""
    versions: Mapped[Mapping[str, str]]


class DrillSound(Base):
    """The sound of a try, encrypted as clips are; no row: there is none any more."""

    __tablename__ = "drill_sound"
    __table_args__ = (Index(None, "sha256", unique=True), Index(None, "until"))
    attempt_id: Mapped[int] = mapped_column(ForeignKey("drill_attempt.id"), primary_key=True)
    sha256: Mapped[str]
    """of the encrypted file, which it names"""
    size: Mapped[int]
    """bytes of the file"""
    wrapped: Mapped[str]
    """its own key, wrapped by the machine's"""
    wrapped_by: Mapped[str]
    until: Mapped[dt.datetime | None]
    """when it goes; NULL: as soon as the try is judged"""


class DrillCard(Base):
    """How well somebody remembers a line, or two that are easily confused."""

    __tablename__ = "drill_card"
    __table_args__ = (UniqueConstraint("person_id", "exercise"), Index(None, "person_id", "due"))
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    exercise: Mapped[str]
    made_at: Mapped[dt.datetime]
    state: Mapped[int]
    step: Mapped[int | None]
    stability: Mapped[float | None]
    difficulty: Mapped[float | None]
    due: Mapped[dt.datetime]
    last_review: Mapped[dt.datetime | None]


class DrillReview(Base):
    """What one try said of a card; a trigger refuses one of a try that could not be judged."""

    __tablename__ = "drill_review"
    __table_args__ = (
        CheckConstraint("rating BETWEEN 1 AND 4", name="rating"),
        Index(None, "attempt_id"),
    )
    card_id: Mapped[int] = mapped_column(ForeignKey("drill_card.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """from 1"""
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("drill_attempt.id"))
    """NULL: the try was deleted"""
    at: Mapped[dt.datetime]
    rating: Mapped[int]
