"""Compare Chinese text by sound: weighted distances between the pinyin of its characters.

The recogniser hears the right sounds and writes the wrong characters (雨雾 as 于物, 找您 as 招名),
so likeness by sound finds what likeness by character misses. It is for matching only, never for
rewriting what was heard. What sounds alike is data, since accents differ from site to site.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import product
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import Field
from pypinyin import Style, lazy_pinyin, load_phrases_dict
from pypinyin.contrib.tone_convert import to_finals, to_initials, to_tone

from phrases.source import DATA, DataError, Fault, Strict, read

_DIGITS = dict(zip("0123456789", "零一二三四五六七八九", strict=True))
_NASALS = {"n": "en", "ng": "eng", "m": "m", "hm": "m", "hng": "eng"}
# Booth words that pypinyin reads in their commoner sense elsewhere.
_READINGS = {
    "还您": [["huan2"], ["nin2"]],
    "还你": [["huan2"], ["ni3"]],
    "重新开放": [["chong2"], ["xin1"], ["kai1"], ["fang4"]],
}
_INITIALS = re.compile("-|[bpmfdtnlgkhjqxrzcs]|[zcs]h")
_FINALS = re.compile(
    "[aoe]|ai|ei|ao|ou|an|en|ang|eng|ong|er|-?i|ia|ie|iao|iou|ian|in|iang|ing|iong"
    "|u|ua|uo|uai|uei|uan|uen|uang|ueng|v|ve|van|vn"
)
_MEMO_PAIRS = 200_000

Cost = Annotated[float, Field(ge=0, le=1)]


class Syllable(NamedTuple):
    """The sound of one character (a tuple, since it is hashed in the hottest loop)."""

    initial: str
    """strict pinyin initial, empty for none"""
    final: str
    """strict pinyin final (v for ü, -i after zh ch sh r z c s); a Latin letter stands for itself"""
    tone: int
    """1..4, 5 for the neutral tone, 0 for what is not a Chinese syllable"""


class Share(Strict):
    """What each part of a syllable weighs."""

    initial: Cost
    final: Cost
    tone: Cost


class WeightsFile(Strict):
    """The schema of pinyin.toml."""

    version: str
    share: Share
    initials: dict[str, Cost]
    finals: dict[str, Cost]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Weights:
    """How far apart sounds are, 0..1; equal only to itself."""

    version: str
    share: Share
    initials: dict[tuple[str, str], float]
    """cost of a pair, both ways round; a pair that is absent costs 1"""
    finals: dict[tuple[str, str], float]
    memo: dict[tuple[Syllable, Syllable], float] = field(default_factory=dict, repr=False)
    """distances already worked out"""


def load(path: Path = DATA / "pinyin.toml") -> Weights:
    """The weights of a data file; DataError lists every fault."""
    table = read(path, WeightsFile)
    faults: list[Fault] = []
    pairs: dict[str, dict[tuple[str, str], float]] = {"initials": {}, "finals": {}}
    for part, costs, known in (
        ("initials", table.initials, _INITIALS),
        ("finals", table.finals, _FINALS),
    ):
        for key, cost in costs.items():
            names = key.split(" ")
            if len(names) != 2 or names[0] == names[1] or not all(map(known.fullmatch, names)):
                problem = f"is not a pair of two different {part} such as {_example(part)}"
                faults.append(Fault(file=path.name, key=f"{part}.{key}", problem=problem))
                continue
            a, b = ("" if part == "initials" and name == "-" else name for name in names)
            if (a, b) in pairs[part]:
                problem = "stands here twice, the other way round"
                faults.append(Fault(file=path.name, key=f"{part}.{key}", problem=problem))
            pairs[part][a, b] = pairs[part][b, a] = cost
    if faults:
        raise DataError(faults)
    return Weights(
        version=table.version,
        share=table.share,
        initials=pairs["initials"],
        finals=pairs["finals"],
    )


def _example(part: str) -> str:
    return '"zh z"' if part == "initials" else '"in ing"'


@cache
def default_weights() -> Weights:
    """The weights that ship."""
    return load()


@cache
def _teach() -> None:
    load_phrases_dict(_READINGS)


@lru_cache(maxsize=8192)
def syllables(text: str) -> tuple[Syllable, ...]:
    """One syllable for each character of a folded text, polyphones read by their context.

    A digit has the sound of its name; a Latin letter, or a character without a known reading, is
    a syllable of its own that is like nothing else.
    """
    _teach()
    said = "".join(_DIGITS.get(c, c) for c in text)
    sounds = _sounds(said)
    if len(sounds) != len(said):
        sounds = [(_sounds(c) or [c])[0] for c in said]
    return tuple(map(_split, sounds))


def _sounds(text: str) -> list[str]:
    return lazy_pinyin(
        text,
        style=Style.TONE3,
        neutral_tone_with_five=True,
        errors=list,  # type: ignore[arg-type]  # one entry a character; the stub knows only str
    )


@cache
def _split(sound: str) -> Syllable:
    """The syllable of pinyin with its tone's digit at the end; anything else stands for itself."""
    if len(sound) < 2 or not sound[-1].isdigit():
        return Syllable("", sound, 0)
    letters, tone = sound[:-1], int(sound[-1])
    if letters in _NASALS:
        return Syllable("", _NASALS[letters], tone)
    initial = to_initials(letters, strict=True)
    final = to_finals(letters, strict=True, v_to_u=False) or letters
    final = final.replace("ü", "v")
    if final == "i" and initial in {"zh", "ch", "sh", "r", "z", "c", "s"}:
        final = "-i"
    return Syllable(initial, final, tone)


def written(char: str, tone: int | None = None) -> str:
    """A character's pinyin with its mark, in this tone (1..5) or its own; itself if it has none."""
    (sound,) = _sounds(char) or [char]
    if len(sound) < 2 or not sound[-1].isdigit():
        return char
    return to_tone(sound[:-1] + (sound[-1] if tone is None else str(tone)).replace("5", ""))


def marked(text: str) -> tuple[str, ...]:
    """The pinyin of each character as it is read in this text, with its mark; itself if none."""
    _teach()
    sounds = _sounds(text)
    if len(sounds) != len(text):
        return tuple(map(written, text))
    return tuple(
        to_tone(sound.replace("5", "")) if len(sound) > 1 and sound[-1].isdigit() else char
        for sound, char in zip(sounds, text, strict=True)
    )


def homophones(char: str) -> str:
    """The character, and those in daily use of its syllable, in any tone."""
    (own,) = syllables(char)
    return char + _by_sound().get(own[:2], "").replace(char, "")


@cache
def daily() -> str:
    """The 3,755 characters of level 1 of GB 2312."""
    places = product(range(0xB0, 0xD8), range(0xA1, 0xFF))
    return "".join(bytes(place).decode("gb2312", "ignore") for place in places)


@cache
def _by_sound() -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for char in daily():
        sound = syllables(char)[0][:2]
        found[sound] = found.get(sound, "") + char
    return found


def toneless(text: str) -> tuple[str, ...]:
    """The syllables of a folded text as strings without tones, one for each character."""
    return tuple(s.initial + s.final for s in syllables(text))


def distance(a: Syllable, b: Syllable, weights: Weights | None = None) -> float:
    """How far apart two syllables sound: 0 the same, 1 unrelated."""
    if a == b:
        return 0.0
    weights = weights or default_weights()
    known = weights.memo.get((a, b))
    return known if known is not None else _measure(a, b, weights)


def _measure(a: Syllable, b: Syllable, weights: Weights) -> float:
    if not a.tone or not b.tone:
        cost = 0.0 if a[:2] == b[:2] else 1.0
    else:
        share = weights.share
        cost = 0.0
        if a.initial != b.initial:
            cost += share.initial * weights.initials.get((a.initial, b.initial), 1.0)
        if a.final != b.final:
            cost += share.final * weights.finals.get((a.final, b.final), 1.0)
        if a.tone != b.tone and 5 not in (a.tone, b.tone):
            cost += share.tone
        cost = min(1.0, cost)
    if len(weights.memo) >= _MEMO_PAIRS:
        weights.memo.clear()
    weights.memo[a, b] = weights.memo[b, a] = cost
    return cost


def likeness(a: Sequence[Syllable], b: Sequence[Syllable], weights: Weights | None = None) -> float:
    """How alike two stretches sound, 0..1: one less the weighted edit distance of the longer.

    A syllable too many or too few costs 1. Two empty stretches are alike.
    """
    if not a or not b:
        return float(not a and not b)
    weights = weights or default_weights()
    memo = weights.memo
    above = [float(column) for column in range(len(b) + 1)]
    for row, x in enumerate(a, start=1):
        left = float(row)
        current = [left]
        append = current.append
        diagonal = above[0]
        for column, y in enumerate(b, start=1):
            if x == y:
                best = diagonal
            else:
                cost = memo.get((x, y))
                best = diagonal + (_measure(x, y, weights) if cost is None else cost)
            diagonal = above[column]
            if diagonal + 1.0 < best:
                best = diagonal + 1.0
            if left + 1.0 < best:
                best = left + 1.0
            append(best)
            left = best
        above = current
    return max(0.0, 1.0 - above[-1] / max(len(a), len(b)))
