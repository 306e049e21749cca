"""Re-grading in bulk: what was asked for, how far it is, and the months that were reported."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.columns import Base


class Regrade(Base):
    """A re-grading of many shifts, which a person looks at before it is shown."""

    __tablename__ = "regrade"
    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[dt.datetime]
    by: Mapped[str]
    """who asked for it"""
    what: Mapped[str]
    """table, or clips: what it goes by"""
    score_table: Mapped[str]
    """its version"""
    table_json: Mapped[str]
    """the table itself, for workers on other machines"""
    shown_at: Mapped[dt.datetime | None]
    """when its gradings were made the ones that are shown"""
    shown_by: Mapped[str | None]


class RegradeShift(Base):
    """One shift of a re-grading."""

    __tablename__ = "regrade_shift"
    __table_args__ = (Index(None, "shift_id"),)
    regrade_id: Mapped[int] = mapped_column(ForeignKey("regrade.id"), primary_key=True)
    shift_id: Mapped[str] = mapped_column(
        ForeignKey("shift.id", ondelete="CASCADE"), primary_key=True
    )
    before_id: Mapped[int] = mapped_column(ForeignKey("grading.id", ondelete="CASCADE"))
    """the grading that was shown, and is graded anew"""
    after_id: Mapped[int | None] = mapped_column(ForeignKey("grading.id", ondelete="CASCADE"))
    """NULL: it is yet to be done, or cannot be"""
    left: Mapped[str | None]
    """why it cannot be"""


class MonthReport(Base):
    """The figures of a station's month, as they were when they were reported."""

    __tablename__ = "month_report"
    __table_args__ = (UniqueConstraint("station_id", "month", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    month: Mapped[str]
    """such as 2026-11"""
    number: Mapped[int]
    """from 1; another is added only when the figures have changed"""
    made_at: Mapped[dt.datetime]
    figures: Mapped[str]
    """JSON, docs/figures.md"""
