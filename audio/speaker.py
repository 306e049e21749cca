"""Tell the collector's voice from those of drivers and machines, without any voiceprint.

For recordings of one channel. The collector sits at the microphone, so the near voice is the
one about the level that most of the louder talk has. A voice is far if it is
much weaker than that and flatter (a room fills its pauses), and comes back at that level: once
is somebody who turned away. A wrong "far" would silence the collector and so accuse; therefore
doubt is always "unknown", and who has much of the talk is never far. A machine beside the
microphone is as loud as the collector; `audio.prompts` knows it by its recordings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from audio.types import HearingSettings, Quality
from phrases.types import Side

_ENOUGH_MS = 4_000
_ENOUGH = 4
_RETURNS = 3
_SHARE = 0.45
_FLATTER_DB = 2.0
_LEAST_SPREAD_DB = 1.5
_SPREADS = 4.0
_VOICE_DB = 24.0
_MEASURES = {
    "level_dbfs": (1.0, 1.5),
    "decay_db": (0.5, 1.5),
    "tilt_db": (0.5, 1.5),
    "bright_db": (0.5, 2.5),
}
"""what tells voices apart: its share in the doubt, and the least spread in decibels"""
_USUAL = (16, 50, 84)
_MOST_UNDER = 4.0
_MOST_OVER = 1.0
"""spreads: no measure decides alone, or makes up for another"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Voice:
    """What is known of one utterance's sound."""

    start_ms: int
    speech_ms: int
    quality: Quality


def near_level(voices: Sequence[Voice], settings: HearingSettings) -> float | None:
    """Decibels full scale of the near voice among these; None if there is none."""
    group = _near_group(voices, settings)
    return _level(group, 0.5) if group else None


def side(voice: Voice, around: Sequence[Voice], settings: HearingSettings) -> Side:
    """Whose voice it is, among those around it (itself too)."""
    near = _near_group(around, settings)
    usual = _level(near, 0.5)
    under = usual - voice.quality.level_dbfs
    if sum(one.speech_ms for one in near) < _ENOUGH_MS or len(near) < _ENOUGH:
        return Side.NEAR if under < settings.unknown_db else Side.UNKNOWN
    if under < settings.unknown_db:
        return Side.NEAR if _doubt(voice, near) < settings.doubt_spreads else Side.UNKNOWN
    if under > _VOICE_DB:
        return Side.UNKNOWN  # no voice at the window is so weak: rather the microphone is
    lower = [one for one in around if usual - one.quality.level_dbfs >= settings.unknown_db]
    if _talk(lower) > _SHARE * _talk(around):
        return Side.UNKNOWN
    if _middle(near, "noise_dbfs") - voice.quality.noise_dbfs > settings.far_db:
        return Side.UNKNOWN  # the whole microphone is lower, not only the voice
    if _middle(near, "decay_db") - voice.quality.decay_db < _FLATTER_DB:
        return Side.UNKNOWN
    # Who speaks now loud, now low, must be further under to be somebody else.
    spread = max(_LEAST_SPREAD_DB, (_level(near, 0.84) - _level(near, 0.16)) / 2)
    bar = max(settings.far_db, _SPREADS * spread)
    returns = sum(usual - one.quality.level_dbfs >= bar - _LEAST_SPREAD_DB for one in lower)
    if under >= settings.far_alone_db or (under >= bar and returns >= _RETURNS):
        return Side.FAR
    return Side.UNKNOWN


def _doubt(voice: Voice, near: Sequence[Voice]) -> float:
    """By how many of its usual spreads a voice is weaker, flatter and darker than the near one.

    A driver who speaks up may be as loud as the collector, but what comes from outside is more
    reverberant and has lost its highs. Never enough to call anybody far: a line without an s is
    dark as well, and who turns the head is all of it.
    """
    total = 0.0
    for measure, (share, least) in _MEASURES.items():
        low, usual, high = np.percentile([getattr(one.quality, measure) for one in near], _USUAL)
        under = (usual - getattr(voice.quality, measure)) / max(least, (high - low) / 2)
        total += share * min(max(float(under), -_MOST_OVER), _MOST_UNDER)
    return total


def _near_group(voices: Sequence[Voice], settings: HearingSettings) -> list[Voice]:
    """The voices about the level over which a quarter of the talk lies."""
    if not voices:
        return []
    top = _level(voices, 0.75)
    return [one for one in voices if one.quality.level_dbfs > top - settings.unknown_db]


def _level(voices: Sequence[Voice], share: float) -> float:
    """The level under which `share` of the talk lies."""
    levels = np.array([one.quality.level_dbfs for one in voices])
    order = np.argsort(levels)
    summed = np.cumsum(np.array([one.speech_ms for one in voices], np.float64)[order])
    return float(levels[order][np.searchsorted(summed, share * summed[-1])])


def _middle(voices: Sequence[Voice], measure: str) -> float:
    return float(np.median([getattr(one.quality, measure) for one in voices]))


def _talk(voices: Sequence[Voice]) -> int:
    return sum(one.speech_ms for one in voices)
