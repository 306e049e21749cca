"""Know the weather, the notices and the profile in force at a booth, from messages as they come."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from phrases.types import Notice, Profile, ProfileSpan, Weather
from service.lane_book import AHEAD_MS, Flag
from service.lane_message import Kind, Message

KINDS = frozenset({Kind.WEATHER, Kind.NOTICE, Kind.PROFILE})
"""messages that are of no vehicle but of all that are there"""
LASTS_MS = 86_400_000
"""milliseconds after which what nobody said to be over is: it must be said again each day"""


class Conditions:
    """What is in force, and what was within a day, by when it began."""

    def __init__(self) -> None:
        self.weather: tuple[Weather, ...] = ()
        self.notices: tuple[Notice, ...] = ()
        self.profiles: tuple[ProfileSpan, ...] = ()

    def take(self, message: Message, at_ms: int, now_ms: int) -> Flag | None:
        """Take a message in; what is wrong with it. Times as `LaneBook.take` has them."""
        if at_ms > now_ms + AHEAD_MS or at_ms < now_ms - LASTS_MS:
            return Flag.IMPOSSIBLE
        self._forget(now_ms)
        until_ms = at_ms + LASTS_MS
        if message.kind is Kind.PROFILE:
            profile = Profile(message.profile or Profile.NORMAL)
            own = ProfileSpan(profile=profile, start_ms=at_ms, end_ms=until_ms)
            self.profiles = (*self.profiles, own)
            return None
        if message.kind is Kind.WEATHER:
            sky = Weather(kind=message.weather or "", start_ms=at_ms, end_ms=until_ms)
            self.weather, flag = _begun(self.weather, sky, over=message.over)
            return flag
        notice = Notice(
            kind=message.notice or "",
            direction=message.direction,
            what=message.what,
            cause=message.cause,
            reopens=message.reopens,
            start_ms=at_ms,
            end_ms=until_ms,
        )
        self.notices, flag = _begun(self.notices, notice, over=message.over)
        return flag

    def _forget(self, now_ms: int) -> None:
        oldest = now_ms - LASTS_MS
        self.weather = tuple(one for one in self.weather if one.end_ms > oldest)
        self.notices = tuple(one for one in self.notices if one.end_ms > oldest)
        self.profiles = tuple(one for one in self.profiles if one.end_ms > oldest)


_Held = TypeVar("_Held", Weather, Notice)


def _begun(
    known: tuple[_Held, ...], new: _Held, *, over: bool
) -> tuple[tuple[_Held, ...], Flag | None]:
    """What is known once this begins or is over: of a notice, the newest of its place counts."""
    lasting = [one for one in known if one.end_ms > new.start_ms and _same(one, new)]
    if over and not lasting:
        return known, Flag.IMPOSSIBLE
    if not over and any(_says(one) == _says(new) for one in lasting):
        return known, Flag.DOUBLED
    found = [one for one in known if one not in lasting]
    found += [replace(one, end_ms=max(one.start_ms, new.start_ms)) for one in lasting]
    found += [] if over else [new]
    return tuple(sorted(found, key=lambda one: one.start_ms)), None


def _says(one: _Held) -> _Held:
    return replace(one, start_ms=0, end_ms=0)


def _same(one: Weather | Notice, other: Weather | Notice) -> bool:
    """Whether one takes the other's place: the same weather, a notice of the same direction."""
    if isinstance(one, Notice) and isinstance(other, Notice):
        return (one.kind, one.direction) == (other.kind, other.direction)
    return one.kind == other.kind
