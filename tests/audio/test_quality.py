"""Levels are those of the speech band, and dead or drowned frames are found without the network."""

from __future__ import annotations

import numpy as np
import pytest

from audio.quality import (
    Frames,
    Surroundings,
    between,
    drowned,
    mean_db,
    measure,
    mute,
    opened,
    quality,
    survey,
)
from audio.types import RATE, HearingSettings, Samples

FRAME = 512
FRAME_MS = 32
SETTINGS = HearingSettings()
RNG = np.random.default_rng(5)


def tone(hertz: float, amplitude: float, frames: int) -> Samples:
    """A sine."""
    time = np.arange(frames * FRAME) / RATE
    return (amplitude * np.sin(2 * np.pi * hertz * time)).astype(np.float32)


def noise(amplitude: float, frames: int) -> Samples:
    """White noise."""
    return (amplitude * RNG.standard_normal(frames * FRAME)).astype(np.float32)


def measured(*stretches: tuple[Samples, float]) -> Frames:
    """Frames of sounds, each with its probability of speech."""
    speech = [np.full(len(sound) // FRAME, probability) for sound, probability in stretches]
    return measure(
        np.concatenate([sound for sound, _ in stretches]),
        np.concatenate(speech).astype(np.float32),
    )


def test_the_level_of_a_tone_is_its_power() -> None:
    """A sine of amplitude 0.1 in the speech band is 23 dB under full scale."""
    frames = measured((tone(1_000, 0.1, 20), 0.9))
    assert mean_db(frames.band) == pytest.approx(-23.0, abs=0.2)
    assert mean_db(frames.whole) == pytest.approx(-23.0, abs=0.2)


def test_a_rumble_does_not_count_as_noise_on_speech() -> None:
    """What lies under the speech band is not in its level."""
    frames = measured((tone(60, 0.5, 20), 0.0))
    assert mean_db(frames.band) < mean_db(frames.whole) - 30


def test_silence_is_digital_silence_whatever_constant_it_has() -> None:
    """A microphone that gives a constant is as dead as one that gives zeros."""
    frames = measured((np.zeros(5 * FRAME, np.float32), 0.0), (np.full(5 * FRAME, 0.2, "f4"), 0.0))
    assert frames.silent.all()


def test_unknown_samples_are_lost_and_spoil_no_level() -> None:
    """NaN and infinite samples mark their frame as lost; its neighbours are untouched."""
    sound = tone(1_000, 0.1, 6)
    sound[2 * FRAME + 7] = np.nan
    sound[4 * FRAME + 7] = np.inf
    frames = measured((sound, 0.9))
    assert frames.lost.tolist() == [False, False, True, False, True, False]
    assert np.isfinite(frames.table).all()


def test_clipping_is_a_share_of_samples() -> None:
    """Half of the samples at full scale are a half."""
    sound = np.tile(np.array([1.0, 0.0], np.float32), FRAME)
    assert measured((sound, 0.9)).clipped == pytest.approx([0.5, 0.5])


def test_speech_is_measured_without_its_noise() -> None:
    """Level, noise and their ratio come out as they were mixed."""
    quiet = noise(0.01, 40)
    frames = measured((quiet, 0.0), (tone(1_000, 0.1, 40) + noise(0.01, 40), 0.9), (quiet, 0.0))
    found = quality(frames, 40, 80, 40)
    expected_noise = mean_db(frames.band[:40])
    assert found.level_dbfs == pytest.approx(-23.0, abs=0.5)
    assert found.noise_dbfs == pytest.approx(expected_noise, abs=1.0)
    assert found.snr_db == pytest.approx(-23.0 - expected_noise, abs=1.5)


def test_loud_noise_beside_an_utterance_is_not_its_own() -> None:
    """A lorry that passes after the words does not make them weak."""
    frames = measured(
        (noise(0.003, 5), 0.0),
        (tone(1_000, 0.1, 20), 0.9),
        (noise(0.003, 20), 0.9),
        (noise(0.5, 60), 0.0),
    )
    assert quality(frames, 5, 45, 60).snr_db > 10


def surroundings(near_noise: Samples) -> Surroundings:
    """What is usual where these frames of noise lie around speech."""
    return survey(
        measured((near_noise, 0.0), (tone(1_000, 0.1, 30), 0.9), (near_noise, 0.0)), FRAME_MS
    )


def test_the_floor_is_the_quiet_beside_speech() -> None:
    """What is usual is learnt where the microphone was surely alive."""
    around = surroundings(noise(0.01, 80))
    assert around.floor_db is not None
    assert around.floor_db == pytest.approx(around.noise_db, abs=2)
    assert not around.clean


def test_zeros_between_words_make_a_clean_recording() -> None:
    """Where all pauses are digital silence, silence says nothing of the microphone."""
    assert surroundings(np.zeros(80 * FRAME, np.float32)).clean


def test_far_under_the_floor_is_mute() -> None:
    """No room falls by twenty decibels of a sudden: the microphone did."""
    around = surroundings(noise(0.01, 80))
    frames = measured((noise(0.01, 30), 0.0), (noise(0.0002, 30), 0.0), (noise(0.01, 30), 0.0))
    flags = mute(frames, around, -25.0, SETTINGS)
    assert flags[32:58].all()
    assert not flags[:28].any()
    assert not flags[62:].any()


def test_words_through_a_mute_microphone_are_mute_too() -> None:
    """Speech that comes through a covered microphone does not make the stretch a heard one."""
    around = surroundings(noise(0.01, 80))
    frames = measured(
        (noise(0.0002, 20), 0.0), (tone(1_000, 0.002, 20), 0.9), (noise(0.0002, 20), 0.0)
    )
    assert mute(frames, around, -23.0, SETTINGS).all()


def test_a_quiet_moment_is_not_mute() -> None:
    """Ten decibels under the usual noise is an engine that was switched off."""
    around = surroundings(noise(0.01, 80))
    assert not mute(measured((noise(0.003, 30), 0.0)), around, -25.0, SETTINGS).any()


@pytest.mark.parametrize("snr_db", [5.0, 10.0, 20.0])
def test_ordinary_noise_drowns_nothing(snr_db: float) -> None:
    """Steady noise five decibels under speech is a booth's usual day."""
    amplitude = 0.1 * 10 ** (-snr_db / 20)
    around = surroundings(noise(amplitude, 80))
    frames = measured((noise(amplitude, 100), 0.0))
    near = mean_db(frames.band) + snr_db
    assert not drowned(frames, around, near, SETTINGS, FRAME_MS).any()


def test_noise_over_speech_drowns_it() -> None:
    """Noise as loud as speech for a second is a gap; its bounds are those of the noise."""
    around = surroundings(noise(0.01, 80))
    frames = measured((noise(0.01, 40), 0.0), (noise(0.3, 40), 0.0), (noise(0.01, 40), 0.0))
    flags = drowned(frames, around, -25.0, SETTINGS, FRAME_MS)
    assert flags[40:80].all()
    assert not flags[:38].any()
    assert not flags[82:].any()


def test_a_short_burst_drowns_nothing() -> None:
    """A horn of a third of a second leaves the words around it."""
    around = surroundings(noise(0.01, 80))
    frames = measured((noise(0.01, 40), 0.0), (noise(0.3, 10), 0.0), (noise(0.01, 40), 0.0))
    assert not drowned(frames, around, -25.0, SETTINGS, FRAME_MS).any()


def test_peaks_shorter_than_the_width_are_opened_away() -> None:
    """A peak as wide as the width stays, a narrower one goes."""
    levels = np.array([0, 5, 0, 5, 5, 5, 0, 0], np.float32)
    assert opened(levels, 3).tolist() == [0, 0, 0, 5, 5, 5, 0, 0]


def test_between_needs_both_sides() -> None:
    """A frame is between flags only if one lies before and one after it, near enough."""
    flags = np.array([0, 1, 0, 0, 1, 0, 0, 0, 0], np.bool_)
    assert between(flags, 3).tolist() == [False, True, True, True, True, False, False, False, False]
