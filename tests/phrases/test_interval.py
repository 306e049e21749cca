"""Intervals are Wilson's, and wider where what is counted hangs together."""

from __future__ import annotations

import pytest

from phrases.interval import wilson, worth


@pytest.mark.parametrize(
    ("good", "count", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662), (1, 1, 0.2065, 1.0)],
)
def test_wilson(good: int, count: int, low: float, high: float) -> None:
    """As in Newcombe (1998), table I: never without width, never outside 0..1."""
    assert wilson(good / count, count) == pytest.approx((low, high), abs=5e-5)


def of(*groups: tuple[int, int]) -> float:
    """What these groups of (good, judged) are worth."""
    return worth(
        sum(g for g, _ in groups),
        sum(j for _, j in groups),
        groups=len(groups),
        good_good=sum(g * g for g, _ in groups),
        good_judged=sum(g * j for g, j in groups),
        judged_judged=sum(j * j for _, j in groups),
    )


def test_groups_that_are_alike_are_worth_all_that_is_in_them() -> None:
    """One group, equal groups, or groups that differ by chance only."""
    assert of((8, 10)) == 10
    assert of((8, 10), (8, 10)) == 20
    assert of((0, 10), (0, 5)) == 15
    assert of((52, 100), (48, 100)) == 200


def test_groups_that_differ_are_worth_less() -> None:
    """Two that have nothing in common are worth about two things."""
    assert of((100, 100), (0, 100)) == 1.0
    assert of(*[(90, 100), (50, 100)] * 5) == pytest.approx(47.25)
