"""Keep the book of the vehicles in the lane, from messages as they come: pure.

What is late, doubled, contradictory or impossible is told and changes nothing that is past. Of
two sums that contradict each other neither is believed: the step that they decide is then unsure.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from phrases.types import Excuse, Lane, LaneEvent, Payment
from service.lane_message import Kind, Message

QUEUE = 20
"""vehicles that wait, from which on a report to the leader is due"""
AHEAD_MS = 60_000
"""milliseconds by which a message may speak of the future: clocks are measured, not known"""
LONGEST_MS = 1_800_000
"""milliseconds after which a vehicle that nobody saw leave has left"""
_KEPT_MS = 3_600_000
_RECENT = 32


class Flag(StrEnum):
    """What is wrong with a message."""

    LATE = "late"
    """of a vehicle or a time that is judged"""
    DOUBLED = "doubled"
    """said before by another message"""
    CONTRADICTORY = "contradictory"
    """says other than an earlier one"""
    IMPOSSIBLE = "impossible"
    """of the future, or of a vehicle that never came, or that left before it came"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Through:
    """A vehicle of which all is known."""

    event: LaneEvent
    end_ms: int
    """when it left, or the next one came, in the booth's time"""


@dataclass(kw_only=True, slots=True)
class _Entry:
    """A vehicle in the lane."""

    vehicle: int | str
    arrived_ms: int
    left_ms: int | None = None
    lane: Lane | None = None
    known: dict[str, object] = field(default_factory=dict)
    denied: set[str] = field(default_factory=set)
    """what was said in two ways"""

    def event(self) -> LaneEvent:
        """What the lane says of it, without what it contradicts itself in."""
        said = {name: value for name, value in self.known.items() if name not in self.denied}
        payment = said.get("payment")
        tendered = said.get("tendered")
        ticket, excuse = said.get("ticket"), said.get("excuse")
        if payment is None and tendered is not None and "payment" not in self.denied:
            payment = Payment.CASH
        toll = said.get("toll")
        return LaneEvent(
            vehicle=self.vehicle,
            arrived_ms=self.arrived_ms,
            left_ms=self.left_ms,
            toll_fen=toll if isinstance(toll, int) else None,
            tendered_fen=tendered if isinstance(tendered, int) else None,
            payment=payment if isinstance(payment, Payment) else None,
            lane=self.lane,
            ticket=ticket if isinstance(ticket, bool) else None,
            excuse=excuse if isinstance(excuse, Excuse) else None,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Averages:
    """How long vehicles took, on average; the handbook wants 5 s for a card and 20 s for a toll."""

    cards: int
    """vehicles at an entry"""
    card_s: float | None
    """seconds from arrival to leaving; None: there were none"""
    tolls: int
    """vehicles at an exit"""
    toll_s: float | None


class LaneBook:
    """The vehicles of one lane.

    Args:
        lane: the booth's.
        lateness_ms: milliseconds by which a message may come late and still count.
    """

    def __init__(self, lane: Lane, *, lateness_ms: int) -> None:
        self._lane = lane
        self._lateness_ms = lateness_ms
        self._open: list[_Entry] = []  # by arrival
        self._gone: dict[int | str, int] = {}  # name to end, of those that are through
        self._through_ms = 0  # no vehicle that arrived before may be told any more
        self._last = deque[LaneEvent](maxlen=_RECENT)
        self._took: dict[bool, tuple[int, int]] = {True: (0, 0), False: (0, 0)}
        self.waiting = 0
        """vehicles in the queue, as last told"""
        self.report_due = False
        """the queue is so long that the leader must be told, and was not so before"""

    @property
    def current(self) -> int | str | None:
        """The vehicle that stands there now."""
        return next((one.vehicle for one in self._open[::-1] if one.left_ms is None), None)

    @property
    def events(self) -> tuple[LaneEvent, ...]:
        """The vehicles that are there or were lately, as far as they are known, by arrival."""
        return (*self._last, *(one.event() for one in self._open))

    @property
    def averages(self) -> Averages:
        """Of the vehicles that were seen to leave."""
        cards, card_ms = self._took[True]
        tolls, toll_ms = self._took[False]
        return Averages(
            cards=cards,
            card_s=card_ms / cards / 1000 if cards else None,
            tolls=tolls,
            toll_s=toll_ms / tolls / 1000 if tolls else None,
        )

    def take(self, message: Message, at_ms: int, now_ms: int) -> Flag | None:
        """Take a message in; what is wrong with it.

        `at_ms` is when it happened and `now_ms` when it came, in the booth's time.
        """
        if at_ms > now_ms + AHEAD_MS or at_ms < 0:
            return Flag.IMPOSSIBLE
        if message.kind is Kind.QUEUE:
            before, self.waiting = self.waiting, message.waiting or 0
            self.report_due = self.waiting >= QUEUE > before
            return None
        name = message.vehicle
        assert name is not None
        if name in self._gone:
            return Flag.LATE
        entry = next((one for one in self._open if one.vehicle == name), None)
        if message.kind is Kind.ARRIVED:
            return self._arrived(message, entry, name, at_ms)
        if entry is None:
            return Flag.IMPOSSIBLE
        flag = self._learn(entry, message)
        if message.kind is Kind.LEFT:
            return self._left(entry, at_ms) or flag
        return flag

    def through(self, now_ms: int) -> Iterator[Through]:
        """The vehicles that nothing will be told of any more, by arrival."""
        while self._open:
            entry = self._open[0]
            end_ms = entry.left_ms
            if end_ms is None:
                later = (o.arrived_ms for o in self._open if o.arrived_ms > entry.arrived_ms)
                end_ms = next(later, None)
            if end_ms is None and now_ms > entry.arrived_ms + LONGEST_MS:
                end_ms = entry.arrived_ms + LONGEST_MS
            if end_ms is None or now_ms < end_ms + self._lateness_ms:
                return
            self._through_ms = entry.arrived_ms
            yield self._close(end_ms)

    def lane_ms(self, now_ms: int) -> int:
        """No vehicle that arrived before this moment will still be told as being through."""
        known = now_ms - self._lateness_ms
        self._through_ms = max(
            self._through_ms, min([known, *(one.arrived_ms for one in self._open[:1])])
        )
        return self._through_ms

    def rest(self, end_ms: int) -> Iterator[Through]:
        """All that are still there, when listening ends."""
        while self._open:
            entry = self._open[0]
            later = (o.arrived_ms for o in self._open if o.arrived_ms > entry.arrived_ms)
            yield self._close(end_ms if entry.left_ms is None else entry.left_ms, next(later, None))

    def _close(self, end_ms: int, following_ms: int | None = None) -> Through:
        entry = self._open.pop(0)
        if entry.left_ms is None and following_ms is not None:
            end_ms = following_ms
        self._last.append(replace(entry.event(), left_ms=end_ms))
        self._gone[entry.vehicle] = end_ms
        for name in [name for name, end in self._gone.items() if end < end_ms - _KEPT_MS]:
            del self._gone[name]
        if entry.left_ms is not None:
            card = (entry.lane or self._lane) is Lane.ENTRY
            count, total = self._took[card]
            self._took[card] = count + 1, total + entry.left_ms - entry.arrived_ms
        return Through(event=entry.event(), end_ms=max(end_ms, entry.arrived_ms))

    def _arrived(
        self, message: Message, entry: _Entry | None, name: int | str, at_ms: int
    ) -> Flag | None:
        if entry is not None:
            return Flag.DOUBLED if entry.arrived_ms == at_ms else Flag.CONTRADICTORY
        if at_ms < self._through_ms:
            return Flag.LATE
        entry = _Entry(vehicle=name, arrived_ms=at_ms)
        place = sum(one.arrived_ms <= at_ms for one in self._open)
        self._open.insert(place, entry)
        return self._learn(entry, message)

    def _left(self, entry: _Entry, at_ms: int) -> Flag | None:
        if at_ms < entry.arrived_ms:
            return Flag.IMPOSSIBLE
        if entry.left_ms is not None:
            return Flag.DOUBLED if entry.left_ms == at_ms else Flag.CONTRADICTORY
        entry.left_ms = at_ms
        return None

    def _learn(self, entry: _Entry, message: Message) -> Flag | None:
        """What a message says of a vehicle beside its times."""
        flag = None
        if message.lane is not None:
            entry.lane = Lane(message.lane)
        for name in ("toll", "tendered", "payment", "ticket", "excuse"):
            value = getattr(message, name)
            if value is None:
                continue
            if entry.known.setdefault(name, value) != value:
                entry.denied.add(name)
                flag = Flag.CONTRADICTORY
        return flag
