"""What a try says of how well a line is remembered: nothing where it could not be judged."""

from __future__ import annotations

import pytest

from phrases.drill import CharVerdict, HeardTone, Judged, ToneVerdict
from phrases.recall import Recall, recall

KINDS = {
    "r": CharVerdict.RIGHT,
    "w": CharVerdict.WRONG,
    "m": CharVerdict.MISSING,
    "u": CharVerdict.UNSURE,
}


def tried(kinds: str) -> list[Judged]:
    """A line of which each character was heard so."""
    tone = HeardTone(tone=ToneVerdict.RIGHT, heard=1)
    return [
        Judged(char="好", heard=KINDS[kind], tone_expected=1, tone=tone, start_ms=None, end_ms=None)
        for kind in kinds
    ]


@pytest.mark.parametrize(
    ("kinds", "score", "helped", "known"),
    [
        ("rrrrr", 100.0, False, Recall.GOOD),
        ("rrrrr", 100.0, True, Recall.HARD),
        ("rrrrr", 84.9, False, Recall.HARD),
        ("rrrrw", 90.0, False, Recall.HARD),
        ("rrrww", 90.0, False, Recall.AGAIN),
        ("rrrrr", 59.9, False, Recall.AGAIN),
        ("rrruu", 100.0, False, Recall.GOOD),
        ("rruuu", 100.0, False, None),
        ("uuuuu", None, False, None),
        ("", None, False, None),
    ],
)
def test_a_try_says_again_hard_good_or_nothing(
    kinds: str, score: float | None, helped: bool, known: Recall | None
) -> None:
    """What is unsure counts for nothing, and where most of it is, so does the whole try."""
    assert recall(tried(kinds), score, helped=helped) is known


def test_no_try_is_called_easy() -> None:
    """The ear notices one wrong tone in three: its praise must not put a line off for long."""
    assert max(Recall) is Recall.GOOD
