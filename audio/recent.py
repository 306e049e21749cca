"""Remember the sound of the last minutes, in memory only, for whoever is to keep some of it.

Whether a stretch will be wanted is known only after it was judged; nothing is written until then.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from audio.types import RATE, Samples
from phrases.types import Span

_MS = RATE // 1000
_FULL = 32_767


class Recent:
    """One channel's last minutes, at 16 bits: as exactly as they would be kept, in half the room.

    Args:
        longest_ms: milliseconds that are remembered.
    """

    def __init__(self, longest_ms: int) -> None:
        self._longest_ms = longest_ms
        self._held = deque[tuple[int, NDArray[np.int16]]]()  # first sample's number, samples

    def add(self, start_ms: int, samples: Samples) -> None:
        """float32 [frames], mono, 16 kHz, that begin at `start_ms`, after all that was added."""
        quiet = np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)
        whole = np.round(np.clip(quiet, -1, 1) * _FULL).astype(np.int16)
        first = start_ms * _MS
        self._held.append((first, whole))
        oldest = first + len(whole) - self._longest_ms * _MS
        while self._held[0][0] + len(self._held[0][1]) <= oldest:
            self._held.popleft()

    def cut(self, span: Span) -> tuple[int, Samples]:
        """Where the remembered part of the span begins, in milliseconds, and its sound.

        float32 [frames], mono, 16 kHz, with zeros for what never came between; empty if nothing
        of the span is remembered.
        """
        first, last = span.start_ms * _MS, span.end_ms * _MS
        parts = [(at, one) for at, one in self._held if at < last and at + len(one) > first]
        if not parts:
            return span.start_ms, np.zeros(0, np.float32)
        # Whole milliseconds, for times are such.
        first = max(first, -(-parts[0][0] // _MS) * _MS)
        last = min(last, max(at + len(one) for at, one in parts))
        sound = np.zeros(max(0, last - first), np.float32)
        for at, one in parts:
            own = one[max(0, first - at) : max(0, last - at)]
            start = max(0, at - first)
            sound[start : start + len(own)] = own.astype(np.float32) / _FULL
        return first // _MS, sound
