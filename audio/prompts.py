"""Recognise the fixed prompts of the lane's machines by their sound, and say when each was played.

A machine plays the same recording each time. Its band levels find where it may be, tolerantly
and cheaply; then its very waveform must be there, piece by piece at one lag, as no human voice
and no second utterance of the same words has it. What was spoken over a prompt lets pieces
fail, and is noted where it rises over what the prompt itself sounds like there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from audio import replay
from audio.quality import Flags, Floats, to_db
from audio.replay import HOP, PIECE, WINDOW
from audio.types import RATE, Samples
from phrases.types import Span

_MS = RATE // 1000
_STRIDE = 4
"""frames over which a level's change is taken: the windows just do not overlap"""
_FLOOR_DB = 35.0
_CLIP_DB = 15.0

_LEAST_MS = 500
_LONGEST_MS = 15_000
_SILENT_DBFS = -60.0
_TRIM_DB = 30.0

_BLOCK = 20 * RATE
_AROUND = RATE // 2
_MAYBE = 0.2
"""likeness of band levels from which the waveform is looked at"""
_HELD = 0.5
"""share of the best piece's likeness under which a piece was not this recording's"""
_HELD_SHARE = 0.5
_ALIKE = 0.4
"""likeness of a replay's held pieces: one synthetic voice says the same words twice more alike
than people do"""

_SLACK_MS = 64
_TAIL_MS = 200


class PromptError(ValueError):
    """A recording that cannot serve as a prompt; the text says why."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Prompt:
    """One fixed recording of a machine, ready to be recognised."""

    name: str
    """the recording's file name"""
    sound: Samples
    """float32 [frames], 16 kHz, without the silence at its ends"""
    white: Samples
    """the same, its long-term spectrum made flat"""
    shape: Floats
    """float32 [steps, bands - 1]: how each band's level changes against its neighbour's"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Played(Span):
    """A stretch in which a machine played a prompt."""

    name: str
    """of the prompt"""
    likeness: float
    """0..1, of the waveform to the prompt's, where nothing else was heard"""
    over: tuple[Span, ...] = ()
    """where something else was to be heard over it: perhaps the collector"""

    def covers(self, span: Span) -> bool:
        """Whether all of the stretch, but for a tail of the room's, is in it."""
        return self.start_ms <= span.start_ms + _SLACK_MS and span.end_ms <= self.end_ms + _TAIL_MS


def prompt(name: str, samples: Samples) -> Prompt:
    """Enrol float32 [frames] at 16 kHz; PromptError if it is silent, too short or too long."""
    sound = np.nan_to_num(samples).astype(np.float32)
    if len(sound) > 2 * _LONGEST_MS * _MS:
        raise PromptError(f"{len(sound) / RATE:.0f} s long; a prompt has at most 15 s of sound")
    if len(sound) < WINDOW:
        raise PromptError("too short; a prompt has at least 0.5 s of sound")
    power = to_db(np.mean(sound[: len(sound) // HOP * HOP].reshape(-1, HOP) ** 2, axis=1))
    if power.max() < _SILENT_DBFS:
        raise PromptError("silent; record the machine louder")
    loud = np.flatnonzero(power > power.max() - _TRIM_DB)
    sound = sound[loud[0] * HOP : (loud[-1] + 1) * HOP]
    if len(sound) < _LEAST_MS * _MS:
        raise PromptError(f"{len(sound) / RATE:.1f} s of sound; a prompt has at least 0.5 s")
    if len(sound) > _LONGEST_MS * _MS:
        raise PromptError(f"{len(sound) / RATE:.1f} s of sound; a prompt has at most 15 s")
    levels = replay.levels(sound)
    return Prompt(
        name=name,
        sound=sound,
        white=replay.whitened(sound),
        shape=_shape(np.maximum(levels, levels.max() - _FLOOR_DB)),
    )


class Spotter:
    """Follows one channel and finds the prompts that are played in it."""

    def __init__(self, prompts: Sequence[Prompt]) -> None:
        self._prompts = tuple(prompts)
        self._longest = max((len(one.sound) for one in prompts), default=0)
        self._sound = np.zeros(0, np.float32)
        self._from = 0  # sample of the recording at which _sound begins
        self._next = 0  # sample from which starts of prompts are still to be sought

    @property
    def settled_ms(self) -> int:
        """Milliseconds: every prompt that begins before has been given."""
        return self._next // _MS

    def feed(self, samples: Samples) -> list[Played]:
        """The prompts that are certain after this sound, float32 [frames], by start."""
        finite = np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)
        self._sound = np.concatenate((self._sound, np.clip(finite, -1, 1)))
        found = list[Played]()
        beyond = self._longest + 2 * _AROUND
        while self._from + len(self._sound) >= self._next + _BLOCK + beyond:
            found += self._scan(self._next + _BLOCK)
        return found

    def finish(self) -> list[Played]:
        """Those in what is left at the end of the recording."""
        return self._scan(self._from + len(self._sound))

    def _scan(self, until: int) -> list[Played]:
        """The prompts that begin before the sample `until`; forgets what is not needed later."""
        start = max(0, self._next - _AROUND) - self._from
        end = until + self._longest + 2 * _AROUND - self._from
        piece, offset = self._sound[start:end], start + self._from
        found = list[Played]()
        if len(piece) > WINDOW + _STRIDE * HOP:
            shape = _shape(replay.levels(piece))
            energy = np.concatenate(([0.0], np.cumsum(np.sum(shape**2, axis=1, dtype=np.float64))))
            size = replay.fast_length(len(shape))
            spectrum = np.fft.rfft(shape, size, axis=0)
            for one in self._prompts:
                for step in _peaks(_likeness(one.shape, spectrum, energy, size, len(shape))):
                    played = _verified(one, piece, step * HOP, offset)
                    if played and self._next <= played.start_ms * _MS < until:
                        found.append(played)
        self._next = until
        spare = until - _AROUND - self._from
        if spare > 0:
            self._sound, self._from = self._sound[spare:], self._from + spare
        return _best(found)


def _shape(levels: Floats) -> Floats:
    """What no loudness and no colour of a room or loudspeaker changes."""
    slope = np.diff(levels, axis=1)
    change = np.clip(slope[_STRIDE:] - slope[:-_STRIDE], -_CLIP_DB, _CLIP_DB)
    return np.asarray(change, np.float32)


def _likeness(
    shape: Floats, spectrum: np.ndarray, energy: np.ndarray, size: int, count: int
) -> Floats:
    """-1..1 for each step of a recording at which the prompt might begin."""
    steps = len(shape)
    if count < steps:
        return np.zeros(0, np.float32)
    product = (spectrum * np.conj(np.fft.rfft(shape, size, axis=0))).sum(axis=1)
    alike = np.fft.irfft(product, size)[: count - steps + 1]
    both = (energy[steps:] - energy[:-steps]) * np.sum(shape**2, dtype=np.float64)
    return np.asarray(alike / np.sqrt(np.maximum(both, 1e-6)), np.float32)


def _peaks(likeness: Floats) -> Iterable[int]:
    """Where it is highest within a quarter of a second, and worth a second look."""
    width = PIECE // HOP
    if not len(likeness):
        return
    padded = np.pad(likeness, width, constant_values=-1)
    highest = np.lib.stride_tricks.sliding_window_view(padded, 2 * width + 1).max(axis=1)
    yield from np.flatnonzero((likeness >= _MAYBE) & (likeness == highest)).tolist()


def _verified(one: Prompt, sound: Samples, at: int, offset: int) -> Played | None:
    """The prompt at about sample `at` of the sound, if its waveform is there."""
    length = len(one.sound)
    first = max(0, at - _AROUND)
    sound = sound[first : at + length + _AROUND]
    at -= first
    if len(sound) < length:
        return None
    pieces = replay.pieces(one.white, replay.whitened(sound), at)
    if pieces is None:
        return None
    start, likeness, weight = pieces
    over = replay.over(one.sound, sound, start, likeness >= _HELD * likeness.max())
    bars = np.array_split(over, len(likeness))
    held = likeness >= _HELD * likeness.max()
    covered = np.array([part.mean() > 0.4 if len(part) else False for part in bars])
    if weight[held].sum() < _HELD_SHARE or np.any(~held & ~covered & (weight > 0)):
        return None
    alike = float(np.average(likeness[held], weights=weight[held]))
    if alike < _ALIKE:
        return None
    start = int(start) + first + offset
    return Played(
        start_ms=start // _MS,
        end_ms=(start + length) // _MS,
        name=one.name,
        likeness=round(alike, 3),
        over=_spans(over, start),
    )


def _spans(over: Flags, start: int) -> tuple[Span, ...]:
    """The flagged frames as stretches of the recording."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], over, [False])).astype(int)))
    return tuple(
        Span(
            start_ms=(start + int(a) * HOP) // _MS,
            end_ms=(start + (int(b) - 1) * HOP + WINDOW) // _MS,
        )
        for a, b in zip(edges[::2], edges[1::2], strict=True)
    )


def _best(found: Sequence[Played]) -> list[Played]:
    """By start; of two that share more than half of the shorter, the more alike."""
    kept = list[Played]()
    for one in sorted(found, key=lambda played: (len(played.over), -played.likeness)):
        if not any(_shared_ms(one, other) > 0.5 * _shorter_ms(one, other) for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda played: played.start_ms)


def _shared_ms(one: Span, other: Span) -> int:
    return min(one.end_ms, other.end_ms) - max(one.start_ms, other.start_ms)


def _shorter_ms(one: Span, other: Span) -> int:
    return min(one.end_ms - one.start_ms, other.end_ms - other.start_ms)
