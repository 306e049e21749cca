"""Rules of writing recordings."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest

from audio.write import flac, write

RATE = 24_000


def tones() -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Two channels that differ, 2.5 s."""
    time = np.arange(int(2.5 * RATE)) / RATE
    return np.stack([0.5 * np.sin(2 * np.pi * hz * time) for hz in (440, 1_000)]).astype(np.float32)


def read_back(path: Path) -> tuple[np.ndarray[tuple[int, int], np.dtype[np.float32]], int]:
    """What a player hears: (channels, length) and the rate."""
    with av.open(str(path)) as file:
        resampler = av.AudioResampler(format="fltp", rate=RATE)
        frames = [f for frame in file.decode(audio=0) for f in resampler.resample(frame)]
        frames += resampler.resample(None)
        return np.concatenate([frame.to_ndarray() for frame in frames], axis=1), RATE


@pytest.mark.parametrize("suffix", [".wav", ".opus", ".mp3", ".flac"])
@pytest.mark.parametrize("channels", [1, 2])
def test_what_is_written_is_heard(tmp_path: Path, suffix: str, channels: int) -> None:
    """Length, level and channels survive every format."""
    samples = tones()[:channels]
    write(tmp_path / f"t{suffix}", samples, RATE)
    heard, rate = read_back(tmp_path / f"t{suffix}")
    assert heard.shape[0] == channels
    assert heard.shape[1] / rate == pytest.approx(2.5, abs=0.08)
    for number in range(channels):
        spectrum = np.abs(np.fft.rfft(heard[number]))
        peak = spectrum.argmax() * rate / heard.shape[1]
        assert peak == pytest.approx((440, 1_000)[number], abs=5)
        assert heard[number].std() == pytest.approx(0.5 / 2**0.5, rel=0.1)


def test_the_same_sound_is_the_same_file(tmp_path: Path) -> None:
    """A recording that is made again has the same sum."""
    for name in ("one.opus", "two.opus"):
        write(tmp_path / name, tones(), RATE)
    assert (tmp_path / "one.opus").read_bytes() == (tmp_path / "two.opus").read_bytes()


def test_opus_is_small(tmp_path: Path) -> None:
    """An hour of mono is about 11 MB."""
    noise = np.random.default_rng(1).standard_normal((1, 10 * RATE)).astype(np.float32) * 0.1
    write(tmp_path / "n.opus", noise, RATE)
    assert (tmp_path / "n.opus").stat().st_size < 10 * 24_000 / 8 * 1.3


def test_too_loud_is_clipped_not_wrapped(tmp_path: Path) -> None:
    """A sample over 1 stays at the top."""
    write(tmp_path / "loud.wav", np.full((1, 100), 1.7, np.float32), RATE)
    assert read_back(tmp_path / "loud.wav")[0].min() > 0.99


def test_an_unknown_suffix_is_refused(tmp_path: Path) -> None:
    """The message has the ones that work."""
    with pytest.raises(ValueError, match=r"t\.aiff: cannot write \.aiff; use \.wav"):
        write(tmp_path / "t.aiff", tones(), RATE)


def test_a_wrong_shape_is_refused(tmp_path: Path) -> None:
    """Three channels, or none, are a mistake of the caller."""
    with pytest.raises(ValueError, match="samples of shape"):
        write(tmp_path / "t.wav", np.zeros((3, 10), np.float32), RATE)


def test_flac_in_memory_is_the_sound_to_the_bit() -> None:
    """What was silence is silence, and nothing was laid over it."""
    noise = np.random.default_rng(1).standard_normal((1, RATE)).astype(np.float32) * 0.1
    noise[:, 5_000:9_000] = 0
    content = flac(noise, RATE)
    assert content.startswith(b"fLaC")
    assert content == flac(noise, RATE)
    with av.open(io.BytesIO(content), "r") as file:
        frames = [frame.to_ndarray() for frame in file.decode(audio=0)]
    heard = np.concatenate(frames, axis=1)
    np.testing.assert_array_equal(heard, np.round(noise * 32_767).astype(np.int16))
    assert not heard[:, 5_000:9_000].any()
