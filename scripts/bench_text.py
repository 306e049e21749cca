"""Find phrases in a transcript alone: by plain fuzz.ratio, and by our own matching without sound.

For recognisers that give a text and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz

from phrases.amounts import fen, find
from phrases.catalog import Catalog
from phrases.match import match_text
from phrases.normalize import fold
from phrases.pattern import Form
from phrases.types import Decision, PhraseMatch
from service.evaluate import Expected

BAR = 80.0
"""0..100, ratio from which a line counts as said"""
_AMOUNT = "{amount}"


def plain(text: str, forms: Sequence[Form]) -> tuple[float, Expected | None]:
    """The standard line that is most like the text, raw, and its fuzz.ratio, 0..100.

    A line's amount is whatever amount the text holds, so that the ratio is not worse for it.
    """
    best: tuple[float, Expected | None] = (0.0, None)
    spans = find(fold(text))
    said = fold(text)[spans[0].start : spans[0].end] if spans else ""
    for form in forms:
        if not form.standard:
            continue
        has_amount = _AMOUNT in form.line
        ratio = fuzz.ratio(text, form.line.replace(_AMOUNT, said))
        if ratio > best[0]:
            amount = spans[0].fen if has_amount and spans else None
            best = ratio, Expected(phrase=form.phrase, amount_fen=amount)
    return best


def ours(text: str, catalog: Catalog) -> tuple[Expected, ...]:
    """What our matching accepts of the text without the sound."""
    return tuple(expected(m) for m in match_text(text, catalog) if m.decision is Decision.ACCEPTED)


def expected(match: PhraseMatch) -> Expected:
    """A match as a label."""
    amount = match.slots.get("amount")
    return Expected(phrase=match.phrase, amount_fen=fen(amount) if amount else None)
