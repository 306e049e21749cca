"""How far a share that was counted may be off: 95 % intervals that never have no width."""

from __future__ import annotations

from collections.abc import Sequence
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


def clustered(
    ratio: float, good: Sequence[float], whole: Sequence[float], things: float
) -> tuple[float, float]:
    """95 % interval, both ends 0..1, of a ratio of sums over groups that hang together.

    `good` and `whole` are each group's (a vehicle's, a shift's) part in the sums; `things` is how
    many there are in all groups, which is the most that they can be worth.
    """
    count = len(whole)
    worth = float(count)
    if count > 1:
        spread = sum((g - ratio * w) ** 2 for g, w in zip(good, whole, strict=True))
        variance = count / (count - 1) * spread / sum(whole) ** 2
        if 0 < ratio < 1:
            worth = (
                min(float(things), ratio * (1 - ratio) / variance) if variance else float(things)
            )
        worth *= (Z / _student(count - 1)) ** 2
    return wilson(ratio, max(worth, 1.0))


def _student(freedom: int) -> float:
    """Two-sided 95 % quantile of Student's t: Fisher's expansion, exact where that is poor."""
    if freedom < 3:
        return (12.706, 4.303)[freedom - 1]
    z, n = Z, freedom
    return (
        z
        + (z**3 + z) / (4 * n)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * n**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * n**3)
    )
