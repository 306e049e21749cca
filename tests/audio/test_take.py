"""The capture process: which microphone is meant, and how its sound comes to 16 kHz."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from audio.take import NoDevice, Resampler, inputs, named
from audio.types import RATE


class Sound:
    """What sounddevice tells of a machine with a loudspeaker and two microphones."""

    class default:  # noqa: N801, D106
        device = (2, 0)

    @staticmethod
    def query_devices() -> list[dict[str, Any]]:
        """As PortAudio lists them."""
        rows = [("Speaker", 0, 48_000.0), ("USB mic 1", 1, 44_100.0), ("USB mic 2", 2, 48_000.0)]
        keys = ("name", "max_input_channels", "default_samplerate")
        return [dict(zip(keys, row, strict=True)) for row in rows]


DEVICES = inputs(Sound)


def test_only_microphones_are_listed() -> None:
    """With PortAudio's number, and which is the default."""
    assert [(d["name"], d["channels"], d["rate"], d["default"], d["index"]) for d in DEVICES] == [
        ("USB mic 1", 1, 44_100, False, 1),
        ("USB mic 2", 2, 48_000, True, 2),
    ]


@pytest.mark.parametrize("name", ["USB mic 2", "mic 2", "usb MIC 2"])
def test_a_part_of_the_name_is_enough(name: str) -> None:
    """If only one microphone has it."""
    assert named(DEVICES, name)["index"] == 2


def test_the_whole_name_wins() -> None:
    """Though it is a part of another's."""
    devices = [{"name": "mic 10"}, {"name": "mic 1"}]
    assert named(devices, "mic 1")["name"] == "mic 1"


@pytest.mark.parametrize(
    ("name", "said"), [("mic", "several"), ("Webcam", "no such microphone; there are: USB mic 1")]
)
def test_a_name_that_does_not_tell_is_refused(name: str, said: str) -> None:
    """And those that there are, are named."""
    with pytest.raises(NoDevice, match=said):
        named(DEVICES, name)


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_sound_of_any_rate_becomes_16_khz_without_a_seam(rate: int, channels: int) -> None:
    """A tone stays the same tone, block after block, on each channel its own."""
    frames, block = rate * 2, rate // 20
    time = np.arange(frames) / rate
    tones = [0.5 * np.sin(2 * np.pi * hertz * time) for hertz in (440, 1_000)]
    sound = np.stack(tones[:channels], axis=1).astype(np.float32)
    resampler = Resampler(rate, channels)
    made = [resampler.feed(sound[at : at + block]) for at in range(0, frames, block)]
    whole = np.concatenate(made)
    assert len(whole) == pytest.approx(2 * RATE, abs=200)
    assert whole.dtype == np.float32
    at = np.arange(len(whole)) / RATE
    for channel, hertz in zip(range(channels), (440, 1_000), strict=False):
        wave = np.exp(2j * np.pi * hertz * at)
        middle = slice(RATE // 4, len(whole) - RATE // 4)
        part = 2 * np.mean(whole[middle, channel] * wave.conj()[middle])
        assert abs(part) == pytest.approx(0.5, abs=0.005)
        error = whole[middle, channel] - (part * wave[middle]).real
        assert np.abs(error).max() < 0.005
