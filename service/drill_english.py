"""Score a try at the English form of a phrase from a recording, word by word."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from audio.recognize import Recognizer
from audio.types import RATE, Samples
from audio.verify import Noise, Verifier
from phrases import english
from phrases.advice import Advice
from phrases.english import Word, WordVerdict
from service import drill_json, drill_trouble
from service.bootstrap import Knowledge
from service.drill_score import LONGEST_S, Manner, manner, speech
from service.drill_trouble import TOLD, Trouble
from service.errors import BadInput
from service.report_json import Json


@dataclass(frozen=True, kw_only=True, slots=True)
class TriedEnglish:
    """A try, scored."""

    text: str
    """the line"""
    words: tuple[Word, ...]
    score: float | None
    """0..100; None: nothing could be judged"""
    unsure: int
    """words that are doubtful"""
    advice: Advice
    manner: Manner | None


def line_of(known: Knowledge, phrase: str) -> str:
    """The English line of a phrase; BadInput if it has none."""
    found = known.catalog.phrases.get(phrase)
    lines = [form.line for form in found.forms if form.language == "en"] if found else []
    if not lines:
        raise BadInput(f"{phrase}: has no English form to drill")
    return lines[0]


def drilled(known: Knowledge) -> tuple[str, ...]:
    """Ids of the phrases that have an English form."""
    return tuple(
        name
        for name, phrase in known.catalog.phrases.items()
        if any(form.language == "en" for form in phrase.forms)
    )


def score(recognizer: Recognizer, noise: Noise, text: str, samples: Samples) -> TriedEnglish:
    """A try at a line, of float32 [frames], mono, 16 kHz."""
    expected = english.words(text)
    trouble = (
        Trouble.TOO_LONG if len(samples) > LONGEST_S * RATE else drill_trouble.trouble(samples)
    )
    said = None if trouble in (Trouble.TOO_LONG, Trouble.MUTED) else speech(samples)
    if said is None:
        return _unjudged(text, expected, TOLD[trouble or Trouble.NO_SPEECH])
    hearing = recognizer.hear_in(said, "en")
    (row,) = Verifier(recognizer, hearing, noise).score([text])
    judged = english.judge_words(
        expected, english.words(hearing.transcript.text), _likely(text, row), said.quality.snr_db
    )
    doubtful = sum(one.verdict is WordVerdict.DOUBTFUL for one in judged)
    return TriedEnglish(
        text=text,
        words=judged,
        score=english.score(judged),
        unsure=doubtful,
        advice=english.advice(judged),
        manner=manner(said),
    )


def _likely(text: str, row: tuple[float, ...]) -> list[float]:
    """Of each word, the probability that the sound gives its letters."""
    spans = [found.span() for found in re.finditer(r"[A-Za-z'’]+(?:-[A-Za-z'’]+)*", text)]
    return [math.exp(sum(row[start:end])) for start, end in spans]


def _unjudged(text: str, expected: tuple[str, ...], why: Advice) -> TriedEnglish:
    judged = tuple(Word(word=one, verdict=WordVerdict.DOUBTFUL) for one in expected)
    return TriedEnglish(
        text=text, words=judged, score=None, unsure=len(judged), advice=why, manner=None
    )


def as_json(one: TriedEnglish) -> Json:
    """What it came to, for programs."""
    return {
        "text": one.text,
        "words": [{"word": each.word, "heard": each.verdict.value} for each in one.words],
        "score": one.score,
        "unsure": one.unsure,
        "advice": {"zh": one.advice.zh, "en": one.advice.en},
        "manner": drill_json.manner(one.manner, len(one.words)),
    }
