"""Train what hears tones, and say how well it does on voices that it never met.

    scripts/train_tones [--takes 3200]

writes audio/data/tones.npz. The speech is synthetic (scripts/tone_takes), with tones that were
swapped on purpose; the figures are of networks that never heard the voice, each in its turn.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audio import syllables, tones
from audio.pitch import track
from audio.recognize import Recognizer
from audio.tones import TONES, Net
from audio.voice import Kokoro
from audio.weights import find
from phrases.drill import Doubts, ToneVerdict, judge_tone
from phrases.sandhi import LIGHT, spoken
from scripts.tone_contours import syllable
from scripts.tone_stage import staged
from scripts.tone_takes import VOICES, Take, takes

DATA = Path(__file__).parents[1] / "audio" / "data" / "tones.npz"
HIDDEN, NETS, EPOCHS, BATCH = 48, 5, 40, 256
RATE_0, DECAY = 2e-3, 3e-4
SEEDS = (1, 2)
SINGLE = 12_000
"""single syllables that are drawn"""
STAGED = 3
"""times that each take is heard: once as it is, else with noise, in a room, near or far"""

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Table:
    """Syllables, one a row."""

    x: Floats
    """[rows, features]"""
    tone: NDArray[np.int64]
    """1..4, as it was said"""
    expected: list[frozenset[int]]
    """that the text asks for"""
    voice: NDArray[np.str_]
    agreed: Floats
    """0..1, by both trackers"""
    clean: NDArray[np.bool_]


def table(found: Sequence[Take], recognizer: Recognizer, *, seed: int) -> Table:
    """The syllables of all takes, staged."""
    rng = np.random.default_rng(seed)
    rows: list[Floats] = []
    columns: list[tuple[int, frozenset[int], str, float, bool]] = []
    for number, take in enumerate(found):
        for turn in range(STAGED):
            samples = take.samples if turn == 0 else staged(take.samples, rng)
            heard = track(samples)
            spans = syllables.times(recognizer, recognizer.encode(samples), take.line.text, heard)
            rows.append(tones.features(heard, spans, _given(take.line.tones, rng)))
            columns += [
                (
                    tone,
                    asked,
                    take.voice,
                    heard.agreed(span.start_ms, span.end_ms),
                    turn == 0,
                )
                for tone, asked, span in zip(
                    take.line.tones, spoken(take.line.text), spans, strict=True
                )
            ]
        if number % 100 == 99:
            print(f"train_tones: {number + 1} of {len(found)} takes", file=sys.stderr)
    tone, expected, voice, agreed, clean = zip(*columns, strict=True)
    return Table(
        x=np.concatenate(rows),
        tone=np.array(tone),
        expected=list(expected),
        voice=np.array(voice),
        agreed=np.array(agreed),
        clean=np.array(clean),
    )


def _given(said: Sequence[int], rng: np.random.Generator) -> list[int]:
    """The tones as neighbours are told of them: what is expected need not be what is said."""
    return [int(rng.integers(1, 5)) if rng.random() < 0.15 else tone for tone in said]


def train(features: Floats, tone: NDArray[np.int64], *, nets: int, seed: int) -> Net:
    """Networks of one hidden layer, by Adam."""
    mean, spread = features.mean(axis=0), features.std(axis=0) + 1e-3
    x, y = (features - mean) / spread, tone - 1
    layers = [_fit(x, y, np.random.default_rng([seed, n])) for n in range(nets)]
    return Net(layers=tuple(layers), mean=mean, spread=spread)


def _fit(
    x: Floats, y: NDArray[np.int64], rng: np.random.Generator
) -> tuple[Floats, Floats, Floats, Floats]:
    width, classes = x.shape[1], len(TONES)
    weights = [
        rng.normal(0, np.sqrt(2 / width), (width, HIDDEN)),
        np.zeros(HIDDEN),
        rng.normal(0, np.sqrt(1 / HIDDEN), (HIDDEN, classes)),
        np.zeros(classes),
    ]
    first = [np.zeros_like(w) for w in weights]
    second = [np.zeros_like(w) for w in weights]
    step = 0
    for epoch in range(EPOCHS):
        rate = RATE_0 * 0.5 * (1 + np.cos(np.pi * epoch / EPOCHS))
        for rows in _batches(len(x), rng):
            step += 1
            xb = x[rows] + rng.normal(0, 0.05, (len(rows), width))
            hidden = np.maximum(xb @ weights[0] + weights[1], 0.0)
            keep = (rng.random(hidden.shape) < 0.8) / 0.8
            dropped = hidden * keep
            logits = dropped @ weights[2] + weights[3]
            e = np.exp(logits - logits.max(axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            wanted = np.full_like(p, 0.05 / classes)
            wanted[np.arange(len(rows)), y[rows]] += 0.95
            error = (p - wanted) / len(rows)
            back = (error @ weights[2].T) * keep * (hidden > 0)
            slopes = [xb.T @ back, back.sum(axis=0), dropped.T @ error, error.sum(axis=0)]
            for k, slope in enumerate(slopes):
                first[k] = 0.9 * first[k] + 0.1 * slope
                second[k] = 0.999 * second[k] + 0.001 * slope**2
                move = (first[k] / (1 - 0.9**step)) / (
                    np.sqrt(second[k] / (1 - 0.999**step)) + 1e-8
                )
                weights[k] = weights[k] - rate * (move + DECAY * weights[k])
    return weights[0], weights[1], weights[2], weights[3]


def _batches(count: int, rng: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    order = rng.permutation(count)
    for start in range(0, count, BATCH):
        yield order[start : start + BATCH]


def apart(known: Table, *, nets: int) -> Floats:
    """[rows, 4] probabilities, each by networks that never heard the voice."""
    made = np.zeros((len(known.x), len(TONES)))
    for number, voice in enumerate(VOICES):
        own = known.voice == voice
        if own.any() and not own.all():
            net = train(known.x[~own], known.tone[~own], nets=nets, seed=number)
            made[own] = net.probabilities(known.x[own])
    return made


def figures(known: Table, p: Floats, doubts: Doubts) -> dict[str, float]:
    """What is called wrong that is right, and what of the swapped is noticed."""
    verdicts = [
        judge_tone(tuple(row), expected, agreed, doubts)
        for row, expected, agreed in zip(p, known.expected, known.agreed, strict=True)
    ]
    called = np.array([v.tone is ToneVerdict.WRONG for v in verdicts])
    unsure = np.array([v.tone is ToneVerdict.UNSURE for v in verdicts])
    right = np.array([t in e for t, e in zip(known.tone, known.expected, strict=True)])
    light = np.array([LIGHT in expected for expected in known.expected])
    named = np.array([v.heard or 0 for v in verdicts])
    found: dict[str, float] = {}
    for name, rows in (("clean", known.clean), ("staged", ~known.clean)):
        rows = rows & ~light
        ok, swapped = rows & right, rows & ~right
        found |= {
            f"{name}_right": int(ok.sum()),
            f"{name}_right_called_wrong": round(float(called[ok].mean()), 4),
            f"{name}_swapped": int(swapped.sum()),
            f"{name}_swapped_noticed": round(float(called[swapped].mean()), 4),
            f"{name}_unsure": round(float(unsure[rows].mean()), 4),
            f"{name}_named_right": round(
                float((named[rows] == known.tone[rows])[named[rows] > 0].mean()), 4
            ),
            f"{name}_unnamed": round(float((named[rows] == 0).mean()), 4),
        }
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code."""
    parser = argparse.ArgumentParser(prog="train_tones", description=__doc__.split("\n")[0])
    parser.add_argument("--takes", type=int, default=3200, help="how many lines at most")
    parser.add_argument("--said", action="store_true", help="only what was said before")
    parser.add_argument("--write", action="store_true", help="write audio/data/tones.npz")
    parser.add_argument("--kept", type=Path, help="keep what was heard of each syllable here")
    parser.add_argument("--threads", type=int, default=2)
    chosen = parser.parse_args(arguments)
    weights = find(None)
    recognizer = Recognizer(weights.folder, model_id=weights.id, threads=chosen.threads)
    speaker = Kokoro(threads=chosen.threads)
    found = [
        take
        for seed in SEEDS
        for take in takes(speaker, chosen.takes // 2, seed=seed, said_before=chosen.said)
    ]
    known = table(found, recognizer, seed=1)
    p = apart(known, nets=NETS)
    if chosen.kept is not None:
        expected = np.array(["".join(map(str, sorted(one))) for one in known.expected])
        np.savez(
            chosen.kept, p=p, tone=known.tone, agreed=known.agreed, clean=known.clean,
            voice=known.voice, expected=expected, x=known.x,
        )  # fmt: skip
    alone = drawn(SINGLE, seed=5)
    print(json.dumps({"takes": len(found), **figures(known, p, Doubts())}, indent=1))
    if chosen.write:
        nets = {"phrase": train(known.x, known.tone, nets=NETS, seed=99)}
        nets["alone"] = train(*alone, nets=NETS, seed=98)
        _write(nets)
    return 0


def drawn(count: int, *, seed: int) -> tuple[Floats, NDArray[np.int64]]:
    """[rows, features] and the tones of single syllables that were drawn, not said."""
    rng = np.random.default_rng(seed)
    tones_ = rng.integers(1, 5, count)
    rows = []
    for tone in tones_:
        track_, span = syllable(int(tone), rng)
        rows.append(tones.features(track_, [span], [int(rng.integers(1, 5))]))
    return np.concatenate(rows), tones_


def _write(nets: Mapping[str, Net]) -> None:
    kept: dict[str, NDArray[Any]] = {}
    for name, net in nets.items():
        kept |= {f"{name}_count": np.array(len(net.layers))}
        kept |= {f"{name}_mean": net.mean, f"{name}_spread": net.spread}
        for n, layer in enumerate(net.layers):
            for part, values in zip(("w1", "b1", "w2", "b2"), layer, strict=True):
                kept[f"{name}_{part}_{n}"] = values
    small = {k: v.astype(np.float32) if v.dtype == np.float64 else v for k, v in kept.items()}
    np.savez_compressed(DATA, allow_pickle=False, **small)


if __name__ == "__main__":
    sys.exit(main())
