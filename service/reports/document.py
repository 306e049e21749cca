"""What a report says, before it is a PDF, a spreadsheet or CSV: facts, tables, charts, notes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """In which it is written."""

    ZH = "zh"
    EN = "en"


class Kind(StrEnum):
    """What stands in a column."""

    TEXT = "text"
    COUNT = "count"
    PERCENT = "percent"
    """0..1"""
    SCORE = "score"
    """0..100"""
    SECONDS = "seconds"


Cell = str | int | float | None
"""None: there is nothing to say"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One column of a table."""

    title: str
    kind: Kind = Kind.COUNT
    width: float = 1.0
    """against the other columns"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """Rows under titles."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """Values by label."""

    name: str
    values: tuple[float | None, ...]
    """None: there is none"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bars:
    """A bar for each label, or one for each series beside each other."""

    labels: tuple[str, ...]
    series: tuple[Series, ...]
    top: float | None = None
    """the highest value that there can be; None: as the values are"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lines:
    """A line for each series over time."""

    labels: tuple[str, ...]
    series: tuple[Series, ...]
    top: float | None = None
    """the highest value that there can be"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Intervals:
    """A point with its interval for each label, and a line to look at."""

    labels: tuple[str, ...]
    values: tuple[tuple[float, float, float], ...]
    """value, low, high"""
    guide: float
    guide_name: str


Chart = Bars | Lines | Intervals


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """A part of a report."""

    title: str
    table: Table | None = None
    chart: Chart | None = None
    text: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A whole report."""

    title: str
    name: str
    """for a file: ASCII letters, digits, points and dashes, without its ending"""
    language: Language
    made_at: dt.datetime
    """aware, in the site's zone"""
    facts: tuple[tuple[str, str], ...]
    """what stands at its head"""
    sections: tuple[Section, ...]
    notes: tuple[str, ...]
    empty: str | None = None
    """why there is nothing in it; None: there is"""


def percent(value: float | None) -> str:
    """A share for people."""
    return "–" if value is None else f"{100 * value:.1f} %"


def between(low: float | None, high: float | None, *, scale: float = 1.0) -> str:
    """An interval for people."""
    if low is None or high is None:
        return "–"
    return f"{scale * low:.1f}–{scale * high:.1f}"


def written(value: Cell, kind: Kind) -> str:
    """A cell for people."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if kind is Kind.PERCENT:
        return percent(value)
    if kind is Kind.SCORE:
        return f"{value:.1f}"
    if kind is Kind.SECONDS:
        return span(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def span(seconds: float) -> str:
    """A length of time: 4:05, or 1:02:03 from an hour on."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
