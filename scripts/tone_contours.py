"""Draw pitch contours of single syllables as the literature has them, with people's variety.

The reference voice says a single syllable without its tone, so what hears those is taught by
shapes: a high level; a rise, with a dip before it or without; low, fallen and risen again or not,
often creaking; a fall from high (Xu, Contextual tonal variations in Mandarin, J. Phonetics 25,
1997, and his mean contours of isolated syllables).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from audio.pitch import HOP_MS, Floats, Track
from phrases.types import Span

_MEDIAN_HZ = (85.0, 280.0)
_SILENCE_MS = (60, 300)


def syllable(tone: int, rng: np.random.Generator) -> tuple[Track, Span]:
    """One syllable in a tone, 1..4, as a tracker would follow it, and when it is."""
    count = int(rng.uniform(*_LENGTHS_MS[tone]) / HOP_MS)
    shape = _SHAPES[tone](np.linspace(0, 1, count), rng)
    shape = shape + _wander(count, rng) * rng.uniform(0.05, 0.35)
    shape = shape + _edges(count, rng)
    voiced = np.ones(count, bool)
    # A consonant without a voice, and a voice that ends before the sound does.
    voiced[: int(rng.choice([0, 0, 1, 3, 6]))] = False
    voiced[count - int(rng.choice([0, 0, 1, 2, 4])) :] = False
    sure = voiced & (rng.random(count) > rng.uniform(0, 0.08))
    if tone == 3 and rng.random() < 0.45:
        low = int(np.argmin(shape))
        half = int(rng.integers(1, max(2, count // 4)))
        sure[max(0, low - half) : low + half] = False
    if not sure.any():
        sure[count // 2] = True
    before, after = (int(rng.uniform(*_SILENCE_MS) / HOP_MS) for _ in range(2))
    hz = rng.uniform(*_MEDIAN_HZ) * 2 ** (shape / 12)
    loud = -rng.uniform(15, 35) + _loudness(count, shape, rng)
    quiet = loud.max() - rng.uniform(28, 50)
    whole = Track(
        hz=np.concatenate((_none(before), np.where(sure, hz, np.nan), _none(after))),
        loud_db=np.concatenate((np.full(before, quiet), loud, np.full(after, quiet))),
        voiced=np.concatenate((np.zeros(before, bool), voiced, np.zeros(after, bool))),
    )
    # The syllable's bounds are found by ear: not to the frame.
    start = before * HOP_MS + int(rng.normal(0, 20))
    end = (before + count) * HOP_MS + int(rng.normal(0, 25))
    start = max(0, start)
    return whole, Span(start_ms=start, end_ms=max(start + 80, end))


_LENGTHS_MS = {1: (180, 620), 2: (200, 650), 3: (240, 800), 4: (130, 480)}


def _level(x: Floats, rng: np.random.Generator) -> Floats:
    return np.asarray(rng.normal(0, 0.7) * x + rng.normal(0, 0.4) * (x - 0.5) ** 2, np.float64)


def _rise(x: Floats, rng: np.random.Generator) -> Floats:
    turn, dip = rng.uniform(0, 0.45), rng.uniform(0, 1.8)
    by = rng.uniform(2.2, 9.0)
    power = rng.uniform(0.8, 2.0)
    falling = -dip * np.minimum(x / max(turn, 1e-3), 1.0)
    rising = by * np.clip((x - turn) / (1 - turn), 0, 1) ** power
    flat = rng.uniform(0.85, 1.0)
    return np.asarray(falling + np.minimum(rising, by * flat**power), np.float64)


def _low(x: Floats, rng: np.random.Generator) -> Floats:
    by = rng.uniform(2.0, 7.0)
    turn = rng.uniform(0.3, 0.7)
    back = rng.choice([0.0, 1.0]) * rng.uniform(0.5, 7.0)
    falling = -by * np.minimum(x / turn, 1.0) ** rng.uniform(0.45, 1.0)
    rising = back * np.clip((x - turn) / (1 - turn), 0, 1) ** rng.uniform(0.9, 2.0)
    return np.asarray(falling + rising, np.float64)


def _fall(x: Floats, rng: np.random.Generator) -> Floats:
    peak, up = rng.uniform(0, 0.3), rng.uniform(0, 1.6)
    by = rng.uniform(4.0, 13.0)
    rising = up * np.minimum(x / max(peak, 1e-3), 1.0)
    falling = -by * np.clip((x - peak) / (1 - peak), 0, 1) ** rng.uniform(0.9, 2.0)
    return np.asarray(rising + falling, np.float64)


_SHAPES = {1: _level, 2: _rise, 3: _low, 4: _fall}


def _edges(count: int, rng: np.random.Generator) -> Floats:
    """What a consonant does to the first frames, and the end of the breath to the last."""
    found = np.zeros(count)
    first, last = min(count, 4), min(count, 5)
    found[:first] += rng.normal(0, 0.8) * np.linspace(1, 0, first)
    found[count - last :] += rng.normal(-0.5, 0.8) * np.linspace(0, 1, last)
    return found


def _wander(count: int, rng: np.random.Generator) -> Floats:
    steps = np.cumsum(rng.normal(0, 1, count))
    return np.asarray(
        (steps - np.linspace(steps[0], steps[-1], count)) / np.sqrt(count), np.float64
    )


def _loudness(count: int, shape: Floats, rng: np.random.Generator) -> Floats:
    """Louder in the middle, and where it is higher."""
    x = np.linspace(0, 1, count)
    arch = -rng.uniform(4, 18) * np.abs(2 * x - rng.uniform(0.6, 1.2)) ** 2
    return np.asarray(arch + 0.5 * shape + rng.normal(0, 0.7, count), np.float64)


def _none(count: int) -> NDArray[np.float64]:
    return np.full(count, np.nan)
