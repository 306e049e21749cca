"""Recognise what Whisper makes up: subtitle credits, appeals to subscribe, loops.

On noise it says lines of the subtitles that it learnt from, or repeats itself without end, both
with high confidence, so neither its own scores nor the loudness of the sound tell them apart.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from phrases.normalize import fold
from phrases.source import DATA, DataError, Fault, Strict, read

FASTEST = 10.0
"""characters a second; hurried Mandarin reaches 8, so more was not said in that time"""
SLOWEST = 1.0
"""characters a second; fewer over a long stretch means that most of it was not speech"""
SLACK = 6
"""characters beyond the fastest speech that may still have been said"""
AROUND_MS = 600
"""milliseconds of sound around its speech that an utterance is recognised with"""

# 谢谢谢谢 and 好好好好 are said by people: a loop is four times the same and long as well.
_LOOP = re.compile(r"(?P<unit>.{1,6}?)(?P=unit){3,}")
_LOOP_CHARACTERS = 8
_LONG_LOOP = re.compile(r"(?P<unit>.{7,24}?)(?P=unit){2,}")
# Speech of this length repeats few pairs of neighbours; a loop with small changes repeats most.
_VARIED_CHARACTERS = 24
_VARIED_PAIRS = 0.4

_LATIN_WORD = re.compile(r"[a-z]+")
_LATIN_LETTERS = 3


class HallucinationsFile(Strict):
    """The schema of hallucinations.toml: lists of regular expressions over folded text."""

    version: str
    credits: list[str]
    channels: list[str]
    farewells: list[str]
    sounds: list[str]
    prompts: list[str]
    foreign: list[str]


Lines = tuple[re.Pattern[str], ...]
"""Made-up lines, each to be matched from where the one before it ended."""


def load(path: Path = DATA / "hallucinations.toml") -> Lines:
    """The lines of a data file; DataError lists every fault."""
    table = read(path, HallucinationsFile)
    faults: list[Fault] = []
    lines: list[re.Pattern[str]] = []
    for group in ("credits", "channels", "farewells", "sounds", "prompts", "foreign"):
        for number, line in enumerate(getattr(table, group)):
            if problem := _problem(line):
                faults.append(Fault(file=path.name, key=f"{group}.{number}", problem=problem))
            else:
                lines.append(re.compile(line))
    if faults:
        raise DataError(faults)
    return tuple(lines)


def _problem(line: str) -> str | None:
    """What is wrong with one regular expression, if anything."""
    try:
        pattern = re.compile(line)
    except re.error as error:
        return f"is not a regular expression: {error}"
    if pattern.match(""):
        return "matches nothing at all, so it would match everywhere"
    return None


@cache
def _shipped() -> Lines:
    return load()


def is_hallucination(text: str, lines: Lines | None = None) -> bool:
    """Whether made-up lines, one after another, explain the whole utterance.

    Script, punctuation and case do not matter. Signs without a word (♪, …) count as made up,
    an empty text does not: nothing was written at all.
    """
    if not text.strip():
        return False
    folded = fold(text)
    lines = _shipped() if lines is None else lines
    # Not one big pattern with a +: on a long loop its backtracking would not end.
    at = 0
    while at < len(folded):
        ends = [found.end() for line in lines if (found := line.match(folded, at))]
        if not ends:
            return False
        at = max(ends)
    return True


def loops(text: str) -> bool:
    """Whether the text repeats itself as no person does.

    That is: a unit of 1–6 characters at least four times over at least 8 characters, a unit of
    7–24 characters three times, or 24 characters and more of which fewer than 40 % of the pairs
    of neighbours are different ones.
    """
    folded = fold(text)
    if any(len(found.group()) >= _LOOP_CHARACTERS for found in _LOOP.finditer(folded)):
        return True
    if _LONG_LOOP.search(folded):
        return True
    if len(folded) < _VARIED_CHARACTERS or folded.isascii():
        return False
    pairs = [folded[i : i + 2] for i in range(len(folded) - 1)]
    return len(set(pairs)) < _VARIED_PAIRS * len(pairs)


def rate(text: str, speech_ms: int) -> float:
    """Characters a second of speech; three Latin letters count as one, as they take as long.

    Infinite if there are characters but no speech. Compare with FASTEST and SLOWEST.
    """
    count = _characters(text)
    if speech_ms <= 0:
        return float("inf") if count else 0.0
    return count * 1000 / speech_ms


def hurried(text: str, sound_ms: int) -> bool:
    """Whether it is more than anybody says in so much sound, so that it was made up."""
    return _characters(text) > FASTEST * sound_ms / 1000 + SLACK


def _characters(text: str) -> float:
    """Characters said; three Latin letters count as one."""
    folded = fold(text)
    letters = sum(len(word) for word in _LATIN_WORD.findall(folded))
    return len(folded) - letters + letters / _LATIN_LETTERS


def once(text: str) -> str:
    """The text once, where it is the same few words said over: short windows make Whisper stutter.

    Only three characters or more: 谢谢谢谢 may well be said.
    """
    found = re.fullmatch(r"(.{3,}?)(?:\W*\1)+\W*", text)
    return found[1] if found else text
