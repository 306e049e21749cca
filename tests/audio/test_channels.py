"""On two channels the louder one tells whose voice it is, even while both speak."""

from __future__ import annotations

import numpy as np

from audio.channels import Apart, is_others, side_of_channels
from audio.quality import COLUMNS, Frames
from audio.types import HearingSettings
from phrases.types import Side

SETTINGS = HearingSettings()
NOISE = -50.0


def frames(levels: list[float]) -> Frames:
    """Frames of certain speech at these levels, over the noise."""
    table = np.zeros((len(levels), COLUMNS), np.float32)
    table[:, 0] = 0.9
    table[:, 1] = np.maximum(levels, NOISE)
    return Frames(table)


def lowered(levels: list[float], decibels: float) -> list[float]:
    """The same voice, as the other microphone has it."""
    return [level - decibels for level in levels]


COLLECTOR = [-25.0, -22.0, -48.0, -24.0, -30.0, -49.0, -23.0, -26.0, -45.0]
DRIVER = [-44.0, -26.0, -25.0, -49.0, -27.0, -24.0, -48.0, -28.0, -26.0]


def test_the_collector_is_near() -> None:
    """Louder on the own channel is near, and on the other channel only an echo of that."""
    mine, other = frames(COLLECTOR), frames(lowered(COLLECTOR, 14))
    assert side_of_channels(mine, other, SETTINGS) is Side.NEAR
    assert not is_others(mine, other, SETTINGS)


def test_the_driver_is_far() -> None:
    """Weaker on the own channel in all that is heard of it is far."""
    mine, other = frames(lowered(DRIVER, 14)), frames(DRIVER)
    assert side_of_channels(mine, other, SETTINGS) is Side.FAR
    assert is_others(mine, other, SETTINGS)


def test_a_collector_under_a_shouting_driver_is_not_far() -> None:
    """In the driver's pauses the collector's own words are heard: unknown, not far."""
    shouting = [level + 14 for level in DRIVER]
    mine = frames([max(pair) for pair in zip(COLLECTOR, lowered(shouting, 14), strict=True)])
    other = frames([max(pair) for pair in zip(shouting, lowered(COLLECTOR, 14), strict=True)])
    assert side_of_channels(mine, other, SETTINGS) is not Side.FAR


def test_equal_channels_tell_nothing() -> None:
    """The same level on both is unknown."""
    assert side_of_channels(frames(COLLECTOR), frames(COLLECTOR), SETTINGS) is Side.UNKNOWN


def test_mono_on_two_channels_is_noticed() -> None:
    """Two copies of one sound are one channel; two microphones in one room are not."""
    sound = np.random.default_rng(1).standard_normal((5_120, 1)).astype(np.float32) * 0.1
    copies, rooms = Apart(1_000), Apart(1_000)
    for piece in np.split(np.repeat(sound, 2, axis=1), 4):
        copies.feed(piece)
    rooms.feed(np.concatenate((sound, 0.5 * sound[::-1]), axis=1))
    assert copies.same(2, 8)
    assert not rooms.same(2, 8)
