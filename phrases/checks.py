"""What people check by hand, and what it is worth: the score table's steps and a list of items."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field

from phrases.dialogue_data import Dialogue, ScoreTable
from phrases.schema import Id, Some
from phrases.source import DATA, DataError, Fault, Strict, read
from phrases.types import Lane


class Part(StrEnum):
    """A part of a month's 100 points."""

    SPEECH = "speech"
    APPEARANCE = "appearance"
    GESTURES = "gestures"
    CONDUCT = "conduct"


class Cadence(StrEnum):
    """How often there is a check."""

    DAILY = "daily"
    WEEKLY = "weekly"
    """from Monday"""
    MONTHLY = "monthly"
    UNSCHEDULED = "unscheduled"


class Method(StrEnum):
    """How somebody checks."""

    RECORDING = "recording"
    """hears what is kept of a vehicle"""
    SPOT = "spot"
    """stands there and is known"""
    MYSTERY = "mystery"
    """stands there and is not (暗访)"""
    THIRD_PARTY = "third_party"
    TEAM = "team"
    """the team's own daily look at a recording, which gives no points"""


Hour = Annotated[int, Field(ge=0, le=23)]


class Night(Strict):
    """When the night is, by the site's clock."""

    from_hour: Hour
    until_hour: Hour

    def covers(self, hour: int) -> bool:
        """Whether an hour, 0..23, is of the night."""
        if self.from_hour <= self.until_hour:
            return self.from_hour <= hour < self.until_hour
        return hour >= self.from_hour or hour < self.until_hour


class HandItem(Strict):
    """One thing that is looked at."""

    id: Id
    """begins with its part"""
    zh: str
    en: str
    points: Annotated[float, Field(gt=0)]
    """within its part"""

    @property
    def part(self) -> Part:
        """The part that it counts in."""
        return Part(self.id.partition(".")[0])


class Checks(Strict):
    """The file."""

    night: Night
    items: Some[HandItem]


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One thing that a check asks for."""

    id: str
    """such as appearance.badge, or speech.greet"""
    part: Part
    zh: str
    en: str
    points: float
    """within its part"""


def load(path: Path = DATA / "checks.toml") -> Checks:
    """The items; DataError lists every fault."""
    made = read(path, Checks)
    faults = []
    names = [item.id for item in made.items]
    parts = {part.value for part in Part} - {Part.SPEECH.value}
    for name in names:
        if name.partition(".")[0] not in parts or "." not in name:
            problem = f"begins with none of {', '.join(sorted(parts))} and a dot"
            faults.append(Fault(file=path.name, key=f"items.{name}", problem=problem))
        if names.count(name) > 1:
            faults.append(
                Fault(file=path.name, key=f"items.{name}", problem="this id is given twice")
            )
    if faults:
        raise DataError(dict.fromkeys(faults))
    return made


def items(
    checks: Checks, table: ScoreTable, dialogues: Mapping[Lane, Dialogue], lane: Lane
) -> tuple[Item, ...]:
    """What a check in this lane asks for: the steps that weigh something, then the file's items."""
    weights = table.weights.get(lane, {})
    dialogue = dialogues.get(lane)
    steps = () if dialogue is None else dialogue.steps
    said = [
        Item(
            id=f"{Part.SPEECH}.{step.id}",
            part=Part.SPEECH,
            zh=step.wording,
            en=step.id.replace("_", " ").capitalize(),
            points=weights[step.id],
        )
        for step in steps
        if weights.get(step.id, 0) > 0
    ]
    seen = [
        Item(id=item.id, part=item.part, zh=item.zh, en=item.en, points=item.points)
        for item in checks.items
    ]
    return (*said, *seen)


def period(cadence: Cadence, day: dt.date) -> tuple[dt.date, dt.date]:
    """The first day of the period that a day is in, and the first of the next."""
    if cadence is Cadence.WEEKLY:
        first = day - dt.timedelta(days=day.weekday())
        return first, first + dt.timedelta(days=7)
    if cadence is Cadence.MONTHLY:
        first = day.replace(day=1)
        return first, (first + dt.timedelta(days=31)).replace(day=1)
    return day, day + dt.timedelta(days=1)
