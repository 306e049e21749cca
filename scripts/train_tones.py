"""Train what hears tones, and say how well it does on voices that it never met.

    scripts/train_tones [--takes 1500] [--write]

writes audio/data/tones.npz. The speech is synthetic (scripts/tone_takes), with tones that were
swapped on purpose; the figures are of networks that never heard the voice, nor a blend that has it
in it, each in its turn.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audio import syllables, tones
from audio.pitch import track
from audio.recognize import Recognizer
from audio.tones import TONES, Ear, Net
from audio.voice import Kokoro
from audio.weights import find
from phrases.drill import Doubts, ToneVerdict, judge_tone
from phrases.sandhi import LIGHT, spoken
from scripts.tone_contours import syllable
from scripts.tone_fit import fit
from scripts.tone_stage import bent, staged, studio
from scripts.tone_takes import VOICES, Take, takes

DATA = Path(__file__).parents[1] / "audio" / "data" / "tones.npz"
SEED = 101
NETS = 4
AXES = 160
"""numbers that are kept of what the encoder made of a syllable"""
SINGLE = 12_000
"""single syllables that are drawn"""
HEARD = {"clean": studio, "bent": bent, "staged": staged}
"""how each take is heard"""

Floats = NDArray[np.float64]
Sounds = NDArray[np.float16]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Table:
    """Syllables, one a row."""

    x: Floats
    """[rows, features]"""
    sounds: Sounds
    """[rows, numbers], as the encoder has them"""
    tone: NDArray[np.int64]
    """1..4, as it was said"""
    expected: list[frozenset[int]]
    """that the text asks for"""
    voice: NDArray[np.str_]
    agreed: Floats
    """0..1, by both trackers"""
    kind: NDArray[np.str_]
    """of `HEARD`"""

    def without(self, voice: str) -> NDArray[np.bool_]:
        """[rows], where neither the voice is heard nor a blend with it."""
        return np.array([voice not in one for one in self.voice])


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Taught:
    """What was learned from a table."""

    ear: Ear
    heard: Net
    phrase: Net

    def chances(self, known: Table, rows: NDArray[np.bool_]) -> Floats:
        """[rows, 4], by pitch and encoder."""
        return self.heard.probabilities(self.ear.beside(known.x[rows], known.sounds[rows]))


def table(found: Iterable[Take], recognizer: Recognizer, *, seed: int) -> Table:
    """The syllables of all takes, each heard in every way."""
    rng = np.random.default_rng(seed)
    rows: list[Floats] = []
    heard_: list[Sounds] = []
    columns: list[tuple[int, frozenset[int], str, float, str]] = []
    for number, take in enumerate(found, start=1):
        for kind, way in HEARD.items():
            samples = way(take.samples, rng)
            heard, encoding = track(samples), recognizer.encode(samples)
            spans = syllables.times(recognizer, encoding, take.line.text, heard)
            rows.append(tones.features(heard, spans, _given(take.line.tones, rng)))
            heard_.append(tones.sounds(encoding, spans).astype(np.float16))
            columns += [
                (tone, asked, take.voice, heard.agreed(span.start_ms, span.end_ms), kind)
                for tone, asked, span in zip(
                    take.line.tones, spoken(take.line.text), spans, strict=True
                )
            ]
        if number % 100 == 0:
            print(f"train_tones: {number} takes", file=sys.stderr)
    tone, expected, voice, agreed, kinds = zip(*columns, strict=True)
    return Table(
        x=np.concatenate(rows),
        sounds=np.concatenate(heard_),
        tone=np.array(tone),
        expected=list(expected),
        voice=np.array(voice),
        agreed=np.array(agreed),
        kind=np.array(kinds),
    )


def _given(said: Iterable[int], rng: np.random.Generator) -> list[int]:
    """The tones as neighbours are told of them: what is expected need not be what is said."""
    return [int(rng.integers(1, 5)) if rng.random() < 0.15 else tone for tone in said]


def teach(known: Table, rows: NDArray[np.bool_], model_id: str, *, seed: int) -> Taught:
    """Networks that hear by pitch and encoder, and such that hear by pitch alone."""
    ear = _ear(known.sounds[rows], model_id, seed=seed)
    x, tone = known.x[rows], known.tone[rows]
    return Taught(
        ear=ear,
        heard=fit(ear.beside(x, known.sounds[rows]), tone, nets=NETS, seed=seed, deaf=x.shape[1]),
        phrase=fit(x, tone, nets=NETS, seed=seed),
    )


def _ear(sounds: Sounds, model_id: str, *, seed: int) -> Ear:
    """The directions in which what the encoder made differs most."""
    some = np.random.default_rng(seed).permutation(len(sounds))[:8_000]
    part = sounds[some].astype(np.float32)
    mean = part.mean(axis=0)
    _, sizes, axes = np.linalg.svd(part - mean, full_matrices=False)
    spread = sizes[:AXES] / np.sqrt(len(part))
    return Ear(
        model_id=model_id, mean=mean.astype(np.float64), axes=(axes[:AXES].T / spread).astype(float)
    )


def apart(known: Table, model_id: str) -> tuple[Floats, Floats]:
    """[rows, 4] probabilities by both and by pitch alone, from voices that were never heard."""
    both, pitch = np.zeros((2, len(known.x), len(TONES)))
    for number, voice in enumerate(VOICES):
        own = known.voice == voice
        if own.any() and known.without(voice).any():
            taught = teach(known, known.without(voice), model_id, seed=number)
            both[own] = taught.chances(known, own)
            pitch[own] = taught.phrase.probabilities(known.x[own])
    return both, pitch


def figures(known: Table, p: Floats, doubts: Doubts) -> dict[str, float]:
    """What is called wrong that is right, and what of the swapped is noticed, of whole voices."""
    verdicts = [
        judge_tone(tuple(row), expected, agreed, doubts)
        for row, expected, agreed in zip(p, known.expected, known.agreed, strict=True)
    ]
    called = np.array([v.tone is ToneVerdict.WRONG for v in verdicts])
    unsure = np.array([v.tone is ToneVerdict.UNSURE for v in verdicts])
    right = np.array([t in e for t, e in zip(known.tone, known.expected, strict=True)])
    judged = np.array([LIGHT not in expected for expected in known.expected])
    judged &= np.isin(known.voice, VOICES)
    named = np.array([v.heard or 0 for v in verdicts])
    found: dict[str, float] = {}
    for kind in ("clean", "staged"):
        rows = judged & (known.kind == kind)
        ok, swapped = rows & right, rows & ~right
        found |= {
            f"{kind}_right": int(ok.sum()),
            f"{kind}_right_called_wrong": round(float(called[ok].mean()), 4),
            f"{kind}_swapped": int(swapped.sum()),
            f"{kind}_swapped_noticed": round(float(called[swapped].mean()), 4),
            f"{kind}_unsure": round(float(unsure[rows].mean()), 4),
            f"{kind}_named_right": round(
                float((named[rows] == known.tone[rows])[named[rows] > 0].mean()), 4
            ),
            f"{kind}_unnamed": round(float((named[rows] == 0).mean()), 4),
        }
    for voice in VOICES:
        rows = judged & (known.kind == "clean") & (known.voice == voice)
        if rows.any():
            found[f"{voice}_called_wrong"] = round(float(called[rows & right].mean()), 4)
            found[f"{voice}_noticed"] = round(float(called[rows & ~right].mean()), 4)
    return found


def main(arguments: Iterable[str] | None = None) -> int:
    """Run the command; the exit code."""
    parser = argparse.ArgumentParser(prog="train_tones", description=__doc__.split("\n")[0])
    parser.add_argument("--takes", type=int, default=1500, help="how many lines at most")
    parser.add_argument("--said", action="store_true", help="only what was said before")
    parser.add_argument("--write", action="store_true", help="write audio/data/tones.npz")
    parser.add_argument("--kept", type=Path, help="keep what was heard of each syllable here")
    parser.add_argument("--threads", type=int, default=2)
    chosen = parser.parse_args(None if arguments is None else list(arguments))
    weights = find(None)
    recognizer = Recognizer(
        weights.folder, model_id=weights.id, windows=weights.windows, threads=chosen.threads
    )
    speaker = Kokoro(threads=chosen.threads)
    known = table(
        takes(speaker, chosen.takes, seed=SEED, said_before=chosen.said), recognizer, seed=1
    )
    both, pitch = apart(known, weights.id)
    if chosen.kept is not None:
        expected = np.array(["".join(map(str, sorted(one))) for one in known.expected])
        np.savez(
            chosen.kept, both=both, pitch=pitch, tone=known.tone, agreed=known.agreed,
            kind=known.kind, voice=known.voice, expected=expected,
        )  # fmt: skip
    told = {
        "syllables": len(known.tone),
        "both": figures(known, both, Doubts()),
        "pitch_alone": figures(known, pitch, Doubts()),
    }
    print(json.dumps(told, indent=1))
    if chosen.write:
        taught = teach(known, np.ones(len(known.tone), bool), weights.id, seed=99)
        alone = fit(*drawn(SINGLE, seed=5), nets=NETS, seed=98)
        _write({"heard": taught.heard, "phrase": taught.phrase, "alone": alone}, taught.ear)
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


def _write(nets: Mapping[str, Net], ear: Ear) -> None:
    kept: dict[str, NDArray[Any]] = {
        "ear_model": np.array(ear.model_id),
        "ear_mean": ear.mean.astype(np.float16),
        "ear_axes": ear.axes.astype(np.float16),
    }
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
