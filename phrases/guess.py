"""Guess the sums of money that a stretch may hold, by its sound alone.

Where noise leaves no numeral in the transcript, the nearest-sounding 收您… and 找您… lines are
worth asking the sound about. A guess never stands without the sound's word.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import lru_cache

from rapidfuzz import fuzz, process

from phrases.align import fits, size
from phrases.layout import Unit
from phrases.pattern import Form, Literal
from phrases.pinyin import Weights, syllables
from phrases.saying import speak
from phrases.shortlist import Candidate, sounds

USUAL_YUAN = (*range(1, 121), *range(125, 501, 5), *range(600, 1001, 100))
"""Sums worth guessing: every toll up to 120 yuan, then those that end in 0 or 5."""
FRAMES = ("flow.received", "flow.change")


@lru_cache(maxsize=4)
def _lines(forms: tuple[Form, ...]) -> tuple[tuple[str, ...], tuple[tuple[Form, int, str], ...]]:
    """Sounds of every guessable line, and the form, the fen and the wording behind each."""
    rows: list[tuple[str, tuple[Form, int, str]]] = []
    for form in forms:
        frame = form.tokens[0]
        if not isinstance(frame, Literal):
            continue
        for yuan in USUAL_YUAN:
            said = speak(yuan * 100)
            for amount in (said, said.replace("元", "块")):
                wording = f"{frame.text}{amount}"
                rows.append((sounds(syllables(wording)), (form, yuan * 100, wording)))
    return tuple(r[0] for r in rows), tuple(r[1] for r in rows)


def guess(
    row: Sequence[Unit], forms: Collection[Form], weights: Weights, *, most: int
) -> tuple[Candidate, ...]:
    """At most `most` candidates for the whole of a stretch, best first."""
    wanted = tuple(
        f
        for f in forms
        if f.phrase in FRAMES and f.standard and f.language == "zh" and len(f.tokens) == 2
    )
    heard = sounds(tuple(u.syllable for u in row if u.syllable is not None))
    texts, lines = _lines(wanted)
    found: list[Candidate] = []
    for _, likeness, index in process.extract(heard, texts, scorer=fuzz.ratio, limit=4 * most):
        form, fen, wording = lines[index]
        literal = replace(form, tokens=(Literal(text=wording),))
        for fit in fits(literal, row, weights, least=0.3)[:1]:
            found.append(
                Candidate(
                    form=form,
                    first=row[fit.start].first,
                    last=row[fit.end - 1].last,
                    size=size(form),
                    pinyin=fit.score,
                    chars=likeness / 100,
                    wording=wording,
                    fen=fen,
                    by_sound=True,
                )
            )
    return tuple(sorted(found, key=lambda c: -c.pinyin)[:most])
