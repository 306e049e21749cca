"""Read when lines are due: the parts of the day, the graces, and the phrases with their `when`."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator

from phrases import festivals
from phrases.schema import When
from phrases.source import DATA, DataError, Fault, Strict, read

DAY_MIN = 24 * 60
"""minutes in a day"""


class Occasion(Protocol):
    """A phrase of the catalog, as far as it matters when it is due."""

    @property
    def id(self) -> str:
        """Phrase id."""

    @property
    def when(self) -> When:
        """When it is due."""

    @property
    def also(self) -> Sequence[str]:
        """Ids of phrases that do as well."""


def _hour(value: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise ValueError("a time of day is HH:MM, such as 05:00")
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{value!r} is no time zone such as Asia/Shanghai") from None
    return value


Hour = Annotated[str, AfterValidator(_hour)]
Zone = Annotated[str, AfterValidator(_zone)]
Minutes = Annotated[int, Field(ge=0, le=240)]


class Clock(Strict):
    """When the parts of the day begin; each ends where the next begins."""

    morning: Hour
    afternoon: Hour
    evening: Hour
    overlap_min: Minutes
    """minutes by which a greeting fits before and after its part"""

    @model_validator(mode="after")
    def _in_order(self) -> Clock:
        if not self.morning < self.afternoon < self.evening:
            raise ValueError("morning, afternoon and evening begin in this order within a day")
        return self


class ContextFile(Strict):
    """The file that ships."""

    zone: Zone
    grace_min: Minutes
    settle_min: Minutes
    clock: Clock


class StationContext(Strict):
    """A station's own file: what it leaves out stays as it ships."""

    zone: Zone | None = None
    grace_min: Minutes | None = None
    settle_min: Minutes | None = None
    clock: Clock | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ContextSettings:
    """When lines are due, and which."""

    zone: ZoneInfo
    """of the booth's clock"""
    grace: dt.timedelta
    """either side of midnight, in which either day's line is enough"""
    settle: dt.timedelta
    """after a condition or notice begins, in which its line is not yet due"""
    parts: Mapping[str, tuple[int, int]]
    """morning, afternoon and evening: first minute of the day and minutes it lasts, with the
    overlap; both ends belong to it"""
    phrases: tuple[Occasion, ...]
    """in the catalog's order"""

    def fits(self, part: str, at: dt.time) -> bool:
        """Whether a greeting of this part of the day fits the time on the clock."""
        begins, lasts = self.parts[part]
        minute = at.hour * 60 + at.minute + at.second / 60
        return (minute - begins) % DAY_MIN <= lasts

    def which(self, due: Callable[[Occasion], bool]) -> tuple[str, ...]:
        """Ids of the phrases that are due, and of those that do as well, each once."""
        found = [phrase for phrase in self.phrases if due(phrase)]
        also = [other for phrase in found for other in phrase.also]
        return tuple(dict.fromkeys([*(phrase.id for phrase in found), *also]))

    @property
    def version(self) -> str:
        """Twelve hex digits: settings that decide alike have the same."""
        content = {
            "zone": self.zone.key,
            "grace_s": self.grace.total_seconds(),
            "settle_s": self.settle.total_seconds(),
            "parts": {part: list(span) for part, span in self.parts.items()},
            "phrases": [
                [phrase.id, phrase.when.model_dump(mode="json"), list(phrase.also)]
                for phrase in self.phrases
            ],
        }
        text = json.dumps(content, ensure_ascii=True, sort_keys=True)
        return hashlib.sha256(text.encode("ascii")).hexdigest()[:12]


def load_settings(phrases: Iterable[Occasion], *, station: Path | None = None) -> ContextSettings:
    """The settings that ship, with the station's own over them, for the catalog's phrases.

    DataError lists every fault of the station's file, and every phrase whose festival has no day.
    """
    phrases = tuple(phrases)
    known = [festivals.OTHER, *(festival.id for festival in festivals.load().festival)]
    faults = [
        Fault(
            file="catalogs",
            key=f"{phrase.id}.when.festival",
            problem=f"{phrase.when.festival!r} is none of {', '.join(known)}: "
            "give its day as `lunar` or `date`",
        )
        for phrase in phrases
        if phrase.when.festival not in (None, *known)
        and phrase.when.lunar is None
        and phrase.when.date is None
    ]
    if faults:
        raise DataError(faults)
    file = read(DATA / "context.toml", ContextFile)
    if station is not None:
        own = read(station, StationContext)
        file = file.model_copy(update={key: getattr(own, key) for key in own.model_fields_set})
    return ContextSettings(
        zone=ZoneInfo(file.zone),
        grace=dt.timedelta(minutes=file.grace_min),
        settle=dt.timedelta(minutes=file.settle_min),
        parts=_parts(file.clock),
        phrases=phrases,
    )


def _parts(clock: Clock) -> dict[str, tuple[int, int]]:
    begins = {
        part: int(text[:2]) * 60 + int(text[3:])
        for part, text in (
            ("morning", clock.morning),
            ("afternoon", clock.afternoon),
            ("evening", clock.evening),
        )
    }
    ends = (begins["afternoon"], begins["evening"], begins["morning"] + DAY_MIN)
    return {
        part: (begin - clock.overlap_min, end - begin + 2 * clock.overlap_min)
        for (part, begin), end in zip(begins.items(), ends, strict=True)
    }
