"""What an exam comes to: what could not be judged never fails anybody."""

from __future__ import annotations

from typing import Any

import pytest

from phrases.exam import UNHEARD, UNSAID, Mark, Result, mark, result


def char(heard: str = "right", tone: str = "right", expected: int = 3) -> dict[str, Any]:
    """A character, as `drill-score --json` has it."""
    return {"heard": heard, "tone": tone, "tone_expected": expected}


@pytest.mark.parametrize(
    ("chars", "low", "high"),
    [
        ([char()] * 4, 100, 100),
        ([char(), char("wrong", "unsure")], 50, 50),
        ([char(), char("missing", "unsure")], 50, 50),
        ([char(), char("unsure", "unsure")], 50, 100),
        ([char(), char(tone="wrong")], 75, 75),
        ([char(), char(tone="unsure")], 75, 100),
        ([char(expected=0), char("unsure", "unsure", 0)], 50, 100),
    ],
)
def test_an_item_has_bounds(chars: list[dict[str, Any]], low: float, high: float) -> None:
    """As if all that is unsure was wrong, and as if all of it was right."""
    assert mark(chars, 80.0) == Mark(score=80.0, low=low, high=high)


def test_what_nobody_could_judge_says_nothing() -> None:
    """It may have been wholly wrong or wholly right; what nobody said was not said."""
    assert mark([char()], None) == mark([], 90.0) == UNHEARD
    assert (UNSAID.low, UNSAID.high) == (0, 0)


SURE = Mark(score=90.0, low=90.0, high=90.0)
POOR = Mark(score=40.0, low=40.0, high=40.0)
DOUBTED = Mark(score=70.0, low=60.0, high=90.0)


@pytest.mark.parametrize(
    ("marks", "came"),
    [
        ([SURE] * 5, Result.PASSED),
        ([POOR] * 5, Result.FAILED),
        ([DOUBTED] * 5, Result.OPEN),
        ([SURE] * 4 + [UNHEARD], Result.PASSED),
        ([SURE] * 3 + [UNHEARD] * 2, Result.OPEN),
        ([SURE] * 4 + [UNSAID], Result.FAILED),
        ([POOR, UNHEARD], Result.FAILED),
        ([UNHEARD] * 5, Result.OPEN),
        ([], Result.FAILED),
    ],
)
def test_only_what_is_certain_passes_or_fails(marks: list[Mark], came: Result) -> None:
    """Failed: even the best reading is under the mark. Passed: four in five were judged."""
    assert result(marks, 80.0)[1] is came


def test_the_mark_of_all_is_over_what_was_judged() -> None:
    """Its bounds are over everything."""
    whole, _ = result([SURE, POOR, UNHEARD], 80.0)
    assert (whole.score, whole.low, whole.high) == (65.0, 43.3, 76.7)
    assert result([UNHEARD], 80.0)[0].score is None
