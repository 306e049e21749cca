"""The lunar calendar of the installed library."""

from __future__ import annotations

import datetime as dt

import pytest

from phrases import lunar


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2026-02-16", "12-29"),
        ("2026-02-17", "01-01"),
        ("2020-01-24", "12-30"),
        ("2027-02-05", "12-29"),
        ("2027-02-06", "01-01"),
        ("2026-03-03", "01-15"),
        ("2026-06-19", "05-05"),
        ("2025-10-06", "08-15"),
        ("2026-09-25", "08-15"),
        ("2027-09-15", "08-15"),
        ("2033-09-08", "08-15"),
    ],
)
def test_the_library_knows_the_lunar_date(date: str, expected: str) -> None:
    """Known days of known years stand where the almanac has them."""
    assert lunar.month_day(dt.date.fromisoformat(date)) == expected


def test_a_leap_month_is_empty() -> None:
    """In 2025 the sixth month is doubled: only its first half has festivals."""
    assert lunar.month_day(dt.date(2025, 6, 25)) == "06-01"
    assert lunar.month_day(dt.date(2025, 7, 25)) == ""


@pytest.mark.parametrize("date", ["2020-04-04", "2026-04-05", "2027-04-05"])
def test_the_library_knows_qingming(date: str) -> None:
    """清明 begins on the day itself and on neither neighbour."""
    day = dt.date.fromisoformat(date)
    around = [lunar.solar_term(day + dt.timedelta(days=step)) for step in (-1, 0, 1)]
    assert around == ["", "清明", ""]
