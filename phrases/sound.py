"""Ask the sound of an utterance for the few candidates that its text leaves open.

Each candidate is read in its place, the rest of the transcript around it, so that what was said
beside it is paid for too; DESIGN, Hearing, step 6.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from phrases.evidence import Asked
from phrases.layout import Layout, Unit
from phrases.pattern import Literal
from phrases.saying import neighbours, spoken_forms
from phrases.shortlist import Candidate

SPOKEN = 2
"""Usual wordings of an amount that are asked for."""
DOUBT = 6.0
"""Natural-log probability by which an amount must outdo the one that was due to rule it out."""
NEARBY = 4
"""Amounts that an amount is easily heard for that are asked for, the likeliest."""
COMMA = ","
UNRIVALLED = 2.0
"""Margin of a candidate for whose place no other was asked."""


class Scorer(Protocol):
    """Scores readings of one utterance by its sound, in natural-log probabilities."""

    def score(self, readings: Sequence[str]) -> tuple[tuple[float, ...], ...]:
        """For each reading, of each of its characters."""

    def noise(self, wordings: Sequence[str]) -> tuple[float, ...]:
        """For each wording, the mean per character that noise alone would give it."""

    def end(self, reading: str) -> float:
        """That the utterance ends after the reading."""


def ask(rivals: Sequence[Candidate], layout: Layout, scorer: Scorer) -> dict[int, Asked]:
    """What the sound says of each candidate of one utterance, by its id."""
    row = _row(rivals[0], layout)
    free, *readings = _free(row), *(_read(row, c, c.wording) for c in rivals)
    others = [_read(row, c, wording) for c in rivals for wording in _neighbours(c)]
    scores = scorer.score([r.text for r in (free, *readings, *others)])
    totals = dict(zip((r.text for r in (free, *readings, *others)), map(sum, scores), strict=True))
    priors = scorer.noise([c.wording for c in rivals])
    last = {r.text for r, c in zip(readings, rivals, strict=True) if c.last == row[-1].last}
    best = max(last - {free.text}, key=lambda text: totals[text], default=None)
    ends = {best: scorer.end(best)} if best is not None else {}
    asked = {}
    for c, reading, score, prior in zip(rivals, readings, scores[1:], priors, strict=False):
        stretch = reading.of_wording(score)
        size = len(stretch)
        wrong = [totals[r.text] for r, o in zip(readings, rivals, strict=True) if _rivals(o, c)]
        wrong += [totals[_read(row, c, wording).text] for wording in _neighbours(c)]
        sound = sum(stretch) / size
        asked[id(c)] = Asked(
            sound=sound,
            worst=min(stretch),
            loss=max(0.0, (totals[free.text] - totals[reading.text]) / size),
            margin=(totals[reading.text] - max(wrong)) / size if wrong else UNRIVALLED,
            gain=sound - prior,
            end=ends.get(reading.text, 0.0),
        )
    return asked


def possible(c: Candidate, due: Collection[int], layout: Layout, scorer: Scorer) -> tuple[int, ...]:
    """The amounts that were due and that the sound does not rule out against the candidate's."""
    row = _row(c, layout)
    forms = [(fen, form) for fen in sorted(due) for form in spoken_forms(fen)[:SPOKEN]]
    wordings = [c.wording, *(_frame(c) + form for _, form in forms)]
    heard, *others = map(sum, scorer.score([_read(row, c, w).text for w in wordings]))
    close = {fen for (fen, _), other in zip(forms, others, strict=True) if other > heard - DOUBT}
    return tuple(sorted(close))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Reading:
    """An utterance as it may have been said, with the commas that the transcript has."""

    text: str
    first: int
    """index of the wording's first character in the text"""
    last: int
    """index after its last character"""

    def of_wording(self, scores: Sequence[float]) -> list[float]:
        """The scores of the wording's characters, without those of commas."""
        stretch = slice(self.first, self.last)
        marked = zip(self.text[stretch], scores[stretch], strict=True)
        return [score for char, score in marked if char != COMMA]


def _row(c: Candidate, layout: Layout) -> list[Unit]:
    """The characters of the candidate's utterance."""
    turn = layout.chars[c.first].turn
    return [unit for unit in layout.chars if unit.turn == turn]


def _free(row: Sequence[Unit]) -> _Reading:
    """What was transcribed."""
    return _Reading(text=_written(row), first=0, last=0)


def _read(row: Sequence[Unit], c: Candidate, wording: str) -> _Reading:
    """The utterance with these words in the candidate's place."""
    before = [unit for unit in row if unit.last <= c.first]
    own = [unit for unit in row if c.first <= unit.first < c.last]
    after = [unit for unit in row if unit.first >= c.last]
    head = _written(before) + (COMMA if own[0].comma else "")
    said = "".join(
        (COMMA if k and k < len(own) and own[k].comma else "") + char
        for k, char in enumerate(wording)
    )
    tail = (COMMA if after and after[0].comma else "") + _written(after)
    return _Reading(text=head + said + tail, first=len(head), last=len(head) + len(said))


def _written(row: Sequence[Unit]) -> str:
    return "".join((COMMA if k and unit.comma else "") + unit.text for k, unit in enumerate(row))


def _neighbours(c: Candidate) -> list[str]:
    """The candidate's wording with the amounts that are easily heard in place of its own."""
    if c.fen is None:
        return []
    return [_frame(c) + spoken_forms(fen)[0] for fen in neighbours(c.fen)[:NEARBY]]


def _frame(c: Candidate) -> str:
    return next(t.text for t in c.form.tokens if isinstance(t, Literal))


def _rivals(a: Candidate, b: Candidate) -> bool:
    """Whether both cannot be true: they want the same place, and are not the same."""
    return a.meets(b) and (a.form.phrase, a.fen) != (b.form.phrase, b.fen)
