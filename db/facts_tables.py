"""What supervisors ask, counted when it is stored: which grading a shift shows, and its figures.

Every grading has figures of its own, so to show another grading moves one pointer and no figure.
A figure is named by the grading that it counts and goes with it. docs/figures.md has the sizes.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.columns import Base
from phrases.types import FindingStatus, Lane, Profile


class Shown(Base):
    """The grading that a shift shows, with what its figures are asked by."""

    __tablename__ = "shown"
    __table_args__ = (
        Index(None, "grading_id", unique=True),
        Index(None, "day"),
        Index(None, "station_id", "day"),
        Index(None, "booth_id", "day"),
        Index(None, "team_id", "day"),
        Index(None, "collector_id", "day"),
        Index(None, "started_at", "grading_id"),
    )
    shift_id: Mapped[str] = mapped_column(
        ForeignKey("shift.id", ondelete="CASCADE"), primary_key=True
    )
    grading_id: Mapped[int] = mapped_column(ForeignKey("grading.id", ondelete="CASCADE"))
    day: Mapped[dt.date]
    """on which the shift began, by the site's clock: the whole shift counts there"""
    started_at: Mapped[dt.datetime]
    """of the shift"""
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    booth_id: Mapped[int] = mapped_column(ForeignKey("booth.id"))
    collector_id: Mapped[int] = mapped_column(ForeignKey("collector.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))


class _OfGrading:
    """A figure of one grading, for the vehicles of one lane."""

    grading_id: Mapped[int] = mapped_column(
        ForeignKey("grading.id", ondelete="CASCADE"), primary_key=True, sort_order=-9
    )
    lane: Mapped[Lane] = mapped_column(primary_key=True, sort_order=-8)


class _Vehicles:
    """How many vehicles, and what became of them."""

    vehicles: Mapped[int] = mapped_column(sort_order=1)
    compliant: Mapped[int] = mapped_column(sort_order=2)
    fault: Mapped[int] = mapped_column(sort_order=3)
    unsure: Mapped[int] = mapped_column(sort_order=4)


class FactTotal(_OfGrading, _Vehicles, Base):
    """All vehicles."""

    __tablename__ = "fact_total"


class FactHour(_OfGrading, _Vehicles, Base):
    """The vehicles that arrived in one hour of the day, under one profile and one weather."""

    __tablename__ = "fact_hour"
    hour: Mapped[int] = mapped_column(primary_key=True, sort_order=-3)
    """0..23, by the site's clock"""
    profile: Mapped[Profile] = mapped_column(primary_key=True, sort_order=-2)
    weather: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    """ids of the phrases that the weather asked for, as JSON lists; empty: it asked for none"""


class FactStep(_OfGrading, Base):
    """How often a step was said, where it was mandatory or where it was not."""

    __tablename__ = "fact_step"
    step: Mapped[str] = mapped_column(primary_key=True, sort_order=-2)
    mandatory: Mapped[bool] = mapped_column(primary_key=True, sort_order=-1)
    said: Mapped[int] = mapped_column(sort_order=1)
    missing: Mapped[int] = mapped_column(sort_order=2)
    wrong: Mapped[int] = mapped_column(sort_order=3)
    unsure: Mapped[int] = mapped_column(sort_order=4)
    excused: Mapped[int] = mapped_column(sort_order=5)


class FactFinding(_OfGrading, Base):
    """How many findings there are of one code and status."""

    __tablename__ = "fact_finding"
    __table_args__ = (Index(None, "code", "grading_id"),)
    code: Mapped[str] = mapped_column(primary_key=True, sort_order=-2)
    status: Mapped[FindingStatus] = mapped_column(primary_key=True, sort_order=-1)
    findings: Mapped[int] = mapped_column(sort_order=1)
