"""Decide what is due for one vehicle beside the steps of its dialogue, and say why.

Which phrase belongs to which occasion stands with the phrase (`when`); this file knows the
occasions: the clock, the day, the weather, the notices and the profile. Everything is decided at
the vehicle's arrival, with a grace wherever a few minutes would decide against the collector.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from phrases.breaks import notice_year
from phrases.calendar import Calendar, Day, DayKind
from phrases.festivals import OTHER
from phrases.occasions import ContextSettings, Occasion
from phrases.reasons import reason
from phrases.types import Due, DueLine, LaneLog, Notice, Profile, Span, TimeSource, Weather
from phrases.warned import warning

Held = TypeVar("Held", bound=Span)


def due_for(
    *,
    arrived_at: dt.datetime,
    arrived_ms: int,
    left_ms: int,
    log: LaneLog,
    calendar: Calendar,
    settings: ContextSettings,
) -> Due:
    """All that is due for the vehicle.

    `arrived_at` is the moment (aware) and `arrived_ms` the milliseconds of the recording at which
    it arrived; `left_ms` those at which it left. A clock greeting fits if it does on arrival or on
    leaving. ValueError if `arrived_at` has no time zone.
    """
    if arrived_at.utcoffset() is None:
        raise ValueError(f"arrived_at {arrived_at.isoformat()} has no time zone: make it aware")
    given = log.time_source is TimeSource.GIVEN
    days = [calendar.day(date) for date in _dates(arrived_at, settings)]
    lines: list[DueLine] = []
    if profile_at(log, arrived_ms) is Profile.NORMAL:
        wish = _wish(days, settings)
        if wish is not None:
            lines.append(wish if given else _unsure(wish, "unsure_clock"))
        lines.extend(_weather(log.weather, arrived_ms, settings))
        lines.extend(_notices(log.notices, arrived_ms, settings))
    stay = dt.timedelta(milliseconds=max(left_ms - arrived_ms, 0))
    return Due(
        lines=tuple(lines),
        clock=tuple(
            phrase.id
            for phrase in settings.phrases
            if phrase.when.clock is not None
            and any(
                settings.fits(phrase.when.clock, _local(moment, settings).time())
                for moment in (arrived_at, arrived_at.astimezone(dt.UTC) + stay)
            )
        ),
        clock_sure=given,
        wish_allowed=any(day.wish_allowed for day in days),
        rule_version=f"{calendar.version}, context {settings.version}",
        warnings=tuple(dict.fromkeys(_unknown(day) for day in days if not day.known)),
        day=f"{days[0].date} {days[0].zh} ({days[0].en})",
    )


def profile_at(log: LaneLog, ms: int) -> Profile:
    """The profile in force: of the spans that hold the moment the one that began last."""
    spans = [span for span in log.profiles if span.start_ms <= ms < span.end_ms]
    return max(spans, key=lambda span: span.start_ms).profile if spans else log.profile


def _local(moment: dt.datetime, settings: ContextSettings) -> dt.datetime:
    return moment.astimezone(settings.zone)


def _dates(arrived_at: dt.datetime, settings: ContextSettings) -> list[dt.date]:
    """The day of arrival, then the other one if midnight is within the grace."""
    moment = arrived_at.astimezone(dt.UTC)
    date = _local(moment, settings).date()
    # The grace is inclusive: at 00:30:00 the day before is still enough.
    before = _local(moment - settings.grace - dt.timedelta.resolution, settings).date()
    after = _local(moment + settings.grace, settings).date()
    return [date, *(other for other in (before, after) if other != date)]


def _wish(days: Sequence[Day], settings: ContextSettings) -> DueLine | None:
    """The line of the day of arrival, with the other day's where midnight is near.

    If nothing is due on one of the days, nothing is: the collector may go by either.
    """
    lines = [_line_of(day, settings) for day in days]
    due = [line for line in lines if line is not None]
    if len(due) < len(lines):
        return None
    why = due[0].reason
    for other in due[1:]:
        if other.phrases != due[0].phrases:
            why += f"; {reason('midnight', line=other.reason)}"
    return replace(
        due[0],
        phrases=tuple(dict.fromkeys(phrase for line in due for phrase in line.phrases)),
        reason=why,
        sure=all(line.sure for line in due),
    )


def _line_of(day: Day, settings: ContextSettings) -> DueLine | None:
    """The festival's or weekend's line of a day; None if no wish is due on it."""
    if not day.wish_allowed:
        return None
    code = "context.festival"
    month_day = f"{day.date:%m-%d}"

    def own(phrase: Occasion) -> bool:
        when = phrase.when
        if when.lunar is not None or when.date is not None:
            return when.lunar == day.lunar or when.date == month_day
        return when.festival is not None and when.festival == day.festival

    phrases = settings.which(own)
    if not phrases and day.kind is DayKind.HOLIDAY:
        phrases = settings.which(lambda phrase: phrase.when.festival == OTHER)
    elif not phrases and day.kind is DayKind.WEEKEND:
        code = "context.weekend"
        phrases = settings.which(lambda phrase: phrase.when.weekend)
    if not phrases:
        return None
    why = reason("day_is", date=f"{day.date}", en=day.en, zh=day.zh)
    line = DueLine(code=code, phrases=phrases, reason=why)
    return line if day.known else _unsure(line, "unsure_year")


def _unsure(line: DueLine, why: str) -> DueLine:
    return replace(line, sure=False, reason=f"{line.reason}; {reason(why)}")


def _unknown(day: Day) -> str:
    return warning("year_unknown", year=notice_year(day.date))


def _weather(
    weather: Sequence[Weather], arrived_ms: int, settings: ContextSettings
) -> Iterator[DueLine]:
    """A line for each group of conditions that share a phrase, such as rain and fog."""
    groups: list[tuple[list[Weather], tuple[str, ...]]] = []
    for held in _in_force(weather, arrived_ms, settings, lambda one: one.kind):

        def fits(phrase: Occasion, kind: str = held.kind) -> bool:
            return phrase.when.weather is not None and kind in phrase.when.weather

        phrases = settings.which(fits)
        if not phrases:
            continue
        together = [held]
        for group in [group for group in groups if not set(group[1]).isdisjoint(phrases)]:
            groups.remove(group)
            together = group[0] + together
            phrases = group[1] + phrases
        groups.append((together, tuple(dict.fromkeys(phrases))))
    for conditions, phrases in groups:
        why = ", ".join(_since("weather", one, term=one.kind) for one in conditions)
        yield DueLine(code="context.weather", phrases=phrases, reason=why)


def _notices(
    notices: Sequence[Notice], arrived_ms: int, settings: ContextSettings
) -> Iterator[DueLine]:
    """A line for each notice, with what it says as slots."""

    def content(notice: Notice) -> Hashable:
        return notice.kind, tuple(_slots(notice).items())

    for notice in _in_force(notices, arrived_ms, settings, content):

        def fits(phrase: Occasion, kind: str = notice.kind) -> bool:
            return phrase.when.notice == kind

        phrases = settings.which(fits)
        if phrases:
            kind = "road" if notice.kind == "road" else "closure"
            yield DueLine(
                code="context.notice",
                phrases=phrases,
                slots=_slots(notice),
                reason=_since(kind, notice),
            )


def _slots(notice: Notice) -> dict[str, str]:
    """What must be said as notified; only what the notice has."""
    if notice.kind == "road":
        values = {"direction": notice.direction, "what": notice.what}
    else:
        values = {"cause": notice.cause, "time": notice.reopens}
    return {name: value for name, value in values.items() if value}


def _in_force(
    spans: Iterable[Held],
    arrived_ms: int,
    settings: ContextSettings,
    same: Callable[[Held], Hashable],
) -> list[Held]:
    """Those that held at arrival and had time to be known; each kind once.

    Spans of the same kind that touch are one: it did not begin anew. What is said to hold from
    the very start of the recording held before it, so it is due at once; a beginning before the
    start is a time like any other.
    """
    merged: dict[Hashable, Held] = {}
    for span in sorted(spans, key=lambda one: one.start_ms):
        last = merged.get(same(span))
        if last is not None and span.start_ms <= last.end_ms:
            span = replace(last, end_ms=max(last.end_ms, span.end_ms))
        if span.start_ms <= arrived_ms:
            merged[same(span)] = span
    settle_ms = settings.settle // dt.timedelta(milliseconds=1)
    return [
        span
        for span in merged.values()
        if arrived_ms < span.end_ms
        and (span.start_ms == 0 or arrived_ms - span.start_ms >= settle_ms)
    ]


def _since(what: str, span: Span, **values: str) -> str:
    if span.start_ms <= 0:
        return reason(f"{what}_before", **values)
    seconds = span.start_ms // 1000
    clock = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return reason(f"{what}_since", clock=clock, **values)
