"""Read labelled clips with what is known of each: who speaks, how fast, in which noise."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.make_clips import TABLE
from service.evaluate import Expected, read_manifest


@dataclass(frozen=True, kw_only=True, slots=True)
class Clip:
    """One labelled clip."""

    file: str
    path: Path
    expected: tuple[Expected, ...]
    """in the order said; empty: nothing of the catalog"""
    text: str
    kind: str
    """phrase, amount, breath, english, near_miss, other, word or noise"""
    language: str
    voice: str
    sex: str
    condition: str
    """clean, 10dB, 5dB-far, or - for noise alone"""
    noise: str
    speed: str


def read_clips(folder: Path, phrases: Mapping[str, object]) -> tuple[Clip, ...]:
    """The clips of a folder; BadInput names the line of what is wrong."""
    rows = read_manifest(folder / TABLE, phrases)
    with (folder / TABLE).open(encoding="utf-8", newline="") as file:
        table = {
            row["file"]: row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        }
    return tuple(
        Clip(
            file=row.file,
            path=row.path,
            expected=row.expected,
            # Noise has no language; others must be told one.
            language=table[row.file]["language"].replace("-", "zh"),
            **{
                name: table[row.file][name]
                for name in (
                    "text", "kind", "voice", "sex", "condition", "noise", "speed",
                )
            },
        )
        for row in rows
    )  # fmt: skip


def digest(clips: Iterable[Clip]) -> str:
    """Names a set of clips by what it holds, labels and sound."""
    whole = hashlib.sha256()
    for clip in clips:
        whole.update(f"{clip.file} {clip.expected} {clip.text}\n".encode())
        whole.update(clip.path.read_bytes())
    return whole.hexdigest()[:12]


def few(clips: Sequence[Clip], most: int) -> tuple[Clip, ...]:
    """So many of the clips, evenly from the first to the last."""
    if len(clips) <= most:
        return tuple(clips)
    return tuple(clips[k * len(clips) // most] for k in range(most))
