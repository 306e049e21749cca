"""Which findings are looked at: equal expected numbers, by chance alone, and what rates follow."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phrases.interval import wilson
from phrases.review import Drawn, Fate, Key, Verdict, draw, fate, rate


def findings(numbers: list[int]) -> list[tuple[Key, int]]:
    """So many of each collector."""
    return [((c + 1, n, 0), c) for c, number in enumerate(numbers) for n in range(number)]


def of_each(drawn: tuple[Drawn, ...]) -> Counter[int]:
    """How many were drawn of each collector."""
    return Counter(one.key[0] - 1 for one in drawn)


def test_whoever_has_more_findings_is_not_looked_at_more() -> None:
    """A thousand against thirty: ten of each; who has three has all three drawn."""
    drawn = draw(findings([1000, 30, 3, 100]), 33, "seed")
    assert of_each(drawn) == {0: 10, 1: 10, 2: 3, 3: 10}
    assert {one.key[0]: one.probability for one in drawn} == {
        1: 10 / 1000,
        2: 10 / 30,
        3: 1.0,
        4: 10 / 100,
    }


def test_what_does_not_divide_goes_by_chance() -> None:
    """Over many seeds each of three has the same part of ten, and a finding its probability."""
    total, first = Counter[int](), 0
    for seed in range(600):
        drawn = draw(findings([50, 20, 8]), 10, str(seed))
        assert len(drawn) == 10
        assert set(of_each(drawn).values()) <= {3, 4}
        total += of_each(drawn)
        first += any(one.key == (1, 0, 0) for one in drawn)
    assert all(1850 < number < 2150 for number in total.values())
    # 10 / 3 of 50 findings: 40 of 600 are expected.
    assert 15 < first < 70


@given(st.lists(st.integers(0, 12), max_size=6), st.integers(0, 40), st.text(max_size=4))
def test_as_many_as_fit_are_drawn_each_once(numbers: list[int], size: int, seed: str) -> None:
    """All of them if they fit, and the same for the same seed in whatever order they come."""
    every = findings(numbers)
    drawn = draw(every, size, seed)
    assert len(drawn) == min(size, sum(numbers))
    assert len({one.key for one in drawn}) == len(drawn)
    assert all(0 < one.probability <= 1 for one in drawn)
    assert draw(reversed(every), size, seed) == drawn


def test_a_rate_weighs_each_by_what_it_stands_for() -> None:
    """One that stands for ten counts as ten, and the interval says that they are few."""
    found = rate(1000, [(True, 1.0), (False, 0.1)])
    assert found.precision == pytest.approx(1 / 11)
    assert (found.confirmed, found.dismissed) == (1, 1)
    corrected = found.corrected
    assert corrected is not None
    assert corrected[0] == pytest.approx(1000 / 11)
    assert corrected[2] > 500
    same = rate(10, [(True, 0.5)] * 4)
    assert (same.low, same.high) == wilson(1.0, 4)


def test_where_nothing_was_judged_nobody_can_say() -> None:
    """Not nought, and not all."""
    assert rate(50, []).corrected is None


@pytest.mark.parametrize(
    ("verdict", "days", "more", "expected"),
    [
        (None, 0, {}, Fate.OPEN),
        (None, 8, {}, Fate.LAPSED),
        (Verdict.CANNOT_TELL, 8, {}, Fate.UNTOLD),
        (Verdict.DISMISSED, 8, {}, Fate.DISMISSED),
        (Verdict.CONFIRMED, 9, {}, Fate.CONFIRMED),
        (Verdict.CONFIRMED, 11, {}, Fate.STANDS),
        (Verdict.CONFIRMED, 11, {"appealed": True}, Fate.APPEALED),
        (Verdict.CONFIRMED, 11, {"appealed": True, "granted": False}, Fate.STANDS),
        (Verdict.CONFIRMED, 11, {"appealed": True, "granted": True}, Fate.OVERTURNED),
    ],
)
def test_how_it_stands(
    verdict: Verdict | None, days: int, more: dict[str, bool], expected: Fate
) -> None:
    """Nothing stands while somebody may still say something against it."""
    start = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)
    found = fate(
        verdict,
        now=start + dt.timedelta(days=days),
        due_at=start + dt.timedelta(days=7),
        appeal_until=start + dt.timedelta(days=10),
        **more,
    )
    assert found is expected
