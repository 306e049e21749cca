"""Say from a judged try how well the line was remembered: again, hard or good.

The ear that judges notices one wrong tone in three (docs/drills.md), so no try is called easy by
it: a line would then be shown too seldom to whom it is still hard for.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum

from phrases.drill import CharVerdict, Judged


class Recall(IntEnum):
    """How well a line was remembered, in the numbers of FSRS."""

    AGAIN = 1
    HARD = 2
    GOOD = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Bars:
    """Where one ends and the other begins."""

    judged: float = 0.5
    """0..1, share of the characters that must be judged for a try to count"""
    said: float = 0.8
    """0..1, share of those that were said under which the line was not known"""
    again: float = 60.0
    """0..100, score under which it was not either"""
    good: float = 85.0
    """0..100, score from which it was known well, if every character was said"""


def recall(
    judged: Collection[Judged], score: float | None, *, helped: bool, bars: Bars | None = None
) -> Recall | None:
    """How well it was remembered; None: it could not be judged, and counts for nothing.

    `helped`: the model voice was heard just before, so it was repeated more than remembered.
    """
    bars = bars or Bars()
    sure = [one for one in judged if one.heard is not CharVerdict.UNSURE]
    if score is None or not judged or len(sure) < bars.judged * len(judged):
        return None
    said = sum(one.heard is CharVerdict.RIGHT for one in sure)
    if said < bars.said * len(sure) or score < bars.again:
        return Recall.AGAIN
    if helped or said < len(sure) or score < bars.good:
        return Recall.HARD
    return Recall.GOOD
