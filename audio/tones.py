"""Hear which tone a syllable was said in, from the pitch over it and around it.

Small networks (scripts/train_tones) look at the contour in semitones about the speaker's own median
and about the syllable's own mean, where there is a voice, how loud and how long it is, and at the
neighbours with the tones that they should have; and at what Whisper's encoder made of the sound,
which has heard many more people than ours. Several of them vote; where they differ, the probability
is spread.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audio.pitch import Floats, Track
from audio.recognize import STEP_MS, Encoding
from phrases.types import Span

TONES = (1, 2, 3, 4)
_POINTS, _LOUD = 14, 6
_MARGIN_MS = 30
_WIDE_MS = 250
"""milliseconds over which the pitch before and after the syllable is looked at"""
_PARTS = 5
"""stretches of a syllable over which the encoder's positions are averaged"""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Net:
    """Networks of one hidden layer each, that vote."""

    layers: tuple[tuple[Floats, Floats, Floats, Floats], ...]
    """weights and offsets of the hidden layer and of the last, for each network"""
    mean: Floats
    spread: Floats

    def probabilities(self, features: Floats) -> Floats:
        """[rows, 4], of the four tones; `features` is what `features` gives."""
        x = (features - self.mean) / self.spread
        total = np.zeros((len(x), len(TONES)))
        for w1, b1, w2, b2 in self.layers:
            y = np.maximum(x @ w1 + b1, 0.0) @ w2 + b2
            e = np.exp(y - y.max(axis=1, keepdims=True))
            total += e / e.sum(axis=1, keepdims=True)
        return np.asarray(total / len(self.layers), np.float64)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Ear:
    """What is taken from the encoder of one set of weights: of another, it would mean nothing."""

    model_id: str
    mean: Floats
    axes: Floats
    """[numbers of a syllable, numbers that are kept]"""

    def beside(self, rows: Floats, sounds: NDArray[np.floating[Any]]) -> Floats:
        """[rows, features and numbers that are kept]: what `features` and `sounds` give."""
        return np.concatenate((rows, (sounds - self.mean) @ self.axes), axis=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Nets:
    """What ships."""

    heard: Net
    """for a syllable among others, by its pitch and by the encoder"""
    ear: Ear
    phrase: Net
    """the same by its pitch alone, where other weights than `ear` knows are in use"""
    alone: Net
    """for a single syllable, which has no neighbours to be compared with, by its pitch"""

    def chances(
        self,
        track: Track,
        spans: Sequence[Span],
        tones: Sequence[int],
        encoding: Encoding,
        model_id: str,
    ) -> Floats:
        """[syllables, 4], the probability of each tone.

        Args:
            track: the utterance's pitch.
            spans: when each syllable was said, milliseconds.
            tones: that each should have, 1..5.
            encoding: the utterance as the encoder has it.
            model_id: names the weights that made it.
        """
        rows = features(track, spans, tones)
        if len(spans) == 1:
            return self.alone.probabilities(rows)
        if model_id != self.ear.model_id:
            return self.phrase.probabilities(rows)
        return self.heard.probabilities(self.ear.beside(rows, sounds(encoding, spans)))


@cache
def load() -> Nets:
    """The networks that ship."""
    with files("audio").joinpath("data/tones.npz").open("rb") as file, np.load(file) as kept:
        return Nets(
            heard=_net(kept, "heard"),
            ear=Ear(
                model_id=str(kept["ear_model"]),
                mean=kept["ear_mean"].astype(np.float64),
                axes=kept["ear_axes"].astype(np.float64),
            ),
            phrase=_net(kept, "phrase"),
            alone=_net(kept, "alone"),
        )


def _net(kept: Mapping[str, Any], name: str) -> Net:
    return Net(
        layers=tuple(
            (
                kept[f"{name}_w1_{n}"],
                kept[f"{name}_b1_{n}"],
                kept[f"{name}_w2_{n}"],
                kept[f"{name}_b2_{n}"],
            )
            for n in range(int(kept[f"{name}_count"]))
        ),
        mean=kept[f"{name}_mean"],
        spread=kept[f"{name}_spread"],
    )


def sounds(encoding: Encoding, spans: Sequence[Span]) -> Floats:
    """[syllables, numbers] of what the encoder made of each, and of a little around it."""
    positions = np.asarray(encoding.encoded, np.float32)[0, : encoding.frames // 2 + 2]
    return np.array([_averaged(positions, span) for span in spans], np.float32)


def _averaged(positions: NDArray[np.float32], span: Span) -> NDArray[np.float32]:
    bounds = np.linspace(span.start_ms / STEP_MS - 1, span.end_ms / STEP_MS + 1, _PARTS + 1)
    parts = []
    for low, high in pairwise(bounds):
        first = int(np.clip(round(low), 0, len(positions) - 1))
        last = int(np.clip(round(high), first + 1, len(positions)))
        parts.append(positions[first:last].mean(axis=0))
    return np.concatenate(parts)


def features(track: Track, spans: Sequence[Span], tones: Sequence[int]) -> Floats:
    """[syllables, features] of an utterance.

    Args:
        track: its pitch.
        spans: when each syllable was said, milliseconds.
        tones: that each should have, 1..5.
    """
    semitones = _semitones(track)
    loud = track.loud_db - track.loud_db.max(initial=-100.0)
    rows = [_row(track, semitones, loud, spans, tones, number) for number in range(len(spans))]
    return np.array(rows, np.float64).reshape(len(spans), -1)


def _semitones(track: Track) -> Floats:
    """About the utterance's median; where there is no sure pitch, between its neighbours'."""
    known = np.flatnonzero(np.isfinite(track.hz))
    if not len(known):
        return np.zeros(len(track.hz))
    found = 12 * np.log2(track.hz[known] / np.median(track.hz[known]))
    return np.asarray(np.interp(np.arange(len(track.hz)), known, found), np.float64)


def _row(
    track: Track,
    semitones: Floats,
    loud: Floats,
    spans: Sequence[Span],
    tones: Sequence[int],
    number: int,
) -> Floats:
    span = spans[number]
    part = track.at(span.start_ms - _MARGIN_MS, span.end_ms + _MARGIN_MS)
    own, sure = semitones[part], np.isfinite(track.hz[part]).astype(np.float64)
    contour, heard = _sampled(own, _POINTS), _sampled(sure, _POINTS)
    weight = sure.sum()
    middle = float((own * sure).sum() / weight) if weight else float(own.mean())
    before = semitones[track.at(span.start_ms - _WIDE_MS, span.start_ms)]
    after = semitones[track.at(span.end_ms, span.end_ms + _WIDE_MS)]
    around = [
        float(before.mean()) - middle if number else 0.0,
        float(before[-1]) - middle if number else 0.0,
        float(after.mean()) - middle if number + 1 < len(spans) else 0.0,
        float(after[0]) - middle if number + 1 < len(spans) else 0.0,
    ]
    length = np.log(max(span.end_ms - span.start_ms, 20) / 200)
    return np.concatenate(
        (
            contour,
            contour - middle,
            heard,
            np.clip(_sampled(loud[part], _LOUD), -40, 0) / 10,
            [length, middle, float(sure.mean()), *around],
            _one_hot(tones[number - 1] if number else 0),
            _one_hot(tones[number + 1] if number + 1 < len(spans) else 0),
        )
    )


def _sampled(values: Floats, points: int) -> Floats:
    at = np.linspace(0, len(values) - 1, points)
    return np.asarray(np.interp(at, np.arange(len(values)), values), np.float64)


def _one_hot(tone: int) -> Floats:
    return np.asarray(np.arange(6) == tone, np.float64)
