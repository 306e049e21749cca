"""Enrolling: files and folders, and one clear line about what cannot be used."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from audio.enrol import enrol, version
from audio.files import AudioError
from audio.prompts import PromptError
from audio.types import RATE
from audio.write import write

RECORDINGS = Path(__file__).parents[1] / "recordings" / "prompts"


def tone(path: Path, seconds: float, *, amplitude: float = 0.2, channels: int = 1) -> Path:
    """A whistle whose last channel is the louder."""
    time = np.arange(int(seconds * RATE)) / RATE
    sound = amplitude * np.sin(2 * np.pi * 700 * time)
    shares = np.arange(1, channels + 1)[:, None] / channels
    write(path, (shares * sound).astype(np.float32), RATE)
    return path


def test_files_and_folders_are_enrolled_in_order(tmp_path: Path) -> None:
    """A folder gives its sound files by name, hidden ones left out."""
    tone(tmp_path / "b.wav", 1.0)
    tone(tmp_path / "a.flac", 2.0, channels=2)
    (tmp_path / ".hidden").write_text("x", encoding="utf-8")
    prompts = enrol([RECORDINGS / "fare.opus", tmp_path])
    assert [one.name for one in prompts] == ["fare.opus", "a.flac", "b.wav"]
    assert len(prompts[1].sound) == pytest.approx(2 * RATE, abs=RATE // 50)
    assert np.abs(prompts[1].sound).max() == pytest.approx(0.2, abs=0.01)


def test_the_version_names_what_is_enrolled() -> None:
    """It changes with the recordings, not with their order."""
    both = enrol([RECORDINGS / "fare.opus", RECORDINGS / "safe_trip.opus"])
    assert version(both) == version(both[::-1]) != version(both[:1])


def test_what_cannot_be_used_is_named(tmp_path: Path) -> None:
    """A missing file, one that is no sound, silence, a click, a song, an empty folder."""
    text = tmp_path / "notes.txt"
    text.write_text("no sound", encoding="utf-8")
    empty = tmp_path / "empty"
    empty.mkdir()
    cases = {
        tmp_path / "missing.wav": "no such file",
        text: "not a sound file",
        tone(tmp_path / "silent.wav", 2.0, amplitude=0.0): "silent",
        tone(tmp_path / "click.wav", 0.2): "at least 0.5 s",
        tone(tmp_path / "long.wav", 20.0): "at most 15 s",
        tone(tmp_path / "song.wav", 40.0): "at most 15 s",
        empty: "no prompt in this folder",
    }
    for path, why in cases.items():
        with pytest.raises((PromptError, AudioError), match=why) as caught:
            enrol([path])
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)
