"""What goes into and comes out of the tables of checks."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from phrases.checks import Cadence, Method
from phrases.types import Lane


class Remark(enum.StrEnum):
    """What somebody says to a check."""

    REPORT = "report"
    """what whoever checked saw"""
    SELF = "self"
    """the collector's own (自查)"""
    PEER = "peer"
    """a colleague's (互评)"""
    LEADER = "leader"
    """the team leader's (点评)"""
    IMPROVEMENT = "improvement"
    """what is to be done better"""
    CONFIRMED = "confirmed"
    """a second person stands by it"""
    WITHDRAWN = "withdrawn"
    """it was made by mistake, and counts nowhere"""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewPlan:
    """A plan of checks."""

    station_id: int
    cadence: Cadence
    method: Method
    size: int
    """checks in each period"""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewSample:
    """A sample to be drawn."""

    station_id: int
    since: dt.date
    until: dt.date
    """the day after the last"""
    size: int
    seed: str
    plan_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewCheck:
    """A check as it is written down."""

    station_id: int
    method: Method
    lane: Lane
    day: dt.date
    items: str
    """version of the items and of the score table"""
    booth_id: int | None = None
    collector_id: int | None = None
    team_id: int | None = None
    plan_id: int | None = None
    sample_id: int | None = None
    grading_id: int | None = None
    vehicle_position: int | None = None
    marks: Mapping[str, tuple[float, float | None]] = field(default_factory=dict)
    """item to the points that there are and those given; None: it could not be seen"""
    text: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewRectification:
    """Something to be put right."""

    station_id: int
    team_id: int | None = None
    collector_id: int | None = None
    check_id: int | None = None
