"""One vehicle's share of a recording: its time, what was said in it, what is unclear."""

from __future__ import annotations

from dataclasses import dataclass

from phrases.types import Lane, LaneEvent, PhraseMatch, Span


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn(Span):
    """A vehicle or a call, from its arrival to its end."""

    vehicle: int | str
    lane: Lane
    event: LaneEvent | None
    """what the lane says of it; None: it was inferred from the speech"""
    matches: tuple[PhraseMatch, ...]
    """accepted and unsure ones that are counted here, in the order said"""
    floor_ms: int
    """milliseconds; before it other vehicles were spoken to"""
    ceil_ms: int
    """milliseconds; after it other vehicles were spoken to"""
    claimed: tuple[PhraseMatch, ...] = ()
    """counted for another vehicle, but may have been meant for this one"""
    stray: tuple[PhraseMatch, ...] = ()
    """said near it, outside every vehicle's time"""
    doubt: str | None = None
    """why nothing can be called missing, for people"""
    doubt_start: str | None = None
    """why it is unclear when it begins"""
    doubt_end: str | None = None
    """why it is unclear when it ends"""
