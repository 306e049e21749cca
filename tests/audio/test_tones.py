"""What ships hears the tones of contours that were drawn as the literature has them."""

from __future__ import annotations

import numpy as np

from audio.pitch import Track
from audio.tones import features, load
from phrases.types import Span
from scripts.tone_contours import syllable

MANY = 400


def test_single_syllables_are_named() -> None:
    """Of contours that were not among those it learned from; every tone, nine in ten."""
    rng = np.random.default_rng(77)
    right = dict.fromkeys((1, 2, 3, 4), 0)
    for number in range(MANY):
        tone = number % 4 + 1
        track, span = syllable(tone, rng)
        chances = load().of(1).probabilities(features(track, [span], [0]))
        right[tone] += int(chances[0].argmax() + 1 == tone)
    assert min(right.values()) >= 0.85 * MANY / 4, right


def test_probabilities_are_such() -> None:
    """Of each syllable they sum to one, whatever comes."""
    empty = Track(hz=np.full(50, np.nan), loud_db=np.full(50, -100.0), voiced=np.zeros(50, bool))
    spans = [Span(start_ms=0, end_ms=300), Span(start_ms=300, end_ms=9_000)]
    for lines in (spans, spans[:1]):
        rows = features(empty, lines, [1] * len(lines))
        chances = load().of(len(lines)).probabilities(rows)
        assert np.isfinite(rows).all()
        assert np.allclose(chances.sum(axis=1), 1)
