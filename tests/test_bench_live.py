"""A shift spoken into a real microphone path is stored, and the benchmark's arithmetic."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from scripts.bench_live import delayed, quantiles, run, said_first

START = dt.datetime(2026, 11, 24, 10, 0, tzinfo=dt.UTC)


def phrase(start_s: float, end_s: float, came_s: float) -> dict[str, Any]:
    """A line of a phrase that was said then, and came then."""
    at = START + dt.timedelta(seconds=start_s)
    came = (START + dt.timedelta(seconds=came_s)).timestamp()
    return {"at": at.isoformat(), "start_s": start_s, "end_s": end_s, "came": came}


def test_a_turn_is_waited_for() -> None:
    """A phrase in the middle of a turn waits for the rest of it, and for the pause after it."""
    lines = [phrase(1, 2, 5.5), phrase(3, 4, 5.51), phrase(8, 9, 10.5)]
    delays, waits = delayed(lines)
    assert delays == pytest.approx([3.5, 1.51, 1.5])
    assert waits == pytest.approx([3.2, 1.2, 1.2])
    assert quantiles([1.0, 2.0, 3.0]) == {"p50": 2.0, "p95": 2.9}
    assert quantiles([]) == {"p50": None, "p95": None}


def test_what_came_first_counts_from_the_end_of_its_speech() -> None:
    """A phrase that nothing told of before counts from its own end; what was untrue is counted."""
    settled = [phrase(1, 2, 5.0) | {"phrase": "a"}, phrase(6, 7, 9.0) | {"phrase": "b"}]
    told = [{"phrase": "a", "end_s": 2}, {"phrase": "c", "end_s": 3}]
    came = (START + dt.timedelta(seconds=4)).timestamp()
    at = (START + dt.timedelta(seconds=3)).isoformat()
    found, untrue = said_first(settled, [{"phrases": told, "at": at, "came": came}])
    assert [came - end for end, came in found] == pytest.approx([1.0, 2.0])
    assert untrue == 1


@pytest.mark.slow
@pytest.mark.alone
def test_a_shift_that_is_spoken_is_stored() -> None:
    """Installed weights, PortAudio, SQLite, the ledger: the demo's first vehicles."""
    found = run(0.7)
    assert found["phrases"] >= 8
    assert found["vehicles"] >= 2
    assert found["complete"]
    assert found["ledger_holds"]
