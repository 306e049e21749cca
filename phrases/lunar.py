"""Say where a day stands in the Chinese calendar.

The only file that imports lunar_python.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from importlib.metadata import version

from lunar_python import Solar  # type: ignore[import-untyped]

VERSION = f"lunar_python {version('lunar_python')}"
"""The library that answers."""


def month_day(day: dt.date) -> str:
    """The lunar month and day as MM-DD; empty in a leap month, which has no festivals."""
    return _almanac(day)[0]


def solar_term(day: dt.date) -> str:
    """The solar term that begins on the day, such as 清明; mostly empty."""
    return _almanac(day)[1]


# The library computes the moon anew each time, and every vehicle asks for the days around its own.
@lru_cache(maxsize=4096)
def _almanac(day: dt.date) -> tuple[str, str]:
    lunar = Solar.fromYmd(day.year, day.month, day.day).getLunar()
    month = lunar.getMonth()
    return "" if month < 0 else f"{month:02}-{lunar.getDay():02}", str(lunar.getJieQi())
