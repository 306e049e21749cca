"""Judge a try at an English line, word by word: right, doubtful or missing.

A word that was written is right; one that was not, but that the sound does not rule out, is
doubtful. An accent is never a fault, so there is no wrong.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from phrases.advice import Advice

LIKELY = 0.05
"""0..1, probability by the sound of a word from which it may have been said"""
ALIKE = 0.7
"""0..1, likeness in letters from which another word may be a way to hear it"""
POOR_DB = 6.0
"""decibels of speech over noise under which no word is called missing"""
_WORD = re.compile(r"[a-z']+(?:-[a-z']+)*")


class WordVerdict(StrEnum):
    """What became of a word."""

    RIGHT = "right"
    DOUBTFUL = "doubtful"
    MISSING = "missing"


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """One word of the line, judged."""

    word: str
    verdict: WordVerdict


def words(text: str) -> tuple[str, ...]:
    """The words of a line, in small letters; good-bye and goodbye are one."""
    return tuple(one.replace("-", "") for one in _WORD.findall(text.lower().replace("’", "'")))


def judge_words(
    expected: Sequence[str],
    written: Sequence[str],
    likelihood: Sequence[float],
    snr_db: float | None,
) -> tuple[Word, ...]:
    """Each word of the line.

    Args:
        expected: the line's words.
        written: the recogniser's, in the same form.
        likelihood: of each word of the line by its sound, 0..1.
        snr_db: decibels of the speech over the noise; None: not known.
    """
    right = set[int]()
    near = set[int]()
    matcher = SequenceMatcher(None, list(expected), list(written), autojunk=False)
    for kind, start, end, other, last in matcher.get_opcodes():
        if kind == "equal":
            right.update(range(start, end))
        elif kind == "replace":
            near.update(
                at
                for at in range(start, end)
                if any(_alike(expected[at], one) >= ALIKE for one in written[other:last])
            )
    poor = snr_db is not None and snr_db < POOR_DB
    return tuple(
        Word(
            word=word,
            verdict=WordVerdict.RIGHT
            if at in right
            else WordVerdict.DOUBTFUL
            if poor or at in near or likelihood[at] >= LIKELY
            else WordVerdict.MISSING,
        )
        for at, word in enumerate(expected)
    )


def score(judged: Collection[Word]) -> float | None:
    """0 to 100 over the words that are not doubtful; None: all are."""
    sure = [one for one in judged if one.verdict is not WordVerdict.DOUBTFUL]
    if not sure:
        return None
    return round(100 * sum(one.verdict is WordVerdict.RIGHT for one in sure) / len(sure), 1)


def advice(judged: Sequence[Word]) -> Advice:
    """The first thing to change."""
    for verdict, zh, en in (
        (WordVerdict.MISSING, "没有听到“{}”，再说一遍整句。", "“{}” was not heard: say it again."),
        (WordVerdict.DOUBTFUL, "“{}”听不太清，慢一点说。", "“{}” was not clear: say it slower."),
    ):
        for one in judged:
            if one.verdict is verdict:
                return Advice(zh=zh.format(one.word), en=en.format(one.word))
    return Advice(zh="很好，每个词都听到了。", en="Well said: every word was heard.")


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
