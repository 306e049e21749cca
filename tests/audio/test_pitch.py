"""The pitch of a voice is followed where two trackers agree, and nothing is said elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from audio.pitch import HOP_MS, track
from audio.types import RATE, Samples


def voice(start_hz: float, end_hz: float, seconds: float = 0.8) -> Samples:
    """A buzz whose pitch moves evenly, with the harmonics of a throat."""
    time = np.arange(round(seconds * RATE)) / RATE
    phase = 2 * np.pi * np.cumsum(np.linspace(start_hz, end_hz, len(time))) / RATE
    sound = np.sum([np.sin(n * phase) / n for n in range(1, 12)], axis=0)
    return np.asarray(0.1 * sound, np.float32)


@pytest.mark.parametrize(("start_hz", "end_hz"), [(120, 120), (110, 190), (320, 200), (90, 75)])
def test_a_pitch_is_followed(start_hz: float, end_hz: float) -> None:
    """To three hundredths, in nearly all frames."""
    found = track(voice(start_hz, end_hz))
    frames = np.arange(len(found.hz))[3:-3]
    true = np.interp((frames + 0.5) / len(found.hz), [0, 1], [start_hz, end_hz])
    known = np.isfinite(found.hz[frames])
    assert known.mean() > 0.8
    assert np.abs(found.hz[frames][known] / true[known] - 1).max() < 0.06
    assert found.agreed(100, 700) > 0.8


@pytest.mark.parametrize("level", [0.0, 0.1])
def test_what_is_no_voice_has_no_pitch(level: float) -> None:
    """Silence and noise."""
    noise = np.random.default_rng(1).standard_normal(RATE).astype(np.float32)
    found = track(level * noise)
    assert np.isfinite(found.hz).mean() < 0.05
    assert found.agreed(0, 1_000) < 0.5


def test_a_sound_that_is_hardly_there() -> None:
    """A few samples, or a stretch beyond the end, break nothing."""
    found = track(voice(150, 150, seconds=0.01))
    assert len(found.hz) == len(found.loud_db) == len(found.voiced) >= 1
    part = found.at(5_000, 6_000)
    assert part.stop - part.start >= 1
    assert len(track(voice(150, 150, 1.0)).hz) == pytest.approx(1_000 / HOP_MS, abs=2)
