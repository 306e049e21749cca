"""Write the report of a station's month or day, from its figures and scores."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from service.reports import scores, trends
from service.reports.document import Document, Section, between, percent, span
from service.reports.names import Names

Json = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """What a report of a period is made of."""

    station: str
    name: str
    """2026-11, or 2026-11-24"""
    version: int | None
    """of a month that was kept; None: as it is now"""
    figures: Json
    """answers as docs/figures.md has them, by what they tell apart; and misses and deaf"""
    before: Json
    """the same of the period before: step and team"""
    weeks: Json
    """each week's first day to its answer by step; empty: of a day"""
    scores: Json | None
    """as docs/months.md has them; None: of a day"""
    made_at: dt.datetime
    """aware, in the site's zone"""


def document(period: Period, names: Names) -> Document:
    """The whole report."""
    kind = "day" if period.scores is None else "month"
    whole = period.figures["day"]["total"]
    empty = not whole["counts"]["vehicles"] and not whole["shifts"]
    if period.scores is not None:
        empty = empty and not period.scores["collectors"] and not period.scores["teams"]
    return Document(
        title=f"{names.word(f'{kind}_title')} · {period.station} · {period.name}",
        name=f"changshou-{kind}-{period.name}",
        language=names.language,
        made_at=period.made_at,
        facts=tuple(_facts(period, names, kind)),
        sections=() if empty else tuple(_sections(period, names)),
        notes=tuple(_notes(period, names)),
        empty=names.word("no_data_how") if empty else None,
    )


def _facts(period: Period, names: Names, kind: str) -> Iterator[tuple[str, str]]:
    whole = period.figures["day"]["total"]
    counts, rate = whole["counts"], whole["rate"]
    yield names.word("station"), period.station
    yield names.word(kind), period.name
    if period.scores is not None:
        version = period.version
        yield names.word("version"), names.word("not_made") if version is None else str(version)
    yield names.word("shifts"), str(whole["shifts"] or 0)
    for count in ("vehicles", "compliant", "fault", "unsure"):
        yield names.word(count), str(counts[count])
    told = percent(rate["value"])
    if rate["value"] is not None:
        told += f" ({between(rate['low'], rate['high'], scale=100)})"
    yield names.word("rate"), told
    yield names.word("deaf"), span(whole["gap_s"] or 0)
    if period.scores is not None:
        yield from scores.facts(period.scores, names)


def _sections(period: Period, names: Names) -> Iterator[Section]:
    figures, before = period.figures, period.before
    if period.scores is not None:
        yield from scores.sections(period.scores, names)
    else:
        yield from trends.people(figures["collector"], names)
    yield from trends.teams(figures["team"], before["team"], names)
    yield from trends.steps(figures["step"], before["step"], names)
    yield from trends.weeks(figures["step"], period.weeks, names)
    yield from trends.misses(figures["misses"], names)
    if period.scores is not None:
        yield from trends.days(figures["day"], names)
    yield from trends.hours(figures["hour"], names)
    yield from trends.weather(figures["weather"], names)
    yield from trends.booths(figures["deaf"], names)


def _notes(period: Period, names: Names) -> Iterator[str]:
    yield names.word("note_advice")
    if period.scores is not None:
        yield names.word("note_guide", guide=period.scores["guide"])
    yield names.word("note_unsure")
    yield names.word("note_places")
    if period.scores is not None:
        yield names.word("note_stars")
