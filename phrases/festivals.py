"""Know the public holidays by name, and which of them a day is by its date alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from phrases import lunar
from phrases.schema import Id, Many, MonthDay, Some
from phrases.source import DATA, DataError, Fault, Strict, read

OTHER: Final = "other"
"""What a phrase names that is due on the days of any break: no festival has it for its id."""

Days = Annotated[int, Field(ge=0, le=15)]


class Festival(Strict):
    """A public holiday."""

    id: Id
    zh: str
    en: str
    """names for people"""
    lunar: MonthDay | None = None
    date: MonthDay | None = None
    solar_term: Literal["清明"] | None = None
    """its day, by one of three calendars; none of them: it has no day of its own"""
    before: Days = 0
    after: Days = 0
    """days before and after its day that are the festival too"""
    own_break: bool = True
    """whether every day of its break is greeted as the festival"""
    wish: bool = True
    """False: nothing is wished on it"""

    @model_validator(mode="after")
    def _one_calendar(self) -> Festival:
        if sum(rule is not None for rule in (self.lunar, self.date, self.solar_term)) > 1:
            raise ValueError("give one of lunar, date and solar_term")
        return self

    @property
    def dated(self) -> bool:
        """Whether it has a day of its own."""
        return (self.lunar or self.date or self.solar_term) is not None

    def covers(self, day: dt.date) -> bool:
        """Whether the day is the festival's by its date, whatever was adjusted."""
        around = range(-self.after, self.before + 1)
        return any(self.falls_on(day + dt.timedelta(days=step)) for step in around)

    def falls_on(self, day: dt.date) -> bool:
        """Whether the day is the festival's very day."""
        if self.lunar is not None:
            return lunar.month_day(day) == self.lunar
        if self.date is not None:
            return f"{day:%m-%d}" == self.date
        return self.solar_term is not None and lunar.solar_term(day) == self.solar_term

    def day_in(self, year: int) -> dt.date | None:
        """Its very day in a civil year; None if it has none."""
        return next((day for day in _days_of(year) if self.falls_on(day)), None)


class CalendarFile(Strict):
    """The calendar's data file."""

    mourning: Many[dt.date]
    """days of national mourning"""
    festival: Some[Festival]
    """the first that covers a day is meant"""


def load() -> CalendarFile:
    """The data that ships; DataError if an id repeats."""
    path = DATA / "calendar.toml"
    file = read(path, CalendarFile)
    ids = [festival.id for festival in file.festival]
    repeated = sorted({name for name in ids if ids.count(name) > 1} | ({OTHER} & set(ids)))
    if repeated:
        raise DataError(
            Fault(file=path.name, key=name, problem="this id is taken") for name in repeated
        )
    return file


def _days_of(year: int) -> Iterator[dt.date]:
    day = dt.date(year, 1, 1)
    while day.year == year:
        yield day
        day += dt.timedelta(days=1)
