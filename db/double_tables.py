"""The tables of blind double listening, and of what phrases may do by it.

Rows are only ever added, which triggers hold. Two people label a clip, neither of whom was on its
shift; how a phrase stands is said by its last row.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.columns import Base
from phrases.agreement import Program
from phrases.review import Verdict
from phrases.standing import Reason, Standing


class DoubleSample(Base):
    """Vehicles drawn at random for two people to hear blind, for one code."""

    __tablename__ = "double_sample"
    __table_args__ = (Index(None, "station_id", "code"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    code: Mapped[str]
    """of findings, such as missing.thanks"""
    since: Mapped[dt.date]
    """the first day of the shifts"""
    until: Mapped[dt.date]
    """the day after the last"""
    size: Mapped[int]
    """faults that were to be drawn"""
    others: Mapped[int]
    """unsure ones, and vehicles of which nothing was said, that were to be drawn of each"""
    faults: Mapped[int]
    """how many vehicles there were at fault"""
    unsures: Mapped[int]
    silents: Mapped[int]
    seed: Mapped[str]
    """32 hexadecimal characters"""
    drawn_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    drawn_at: Mapped[dt.datetime]


class DoubleItem(Base):
    """A vehicle of a sample."""

    __tablename__ = "double_item"
    __table_args__ = (
        ForeignKeyConstraint(
            ("grading_id", "vehicle_position"), ("vehicle.grading_id", "vehicle.position")
        ),
        UniqueConstraint("sample_id", "grading_id", "vehicle_position"),
        Index(None, "grading_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    sample_id: Mapped[int] = mapped_column(ForeignKey("double_sample.id"))
    grading_id: Mapped[int]
    vehicle_position: Mapped[int]
    program: Mapped[Program]
    """what the program said: not told to who listens"""
    hold_id: Mapped[int] = mapped_column(ForeignKey("hold.id"))


class DoubleLabel(Base):
    """What one of the two heard: whether it is as the code says."""

    __tablename__ = "double_label"
    __table_args__ = (
        UniqueConstraint("item_id", "person_id"),
        CheckConstraint("number IN (1, 2)", name="two"),
    )
    item_id: Mapped[int] = mapped_column(ForeignKey("double_item.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """1 or 2"""
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[dt.datetime]
    verdict: Mapped[Verdict]


class PhraseStanding(Base):
    """What a code may do at a station from a moment on, and by what."""

    __tablename__ = "phrase_standing"
    __table_args__ = (
        CheckConstraint(
            "standing = 'advisory' OR (clips >= 200 AND low >= 0.98)",
            name="shown",
        ),
    )
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """from 1"""
    at: Mapped[dt.datetime]
    standing: Mapped[Standing]
    reason: Mapped[Reason]
    clips: Mapped[int]
    confirmed: Mapped[int]
    low: Mapped[float | None]
    """0..1, lower 95 % bound"""
    model: Mapped[str]
    """that heard the clips"""
    thresholds: Mapped[str]
