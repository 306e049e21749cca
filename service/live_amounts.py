"""Know which sums the lane had named when an amount was asked of the sound, live.

A recording's amounts are held by their sound against all that the lane knows; a live one may be
heard before the lane names its sum, and then settles nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from phrases.amounts import fen
from phrases.types import Heard, PhraseMatch
from phrases.yuan import decimal

_UTTERANCES = 5_000
"""of which it is remembered"""


class Asked:
    """What `due` said of each utterance; it gives the sums in fen that the lane knows of then."""

    def __init__(self, due: Callable[[int, int], set[int]]) -> None:
        self._due = due
        self._knew = frozenset[int]()
        self._of = dict[int, frozenset[int]]()

    def due(self, start_ms: int, end_ms: int) -> set[int]:
        """The sums in fen, for an utterance that is being matched."""
        found = self._due(start_ms, end_ms)
        self._knew = frozenset(found)
        return found

    def heard(self, heard: Heard) -> None:
        """An utterance was matched with what was asked last."""
        if heard.matches:
            self._of[heard.utterance] = self._knew
            if len(self._of) > _UTTERANCES:
                del self._of[next(iter(self._of))]

    def doubted(self, match: PhraseMatch) -> PhraseMatch:
        """The phrase, with the sums that the lane named later as rivals of another amount."""
        try:
            said = fen(match.slots.get("amount", ""))
        except ValueError:
            return match
        due = self._due(match.start_ms, match.end_ms)
        late = due.difference(*(self._of.get(number, frozenset()) for number in match.utterances))
        if said in due or not late:
            return match
        return replace(match, rivals=(*match.rivals, *map(decimal, sorted(late))))
