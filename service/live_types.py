"""What a booth that is listened to tells, and is told, beside sound."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from phrases.types import Lane, TransactionVerdict
from service.lane_book import Averages, Flag
from service.live_seat import How, Sitter


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where it listens."""

    station: str
    booth: str
    lane: Lane
    zone: dt.tzinfo
    lane_events: bool
    """a lane controller tells vehicles apart"""
    lateness_ms: int
    """milliseconds by which its messages may come late"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """A vehicle was judged and stored."""

    verdict: TransactionVerdict
    somebodys: bool
    """False: it is not known who served it"""
    at: dt.datetime
    """aware, when it arrived"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Seated:
    """Somebody else, or nobody, sits there."""

    how: How
    somebody: bool
    at: dt.datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueDue:
    """So many vehicles wait that the leader must be told."""

    waiting: int
    at: dt.datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Unstored:
    """Something could not be stored, and waits; or, without a problem, all is stored again."""

    problem: str | None
    at: dt.datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Unkept:
    """A vehicle is stored without the clip that should have been kept of it."""

    problem: str
    at: dt.datetime
    """aware, when it arrived"""


Told = Judged | Seated | QueueDue | Unstored | Unkept


@dataclass(frozen=True, kw_only=True, slots=True)
class BoothState:
    """How it stands with a booth."""

    sitter: Sitter | None
    how: How
    since: dt.datetime
    """aware"""
    shift: str | None
    """its id; None: it has yet to be stored"""
    vehicle: int | str | None
    """that stands there now"""
    judged: int
    """vehicles since listening began"""
    waiting: int
    """vehicles in the queue"""
    report_due: bool
    averages: Averages
    lane_offset_ms: int | None
    """milliseconds that were added to the lane's times; None: nothing came from it"""
    clock_trusted: bool
    unstored: int
    """pieces that wait to be stored"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """What became of a message of the lane."""

    event: str
    flag: Flag | None
    repeated: bool
    """it was taken before, and is not taken twice"""
