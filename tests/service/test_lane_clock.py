"""The lane's clock is measured by the quickest of its messages."""

from __future__ import annotations

import random

import pytest

from service.lane_clock import LaneClock


@pytest.mark.parametrize("ahead_ms", [-3_600_000, -700, 0, 40_000, 86_400_000])
def test_whatever_the_difference(ahead_ms: int) -> None:
    """To within the quickest message's way, here 20 ms."""
    chance, clock, worst = random.Random(1), LaneClock(), 0
    for at in range(0, 600_000, 3_000):
        way = 20 if chance.random() < 0.3 else chance.randint(20, 900)
        found = clock.heard(at + ahead_ms, at + way)
        if at > 30_000:
            worst = max(worst, abs(found - at))
    assert worst <= 20
    assert clock.offset_ms == 20 - ahead_ms


def test_a_batch_that_was_held_up_is_placed_by_its_last() -> None:
    """Its messages differ in their delay; the clock does not."""
    clock = LaneClock()
    places = [clock.heard(at, 60_000) for at in range(0, 60_000, 10_000)]
    assert places[-1] == 60_000
    clock = LaneClock()
    clock.heard(0, 10)
    assert [clock.heard(at, 60_010) for at in (20_000, 40_000)] == [20_010, 40_010]


@pytest.mark.parametrize("step_ms", [-3_600_000, 3_600_000])
def test_a_clock_that_is_set(step_ms: int) -> None:
    """Noticed at once when it is set forward, after five messages when it is set back."""
    clock, at = LaneClock(), 0
    for at in range(0, 100_000, 5_000):
        clock.heard(at, at + 20)
    late = []
    for at in range(100_000, 150_000, 5_000):
        late.append(abs(clock.heard(at + step_ms, at + 20) - at) > 1_000)
    assert sum(late) == (0 if step_ms > 0 else 4)
    assert not any(late[5:])


def test_it_follows_a_clock_that_drifts() -> None:
    """A second an hour; what is older than ten minutes is forgotten."""
    clock = LaneClock()
    for at in range(0, 7_200_000, 10_000):
        found = clock.heard(at - at // 3_600, at + 20)
    assert abs(found - at) < 250
