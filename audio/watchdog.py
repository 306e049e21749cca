"""Judge whether a capture process still hears: pure, fed with blocks and the time.

It knows four ways to be deaf: no sound comes, the device or the process has gone, the sound comes
faster or slower than time, or it is nothing but zeros. Each is a reason to begin anew.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from audio.types import RATE, Samples
from audio.wire import Block
from phrases.types import GapReason

ZERO = 1e-7
"""under this a sample is zero: the last bit of 24 is 1.2e-7, and a resampler leaves less"""


class Trouble(StrEnum):
    """Why a capture process was given up."""

    STALLED = "stalled"
    """no sound came any more"""
    GONE = "gone"
    """the device has gone or does not open"""
    KILLED = "killed"
    """the process ended without a word"""
    WRONG_RATE = "wrong_rate"
    """the sound came faster or slower than time"""
    SILENT = "silent"
    """nothing but zeros"""

    @property
    def gap(self) -> GapReason:
        """What the time without sound is called."""
        return GapReason.RESTART if self is Trouble.KILLED else GapReason.MIC_LOST


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """When a capture process is given up."""

    stalled_s: float = 2.0
    """seconds without sound"""
    opening_s: float = 15.0
    """seconds that a process may take to give its first sound"""
    rate_s: float = 5.0
    """seconds over which the true rate is measured; two such stretches in a row decide"""
    rate_share: float = 0.02
    """share by which the true rate may be off"""
    silence_s: float = 10.0
    """seconds of nothing but zeros; 0: any number (for devices that gate their noise)"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """That a process must be given up."""

    trouble: Trouble
    doubtful: int = 0
    """frames at 16 kHz before the block that showed it, taken for sound and none"""


class Watchdog:
    """Watches one capture process from its start."""

    def __init__(self, rules: Rules, *, now_ns: int, device_rate: int = RATE) -> None:
        self._rules = rules
        self._rate = device_rate
        self._last_ns = now_ns
        self._opening = True
        self._zeros = 0
        self._times = deque[tuple[int, int, int]]()  # stamp, device frames, frames at 16 kHz
        self._heard = 0
        self._off: int | None = None  # frames heard when the first wrong stretch began
        self.rate_is_right = False
        """a whole stretch was measured, and its rate was right"""

    def opened(self, device_rate: int) -> None:
        """The device said at which rate it was opened."""
        self._rate = device_rate

    def heard(self, block: Block, now_ns: int) -> Fault | None:
        """What a block tells."""
        self._last_ns, self._opening = now_ns, False
        self._heard += len(block.samples)
        self._zeros = self._zeros + len(block.samples) if is_zero(block.samples) else 0
        if block.overflow:
            self._times.clear()  # what was lost would look like a slow device
            self._off = None
        if 0 < self._rules.silence_s * RATE <= self._zeros:
            return Fault(trouble=Trouble.SILENT, doubtful=self._zeros - len(block.samples))
        return self._measured(block)

    def idle(self, now_ns: int) -> Fault | None:
        """What it tells that there is nothing to be read at this moment."""
        limit = self._rules.opening_s if self._opening else self._rules.stalled_s
        if now_ns - self._last_ns > limit * 1e9:
            return Fault(trouble=Trouble.STALLED)
        return None

    def _measured(self, block: Block) -> Fault | None:
        """Measure each stretch by a line through all its blocks: one late block says nothing."""
        self._times.append((block.stamp_ns, block.device_frames, self._heard - len(block.samples)))
        first_ns, _, from_frame = self._times[0]
        if block.stamp_ns - first_ns < self._rules.rate_s * 1e9 or len(self._times) < 8:
            return None
        stamps = np.array([(stamp - first_ns) / 1e9 for stamp, _, _ in self._times])
        counts = np.array([float(count) for _, count, _ in self._times])
        self._times.clear()
        slope = float(np.polyfit(stamps, counts, 1)[0])
        if abs(slope / self._rate - 1) <= self._rules.rate_share:
            self._off, self.rate_is_right = None, True
            return None
        if self._off is None:
            self._off = from_frame
            return None
        doubtful = self._heard - len(block.samples) - self._off
        return Fault(trouble=Trouble.WRONG_RATE, doubtful=doubtful)


def is_zero(samples: Samples, below: float = ZERO) -> bool:
    """Whether there is nothing in float32 [frames] or [frames, channels] but digital silence."""
    return not len(samples) or float(np.abs(samples).max()) < below
