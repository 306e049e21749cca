"""The tables: what a station, a shift and its gradings are in the database.

Codes such as a collector's id are given from outside and mean something within their station.
A grading and all below it is written once and never changed, so its rows need no keys of their
own: they are named by the grading and their place in it, from 0.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.columns import Base, Ms
from phrases.types import (
    Decision,
    FindingStatus,
    GapReason,
    Lane,
    Outcome,
    Profile,
    Side,
    StepOutcome,
    TimeSource,
)


class Station(Base):
    """A toll station."""

    __tablename__ = "station"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)


class Booth(Base):
    """A booth of a station."""

    __tablename__ = "booth"
    __table_args__ = (UniqueConstraint("station_id", "code"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    code: Mapped[str]


class Team(Base):
    """A team of a station."""

    __tablename__ = "team"
    __table_args__ = (UniqueConstraint("station_id", "code"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    code: Mapped[str]


class Collector(Base):
    """A collector of a station, by id only."""

    __tablename__ = "collector"
    __table_args__ = (UniqueConstraint("station_id", "code"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    code: Mapped[str]
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    """the team of the latest shift for which one was named"""


class Shift(Base):
    """One collector in one booth from one moment on."""

    __tablename__ = "shift"
    __table_args__ = (
        UniqueConstraint("booth_id", "collector_id", "started_at"),
        Index(None, "started_at"),
        Index(None, "collector_id", "started_at"),
        Index(None, "team_id", "started_at"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    """ShiftIdentity.shift_id"""
    booth_id: Mapped[int] = mapped_column(ForeignKey("booth.id"))
    collector_id: Mapped[int] = mapped_column(ForeignKey("collector.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    """as it was in this shift"""
    started_at: Mapped[dt.datetime]


class Recording(Base):
    """What was graded."""

    __tablename__ = "recording"
    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(unique=True)
    """of the file, or of its files' sums"""
    duration_ms: Mapped[Ms]


class Part(Base):
    """One file of a recording."""

    __tablename__ = "part"
    recording_id: Mapped[int] = mapped_column(
        ForeignKey("recording.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    """without folders, as first graded"""
    sha256: Mapped[str]
    duration_ms: Mapped[Ms]


class Grading(Base):
    """One run over a recording: never overwritten, a later run adds another."""

    __tablename__ = "grading"
    __table_args__ = (UniqueConstraint("shift_id", "number"), Index(None, "recording_id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    shift_id: Mapped[str] = mapped_column(ForeignKey("shift.id"))
    number: Mapped[int]
    """from 1 within the shift"""
    recording_id: Mapped[int] = mapped_column(ForeignKey("recording.id"))
    created_at: Mapped[dt.datetime]
    complete: Mapped[bool]
    """False: stopped in the middle"""
    lane: Mapped[Lane]
    started_at: Mapped[dt.datetime]
    """of the recording, as this run took it"""
    utc_offset_s: Mapped[int]
    """seconds that the site's clock was ahead of UTC"""
    time_source: Mapped[TimeSource]
    duration_ms: Mapped[Ms]
    listened_ms: Mapped[Ms]
    gap_ms: Mapped[Ms]
    vehicles: Mapped[int]
    compliant: Mapped[int]
    fault: Mapped[int]
    unsure: Mapped[int]
    score: Mapped[float | None]
    """0..100; NULL: nothing could be judged"""
    score_low: Mapped[float | None]
    score_high: Mapped[float | None]
    warnings: Mapped[tuple[str, ...]]
    program: Mapped[str]
    catalog: Mapped[str]
    dialogue: Mapped[str]
    score_table: Mapped[str]
    calendar: Mapped[str]
    model: Mapped[str]
    thresholds: Mapped[str]


class _OfGrading:
    """A row named by its grading and its place in it."""

    grading_id: Mapped[int] = mapped_column(
        ForeignKey("grading.id", ondelete="CASCADE"), primary_key=True, sort_order=-2
    )
    position: Mapped[int] = mapped_column(primary_key=True, sort_order=-1)


class _OfVehicle:
    """A row named by its vehicle and its place there."""

    grading_id: Mapped[int] = mapped_column(primary_key=True, sort_order=-3)
    vehicle_position: Mapped[int] = mapped_column(primary_key=True, sort_order=-2)
    position: Mapped[int] = mapped_column(primary_key=True, sort_order=-1)


def _to_vehicle() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ("grading_id", "vehicle_position"),
        ("vehicle.grading_id", "vehicle.position"),
        ondelete="CASCADE",
    )


class Vehicle(_OfGrading, Base):
    """One vehicle, judged, with what the day asked for."""

    __tablename__ = "vehicle"
    vehicle: Mapped[str]
    """the lane's name for it"""
    is_number: Mapped[bool]
    """the lane gave a number, not a text"""
    start_ms: Mapped[Ms]
    end_ms: Mapped[Ms]
    lane: Mapped[Lane]
    inferred: Mapped[bool]
    outcome: Mapped[Outcome]
    profile: Mapped[Profile]
    clock: Mapped[tuple[str, ...]]
    clock_sure: Mapped[bool]
    wish_allowed: Mapped[bool]
    rule_version: Mapped[str]
    warnings: Mapped[tuple[str, ...]]
    day: Mapped[str]


class Due(_OfVehicle, Base):
    """A line of the day, the weather or a notice that was due for a vehicle."""

    __tablename__ = "due"
    __table_args__ = (_to_vehicle(),)
    code: Mapped[str]
    phrases: Mapped[tuple[str, ...]]
    slots: Mapped[Mapping[str, str]]
    reason: Mapped[str]
    sure: Mapped[bool]


class Step(_OfVehicle, Base):
    """One step of a vehicle's dialogue, judged."""

    __tablename__ = "step"
    __table_args__ = (_to_vehicle(),)
    step: Mapped[str]
    mandatory: Mapped[bool]
    outcome: Mapped[StepOutcome]
    phrase: Mapped[str | None]
    heard: Mapped[str | None]
    score: Mapped[float | None]
    start_ms: Mapped[Ms | None]
    end_ms: Mapped[Ms | None]
    why: Mapped[str]


class Finding(_OfVehicle, Base):
    """One thing that a person should look at."""

    __tablename__ = "finding"
    __table_args__ = (_to_vehicle(),)
    code: Mapped[str]
    status: Mapped[FindingStatus]
    step: Mapped[str | None]
    expected: Mapped[str | None]
    heard: Mapped[str | None]
    at_ms: Mapped[Ms | None]
    reason: Mapped[str]


class Utterance(_OfGrading, Base):
    """A stretch of speech; its text only where the collector said something of the catalog."""

    __tablename__ = "utterance"
    utterance: Mapped[int]
    """its number in the recording, from 0"""
    start_ms: Mapped[Ms]
    end_ms: Mapped[Ms]
    side: Mapped[Side]
    text: Mapped[str | None]
    unexplained_ms: Mapped[Ms]
    foreign: Mapped[bool]
    snr_db: Mapped[float]
    """decibels"""


class Match(Base):
    """A phrase of the catalog found in an utterance."""

    __tablename__ = "match"
    __table_args__ = (
        ForeignKeyConstraint(
            ("grading_id", "utterance_position"),
            ("utterance.grading_id", "utterance.position"),
            ondelete="CASCADE",
        ),
    )
    grading_id: Mapped[int] = mapped_column(primary_key=True)
    utterance_position: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    phrase: Mapped[str]
    slots: Mapped[Mapping[str, str]]
    text: Mapped[str]
    utterances: Mapped[tuple[int, ...]]
    start_ms: Mapped[Ms]
    end_ms: Mapped[Ms]
    char_score: Mapped[float]
    pinyin_score: Mapped[float]
    acoustic_score: Mapped[float | None]
    score: Mapped[float]
    decision: Mapped[Decision]
    why: Mapped[str]
    language: Mapped[str]
    side: Mapped[Side]
    remark: Mapped[str | None]
    rivals: Mapped[tuple[str, ...]]


class Gap(_OfGrading, Base):
    """A stretch that could not be listened to."""

    __tablename__ = "gap"
    start_ms: Mapped[Ms]
    end_ms: Mapped[Ms]
    reason: Mapped[GapReason]
