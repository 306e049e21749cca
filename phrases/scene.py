"""Draw the scenes of the vehicle drill and the amount drill: who comes when, pays what, and how.

What there is to draw stands in data/scenes.toml. Chance comes in as an argument, so the same seed
gives the same scene.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AfterValidator, Field

from phrases.dialogue_data import LaxLane
from phrases.numerals import spell
from phrases.schema import Many, Some
from phrases.source import DATA, DataError, Fault, Strict, read
from phrases.types import Lane, LaneEvent, LaneLog, Notice, Payment, TimeSource, Weather

Draw = Callable[[], float]
"""Gives the next chance, 0 or more and under 1."""

WEATHERS = ("rain", "fog", "snow")
CAUSES = ("大雾", "路面结冰", "交通事故")
_HOURS = range(6, 23)
_NOT_CASH = 0.15
_ENTRY = 0.3
_TRUCK = 0.4
_OF_VEHICLE = 0.4
"""share of a vehicle's time that the two sums take"""
_Item = TypeVar("_Item")


class Trouble(StrEnum):
    """What goes wrong with a vehicle."""

    COUNTERFEIT = "counterfeit"
    ANGER = "anger"
    CLOSURE = "closure"


class Moment(StrEnum):
    """When a driver says something."""

    ARRIVE = "arrive"
    PAY = "pay"
    SWAP = "swap"
    ANGER = "anger"
    CLOSED = "closed"
    LEAVE = "leave"


def _date(value: str) -> str:
    dt.date.fromisoformat(value)
    return value


Share = Annotated[float, Field(ge=0, le=1)]
Fen = Annotated[int, Field(ge=1, le=1_000_000)]
Day = Annotated[str, AfterValidator(_date)]


class Level(Strict):
    """How hard a scene is."""

    limit_s: Annotated[float, Field(gt=0)]
    """seconds for the whole vehicle, the driver's lines apart"""
    pace: Annotated[float, Field(ge=0.5, le=2)]
    """how fast the driver speaks, of the usual"""
    step_fen: Fen
    """every toll is a multiple of it"""
    most_fen: Fen
    notes_fen: Some[Fen]
    """what drivers hand over"""
    noise: Share
    """loudness of the lane"""
    occasion: Share
    """how often the day or the weather asks for a line of its own"""
    trouble: Share
    """how often something goes wrong"""


class Days(Strict):
    """On which days scenes happen."""

    plain: Some[Day]
    special: Some[Day]


class DriverLine(Strict):
    """What drivers say at one moment."""

    when: Annotated[Moment, Field(strict=False)]
    zh: Some[str]
    lane: LaxLane | None = None
    """None: in any"""


class TroubleRule(Strict):
    """What a trouble asks of the collector."""

    phrases: Some[str]
    """any one is enough"""
    lanes: Many[LaxLane]


class SceneFile(Strict):
    """The file."""

    level: Some[Level]
    days: Days
    line: Some[DriverLine]
    trouble: dict[Annotated[Trouble, Field(strict=False)], TroubleRule]


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """One vehicle that comes."""

    level: int
    """from 1"""
    lane: Lane
    at: dt.datetime
    """aware, when it arrives"""
    truck: bool
    event: LaneEvent
    """toll, what is handed over, and how it is paid; it arrives at 0"""
    weather: str | None
    """rain, fog or snow"""
    notice: Notice | None
    trouble: Trouble | None
    limit_ms: int
    """milliseconds for the whole vehicle, the driver's lines apart"""
    pace: float
    noise: float
    """0..1"""
    lines: Mapping[Moment, str]
    """what the driver says"""
    asks: tuple[str, ...] | None = None
    """steps that are drilled; None: all that is due"""

    @property
    def log(self) -> LaneLog:
        """What the lane says of it."""
        whole = {"start_ms": 0, "end_ms": 3_600_000}
        return LaneLog(
            lane=self.lane,
            started_at=self.at,
            time_source=TimeSource.GIVEN,
            events=(self.event,),
            weather=(Weather(kind=self.weather, **whole),) if self.weather else (),
            notices=(self.notice,) if self.notice else (),
        )


def load(path: Path = DATA / "scenes.toml", *, phrases: Collection[str] = ()) -> SceneFile:
    """The file; DataError with every fault. `phrases` are the catalog's ids, where known."""
    table = read(path, SceneFile)
    faults = [
        Fault(file=path.name, key=f"trouble.{name}.phrases", problem=f"no phrase has the id {one}")
        for name, rule in table.trouble.items()
        for one in rule.phrases
        if phrases and one not in phrases
    ]
    faults += [
        Fault(file=path.name, key="trouble", problem=f"{one} is missing")
        for one in Trouble
        if one not in table.trouble
    ]
    faults += [
        Fault(file=path.name, key=f"level.{n}", problem="no note covers most_fen")
        for n, one in enumerate(table.level)
        if max(one.notes_fen) < one.most_fen
    ]
    if faults:
        raise DataError(faults)
    return table


def draw_scene(rules: SceneFile, level: int, draw: Draw, zone: dt.tzinfo) -> Scene:
    """One vehicle of this level, 1 and up; a level that is not there is the nearest that is."""
    number = min(max(level, 1), len(rules.level))
    own = rules.level[number - 1]
    lane = Lane.ENTRY if draw() < _ENTRY else Lane.EXIT
    special, weather, trouble = _conditions(rules, own, lane, draw)
    day = dt.date.fromisoformat(_one(rules.days.special if special else rules.days.plain, draw))
    clock = dt.time(_one(_HOURS, draw), int(draw() * 60))
    event = _event(own, lane, trouble, draw)
    notice = None
    if trouble is Trouble.CLOSURE:
        reopens = f"{min(clock.hour + 2, 23)}:00"
        cause = _one(CAUSES, draw)
        notice = Notice(start_ms=0, end_ms=3_600_000, kind="closure", cause=cause, reopens=reopens)
    return Scene(
        level=number,
        lane=lane,
        at=dt.datetime.combine(day, clock, zone),
        truck=draw() < _TRUCK,
        event=event,
        weather=weather,
        notice=notice,
        trouble=trouble,
        limit_ms=round(own.limit_s * 1000),
        pace=own.pace,
        noise=own.noise,
        lines=_lines(rules, lane, event, trouble, draw),
    )


def draw_sum(rules: SceneFile, level: int, draw: Draw, zone: dt.tzinfo) -> Scene:
    """A toll and what is handed over for it, with change to give; nothing else is asked."""
    number = min(max(level, 1), len(rules.level))
    own = rules.level[number - 1]
    return Scene(
        level=number,
        lane=Lane.EXIT,
        at=dt.datetime.combine(dt.date.fromisoformat(rules.days.plain[0]), dt.time(10), zone),
        truck=False,
        event=_cash(own, draw, exact=False),
        weather=None,
        notice=None,
        trouble=None,
        limit_ms=round(own.limit_s * 1000 * _OF_VEHICLE),
        pace=own.pace,
        noise=own.noise,
        lines={},
        asks=("received", "change"),
    )


def spoken_sum(fen: int) -> str:
    """An amount as people say it: 三十五元五角."""
    yuan, rest = divmod(fen, 100)
    jiao, cents = divmod(rest, 10)
    said = f"{spell(yuan)}元" if yuan or not rest else ""
    said += f"{spell(jiao)}角" if jiao else "零" if yuan and cents else ""
    return said + (f"{spell(cents)}分" if cents else "")


def next_level(level: int, most: int, results: Sequence[bool | None]) -> int:
    """The level that follows these results, the newest last; None: it could not be judged.

    Two that went well in a row: a harder one; two that did not: an easier one. What could not be
    judged does not count.
    """
    judged = [one for one in results if one is not None][-2:]
    if len(judged) == 2 and judged[0] == judged[1]:
        level += 1 if judged[0] else -1
    return min(max(level, 1), most)


def _conditions(
    rules: SceneFile, own: Level, lane: Lane, draw: Draw
) -> tuple[bool, str | None, Trouble | None]:
    """Whether the day is a special one, the weather, and what goes wrong."""
    special = weather = None
    if draw() < own.occasion:
        special = draw() < 0.5
        weather = None if special else _one(WEATHERS, draw)
    troubles = [name for name, rule in rules.trouble.items() if lane in rule.lanes]
    trouble = _one(troubles, draw) if draw() < own.trouble and troubles else None
    return bool(special), weather, trouble


def _event(own: Level, lane: Lane, trouble: Trouble | None, draw: Draw) -> LaneEvent:
    if lane is Lane.ENTRY:
        return LaneEvent(vehicle=1, arrived_ms=0)
    if trouble is not Trouble.COUNTERFEIT and draw() < _NOT_CASH:
        toll = own.step_fen * (1 + int(draw() * (own.most_fen // own.step_fen)))
        return LaneEvent(vehicle=1, arrived_ms=0, toll_fen=toll, payment=Payment.MOBILE)
    return _cash(own, draw, exact=draw() < 0.1)


def _cash(own: Level, draw: Draw, *, exact: bool) -> LaneEvent:
    toll = own.step_fen * (1 + int(draw() * (own.most_fen // own.step_fen)))
    notes = [note for note in own.notes_fen if note > toll]
    tendered = toll if exact or not notes else _one(notes, draw)
    return LaneEvent(
        vehicle=1, arrived_ms=0, toll_fen=toll, tendered_fen=tendered, payment=Payment.CASH
    )


def _lines(
    rules: SceneFile, lane: Lane, event: LaneEvent, trouble: Trouble | None, draw: Draw
) -> dict[Moment, str]:
    wanted = {Moment.ARRIVE, Moment.LEAVE}
    if event.payment is Payment.CASH:
        wanted.add(Moment.PAY)
    wanted |= {
        Trouble.COUNTERFEIT: {Moment.SWAP},
        Trouble.ANGER: {Moment.ANGER},
        Trouble.CLOSURE: {Moment.CLOSED},
        None: set[Moment](),
    }[trouble]
    found = dict[Moment, str]()
    for moment in Moment:
        choices = [
            text
            for line in rules.line
            if line.when is moment and line.lane in (None, lane)
            for text in line.zh
        ]
        if moment in wanted and choices:
            found[moment] = _one(choices, draw).replace(
                "{note}", spoken_sum(event.tendered_fen or 0)
            )
    return found


def _one(choices: Sequence[_Item], draw: Draw) -> _Item:
    return choices[min(int(draw() * len(choices)), len(choices) - 1)]
