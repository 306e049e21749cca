"""Compare the catalog's forms with each other: which hold others, which are easily confused.

No threshold can tell apart two lines that sound the same, so those are refused when the catalog is
read; lines that differ by a syllable or a word are listed, so that the ratio between the two is
what decides; and a line that is made of others fills their steps too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from phrases.normalize import fold, polite
from phrases.pattern import Form, Literal
from phrases.pinyin import toneless

WORD = 2
"""Syllables of a word, at most."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """Two forms that are easily confused."""

    one: Form
    other: Form
    one_word: str
    """what the one has where they differ, as syllables; empty if nothing"""
    other_word: str

    @property
    def phrases(self) -> frozenset[str]:
        """The ids; a single one if two alternatives of one phrase are confused."""
        return frozenset((self.one.phrase, self.other.phrase))


def spelling(form: Form) -> str:
    """The form's words as they are compared: equal if only 你/您 or script differ."""
    if form.language != "zh":
        return form.key
    return "".join(
        polite(fold(token.text)) if isinstance(token, Literal) else f"<{token.kind}>"
        for token in form.tokens
    )


def sound(form: Form) -> tuple[str, ...]:
    """The form's syllables without tones (English: its words), each free slot as `<kind>`."""
    syllables: list[str] = []
    for token in form.tokens:
        if not isinstance(token, Literal):
            syllables.append(f"<{token.kind}>")
        elif form.language == "zh":
            syllables.extend(toneless(polite(fold(token.text))))
        else:
            syllables.extend(token.text.split())
    return tuple(syllables)


def parts(forms: Iterable[Form], apart: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """For each phrase the ids of those that it says by the way.

    A phrase is part of another if one of its forms stands, word for word, in one of the other's,
    unless `apart` (id to ids) says that the words mean something else there.
    """
    spelled: dict[str, set[str]] = defaultdict(set)
    for form in forms:
        spelled[form.phrase].add(_bounded(form))
    return {
        whole: frozenset(
            part
            for part, short in spelled.items()
            if part != whole
            and part not in apart.get(whole, frozenset())
            and any(a in b and a != b for a in short for b in long)
        )
        for whole, long in spelled.items()
    }


def twins(forms: Sequence[Form]) -> list[tuple[Form, Form]]:
    """Pairs of forms of different phrases that are spelt alike, one for each two phrases."""
    return _equal(forms, spelling)


def homophones(forms: Sequence[Form]) -> list[tuple[Form, Form]]:
    """Pairs of forms of different phrases that sound alike but for the tones, likewise."""
    return _equal(forms, sound)


def confusable(forms: Sequence[Form], parts: Mapping[str, frozenset[str]]) -> tuple[Pair, ...]:
    """Forms that differ by one syllable, or by one word of a line of which one is standard.

    One pair for each two phrases and for each two alternatives of a phrase, the earliest in
    `forms`; none where one phrase is a part of the other. In the order of `forms`.
    """
    found: dict[tuple[frozenset[object], ...], Pair] = {}
    for (one, a), (other, b) in combinations([(form, sound(form)) for form in forms], 2):
        same_phrase = one.phrase == other.phrase
        # Almost all pairs end here: what differs by so little begins or ends alike.
        if not same_phrase and a[:1] != b[:1] and a[-1:] != b[-1:]:
            continue
        if one.language != other.language or (same_phrase and one.slots == other.slots):
            continue
        if _holds(parts, one, other) or _holds(parts, other, one):
            continue
        one_word, other_word = _difference(a, b)
        shared = len(a) - len(one_word)
        usual = one.standard or other.standard
        if not (same_phrase or _near(one_word, other_word, shared=shared, usual=usual)):
            continue
        if any(w.startswith("<") for w in (*one_word, *other_word)):
            continue
        key: tuple[frozenset[object], ...] = (frozenset((one.phrase, other.phrase)),)
        if same_phrase:
            key += (frozenset((*one.slots.items(), *other.slots.items())),)
        pair = Pair(
            one=one, other=other, one_word=" ".join(one_word), other_word=" ".join(other_word)
        )
        found.setdefault(key, pair)
    return tuple(found.values())


def _holds(parts: Mapping[str, frozenset[str]], whole: Form, part: Form) -> bool:
    return part.phrase in parts.get(whole.phrase, ())


def _bounded(form: Form) -> str:
    """The spelling with marks at which a word may begin and end."""
    return spelling(form) if form.language == "zh" else f" {form.key} "


def _equal(forms: Sequence[Form], look: Callable[[Form], Hashable]) -> list[tuple[Form, Form]]:
    """Pairs of forms of different phrases that look the same, one for each two phrases."""
    first: dict[tuple[str, Hashable], list[Form]] = defaultdict(list)
    found: dict[frozenset[str], tuple[Form, Form]] = {}
    for form in forms:
        alike = first[form.language, look(form)]
        for other in alike:
            if other.phrase != form.phrase:
                found.setdefault(frozenset((other.phrase, form.phrase)), (other, form))
        alike.append(form)
    return list(found.values())


def _difference(a: tuple[str, ...], b: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The one stretch of each in which the two differ."""
    head = 0
    while head < min(len(a), len(b)) and a[head] == b[head]:
        head += 1
    tail = 0
    while tail < min(len(a), len(b)) - head and a[-1 - tail] == b[-1 - tail]:
        tail += 1
    return a[head : len(a) - tail], b[head : len(b) - tail]


def _near(one_word: Sequence[str], other_word: Sequence[str], *, shared: int, usual: bool) -> bool:
    """Whether that is one syllable, or one word in place of another in a usual line."""
    longest = max(len(one_word), len(other_word))
    if longest <= 1:
        return shared >= 1
    return usual and len(one_word) == len(other_word) == WORD <= shared
