"""An ear that listens for days: it forgets measures that nothing asks for any more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from audio.ear import Ear
from audio.quality import COLUMNS, Recent
from audio.types import RATE, Samples
from tests.audio.test_cut import SETTINGS, Whistles, heard, hiss, word

SHORT = replace(SETTINGS, horizon_ms=30_000, lookahead_ms=2_000)


def shift() -> list[Samples]:
    """Four minutes of words, with a dead microphone in each."""
    dead = np.zeros(RATE, np.float32)
    minute = [piece for _ in range(9) for piece in (hiss(2.5), word(2.0), hiss(1.5))]
    return [*minute, dead, hiss(5)] * 4


@pytest.mark.slow
@pytest.mark.parametrize("channels", [1, 2])
def test_what_is_forgotten_is_not_missed(monkeypatch: pytest.MonkeyPatch, channels: int) -> None:
    """The same is cut from a recording whether all is kept or the least."""
    sound = np.concatenate(shift())
    if channels == 2:
        sound = np.stack((sound, np.roll(sound, 60 * RATE) * 0.9), axis=1)
    cut = []
    for spare_ms in (20_000, 10_000_000):
        monkeypatch.setattr("audio.ear._SPARE_MS", spare_ms)
        cut.append(heard(sound, settings=SHORT, size=RATE // 5))
    assert len(cut[0]) > 30
    assert [str(one) for one in cut[0]] == [str(one) for one in cut[1]]


def test_it_does_not_grow() -> None:
    """After the horizon and a little, its measures take no more room."""
    ear = Ear(SHORT, Whistles())
    sizes = []
    for _ in range(40):
        ear.feed(hiss(30))
        sizes.append(len(ear.frames.table))
    assert max(sizes) <= 2 * ear.most + 30 * RATE // 512 + 1
    assert len(ear.frames) == 40 * 30 * RATE // 512


def test_what_is_no_longer_there_is_not_given() -> None:
    """Rather an error than the measures of another moment."""
    recent = Recent(np.zeros((10, COLUMNS), np.float32), 100)
    assert len(recent) == 110
    assert len(recent[105:200]) == 5
    assert len(recent[110:120]) == 0
    for part in (slice(90, 105), slice(0, 5), slice(99, 100)):
        with pytest.raises(IndexError, match="no longer there"):
            recent[part]
