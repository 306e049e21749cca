"""Frames that were not heard become gaps once their weights add up."""

from __future__ import annotations

import numpy as np

from audio.gaps import GapRun, drowned_weights, lost_weights
from audio.quality import Floats, Frames, Surroundings
from audio.types import HearingSettings
from phrases.types import Gap, GapReason

SETTINGS = HearingSettings()
BOOTH = Surroundings(floor_db=-50.0, clean=False, noise_db=-48.0)
CLEAN = Surroundings(floor_db=-60.0, clean=True, noise_db=-60.0)


def gaps(*weights: tuple[float, int], piece: int = 1_000) -> list[Gap]:
    """The gaps of weights, each held for a number of frames of 100 ms."""
    run = GapRun(GapReason.MIC_LOST, 100)
    flat = np.array([weight for weight, count in weights for _ in range(count)], np.float32)
    found = list[Gap]()
    for at in range(0, len(flat), piece):
        found += run.feed(flat[at : at + piece])
    return found + run.finish()


def frames(count: int, *, band: float, speech: float = 0.0, lost: bool = False) -> Frames:
    """Equal frames."""
    row = [speech, band, band, band, band, 0.0, float(lost)]
    return Frames(np.tile(np.array(row, np.float32), (count, 1)))


def spans(found: list[Gap]) -> list[tuple[int, int]]:
    """Their bounds."""
    return [(gap.start_ms, gap.end_ms) for gap in found]


def test_weights_that_add_up_are_a_gap() -> None:
    """Five frames of a fifth are a gap, four are not."""
    assert spans(gaps((0, 10), (0.2, 5), (0, 10))) == [(1_000, 1_500)]
    assert gaps((0, 10), (0.2, 4), (0, 10)) == []


def test_a_single_frame_in_between_does_not_part_a_gap() -> None:
    """In a tenth of a second no word is heard."""
    assert spans(gaps((0.5, 3), (0, 1), (0.5, 3), (0, 9))) == [(0, 700)]
    assert spans(gaps((0.5, 3), (0, 3), (0.5, 3), (0, 9))) == [(0, 300), (600, 900)]


def test_a_gap_may_reach_the_end() -> None:
    """What is open at the end is closed there."""
    assert spans(gaps((0, 2), (1, 8))) == [(200, 1_000)]


def test_pieces_do_not_matter() -> None:
    """However the frames are fed, the gaps are the same."""
    stream = ((0.0, 3), (0.3, 9), (0.0, 1), (0.3, 2), (0.0, 7), (1.0, 1), (0.0, 4))
    assert gaps(*stream, piece=1) == gaps(*stream, piece=4) == gaps(*stream)


def test_a_very_long_gap_is_handed_out_in_parts() -> None:
    """A microphone that is dead for an hour must not hold back the hour."""
    found = gaps((1, 13_000))
    assert [gap.end_ms - gap.start_ms for gap in found] == [600_000, 600_000, 100_000]


def total(weights: Floats) -> float:
    """The sum of the weights."""
    return float(weights.sum())


def test_a_short_silence_is_a_gap_in_a_booth_only() -> None:
    """A quarter of a second of zeros is no room's silence, but any clean recording's."""
    silence = frames(10, band=-120.0)
    assert total(lost_weights(silence, BOOTH, -25.0, SETTINGS, 32)) >= 1
    assert total(lost_weights(silence, CLEAN, -25.0, SETTINGS, 32)) < 1


def test_a_long_silence_is_a_gap_anywhere() -> None:
    """In three seconds of zeros a dead microphone may have hidden a step."""
    silence = frames(100, band=-120.0)
    assert total(lost_weights(silence, CLEAN, -25.0, SETTINGS, 32)) >= 1


def test_one_lost_frame_is_a_gap() -> None:
    """Where the file has no samples, nothing was heard, however short it is."""
    assert total(lost_weights(frames(1, band=-30.0, lost=True), CLEAN, -25.0, SETTINGS, 32)) >= 1


def test_speech_is_not_noise() -> None:
    """What is plainly speech weighs nothing, though it is as loud as speech."""
    loud = frames(40, band=-24.0, speech=0.9)
    assert total(drowned_weights(loud, BOOTH, -25.0, SETTINGS, 32)) < 0.01
    assert total(drowned_weights(frames(40, band=-24.0), BOOTH, -25.0, SETTINGS, 32)) >= 1
