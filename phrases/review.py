"""Which findings are looked at, and what may become of one: drawn, decided once, or lapsed.

A station makes more findings than anybody can hear. So many are drawn as can be heard, with
equal expected numbers for each collector, whoever has more of them. What is not drawn, or not
decided in time, lapses: it counts in rates only.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from phrases.interval import wilson
from phrases.sample import chance

Key = tuple[int, int, int]
"""the grading's id, the vehicle's place in it, and the finding's place there"""


class Why(StrEnum):
    """Why a finding is looked at."""

    CHANCE = "chance"
    COMPLAINT = "complaint"
    """somebody complained about the vehicle"""
    FORBIDDEN = "forbidden"
    """it is a forbidden phrase: all of these are looked at"""


class Verdict(StrEnum):
    """What a reviewer heard."""

    CONFIRMED = "confirmed"
    """it is as the finding says"""
    DISMISSED = "dismissed"
    """it is not"""
    CANNOT_TELL = "cannot_tell"


class Fate(StrEnum):
    """How it stands with a finding that was drawn."""

    OPEN = "open"
    LAPSED = "lapsed"
    """nobody decided it in time"""
    UNTOLD = "untold"
    """who listened could not tell"""
    DISMISSED = "dismissed"
    CONFIRMED = "confirmed"
    """and the collector may still appeal"""
    APPEALED = "appealed"
    STANDS = "stands"
    """confirmed for good: the time to appeal is over, or the appeal was refused"""
    OVERTURNED = "overturned"
    """the appeal was granted, or nobody answered it in time"""


def fate(
    verdict: Verdict | None,
    *,
    now: dt.datetime,
    due_at: dt.datetime,
    appeal_until: dt.datetime | None = None,
    appealed: bool = False,
    granted: bool | None = None,
) -> Fate:
    """How it stands now; all times are aware."""
    if verdict is None:
        return Fate.LAPSED if now > due_at else Fate.OPEN
    if verdict is not Verdict.CONFIRMED:
        return Fate.DISMISSED if verdict is Verdict.DISMISSED else Fate.UNTOLD
    if granted is not None:
        return Fate.OVERTURNED if granted else Fate.STANDS
    if appealed:
        return Fate.APPEALED
    over = appeal_until is not None and now > appeal_until
    return Fate.STANDS if over else Fate.CONFIRMED


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """A finding that was drawn."""

    key: Key
    probability: float
    """above 0, up to 1: with which it was drawn. A drawn one stands for 1 ÷ this many"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """How often a kind of finding is true, by what reviewers confirmed."""

    findings: int
    """all, drawn or not"""
    confirmed: int
    dismissed: int
    precision: float | None
    """0..1, share of all findings that are true; None: none was confirmed or dismissed"""
    low: float | None
    high: float | None
    """95 % interval of the precision"""

    @property
    def corrected(self) -> tuple[float, float, float] | None:
        """How many of the findings are true, and the interval; None: nobody can say."""
        if self.precision is None or self.low is None or self.high is None:
            return None
        return tuple(self.findings * share for share in (self.precision, self.low, self.high))  # type: ignore[return-value]


def draw(findings: Iterable[tuple[Key, int]], size: int, seed: str) -> tuple[Drawn, ...]:
    """At most `size` findings, each given with its collector, in an order that says nothing.

    Every collector is drawn from in equal expected number; who has fewer has all of them drawn,
    and the others share the rest.
    """
    own: dict[int, list[Key]] = {}
    for key, collector in findings:
        own.setdefault(collector, []).append(key)
    level = _level([len(keys) for keys in own.values()], size)
    whole = int(level)
    many = [collector for collector, keys in own.items() if len(keys) > level]
    # The level is a fraction: chance decides whom one more is drawn from.
    many.sort(key=lambda collector: chance(seed, "one more", collector))
    more = set(many[: round((level - whole) * len(many))])
    found: list[Drawn] = []
    for collector, keys in own.items():
        number = whole + (collector in more) if len(keys) > level else len(keys)
        probability = min(1.0, level / len(keys))
        keys.sort(key=lambda key: chance(seed, *key))
        found += [Drawn(key=key, probability=probability) for key in keys[:number]]
    found.sort(key=lambda one: chance(seed, "order", *one.key))
    return tuple(found)


def rate(findings: int, judged: Iterable[tuple[bool, float]]) -> Rate:
    """How often findings are true: of each one that was judged, whether, and its probability."""
    listed = [(true, 1 / probability) for true, probability in judged]
    confirmed = sum(true for true, _ in listed)
    if not listed:
        return Rate(
            findings=findings, confirmed=0, dismissed=0, precision=None, low=None, high=None
        )
    whole = sum(weight for _, weight in listed)
    precision = sum(weight for true, weight in listed if true) / whole
    # Unequal weights make them worth fewer (Kish).
    worth = whole**2 / sum(weight**2 for _, weight in listed)
    low, high = wilson(precision, worth)
    return Rate(
        findings=findings,
        confirmed=confirmed,
        dismissed=len(listed) - confirmed,
        precision=precision,
        low=low,
        high=high,
    )


def _level(numbers: list[int], size: int) -> float:
    """How many to draw from each so that they are `size` together, or all."""
    left, level = float(size), 0.0
    for place, number in enumerate(sorted(numbers)):
        level = left / (len(numbers) - place)
        if number > level:
            return level
        left -= number
    return max(level, float(max(numbers, default=0)))
