"""Days off and working weekends of the installed library."""

from __future__ import annotations

import datetime as dt

import pytest
from lunar_python.util import HolidayUtil  # type: ignore[import-untyped]

from phrases.breaks import Breaks, notice_year, published
from phrases.festivals import load


def test_the_library_knows_the_year_of_this_release() -> None:
    """A library older than the days that we rely on would make this year unsure unseen."""
    assert set(range(2004, 2027)) <= published().years


@pytest.mark.parametrize("date", ["2026-01-04", "2026-02-14", "2026-02-28", "2026-10-10"])
def test_the_library_knows_working_weekends(date: str) -> None:
    """The weekends that the notice for 2026 makes working days are worked."""
    assert dt.date.fromisoformat(date) in published().working


@pytest.mark.parametrize(
    ("first", "last", "festival"),
    [
        ("2026-01-01", "2026-01-03", "new_year"),
        ("2026-02-15", "2026-02-23", "spring"),
        ("2026-04-04", "2026-04-06", "tomb_sweeping"),
        ("2026-05-01", "2026-05-05", "labour"),
        ("2026-06-19", "2026-06-21", "dragon_boat"),
        ("2026-09-25", "2026-09-27", "mid_autumn"),
        ("2026-10-01", "2026-10-07", "national"),
    ],
)
def test_the_library_knows_the_breaks(first: str, last: str, festival: str) -> None:
    """Each break of 2026 has the days of the notice and no day more."""
    off = sorted(day for day, of in published().of_year(2026).off.items() if of == festival)
    assert [off[0], off[-1]] == [dt.date.fromisoformat(first), dt.date.fromisoformat(last)]
    assert len(off) == (off[-1] - off[0]).days + 1


def test_every_break_has_a_festival_that_the_calendar_knows() -> None:
    """A name that the library adds must not end in a day that nobody can name."""
    assert set(published().off.values()) <= {festival.id for festival in load().festival}


def test_a_second_library_agrees_which_days_are_off() -> None:
    """Two independent tables of the same notices agree on every day of 2014 to 2026."""
    known = published()
    days = [dt.date(2014, 1, 1) + dt.timedelta(days=step) for step in range(365 * 13 + 3)]
    assert [day for day in days if _works(known, day) != _works_elsewhere(day)] == []
    assert days[-1] == dt.date(2026, 12, 31)


def test_new_years_break_belongs_to_the_next_years_notice() -> None:
    """29 December is the first day that the next year's notice may order."""
    assert notice_year(dt.date(2026, 12, 28)) == 2026
    assert notice_year(dt.date(2026, 12, 29)) == 2027
    assert dt.date(2018, 12, 29) in published().of_year(2019).working
    assert dt.date(2018, 12, 29) not in published().of_year(2018).working


def _works(known: Breaks, day: dt.date) -> bool:
    return day in known.working or (day.weekday() < 5 and day not in known.off)


def _works_elsewhere(day: dt.date) -> bool:
    found = HolidayUtil.getHoliday(day.isoformat())
    return bool(found.isWork()) if found is not None else day.weekday() < 5
