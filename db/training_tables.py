"""The tables of trainings: what is planned for whom, and who was there.

Rows are only ever added: what is changed is ended and planned anew, and the last word of who was
there counts.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.columns import Base


class Training(Base):
    """A training that is planned."""

    __tablename__ = "training"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="span"),
        CheckConstraint("cost_fen IS NULL OR cost_fen >= 0", name="cost"),
        Index(None, "station_id", "starts_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    course: Mapped[str]
    place: Mapped[str]
    starts_at: Mapped[dt.datetime]
    ends_at: Mapped[dt.datetime]
    cost_fen: Mapped[int | None]
    """NULL: not said"""
    made_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[dt.datetime]


class TrainingEnd(Base):
    """That a training does not take place."""

    __tablename__ = "training_end"
    training_id: Mapped[int] = mapped_column(ForeignKey("training.id"), primary_key=True)
    ended_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[dt.datetime]


class TrainingInvited(Base):
    """For whom it is."""

    __tablename__ = "training_invited"
    __table_args__ = (Index(None, "person_id"),)
    training_id: Mapped[int] = mapped_column(ForeignKey("training.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)


class TrainingPresence(Base):
    """Whether somebody was there."""

    __tablename__ = "training_presence"
    training_id: Mapped[int] = mapped_column(ForeignKey("training.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """from 1"""
    present: Mapped[bool]
    written_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[dt.datetime]
