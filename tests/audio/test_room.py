"""Rules of rooms and levels."""

from __future__ import annotations

import numpy as np
import pytest

from audio.room import (
    ROOMS,
    Samples,
    active_rms,
    amplitude,
    band,
    convolve,
    place,
    response,
    rms,
)

RATE = 24_000


def tone(hertz: float, seconds: float = 1.0) -> Samples:
    """A sine of amplitude 1."""
    return np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE).astype(np.float32)


def clicks() -> Samples:
    """Speech-like bursts: half of the time nothing."""
    burst = np.random.default_rng(5).standard_normal(RATE // 4).astype(np.float32)
    return np.concatenate([burst, np.zeros_like(burst)] * 3)


@pytest.mark.parametrize("name", ROOMS)
def test_a_voice_further_off_has_more_room_in_it(name: str) -> None:
    """The driver's direct sound is a smaller part of all that arrives than the collector's."""
    room, rng = ROOMS[name], np.random.default_rng(1)
    direct = {
        who: 1 / float(np.sum(np.square(response(room, room.paths[who], RATE, rng))))
        for who in ("collector", "driver")
    }
    assert direct["driver"] < 0.85 * direct["collector"]


@pytest.mark.parametrize("name", ROOMS)
def test_a_room_dies_away(name: str) -> None:
    """After half a second nothing is left of a click, and nothing comes before it."""
    room = ROOMS[name]
    heard = response(room, room.paths["colleague"], RATE, np.random.default_rng(2))
    assert heard[0] == pytest.approx(1.0, abs=0.3)
    assert rms(heard[RATE // 2 :]) < 0.001


def test_the_same_seed_makes_the_same_room() -> None:
    """What is drawn comes from the generator that is handed in."""
    room = ROOMS["booth"]
    path = room.paths["driver"]
    one, two, other = (
        response(room, path, RATE, np.random.default_rng(seed)) for seed in (3, 3, 4)
    )
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)


def test_placing_keeps_the_level() -> None:
    """Distance is the caller's gain: a placed voice is as loud as before."""
    speech = clicks()
    for who in ROOMS["booth"].paths:
        heard = place(speech, ROOMS["booth"], who, RATE, np.random.default_rng(6))
        assert active_rms(heard, RATE) == pytest.approx(active_rms(speech, RATE), rel=0.01)


def test_a_band_keeps_what_is_in_it() -> None:
    """A tone within passes unchanged in time and size, one outside is lost."""
    inside = band(tone(1_000), RATE, 300, 3_300)
    assert np.abs(inside - tone(1_000))[RATE // 10 : -RATE // 10].max() < 0.05
    assert rms(band(tone(80), RATE, 300, 3_300)) < 0.02
    assert rms(band(tone(9_000), RATE, 300, 3_300)) < 0.02


def test_convolution_is_the_plain_one() -> None:
    """The fast way gives what the definition gives."""
    rng = np.random.default_rng(7)
    one, two = rng.standard_normal(501).astype(np.float32), np.array([1, 0, -0.5], np.float32)
    assert np.allclose(convolve(one, two), np.convolve(one, two), atol=1e-5)


def test_pauses_do_not_lower_the_active_level() -> None:
    """A line with pauses is as loud as one without."""
    speech = clicks()
    assert active_rms(speech, RATE) == pytest.approx(rms(speech[: RATE // 4]), rel=0.05)
    assert rms(speech) < 0.8 * active_rms(speech, RATE)


def test_nothing_has_no_level() -> None:
    """No samples and silence are 0, not a warning."""
    assert rms(np.zeros(0, np.float32)) == 0
    assert active_rms(np.zeros(RATE, np.float32), RATE) == 0


def test_six_decibels_are_twice() -> None:
    """Decibels are of amplitude."""
    assert amplitude(6.0206) == pytest.approx(2.0, rel=1e-4)
