"""The network's answer does not hang on how the stream is cut, and it stays quiet in noise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from audio import vad
from audio.types import RATE, Samples
from audio.vad import FRAME, Vad, VadError


def humming(seconds: float) -> Samples:
    """Something voiced: a gliding buzz through the resonances of a vowel, in syllables."""
    time = np.arange(int(seconds * RATE)) / RATE
    pitch = 140 + 25 * np.sin(2 * np.pi * 0.8 * time)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    sound = np.zeros_like(time)
    for harmonic in range(1, 26):
        hertz = 140 * harmonic
        strength = sum(np.exp(-(((hertz - peak) / 160) ** 2)) for peak in (650, 1_150, 2_500))
        sound += (strength + 0.02) * np.sin(harmonic * phase)
    sound *= np.clip(np.sin(2 * np.pi * 2.2 * time), 0, None)
    return np.asarray(0.3 * sound / np.abs(sound).max(), np.float32)


def test_pieces_do_not_matter() -> None:
    """State and context are carried, so that any chunking gives the same probabilities."""
    sound = humming(6.0)
    whole = Vad()
    expected = np.concatenate((whole.feed(sound), whole.finish()))
    rng = np.random.default_rng(3)
    pieces, found, at = Vad(), list[np.ndarray[tuple[int, ...], np.dtype[np.float32]]](), 0
    while at < len(sound):
        size = int(rng.integers(1, 4_000))
        found.append(pieces.feed(sound[at : at + size]))
        at += size
    found.append(pieces.finish())
    assert np.concatenate(found) == pytest.approx(expected, abs=1e-5)


def test_there_is_one_probability_for_each_frame() -> None:
    """Every frame is answered once, the last one filled up with silence."""
    ear = Vad()
    assert len(ear.feed(np.zeros(10 * FRAME + 5, np.float32))) == 10
    assert len(ear.finish()) == 1
    assert len(ear.finish()) == 0


def test_a_voice_is_told_from_noise_and_silence() -> None:
    """A voiced sound is speech; silence and steady noise are not."""
    noise = np.random.default_rng(0).standard_normal(4 * RATE).astype(np.float32)
    assert Vad().feed(humming(4.0)).max() > 0.5
    assert Vad().feed(np.zeros(4 * RATE, np.float32)).max() < 0.2
    assert Vad().feed(0.05 * noise).max() < 0.3


def test_a_broken_network_is_named(tmp_path: Path) -> None:
    """A damaged file is said to be so, with what to do."""
    broken = tmp_path / "silero_vad_v6.onnx"
    broken.write_bytes(b"nothing")
    with pytest.raises(VadError, match="reinstall faster-whisper"):
        Vad(broken)


def test_a_missing_network_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package the error says which to install."""
    monkeypatch.setattr(vad, "find_spec", lambda _name: None)
    with pytest.raises(VadError, match="reinstall faster-whisper"):
        vad.find_model()
