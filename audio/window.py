"""Choose the encoder's window: the utterance and a margin, in a few fixed sizes.

The encoder's cost grows with its window, and a booth's phrases last two seconds.
"""

from __future__ import annotations

from dataclasses import dataclass

WHOLE_S = 30
"""the window that Whisper was made with, seconds"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Windows:
    """The windows that some weights hear well in."""

    sizes_s: tuple[int, ...]
    """seconds, ascending; the last is WHOLE_S"""
    margin_s: float
    """silence after the utterance inside the window, seconds"""

    def fit(self, seconds: float) -> int:
        """The smallest window that holds so many seconds and the margin, or the largest."""
        return next((w for w in self.sizes_s if w >= seconds + self.margin_s), WHOLE_S)


UNTRAINED = Windows(sizes_s=(4, 6, 8, 11, 15, 20, WHOLE_S), margin_s=1.0)
"""for weights that never met a short window: in less they loop (FINDINGS, Speed)"""
TRAINED = Windows(sizes_s=(2, 3, 4, 5, 6, 8, 11, 15, 20, WHOLE_S), margin_s=0.5)
"""for weights that did: docs/decisions/0007"""
