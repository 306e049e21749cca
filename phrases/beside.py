"""Set a line beside what was heard of it, character by character, by how they sound.

It is for people to see how far the two differ; what was heard is decided by `phrases/match.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from phrases.normalize import fold
from phrases.numerals import MOST, spell
from phrases.pinyin import distance, marked, syllables
from phrases.saying import speak
from phrases.yuan import fen

ALIKE = 0.05
"""0..1, how far two characters may sound apart and still be one sound, tones left out"""
_GAP = 0.8
"""cost of a character too few or too many, 1 at the start; of another one it is at most 1"""
_NUMERALS = frozenset("零一二三四五六七八九十百千万两")
_AMOUNT = re.compile(r"(\d+(?:\.\d{1,2})?)元")
_NUMBER = re.compile(r"\d+")


class How(StrEnum):
    """How the two characters of a place compare."""

    SAME = "same"
    SOUND = "sound"
    """another character of the same sound: how a word is written says nothing"""
    OTHER = "other"
    MISSING = "missing"
    """due, and nothing was heard in its place"""
    EXTRA = "extra"
    """heard, and nothing was due in its place"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """One place of the two lines."""

    due: str
    """a character; empty: none"""
    due_pinyin: str
    heard: str
    """a character; empty: none"""
    heard_pinyin: str
    how: How


def beside(due: str, heard: str) -> tuple[Place, ...]:
    """The two lines, place by place; sums of money as they are spoken, marks left out."""
    rows = [list(_toned(_spoken(text))) for text in (due, heard)]
    lines = ["".join(char for char, _ in row) for row in rows]
    left, right = (iter(row) for row in rows)
    none = ("", "")
    found = []
    for one, other in paired(*lines):
        wanted = none if one is None else next(left)
        said = none if other is None else next(right)
        found.append(
            Place(
                due=wanted[0],
                due_pinyin=wanted[1],
                heard=said[0],
                heard_pinyin=said[1],
                how=_how(one, other),
            )
        )
    return tuple(found)


def paired(expected: str, written: str) -> list[tuple[str | None, str | None]]:
    """The characters of both in order, each beside the one in its place; None: there is none."""
    rows, columns = len(expected), len(written)
    cost = [[float(column) for column in range(columns + 1)]]
    for row in range(1, rows + 1):
        line = [float(row)]
        for column in range(1, columns + 1):
            swap = cost[row - 1][column - 1] + _swap(expected[row - 1], written[column - 1])
            line.append(min(swap, cost[row - 1][column] + _GAP, line[column - 1] + _GAP))
        cost.append(line)
    found = list[tuple[str | None, str | None]]()
    row, column = rows, columns
    while row or column:
        if row and column:
            swap = cost[row - 1][column - 1] + _swap(expected[row - 1], written[column - 1])
            if abs(cost[row][column] - swap) < 1e-9:
                row, column = row - 1, column - 1
                found.append((expected[row], written[column]))
                continue
        if row and (not column or abs(cost[row][column] - cost[row - 1][column] - _GAP) < 1e-9):
            row -= 1
            found.append((expected[row], None))
        else:
            column -= 1
            found.append((None, written[column]))
    return found[::-1]


@lru_cache(maxsize=8192)
def _apart(one: str, other: str) -> float:
    """0..1, how far two characters sound apart, their tones left out."""
    (a,), (b,) = syllables(one), syllables(other)
    return distance(a._replace(tone=min(a.tone, 1)), b._replace(tone=min(b.tone, 1)))


def sounds_as(one: str, other: str, alike: float) -> bool:
    """Whether the other may be another way to write it: 四 in place of 十 is another sum."""
    sum_of_money = one != other and {one, other} <= _NUMERALS
    return not sum_of_money and _apart(one, other) <= alike


def _how(one: str | None, other: str | None) -> How:
    if one is None or other is None:
        return How.EXTRA if one is None else How.MISSING
    if one == other:
        return How.SAME
    return How.SOUND if sounds_as(one, other, ALIKE) else How.OTHER


def _swap(one: str, other: str) -> float:
    return 0.0 if one == other else max(0.05, _apart(one, other))


def _toned(text: str) -> Iterator[tuple[str, str]]:
    """Each character with its pinyin."""
    return zip(text, marked(text), strict=True)


def _spoken(text: str) -> str:
    """The text as it is said: 100元 is 一百元; marks and spaces are left out."""

    def amount(found: re.Match[str]) -> str:
        try:
            return speak(fen(found[1]))
        except ValueError:
            return found[0]

    def number(found: re.Match[str]) -> str:
        value = int(found[0])
        return spell(value) if value <= MOST else found[0]

    return fold(_NUMBER.sub(number, _AMOUNT.sub(amount, text)))
