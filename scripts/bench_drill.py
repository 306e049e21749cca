"""Say how well a try at a line is judged: characters left out, others in their place, and how soon.

The lines are the catalog's and other talk, said by the reference voices (synthetic speech), as they
are and with one character left out or another in its place. What hears tones was trained on
these voices, so its figures are not from here: `scripts/train_tones` tells them, voice by voice.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from audio.types import RATE
from audio.voice import RATE as VOICE_RATE
from audio.voice import Kokoro
from phrases import catalog
from phrases.drill import CharVerdict
from phrases.pinyin import toneless
from scripts.corpus_text import Sentences
from scripts.make_corpus import prose, words
from scripts.resample import resample
from scripts.tone_stage import staged
from scripts.tone_takes import VOICES
from service import bootstrap, drill_score, settings
from service.console import progress
from service.drill_score import Coach

OTHERS = "收找请好行路平安票元开水慢走天门大小人车站点中"


def run(count: int, told: Callable[[int], None], *, seed: int = 3) -> dict[str, Any]:
    """Score so many lines, each as it is, with one character left out, and with another in it."""
    speaker, coach = Kokoro(threads=2), Coach(bootstrap.recognizer(settings.load(), progress))
    rng, noise = random.Random(seed), np.random.default_rng(seed)
    talk = Sentences(words(), prose(), catalog.load().forms, seed=1000 + seed)
    called = {"said": 0, "called": 0, "unsure": 0}
    noticed = {"left_out": [0, 0], "another": [0, 0]}
    took: list[float] = []
    for number, text in enumerate(_lines(talk, count)):
        voice, at = rng.choice(VOICES), rng.randrange(len(text))
        said = {
            "as_it_is": text,
            "left_out": text[:at] + text[at + 1 :],
            "another": text[:at] + _other(text[at], rng) + text[at + 1 :],
        }
        for kind, spoken in said.items():
            sound = resample(speaker.say(spoken, voice), RATE, VOICE_RATE)
            sound = staged(sound, noise) if number % 2 else np.pad(sound, RATE // 4)
            began = time.perf_counter()
            tried = coach.score(text, sound)
            took.append(time.perf_counter() - began)
            if kind == "as_it_is":
                _count(called, tried)
            else:
                one = tried.chars[at].heard
                noticed[kind][0] += one in (CharVerdict.MISSING, CharVerdict.WRONG)
                noticed[kind][1] += 1
        told(number + 1)
    return {
        "lines": count,
        "speech": "synthetic",
        "characters_said": called["said"],
        "right_called_wrong_or_missing": round(called["called"] / called["said"], 4),
        "characters_unsure": round(called["unsure"] / called["said"], 4),
        "left_out_noticed": round(noticed["left_out"][0] / noticed["left_out"][1], 4),
        "another_noticed": round(noticed["another"][0] / noticed["another"][1], 4),
        "seconds_p50": round(float(np.quantile(took, 0.5)), 3),
        "seconds_p95": round(float(np.quantile(took, 0.95)), 3),
    }


def _lines(talk: Sentences, count: int) -> list[str]:
    found, number = list[str](), 0
    while len(found) < count:
        text = drill_score.spelt(talk[number].text)
        number += 1
        if 4 <= len(text) <= 14 and all("\u4e00" <= char <= "\u9fff" for char in text):
            found.append(text)
    return found


def _other(char: str, rng: random.Random) -> str:
    """Another character that does not sound like it."""
    return rng.choice([one for one in OTHERS if toneless(one) != toneless(char)])


def _count(called: dict[str, int], tried: drill_score.Tried) -> None:
    for one in tried.chars:
        called["said"] += 1
        called["called"] += one.heard in (CharVerdict.MISSING, CharVerdict.WRONG)
        called["unsure"] += one.heard is CharVerdict.UNSURE
