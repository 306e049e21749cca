"""The last minutes of a microphone are remembered to the sample, and no more than that."""

from __future__ import annotations

import numpy as np
import pytest

from audio.recent import Recent
from audio.types import RATE, Samples
from phrases.types import Span

MS = RATE // 1000


def noise(ms: int, seed: int = 1) -> Samples:
    """Sound that is nowhere like itself."""
    return np.random.default_rng(seed).uniform(-1, 1, ms * MS).astype(np.float32)


@pytest.mark.parametrize("size", [1, 799, 800, 16_000])
def test_a_stretch_is_what_was_added(size: int) -> None:
    """Whatever the blocks it came in, to the 16 bits that a clip has."""
    whole, recent = noise(2_000), Recent(5_000)
    for start in range(0, len(whole), size * MS):
        recent.add(100 + start // MS, whole[start : start + size * MS])
    at, sound = recent.cut(Span(start_ms=350, end_ms=1_731))
    assert (at, len(sound)) == (350, 1_381 * MS)
    assert np.abs(sound - whole[250 * MS : 1_631 * MS]).max() <= 1 / 32_767


def test_what_is_too_old_is_forgotten() -> None:
    """The stretch begins where memory does; of one that is older there is nothing."""
    recent = Recent(1_000)
    for start in range(0, 3_000, 100):
        recent.add(start, noise(100, start + 1))
    at, sound = recent.cut(Span(start_ms=0, end_ms=2_500))
    assert (at, len(sound)) == (2_000, 500 * MS)
    assert len(recent.cut(Span(start_ms=0, end_ms=1_900))[1]) == 0


def test_what_never_came_is_silent_and_what_is_no_number_is_too() -> None:
    """A hole in the sound keeps its length."""
    recent = Recent(10_000)
    recent.add(0, np.full(100 * MS, np.nan, np.float32))
    recent.add(300, np.full(100 * MS, 2.0, np.float32))
    at, sound = recent.cut(Span(start_ms=0, end_ms=900))
    assert (at, len(sound)) == (0, 400 * MS)
    assert not sound[: 300 * MS].any()
    assert sound[300 * MS :] == pytest.approx(1.0)
