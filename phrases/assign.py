"""Give every phrase to the one vehicle for which it was said, by the lane's events.

A greeting may come before the arrival and the thanks after the vehicle has left, when the next
one already stands there. So phrases are not cut by the clock: of all ways to deal them out the
one is taken in which steps that are open are filled, in order, with amounts that agree. A phrase
that could as well be another vehicle's is noted as claimed there, and nothing is called missing
on it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from phrases.dialogue import Flow, Move
from phrases.money import agrees
from phrases.turn import Turn
from phrases.types import Decision, LaneEvent, PhraseMatch, Span

EARLY_MS, _LATE_MS = 3000, 5000
"""Margins of a vehicle's time for phrases that are no step."""
_STRAY_MS = 10_000
"""How far from a vehicle a phrase that is nobody's may be its own: clocks may differ."""
_LONGEST_MS = 60_000
"""No phrase is longer."""
_WIDTH = 24
"""Ways to deal out that are followed side by side."""
# What speaks against a way, in units of a step that is lost.
_OUTSIDE = 0.15  # each second outside the vehicle's time
_MOVE = {Move.ON: 0.0, Move.REPEAT: 0.6, Move.BACK: 0.8, Move.NONE: 0.2}
_UNOPENED = 0.3  # a dialogue that does not begin with its opening
_RETURN = 0.5  # back to a vehicle after the next one was spoken to
_AGREES, _DIFFERS = -0.4, 0.3  # an amount against the lane's
_EXCUSED = 0.4  # a step that is not due
_UNSURE = 0.5  # share of an unsure phrase in all that


@dataclass(frozen=True, kw_only=True, slots=True)
class Vehicle(Span):
    """A vehicle's time by the lane, and what may be said in it."""

    event: LaneEvent
    flow: Flow
    due: frozenset[str]
    """phrases of the lines that are due"""
    excused: frozenset[str]
    """steps that are not due by the lane"""

    def steps(self, match: PhraseMatch) -> frozenset[str]:
        """Ids of the steps that the phrase fills here."""
        return self.flow.fills(match.phrase, self.due)

    def outside_ms(self, match: PhraseMatch) -> int | None:
        """Milliseconds from the vehicle's time to the phrase, 0 inside; None beyond its margins."""
        named = [self.flow.steps[step] for step in self.steps(match)]
        before, after = self.start_ms - match.end_ms, match.start_ms - self.end_ms
        if before > max((step.early_ms for step in named), default=EARLY_MS):
            return None
        if after > max((step.late_ms for step in named), default=_LATE_MS):
            return None
        return max(0, before, after)

    def widest(self) -> tuple[int, int]:
        """Milliseconds between which anything can be this vehicle's."""
        steps = self.flow.steps.values()
        early = max(EARLY_MS, *(step.early_ms for step in steps))
        late = max(_LATE_MS, *(step.late_ms for step in steps))
        return self.start_ms - early, self.end_ms + late


@dataclass(kw_only=True, slots=True, eq=False)
class _Way:
    """One way to deal out the phrases so far."""

    cost: float
    filled: Mapping[int, frozenset[str]]
    """vehicle to the steps said, for vehicles that may still be spoken to"""
    last: int
    """the vehicle spoken to last, -1 for none"""
    owner: int | None = None
    """the vehicle of the last phrase"""
    earlier: _Way | None = None
    """how the phrases before it were dealt out; None: that is settled"""


def spans(events: Sequence[LaneEvent], duration_ms: int) -> tuple[Span, ...]:
    """Each vehicle's time: from its arrival until it left, or the next one came, or the end."""
    arrivals = sorted(event.arrived_ms for event in events)
    found = []
    for event in events:
        later = (arrived for arrived in arrivals if arrived > event.arrived_ms)
        end = event.left_ms
        if end is None:
            end = next(later, duration_ms)
        found.append(Span(start_ms=event.arrived_ms, end_ms=max(event.arrived_ms, end)))
    return tuple(found)


def assign(vehicles: Sequence[Vehicle], matches: Sequence[PhraseMatch]) -> tuple[Turn, ...]:
    """One turn for each vehicle, in their order; every match is in one turn at most."""
    known = dict(enumerate(vehicles))
    dealer = Dealer(known)
    for match in sorted(matches, key=in_order):
        dealer.deal(match)
    owned = dealer.rest()
    return tuple(turn_of(at, known, owned) for at in known)


def in_order(match: PhraseMatch) -> tuple[int, int]:
    """The key by which phrases are dealt out: when they were said."""
    return match.start_ms, match.end_ms


Owned = tuple[PhraseMatch, int | None]
"""A phrase and its vehicle's number; None: it was said to none."""


class Dealer:
    """Deals phrases out in the order in which they are said, the cheapest way found.

    Args:
        vehicles: by number, in the order of arrival, which is that of their numbers. More may be
            added before a phrase is dealt that can be theirs, and old ones taken away.
    """

    def __init__(self, vehicles: Mapping[int, Vehicle]) -> None:
        self._vehicles = vehicles
        self._next = min(vehicles, default=0)
        self._near: list[int] = []
        self._ways = [_Way(cost=0.0, filled={}, last=-1)]
        self._open: list[PhraseMatch] = []

    @property
    def open_ms(self) -> int | None:
        """Where the first phrase begins that is not settled; None: all are."""
        return self._open[0].start_ms if self._open else None

    def deal(self, match: PhraseMatch) -> None:
        """Follow every way with one more phrase."""
        while self._next in self._vehicles:
            if self._vehicles[self._next].widest()[0] > match.end_ms:
                break
            self._near.append(self._next)
            self._next += 1
        self.passed(match.start_ms)
        best: dict[object, _Way] = {}
        for so_far in self._ways:
            for way in _onward(so_far, match, self._near, self._vehicles):
                key = (frozenset(way.filled.items()), way.last)
                if key not in best or way.cost < best[key].cost:
                    best[key] = way
        self._ways = sorted(best.values(), key=lambda way: way.cost)[:_WIDTH]
        self._open.append(match)

    def passed(self, ms: int) -> None:
        """Hear that no phrase begins before this moment any more.

        Ways between which nothing to come can tell are one; the cheapest stands for them.
        """
        self._near = [at for at in self._near if self._vehicles[at].widest()[1] >= ms]
        best: dict[object, _Way] = {}
        for way in self._ways:  # the cheapest first
            way.filled = {at: steps for at, steps in way.filled.items() if at in self._near}
            behind = sum(at < way.last for at in self._near)
            best.setdefault((frozenset(way.filled.items()), behind), way)
        self._ways = list(best.values())

    def settled(self) -> list[Owned]:
        """The phrases on which all ways agree, whatever is still said; each is given once."""
        level = self._ways
        while len(level) > 1:
            level = list({id(way.earlier): way.earlier for way in level if way.earlier}.values())
            if not level:
                return []
        return self._given(level[0])

    def rest(self) -> list[Owned]:
        """The phrases that were not settled, by the cheapest way: nothing more is said."""
        return self._given(self._ways[0])

    def _given(self, way: _Way) -> list[Owned]:
        owners: list[int | None] = []
        at: _Way | None = way
        while at is not None and at.earlier is not None:
            owners.append(at.owner)
            at = at.earlier
        way.earlier = None
        given = self._open[: len(owners)]
        del self._open[: len(owners)]
        return list(zip(given, reversed(owners), strict=True))


def _onward(
    way: _Way, match: PhraseMatch, near: Sequence[int], vehicles: Mapping[int, Vehicle]
) -> Iterator[_Way]:
    """The way with the match dealt to each vehicle near it; to none only where none is."""
    kept = way.filled
    alone = True
    for at in near:
        steps, filled = vehicles[at].steps(match), kept.get(at, frozenset())
        cost = _cost(vehicles[at], match, steps, filled)
        if cost is None:
            continue
        alone = False
        yield _Way(
            cost=way.cost + cost + (_RETURN if at < way.last else 0.0),
            filled={**kept, at: vehicles[at].flow.advance(filled, steps)},
            last=at,
            owner=at,
            earlier=way,
        )
    if alone:
        yield _Way(cost=way.cost, filled=kept, last=way.last, earlier=way)


def _cost(
    vehicle: Vehicle, match: PhraseMatch, steps: frozenset[str], filled: frozenset[str]
) -> float | None:
    """What speaks against the match's being this vehicle's; None: it cannot be."""
    outside = vehicle.outside_ms(match)
    if outside is None:
        return None
    flow = vehicle.flow
    cost = _OUTSIDE * outside / 1000 + _MOVE[flow.move(filled, steps)]
    if steps and not filled and steps.isdisjoint(flow.dialogue.opening):
        cost += _UNOPENED
    if steps and steps <= vehicle.excused:
        cost += _EXCUSED
    for step in steps:
        agreed = agrees(vehicle.event, flow.steps[step].amount, match)
        if agreed is not None:
            cost += _AGREES if agreed else _DIFFERS
    return cost if match.decision is Decision.ACCEPTED else cost * _UNSURE


def turn_of(at: int, vehicles: Mapping[int, Vehicle], owned: Sequence[Owned]) -> Turn:
    """The vehicle's turn with what was dealt to it.

    `owned` is all that was said within `reach` of it, or more, in order.
    """
    low, high = reach(vehicles[at])
    first = bisect_left(owned, low, key=_starts)
    return _turn(at, vehicles, owned[first : bisect_right(owned, high, key=_starts)])


def reach(vehicle: Vehicle) -> tuple[int, int]:
    """Milliseconds between which a phrase may begin that its turn hangs on."""
    opens, shuts = vehicle.widest()
    return opens - _STRAY_MS - _LONGEST_MS, shuts + _STRAY_MS


def _starts(owned: Owned) -> int:
    return owned[0].start_ms


def _turn(at: int, vehicles: Mapping[int, Vehicle], owned: Sequence[Owned]) -> Turn:
    """The vehicle's turn with what was dealt to it; `owned` is all that was said near it."""
    mine = vehicles[at]
    theirs = [(match, owner) for match, owner in owned if owner is not None and owner != at]
    before = [m.end_ms for m, owner in theirs if owner < at and m.end_ms <= mine.start_ms]
    after = [m.start_ms for m, owner in theirs if owner > at and m.start_ms >= mine.end_ms]
    opens, shuts = mine.widest()
    return Turn(
        start_ms=mine.start_ms,
        end_ms=mine.end_ms,
        vehicle=mine.event.vehicle,
        lane=mine.flow.dialogue.lane,
        event=mine.event,
        matches=tuple(match for match, owner in owned if owner == at),
        floor_ms=max(before, default=opens),
        ceil_ms=min(after, default=shuts),
        claimed=tuple(m for m, owner in theirs if _claims(at, mine, m, owner, vehicles, theirs)),
        stray=tuple(
            match
            for match, owner in owned
            if owner is None
            and match.end_ms > mine.start_ms - _STRAY_MS
            and match.start_ms < mine.end_ms + _STRAY_MS
        ),
    )


def _claims(
    at: int,
    mine: Vehicle,
    match: PhraseMatch,
    owner: int,
    vehicles: Mapping[int, Vehicle],
    theirs: Sequence[tuple[PhraseMatch, int]],
) -> bool:
    """Whether a phrase that was dealt to another vehicle may have been meant for this one."""
    outside = mine.outside_ms(match)
    if outside is None or not mine.steps(match):
        return False
    if outside == 0:
        return True
    rest = [other for other, holder in theirs if holder == owner and other is not match]
    begun = any((other.start_ms < match.start_ms) == (owner > at) for other in rest)
    spare = vehicles[owner].steps(match)
    return not begun or any(not spare.isdisjoint(vehicles[owner].steps(other)) for other in rest)
