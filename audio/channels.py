"""Tell the collector's voice from others where each has a channel, and mono sound on two channels.

Each microphone also hears the other's speaker, weaker. Who talks while another does is compared
frame by frame, in the pauses of the louder: only a voice that the other channel has louder
nearly always is the other's.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from audio.quality import Floats, Frames, to_db
from audio.types import HearingSettings, Samples
from audio.vad import FRAME
from phrases.types import Side

_SAME_DB = 30.0
_PIECES = 1_000


def side_of_channels(mine: Frames, other: Frames, settings: HearingSettings) -> Side:
    """Whose the speech in frames of the collector's channel is, beside those of the other."""
    loudest = _loudest(mine, settings)
    over = mine.band[loudest] - other.band[loudest]
    if np.median(over) >= settings.channel_db:
        return Side.NEAR
    # One talking under the other is heard in the other's pauses: then some of these are not under.
    always = np.percentile(over, 75) <= -settings.channel_db / 2
    return Side.FAR if always and np.median(over) <= -settings.channel_db else Side.UNKNOWN


def is_others(mine: Frames, other: Frames, settings: HearingSettings) -> bool:
    """Whether the speech in frames of the other channel is not just the collector's, weaker."""
    loudest = _loudest(other, settings)
    return bool(np.median(mine.band[loudest] - other.band[loudest]) <= -settings.channel_db)


def _loudest(frames: Frames, settings: HearingSettings) -> NDArray[np.intp]:
    """The third of the frames of speech that stands out best from the noise."""
    spoken = np.flatnonzero(frames.speech >= settings.speech_on)
    if not len(spoken):
        spoken = np.arange(len(frames))
    order = np.argsort(frames.band[spoken])
    return spoken[order[-max(1, len(order) // 3) :]]


class Apart:
    """How far two channels differ, frame by frame: mono sound may come on two."""

    def __init__(self, most: int) -> None:
        """Remembers so many frames at least."""
        self._most = most
        self._gone = 0
        self._rest = np.zeros((0, 2), np.float32)
        self._levels = list[Floats]()

    def feed(self, samples: Samples) -> None:
        """Compare float32 [frames, 2]."""
        stream = np.concatenate((self._rest, samples))
        whole = len(stream) // FRAME * FRAME
        self._rest = stream[whole:]
        pairs = np.nan_to_num(stream[:whole]).reshape(-1, FRAME, 2)
        difference = np.mean((pairs[..., 0] - pairs[..., 1]) ** 2, axis=1)
        together = np.mean(pairs**2, axis=(1, 2))
        self._levels.append(to_db(together) - to_db(difference))
        if len(self._levels) >= _PIECES:
            self._join()

    def same(self, start: int, stop: int) -> bool:
        """Whether frames[start:stop] of both channels are one sound."""
        self._join()
        first, last = max(0, start - self._gone), max(0, stop - self._gone)
        part = self._levels[0][first:last] if self._levels else ()
        return bool(len(part)) and float(np.median(part)) > _SAME_DB

    def _join(self) -> None:
        """Put the pieces together, and forget the oldest frames."""
        if len(self._levels) > 1:
            whole = np.concatenate(self._levels)
            spare = max(0, len(whole) - self._most)
            self._levels, self._gone = [whole[spare:]], self._gone + spare
