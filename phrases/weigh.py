"""Weigh every candidate of a turn: by its text, then by the sound of the few left open."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from phrases.catalog import Catalog
from phrases.evidence import Evidence, Thresholds, score
from phrases.guess import guess
from phrases.layout import Layout, Unit
from phrases.pinyin import Weights
from phrases.schema import FORBIDDEN
from phrases.shortlist import Candidate, shortlist
from phrases.types import Transcript

READINGS = 4
"""Candidates of one utterance that are asked for by sound, at most."""
PROMISING = 0.45
"""Share of the best rival's promise under which a candidate is not asked for."""
PLAIN_SCORE = 0.99
"""Score of a phrase that the text alone makes certain."""
HELPFUL = 0.75
"""Likeness by pinyin from which a candidate explains what stands beside another."""
SHORT = 3
"""Syllables up to which a phrase must stand alone in its clause."""
UNASKED = (-1.5, -3.0, 1.0, 0.0)
"""Sound, worst character, loss and margin of a candidate whose sound cannot be asked: middling."""
NO_RIVAL = 2.0
"""Margin of a candidate that has its place for itself."""
STRETCH = (2, 12)
"""Least and most characters of a stretch in which an amount is guessed."""
FILLERS = frozenset("啊呀哦噢嗯哎唉诶呃额嘛呢吧哈喂那好的了")
"""Characters beside a phrase that say nothing."""


class Scorer(Protocol):
    """Scores readings of one utterance by its sound."""

    def score(self, readings: Sequence[str]) -> tuple[tuple[float, ...], ...]:
        """For each reading, the natural-log probability of each of its characters."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Weighed:
    """A candidate and how sure it is."""

    candidate: Candidate
    score: float
    """0..1"""
    evidence: Evidence
    asked: bool
    """whether the sound was asked"""

    def meets(self, other: Weighed) -> bool:
        """Whether the two claim some of the same characters."""
        return _meets(self.candidate, other.candidate)


def weigh(
    turn: Sequence[Transcript],
    layout: Layout,
    catalog: Catalog,
    *,
    scorers: Mapping[int, Scorer],
    weights: Weights,
    thresholds: Thresholds,
) -> list[Weighed]:
    """Every candidate worth a thought, the surest first; `scorers` by utterance number."""
    found = list(shortlist(layout, catalog.forms, weights))
    found = _best_of_each([*found, *_guesses(layout, found, catalog, weights)])
    weighed: list[Weighed] = []
    for index, transcript in enumerate(turn):
        own = sorted((c for c in found if _turns(c, layout) == {index}), key=_promise, reverse=True)
        plain = [c for c in own if _is_plain(c, transcript, layout, own, thresholds)]
        rest = _worth_asking([c for c in own if c not in plain and not _inside(c, plain)])
        scorer = scorers.get(transcript.utterance)
        asked = _ask(rest, layout, scorer) if scorer and rest else {}
        for c in [*plain, *rest]:
            evidence = _evidence(c, layout, plain, own, asked.get(id(c)))
            sure = PLAIN_SCORE if c in plain else score(evidence, thresholds.weights)
            weighed.append(
                Weighed(candidate=c, score=sure, evidence=evidence, asked=id(c) in asked)
            )
    for c in found:
        if len(_turns(c, layout)) > 1 and c.pinyin >= HELPFUL:
            evidence = _evidence(c, layout, [], found, None)
            sure = score(evidence, thresholds.weights)
            weighed.append(Weighed(candidate=c, score=sure, evidence=evidence, asked=False))
    fair = [w for w in weighed if _fair(w, thresholds)]
    return sorted(fair, key=lambda w: -w.score)


def _promise(c: Candidate) -> float:
    """How much a candidate promises before its sound is asked: long and alike comes first."""
    return (c.size + 0.5) * (c.pinyin - 0.35) - 0.3 * c.by_sound


def _turns(c: Candidate, layout: Layout) -> set[int]:
    return {u.turn for u in layout.chars[c.first : c.last]}


def _best_of_each(found: Collection[Candidate]) -> list[Candidate]:
    """One form of each phrase, slots and amount at each place: the one that promises most."""
    best: list[tuple[tuple[object, ...], Candidate]] = []
    for c in sorted(found, key=_promise, reverse=True):
        key = (c.form.phrase, c.fen, *c.form.slots.values())
        if not any(k == key and _meets(b, c) for k, b in best):
            best.append((key, c))
    return [c for _, c in best]


def _guesses(
    layout: Layout, found: Sequence[Candidate], catalog: Catalog, weights: Weights
) -> list[Candidate]:
    """Guessed amounts for the stretches that no candidate fits well."""
    taken = _characters(c for c in found if c.pinyin >= HELPFUL and not c.by_sound)
    stretches: list[list[Unit]] = [[]]
    for k, unit in enumerate(layout.chars):
        if k in taken or (k and layout.chars[k - 1].turn != unit.turn):
            stretches.append([])
        if k not in taken:
            stretches[-1].append(unit)
    least, most = STRETCH
    guesses = [
        c
        for stretch in stretches
        if least <= len(stretch) <= most
        for c in guess(stretch, catalog.forms, weights, most=3)
    ]
    known = {(c.form.phrase, c.fen) for c in found}
    return [g for g in guesses if (g.form.phrase, g.fen) not in known]


def _is_plain(
    c: Candidate,
    transcript: Transcript,
    layout: Layout,
    own: Sequence[Candidate],
    thresholds: Thresholds,
) -> bool:
    """Whether the text alone is enough: just the phrase, in a transcript that is sure of itself."""
    return (
        c.pinyin >= thresholds.plain
        and not c.by_sound
        and transcript.logprob >= thresholds.logprob
        and not any(_beside(c, layout, [o for o in own if o.pinyin >= thresholds.plain]))
    )


def _worth_asking(rivals: Sequence[Candidate]) -> list[Candidate]:
    """The few best, by promise, of those that are not far behind a rival for their place."""
    kept: list[Candidate] = []
    for c in rivals:
        better = [_promise(k) for k in kept if _meets(k, c)]
        if len(kept) < READINGS and _promise(c) >= PROMISING * max(better, default=0.0):
            kept.append(c)
    return kept


def _inside(c: Candidate, others: Sequence[Candidate]) -> bool:
    return any(o.first <= c.first and c.last <= o.last for o in others)


def _beside(c: Candidate, layout: Layout, explained: Collection[Candidate]) -> tuple[int, int]:
    """Unexplained characters before and after the candidate with no pause between."""
    taken = _characters(explained)
    chars = layout.chars
    before = after = 0
    k = c.first
    while k > 0 and not chars[k].fresh and k - 1 not in taken:
        k -= 1
        before += chars[k].text not in FILLERS
    k = c.last
    while k < len(chars) and not chars[k].fresh and k not in taken:
        after += chars[k].text not in FILLERS
        k += 1
    return before, after


def _ask(
    rivals: Sequence[Candidate], layout: Layout, scorer: Scorer
) -> dict[int, tuple[float, float, float, float]]:
    """Sound, worst character, loss and margin of each candidate, by its id."""
    turn = layout.chars[rivals[0].first].turn
    row = [u for u in layout.chars if u.turn == turn]
    offset = row[0].first
    free = "".join(u.text for u in row)
    readings = [free[: c.first - offset] + c.wording + free[c.last - offset :] for c in rivals]
    transcribed, *scores = scorer.score([free, *readings])
    asked = {}
    for c, reading in zip(rivals, scores, strict=True):
        stretch = reading[c.first - offset : c.first - offset + len(c.wording)]
        others = [
            sum(other)
            for o, other in zip(rivals, scores, strict=True)
            if o is not c and _meets(o, c)
        ]
        asked[id(c)] = (
            sum(stretch) / len(stretch),
            min(stretch),
            max(0.0, (sum(transcribed) - sum(reading)) / len(stretch)),
            (sum(reading) - max(others)) / len(stretch) if others else NO_RIVAL,
        )
    return asked


def _evidence(
    c: Candidate,
    layout: Layout,
    plain: Sequence[Candidate],
    own: Sequence[Candidate],
    asked: tuple[float, float, float, float] | None,
) -> Evidence:
    helpers = [*plain, *(o for o in own if o.pinyin >= HELPFUL and not _meets(o, c))]
    before, after = _beside(c, layout, helpers)
    taken = _characters([c, *helpers])
    turns = _turns(c, layout)
    row = [k for k, u in enumerate(layout.chars) if u.turn in turns]
    left = sum(k not in taken and layout.chars[k].text not in FILLERS for k in row)
    sound, worst, loss, margin = asked or UNASKED
    first, last = layout.chars[c.first], layout.chars[c.last - 1]
    return Evidence(
        pinyin=c.pinyin,
        chars=c.chars,
        size=c.size,
        beside=(before + after) / (before + after + c.size),
        hanging=c.size <= SHORT and c.fen is None and (after >= 1 or before >= 2),
        alone=left / len(row),
        sound=sound,
        worst=worst,
        loss=loss,
        margin=margin,
        by_sound=c.by_sound,
        pace=1000 * len(c.wording) / max(1, last.end_ms - first.start_ms),
    )


def _fair(w: Weighed, thresholds: Thresholds) -> bool:
    """Whether it may count at all: a forbidden phrase only as the whole, certain utterance."""
    if not w.candidate.form.phrase.startswith(FORBIDDEN):
        return True
    return w.evidence.alone == 0 and w.score >= thresholds.forbidden


def _characters(candidates: Iterable[Candidate]) -> set[int]:
    return {k for c in candidates for k in range(c.first, c.last)}


def _meets(a: Candidate, b: Candidate) -> bool:
    return a.first < b.last and b.first < a.last
