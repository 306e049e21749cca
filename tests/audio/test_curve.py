"""A curve follows the pitch of its syllable, and has holes where nothing is sure."""

from __future__ import annotations

import numpy as np

from audio.curve import POINTS, curves
from audio.pitch import HOP_MS, Track
from phrases.types import Span


def test_a_rising_syllable_after_a_level_one() -> None:
    """In semitones about the speaker's own median; an octave is twelve."""
    level, rising = np.full(20, 200.0), 200.0 * 2 ** np.linspace(0, 1, 20)
    hz = np.concatenate((level, np.full(5, np.nan), rising))
    track = Track(hz=hz, loud_db=np.zeros(45), voiced=np.isfinite(hz))
    spans = [
        Span(start_ms=0, end_ms=20 * HOP_MS),
        Span(start_ms=20 * HOP_MS, end_ms=25 * HOP_MS),
        Span(start_ms=25 * HOP_MS, end_ms=45 * HOP_MS),
    ]
    one, gap, other = curves(track, spans)
    assert len(one) == POINTS
    assert set(one) == {one[0]}
    assert set(gap) == {None}
    assert other[0] is not None
    assert other[-1] is not None
    assert abs(other[-1] - other[0] - 12) < 0.1


def test_no_voice_at_all() -> None:
    """Nothing is drawn."""
    hz = np.full(10, np.nan)
    track = Track(hz=hz, loud_db=np.zeros(10), voiced=np.isfinite(hz))
    assert curves(track, [Span(start_ms=0, end_ms=100)]) == ((None,) * POINTS,)
