"""Notice a microphone whose sound comes faster or slower than it says, by its browser's own clock.

When messages arrive says nothing: a slow line, or one that was held up, would look the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

SHARE = 0.1
"""by which each stretch must be off"""
LEAST_S = 2.0
"""seconds that are measured at least, in two stretches or more"""


def astray(clock: Sequence[tuple[float, float]]) -> bool:
    """Whether the pace is off all along, the same way.

    `clock`: milliseconds by the browser's own clock, and of sound by then, at the rate that was
    told. One stretch that is late and one that catches up are a busy browser, not a wrong rate.
    """
    if len(clock) < 3 or clock[-1][0] - clock[0][0] < LEAST_S * 1000:
        return False
    paces = [
        (sound - before) / max(at - since, 1.0) for (since, before), (at, sound) in pairwise(clock)
    ]
    return all(pace > 1 + SHARE for pace in paces) or all(pace < 1 - SHARE for pace in paces)
