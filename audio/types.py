"""The types that flow through hearing: chunks of sound in, utterances and faint stretches out.

All are frozen. Sound is float32 in -1..1 at 16 kHz; times are whole milliseconds from the start
of the recording. What could not be listened to at all is a `phrases.types.Gap`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phrases.types import Side, Span

RATE = 16_000
"""hertz, of all sound after decoding"""

Samples = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class AudioChunk:
    """A stretch of the recording as it is decoded."""

    samples: Samples
    """float32 [frames, channels], -1..1, 16 kHz; may hold NaN where the file does"""
    start_ms: int
    """milliseconds from the recording's start"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Quality:
    """How well an utterance can be heard; levels are of the speech band, 300-3800 Hz."""

    level_dbfs: float
    """decibels full scale, of the speech alone (the noise taken off)"""
    noise_dbfs: float
    """decibels full scale, of the noise around it"""
    snr_db: float
    """decibels of the speech over the noise"""
    clipped: float
    """0..1, share of the samples of its speech at full scale"""
    decay_db: float
    """decibels by which the sound falls within 100 ms of a syllable's end: small in a far,
    reverberant voice"""
    tilt_db: float
    """decibels of 2-6 kHz over 300-1000 Hz: small through a window or from a loudspeaker"""
    bright_db: float = 0.0
    """decibels of 4.5-7.5 kHz over 1.5-2.8 kHz, each where it is strongest: small from far, round
    a corner or through glass"""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Utterance:
    """Speech cut from the recording, with some sound before and after it."""

    number: int
    """from 0, by start, within the recording"""
    samples: Samples
    """float32 [frames], mono, 16 kHz, with the padding"""
    start_ms: int
    """milliseconds from the recording's start, of the speech, not of the padding"""
    end_ms: int
    """milliseconds from the recording's start, of the speech, not of the padding"""
    pad_before_ms: int
    """milliseconds of sound in samples before the speech"""
    pad_after_ms: int
    """milliseconds of sound in samples after the speech"""
    side: Side
    quality: Quality
    pauses_ms: tuple[tuple[int, int], ...]
    """(start, end) of the short pauses within it, milliseconds from the recording's start"""
    speech_ms: int
    """milliseconds of speech in it, pauses left out"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Faint(Span):
    """A stretch that may hold speech too weak to be cut: nothing near it is surely missing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Passed:
    """Time that is over: no utterance and no faint stretch that begins before it will follow."""

    at_ms: int
    """milliseconds from the recording's start"""
    gaps_ms: int = 0
    """milliseconds: no gap that begins before it will follow"""


@dataclass(frozen=True, kw_only=True, slots=True)
class HearingSettings:
    """The thresholds of hearing; the defaults are what docs/decisions/0005 measured."""

    speech_on: float = 0.5
    """0..1, probability at which speech begins"""
    speech_off: float = 0.35
    """0..1, probability below which speech may end"""
    speech_faint: float = 0.2
    """0..1, probability from which there may be speech too weak to be cut"""
    min_speech_ms: int = 96
    """milliseconds of speech in the shortest utterance: 谢谢 in noise leaves little more"""
    min_faint_ms: int = 192
    """milliseconds of the shortest faint stretch"""
    min_silence_ms: int = 450
    """milliseconds of silence that end an utterance: longer than a comma's pause"""
    min_pause_ms: int = 96
    """milliseconds of the shortest pause noted within an utterance"""
    max_utterance_ms: int = 15_000
    """milliseconds of the longest utterance; a longer one is cut at its deepest pause"""
    pad_ms: int = 300
    """milliseconds of sound kept on each side, less where a neighbour is near"""

    min_dead_ms: int = 250
    """milliseconds of digital silence that are a gap, where the recording has a floor"""
    min_mute_ms: int = 500
    """milliseconds far under the recording's own floor that are a gap"""
    mute_db: float = 20.0
    """decibels under the recording's own floor that no living microphone falls"""
    max_clean_silence_ms: int = 3_000
    """milliseconds of digital silence that may be a pause, in a recording without a floor"""
    min_drowned_ms: int = 500
    """milliseconds of noise as loud as speech that are a gap"""
    drowned_db: float = 0.0
    """decibels of the usual speech over the noise, under which words are drowned"""
    drowned_rise_db: float = 6.0
    """decibels over its usual level at which noise is unusual …"""
    drowned_unusual_db: float = 4.0
    """… and drowns words already when the usual speech is this many decibels over it"""
    assumed_near_dbfs: float = -35.0
    """decibels full scale of the collector's speech while none has been heard"""

    horizon_ms: int = 600_000
    """milliseconds before an utterance from which its side is judged"""
    lookahead_ms: int = 300_000
    """milliseconds after an utterance from which its side is judged: what is held back"""
    far_db: float = 8.0
    """decibels under the near speech from which a voice that comes back is far"""
    faint_db: float = 12.0
    """decibels under the near speech from which a faint stretch cannot be the collector"""
    far_alone_db: float = 16.0
    """decibels under the near speech from which a voice is far whatever it sounds like"""
    unknown_db: float = 6.0
    """decibels under the near speech from which a voice is not surely near"""
    doubt_spreads: float = 2.75
    """usual spreads by which a voice may be weaker, flatter and darker than the near speech, all
    together, before it is not surely near"""
    channel_db: float = 6.0
    """decibels between two channels that tell whose voice it is"""
