"""Vehicles are listed once each, the newest first, however the list is cut into pages."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine

from db.figures_types import Asked, Listed, Place, Wanted
from db.vehicle_list import count, vehicles
from phrases.types import FindingStatus, Outcome
from tests.db import samples
from tests.db.test_figures import ALWAYS, DAY, SHIFTS, Sat, store


def listed(
    engine: Engine, *, asked: Asked = ALWAYS, limit: int = 500, **wanted: Any
) -> list[Listed]:
    """All pages of a list."""
    found: list[Listed] = []
    after: Place | None = None
    while True:
        with engine.connect() as connection:
            page = vehicles(
                connection,
                asked,
                Wanted(**wanted),
                after=after,
                limit=limit,
            )
        found += page
        if len(page) < limit:
            with engine.connect() as connection:
                assert count(connection, asked, Wanted(**wanted)) == len(found)
            return found
        after = page[-1].place


@pytest.mark.parametrize("limit", [1, 7, 260])
def test_pages_join_to_the_whole(engine: Engine, limit: int) -> None:
    """No vehicle is doubled or left out, and newer ones come first."""
    shifts = [replace(sat, compliant=sat.compliant // 10, fault=sat.fault // 5) for sat in SHIFTS]
    store(engine, *shifts)
    whole = listed(engine)
    assert len(whole) == sum(s.compliant + s.fault + s.unsure for s in shifts)
    assert listed(engine, limit=limit) == whole
    assert [v.place for v in whole] == sorted({v.place for v in whole}, reverse=True)
    last = whole[-1]
    assert (last.station, last.position, last.arrived_at.isoformat()) in {
        ("west", 0, "2026-11-24T09:00:00+08:00"), ("east", 0, "2026-11-24T09:00:00+08:00"),
    }  # fmt: skip


def test_what_is_added_meanwhile_doubles_nothing(engine: Engine) -> None:
    """A page goes on after the last vehicle that was seen."""
    store(engine, Sat(compliant=6))
    with engine.connect() as connection:
        first = vehicles(connection, ALWAYS, Wanted(), limit=3)
    store(engine, Sat(compliant=2, collector="z", hour=23))
    with engine.connect() as connection:
        rest = vehicles(connection, ALWAYS, Wanted(), after=first[-1].place, limit=9)
    assert [v.vehicle for v in first + rest] == [5, 4, 3, 2, 1, 0]


def test_filters(engine: Engine) -> None:
    """By outcome, by a finding's code and status, by arrival to the millisecond."""
    store(engine, *SHIFTS)
    assert len(listed(engine, outcome=Outcome.FAULT)) == 63
    amounts = listed(engine, code="amount.received")
    assert len(amounts) == 14
    assert all("amount.received" in dict(v.findings) for v in amounts)
    assert len(listed(engine, code="amount.received", status=FindingStatus.UNSURE)) == 1
    assert len(listed(engine, status=FindingStatus.REMARK)) == 5
    assert listed(engine, code="forbidden") == []
    assert len(listed(engine, asked=replace(ALWAYS, team="乙"))) == 3
    nine = dt.datetime.combine(DAY, dt.time(9), samples.CHINA)
    ten_seconds = dt.timedelta(seconds=10)
    exact = listed(engine, since=nine + ten_seconds, until=nine + 3 * ten_seconds)
    assert {v.position for v in exact} == {1, 2}
    after = nine + ten_seconds + dt.timedelta(milliseconds=1)
    assert {v.position for v in listed(engine, since=after, until=nine + 3 * ten_seconds)} == {2}


def test_only_what_is_shown(engine: Engine) -> None:
    """A vehicle of a grading that waits is not in the list."""
    store(engine, Sat(compliant=2))
    store(engine, Sat(fault=3), shown=False)
    assert [v.outcome for v in listed(engine)] == [Outcome.COMPLIANT] * 2
