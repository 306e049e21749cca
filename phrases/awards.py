"""What is proposed after a month: stars, who stands out, and whether the targets were reached.

Proposed, with the figures: a person awards. Nobody stands out by a difference that chance makes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from phrases.month import MonthRules, MonthScore
from phrases.places import Place, places


class Guide(StrEnum):
    """How a score stands to the guide of 95, which decides nothing alone."""

    REACHED = "reached"
    """with its whole interval"""
    OPEN = "open"
    """the guide is within the interval"""
    BELOW = "below"
    NONE = "none"
    """there is no score"""


class Site(StrEnum):
    """What a station's target hangs on."""

    TOWN = "town"
    """of a county town or above"""
    RURAL = "rural"


@dataclass(frozen=True, kw_only=True, slots=True)
class Stars:
    """How many stars are proposed."""

    sure: int
    """0..3: the whole interval is high enough"""
    proposed: int
    """0..3: the score is"""
    most: int
    """0..3: the interval reaches so high"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """How many of how many, and how many should be."""

    reached: int
    of: int
    target: float
    """percent"""

    @property
    def met(self) -> bool | None:
        """Whether enough are; None: there are none."""
        return None if not self.of else 100 * self.reached >= self.target * self.of


def guide(score: MonthScore, line: float) -> Guide:
    """How it stands to the line."""
    if score.value is None or score.low is None or score.high is None:
        return Guide.NONE
    if score.low >= line:
        return Guide.REACHED
    return Guide.BELOW if score.high < line else Guide.OPEN


def stars(score: MonthScore, rules: MonthRules) -> Stars:
    """The stars of a score; none without one."""
    if score.value is None or score.low is None or score.high is None:
        return Stars(sure=0, proposed=0, most=0)
    sure, proposed, most = (
        sum(value >= line for line in rules.stars.each)
        for value in (score.low, score.value, score.high)
    )
    return Stars(sure=sure, proposed=proposed, most=most)


def ranked(scores: Mapping[str, MonthScore]) -> dict[str, Place]:
    """The places of those who have a score, by their intervals."""
    known = {
        name: (score.low, score.high)
        for name, score in scores.items()
        if score.low is not None and score.high is not None
    }
    return dict(zip(known, places(list(known.values())), strict=True))


def foremost(scores: Mapping[str, MonthScore], *, but: Sequence[str] = ()) -> tuple[str, ...]:
    """Those above whom nobody is for certain, by name; `but`: who cannot be proposed.

    None, if that is everybody: then nobody stands out. So neither does one of whom alone there is
    a score.
    """
    found = ranked(scores)
    first = sorted(name for name, place in found.items() if place.best == 1)
    if len(first) == len(found):
        return ()
    return tuple(name for name in first if name not in but)


def goals(found: Sequence[Stars], rules: MonthRules) -> tuple[Share, Share, Share]:
    """How many are proposed for at least one, two and three stars, and how many should be."""
    one, two, three = (
        Share(reached=sum(each.proposed >= number for each in found), of=len(found), target=target)
        for number, target in enumerate(rules.goals.each, 1)
    )
    return one, two, three


def site(station: str, rules: MonthRules) -> Site:
    """What kind of station it is."""
    return Site.TOWN if station in rules.stations.town else Site.RURAL


def targets(scores: Mapping[str, float], line: float, rules: MonthRules) -> dict[str, Share]:
    """How many stations' scores reach the line, of all and of each kind, and how many should."""
    target = rules.targets
    kinds = {name: site(name, rules) for name in scores}
    made = {"all": (list(scores), target.all)}
    for kind, percent in ((Site.TOWN, target.town), (Site.RURAL, target.rural)):
        made[kind.value] = ([name for name, own in kinds.items() if own is kind], percent)
    return {
        name: Share(
            reached=sum(scores[station] >= line for station in stations),
            of=len(stations),
            target=percent,
        )
        for name, (stations, percent) in made.items()
    }
