"""Draw a random sample that every kind of vehicle has a part in, the same for the same seed.

The kinds (strata) are drawn from in turn, so that nights, rain, each booth and each outcome are
looked at though they are rare, and passes too. Chance is a hash of the seed and the vehicle's
name: nothing else decides, so anybody can draw it again and see that nobody was picked.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable
from dataclasses import dataclass

from phrases.types import Outcome


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Stratum:
    """A kind of vehicle."""

    booth: str
    night: bool
    rain: bool
    """the weather asked for a line: rain, fog, ice or snow"""
    outcome: Outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """A vehicle that was drawn."""

    key: tuple[int, int]
    """the grading's id and the vehicle's place in it"""
    stratum: Stratum
    of: int
    """how many of its kind there were: with how many were drawn, what each stands for"""


def draw(
    vehicles: Iterable[tuple[tuple[int, int], Stratum]], size: int, seed: str
) -> tuple[Drawn, ...]:
    """At most `size` of the vehicles, from every kind in turn; the order says nothing."""
    best: dict[Stratum, list[tuple[int, tuple[int, int]]]] = {}
    number: dict[Stratum, int] = {}
    for key, stratum in vehicles:
        number[stratum] = number.get(stratum, 0) + 1
        heap = best.setdefault(stratum, [])
        # The smallest draws of each kind are kept, as the heap's largest negatives.
        entry = (-chance(seed, *key), key)
        if len(heap) < size:
            heapq.heappush(heap, entry)
        else:
            heapq.heappushpop(heap, entry)
    queues = {stratum: sorted(heap) for stratum, heap in best.items()}
    turn = sorted(queues, key=lambda s: chance(seed, s.booth, s.night, s.rain, s.outcome))
    found: list[Drawn] = []
    while turn and len(found) < size:
        for stratum in turn:
            if len(found) == size:
                break
            _, key = queues[stratum].pop()
            found.append(Drawn(key=key, stratum=stratum, of=number[stratum]))
        turn = [stratum for stratum in turn if queues[stratum]]
    return tuple(found)


def chance(seed: str, *name: object) -> int:
    """A number that the seed gives a name, evenly spread over 64 bits."""
    text = "\x1f".join((seed, *map(str, name)))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
