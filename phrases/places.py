"""Say who can be told apart: places by intervals, never by values alone."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where one stands among others: anywhere from the best place to the worst."""

    best: int
    """1 is the highest"""
    worst: int


def places(intervals: Sequence[tuple[float, float]]) -> tuple[Place, ...]:
    """The places that each interval (low, high) leaves, in the order given.

    One is above another only if its whole interval is; the best place counts those that are
    above for certain, the worst those that may be.
    """
    lows = sorted(low for low, _ in intervals)
    highs = sorted(high for _, high in intervals)
    return tuple(
        Place(
            best=1 + len(lows) - bisect_right(lows, high),
            worst=len(highs) - bisect_left(highs, low),
        )
        for low, high in intervals
    )


def alike(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether two intervals overlap: then neither of the two is ranked before the other."""
    return one[0] <= other[1] and other[0] <= one[1]
