"""A month's score, 0..100, of a collector, a team or a station, with a 95 % interval.

Speech is weighed by what was due and judged, so who had more vehicles is not worse off, and what
could not be heard is left out. Each shift, and each check by hand, hangs together and is one group
of the interval. The parts are put together by their points; the intervals of independent parts by
the method of Zou and Donner (2008), cut to 0..100.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Annotated

from pydantic import Field

from phrases.checks import Part
from phrases.dialogue_data import Amount, ScoreTable
from phrases.interval import clustered, wilson
from phrases.schema import Many
from phrases.source import DATA, DataError, Fault, Strict, read
from phrases.types import Lane

Percent = Annotated[float, Field(ge=0, le=100, strict=False)]
LaxPart = Annotated[Part, Field(strict=False)]


class Steps(Strict):
    """A number for one, two and three stars."""

    one: Percent
    two: Percent
    three: Percent

    @property
    def each(self) -> tuple[float, float, float]:
        """In that order."""
        return self.one, self.two, self.three


class Targets(Strict):
    """Percent of stations that should reach the guide."""

    all: Percent
    town: Percent
    rural: Percent


class Stations(Strict):
    """Which stations are held to which target."""

    town: Many[str] = ()


class Unsure(Strict):
    """When somebody's microphone is looked at instead of their score."""

    times: Annotated[float, Field(gt=1, strict=False)]


class MonthRules(Strict):
    """The file."""

    points: dict[LaxPart, Amount]
    """of a month's 100"""
    stars: Steps
    """the score from which on there are as many"""
    goals: Steps
    """percent of collectors who should have at least as many"""
    targets: Targets
    stations: Stations
    unsure: Unsure


@dataclass(frozen=True, kw_only=True, slots=True)
class StepCount:
    """How often a mandatory step of one shift was said, or not."""

    lane: Lane
    step: str
    said: int
    missing: int
    wrong: int
    unsure: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Exposure:
    """What one shift, or one check by hand, gave of a part: weights, or points."""

    good: float
    whole: float
    """what was due and judged"""
    unsure: float = 0.0
    """due, and not judged"""
    things: int = 0
    """steps judged, or items seen"""


@dataclass(frozen=True, kw_only=True, slots=True)
class PartScore:
    """One part of a month."""

    points: float
    """of 100"""
    share: float | None
    """0..1; None: nothing was seen of it"""
    low: float | None
    high: float | None
    groups: int
    """shifts and checks that it rests on"""


@dataclass(frozen=True, kw_only=True, slots=True)
class MonthScore:
    """A month's score."""

    value: float | None
    """0..100; None: nothing was judged of the speech"""
    low: float | None
    high: float | None
    parts: Mapping[Part, PartScore]
    covered: float
    """points of 100 of which something was seen"""
    unsure: float
    """0..1, share of the weight due that could not be judged"""


def load(path: Path = DATA / "month.toml") -> MonthRules:
    """The rules; DataError lists every fault."""
    rules = read(path, MonthRules)
    faults = []
    if set(rules.points) != set(Part):
        problem = f"must have {', '.join(Part)}, and nothing else"
        faults.append(Fault(file=path.name, key="points", problem=problem))
    elif abs(sum(rules.points.values()) - 100) > 1e-6 or rules.points[Part.SPEECH] <= 0:
        problem = "must add up to 100, with some for speech"
        faults.append(Fault(file=path.name, key="points", problem=problem))
    if not rules.stars.one < rules.stars.two < rules.stars.three:
        problem = "must grow from one to three"
        faults.append(Fault(file=path.name, key="stars", problem=problem))
    if not rules.goals.one >= rules.goals.two >= rules.goals.three:
        problem = "cannot grow from one to three: who has three stars has two"
        faults.append(Fault(file=path.name, key="goals", problem=problem))
    if faults:
        raise DataError(faults)
    return rules


def exposure(counts: Iterable[StepCount], table: ScoreTable) -> Exposure:
    """A shift's weights from how often its steps were said, with the table's caps: as its score."""
    good = whole = unsure = 0.0
    things = 0
    lost: dict[str, float] = {}
    for count in counts:
        weight = table.weights.get(count.lane, {}).get(count.step, 0.0)
        if weight <= 0:
            continue
        judged = count.said + count.missing + count.wrong
        good += weight * count.said
        whole += weight * judged
        unsure += weight * count.unsure
        things += judged
        for code, number in ((f"missing.{count.step}", count.missing), ("amount", count.wrong)):
            name = f"amount.{count.step}" if code == "amount" else code
            lost[name] = lost.get(name, 0.0) + weight * number
    for code, weight in lost.items():
        if weight > 0 and code in table.caps:
            points = 100 * weight / whole
            good += weight * (1 - min(1.0, table.caps[code] / points))
    return Exposure(good=good, whole=whole, unsure=unsure, things=things)


def month_score(
    speech: Sequence[Exposure],
    seen: Mapping[Part, Sequence[Exposure]],
    rules: MonthRules,
    *,
    fine: float = 0.0,
) -> MonthScore:
    """The score of shifts and checks together.

    Args:
        speech: what each shift gave.
        seen: what each check by hand gave of each part, of speech too.
        rules: the points of each part.
        fine: points taken for what a person has confirmed, such as a forbidden phrase.
    """
    groups = {part: list(seen.get(part, ())) for part in Part}
    groups[Part.SPEECH] = [*speech, *groups[Part.SPEECH]]
    parts = {part: _part(part, groups[part], rules.points[part]) for part in Part}
    due = sum(one.whole + one.unsure for one in speech)
    unsure = sum(one.unsure for one in speech) / due if due else 0.0
    covered = sum(part.points for part in parts.values() if part.share is not None)
    value = low = high = None
    if parts[Part.SPEECH].share is not None:
        value, low, high = _whole(parts.values(), covered)
        value = max(0.0, value - fine)
        low, high = max(0.0, min(value, low - fine)), min(100.0, max(value, high - fine))
    return MonthScore(value=value, low=low, high=high, parts=parts, covered=covered, unsure=unsure)


def needs_microphone(
    own: Sequence[Exposure], everybody: Sequence[Exposure], rules: MonthRules
) -> bool:
    """Whether so much of somebody's was unsure that the microphone is to be looked at.

    Over so many times the station's share, and more than chance would give.
    """
    share, things = _unsure(own)
    station, _ = _unsure(everybody)
    if not things or share <= rules.unsure.times * station:
        return False
    return wilson(share, things)[0] > station


def _part(part: Part, groups: Sequence[Exposure], points: float) -> PartScore:
    judged = [group for group in groups if group.whole > 0]
    if not judged:
        return PartScore(points=points, share=None, low=None, high=None, groups=0)
    good, whole = [g.good for g in judged], [g.whole for g in judged]
    share = min(1.0, max(0.0, sum(good) / sum(whole)))
    things = sum(group.things for group in judged)
    if part is Part.SPEECH:
        low, high = _of_shifts(share, good, whole, things)
    else:
        # A handful of checks: how they differ from each other cannot be seen.
        low, high = wilson(share, max(1.0, things))
    return PartScore(points=points, share=share, low=low, high=high, groups=len(judged))


def _of_shifts(
    share: float, good: Sequence[float], whole: Sequence[float], things: int
) -> tuple[float, float]:
    """The interval of a share over shifts; at its ends as if half a thing had been otherwise.

    Else twenty shifts without a fault would be worth no more than twenty steps.
    """
    if 0 < share < 1 or len(good) < 2:
        return clustered(share, good, whole, things)
    half = sum(whole) / things / 2
    nudged = [good[0] - half if share else good[0] + half, *good[1:]]
    low, high = clustered(sum(nudged) / sum(whole), nudged, whole, things)
    return (low, 1.0) if share else (0.0, high)


def _whole(parts: Iterable[PartScore], covered: float) -> tuple[float, float, float]:
    """The parts of which something was seen, on 100."""
    value = below = above = 0.0
    for part in parts:
        if part.share is None or part.low is None or part.high is None:
            continue
        points = 100 * part.points / covered
        value += points * part.share
        below += (points * (part.share - part.low)) ** 2
        above += (points * (part.high - part.share)) ** 2
    return value, value - sqrt(below), value + sqrt(above)


def _unsure(groups: Sequence[Exposure]) -> tuple[float, float]:
    """The share of the weight due that was unsure, and how many shares of steps it rests on."""
    whole, unsure = sum(g.whole for g in groups), sum(g.unsure for g in groups)
    things = sum(g.things for g in groups)
    if whole + unsure <= 0:
        return 0.0, 0.0
    share = unsure / (whole + unsure)
    # As many steps were unsure as their weight says, by the mean weight of those judged.
    return share, things / (1 - share) if share < 1 else 1.0
