"""Keep the sound of a vehicle that was judged live: from memory, in which minutes are held.

What is kept, and what of it is silenced, is `service.clips`' business, as of a recording. Nothing
between vehicles is ever written.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import replace

from audio.recent import Recent
from audio.types import Samples
from db.types import Clip
from db.vault import Vault
from phrases.types import Gap, Heard, Span, TransactionVerdict
from service.clips import PAD_MS, Choice, Plan, hushed, keep, reason, span, unkept

HELD_MS = 1_200_000
"""milliseconds of sound in memory, 38 MB: a silent lane is judged a quarter of an hour later"""
FORGOTTEN = "its sound was no longer in memory when it was judged"


class LiveClips:
    """What is in memory of one booth, and what is put away of it.

    Args:
        vault: where clips lie; None: none are kept, and nothing is held.
        choice: which vehicles' sound is kept.
    """

    def __init__(self, vault: Vault | None, choice: Choice) -> None:
        self._vault = vault
        self._choice = choice
        self._sound = Recent(HELD_MS)
        self._said = deque[Heard | Gap]()
        self._until_ms = 0

    def sound(self, start_ms: int, samples: Samples) -> None:
        """Hold float32 [frames] of the collector's channel, from `start_ms` of the booth's time."""
        if self._vault is not None:
            self._sound.add(start_ms, samples)

    def told(self, item: Heard | Gap) -> None:
        """Note whose voice was when, or that nothing could be listened to."""
        self._said.append(item)
        while self._said[0].end_ms < item.start_ms - 2 * HELD_MS:
            self._said.popleft()

    def passed(self, ms: int) -> None:
        """Every voice and every gap that begins before this moment has been told."""
        self._until_ms = max(self._until_ms, ms)

    def keep(self, verdict: TransactionVerdict, own: Iterable[Span]) -> Clip | None:
        """Put the vehicle's sound away; None: it is not to be kept, or nothing of it may be.

        Args:
            verdict: of the vehicle; its place in the shift is for the caller to say.
            own: when its collector sat there: no other time is kept.
        """
        why = reason(verdict, self._choice)
        # What begins after that may be a voice that nobody has told of yet.
        whole = span(verdict, self._until_ms - PAD_MS) if self._vault and why else None
        if self._vault is None or why is None or whole is None:
            return None
        start_ms, samples = self._sound.cut(whole)
        vehicle = replace(whole, start_ms=start_ms)
        heard = [one for one in self._said if isinstance(one, Heard)]
        gaps = [one for one in self._said if isinstance(one, Gap)]
        plan = Plan(
            vehicle=vehicle,
            position=0,
            reason=why,
            hushed=hushed(vehicle, heard, gaps, _others(vehicle, own)),
        )
        if not len(samples):
            return unkept(self._vault, plan, FORGOTTEN)
        return keep(self._vault, samples, plan)


def _others(within: Span, own: Iterable[Span]) -> list[Span]:
    """What of a stretch is not in any of these."""
    found, at = list[Span](), within.start_ms
    for one in sorted(own, key=lambda span: span.start_ms):
        if one.start_ms > at:
            found.append(Span(start_ms=at, end_ms=min(one.start_ms, within.end_ms)))
        at = max(at, one.end_ms)
    if at < within.end_ms:
        found.append(Span(start_ms=at, end_ms=within.end_ms))
    return found
