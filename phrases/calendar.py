"""Say what kind of day a date is: a working day, a weekend, a holiday, and whose.

The lunar and civil dates are certain for any year. Which days are off and which weekends are
worked is ordered year by year, so a year that neither the library nor the station's file has is
`known=False`, and nobody is held to its greetings.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from phrases import breaks, festivals, lunar, years
from phrases.breaks import Breaks, notice_year
from phrases.festivals import Festival
from phrases.warned import warning

SATURDAY = 5
"""of `date.weekday()`"""


class DayKind(StrEnum):
    """Whether people work."""

    WORKING = "working"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """What a date is."""

    date: dt.date
    kind: DayKind
    """as it was ordered; of a year that is not known, as its weekday and festival suggest"""
    festival: str | None
    """id of the festival that the day is greeted as, by its date or by its own break"""
    off: str | None
    """id of the festival whose break the day belongs to"""
    known: bool
    """False: the adjusted days of its year are not known yet"""
    wish_allowed: bool
    """False on 清明, in its break and on days of mourning"""
    lunar: str
    """lunar month and day as MM-DD; empty in a leap month"""
    zh: str
    en: str
    """what the day is, for people"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Calendar:
    """All that is known of days."""

    festivals: tuple[Festival, ...]
    """the first that covers a day is meant"""
    breaks: Breaks
    mourning: frozenset[dt.date]
    version: str
    """libraries and a hash of the data: the same days have the same version"""
    warnings: tuple[str, ...] = ()
    """what a person should look at, met while loading"""

    def day(self, date: dt.date) -> Day:
        """What the date is; any date of 1900 to 2100, known or not."""
        known = notice_year(date) in self.breaks.years
        off = self.breaks.off.get(date)
        named = {festival.id: festival for festival in self.festivals}
        festival = next((f for f in self.festivals if f.covers(date)), None)
        if festival is None and off is not None and named[off].own_break:
            festival = named[off]
        if date in self.breaks.working:
            kind = DayKind.WORKING
        elif off is not None or (not known and festival is not None):
            kind = DayKind.HOLIDAY
        else:
            kind = DayKind.WEEKEND if date.weekday() >= SATURDAY else DayKind.WORKING
        mourned = date in self.mourning
        zh, en = self._names(date, kind, festival, None if off is None else named[off])
        return Day(
            date=date,
            kind=kind,
            festival=None if festival is None else festival.id,
            off=off,
            known=known,
            wish_allowed=not mourned and (festival is None or festival.wish),
            lunar=lunar.month_day(date),
            zh="全国哀悼日" if mourned else zh,
            en="a day of national mourning" if mourned else en,
        )

    def _names(
        self, date: dt.date, kind: DayKind, festival: Festival | None, off: Festival | None
    ) -> tuple[str, str]:
        if festival is not None and festival.covers(date):
            return festival.zh, festival.en
        if off is not None:
            return f"{off.zh}假期", f"a day of the {off.en} break"
        name = "a Saturday" if date.weekday() == SATURDAY else "a Sunday"
        if date in self.breaks.working:
            return "调休工作日", f"{name} made a working day"
        if kind is DayKind.WEEKEND:
            return "周末", name
        return "工作日", "a working day"


def load_calendar(*, station_years: Path | None = None) -> Calendar:
    """The calendar of the installed libraries, with the station's own file over it.

    A year of the station's file takes the place of the library's. DataError lists every fault of
    the file.
    """
    data = festivals.load()
    known = breaks.published()
    mourning = frozenset(data.mourning)
    warnings: list[str] = []
    if station_years is not None:
        own, mourned = years.load(station_years, data.festival)
        mourning |= mourned
        for year in sorted(own.years):
            warnings.extend(_differences(known, own, year))
        known = _over(known, own)
    return Calendar(
        festivals=data.festival,
        breaks=known,
        mourning=mourning,
        version=_version(data, known, mourning),
        warnings=tuple(warnings),
    )


def _over(known: Breaks, own: Breaks) -> Breaks:
    """The library's years, those of the station's file replaced."""
    kept = {d: festival for d, festival in known.off.items() if notice_year(d) not in own.years}
    worked = {day for day in known.working if notice_year(day) not in own.years}
    return Breaks(
        years=known.years | own.years,
        off=kept | own.off,
        working=own.working | worked,
    )


def _differences(known: Breaks, own: Breaks, year: int) -> list[str]:
    """A warning if both know the year and do not agree which days are off."""
    if year not in known.years:
        return []
    ours, theirs = own.of_year(year), known.of_year(year)
    days = {d for d in {*ours.off, *theirs.off} if _at_work(ours, d) != _at_work(theirs, d)}
    days |= ours.working ^ theirs.working
    if not days:
        return []
    some = ", ".join(map(str, sorted(days)[:3])) + (" …" if len(days) > 3 else "")
    return [warning("years_differ", year=year, library=breaks.VERSION, days=some)]


def _at_work(of: Breaks, day: dt.date) -> bool:
    return day in of.working or (day not in of.off and day.weekday() < SATURDAY)


def _version(data: festivals.CalendarFile, known: Breaks, mourning: frozenset[dt.date]) -> str:
    content = {
        "festivals": [festival.model_dump(mode="json") for festival in data.festival],
        "years": sorted(known.years),
        "off": sorted((str(day), festival) for day, festival in known.off.items()),
        "working": sorted(map(str, known.working)),
        "mourning": sorted(map(str, mourning)),
    }
    text = json.dumps(content, ensure_ascii=True, sort_keys=True)
    digest = hashlib.sha256(text.encode("ascii")).hexdigest()[:12]
    return f"{breaks.VERSION}, {lunar.VERSION}, {digest}"
