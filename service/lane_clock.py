"""Measure by how much the lane's clock differs from the booth's: pure.

A message is never received before it was sent, so what its way and the two clocks differ by is
least for the quickest message: the difference between the clocks, and a little.
"""

from __future__ import annotations

from collections import deque

WINDOW_MS = 600_000
"""milliseconds of messages by which it is measured"""
STEP_MS = 2_000
"""milliseconds by which a clock that was set differs from one that drifts"""
_AGREE = 5


class LaneClock:
    """The lane's clock against the booth's time."""

    def __init__(self) -> None:
        self._seen = deque[tuple[int, int]]()  # received, received less said

    @property
    def offset_ms(self) -> int | None:
        """Milliseconds to add to the lane's times; None: no message came yet."""
        return min((offset for _, offset in self._seen), default=None)

    def heard(self, said_ms: int, received_ms: int) -> int:
        """A message came; the moment of the booth's time of which it speaks, in milliseconds."""
        self._seen.append((received_ms, received_ms - said_ms))
        while self._seen[0][0] < received_ms - WINDOW_MS:
            self._seen.popleft()
        last = list(self._seen)[-_AGREE:]
        before = [offset for _, offset in list(self._seen)[:-_AGREE]]
        if before and min(offset for _, offset in last) > min(before) + STEP_MS:
            # Set back: so many messages in a row do not all lose their way.
            self._seen = deque(last)
        offset = self.offset_ms
        assert offset is not None
        return said_ms + offset
