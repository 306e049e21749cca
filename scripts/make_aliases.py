"""Make the table of what the recogniser writes in place of each phrase.

    scripts/make_aliases

says every fixed line of the catalog in three development voices, puts each into rooms and noises,
hears it as `changshou grade` does with the weights that the settings name, and writes
phrases/data/aliases.toml. To be run again when the catalog or the weights change. What was said
once is kept, so a second run takes minutes and the first may be stopped at any time.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from audio.types import RATE, AudioChunk
from audio.voice import RATE as VOICE_RATE
from audio.voice import Kept, Kokoro, Speaker, VoiceError, styles_folder
from phrases import catalog
from phrases.aliases import Alias
from phrases.pattern import Form
from phrases.source import DATA
from phrases.types import Heard
from scripts.alias_choice import Speech, choose, wrong
from scripts.alias_takes import Take, takes
from scripts.make_clips import in_booth
from scripts.make_corpus import prose, words
from scripts.resample import resample
from service import bootstrap, console, settings
from service.errors import BadInput, Failed
from service.hearing import Hearer

Samples = npt.NDArray[np.float32]
Listener = Callable[[Samples], Sequence[str]]
"""Gives the transcript of each utterance that was cut from the sound."""

SEED = 1
DRAWS = 4
"""rooms and noises in which each line is heard as it was said once"""
NOISES = ("engine", "ventilation", "traffic", "wind")
ROOMS = ("booth", "open")
SNR_DB = (-3.0, 12.0)
"""decibels of the speech over the noise: above, next to nothing is misheard"""
_FAR = 0.4
"""part of the draws in which the speaker is not at the microphone"""
HEAD = """\
# What the recogniser writes in place of a phrase: phrase, line that was said, what was written and
# in how many clips. Made by scripts/make_aliases (docs/decisions/0008-aliases.md), not by hand.
"""


def heard(
    said: Sequence[Take], speaker: Speaker, listen: Listener, *, draws: int, seed: int
) -> Iterator[tuple[Take, str]]:
    """Each take with what was written, once for each draw in which it was cut as one utterance.

    VoiceError if a line cannot be said.
    """
    for number, take in enumerate(said):
        speech = resample(speaker.say(take.text, take.voice, take.speed), RATE, VOICE_RATE)
        for draw in range(draws):
            rng = np.random.default_rng([seed, number, draw])
            noise, room = str(rng.choice(NOISES)), str(rng.choice(ROOMS))
            far, snr_db = bool(rng.random() < _FAR), float(rng.uniform(*SNR_DB))
            texts = listen(in_booth(speech, room, far, noise, snr_db, (), rng))
            if len(texts) == 1:
                yield take, texts[0]
        print(f"\rmake_aliases: {number + 1} of {len(said)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def listener(hearer: Hearer) -> Listener:
    """The ears of `changshou grade`, for what stands in the transcripts."""

    def listen(sound: Samples) -> list[str]:
        chunk = AudioChunk(samples=sound[:, None], start_ms=0)
        items = hearer.listen([chunk], near_only=True)
        return [item.text for item in items if isinstance(item, Heard) and item.text]

    return listen


def without_phrases(known: bootstrap.Knowledge) -> bootstrap.Knowledge:
    """Ears that match nothing only recognise: the matching would take as long again."""
    return replace(known, catalog=replace(known.catalog, phrases={}, forms=()))


def as_toml(aliases: Sequence[Alias], *, model: str, version: str, clips: int) -> str:
    """The table as its file."""
    lines = [HEAD, f"model = {_quoted(model)}", f"catalog = {_quoted(version)}", f"clips = {clips}"]
    where: tuple[str, str] | None = None
    for alias in aliases:
        if where != (alias.phrase, alias.line):
            where = alias.phrase, alias.line
            lines += ["", f"[phrases.{_quoted(alias.phrase)}.{_quoted(alias.line)}]"]
        lines.append(f"{_quoted(alias.heard)} = {alias.clips}")
    if not aliases:
        lines += ["", "[phrases]"]
    return "\n".join(lines) + "\n"


def make(
    out: Path,
    known: catalog.Catalog,
    speech: Speech,
    speaker: Speaker,
    listen: Listener,
    *,
    model: str,
    draws: int = DRAWS,
    seed: int = SEED,
) -> int:
    """Write the table; the number of its aliases.

    Raises:
        VoiceError: a line cannot be said.
        OSError: the file cannot be written.
    """
    clips = 0
    mistaken: list[tuple[Form, str]] = []
    for take, written in heard(
        takes(known.forms, seed=seed), speaker, listen, draws=draws, seed=seed
    ):
        clips += 1
        text = wrong(take.form, written)
        if text is not None:
            mistaken.append((take.form, text))
    aliases = choose(mistaken, known.forms, speech)
    text = as_toml(aliases, model=model, version=known.version, clips=clips)
    part = out.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(out)
    return len(aliases)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code."""
    parser = argparse.ArgumentParser(prog="make_aliases", description=__doc__.split("\n")[0])
    parser.add_argument("out", type=Path, nargs="?", default=DATA / "aliases.toml", help="the file")
    parser.add_argument("--draws", type=int, default=DRAWS, help="rooms and noises for each line")
    chosen = parser.parse_args(arguments)
    try:
        site = settings.load()
        hearer = bootstrap.hearer(
            site, without_phrases(bootstrap.knowledge(site)), console.progress
        )
        found = make(
            chosen.out,
            catalog.load(),
            Speech(words(), prose()),
            Kept(Kokoro(), styles_folder().parent / "said"),
            listener(hearer),
            model=hearer.model_id,
            draws=chosen.draws,
        )
    except (VoiceError, BadInput, Failed, ValueError, OSError) as error:
        print(f"make_aliases: {error}", file=sys.stderr)
        return 2
    print(f"make_aliases: {found} aliases", file=sys.stderr)
    return 0


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


if __name__ == "__main__":
    sys.exit(main())
