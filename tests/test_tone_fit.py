"""What fits the networks of tones learns what can be learned, and nothing that it must not see."""

from __future__ import annotations

import numpy as np

from scripts.tone_fit import fit


def test_it_learns_and_every_second_one_is_deaf() -> None:
    """Four clouds; the first two numbers say which, and so do the last two."""
    rng = np.random.default_rng(5)
    tone = rng.integers(1, 5, 1_200)
    corners = np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])
    twice = np.concatenate((corners[tone - 1], corners[tone - 1]), axis=1)
    net = fit(twice + rng.normal(0, 0.3, twice.shape), tone, nets=2, seed=1, deaf=2)
    assert (net.probabilities(twice).argmax(axis=1) + 1 == tone).mean() > 0.97
    assert np.abs(net.layers[0][0][:2]).max() > 0
    assert np.abs(net.layers[1][0][:2]).max() == 0
