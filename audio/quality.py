"""Measure how well a recording can be heard, and find the stretches in which it cannot.

Every frame of the voice-activity network is measured, speech or not: a microphone that is dead
or drowned is found without the network's help, which hears nothing in either. Levels are of the
speech band, so that an engine's rumble does not count for more than it hides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audio.types import RATE, HearingSettings, Quality, Samples

COLUMNS = 9
"""measures of a frame"""
SILENT_DBFS = -84.0
"""decibels full scale under which a frame is digital silence: the last bit of 16"""
_LOWEST_DB = -120.0
_CLIP = 0.997
_NEAR_SPEECH_MS = (300, 2_500)
_BRIDGE = 64

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Frames:
    """Measures of successive frames."""

    table: Floats
    """float32 [frames, COLUMNS], the columns in the order of the properties below"""

    @property
    def speech(self) -> Floats:
        """0..1, the network's probability."""
        return self.table[:, 0]

    @property
    def band(self) -> Floats:
        """Decibels full scale, 300-3800 Hz."""
        return self.table[:, 1]

    @property
    def whole(self) -> Floats:
        """Decibels full scale, all frequencies but the constant."""
        return self.table[:, 2]

    @property
    def low(self) -> Floats:
        """Decibels full scale, 300-1000 Hz."""
        return self.table[:, 3]

    @property
    def high(self) -> Floats:
        """Decibels full scale, 2-6 kHz."""
        return self.table[:, 4]

    @property
    def clipped(self) -> Floats:
        """0..1, share of samples at full scale."""
        return self.table[:, 5]

    @property
    def lost(self) -> Flags:
        """No sound known: NaN in the file."""
        return self.table[:, 6] > 0

    @property
    def middle(self) -> Floats:
        """Decibels full scale, 1500-2800 Hz."""
        return self.table[:, 7]

    @property
    def top(self) -> Floats:
        """Decibels full scale, 4500-7500 Hz."""
        return self.table[:, 8]

    @property
    def silent(self) -> Flags:
        """Digital silence, or no sound known."""
        return (self.whole < SILENT_DBFS) | self.lost

    def __len__(self) -> int:
        return len(self.table)

    def __getitem__(self, part: slice | NDArray[np.integer]) -> Frames:
        return Frames(self.table[part])


@dataclass(frozen=True, slots=True, eq=False)
class Recent:
    """Measures of the newest frames, by the numbers that they have among all."""

    table: Floats
    """float32 [frames, COLUMNS]"""
    first: int
    """number of the first that is still there"""

    def __len__(self) -> int:
        return self.first + len(self.table)

    def __getitem__(self, part: slice) -> Frames:
        start, stop, _ = part.indices(len(self))
        if start < min(self.first, stop):
            raise IndexError(f"frame {start} is no longer there")
        return Frames(self.table[max(0, start - self.first) : max(0, stop - self.first)])


def measure(samples: Samples, speech: Floats) -> Frames:
    """The measures of float32 [n * frame] samples, for n probabilities of speech."""
    blocks = samples.reshape(len(speech), -1)
    frame = blocks.shape[1]
    finite = np.isfinite(blocks)
    blocks = np.where(finite, blocks, np.float32(0))
    window = np.hanning(frame).astype(np.float32)
    spectrum = np.fft.rfft(blocks * window)
    power = (spectrum.real**2 + spectrum.imag**2) * (2.0 / (frame * np.sum(window**2)))
    hertz = np.fft.rfftfreq(frame, 1 / RATE)

    def level(low: float, high: float) -> Floats:
        return to_db(power[:, (hertz >= low) & (hertz < high)].sum(axis=1))

    columns = (
        speech,
        level(300, 3_800),
        to_db(blocks.var(axis=1)),
        level(300, 1_000),
        level(2_000, 6_000),
        np.mean(np.abs(blocks) >= _CLIP, axis=1),
        ~finite.all(axis=1),
        level(1_500, 2_800),
        level(4_500, 7_500),
    )
    return Frames(np.stack(columns, axis=1).astype(np.float32))


def to_db(power: NDArray[Any]) -> Floats:
    """Decibels of a power, not under -120."""
    levels = 10 * np.log10(np.maximum(power, 1e-12))
    return np.asarray(levels, np.float32)


def mean_db(levels: Floats) -> float:
    """Decibels of the mean power of levels in decibels; -120 for none."""
    return float(to_db(np.asarray(np.mean(10 ** (levels / 10))))) if len(levels) else _LOWEST_DB


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What is usual in the minutes around a stretch."""

    floor_db: float | None
    """decibels full scale of the quiet between words; None: none is known"""
    clean: bool
    """the quiet between words is digital silence: silence says nothing of the microphone"""
    noise_db: float
    """decibels full scale of the usual noise"""


def survey(frames: Frames, frame_ms: int) -> Surroundings:
    """What is usual in these frames, from the quiet beside certain speech where there is any."""
    near = _beside(frames.speech >= 0.5, *(ms // frame_ms for ms in _NEAR_SPEECH_MS))
    near &= frames.speech < 0.2
    clean = bool(near.any()) and float(frames.silent[near].mean()) > 0.5
    quiet = near & ~frames.silent
    if quiet.sum() * frame_ms < 1_000:
        quiet = ~frames.silent & (frames.speech < 0.2)
    if not quiet.any():
        return Surroundings(floor_db=None, clean=clean, noise_db=_LOWEST_DB)
    levels = frames.band[quiet]
    return Surroundings(
        floor_db=float(np.percentile(levels, 20)),
        clean=clean,
        noise_db=float(np.median(levels)),
    )


def mute(frames: Frames, around: Surroundings, near_db: float, settings: HearingSettings) -> Flags:
    """Which frames are so far under the recording's own floor that no microphone was alive."""
    if around.floor_db is None or around.clean:
        return np.zeros(len(frames), np.bool_)
    low = smooth(frames.band, 5) < around.floor_db - settings.mute_db
    # Words that come through a muted microphone are still far under what they should be.
    return low | (between(low, _BRIDGE) & (frames.band < near_db - settings.mute_db))


def drowned(
    frames: Frames, around: Surroundings, near_db: float, settings: HearingSettings, frame_ms: int
) -> Flags:
    """Which frames have noise under which speech at its usual level could not be heard."""
    steady = opened(smooth(frames.band, 3), settings.min_drowned_ms // frame_ms)
    longer = opened(smooth(frames.band, 3), 2 * settings.min_drowned_ms // frame_ms)
    unusual = longer >= around.noise_db + settings.drowned_rise_db
    return (steady > near_db - settings.drowned_db) | (
        unusual & (longer > near_db - settings.drowned_unusual_db)
    )


def smooth(levels: Floats, width: int) -> Floats:
    """Levels in decibels, their power averaged over `width` (odd) frames."""
    power = np.pad(10 ** (levels.astype(np.float64) / 10), width // 2, mode="edge")
    return to_db(np.convolve(power, np.ones(width) / width, mode="valid"))


def opened(levels: Floats, width: int) -> Floats:
    """Levels with every peak shorter than `width` frames taken down."""
    width = max(1, width)
    padded = np.pad(levels, width - 1, mode="edge")
    lowest = np.lib.stride_tricks.sliding_window_view(padded, width).min(axis=1)
    highest: Floats = np.lib.stride_tricks.sliding_window_view(lowest, width).max(axis=1)
    return highest


def between(flags: Flags, width: int) -> Flags:
    """Frames that have a flagged frame within `width` frames before and after them."""
    padded = np.pad(flags, width)
    windows: Flags = np.any(np.lib.stride_tricks.sliding_window_view(padded, width + 1), axis=1)
    count = len(flags)
    found: Flags = windows[:count] & windows[width : width + count]
    return found


def quality(frames: Frames | Recent, start: int, stop: int, reach: int) -> Quality:
    """The quality of speech in frames[start:stop], its noise from `reach` frames around it."""
    around = frames[max(0, start - reach) : stop + reach]
    quiet = around[np.flatnonzero((around.speech < 0.2) & ~around.silent)]
    inside = frames[start:stop]
    spoken = np.flatnonzero(inside.speech >= 0.5)
    loud = inside[spoken] if len(spoken) else inside
    noise, low, high, middle, top = (
        _noise(theirs, mine)
        for theirs, mine in (
            (quiet.band, loud.band),
            (quiet.low, loud.low),
            (quiet.high, loud.high),
            (quiet.middle, loud.middle),
            (quiet.top, loud.top),
        )
    )
    level = _above(loud.band, noise)
    return Quality(
        level_dbfs=round(level, 1),
        noise_dbfs=round(noise, 1),
        snr_db=round(min(60.0, level - noise), 1),
        clipped=round(float(loud.clipped.mean()), 4),
        decay_db=round(_decay(loud.band), 1),
        tilt_db=round(_above(loud.high, high) - _above(loud.low, low), 1),
        bright_db=round(_above(_peak(loud.top), top) - _above(_peak(loud.middle), middle), 1),
    )


def _noise(quiet: Floats, loud: Floats) -> float:
    """The noise under speech: that around it, unless the speech itself shows it was less."""
    if len(quiet) < 5:
        return min(-60.0, float(loud.min()))
    return min(float(np.median(quiet)), float(np.percentile(loud, 15)))


def _above(levels: Floats, noise: float) -> float:
    """Decibels of the mean power without the noise's, at most 10 dB under it."""
    total = mean_db(levels)
    own = 10 ** (total / 10) - 10 ** (noise / 10)
    return max(float(to_db(np.array(own))), total - 10.0)


def _peak(levels: Floats) -> Floats:
    """The level of the strongest frames: one hiss of an s shows how far a voice reaches up."""
    return np.asarray([np.percentile(levels, 95)], np.float32)


def _decay(loud: Floats) -> float:
    return float(np.percentile(loud, 90) - np.percentile(loud, 10))


def _beside(flags: Flags, nearest: int, farthest: int) -> Flags:
    """Frames between `nearest` and `farthest` frames from the nearest flagged one."""
    count = np.concatenate(([0], np.cumsum(flags)))
    at = np.arange(len(flags))

    def within(reach: int) -> Flags:
        found: Flags = (
            count[np.minimum(at + reach + 1, len(flags))] > count[np.maximum(at - reach, 0)]
        )
        return found

    return within(farthest) & ~within(nearest)
