"""What a browser sends is decoded in memory, and what is no sound is refused with what helps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from audio import upload
from audio.files import AudioError
from audio.types import RATE
from audio.write import flac, write

TONE = (0.3 * np.sin(np.arange(RATE) / 5)).astype(np.float32)


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".ogg", ".mp3"])
@pytest.mark.parametrize(("rate", "channels"), [(16_000, 1), (48_000, 2)])
def test_any_usual_file_is_mono_at_16_khz(
    tmp_path: Path, suffix: str, rate: int, channels: int
) -> None:
    """A second of sound is 16,000 samples, whatever the browser made of it."""
    second = np.sin(np.arange(rate) * (0.2 * RATE / rate)).astype(np.float32) * 0.3
    file = tmp_path / f"a{suffix}"
    write(file, np.stack([second] * channels), rate)
    found = upload.file(file.read_bytes())
    assert found.dtype == np.float32
    assert len(found) == pytest.approx(RATE, abs=RATE // 10)
    assert 0.15 < float(np.abs(found).max()) < 0.5


def test_bare_samples_are_taken() -> None:
    """16 bits, little-endian, as an AudioWorklet sends them."""
    content = (TONE * 32_767).astype("<i2").tobytes()
    assert np.abs(upload.pcm(content, RATE) - TONE).max() < 1e-3
    assert len(upload.pcm(b"", RATE)) == 0


@pytest.mark.parametrize(
    ("content", "rate", "says"),
    [
        (b"\0" * 10, 48_000, "send 16000 Hz"),
        (b"\0" * 11, RATE, "half a sample"),
        (b"\0" * (2 * RATE * 60 + 2), RATE, "longer than 60 s"),
    ],
)
def test_bare_samples_that_do_not_fit_are_refused(content: bytes, rate: int, says: str) -> None:
    """The sentence says what to send."""
    with pytest.raises(AudioError, match=says):
        upload.pcm(content, rate)


def test_what_is_no_sound_file_is_refused(tmp_path: Path) -> None:
    """Text, nothing, a telephone's rate, and more than a minute."""
    for content in (b"", b"not a sound", b"RIFF\0\0\0\0WAVE"):
        with pytest.raises(AudioError, match="send WAV"):
            upload.file(content)
    slow = tmp_path / "slow.wav"
    write(slow, TONE[:4_000].reshape(1, -1), 4_000)
    with pytest.raises(AudioError, match="4000 Hz: record at 16000"):
        upload.file(slow.read_bytes())
    with pytest.raises(AudioError, match="longer than 60 s"):
        upload.file(flac(np.zeros((1, 61 * RATE), np.float32), RATE))
