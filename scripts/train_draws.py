"""Draw what the adapter learns from: sentences in rooms and noise, and noise alone.

Some draws are two or three sentences in one breath, so that a catalog line is also met with other
speech run into it, and the pace moves the pitch too: the voices are few. Draws of like length make
a batch, so that every window of run time is met.
"""

from __future__ import annotations

import csv
import wave
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from audio.noise import KINDS, babble
from audio.room import ROOMS, active_rms, amplitude, band, place, rms
from audio.types import RATE
from audio.window import TRAINED
from scripts.make_corpus import TABLE
from scripts.resample import resample

Samples = npt.NDArray[np.float32]
Tokens = npt.NDArray[np.int64]

NOT_ASKED = -100
"""the target of a place whose token does not count"""
_LONGEST_S = 15
_POOL = 6
_ROOMY = 0.3
_NOISE_ONLY = 0.08
_CATALOG = 0.34
_ENGLISH = 0.07
_JOINED = 0.25
_LONGEST_JOINED_S = 9.0
NOISES = ("engine", "ventilation", "traffic", "wind", "babble", "coloured", "coloured")
"""the other kinds of audio.noise are held out, so that figures come from noise never met"""
_BANDS = 9
_COLOUR_DB = 9.0
_SNR_DB = (-3.0, 22.0)
_MOUTHS = ("collector", "driver", "colleague")
_PACES = (17, 18, 19, 20, 20, 21, 22, 23, 24)
_PACE = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Spoken:
    """A sentence of the corpus."""

    samples: Samples
    """at 16 kHz, dry"""
    text: str
    catalog: bool
    """a line of the catalog, not other speech"""
    language: str = "zh"


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Draws of one step, in one window."""

    samples: Samples
    """[batch, window] at 16 kHz"""
    inputs: Tokens
    """[batch, tokens]: the start, the text, padding"""
    targets: Tokens
    """[batch, tokens]: the token that follows each; NOT_ASKED in the start and the padding"""


Drawn = tuple[Samples, str, str]
"""a recording, its text ("" for noise) and its language"""


def read_corpus(*folders: Path) -> tuple[Spoken, ...]:
    """What scripts/make_corpus wrote; ValueError if it is something else or has one kind only."""
    found = []
    for folder in folders:
        with (folder / TABLE).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                found.append(
                    Spoken(
                        samples=_read_wav(folder / row["file"]),
                        text=row["text"],
                        catalog=row["kind"] == "catalog",
                        language=row["language"],
                    )
                )
    if len({spoken.catalog for spoken in found}) < 2:
        raise ValueError(f"{TABLE}: wants sentences of both kinds: make more with make_corpus")
    return tuple(found)


def batches(
    corpus: Sequence[Spoken],
    tokens: Callable[[str], Sequence[int]],
    starts: Mapping[str, Sequence[int]],
    end: int,
    rng: np.random.Generator,
    size: int,
) -> Iterator[Batch]:
    """Draw without end, `size` a step; a start goes before the `tokens` of a text, `end` after."""
    while True:
        pool = [draw(corpus, rng) for _ in range(_POOL * size)]
        pool.sort(key=lambda drawn: len(drawn[0]))
        for k in rng.permutation(_POOL):
            yield _batch(pool[k * size : (k + 1) * size], tokens, starts, end, rng)


def _batch(
    drawn: Sequence[Drawn],
    tokens: Callable[[str], Sequence[int]],
    starts: Mapping[str, Sequence[int]],
    end: int,
    rng: np.random.Generator,
) -> Batch:
    longest = max(len(samples) for samples, _, _ in drawn) / RATE
    window = TRAINED.fit(longest)
    if rng.random() < _ROOMY:
        window = TRAINED.fit(window)
    window = min(window, _LONGEST_S) * RATE
    heard = np.zeros((len(drawn), window), np.float32)
    for row, (samples, _, _) in zip(heard, drawn, strict=True):
        row[: len(samples)] = samples[:window]
    rows = [(starts[language], tokens(text) if text else ()) for _, text, language in drawn]
    inputs, targets = shifted(rows, end)
    return Batch(samples=heard, inputs=inputs, targets=targets)


def shifted(rows: Sequence[tuple[Sequence[int], Sequence[int]]], end: int) -> tuple[Tokens, Tokens]:
    """Inputs and targets of (start, text): each token is asked of those before it, then `end`."""
    width = max(len(start) + len(text) for start, text in rows)
    inputs = np.full((len(rows), width), end, np.int64)
    targets = np.full((len(rows), width), NOT_ASKED, np.int64)
    for row, (start, text) in enumerate(rows):
        whole = [*start, *text]
        inputs[row, : len(whole)] = whole
        targets[row, len(start) - 1 : len(whole)] = [*text, end]
    return inputs, targets


def draw(corpus: Sequence[Spoken], rng: np.random.Generator) -> Drawn:
    """One recording, its text and its language; "" for noise, which is nobody's speech."""
    chance = rng.random()
    if chance < _NOISE_ONLY:
        noise = _noise(corpus, int(rng.uniform(0.6, 4) * RATE), rng)
        noise = noise * np.float32(rng.uniform(0.02, 0.5))
        return (noise / max(1.0, float(np.abs(noise).max()))).astype(np.float32), "", "zh"
    language = "en" if rng.random() < _ENGLISH else "zh"
    wanted = chance < _NOISE_ONLY + _CATALOG
    first = _pick(corpus, rng, language, wanted)
    speech, text = first.samples, first.text
    while language == "zh" and rng.random() < _JOINED:
        other = _pick(corpus, rng, language, rng.random() < _CATALOG)
        if len(speech) + len(other.samples) > _LONGEST_JOINED_S * RATE:
            break
        speech, text = _joined(speech, other.samples, rng), f"{text},{other.text}"
    return _in_booth(speech, corpus, rng), text, language


def _pick(
    corpus: Sequence[Spoken], rng: np.random.Generator, language: str, catalog: bool
) -> Spoken:
    """A sentence of this language and kind, or of any where there is none."""
    found = [s for s in corpus if s.language == language and s.catalog == catalog] or corpus
    return found[int(rng.integers(len(found)))]


def _joined(first: Samples, second: Samples, rng: np.random.Generator) -> Samples:
    """Both at one level, a breath or nothing between them."""
    louder = np.float32(active_rms(first, RATE) / max(active_rms(second, RATE), 1e-9))
    return np.concatenate([first, np.zeros(int(rng.uniform(0, 0.35) * RATE), np.float32),
                           second * louder])  # fmt: skip


def _in_booth(speech: Samples, corpus: Sequence[Spoken], rng: np.random.Generator) -> Samples:
    pace = int(rng.choice(_PACES))
    heard = speech if pace == _PACE else resample(speech, pace, _PACE)
    if rng.random() < 0.6:
        room = ROOMS[str(rng.choice(list(ROOMS)))]
        # The tail after the last word is cut where it would lengthen the window.
        heard = place(heard, room, str(rng.choice(_MOUTHS)), RATE, rng)[: heard.size + RATE // 10]
    if rng.random() < 0.4:
        heard = band(heard, RATE, 0.0, rng.uniform(2_500, 7_000), steep=1)
    level = active_rms(heard, RATE)
    heard = np.pad(heard, [int(edge * RATE) for edge in rng.uniform(0, 0.5, 2)])
    if rng.random() < 0.85:
        quieter = level * amplitude(-rng.uniform(*_SNR_DB))
        heard = heard + _noise(corpus, heard.size, rng) * np.float32(quieter)
    loudest = max(float(np.abs(heard).max()), 1e-9)
    return (heard * (rng.uniform(0.05, 0.9) / loudest)).astype(np.float32)


def _noise(corpus: Sequence[Spoken], length: int, rng: np.random.Generator) -> Samples:
    """One of the booth's noises, the corpus talking all at once, or noise of any colour."""
    name = str(rng.choice(NOISES))
    if name == "babble":
        lines = [spoken.samples for spoken in corpus]
        return babble(lines, length, RATE, rng, people=int(rng.integers(2, 9)))
    return coloured(length, rng) if name == "coloured" else KINDS[name](length, RATE, rng)


def coloured(length: int, rng: np.random.Generator) -> Samples:
    """Noise of a random spectrum that swells and knocks at random; root mean square 1."""
    frequency = np.fft.rfftfreq(length, 1 / RATE)
    points = np.geomspace(50, RATE / 2, _BANDS)
    colour = np.interp(np.log(np.maximum(frequency, 50)), np.log(points),
                       rng.normal(0, _COLOUR_DB, _BANDS))  # fmt: skip
    spectrum = np.fft.rfft(rng.standard_normal(length)) * 10 ** (colour / 20)
    time = np.arange(length) / RATE
    swell = rng.uniform(0, 0.9) * np.sin(2 * np.pi * (rng.uniform(0.2, 9) * time + rng.random()))
    noise = np.fft.irfft(spectrum, length) * (1 + swell)
    knocks = rng.random(length) < rng.uniform(0, 8) / RATE
    noise[knocks] += rng.uniform(2, 12) * noise.std() * rng.choice([-1, 1], int(knocks.sum()))
    return (noise / max(rms(noise.astype(np.float32)), 1e-9)).astype(np.float32)


def _read_wav(path: Path) -> Samples:
    try:
        with wave.open(str(path), "rb") as file:
            if (file.getnchannels(), file.getsampwidth(), file.getframerate()) != (1, 2, RATE):
                raise ValueError(f"{path.name}: is not mono, 16 bits, {RATE} Hz")
            whole = np.frombuffer(file.readframes(file.getnframes()), np.int16)
    except (wave.Error, EOFError) as error:
        raise ValueError(f"{path.name}: is no WAV file ({error})") from None
    return (whole / 32_768).astype(np.float32)
