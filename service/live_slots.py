"""The shifts that a box adds to: the one that lasts, and those whose last vehicles are open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from db.live_types import Open
from db.types import NOBODY
from phrases.types import Gap, Span
from service.live_seat import How, Seating, Sitter
from service.pipeline import covered_ms


@dataclass(kw_only=True, slots=True)
class Slot:
    """A shift that is open."""

    seating: Seating
    shift: Open | None = None
    """None: it has yet to be stored"""
    opening: bool = False
    """it is stored, or is to be"""
    gaps: list[Gap] = field(default_factory=list)
    clock_sure: bool = True
    """False: for some of it the machine's clock was not to be trusted"""

    @property
    def time(self) -> Span:
        """All of it, without an end while it lasts."""
        start, end = self.span(2**53)
        return Span(start_ms=start, end_ms=end)

    def span(self, now_ms: int) -> tuple[int, int]:
        """Milliseconds of the booth's time from its beginning to its end, or until now."""
        until = self.seating.until_ms
        return self.seating.from_ms, max(self.seating.from_ms, now_ms if until is None else until)

    def gap_ms(self, now_ms: int) -> int:
        """Milliseconds of it that could not be listened to."""
        start, end = self.span(now_ms)
        moved = (
            replace(g, start_ms=g.start_ms - start, end_ms=g.end_ms - start) for g in self.gaps
        )
        return covered_ms(moved, end - start)


class Slots:
    """All that are open, in the order in which they begin."""

    def __init__(self) -> None:
        self._slots: list[Slot] = []

    def __iter__(self) -> Iterator[Slot]:
        return iter(self._slots)

    @property
    def now(self) -> Slot:
        """The one that lasts."""
        return next(slot for slot in self._slots if slot.seating.until_ms is None)

    def add(self, slot: Slot) -> Slot:
        """One more."""
        self._slots.append(slot)
        self._slots.sort(key=lambda one: one.seating.from_ms)
        return slot

    def remove(self, slot: Slot) -> None:
        """It is closed."""
        self._slots.remove(slot)

    def at(self, ms: int) -> Slot:
        """The one in which something began; the oldest for what is older than all."""
        begun = [slot for slot in self._slots if slot.seating.from_ms <= ms]
        lasting = [slot for slot in begun if slot.span(ms)[1] >= ms]
        return (lasting or begun or self._slots)[-1]

    def of(self, seating: Seating | None, start_ms: int, end_ms: int) -> Slot | None:
        """The one of a vehicle that was there all that time; None: nobody's, and there is none."""
        for slot in self._slots:
            mine = slot.seating
            if seating is not None and (mine.from_ms, mine.who) == (seating.from_ms, seating.who):
                return slot
        nobodys = (slot for slot in self._slots if slot.seating.who is None)
        return next((s for s in nobodys if _meet(s.span(end_ms), start_ms, end_ms)), None)

    def parts(self, gap: Gap) -> Iterator[tuple[Slot, Gap]]:
        """The gap, cut at the ends of the shifts that it lies in."""
        for slot in self._slots:
            start, end = slot.span(gap.end_ms)
            part = replace(gap, start_ms=max(start, gap.start_ms), end_ms=min(end, gap.end_ms))
            if part.end_ms > part.start_ms:
                yield slot, part


def _meet(span: tuple[int, int], start_ms: int, end_ms: int) -> bool:
    return span[0] <= end_ms and start_ms <= span[1]


def seating_of(shift: Open) -> Seating:
    """Who sat there in a stored shift."""
    identity = shift.identity
    who = None
    if identity.collector != NOBODY:
        who = Sitter(collector=identity.collector, team=identity.team)
    return Seating(who=who, how=How(shift.how), from_ms=shift.from_ms, until_ms=shift.until_ms)
