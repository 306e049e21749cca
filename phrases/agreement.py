"""How far two people agree who heard the same clips blind, and how right the program is by them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from phrases.interval import Z, wilson
from phrases.review import Verdict
from phrases.sample import chance

Pair = tuple[Verdict, Verdict]
Key = tuple[int, int]
"""the grading's id and the vehicle's place in it"""


class Program(StrEnum):
    """What the program said of a vehicle."""

    FAULT = "fault"
    UNSURE = "unsure"
    SILENT = "silent"
    """nothing: by it the step was said"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """A share with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """Clips of one of the program's answers that two people labelled."""

    of: int
    """how many vehicles of the period there are of which the program said this"""
    pairs: Sequence[Pair]


@dataclass(frozen=True, kw_only=True, slots=True)
class Agreement:
    """What a sample says."""

    pairs: int
    kappa: Share | None
    """Cohen's, -1..1; None: it cannot be said"""
    precision: Share | None
    """0..1, of the program's faults those that both confirm"""
    recall: Share | None
    """0..1, of all that both confirm those that the program called faults"""


def drawn(keys: Iterable[Key], size: int, seed: str) -> list[Key]:
    """At most `size` of the vehicles, by chance alone."""
    return sorted(keys, key=lambda key: chance(seed, *key))[:size]


def mixed(keys: Iterable[Key], seed: str) -> list[Key]:
    """The vehicles in an order that says nothing of why each was drawn."""
    return sorted(keys, key=lambda key: chance(seed, "order", *key))


def confirmed(pairs: Iterable[Pair]) -> tuple[int, int]:
    """How many clips both confirm, and of how many: not of those that neither can tell."""
    told = [pair for pair in pairs if pair != (Verdict.CANNOT_TELL, Verdict.CANNOT_TELL)]
    return sum(pair == (Verdict.CONFIRMED, Verdict.CONFIRMED) for pair in told), len(told)


def agreement(heard: Mapping[Program, Heard]) -> Agreement:
    """What the two say of each other, and of the program."""
    every = [pair for one in heard.values() for pair in one.pairs]
    faults = heard.get(Program.FAULT)
    return Agreement(
        pairs=len(every),
        kappa=kappa(every),
        precision=None if faults is None else _share(faults.pairs),
        recall=_recall(heard),
    )


def kappa(pairs: Sequence[Pair]) -> Share | None:
    """Cohen's kappa: 0 is no more than chance, 1 is always; None where both only say one thing."""
    count = len(pairs)
    if count == 0:
        return None
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    agreed = sum(a is b for a, b in pairs) / count
    by_chance = sum(first[v] * second[v] for v in Verdict) / count**2
    if by_chance == 1:
        return None
    # With the agreement's own interval in place of its variance, which is nought at 100 %.
    low, high = wilson(agreed, count)
    scale = 1 - by_chance
    value = (agreed - by_chance) / scale
    half = Z * sqrt(agreed * (1 - agreed) / count) / scale
    return Share(
        value=value,
        low=max(-1.0, min(value - half, (low - by_chance) / scale)),
        high=min(1.0, max(value + half, (high - by_chance) / scale)),
    )


def _share(pairs: Sequence[Pair]) -> Share | None:
    true, told = confirmed(pairs)
    if not told:
        return None
    low, high = wilson(true / told, told)
    return Share(value=true / told, low=low, high=high)


def _recall(heard: Mapping[Program, Heard]) -> Share | None:
    """Each answer stands for all vehicles that got it; the ends take each bound at its worst."""
    found: dict[Program, tuple[int, Share]] = {}
    for program in Program:
        one = heard.get(program)
        share = None if one is None else _share(one.pairs)
        if one is None or (share is None and one.of):
            return None
        found[program] = one.of, share or Share(value=0.0, low=0.0, high=0.0)
    of, fault = found[Program.FAULT]
    missed = [found[Program.UNSURE], found[Program.SILENT]]

    def part(mine: float, theirs: float) -> float | None:
        return mine / (mine + theirs) if mine + theirs else None

    value = part(of * fault.value, sum(n * share.value for n, share in missed))
    if value is None:
        return None
    low = part(of * fault.low, sum(n * share.high for n, share in missed))
    high = part(of * fault.high, sum(n * share.low for n, share in missed))
    return Share(
        value=value,
        low=0.0 if low is None else min(value, low),
        high=1.0 if high is None else max(value, high),
    )
