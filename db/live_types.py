"""What goes into and comes out of the storing of live shifts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from db.types import ShiftIdentity
from phrases.types import Gap, Heard, Score, TimeSource


@dataclass(frozen=True, kw_only=True, slots=True)
class Open:
    """A shift that is added to."""

    grading_id: int
    shift_id: str
    identity: ShiftIdentity
    how: str
    """what opened it"""
    from_ms: int
    """milliseconds of the booth's time at which it begins"""
    until_ms: int | None
    """milliseconds at which it ends; None: it lasts"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """What a shift comes to."""

    duration_ms: int
    """milliseconds"""
    gap_ms: int
    """milliseconds of them that could not be listened to"""
    score: Score
    warnings: tuple[str, ...] = ()
    time_source: TimeSource = TimeSource.GIVEN


@dataclass(frozen=True, kw_only=True, slots=True)
class BoothTime:
    """From when on a booth's milliseconds count, and how far they are known."""

    origin: dt.datetime
    """aware, moment 0 by the machine's clock"""
    origin_ns: int
    """nanoseconds, moment 0 by the clock that is never set"""
    boot: str
    """within which origin_ns counts"""
    known_ms: int = 0
    """milliseconds: all that was heard before is stored"""
    suspect_ms: int | None = None
    """milliseconds from which the machine's clock is not to be trusted"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Remembered:
    """What of a booth's time is stored: enough to go on judging after a restart."""

    heard: tuple[Heard, ...]
    gaps: tuple[Gap, ...]
    vehicles: tuple[int | str, ...]
    """names of those that were judged"""
    judged_ms: int
    """milliseconds at which the last of them began; -1: none was"""
    count: int
    """how many were judged"""
    utterances: int
    """the number that the next utterance has"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A stored vehicle of the booth's time."""

    grading_id: int
    place: int
    collector: str
