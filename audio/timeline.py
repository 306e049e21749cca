"""Place what was heard in time: sound, the stretches without it, and the gaps that they make.

Pure: fed with sound and its place, it knows neither clock nor process. Places are frames at 16 kHz
from the start. No stretch is left out and none joined: what is not sound is lost, and told.
"""

from __future__ import annotations

from audio.backlog import Backlog, Lost, Sound
from audio.types import RATE, Samples
from phrases.types import Gap, GapReason

LONGEST_MS = 60_000
"""milliseconds after which an open gap is told, and another begun: it may last for days"""
_MS = RATE // 1000
_LONGEST = LONGEST_MS * _MS


class Timeline:
    """Time from the first sound on."""

    def __init__(self, backlog: Backlog) -> None:
        self._backlog = backlog
        self._gap: tuple[int, GapReason] | None = None
        self.position = 0
        """up to which everything has been placed"""

    @property
    def open(self) -> GapReason | None:
        """The reason of the gap that is open."""
        return self._gap[1] if self._gap else None

    def sound(self, samples: Samples, at: int | None = None) -> None:
        """float32 [frames, channels] that begin at that place; None: where the last ended.

        A place further on than the last one's end is a gap: the open one, or an overrun.
        """
        if at is not None and at > self.position:
            self.lost(at, self.open or GapReason.OVERRUN)
        if self._backlog.put(Sound(at=self.position, samples=samples)):
            self._close()
            self.position += len(samples)
        else:
            self.lost(self.position + len(samples), GapReason.OVERRUN)

    def lost(self, until: int, reason: GapReason) -> None:
        """Nothing is heard up to that place."""
        if until <= self.position:
            return
        self.begin(reason)
        assert self._gap
        self._backlog.put_lost(Lost(at=self.position, frames=until - self.position))
        self.position = until
        if until - self._gap[0] >= _LONGEST:
            self._close()
            self._gap = (until, reason)

    def begin(self, reason: GapReason, before: int = 0) -> None:
        """A gap begins, `before` frames ago: what was taken for sound since then was none."""
        start = max(0, self.position - before)
        if self._gap is not None:
            if self._gap[1] is reason:
                return
            self._close()
        self._gap = (start, reason)

    def finish(self) -> None:
        """Tell the gap that is open."""
        self._close()

    def _close(self) -> None:
        if self._gap is None:
            return
        (start, reason), self._gap = self._gap, None
        if self.position > start:
            start_ms, end_ms = start // _MS, -(-self.position // _MS)
            self._backlog.put_gap(Gap(start_ms=start_ms, end_ms=end_ms, reason=reason))
