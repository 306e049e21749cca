"""Read a station's own file of adjusted days, for a year that no library knows yet.

The State Council publishes a year's days off and working weekends only weeks before it begins,
and the library follows later. Until one of the two has a year, its greetings are unsure; so a
file that is incomplete or misread must not make them sure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import Field

from phrases.breaks import Breaks, notice_year
from phrases.festivals import Festival
from phrases.schema import Id, Many, Some
from phrases.source import DataError, Fault, Strict, read

LONGEST_DAYS = 15
"""No break was ever longer; a longer one is a slip of the pen."""


class Off(Strict):
    """A break, from its first day to its last, plain weekends in it included."""

    festival: Id
    """id of a public holiday of data/calendar.toml; `special` for a break ordered once"""
    first: dt.date
    last: dt.date

    @property
    def days(self) -> list[dt.date]:
        """Its days in order; none if it ends before it begins, no more than the longest break."""
        count = min((self.last - self.first).days + 1, LONGEST_DAYS)
        return [self.first + dt.timedelta(days=step) for step in range(count)]


class Year(Strict):
    """One year's notice: 29 December of the year before to 28 December."""

    year: Annotated[int, Field(ge=2004, le=2100)]
    source: str = ""
    """the notice it was copied from"""
    off: Some[Off]
    working: Many[dt.date] = ()
    """Saturdays and Sundays that are worked (调休)"""


class YearsFile(Strict):
    """A station's own file of adjusted days."""

    mourning: Many[dt.date] = ()
    """further days on which no wish is due"""
    year: Many[Year] = ()


def load(path: Path, festivals: Sequence[Festival]) -> tuple[Breaks, frozenset[dt.date]]:
    """The file's adjusted days and days of mourning; DataError with every fault of it."""
    file = read(path, YearsFile)
    faults = [
        Fault(file=path.name, key=key, problem=problem) for key, problem in _faults(file, festivals)
    ]
    if faults:
        raise DataError(faults)
    breaks = Breaks(
        years=frozenset(year.year for year in file.year),
        off={day: off.festival for year in file.year for off in year.off for day in off.days},
        working=frozenset(day for year in file.year for day in year.working),
    )
    return breaks, frozenset(file.mourning)


def _faults(file: YearsFile, festivals: Sequence[Festival]) -> Iterator[tuple[str, str]]:
    """Key and problem of all that the schema cannot see."""
    seen: set[int] = set()
    for at, year in enumerate(file.year):
        if year.year in seen:
            yield f"year.{at}.year", f"{year.year} is listed twice"
        seen.add(year.year)
        off: set[dt.date] = set()
        for number, one in enumerate(year.off):
            key = f"year.{at}.off.{number}"
            yield from ((f"{key}.{name}", text) for name, text in _break_faults(one, festivals))
            for day in one.days:
                if notice_year(day) != year.year:
                    yield key, f"{day} belongs to the table of {notice_year(day)}"
                if day in off:
                    yield key, f"{day} is in another break too"
            off.update(one.days)
        for number, day in enumerate(year.working):
            yield from (
                (f"year.{at}.working.{number}", problem)
                for problem in _working_faults(day, year, off, year.working[:number])
            )
        for festival in festivals:
            if festival.dated and not any(festival.falls_on(day) for day in off):
                problem = (
                    f"no break holds {festival.day_in(year.year)}, {festival.en} {festival.zh}"
                )
                yield f"year.{at}.off", f"{problem}: the year is incomplete or a date is wrong"


def _break_faults(off: Off, festivals: Sequence[Festival]) -> Iterator[tuple[str, str]]:
    known = [festival.id for festival in festivals]
    if off.festival not in known:
        yield "festival", f"{off.festival!r} is none of {', '.join(known)}"
    if off.last < off.first:
        yield "last", f"{off.last} is before the first day, {off.first}"
    elif (off.last - off.first).days >= LONGEST_DAYS:
        yield "last", f"{off.first} to {off.last} is more than {LONGEST_DAYS} days"


def _working_faults(
    day: dt.date, year: Year, off: set[dt.date], before: Sequence[dt.date]
) -> Iterator[str]:
    if day.weekday() < 5:
        yield f"{day} is no Saturday or Sunday: only these are made working days"
    if notice_year(day) != year.year:
        yield f"{day} belongs to the table of {notice_year(day)}"
    if day in off:
        yield f"{day} lies in a break"
    if day in before:
        yield f"{day} is listed twice"
