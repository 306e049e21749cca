"""Score a try at a line from a recording: what was said, in which tones, and what to change first.

The same ears as in the booth hear it. What is hard to judge is said to be so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from audio import curve, syllables, tones
from audio.cut import cut
from audio.files import AudioError, check, stream
from audio.pitch import track
from audio.recognize import Recognizer
from audio.types import RATE, AudioChunk, HearingSettings, Samples, Utterance
from audio.verify import Noise, Verifier
from phrases.advice import Advice, advice
from phrases.drill import (
    LONE,
    CharDoubts,
    CharVerdict,
    HeardTone,
    Judged,
    ToneVerdict,
    judge_chars,
    judge_tone,
    score,
)
from phrases.normalize import fold
from phrases.numerals import spell, whole
from phrases.pinyin import homophones
from phrases.sandhi import spoken, usual
from phrases.saying import speak
from phrases.yuan import MOST_FEN
from service import drill_trouble
from service.bootstrap import Knowledge
from service.drill_trouble import TOLD, Trouble
from service.errors import BadInput

LONGEST_S = 28.0
"""seconds of a try, at most; the recogniser's window is thirty"""
LONGEST_CHARS = 60
EXAMPLE = {"amount": "50"}
"""what stands for the sum of a phrase that names one"""
_PAD_MS = 200
_UNKNOWN = HeardTone(tone=ToneVerdict.UNSURE, heard=None)

OTHER_LANGUAGE = Advice(
    zh="听到的像是别的语言：请用普通话说这一句。",
    en="Another language was heard: say the line in Mandarin.",
)
LEAST_RIGHT = 0.25
"""of a line's characters, the share that must be right for it to be a try at that line"""
OTHER_LINE = Advice(
    zh="听到的不是这一句（也许是音乐或旁人的话）：请在安静处再说一遍。",
    en="Something else was heard than this line (music? others?): try again where it is quiet.",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tried:
    """A try, scored."""

    text: str
    """the line, as it was to be said"""
    chars: tuple[Judged, ...]
    score: float | None
    """0..100; None: nothing could be judged"""
    unsure: int
    """characters that could not be judged"""
    advice: Advice
    curves: tuple[curve.Curve, ...] = ()
    """the pitch of each character; empty: nothing was heard"""
    manner: Manner | None = None
    """None: nothing was heard"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Manner:
    """How it was said, beside what."""

    speech_ms: int
    """milliseconds of speech, pauses left out"""
    pauses_ms: tuple[int, ...]
    """milliseconds of each pause within it"""
    level_dbfs: float
    """decibels full scale of the speech"""
    snr_db: float
    """decibels of the speech over the noise"""
    clipped: float
    """0..1, share of its samples at full scale"""


class Coach:
    """What scores tries; the weights are loaded once."""

    def __init__(self, recognizer: Recognizer) -> None:
        self._recognizer = recognizer
        self._noise = Noise(recognizer)

    def score(self, text: str, samples: Samples) -> Tried:
        """A try at a line, of float32 [frames], mono, 16 kHz."""
        if len(samples) > LONGEST_S * RATE:
            return _unjudged(text, TOLD[Trouble.TOO_LONG])
        trouble = drill_trouble.trouble(samples)
        said = None if trouble is Trouble.MUTED else speech(samples)
        if said is None:
            return _unjudged(text, TOLD[trouble or Trouble.NO_SPEECH])
        lone = len(text) == 1
        hearing = self._recognizer.hear_in(said, "zh") if lone else self._recognizer.hear(said)
        if hearing.transcript.language != "zh":
            return _unjudged(text, OTHER_LANGUAGE)
        written = spelt(hearing.transcript.text)
        verifier = Verifier(self._recognizer, hearing, self._noise)
        # Of one character it cannot know which of its sound it was, nor in which tone.
        rows = verifier.score(homophones(text) if lone else [text])
        likely = [math.exp(max(at)) for at in zip(*rows, strict=True)]
        heard = judge_chars(
            text, written, likely, said.quality.snr_db, LONE if lone else CharDoubts()
        )
        if _is_another(heard):
            return _unjudged(text, OTHER_LINE)
        pitch = track(said.samples)
        spans = syllables.times(
            self._recognizer, hearing.encoding, text, pitch, hearing.transcript.language
        )
        allowed = spoken(text)
        chances = tones.load().chances(
            pitch,
            spans,
            [usual(one) for one in allowed],
            hearing.encoding,
            self._recognizer.model_id,
        )
        toned = {CharVerdict.RIGHT, CharVerdict.UNSURE} if lone else {CharVerdict.RIGHT}
        clear = said.quality.clipped < drill_trouble.CLIPPED
        offset = said.start_ms - said.pad_before_ms
        judged = tuple(
            Judged(
                char=char,
                heard=verdict,
                tone_expected=usual(own),
                tone=judge_tone(tuple(chance), own, pitch.agreed(span.start_ms, span.end_ms))
                if clear and verdict in toned and own != {0}
                else _UNKNOWN,
                start_ms=None if verdict is CharVerdict.MISSING else span.start_ms + offset,
                end_ms=None if verdict is CharVerdict.MISSING else span.end_ms + offset,
            )
            for char, verdict, own, chance, span in zip(
                text, heard, allowed, chances, spans, strict=True
            )
        )
        result, unsure = score(judged)
        return Tried(
            text=text,
            chars=judged,
            score=result,
            unsure=unsure,
            advice=advice(judged, result) if clear else TOLD[Trouble.LOUD],
            curves=curve.curves(pitch, spans),
            manner=manner(said),
        )


def manner(said: Utterance) -> Manner:
    """How an utterance was said."""
    return Manner(
        speech_ms=said.speech_ms,
        pauses_ms=tuple(end - start for start, end in said.pauses_ms),
        level_dbfs=round(said.quality.level_dbfs, 1),
        snr_db=round(said.quality.snr_db, 1),
        clipped=round(said.quality.clipped, 4),
    )


def _is_another(heard: Sequence[CharVerdict]) -> bool:
    """Whether it is so unlike the line that it was none of it: by chance a character fits."""
    right, unsure = heard.count(CharVerdict.RIGHT), heard.count(CharVerdict.UNSURE)
    return len(heard) > 1 and unsure < len(heard) and right < LEAST_RIGHT * len(heard)


def line_of(known: Knowledge, phrase: str | None, text: str | None) -> str:
    """The line to be said, characters only; BadInput if there is none, or it cannot be drilled."""
    if (phrase is None) == (text is None):
        raise BadInput("name either --phrase or --text")
    if phrase is not None:
        found = known.catalog.phrases.get(phrase)
        if found is None:
            raise BadInput(f"--phrase {phrase}: there is no such phrase: see docs/catalogs.md")
        text = found.expected(EXAMPLE)
    line = spelt(text or "")
    if not line or any(own == {0} for own in spoken(line)):
        raise BadInput("the line must be Chinese characters (numbers may be digits)")
    if len(line) > LONGEST_CHARS:
        raise BadInput(f"the line has {len(line)} characters: drill {LONGEST_CHARS} at once")
    return line


def spelt(text: str) -> str:
    """The characters of a text, folded, with its numbers as they are said."""
    folded, found, number = fold(text), list[str](), ""
    for char in [*folded, ""]:
        if char.isdecimal() and char.isascii():
            number += char
            continue
        if number:
            value = whole(number)
            found.append(number if value is None else _sum(value, char))
            number = ""
        if char and not char.isspace():
            found.append(char)
    return "".join(found)


def _sum(value: int, unit: str) -> str:
    """A number as it is said before a unit: 两元, 两百元, and 二 elsewhere."""
    fen = value * 100
    return speak(fen).removesuffix(unit) if unit == "元" and fen <= MOST_FEN else spell(value)


def recording(path: Path, channel: int = 0) -> Samples:
    """The recording's channel, float32 [frames], 16 kHz; BadInput if it cannot be read."""
    try:
        check(path)
        chunks = [chunk.samples for chunk in stream([path])]
    except AudioError as error:
        raise BadInput(error) from None
    whole_ = np.concatenate(chunks) if chunks else np.zeros((0, 1), np.float32)
    mono = whole_[:, min(channel, whole_.shape[1] - 1)]
    return np.nan_to_num(mono, nan=0.0, posinf=0.0, neginf=0.0).astype(np.float32)


def speech(samples: Samples) -> Utterance | None:
    """All that was said as one utterance; None: nothing was."""
    chunk = AudioChunk(samples=samples[:, np.newaxis], start_ms=0)
    found = [
        item
        for item in cut([chunk], settings=HearingSettings(), near_only=True)
        if isinstance(item, Utterance)
    ]
    if not found:
        return None
    first, last = found[0], found[-1]
    start = max(0, first.start_ms - _PAD_MS)
    end = min(len(samples) * 1000 // RATE, last.end_ms + _PAD_MS)
    loudest = max(found, key=lambda one: one.speech_ms)
    return Utterance(
        number=0,
        samples=samples[start * RATE // 1000 : end * RATE // 1000],
        start_ms=first.start_ms,
        end_ms=last.end_ms,
        pad_before_ms=first.start_ms - start,
        pad_after_ms=end - last.end_ms,
        side=loudest.side,
        quality=loudest.quality,
        pauses_ms=tuple(pause for one in found for pause in one.pauses_ms),
        speech_ms=sum(one.speech_ms for one in found),
    )


def _unjudged(text: str, why: Advice) -> Tried:
    chars = tuple(
        Judged(
            char=char,
            heard=CharVerdict.UNSURE,
            tone_expected=usual(own),
            tone=_UNKNOWN,
            start_ms=None,
            end_ms=None,
        )
        for char, own in zip(text, spoken(text), strict=True)
    )
    return Tried(text=text, chars=chars, score=None, unsure=len(chars), advice=why)
