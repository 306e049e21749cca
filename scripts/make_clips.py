"""Make labelled clips for `changshou evaluate` and `changshou calibrate`, and for benchmarks.

    scripts/make_clips FOLDER --set bench

writes FOLDER/clips.tsv and the clips, mono at 16 kHz: every phrase of the catalog, amounts, several
phrases in one breath, English, near misses, other speech and noise, each in several conditions. The
two sets share no noise and no voice; in each, most voices are of the speaker that the weights
never met (zm_yunyang; scripts/make_corpus), alone or mixed. Lines are drawn anew for each, so a few
are in both. What was said once is kept, so it may be stopped at any time.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from audio.noise import KINDS, babble
from audio.room import ROOMS, active_rms, amplitude, place
from audio.types import RATE
from audio.voice import RATE as VOICE_RATE
from audio.voice import Kept, Kokoro, Speaker, VoiceError, styles_folder
from audio.write import write
from phrases import catalog
from scripts.clip_lines import Line, draw_lines
from scripts.make_corpus import prose, words
from scripts.resample import resample

Samples = npt.NDArray[np.float32]

TABLE = "clips.tsv"
COLUMNS = (
    "file", "expected", "text", "kind", "language", "voice", "sex", "condition", "noise", "room",
    "snr_db", "speed", "set",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Set:
    """Who speaks where in one set of clips, and what else is heard."""

    seed: int
    voices: tuple[str, ...]
    english: tuple[str, ...]
    noises: tuple[str, ...]
    rooms: tuple[str, ...]
    conditions: tuple[str, ...]


CONDITIONS: Mapping[str, float | None] = MappingProxyType(
    {"clean": None, "10dB": 10, "5dB": 5, "5dB-far": 5}
)
"""by name: decibels of the speech over the noise"""
SETS: Mapping[str, Set] = MappingProxyType(
    {
        "calibrate": Set(
            seed=11,
            voices=(
                "zm_yunyang:0.6+zf_xiaobei:0.4",
                "zm_yunyang:0.5+zf_xiaoxiao:0.5",
                "zm_yunyang:0.7+zm_yunxi:0.3",
            ),
            english=("am_michael:0.6+af_heart:0.4", "am_michael:0.6+zm_yunyang:0.4"),
            noises=("engine", "ventilation", "traffic", "wind"),
            rooms=("booth", "open"),
            # Clean speech is mostly certain by its text; it is in noise that the sound is asked.
            conditions=("clean", "10dB", "5dB", "5dB-far"),
        ),
        "bench": Set(
            seed=24,
            voices=("zm_yunyang", "zf_xiaobei:0.3+zm_yunyang:0.7", "zf_xiaoxiao"),
            english=("am_michael", "af_heart"),
            noises=("truck", "rain", "babble", "white"),
            rooms=("booth", "glass"),
            conditions=("clean", "10dB", "5dB-far"),
        ),
    }
)
_FAR = "5dB-far"
_SPEEDS = (0.85, 0.95, 1.0, 1.1, 1.25)
_EDGE_S = (0.25, 0.6)
_NOISE_S = 3.0
_NOISES_ALONE = 8
_CROWD = 12


def make(
    folder: Path, chosen: Set, lines: Sequence[Line], name: str, speaker: Speaker
) -> Iterator[int]:
    """Write the clips of these lines and the table; the number of lines done, after each.

    Raises:
        VoiceError: a line cannot be said.
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    crowd = _crowd(chosen, lines, speaker)
    rows: list[dict[str, str]] = []
    for number, line in enumerate(lines):
        rng = random.Random(f"{chosen.seed} {number}")
        voices = chosen.english if line.language == "en" else chosen.voices
        voice, speed = voices[number % len(voices)], rng.choice(_SPEEDS)
        speech = _said(speaker, line.text, voice, speed)
        for condition in chosen.conditions:
            snr_db = CONDITIONS[condition]
            draw = np.random.default_rng([chosen.seed, number, len(condition)])
            noise = str(draw.choice(chosen.noises))
            room = str(draw.choice(chosen.rooms))
            clip = in_booth(speech, room, condition == _FAR, noise, snr_db, crowd, draw)
            file = f"{number:04}_{condition}.wav"
            write(folder / file, clip[None], RATE)
            rows.append(
                {
                    "file": file,
                    "expected": line.expected,
                    "text": line.text,
                    "kind": line.kind,
                    "language": line.language,
                    "voice": voice,
                    "sex": sex(voice),
                    "condition": condition,
                    "noise": "-" if snr_db is None else noise,
                    "room": room,
                    "snr_db": "-" if snr_db is None else str(snr_db),
                    "speed": str(speed),
                    "set": name,
                }
            )
        yield number + 1
    for number in range(_NOISES_ALONE * len(chosen.noises)):
        kind = chosen.noises[number % len(chosen.noises)]
        draw = np.random.default_rng([chosen.seed, 10_000 + number])
        clip = _noise(kind, int(_NOISE_S * RATE), crowd, draw) * np.float32(
            draw.uniform(0.01, 0.12)
        )
        file = f"noise_{number:04}.wav"
        write(folder / file, np.clip(clip, -1, 1)[None], RATE)
        row = dict.fromkeys(COLUMNS, "-") | {"file": file, "text": "", "kind": "noise"}
        rows.append(row | {"noise": kind, "set": name})
    with (folder / TABLE).open("w", encoding="utf-8", newline="") as out:
        table = csv.DictWriter(out, COLUMNS, delimiter="\t", lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def in_booth(
    speech: Samples,
    room: str,
    far: bool,
    noise: str,
    snr_db: float | None,
    crowd: Sequence[Samples],
    rng: np.random.Generator,
) -> Samples:
    """Speech as the microphone hears it; without `snr_db` only the microphone's own hiss."""
    heard = place(speech, ROOMS[room], "colleague" if far else "collector", RATE, rng)
    level = active_rms(heard, RATE)
    heard = np.pad(heard, [int(edge * RATE) for edge in rng.uniform(*_EDGE_S, 2)])
    if snr_db is None:
        around, under = KINDS["white"](heard.size, RATE, rng), 45.0
    else:
        around, under = _noise(noise, heard.size, crowd, rng), snr_db
    heard = heard + around * np.float32(level * amplitude(-under))
    loudness = rng.uniform(0.08, 0.3) if far else rng.uniform(0.2, 0.8)
    return (heard * (loudness / max(float(np.abs(heard).max()), 1e-9))).astype(np.float32)


def sex(voice: str) -> str:
    """F or m, of the voice that has the largest share."""
    parts = (part.partition(":") for part in voice.split("+"))
    name, _, _ = max(parts, key=lambda part: float(part[2] or 1))
    return name[1]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code."""
    parser = argparse.ArgumentParser(prog="make_clips", description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, help="folder to fill")
    parser.add_argument("--set", choices=SETS, required=True, help="which clips", dest="name")
    parser.add_argument("--lines", type=int, default=None, help="only so many, for a quick look")
    chosen = parser.parse_args(arguments)
    picked = SETS[chosen.name]
    try:
        lines = draw_lines(catalog.load().forms, words(), prose(), seed=picked.seed)
        lines = lines[: chosen.lines]
        speaker = Kept(Kokoro(), styles_folder().parent / "said")
        for done in make(chosen.folder, picked, lines, chosen.name, speaker):
            print(f"\rmake_clips: {done} of {len(lines)}", end="", file=sys.stderr, flush=True)
    except (VoiceError, ValueError, OSError) as error:
        print(f"make_clips: {error}", file=sys.stderr)
        return 2
    print(file=sys.stderr)
    return 0


def _said(speaker: Speaker, text: str, voice: str, speed: float) -> Samples:
    return resample(speaker.say(text, voice, speed), RATE, VOICE_RATE)


def _crowd(chosen: Set, lines: Sequence[Line], speaker: Speaker) -> list[Samples]:
    """What people say around the booth: lines of which none is of the catalog, if there are any."""
    others = [line for line in lines if line.kind in ("other", "word")] or list(lines)
    return [
        _said(speaker, line.text, chosen.voices[n % len(chosen.voices)], 1.0)
        for n, line in enumerate(others[:_CROWD])
    ]


def _noise(kind: str, length: int, crowd: Sequence[Samples], rng: np.random.Generator) -> Samples:
    if kind != "babble":
        return KINDS[kind](length, RATE, rng)
    return babble(crowd, length, RATE, rng, people=int(rng.integers(3, 7)))


if __name__ == "__main__":
    sys.exit(main())
