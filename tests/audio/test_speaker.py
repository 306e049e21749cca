"""Who is near: doubt is unknown, and the collector is never called far."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from audio.speaker import Voice, near_level, side
from audio.types import HearingSettings, Quality
from phrases.types import Side

SETTINGS = HearingSettings()


def voice(
    level: float,
    *,
    at_s: float = 0.0,
    noise: float = -50.0,
    decay: float | None = None,
    bright: float = -5.0,
) -> Voice:
    """One utterance of 1.5 s; a weak one is flat unless told otherwise."""
    if decay is None:
        decay = 20.0 if level > -28 else 11.0
    return Voice(
        start_ms=int(at_s * 1000),
        speech_ms=1_500,
        quality=Quality(
            level_dbfs=level,
            noise_dbfs=noise,
            snr_db=level - noise,
            clipped=0.0,
            decay_db=decay,
            tilt_db=-12.0,
            bright_db=bright,
        ),
    )


NEAR = tuple(voice(level) for level in (-22.0, -23.5, -24.0, -22.5, -25.0, -23.0, -21.5, -24.5))
DRIVER = tuple(voice(level) for level in (-34.0, -33.0, -35.0))


def sides(voices: Sequence[Voice]) -> list[Side]:
    """Of each among all."""
    return [side(one, voices, SETTINGS) for one in voices]


def test_one_voice_is_near() -> None:
    """A recording in which all speak at one level has nobody far."""
    assert set(sides(NEAR)) == {Side.NEAR}


def test_a_weak_voice_that_comes_back_is_far() -> None:
    """The driver, ten decibels under the collector, is far; the collector stays near."""
    assert sides(NEAR + DRIVER) == [Side.NEAR] * len(NEAR) + [Side.FAR] * len(DRIVER)


def test_one_weak_utterance_is_unknown() -> None:
    """Who turned away once is not called somebody else."""
    assert side(DRIVER[0], (*NEAR, DRIVER[0]), SETTINGS) is Side.UNKNOWN


def test_a_little_weaker_is_near() -> None:
    """A voice falls by some decibels within a shift; how many, the shift itself says."""
    soft = voice(-26.5)
    assert side(soft, (*NEAR, soft), SETTINGS) is Side.NEAR
    swinging = tuple(voice(level) for level in (-19, -20, -20.5, -21.5, -22, -23.5, -24.5, -25.5))
    lower = voice(-26.5, decay=20.0)
    assert side(lower, (*swinging, lower), SETTINGS) is Side.NEAR
    steady = tuple(voice(level) for level in (-21.5, -21.7, -22, -22, -22.1, -22.2, -22.5, -22.6))
    assert side(lower, (*steady, lower), SETTINGS) is Side.UNKNOWN


def test_a_weak_voice_that_is_not_flat_is_unknown() -> None:
    """A soft voice at the microphone has its pauses clear: it is not far."""
    soft = tuple(voice(-34.0, decay=21.0) for _ in range(3))
    assert sides((*NEAR, *soft))[-3:] == [Side.UNKNOWN] * 3


def test_a_weaker_microphone_makes_nobody_far() -> None:
    """If the noise fell as well, the microphone did, not the speaker."""
    covered = tuple(voice(-38.0, noise=-64.0) for _ in range(3))
    assert sides((*NEAR, *covered))[-3:] == [Side.UNKNOWN] * 3


def test_a_nearly_dead_microphone_makes_nobody_far() -> None:
    """Thirty decibels under the collector no driver is heard: without any noise to tell by, too."""
    muted = tuple(voice(-55.0, noise=-60.0) for _ in range(3))
    assert sides((*NEAR, *muted))[-3:] == [Side.UNKNOWN] * 3


def test_who_has_much_of_the_talk_is_never_far() -> None:
    """A loud machine beside a soft-spoken collector does not silence the collector."""
    collector = tuple(voice(-34.0) for _ in range(8))
    assert Side.FAR not in sides((*NEAR, *collector))


def test_a_few_utterances_tell_nothing() -> None:
    """With a handful of utterances nobody is called far; who is much weaker is not near either."""
    assert sides((*NEAR[:2], *DRIVER[:1])) == [Side.NEAR, Side.NEAR, Side.UNKNOWN]


def test_a_loud_voice_from_outside_is_unknown() -> None:
    """A driver who speaks up is about as loud as the collector, but flatter and darker."""
    loud = voice(-25.0, bright=-13.0, decay=17.0)
    assert side(loud, (*NEAR, loud), SETTINGS) is Side.UNKNOWN


def test_a_dark_line_at_full_level_is_near() -> None:
    """A line without an s is dark in anybody's mouth; so is all that a narrow line lets through."""
    dark = voice(-23.0, bright=-14.0)
    assert side(dark, (*NEAR, dark), SETTINGS) is Side.NEAR
    narrow = tuple(voice(one.quality.level_dbfs, bright=-30.0) for one in NEAR)
    assert set(sides(narrow)) == {Side.NEAR}


def test_a_bright_line_that_is_a_little_weaker_is_near() -> None:
    """Brightness hardly makes up for a level."""
    assert side(voice(-26.5, bright=5.0), NEAR, SETTINGS) is Side.NEAR
    assert side(voice(-30.5, bright=5.0, decay=20.0), NEAR, SETTINGS) is Side.UNKNOWN


def test_a_changing_voice_needs_a_larger_distance() -> None:
    """Where the near voice itself swings, so far under it is still no proof."""
    swinging = tuple(voice(level) for level in (-17, -18, -18.5, -19, -21.5, -22.5, -23, -23.5))
    weak = tuple(voice(-29.5) for _ in range(3))
    assert sides((*swinging, *weak))[-3:] == [Side.UNKNOWN] * 3


def test_the_near_level_is_the_collectors() -> None:
    """Weak voices do not pull the near level down; without voices there is none."""
    assert near_level(NEAR + DRIVER, SETTINGS) == pytest.approx(-23.5, abs=1.0)
    assert near_level((), SETTINGS) is None
