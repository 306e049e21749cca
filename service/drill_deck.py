"""What there is to practise: the catalog's lines, and pairs that are easily confused.

A pair is said one after the other, so that the difference is heard. Pairs are those that the
catalog finds in itself, and sums whose numerals are taken for one another (四 and 十).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from db.drill_types import DrillKind
from phrases.alike import Pair
from phrases.catalog import Catalog, Phrase
from phrases.numerals import whole
from phrases.sandhi import spoken
from phrases.saying import ALIKE
from service.drill_score import EXAMPLE, LONGEST_CHARS, spelt

SHORT = 12
"""characters of each line of a pair, at most"""
UNKNOWN = "×"
"""stands where a line has a slot that nothing fills"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Exercise:
    """Something that a card is of."""

    key: str
    """such as phrase:ticket.take"""
    kind: DrillKind
    lines: tuple[str, ...]
    """for people; a pair has two"""
    text: str
    """what is to be said, characters only"""
    phrases: frozenset[str]
    """ids of the catalog"""


def deck(catalog: Catalog) -> Mapping[str, Exercise]:
    """All there is to practise, by key, in the order in which it is learnt: lines, then pairs."""
    found = [*_lines(catalog), *_pairs(catalog), *_numerals(catalog)]
    return {one.key: one for one in found if _fits(one)}


def _lines(catalog: Catalog) -> Iterator[Exercise]:
    for phrase in catalog.phrases.values():
        if not phrase.forbidden:
            yield _exercise(f"phrase:{phrase.id}", phrase.expected(EXAMPLE), phrases={phrase.id})


def _pairs(catalog: Catalog) -> Iterator[Exercise]:
    for pair in catalog.confusable_forms:
        named = _named(catalog, pair)
        if named is not None:
            one, other = sorted(pair.phrases) if len(pair.phrases) == 2 else ("", "")
            key = f"pair:{one}|{other}" if one else f"pair:{pair.one.phrase}|{'|'.join(named)}"
            if all(len(spelt(line)) <= SHORT for line in named):
                yield _exercise(key, *named, phrases=set(pair.phrases))


def _named(catalog: Catalog, pair: Pair) -> tuple[str, str] | None:
    """The two lines for people; None: it is no pair of Chinese lines that are both to be said."""
    if pair.one.language != "zh" or not (pair.one.standard and pair.other.standard):
        return None
    if any(catalog.phrases[phrase].forbidden for phrase in pair.phrases):
        return None
    return pair.one.fill(EXAMPLE), pair.other.fill(EXAMPLE)


def _numerals(catalog: Catalog) -> Iterator[Exercise]:
    """Sums that sound alike, in the line in which they are said."""
    received = catalog.phrases.get("flow.received")
    if received is None:
        return
    for numeral, other in ALIKE.items():
        yuan = sorted((whole(numeral) or 0, whole(other) or 0))
        key = f"pair:{yuan[0]}|{yuan[1]}"
        yield _exercise(key, *(_sum(received, each) for each in yuan), phrases={received.id})


def _sum(phrase: Phrase, yuan: int) -> str:
    return phrase.expected({"amount": str(yuan)})


def _exercise(key: str, *lines: str, phrases: set[str]) -> Exercise:
    return Exercise(
        key=key,
        kind=DrillKind.PAIR if len(lines) > 1 else DrillKind.PHRASE,
        lines=lines,
        text="".join(map(spelt, lines)),
        phrases=frozenset(phrases),
    )


def _fits(one: Exercise) -> bool:
    """It can be judged: Chinese characters alone, no slot that nothing fills, not too long."""
    known = UNKNOWN not in "".join(one.lines) and all(own != {0} for own in spoken(one.text))
    return known and 0 < len(one.text) <= LONGEST_CHARS
