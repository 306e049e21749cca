"""Make speech whose tones are known: catalog lines and talk, with tones right and swapped.

The voice is given its phonemes, so a syllable can be said with another tone and nothing else
changes. What was said once is kept in the cache folder, so it may be stopped at any time.
"""

from __future__ import annotations

import hashlib
import os
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from audio.types import RATE, Samples
from audio.voice import RATE as VOICE_RATE
from audio.voice import TONES, Kokoro
from phrases import catalog
from phrases.normalize import fold
from scripts.corpus_text import Sentences
from scripts.make_corpus import prose, words
from scripts.resample import resample

VOICES = ("zf_xiaobei", "zf_xiaoxiao", "zm_yunxi", "zm_yunyang")
SPEEDS = (0.85, 0.95, 1.0, 1.1, 1.25)
BLENDED = 0.5
"""of the lines, the share that is said by a mean of two of the voices"""
SWAPPED = 0.7
"""of the lines, the share in which tones are swapped"""
SWAPS = 0.3
"""of the syllables of such a line, the share that is swapped"""
_HAN = re.compile("[\\u4e00-\\u9fff]")
_ARROW = re.compile(f"[{TONES}]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A line to be said."""

    text: str
    """its characters, whose syllables they are but for the tones"""
    sounds: str
    """phonemes"""
    tones: tuple[int, ...]
    """1..4, as they are said"""
    swapped: tuple[bool, ...]
    """where the tone is not the character's own"""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Take:
    """A line as one voice said it."""

    line: Line
    voice: str
    """one of `VOICES`, or a blend of two as `Blend.parse` reads it"""
    samples: Samples
    """float32 [frames], 16 kHz"""


def lines(speaker: Kokoro, count: int, *, seed: int) -> Iterator[Line]:
    """So many lines at most, of what booths and people say.

    No single syllables: the voice says those without their tones (docs/drills.md).
    """
    rng = random.Random(f"tones {seed}")
    talk = Sentences(words(), prose(), catalog.load().forms, seed=seed)
    for number in range(count):
        made = _line(speaker, talk[number].text, rng)
        if made is not None:
            yield made


def takes(speaker: Kokoro, count: int, *, seed: int, said_before: bool = False) -> Iterator[Take]:
    """So many lines at most, each in one voice; with `said_before` only those that are kept."""
    rng = random.Random(seed)
    for line in lines(speaker, count, seed=seed):
        voice, speed = _voice(rng), rng.choice(SPEEDS)
        if not said_before or _file(line, voice, speed).exists():
            yield said(speaker, line, voice, speed)


def _voice(rng: random.Random) -> str:
    if rng.random() < 1 - BLENDED:
        return rng.choice(VOICES)
    one, other = rng.sample(VOICES, 2)
    share = round(rng.uniform(0.3, 0.7), 2)
    return f"{one}:{share}+{other}:{round(1 - share, 2)}"


def said(speaker: Kokoro, line: Line, voice: str, speed: float) -> Take:
    """The line in a voice, from the folder if it was said before."""
    file = _file(line, voice, speed)
    if not file.exists():
        speech = speaker.pronounce(line.sounds, voice, speed)
        sound = resample(speech, RATE, VOICE_RATE)
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(f".{os.getpid()}.part")
        with part.open("wb") as out:
            np.save(out, np.round(np.clip(sound, -1, 1) * 32_767).astype(np.int16))
        part.replace(file)
    return Take(line=line, voice=voice, samples=np.load(file).astype(np.float32) / 32_767)


def _file(line: Line, voice: str, speed: float) -> Path:
    name = hashlib.sha256(f"{line.sounds}|{voice}|{speed}".encode()).hexdigest()[:32]
    return folder() / f"{name}.npy"


def folder() -> Path:
    """Where what was said is kept."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "changshou" / "tones"


def _line(speaker: Kokoro, text: str, rng: random.Random) -> Line | None:
    """The line, with other tones or without; None if a syllable of it is light or no Chinese."""
    text = "".join(_HAN.findall(fold(text)))
    if not 3 <= len(text) <= 16:
        return None
    sounds = speaker.sounds(text)
    tones = [TONES.index(arrow) + 1 for arrow in _ARROW.findall(sounds)]
    if len(tones) != len(text):
        return None
    own = _spoken(tones)
    chosen = list(own)
    if rng.random() < SWAPPED:
        chosen = [
            rng.choice([t for t in (1, 2, 3, 4) if t != tone]) if rng.random() < SWAPS else tone
            for tone in own
        ]
    final = iter(chosen)
    written = _ARROW.sub(lambda _: TONES[next(final) - 1], sounds)
    return Line(
        text=text,
        sounds=written,
        tones=tuple(chosen),
        swapped=tuple(a != b for a, b in zip(chosen, own, strict=True)),
    )


def _spoken(tones: Sequence[int]) -> list[int]:
    """Third tones before a third tone are second ones, as people say them."""
    return [2 if pair == (3, 3) else pair[0] for pair in zip(tones, (*tones[1:], 0), strict=True)]
