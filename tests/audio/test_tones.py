"""What ships hears the tones of contours that were drawn as the literature has them."""

from __future__ import annotations

import ctranslate2
import numpy as np

from audio.pitch import Track
from audio.recognize import Encoding
from audio.tones import features, load, sounds
from audio.weights import BOOTH
from phrases.types import Span
from scripts.tone_contours import syllable

MANY = 400
WIDTH = 512
"""numbers of one position of Whisper base"""
EMPTY = Track(hz=np.full(50, np.nan), loud_db=np.full(50, -100.0), voiced=np.zeros(50, bool))
SPANS = [Span(start_ms=0, end_ms=300), Span(start_ms=300, end_ms=9_000)]


def encoding(seed: int) -> Encoding:
    """Something that an encoder might give of 800 ms."""
    made = np.random.default_rng(seed).normal(0, 1, (1, 90, WIDTH)).astype(np.float32)
    return Encoding(encoded=ctranslate2.StorageView.from_array(made), frames=80)


def test_single_syllables_are_named() -> None:
    """Of contours that were not among those it learned from; every tone, nine in ten."""
    rng = np.random.default_rng(77)
    right = dict.fromkeys((1, 2, 3, 4), 0)
    for number in range(MANY):
        tone = number % 4 + 1
        track, span = syllable(tone, rng)
        chances = load().chances(track, [span], [0], encoding(1), "any weights")
        right[tone] += int(chances[0].argmax() + 1 == tone)
    assert min(right.values()) >= 0.85 * MANY / 4, right


def test_probabilities_are_such() -> None:
    """Of each syllable they sum to one, whatever comes, with any weights."""
    for model in (BOOTH.sha256[:12], "others"):
        for lines in (SPANS, SPANS[:1]):
            rows = features(EMPTY, lines, [1] * len(lines))
            chances = load().chances(EMPTY, lines, [1] * len(lines), encoding(2), model)
            assert np.isfinite(rows).all()
            assert np.allclose(chances.sum(axis=1), 1)


def test_the_encoder_is_asked_where_its_weights_are_known() -> None:
    """Of other weights its numbers mean nothing: pitch alone decides."""
    assert load().ear.model_id == BOOTH.sha256[:12], "train tones anew: scripts/train_tones --write"
    tones = [1, 4]
    known, others = (
        [load().chances(EMPTY, SPANS, tones, encoding(seed), model) for seed in (3, 4)]
        for model in (load().ear.model_id, "others")
    )
    assert not np.allclose(known[0], known[1])
    assert np.array_equal(others[0], others[1])


def test_a_syllable_is_the_mean_of_its_positions() -> None:
    """Five stretches of it, from one position before it to one after, however short it is."""
    made = np.tile(np.arange(90, dtype=np.float32)[:, None], (1, WIDTH))[None]
    heard = Encoding(encoded=ctranslate2.StorageView.from_array(made), frames=80)
    found = sounds(heard, [Span(start_ms=200, end_ms=360), Span(start_ms=790, end_ms=800)])
    assert found.shape == (2, 5 * WIDTH)
    assert found[0, ::WIDTH].tolist() == [9.5, 11.5, 13.5, 15.5, 17.5]
    assert found[1, ::WIDTH].max() <= 41
