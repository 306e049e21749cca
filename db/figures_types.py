"""What is asked of the figures, and what is answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from db.people_types import Reach
from phrases.types import FindingStatus, GapReason, Lane, Outcome

EVERYBODY = Reach(everything=True)


class By(StrEnum):
    """What vehicles, or their steps, are told apart by."""

    STATION = "station"
    BOOTH = "booth"
    TEAM = "team"
    COLLECTOR = "collector"
    LANE = "lane"
    STEP = "step"
    HOUR = "hour"
    PROFILE = "profile"
    WEATHER = "weather"
    DAY = "day"
    WEEK = "week"
    """from Monday"""
    MONTH = "month"


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """Which shifts a question is about: all that are given must hold."""

    since: dt.date
    """the first day on which they began, by the site's clock"""
    until: dt.date
    """the day after the last"""
    reach: Reach = EVERYBODY
    """whose things may be counted for who asks"""
    station: str | None = None
    booth: str | None = None
    team: str | None = None
    collector: str | None = None
    lane: Lane | None = None
    """of the vehicles"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """A share with its 95 % interval; what is unsure is in neither number."""

    good: int
    judged: int
    value: float | None
    """0..1; None: nothing could be judged"""
    low: float | None
    high: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ShiftSums:
    """What is known of whole shifts."""

    shifts: int
    score: float | None
    """0..100, the mean of the shifts' scores by vehicles judged; None: none has one"""
    listened_ms: int
    """milliseconds"""
    gap_ms: int
    """milliseconds that could not be listened to"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One line of an answer."""

    key: Mapping[str, str | int | None]
    """what it is of, such as station and collector; empty: of everything asked for"""
    counts: Mapping[str, int]
    """vehicles, compliant, fault, unsure; of steps said, missing, wrong, unsure, excused"""
    rate: Rate
    """of compliant vehicles, or of steps said"""
    sums: ShiftSums | None = None
    """None where a shift may be in several lines"""
    best_place: int | None = None
    """1 is the highest rate; it may stand anywhere from here …"""
    worst_place: int | None = None
    """… to here, for the intervals overlap. None: these lines have no places"""
    like_next: bool = False
    """it cannot be told apart from the line after it"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """The lines, and all of it together."""

    by: By
    lines: Sequence[Figure]
    total: Figure


Place = tuple[dt.datetime, int, int]
"""Where a vehicle stands in a list: its shift's start, the grading's id, its place there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Which of the vehicles in a list are wanted: all that are given must hold."""

    outcome: Outcome | None = None
    code: str | None = None
    """of a finding"""
    status: FindingStatus | None = None
    """of a finding: of that code, if one is given"""
    since: dt.datetime | None = None
    """aware; it arrived then or later"""
    until: dt.datetime | None = None
    """aware; it arrived before then"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """A vehicle in a list."""

    place: Place
    shift_id: str
    grading: int
    """its number in the shift"""
    position: int
    """from 0 within the grading"""
    station: str
    booth: str
    collector: str
    team: str | None
    vehicle: int | str
    lane: Lane
    outcome: Outcome
    arrived_at: dt.datetime
    """aware, by the site's clock"""
    start_ms: int
    """milliseconds from the recording's start"""
    end_ms: int
    """milliseconds from the recording's start"""
    findings: Sequence[tuple[str, FindingStatus]]
    """code and status of each"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Miss:
    """How often there was a finding of one code."""

    code: str
    fault: int
    unsure: int
    remark: int
    share: Rate
    """of the vehicles of which it was a fault, among those that were not unsure of it"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Deaf:
    """How long a booth could not be listened to."""

    station: str
    booth: str
    shifts: int
    listened_ms: int
    """milliseconds"""
    gap_ms: int
    """milliseconds, each moment once"""
    reasons: Mapping[GapReason, int] = field(default_factory=dict)
    """milliseconds; where gaps of two reasons overlap, under both"""
