"""Align one form of a phrase with a row of heard units: where it fits, and how well by sound.

A semi-global alignment (Sellers, J. Algorithms 1, 1980): the form is used whole, the row only
where it fits best. Substitutions cost what the two syllables differ; an amount is matched by an
amount or not at all; words of a slot cost nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from phrases.layout import Unit
from phrases.normalize import polite
from phrases.pattern import AMOUNT, Form, Literal
from phrases.pinyin import Syllable, Weights, distance, syllables

MISSING = 1.0
"""Cost of a syllable of the form that was not heard."""
EXTRA = 0.8
"""Cost of a syllable heard inside the form that is not in it."""
ANOTHER_CHARACTER = 0.03
"""Cost of another character of the same sound: between equals, the same word wins."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """One step of a form: a syllable, an amount, or a few words."""

    char: str
    syllable: Syllable | None
    words: tuple[int, int] | None
    """least and most characters, of a slot of words"""
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Fit:
    """Where a form fits a row."""

    start: int
    """index of the first unit"""
    end: int
    """index after the last unit"""
    score: float
    """0..1, 1 − cost per piece that must be said"""


@lru_cache(maxsize=8192)
def pieces(form: Form) -> tuple[Piece, ...]:
    """The form's steps in order."""
    row: list[Piece] = []
    for token in form.tokens:
        if isinstance(token, Literal):
            text = polite(token.text.replace(" ", ""))
            row.extend(
                Piece(char=char, syllable=syllable, words=None, name="")
                for char, syllable in zip(text, syllables(text), strict=True)
            )
        else:
            words = None if token.kind == AMOUNT else (token.min_chars, token.max_chars)
            row.append(Piece(char="", syllable=None, words=words, name=token.name))
    return tuple(row)


@lru_cache(maxsize=8192)
def size(form: Form) -> int:
    """How many pieces of the form must be said: syllables and amounts."""
    return sum(piece.words is None for piece in pieces(form))


def _cost(piece: Piece, unit: Unit, weights: Weights) -> float:
    if piece.syllable is None:
        return 0.0 if unit.fen is not None else math.inf
    if unit.syllable is None:
        return 1.0
    if piece.char == polite(unit.text):
        return 0.0
    return min(1.0, ANOTHER_CHARACTER + distance(piece.syllable, unit.syllable, weights))


def fits(form: Form, row: Sequence[Unit], weights: Weights, *, least: float) -> tuple[Fit, ...]:
    """Where the form fits with a score of `least` or more: best first, never overlapping."""
    n = len(row)
    costs: list[float] = [0.0] * (n + 1)
    starts = list(range(n + 1))
    for index, piece in enumerate(pieces(form)):
        if piece.words is not None:
            costs, starts = _skip(costs, starts, piece.words)
            continue
        inner = index > 0
        missing = MISSING if piece.syllable is not None else math.inf
        new_costs = [costs[0] + missing]
        new_starts = [starts[0]]
        for j in range(1, n + 1):
            best, start = costs[j - 1] + _cost(piece, row[j - 1], weights), starts[j - 1]
            if costs[j] + missing < best:
                best, start = costs[j] + missing, starts[j]
            if inner and new_costs[j - 1] + EXTRA < best:
                best, start = new_costs[j - 1] + EXTRA, new_starts[j - 1]
            new_costs.append(best)
            new_starts.append(start)
        costs, starts = new_costs, new_starts
    whole = size(form)
    found = sorted(
        (
            Fit(start=starts[j], end=j, score=1 - costs[j] / whole)
            for j in range(1, n + 1)
            if starts[j] < j and 1 - costs[j] / whole >= least
        ),
        key=lambda fit: (-fit.score, fit.start - fit.end),
    )
    kept: list[Fit] = []
    for fit in found:
        if all(fit.end <= other.start or fit.start >= other.end for other in kept):
            kept.append(fit)
    return tuple(kept)


def _skip(
    costs: list[float], starts: list[int], words: tuple[int, int]
) -> tuple[list[float], list[int]]:
    """Let a slot take from `words[0]` to `words[1]` units for nothing."""
    least, most = words
    new_costs, new_starts = [], []
    for j in range(len(costs)):
        options = [(costs[j - k], j - k) for k in range(least, most + 1) if j - k >= 0]
        cost, at = min(options, default=(math.inf, 0))
        new_costs.append(cost)
        new_starts.append(starts[at])
    return new_costs, new_starts
