"""The tables of checks by hand, of samples drawn for them, and of what is to be put right.

Rows are only ever added, which triggers hold; words can be blanked. How it stands with a
rectification is said by its last entry.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.check_types import Remark
from db.columns import Base
from phrases.checks import Cadence, Method
from phrases.rectify import Move
from phrases.types import Lane, Outcome


class CheckPlan(Base):
    """How often a station is to be checked, and how; one that is changed is ended and made anew."""

    __tablename__ = "check_plan"
    __table_args__ = (Index(None, "station_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    cadence: Mapped[Cadence]
    method: Mapped[Method]
    size: Mapped[int]
    """checks in each period"""
    made_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[dt.datetime]


class CheckPlanEnd(Base):
    """That a plan is over."""

    __tablename__ = "check_plan_end"
    plan_id: Mapped[int] = mapped_column(ForeignKey("check_plan.id"), primary_key=True)
    ended_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[dt.datetime]


class CheckSample(Base):
    """Vehicles drawn at random, and from what: who has the seed can draw them again."""

    __tablename__ = "check_sample"
    __table_args__ = (Index(None, "station_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("check_plan.id"))
    since: Mapped[dt.date]
    """the first day of the shifts"""
    until: Mapped[dt.date]
    """the day after the last"""
    size: Mapped[int]
    """how many were asked for"""
    seed: Mapped[str]
    """32 hexadecimal characters"""
    drawn_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    drawn_at: Mapped[dt.datetime]


class CheckDrawn(Base):
    """A vehicle of a sample, and its kind."""

    __tablename__ = "check_drawn"
    sample_id: Mapped[int] = mapped_column(ForeignKey("check_sample.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    """from 0, in the order drawn"""
    grading_id: Mapped[int] = mapped_column(ForeignKey("grading.id"))
    vehicle_position: Mapped[int]
    night: Mapped[bool]
    rain: Mapped[bool]
    outcome: Mapped[Outcome]
    """with its booth, what it was drawn as"""
    of: Mapped[int]
    """how many of its kind there were"""


class HandCheck(Base):
    """A check that somebody made by hand: of a collector, or of a team."""

    __tablename__ = "hand_check"
    __table_args__ = (
        Index(None, "station_id", "id"),
        Index(None, "collector_id", "day"),
        Index(None, "station_id", "day"),
        Index(None, "written_by", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    method: Mapped[Method]
    lane: Mapped[Lane]
    day: Mapped[dt.date]
    """on which what was checked took place, by the site's clock"""
    booth_id: Mapped[int | None] = mapped_column(ForeignKey("booth.id"))
    collector_id: Mapped[int | None] = mapped_column(ForeignKey("collector.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("check_plan.id"))
    sample_id: Mapped[int | None] = mapped_column(ForeignKey("check_sample.id"))
    grading_id: Mapped[int | None] = mapped_column(ForeignKey("grading.id"))
    """what was heard; NULL: somebody stood there"""
    vehicle_position: Mapped[int | None]
    items: Mapped[str]
    """version of the items and of the score table"""
    written_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[dt.datetime]


class HandMark(Base):
    """What a check gave for one item."""

    __tablename__ = "hand_mark"
    check_id: Mapped[int] = mapped_column(ForeignKey("hand_check.id"), primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    points: Mapped[float]
    """that there are"""
    given: Mapped[float | None]
    """NULL: it could not be seen"""


class HandRemark(Base):
    """What somebody said to a check; a trigger lets the words be blanked, and no more."""

    __tablename__ = "hand_remark"
    check_id: Mapped[int] = mapped_column(ForeignKey("hand_check.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """from 1"""
    at: Mapped[dt.datetime]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[Remark]
    text: Mapped[str]


class Rectification(Base):
    """Something to be put right."""

    __tablename__ = "rectification"
    __table_args__ = (Index(None, "station_id", "id"), Index(None, "collector_id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    collector_id: Mapped[int | None] = mapped_column(ForeignKey("collector.id"))
    check_id: Mapped[int | None] = mapped_column(ForeignKey("hand_check.id"))
    """the check that found it"""
    opened_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[dt.datetime]


class RectificationEntry(Base):
    """One line of its history, and how it stood from then on; words can be blanked."""

    __tablename__ = "rectification_entry"
    rectification_id: Mapped[int] = mapped_column(ForeignKey("rectification.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """from 1"""
    at: Mapped[dt.datetime]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    move: Mapped[Move]
    due_at: Mapped[dt.datetime]
    done_at: Mapped[dt.datetime | None]
    done_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[dt.datetime | None]
    text: Mapped[str]
