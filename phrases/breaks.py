"""Say which days the State Council made days off or working days, as far as the library knows.

The only file that imports chinese_calendar. It is asked for its tables, not for single days: a
day of a break, a plain weekend and a working weekend are three things to a greeting.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final

from chinese_calendar import constants  # type: ignore[import-untyped]

VERSION = f"chinesecalendar {version('chinesecalendar')}"
"""The library that answers."""

SPECIAL: Final = "special"
"""Id of a break that was ordered once."""

_FESTIVALS: Final = {
    "New Year's Day": "new_year",
    "Spring Festival": "spring",
    "Tomb-sweeping Day": "tomb_sweeping",
    "Labour Day": "labour",
    "Dragon Boat Festival": "dragon_boat",
    "Mid-autumn Festival": "mid_autumn",
    "National Day": "national",
}
"""The library's names to the ids of data/calendar.toml; any other name is a special break."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Breaks:
    """The adjusted days of some years."""

    years: frozenset[int]
    """years whose notice is known, see `notice_year`"""
    off: dict[dt.date, str]
    """day off to the id of the festival whose break it belongs to"""
    working: frozenset[dt.date]
    """Saturdays and Sundays that are worked"""

    def of_year(self, year: int) -> Breaks:
        """Only what the notice of one year ordered."""
        return Breaks(
            years=self.years & {year},
            off={day: festival for day, festival in self.off.items() if notice_year(day) == year},
            working=frozenset(day for day in self.working if notice_year(day) == year),
        )


def notice_year(day: dt.date) -> int:
    """The year whose State Council notice orders the day.

    The break at New Year, and the weekend worked for it, begin on 29 December at the earliest.
    """
    return day.year + 1 if (day.month, day.day) >= (12, 29) else day.year


def published() -> Breaks:
    """All that the installed library knows."""
    off = {day: _FESTIVALS.get(name, SPECIAL) for day, name in constants.holidays.items()}
    return Breaks(
        years=frozenset(day.year for day in off),
        off=off,
        working=frozenset(constants.workdays),
    )
