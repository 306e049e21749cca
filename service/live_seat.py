"""Who sits in the booth: pure, told of each login, tap, roster and word with its moment.

A vehicle is a person's only if it was surely known all its time who sat there. Words are no login:
handover words, and a relief without one, leave the seat to nobody until somebody logs in.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from enum import StrEnum

KEPT = 64
"""seatings that are remembered, the newest"""


class How(StrEnum):
    """What began a seating."""

    START = "start"
    """listening began, and nobody had said who sits there"""
    LOGIN = "login"
    ROSTER = "roster"
    API = "api"
    RELIEF = "relief"
    PROPOSAL = "proposal"
    """handover words were heard"""
    LOGOUT = "logout"


SURE = (How.LOGIN, How.API, How.RELIEF)
"""said by a person: a roster does not change it"""
OPEN = (How.START, How.ROSTER)
"""a roster may change it"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sitter:
    """A collector, as given at the booth."""

    collector: str
    team: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Seating:
    """Who sat there from when to when."""

    who: Sitter | None
    """None: nobody, as far as is known"""
    how: How
    from_ms: int
    """milliseconds of the booth's time"""
    until_ms: int | None = None
    """None: it lasts"""


class Seat:
    """The booth's seat; it begins with these seatings, of which the last one lasts."""

    def __init__(self, *seatings: Seating) -> None:
        self._past = deque(seatings[:-1], maxlen=KEPT)
        self.now = seatings[-1]

    def login(self, who: Sitter, at_ms: int, how: How = How.LOGIN) -> bool:
        """Somebody says who they are; whether that changes anything."""
        if self.now.who == who and self.now.how is not How.ROSTER:
            return False
        return self._sit(who, how, at_ms)

    def logout(self, at_ms: int) -> bool:
        """Who sits there leaves."""
        return self.now.how is not How.LOGOUT and self._sit(None, How.LOGOUT, at_ms)

    def relief(self, who: Sitter | None, at_ms: int) -> bool:
        """One takes the other's place; who, may be said now or by a login that follows."""
        if who is not None:
            return self.login(who, at_ms, How.RELIEF)
        return self._sit(None, How.RELIEF, at_ms)

    def proposed(self, at_ms: int) -> bool:
        """Words of a handover were heard: somebody else may sit there from now on."""
        return self.now.who is not None and self._sit(None, How.PROPOSAL, at_ms)

    def roster(self, who: Sitter | None, at_ms: int) -> bool:
        """By the roster this one sits there, or nobody; what a person said is stronger."""
        if self.now.how not in OPEN or self.now.who == who:
            return False
        return self._sit(who, How.START if who is None else How.ROSTER, at_ms)

    def of(self, start_ms: int, end_ms: int) -> Seating | None:
        """Who sat there all that time; None: it changed meanwhile, or is long ago."""
        for seating in (self.now, *reversed(self._past)):
            if seating.from_ms <= start_ms:
                ends = seating.until_ms
                return seating if ends is None or end_ms <= ends else None
        return None

    def _sit(self, who: Sitter | None, how: How, at_ms: int) -> bool:
        # What was said of the past is past: nothing is changed that may be stored already.
        at_ms = max(at_ms, self.now.from_ms)
        self._past.append(replace(self.now, until_ms=at_ms))
        self.now = Seating(who=who, how=how, from_ms=at_ms)
        return True
