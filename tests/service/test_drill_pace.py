"""A wrong rate is told from a busy browser."""

from __future__ import annotations

from itertools import accumulate

import pytest

from service.drill_pace import astray


@pytest.mark.parametrize(
    ("seconds", "wrong"),
    [
        ([1.0, 1.0, 1.0], False),
        ([1.05, 1.05, 1.05], False),
        ([1.2, 1.2, 1.2], True),
        ([0.8, 0.8, 0.8], True),
        ([1.6, 0.4, 1.0], False),
        ([1.0, 1.0, 1.9], False),
        ([1.9, 1.0, 1.0], False),
        ([1.9, 0.1], False),
        ([2.5], False),
        ([0.6, 0.6], False),
        ([], False),
    ],
)
def test_off_all_along_and_the_same_way(seconds: list[float], wrong: bool) -> None:
    """Each stretch has a second of sound, and takes so long."""
    times = accumulate(seconds, initial=0.0)
    assert astray([(1000 * at, 1000 * n) for n, at in enumerate(times)]) is wrong
