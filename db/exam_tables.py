"""The tables of exams: what is asked, who sat when, what they said, and what it came to.

What an exam asks cannot be changed; a sitting that is settled cannot either, nor be sat twice.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.columns import Base
from db.drill_types import DrillKind
from phrases.exam import Result


class Exam(Base):
    """What is asked, and by what rules."""

    __tablename__ = "exam"
    __table_args__ = (
        CheckConstraint("pass_mark BETWEEN 1 AND 100", name="mark"),
        CheckConstraint("minutes BETWEEN 1 AND 240 AND retries BETWEEN 0 AND 10", name="rules"),
        Index(None, "station_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    training_id: Mapped[int | None] = mapped_column(ForeignKey("training.id"))
    """which it follows"""
    title: Mapped[str]
    by_heart: Mapped[bool]
    """the lines are not shown"""
    pass_mark: Mapped[float]
    """0..100"""
    minutes: Mapped[int]
    retries: Mapped[int]
    sound_days: Mapped[int]
    """days for which what was said is kept"""
    opens_at: Mapped[dt.datetime]
    closes_at: Mapped[dt.datetime | None]
    made_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[dt.datetime]


class ExamItem(Base):
    """One thing to say."""

    __tablename__ = "exam_item"
    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """from 1"""
    kind: Mapped[DrillKind]
    exercise: Mapped[str | None]
    """of the deck; NULL: any line"""
    text: Mapped[str]
    """what is to be said"""


class ExamEnd(Base):
    """That an exam is over."""

    __tablename__ = "exam_end"
    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"), primary_key=True)
    ended_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[dt.datetime]


class ExamSitting(Base):
    """Somebody's going at it."""

    __tablename__ = "exam_sitting"
    __table_args__ = (
        UniqueConstraint("exam_id", "person_id", "number"),
        CheckConstraint("settled_at IS NULL OR finished_at IS NOT NULL", name="finished"),
        CheckConstraint("(settled_at IS NULL) = (result IS NULL)", name="settled"),
        Index(None, "person_id"),
        Index(None, "started_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    number: Mapped[int]
    """from 1; a retry is the next"""
    started_at: Mapped[dt.datetime]
    ends_at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime | None]
    """NULL: it goes on"""
    settled_at: Mapped[dt.datetime | None]
    """NULL: not all that was said is judged"""
    score: Mapped[float | None]
    """0..100; NULL: nothing could be judged"""
    score_low: Mapped[float | None]
    score_high: Mapped[float | None]
    result: Mapped[Result | None]


class ExamAnswer(Base):
    """What was said to an item: once, and again only where it could not be judged."""

    __tablename__ = "exam_answer"
    __table_args__ = (
        CheckConstraint("turn BETWEEN 1 AND 3", name="turn"),
        UniqueConstraint("attempt_id"),
    )
    sitting_id: Mapped[int] = mapped_column(ForeignKey("exam_sitting.id"), primary_key=True)
    item: Mapped[int] = mapped_column(primary_key=True)
    turn: Mapped[int] = mapped_column(primary_key=True)
    """from 1"""
    attempt_id: Mapped[int] = mapped_column(ForeignKey("drill_attempt.id"))


class ExamCheck(Base):
    """What a trainer who looked at a sitting again says; the last one counts."""

    __tablename__ = "exam_check"
    __table_args__ = (CheckConstraint("result <> 'open'", name="decided"),)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("exam_sitting.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """from 1"""
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[dt.datetime]
    result: Mapped[Result]
    text: Mapped[str]
