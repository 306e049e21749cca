"""Memory over time: what counts as growth, and that hours can be fed to the real ears."""

from __future__ import annotations

import pytest

from scripts import bench_hours
from scripts.memory import course, resident_mb


def test_what_is_loaded_once_is_no_growth() -> None:
    """The first quarter is left out of the slope, not of the course."""
    found = course([(at, 100.0 + min(at, 900) / 9) for at in range(0, 3_601, 30)])
    assert (found["after_a_quarter"], found["at_the_end"]) == (pytest.approx(200, abs=4), 200.0)
    assert found["slope_mb_per_h"] == 0.0
    assert found["course"][0] == [0, 100.0]
    assert found["course"][-1] == [3_600, 200.0]


def test_growth_is_told_for_an_hour() -> None:
    """Though less than one was measured."""
    found = course([(at, 100.0 + at / 60) for at in range(0, 601, 30)])
    assert found["slope_mb_per_h"] == pytest.approx(60.0)
    assert found["at_the_end"] > found["after_a_quarter"]


def test_one_look_is_no_growth() -> None:
    """Nor an error."""
    assert course([(0.0, 100.0)])["slope_mb_per_h"] == 0.0


def test_a_process_holds_memory() -> None:
    """More than nothing, less than a machine has."""
    assert 1 < resident_mb("self") < 100_000


@pytest.mark.slow
@pytest.mark.alone
def test_hours_are_heard_as_fast_as_they_can_be() -> None:
    """By the installed weights, judged, stored and stated; time is what was heard."""
    found = bench_hours.run(0.02)
    assert found["phrases"] >= 12
    assert found["vehicles"] >= 3
    assert found["complete"]
    assert found["ledger_holds"]
    assert [at for at, _ in found["memory_mb"]["course"]] == [0, 30, 60, 72]
