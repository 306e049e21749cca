"""Rules of noises."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from audio.noise import KINDS, babble
from audio.room import Samples, rms

RATE = 24_000


def share(noise: Samples, low: float, high: float) -> float:
    """The part of the power between two frequencies."""
    power: npt.NDArray[np.floating] = np.abs(np.fft.rfft(noise)) ** 2
    frequency = np.fft.rfftfreq(noise.size, 1 / RATE)
    return float(power[(frequency >= low) & (frequency < high)].sum() / power.sum())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seconds", [0.5, 7.0])
def test_every_noise_has_unit_level_and_the_asked_length(kind: str, seconds: float) -> None:
    """How loud a noise is, is the mixer's affair."""
    length = int(seconds * RATE) + 1
    made = KINDS[kind](length, RATE, np.random.default_rng(1))
    assert made.shape == (length,)
    assert made.dtype == np.float32
    assert rms(made) == pytest.approx(1.0, rel=1e-3)


@pytest.mark.parametrize("kind", KINDS)
def test_a_noise_repeats_with_its_seed_only(kind: str) -> None:
    """The generator that is handed in decides everything."""
    one, two, other = (KINDS[kind](RATE, RATE, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(one, two)
    assert not np.allclose(one, other, atol=0.1)


def test_noises_lie_where_they_do_in_a_lane() -> None:
    """Engines and gusts are low, rain is high."""
    made = {name: kind(8 * RATE, RATE, np.random.default_rng(3)) for name, kind in KINDS.items()}
    assert share(made["engine"], 0, 500) > 0.7
    assert share(made["wind"], 0, 500) > 0.7
    assert share(made["rain"], 1_000, 12_000) > 0.6
    assert share(made["truck"], 150, 3_000) > share(made["engine"], 150, 3_000)


def test_traffic_swells() -> None:
    """Cars pass: the loudest second is well over the quietest."""
    made = KINDS["traffic"](40 * RATE, RATE, np.random.default_rng(4)).reshape(40, RATE)
    seconds = np.sqrt(np.mean(made**2, axis=1))
    assert seconds.max() > 2 * seconds.min()


def test_babble_is_made_of_its_lines() -> None:
    """A crowd has the frequencies of its speech, in any length, and no pauses to hear through."""
    line = np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE).astype(np.float32)
    crowd = babble([line], 6 * RATE, RATE, np.random.default_rng(5))
    assert crowd.shape == (6 * RATE,)
    assert rms(crowd) == pytest.approx(1.0, rel=1e-3)
    assert share(crowd, 400, 480) > 0.9
    assert rms(crowd[RATE : 2 * RATE]) > 0.2
