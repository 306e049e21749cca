"""The encoder's window: as short as the weights allow."""

from __future__ import annotations

from audio.window import TRAINED, UNTRAINED


def test_the_window_is_the_smallest_that_holds_the_utterance() -> None:
    """Windows come in a few sizes and leave a margin, up to the model's 30 s."""
    seconds = (0.5, 1.6, 3.0, 3.1, 9.9, 14.2, 29.5, 40.0)
    assert [UNTRAINED.fit(s) for s in seconds] == [4, 4, 4, 6, 11, 20, 30, 30]
    assert [TRAINED.fit(s) for s in seconds] == [2, 3, 4, 4, 11, 15, 30, 30]
