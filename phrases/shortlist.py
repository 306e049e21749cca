"""Shortlist the forms of the catalog that a turn may hold, by characters and by sound.

rapidfuzz drops in one sweep what cannot fit; what is left is aligned by weighted pinyin. An
amount is parsed, never likened: where Whisper wrote other characters of exactly the same sound
(食物源 for 十五元), the amount counts as `by_sound`, and the sound itself must bear it out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from phrases.align import fits, pieces, size
from phrases.layout import Layout, Unit, with_amounts
from phrases.pattern import AMOUNT, Form, Literal
from phrases.pinyin import Syllable, Weights, syllables

LEAST = 0.4
"""Likeness by sound under which a form is not considered."""
SWEEP = 45.0
"""rapidfuzz's partial ratio, 0..100, under which a form is not even aligned."""

_ALIKE = {"zh": "z", "ch": "c", "sh": "s", "n": "l", "r": "l"}
_ALIKE_FINALS = {"ing": "in", "eng": "en", "ang": "an", "iang": "ian", "uang": "uan"}
_NUMERALS = "零一二三四五六七八九十百千两元块角毛点"


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A form at a place of a turn."""

    form: Form
    first: int
    """index of its first character in the turn's row of characters"""
    last: int
    """index after its last character"""
    size: int
    """syllables and amounts that must be said"""
    pinyin: float
    """0..1, likeness by weighted pinyin; of an alias what it counts for"""
    chars: float
    """0..1, likeness by characters"""
    wording: str
    """what it takes to have been said, in characters, without punctuation"""
    fen: int | None = None
    """the amount said"""
    by_sound: bool = False
    """the amount was written in other characters of the same sound"""
    words: dict[str, str] = field(default_factory=dict)
    """words of its open slots, as heard"""
    alias: bool = False
    """it was written in other words, as it is known to be misheard"""

    @property
    def guessed(self) -> bool:
        """Whether the text does not have it: only its sound can bear it out."""
        return self.by_sound or self.alias

    def meets(self, other: Candidate) -> bool:
        """Whether the two claim some of the same characters."""
        return self.first < other.last and other.first < self.last


def shortlist(
    layout: Layout, forms: Iterable[Form], weights: Weights, *, least: float = LEAST
) -> tuple[Candidate, ...]:
    """Every place where a form fits the turn at least so well, in no order."""
    heard = sounds(tuple(u.syllable for u in layout.chars if u.syllable is not None))
    rows = {False: (layout.chars, False), True: (layout.money, False)}
    guessed = with_amounts(layout.chars, _numerals(layout.chars))
    found: list[Candidate] = []
    for form in forms:
        has_amount = any(p.syllable is None and p.words is None for p in pieces(form))
        # A frame of two syllables round an amount is too short for the sweep (周年五十元).
        if not has_amount and not _worth(form, heard):
            continue
        row, by_sound = rows[has_amount]
        places = fits(form, row, weights, least=least)
        if has_amount and not places:
            row, by_sound = guessed, True
            places = fits(form, row, weights, least=least)
        for fit in places:
            found.append(_candidate(form, row, fit.start, fit.end, fit.score, layout, by_sound))
    return tuple(found)


def _candidate(
    form: Form,
    row: Sequence[Unit],
    start: int,
    end: int,
    score: float,
    layout: Layout,
    by_sound: bool,
) -> Candidate:
    units = row[start:end]
    heard = "".join(unit.text for unit in layout.chars[units[0].first : units[-1].last])
    amount = next((unit for unit in units if unit.fen is not None), None)
    words = _words(form, units)
    wording = "".join(
        token.text
        if isinstance(token, Literal)
        else amount.text
        if amount is not None and token.kind == AMOUNT
        else words.get(token.name, "")
        for token in form.tokens
    )
    return Candidate(
        form=form,
        first=units[0].first,
        last=units[-1].last,
        size=size(form),
        pinyin=score,
        chars=Levenshtein.normalized_similarity(wording, heard),
        wording=wording,
        fen=amount.fen if amount is not None else None,
        by_sound=by_sound,
        words=words,
    )


def _words(form: Form, units: Sequence[Unit]) -> dict[str, str]:
    """What stands in the form's slots of words, between the literals nearest to them."""
    text = "".join(unit.text for unit in units)
    words: dict[str, str] = {}
    at = 0
    for index, token in enumerate(form.tokens):
        if isinstance(token, Literal):
            at += len(token.text)
            continue
        if token.kind == AMOUNT:
            continue
        after = sum(len(t.text) for t in form.tokens[index + 1 :] if isinstance(t, Literal))
        others = sum(1 for t in form.tokens[index + 1 :] if not isinstance(t, Literal))
        end = len(text) - after - others
        following = form.tokens[index + 1] if index + 1 < len(form.tokens) else None
        if isinstance(following, Literal):
            place = text.find(following.text[:2], at + token.min_chars)
            if place >= 0:
                end = place
        end = max(at, min(end, at + token.max_chars, len(text)))
        words[token.name] = text[at:end]
        at = end
    return words


@lru_cache(maxsize=8192)
def _form_sounds(form: Form) -> str:
    return sounds(tuple(p.syllable for p in pieces(form) if p.syllable is not None))


def _worth(form: Form, heard: str) -> bool:
    """Whether enough of the form's sounds are there, in some order near theirs."""
    return fuzz.partial_ratio(_form_sounds(form), heard, score_cutoff=SWEEP) > 0


@lru_cache(maxsize=8192)
def sounds(row: tuple[Syllable, ...]) -> str:
    """One made-up character for each syllable, the same for those that are easily confused."""
    return "".join(
        _sound(_ALIKE.get(s.initial, s.initial), _ALIKE_FINALS.get(s.final, s.final)) for s in row
    )


_CODES: dict[tuple[str, str], str] = {}


def _sound(initial: str, final: str) -> str:
    return _CODES.setdefault((initial, final), chr(0xE000 + len(_CODES)))


@lru_cache(maxsize=1)
def _numeral_sounds() -> dict[tuple[str, str], str]:
    return {(s.initial, s.final): char for char in reversed(_NUMERALS) for s in syllables(char)}


def _numerals(row: Sequence[Unit]) -> tuple[Unit, ...]:
    """The row with every character of exactly a numeral's sound written as that numeral."""
    sounds = _numeral_sounds()
    return tuple(
        replace(unit, text=sounds.get((unit.syllable.initial, unit.syllable.final), unit.text))
        if unit.syllable is not None and not unit.text.isdigit()
        else unit
        for unit in row
    )
