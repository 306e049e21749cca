"""Turn the frames in which nothing could be heard into gaps of the recording.

Pure: fed with one weight for each frame, in order. Frames of weight 0 were heard; a stretch of
others is a gap if their weights add up to 1, so that each kind of silence has its own length.
"""

from __future__ import annotations

import numpy as np

from audio.quality import Floats, Frames, Surroundings, drowned, mute
from audio.types import HearingSettings
from phrases.types import Gap, GapReason

_LONGEST_MS = 600_000
_HOLE_MS = 130  # no word can be heard in so short a time
_SHOUT_DB = 10.0
_NO_WEIGHT = 1e-9


def lost_weights(
    frames: Frames,
    around: Surroundings,
    near_db: float,
    settings: HearingSettings,
    frame_ms: int,
) -> Floats:
    """The weights of frames in which the microphone was dead or muted, or the file broken."""
    silence_ms = settings.max_clean_silence_ms if around.clean else settings.min_dead_ms
    weights = np.zeros(len(frames), np.float32)
    weights[mute(frames, around, near_db, settings)] = frame_ms / settings.min_mute_ms
    weights[frames.silent] = frame_ms / silence_ms
    weights[frames.lost] = 1
    return weights


def drowned_weights(
    frames: Frames,
    around: Surroundings,
    near_db: float,
    settings: HearingSettings,
    frame_ms: int,
) -> Floats:
    """The weights of frames in which noise would drown speech at its usual level.

    What is plainly speech, at a speaker's level, is not noise, whatever its level: it only
    does not interrupt a stretch of noise.
    """
    flags = drowned(frames, around, near_db, settings, frame_ms)
    weights = np.where(flags, frame_ms / settings.min_drowned_ms, 0).astype(np.float32)
    plain = (frames.speech >= settings.speech_on) & (frames.band < near_db + _SHOUT_DB)
    return np.where(flags & plain, _NO_WEIGHT, weights).astype(np.float32)


class GapRun:
    """Successive frames that could not be listened to, gathered into gaps of one reason."""

    def __init__(self, reason: GapReason, frame_ms: int) -> None:
        self._reason = reason
        self._ms = frame_ms
        self._now = 0
        self._start: int | None = None
        self._end = 0  # behind the last frame that was not heard
        self._weight = 0.0

    @property
    def settled_ms(self) -> int:
        """Milliseconds up to which all gaps have been handed out."""
        return (self._now if self._start is None else self._start) * self._ms

    def feed(self, weights: Floats) -> list[Gap]:
        """The gaps that have ended, or grown to ten minutes, in these frames."""
        found = list[Gap]()
        for weight in weights.tolist():
            if weight:
                if self._start is None:
                    self._start, self._weight = self._now, 0.0
                self._weight += weight
                self._end = self._now + 1
            self._now += 1
            if self._start is not None:
                hole = (self._now - self._end) * self._ms
                if hole > _HOLE_MS or (self._now - self._start) * self._ms >= _LONGEST_MS:
                    found += self.finish()
        return found

    def finish(self) -> list[Gap]:
        """The gap that is open, if it weighs enough."""
        start, self._start = self._start, None
        if start is None or self._weight < 0.999:
            return []
        return [Gap(start_ms=start * self._ms, end_ms=self._end * self._ms, reason=self._reason)]
