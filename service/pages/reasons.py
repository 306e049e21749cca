"""Say in the visitor's language why a verdict is as it is: from its codes and values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from phrases.reasons import Reason, read
from service.pages.frame import Visit
from service.pages.markup import Html, h
from service.pages.pieces import phrase
from service.pages.words_reasons import CHINESE, LINKS, TERMS


def told(visit: Visit, sentence: str) -> Html | str:
    """The reason in words; what this program did not make is shown as it is, in its English."""
    if visit.language == "en" or not sentence:
        return sentence
    found = read(sentence)
    return h("span", sentence, lang="en") if found is None else _chinese(visit, found)


def term(visit: Visit, code: str) -> str:
    """What a code of the lane, the weather or a gap means."""
    return TERMS.get(code, (code, code))[0 if visit.language == "zh" else 1]


def every(reasons: Iterable[Reason]) -> Iterator[Reason]:
    """The reasons, and those within them."""
    for one in reasons:
        yield one
        for inner in one.within.values():
            yield from every(inner)


def _chinese(visit: Visit, reasons: Iterable[Reason]) -> str:
    return "".join(LINKS[one.link] + _one(visit, one) for one in reasons)


def _one(visit: Visit, one: Reason) -> str:
    values = {name: _value(visit, name, text) for name, text in one.values.items()}
    within = {name: _chinese(visit, inner) for name, inner in one.within.items()}
    return CHINESE[one.code].format(**values, **within)


def _value(visit: Visit, name: str, text: str) -> str:
    if name == "term":
        return term(visit, text)
    if name == "phrase":
        return phrase(visit, text)
    if name in ("first", "then"):
        return visit.step(text)
    # What the day is ends with its English name.
    return text.partition(" (")[0] if name == "day" else text
