"""Stretches of a recording are exactly its samples, and silenced ones are zeros."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from audio.excerpt import excerpts, silenced
from audio.types import RATE, AudioChunk, Samples
from phrases.types import Span

MS = RATE // 1000


def sound(seconds: float = 10.0) -> Samples:
    """Every sample another number."""
    frames = round(seconds * RATE)
    return (np.arange(frames) / frames).astype(np.float32)


def chunks(
    samples: Samples, size_ms: int, *, channels: int = 1, given: list[int] | None = None
) -> Iterator[AudioChunk]:
    """The samples as a recording; the second channel is the first one's negative."""
    both = np.stack([samples, -samples][:channels], axis=1)
    for start in range(0, len(samples), size_ms * MS):
        if given is not None:
            given.append(start // MS)
        yield AudioChunk(samples=both[start : start + size_ms * MS], start_ms=start // MS)


def spans(*bounds: tuple[int, int]) -> list[Span]:
    """Spans in milliseconds."""
    return [Span(start_ms=start, end_ms=end) for start, end in bounds]


@pytest.mark.parametrize("size_ms", [1, 30, 700, 5_000, 60_000])
def test_a_stretch_is_the_recordings_own_samples(size_ms: int) -> None:
    """However it is chunked: apart, touching, overlapping, within one another."""
    whole = sound(3)
    wanted = spans((0, 100), (50, 900), (60, 70), (900, 1_000), (1_001, 3_000))
    found = list(excerpts(chunks(whole, size_ms), wanted))
    for span, samples in zip(wanted, found, strict=True):
        np.testing.assert_array_equal(samples, whole[span.start_ms * MS : span.end_ms * MS])


def test_what_outlasts_the_recording_is_as_long_as_there_is_sound() -> None:
    """Nothing is made up; beyond the end there is nothing."""
    found = list(excerpts(chunks(sound(1), 300), spans((800, 2_000), (5_000, 6_000))))
    assert [len(samples) for samples in found] == [200 * MS, 0]


def test_the_collectors_channel_is_taken() -> None:
    """Of two channels one; of one channel that one, whatever was asked."""
    (second,) = excerpts(chunks(sound(1), 300, channels=2), spans((0, 500)), channel=1)
    assert second.min() < 0
    (only,) = excerpts(chunks(sound(1), 300), spans((0, 500)), channel=1)
    np.testing.assert_array_equal(only, -second)


def test_nothing_is_decoded_after_the_last_stretch() -> None:
    """An eight-hour recording with one fault in its first minute is not read to its end."""
    given: list[int] = []
    list(excerpts(chunks(sound(10), 1_000, given=given), spans((0, 1_500))))
    assert given == [0, 1_000]


def test_silenced_is_zero_there_and_untouched_elsewhere() -> None:
    """To the sample; the sound that was given stays as it was."""
    whole = sound(2) + np.float32(0.5)
    before = whole.copy()
    quiet = silenced(whole, 10_000, spans((9_000, 10_100), (10_500, 10_600), (11_900, 15_000)))
    np.testing.assert_array_equal(whole, before)
    inside = np.zeros(len(whole), bool)
    for start, end in ((0, 100), (500, 600), (1_900, 2_000)):
        inside[start * MS : end * MS] = True
    assert not quiet[inside].any()
    np.testing.assert_array_equal(quiet[~inside], whole[~inside])


def test_a_stretch_outside_silences_nothing() -> None:
    """Before the first sample and after the last."""
    whole = sound(1) + np.float32(0.5)
    np.testing.assert_array_equal(silenced(whole, 5_000, spans((0, 4_000), (7_000, 8_000))), whole)


def test_what_cannot_be_decoded_is_silence() -> None:
    """NaN would be noise, or an error, in an encoder."""
    whole = np.array([0.5, np.nan, np.inf, -np.inf], np.float32)
    assert silenced(whole, 0, []).tolist() == [0.5, 0.0, 0.0, 0.0]
