"""Say how well tones are judged of people: recordings of syllables and words that are at hand.

Each is judged as what it is, and as if another tone had been asked for, which is what a swapped
tone comes to. None of it is in the repository, and no network is trained on it (docs/drills.md).
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from pypinyin import Style, lazy_pinyin

from audio.tones import TONES
from audio.types import RATE
from audio.write import CODECS
from phrases.drill import ToneVerdict
from phrases.pinyin import daily, homophones, syllables
from phrases.sandhi import LIGHT, spoken
from service import bootstrap, settings
from service.console import progress
from service.drill_score import Coach, recording
from service.errors import BadInput

SOUNDS = (".wav", *CODECS)
_SYLLABLE = re.compile("(?:.*-)?([a-zü]+?)([1-4])")
_WORD = re.compile("(?:.*-)?([\u4e00-\u9fff]{1,4})")


def run(folder: Path, count: int, told: Callable[[int], None], *, seed: int = 1) -> dict[str, Any]:
    """Judge so many files of a folder, named by what is said: `ma1.mp3`, `cmn-你好.mp3`.

    BadInput if there is none.
    """
    files = sorted(file for file in folder.rglob("*") if file.suffix in SOUNDS)
    rng = random.Random(seed)
    rng.shuffle(files)
    found = [(file, text) for file in files if (text := said(file.stem)) is not None][:count]
    if not found:
        raise BadInput(f"{folder.name}: no recordings that are named ma1.mp3 or 你好.mp3")
    coach = Coach(bootstrap.recognizer(settings.load(), progress))
    right, others, named = list[ToneVerdict](), list[ToneVerdict](), list[tuple[int | None, int]]()
    for number, (file, text) in enumerate(found, start=1):
        samples = recording(file)
        samples = np.pad(samples, RATE // 4).astype(np.float32)
        for one, allowed in zip(coach.score(text, samples).chars, spoken(text), strict=True):
            if allowed <= set(TONES):
                right.append(one.tone.tone)
                if len(allowed) == 1:
                    named.append((one.tone.heard, min(allowed)))
        for other, at in swapped(text, rng):
            others.append(coach.score(other, samples).chars[at].tone.tone)
        told(number)
    heard = [tone == own for tone, own in named if tone is not None]
    return {
        "recordings": len(found),
        "speech": "of people",
        "right_tones": _shares(right),
        "other_tones_asked": _shares(others),
        "named": round(len(heard) / max(1, len(named)), 4),
        "named_right": round(sum(heard) / max(1, len(heard)), 4),
    }


def _shares(verdicts: Sequence[ToneVerdict]) -> Mapping[str, float]:
    many = {one.value: round(verdicts.count(one) / max(1, len(verdicts)), 4) for one in ToneVerdict}
    return {"count": len(verdicts), **many}


def said(stem: str) -> str | None:
    """The characters of a file's name; None if it cannot be told which."""
    if found := _SYLLABLE.fullmatch(stem):
        return _syllables().get(found[1].replace("ü", "v") + found[2])
    found = _WORD.fullmatch(stem)
    if not found:
        return None
    # Where two ways to read it differ, nobody knows here what was said.
    again = [int(one[-1]) if one[-1].isdigit() else LIGHT for one in _written(found[1])]
    return found[1] if [one.tone for one in syllables(found[1])] == again else None


def swapped(text: str, rng: random.Random) -> Iterator[tuple[str, int]]:
    """The text with another tone of one character: of a single one each, else any one."""
    at = rng.randrange(len(text))
    own = spoken(text)[at]
    found = list[str]()
    for tone in TONES:
        for char in homophones(text[at]) if tone not in own and LIGHT not in own else "":
            other = text[:at] + char + text[at + 1 :]
            if spoken(other)[at] == {tone} and syllables(other)[at].tone == tone:
                found.append(other)
                break
    yield from ((one, at) for one in (found if len(text) == 1 else found and [rng.choice(found)]))


@cache
def _syllables() -> Mapping[str, str]:
    """A character of each syllable, as pinyin with the tone's digit writes it."""
    found = dict[str, str]()
    for char in daily():
        (sound,) = _written(char)
        if sound[-1].isdigit() and spoken(char)[0] == {int(sound[-1])}:
            found.setdefault(sound, char)
    return found


def _written(text: str) -> list[str]:
    return lazy_pinyin(text, style=Style.TONE3, v_to_u=False)
