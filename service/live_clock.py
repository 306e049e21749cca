"""A booth's time: milliseconds from one moment on, by the clock that is never set.

What the machine's own clock says is only what the start is called. If it is set meanwhile, nobody
knows whether it was right before or is now, so from then on nothing may hang on it.
"""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from db.live_types import BoothTime

EARLIEST = 2025
"""years: a clock that says less has lost its battery"""
AGREE_S = 2.0
"""seconds by which a clock may be off …"""
DRIFT = 0.0005
"""… and its share of the time that has passed"""
LONGEST = dt.timedelta(days=30)
"""no box is off for longer and then goes on with the same shift"""


class Clock(Protocol):
    """What a machine knows of time."""

    def now(self) -> dt.datetime:
        """By the clock on the wall, aware."""

    def monotonic_ns(self) -> int:
        """Nanoseconds by a clock that is never set."""

    def boot(self) -> str:
        """The boot within which they count."""


class SystemClock:
    """This machine's."""

    def now(self) -> dt.datetime:
        """By the clock on the wall, aware."""
        return dt.datetime.now(dt.UTC)

    def monotonic_ns(self) -> int:
        """Nanoseconds by a clock that is never set."""
        return time.monotonic_ns()

    def boot(self) -> str:
        """The boot within which they count; empty where the system does not say."""
        try:
            return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            return ""


def begin(clock: Clock) -> BoothTime:
    """A time that begins now."""
    now = clock.now()
    return BoothTime(
        origin=now,
        origin_ns=clock.monotonic_ns(),
        boot=clock.boot(),
        suspect_ms=0 if now.year < EARLIEST else None,
    )


def resume(time_: BoothTime, clock: Clock) -> BoothTime:
    """The same time after a restart: the order is kept whatever the clocks say."""
    if time_.boot and time_.boot == clock.boot():
        return time_
    # Another boot: how long it was off, only the clock on the wall knows.
    passed = clock.now() - time_.origin
    known = dt.timedelta(milliseconds=time_.known_ms)
    if not known <= passed <= known + LONGEST:
        passed = known
        suspect = time_.known_ms if time_.suspect_ms is None else time_.suspect_ms
        time_ = replace(time_, suspect_ms=suspect)
    return replace(
        time_,
        origin_ns=clock.monotonic_ns() - round(passed.total_seconds() * 1e9),
        boot=clock.boot(),
    )


def now_ms(time_: BoothTime, clock: Clock) -> int:
    """The moment, in the booth's time."""
    return (clock.monotonic_ns() - time_.origin_ns) // 1_000_000


def looked_at(time_: BoothTime, clock: Clock) -> BoothTime:
    """The time, after a look at the clock on the wall: suspect while it says otherwise."""
    at_ms = now_ms(time_, clock)
    said_s = (clock.now() - time_.origin).total_seconds()
    if abs(said_s - at_ms / 1000) > AGREE_S + DRIFT * at_ms / 1000:
        return time_ if time_.suspect_ms is not None else replace(time_, suspect_ms=at_ms)
    if time_.suspect_ms:  # set, and set back: the start was right
        return replace(time_, suspect_ms=None)
    return time_


def moment(time_: BoothTime, ms: int) -> dt.datetime:
    """The moment by the start's clock, aware, UTC."""
    return time_.origin.astimezone(dt.UTC) + dt.timedelta(milliseconds=ms)
