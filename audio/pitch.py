"""Follow the pitch of a voice by two trackers, and say where they agree.

SwiftF0 (its model is in its wheel) gives the pitch; a normalised autocorrelation checks it
(Boersma 1993, without his path search). Where they differ, or only one hears a voice, nothing is
said of the pitch: a tone that is judged on a guess is worse than one that is not judged.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from swift_f0 import SwiftF0

from audio.types import RATE, Samples

HOP_MS = 16
"""milliseconds from one frame to the next"""
LOWEST_HZ, HIGHEST_HZ = 65.0, 520.0
_HOP = RATE * HOP_MS // 1000
_WINDOW = 640
"""samples of the second tracker's window: 40 ms, of the lowest voice more than two periods"""
_PERIODIC = 0.45
"""0..1, likeness of a frame to itself one period later from which it is a voice"""
_AGREE = 1.5
"""semitones by which the two may differ"""

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Track:
    """The pitch of an utterance, frame by frame."""

    hz: Floats
    """[frames], NaN where there is no voice, or none that is sure"""
    loud_db: Floats
    """[frames], decibels full scale"""
    voiced: NDArray[np.bool_]
    """[frames], where the first tracker hears a voice, sure or not"""

    def at(self, start_ms: float, end_ms: float) -> slice:
        """The frames between two times in milliseconds, one at least."""
        first = int(np.clip(start_ms // HOP_MS, 0, max(0, len(self.hz) - 1)))
        return slice(first, int(np.clip(-(-end_ms // HOP_MS), first + 1, max(1, len(self.hz)))))

    def agreed(self, start_ms: float, end_ms: float) -> float:
        """0..1, share of the voiced frames of a stretch in which both say the same; 0: no voice."""
        part = self.at(start_ms, end_ms)
        voiced = self.voiced[part]
        return float(np.isfinite(self.hz[part])[voiced].mean()) if voiced.any() else 0.0


@cache
def _tracker() -> Any:
    return SwiftF0(threads=1, spin=False)


def track(samples: Samples) -> Track:
    """The pitch of float32 [frames], mono, 16 kHz."""
    if len(samples) < _WINDOW:
        samples = np.pad(samples, (0, _WINDOW - len(samples)))
    found = _tracker().detect(samples, RATE, fmin=LOWEST_HZ, fmax=HIGHEST_HZ)
    hz, count = np.asarray(found.pitch_hz, np.float64), len(found.pitch_hz)
    voiced = np.asarray(found.confidence) >= 0.5
    second = _autocorrelation(samples, count)
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = np.abs(12 * np.log2(hz / second))
    sure = voiced & (apart <= _AGREE)
    return Track(
        hz=np.where(sure, hz, np.nan),
        loud_db=_loudness(samples, count),
        voiced=voiced,
    )


def _loudness(samples: Samples, count: int) -> Floats:
    whole = np.pad(samples, (0, max(0, count * _HOP - len(samples))))[: count * _HOP]
    power = np.square(whole.reshape(count, _HOP), dtype=np.float64).mean(axis=1)
    return np.asarray(10 * np.log10(np.maximum(power, 1e-10)), np.float64)


def _autocorrelation(samples: Samples, count: int) -> Floats:
    """[frames] hertz, NaN where a frame is not like itself one period later."""
    padded = np.pad(samples, (_WINDOW // 2, _WINDOW + count * _HOP))
    starts = np.arange(count)[:, None] * _HOP
    frames = padded[starts + np.arange(_WINDOW)[None, :]].astype(np.float64)
    window = np.hanning(_WINDOW)
    frames = (frames - frames.mean(axis=1, keepdims=True)) * window
    size = 2 * _WINDOW
    likeness = np.fft.irfft(np.abs(np.fft.rfft(frames, size)) ** 2, size)[:, :_WINDOW]
    of_window = np.fft.irfft(np.abs(np.fft.rfft(window, size)) ** 2, size)[:_WINDOW]
    likeness /= np.maximum(likeness[:, :1], 1e-12)
    likeness /= np.maximum(of_window / of_window[0], 1e-3)
    shortest, longest = int(RATE / HIGHEST_HZ), int(RATE / LOWEST_HZ)
    part = likeness[:, shortest : longest + 1]
    # Longer periods are as alike: the shortest that is nearly the best is the period.
    good = part >= 0.9 * part.max(axis=1, keepdims=True)
    peak = np.zeros_like(good)
    peak[:, 1:-1] = (part[:, 1:-1] >= part[:, :-2]) & (part[:, 1:-1] >= part[:, 2:])
    best = np.argmax(good & peak, axis=1)
    rows = np.arange(count)
    found = RATE / (shortest + best).astype(np.float64)
    periodic = (part[rows, best] >= _PERIODIC) & (good & peak).any(axis=1)
    return np.where(periodic, found, np.nan)
