"""Read what the lane and the station say of a recording: the events file, then the options.

A fault names its place (`lane.json: events[3].toll: …`). Keys that are not known are passed over
with a warning, because lane controllers send more than is used here.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

from phrases.amounts import fen
from phrases.types import (
    Excuse,
    Lane,
    LaneEvent,
    LaneLog,
    Notice,
    Payment,
    Profile,
    ProfileSpan,
    TimeSource,
    Weather,
)
from phrases.warned import warning
from service.errors import BadInput

LONGEST_S = 7 * 86_400
"""Seconds: no recording is longer than a week, so a later time is a mistake."""
WEATHER = ("rain", "fog", "ice", "snow")
_WORKS = ("塌方", "施工", "排障")
_LONG_BEFORE_MS = -86_400_000
"""Milliseconds: what holds for a whole recording began well before it."""

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, kw_only=True, slots=True)
class LaneFile:
    """The events file, checked; what it leaves out is None or empty."""

    lane: Lane | None = None
    started_at: dt.datetime | None = None
    """aware"""
    events: tuple[LaneEvent, ...] | None = None
    """by arrival"""
    weather: tuple[Weather, ...] = ()
    notices: tuple[Notice, ...] = ()
    profiles: tuple[ProfileSpan, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """What the command line says of a recording; None leaves it to the events file."""

    lane: Lane | None = None
    started_at: dt.datetime | None = None
    """aware"""
    weather: tuple[str, ...] = ()
    profile: Profile | None = None


class _Wrong(Exception):
    """A fault and the place of it."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place}: {problem}" if place else problem)


def read_file(path: Path, zone: dt.tzinfo) -> LaneFile:
    """The events file at `path`; times without an offset are in `zone`.

    Raises:
        BadInput: the file cannot be read or used; every fault is named with its place.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror or error}") from None
    if not raw.strip():
        raise BadInput(f"{path}: the events file is empty")
    try:
        tree = json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_unique)
    except UnicodeDecodeError as error:
        raise BadInput(f"{path}: is not UTF-8 text (byte {error.start})") from None
    except (json.JSONDecodeError, _Wrong) as error:
        raise BadInput(f"{path}: is not valid JSON: {error}") from None
    except (RecursionError, ValueError):
        raise BadInput(f"{path}: is not valid JSON: nested too deep or a number too long") from None
    return parse(tree, zone, name=path.name)


def parse(tree: object, zone: dt.tzinfo, *, name: str = "events") -> LaneFile:
    """The decoded JSON as a LaneFile; BadInput with every fault if it does not fit."""
    if not isinstance(tree, dict):
        raise BadInput(f"{name}: must be a JSON object, not {_kind(tree)}")
    reader = _Reader(zone)
    file = reader.file(tree)
    if reader.faults:
        raise BadInput("; ".join(f"{name}: {fault}" for fault in reader.faults))
    return file


def lane_log(file: LaneFile | None, options: Options, *, file_start: dt.datetime) -> LaneLog:
    """The events file and the options together; an option wins over the file.

    Args:
        file: the events file, if there is one.
        options: the command line's.
        file_start: aware; the recording's own time less its length, used when nobody says more.
    """
    file = file or LaneFile()
    given = options.started_at or file.started_at
    weather = [w for w in file.weather if w.kind not in options.weather]
    weather += [
        Weather(kind=kind, start_ms=_LONG_BEFORE_MS, end_ms=LONGEST_S * 1000)
        for kind in options.weather
    ]
    return LaneLog(
        lane=options.lane or file.lane or Lane.EXIT,
        started_at=given or file_start,
        time_source=TimeSource.GIVEN if given else TimeSource.FILE,
        events=file.events,
        weather=tuple(weather),
        notices=file.notices,
        profiles=() if options.profile else file.profiles,
        profile=options.profile or Profile.NORMAL,
    )


def when(text: str, zone: dt.tzinfo) -> dt.datetime:
    """An ISO 8601 date and time, in `zone` if it has no offset; ValueError if it is none."""
    if not re.search(r"[T ]\d", text.strip()):
        raise ValueError("not an ISO 8601 date and time such as 2026-11-24T10:00:00+08:00")
    try:
        moment = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(
            "not an ISO 8601 date and time such as 2026-11-24T10:00:00+08:00"
        ) from None
    if not 1990 <= moment.year <= 2200:
        raise ValueError("a year outside 1990 to 2200")
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


class _Reader:
    """Walks the tree, and collects faults and warnings instead of stopping at the first."""

    def __init__(self, zone: dt.tzinfo) -> None:
        self.zone = zone
        self.faults: list[str] = []
        self.warnings: list[str] = []

    def file(self, tree: Mapping[str, Any]) -> LaneFile:
        known = ("lane", "started_at", "events", "weather", "notices", "profile")
        self.unknown(tree, known, "")
        lane = self.take(tree, "", "lane", lambda v: _one_of(v, Lane))
        started_at = self.take(tree, "", "started_at", lambda v: when(_text(v), self.zone))
        raw_events = tree.get("events")
        events = None if raw_events is None else self.events(self.rows(tree, "events"))
        weather = [
            Weather(kind=kind, start_ms=start, end_ms=end)
            for kind, start, end in self.spans(tree, "weather", lambda v: _among(v, WEATHER))
        ]
        notices = [
            notice
            for place, row in self.rows(tree, "notices")
            if (notice := self.notice(row, place))
        ]
        profiles = [
            ProfileSpan(profile=profile, start_ms=start, end_ms=end)
            for profile, start, end in self.spans(tree, "profile", lambda v: _one_of(v, Profile))
        ]
        return LaneFile(
            lane=lane,
            started_at=started_at,
            events=events,
            weather=tuple(weather),
            notices=tuple(notices),
            profiles=tuple(profiles),
            warnings=tuple(self.warnings),
        )

    def events(self, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> tuple[LaneEvent, ...]:
        """The vehicles, by arrival."""
        events: list[LaneEvent] = []
        seen: dict[str, str] = {}
        for place, row in rows:
            event = self.event(row, place)
            if event is None:
                continue
            if (first := seen.setdefault(str(event.vehicle), place)) != place:
                self.faults.append(f"{place}.vehicle: the same as that of {first}")
            events.append(event)
        ordered = sorted(events, key=lambda e: e.arrived_ms)
        if ordered != events:
            self.warnings.append(warning("sorted"))
        for before, after in pairwise(ordered):
            if before.left_ms is not None and before.left_ms > after.arrived_ms:
                self.warnings.append(warning("overlap", after=after.vehicle, before=before.vehicle))
        return tuple(ordered)

    def event(self, row: Mapping[str, Any], place: str) -> LaneEvent | None:
        known = ("vehicle", "arrived", "left", "toll", "tendered", "payment", "lane", "ticket")
        self.unknown(row, (*known, "excuse"), f"{place}.")
        vehicle = self.need(row, place, "vehicle", _vehicle)
        arrived = self.need(row, place, "arrived", _past_start)
        left = self.take(row, place, "left", _past_start)
        if arrived is not None and left is not None and left < arrived:
            self.faults.append(f"{place}.left: before it arrived")
        toll = self.take(row, place, "toll", _money)
        tendered = self.take(row, place, "tendered", _money)
        payment = self.take(row, place, "payment", lambda v: _one_of(v, Payment))
        lane = self.take(row, place, "lane", lambda v: _among(v, ("exit", "entry")))
        ticket = self.take(row, place, "ticket", _true_or_false)
        excuse = self.take(row, place, "excuse", lambda v: _one_of(v, Excuse))
        if vehicle is None or arrived is None:
            return None
        if tendered is not None and payment is None:
            payment = Payment.CASH
        if (
            payment is Payment.CASH
            and None not in (toll, tendered)
            and (tendered or 0) < (toll or 0)
        ):
            self.warnings.append(warning("underpaid", vehicle=vehicle))
        return LaneEvent(
            vehicle=vehicle,
            arrived_ms=arrived,
            left_ms=left,
            toll_fen=toll,
            tendered_fen=tendered,
            payment=payment,
            lane=Lane(lane) if lane else None,
            ticket=ticket,
            excuse=excuse,
        )

    def notice(self, row: Mapping[str, Any], place: str) -> Notice | None:
        own = ("kind", "direction", "what", "cause", "reopens")
        kind = self.need(row, place, "kind", lambda v: _among(v, ("road", "closure")))
        span = self.span(row, place, own)
        notice = Notice(
            kind=kind or "",
            start_ms=0,
            end_ms=0,
            direction=self.take(row, place, "direction", _text),
            what=self.take(row, place, "what", lambda v: _among(v, _WORKS)),
            cause=self.take(row, place, "cause", _text),
            reopens=self.take(row, place, "reopens", _clock),
        )
        return replace(notice, start_ms=span[0], end_ms=span[1]) if kind and span else None

    def span(
        self, row: Mapping[str, Any], place: str, own: tuple[str, ...]
    ) -> tuple[int, int] | None:
        """From and to in milliseconds; a span may begin before the recording."""
        self.unknown(row, (*own, "from_s", "to_s"), f"{place}.")
        faults = len(self.faults)
        start = self.take(row, place, "from_s", _seconds) or 0
        end = self.take(row, place, "to_s", _seconds)
        end = LONGEST_S * 1000 if end is None else end
        if len(self.faults) > faults:
            return None
        if end < start:
            self.faults.append(f"{place}.to_s: before from_s")
            return None
        return start, end

    def spans(
        self, tree: Mapping[str, Any], key: str, read: Callable[[object], T]
    ) -> list[tuple[T, int, int]]:
        """The kind, start and end (milliseconds) of each row of a list."""
        found: list[tuple[T, int, int]] = []
        for place, row in self.rows(tree, key):
            kind = self.need(row, place, "kind", read)
            span = self.span(row, place, ("kind",))
            if kind is not None and span is not None:
                found.append((kind, *span))
        return found

    def rows(self, tree: Mapping[str, Any], key: str) -> list[tuple[str, Mapping[str, Any]]]:
        """The objects of a list, each with its place."""
        value = tree.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.faults.append(f"{key}: must be a list, not {_kind(value)}")
            return []
        found: list[tuple[str, Mapping[str, Any]]] = []
        for n, row in enumerate(value):
            if isinstance(row, dict):
                found.append((f"{key}[{n}]", row))
            else:
                self.faults.append(f"{key}[{n}]: must be an object, not {_kind(row)}")
        return found

    def take(
        self, row: Mapping[str, Any], place: str, key: str, read: Callable[[object], T]
    ) -> T | None:
        """The value read, or None if it is absent, null or at fault."""
        value = row.get(key)
        if value is None:
            return None
        try:
            return read(value)
        except ValueError as error:
            self.faults.append(f"{place}.{key}: {error}" if place else f"{key}: {error}")
            return None

    def need(
        self, row: Mapping[str, Any], place: str, key: str, read: Callable[[object], T]
    ) -> T | None:
        """The same, and absence is a fault."""
        if row.get(key) is None:
            self.faults.append(f"{place}.{key}: is missing")
        return self.take(row, place, key, read)

    def unknown(self, row: Mapping[str, Any], known: tuple[str, ...], place: str) -> None:
        self.warnings += [
            warning("passed_over", field=f"{place}{key[:40]}") for key in row if key not in known
        ]


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys appear once: of two values nobody knows which was meant."""
    table = dict(pairs)
    if len(table) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _Wrong(twice[:40], "appears twice in one object")
    return table


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false"}
    return names.get(type(value), "nothing" if value is None else "a number")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"must be text, not {_kind(value)}")
    if not value.strip() or len(value) > 100 or not value.isprintable():
        raise ValueError("must be 1 to 100 printable characters")
    return value


def _vehicle(value: object) -> int | str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 2**53:
        raise ValueError("must be text or a whole number")
    return value


def _seconds(value: object) -> int:
    """Milliseconds."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"must be a number of seconds, not {_kind(value)}")
    if not (isinstance(value, int) or math.isfinite(value)):
        raise ValueError("must be a finite number of seconds")
    if abs(value) > LONGEST_S:
        raise ValueError("more than a week from the recording's start")
    return round(value * 1000)


def _past_start(value: object) -> int:
    """Milliseconds, from the recording's start on."""
    ms = _seconds(value)
    if ms < 0:
        raise ValueError("negative: before the recording's start")
    return ms


def _money(value: object) -> int:
    """Whole fen."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"must be yuan as a number or text, not {_kind(value)}")
    return fen(value)


def _true_or_false(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"must be true or false, not {_kind(value)}")
    return value


def _among(value: object, allowed: Iterable[str]) -> str:
    names = tuple(allowed)
    if value not in names:
        raise ValueError(f"must be one of {', '.join(names)}")
    return str(value)


def _one_of(value: object, kind: type[E]) -> E:
    return kind(_among(value, [member.value for member in kind]))


def _clock(value: object) -> str:
    text = _text(value)
    if not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", text):
        raise ValueError("must be a time of day such as 10:00")
    return text
