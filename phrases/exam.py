"""What an exam comes to: a mark with its bounds, and whether that is enough to say so.

What could not be judged is never counted as wrong. Where it could tip the result, the result is
open, and a trainer who hears the recordings settles it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

JUDGED = 0.8
"""0..1, share of the items that must be certain for an exam to be passed by the program alone"""


class Result(StrEnum):
    """What an exam came to."""

    PASSED = "passed"
    FAILED = "failed"
    OPEN = "open"
    """too much could not be judged: a trainer is to hear it"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """A mark, 0..100."""

    score: float | None
    """None: nothing could be judged"""
    low: float
    """if all that is unsure was wrong"""
    high: float
    """if all of it was right"""


UNSAID = Mark(score=0.0, low=0.0, high=0.0)
"""of an item that nobody tried in the time there was"""
UNHEARD = Mark(score=None, low=0.0, high=100.0)
"""of one that was said and could not be judged"""


def mark(chars: Sequence[Mapping[str, Any]], score: float | None) -> Mark:
    """The mark of one item, of its characters as `drill-score --json` has them."""
    if score is None or not chars:
        return UNHEARD
    due = low = high = 0.0
    for one in chars:
        toned = one["tone_expected"] > 0
        due += 1.0 if toned else 0.5
        if one["heard"] == "unsure":
            high += 1.0 if toned else 0.5
        elif one["heard"] == "right":
            low, high = low + 0.5, high + 0.5
            if toned and one["tone"] == "right":
                low, high = low + 0.5, high + 0.5
            elif toned and one["tone"] == "unsure":
                high += 0.5
    return Mark(score=score, low=round(100 * low / due, 1), high=round(100 * high / due, 1))


def result(marks: Sequence[Mark], pass_mark: float) -> tuple[Mark, Result]:
    """The mark of all items, each weighing the same, and what it comes to."""
    sure = [one.score for one in marks if one.score is not None]
    count = max(1, len(marks))
    whole = Mark(
        score=round(sum(sure) / len(sure), 1) if sure else None,
        low=round(sum(one.low for one in marks) / count, 1),
        high=round(sum(one.high for one in marks) / count, 1),
    )
    if whole.high < pass_mark:
        return whole, Result.FAILED
    enough = len(sure) >= JUDGED * len(marks)
    if whole.score is not None and whole.score >= pass_mark and enough:
        return whole, Result.PASSED
    return whole, Result.OPEN
