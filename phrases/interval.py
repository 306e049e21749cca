"""How far a share that was counted may be off: 95 % intervals that never have no width."""

from __future__ import annotations

from math import sqrt

Z = 1.959963984540054
"""Two-sided 95 % quantile of the normal distribution."""


def wilson(ratio: float, count: float) -> tuple[float, float]:
    """Wilson's 95 % interval, both ends 0..1, of a share of `count` independent things."""
    square = Z * Z / count
    middle = (ratio + square / 2) / (1 + square)
    half = sqrt(ratio * (1 - ratio) * square + square * square / 4) / (1 + square)
    return max(0.0, min(ratio, middle - half)), min(1.0, max(ratio, middle + half))


def worth(
    good: int, judged: int, *, groups: int, good_good: int, good_judged: int, judged_judged: int
) -> float:
    """How many independent things the judged ones are worth, at least 1.

    Those of one group (a shift) hang together, so where groups differ by more than chance they
    are worth fewer than they are. The last three are sums over the groups: of the squares of good
    and of judged, and of their product.
    """
    ratio = good / judged
    if groups < 2 or not 0 < ratio < 1:
        return max(float(judged), 1.0)
    spread = good_good - 2 * ratio * good_judged + ratio * ratio * judged_judged
    variance = groups / (groups - 1) * spread / judged**2
    if variance <= 0:
        return float(judged)
    return max(1.0, min(float(judged), ratio * (1 - ratio) / variance))
