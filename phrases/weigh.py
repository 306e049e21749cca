"""Weigh every candidate of a turn: by its text, then by the sound of the few left open."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from phrases.aliases import Aliases, propose
from phrases.catalog import Catalog
from phrases.evidence import UNASKED, Asked, Evidence, Thresholds, score
from phrases.guess import guess
from phrases.layout import Layout, Unit
from phrases.pinyin import Weights
from phrases.saying import neighbours
from phrases.schema import FORBIDDEN
from phrases.shortlist import Candidate, shortlist
from phrases.sound import Scorer, ask, possible
from phrases.types import Transcript

READINGS = 4
"""Candidates of one utterance that are asked for by sound, at most."""
PROMISING = 0.45
"""Share of the best rival's promise under which a candidate is not asked for."""
PLAIN_SCORE = 0.99
"""Score of a phrase that the text alone makes certain."""
HELPFUL = 0.75
"""Likeness by pinyin from which a candidate explains what stands beside another."""
SPARSE = 0.8
"""Characters a second under which more was said than was written down."""
SHORT = 3
"""Syllables up to which a phrase must stand alone in its clause."""
LONG = 8
"""Syllables from which a phrase can hardly be anything else …"""
LONG_LIKENESS = 0.9
"""… at this likeness by pinyin, though its sound cannot be asked."""
LIKELY = 0.75
"""Likeness by pinyin from which a phrase whose sound cannot be asked may have been said."""
STRETCH = (2, 12)
"""Least and most characters of a stretch in which an amount is guessed."""
FILLERS = frozenset("啊呀哦噢嗯哎唉诶呃额嘛呢吧哈喂那好的了")
"""Characters beside a phrase that say nothing."""
JOINED = {"好": frozenset({("x", "iang"), ("j", "iou"), ("d", "uo")})}
"""Sounds with which a phrase's last character makes another word, as in 您好像, 早上好多: there a
comma of the recogniser (您好,向…) parts nothing, for it writes one now and then."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Weighed:
    """A candidate and how sure it is."""

    candidate: Candidate
    score: float
    """0..1"""
    evidence: Evidence
    asked: bool
    """whether the sound was asked"""
    rivals: tuple[int, ...] = ()
    """amounts in fen that were due, and that the sound does not rule out"""

    def meets(self, other: Weighed) -> bool:
        """Whether the two claim some of the same characters."""
        return self.candidate.meets(other.candidate)


def weigh(
    turn: Sequence[Transcript],
    layout: Layout,
    catalog: Catalog,
    *,
    scorers: Mapping[int, Scorer],
    weights: Weights,
    thresholds: Thresholds,
    aliases: Aliases,
    due: Collection[int] = (),
) -> list[Weighed]:
    """Every candidate worth a thought, the surest first.

    `scorers` by utterance number. `due` are the amounts in fen that the lane knows of: where
    another one was heard, the sound is asked whether it can have been one of these.
    """
    found = list(shortlist(layout, catalog.forms, weights))
    guesses = _guesses(layout, found, catalog, weights)
    found = _best_of_each([*found, *guesses, *propose(layout, catalog, found, aliases)])
    weighed: list[Weighed] = []
    for index, transcript in enumerate(turn):
        own = sorted((c for c in found if _turns(c, layout) == {index}), key=_promise, reverse=True)
        plain = [c for c in own if _is_plain(c, transcript, layout, own, thresholds)]
        rest = _worth_asking([c for c in own if c not in plain and not _inside(c, plain)])
        scorer = scorers.get(transcript.utterance)
        asked = ask(rest, layout, scorer) if scorer and rest else {}
        for c in [*plain, *rest]:
            evidence = _evidence(c, layout, plain, own, asked.get(id(c), UNASKED))
            if id(c) in asked:
                sure = score(evidence, thresholds.weights)
            else:
                sure = PLAIN_SCORE if c in plain else _by_text(c, evidence, thresholds)
            doubts = _doubts(c, due, layout, own, scorer) if sure >= thresholds.unsure else ()
            weighed.append(
                Weighed(
                    candidate=c,
                    score=sure,
                    evidence=evidence,
                    asked=id(c) in asked,
                    rivals=doubts,
                )
            )
    for c in found:
        if len(_turns(c, layout)) > 1:
            evidence = _evidence(c, layout, [], found, UNASKED)
            sure = _by_text(c, evidence, thresholds)
            weighed.append(Weighed(candidate=c, score=sure, evidence=evidence, asked=False))
    return sorted(weighed, key=lambda w: -w.score)


def fair(w: Weighed, thresholds: Thresholds) -> bool:
    """Whether it may count at all: a forbidden phrase only as the whole, certain utterance."""
    if not w.candidate.form.phrase.startswith(FORBIDDEN):
        return True
    return w.evidence.alone == 0 and w.score >= thresholds.forbidden


def _by_text(c: Candidate, evidence: Evidence, thresholds: Thresholds) -> float:
    """How sure it is without its sound: the same words with nothing beside, or doubtful at most."""
    enough = LONG_LIKENESS if c.size >= LONG else thresholds.plain
    if c.pinyin >= enough and not evidence.beside and not c.guessed:
        return PLAIN_SCORE
    return thresholds.unsure if c.pinyin >= LIKELY and not evidence.hanging else 0.0


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
        if not any(k == key and b.meets(c) for k, b in best):
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
    turns = _turns(c, layout)
    return (
        c.pinyin >= thresholds.plain
        and not c.guessed
        and transcript.logprob >= thresholds.logprob
        and _pace([k for k, u in enumerate(layout.chars) if u.turn in turns], layout) >= SPARSE
        and not any(_beside(c, layout, [o for o in own if o.pinyin >= thresholds.plain]))
    )


def _worth_asking(rivals: Sequence[Candidate]) -> list[Candidate]:
    """The few best, by promise, of those that are not far behind a rival for their place."""
    kept: list[Candidate] = []
    for c in rivals:
        better = [_promise(k) for k in kept if k.meets(c)]
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
    while k < len(chars) and k not in taken and not (chars[k].fresh and not _joined(c, chars[k])):
        after += chars[k].text not in FILLERS
        k += 1
    return before, after


def _joined(c: Candidate, following: Unit) -> bool:
    """Whether the comma before what follows the candidate may be the recogniser's own."""
    sound = following.syllable
    known = JOINED.get(c.wording[-1:], frozenset())
    at_once = following.first == c.last and following.comma
    return at_once and sound is not None and (sound.initial, sound.final) in known


def _doubts(
    c: Candidate,
    due: Collection[int],
    layout: Layout,
    own: Sequence[Candidate],
    scorer: Scorer | None,
) -> tuple[int, ...]:
    """The amounts that were due and may have been said in place of the candidate's.

    All of them, where unexplained speech runs on from the amount: 一块武 may be 一块五.
    """
    if c.fen is None or c.fen in due or not due:
        return ()
    _, after = _beside(c, layout, [o for o in own if o.pinyin >= HELPFUL and not o.meets(c)])
    if after:
        return tuple(sorted(due))
    if scorer is None:
        return tuple(sorted(set(due) & set(neighbours(c.fen))))
    return possible(c, due, layout, scorer)


def _evidence(
    c: Candidate,
    layout: Layout,
    plain: Sequence[Candidate],
    own: Sequence[Candidate],
    asked: Asked,
) -> Evidence:
    helpers = [*plain, *(o for o in own if o.pinyin >= HELPFUL and not o.meets(c))]
    before, after = _beside(c, layout, helpers)
    taken = _characters([c, *helpers])
    turns = _turns(c, layout)
    row = [k for k, u in enumerate(layout.chars) if u.turn in turns]
    left = sum(k not in taken and layout.chars[k].text not in FILLERS for k in row)
    run_into = after >= 1 or before >= 2 or _pace(row, layout) < SPARSE
    return Evidence(
        size=c.size,
        beside=(before + after) / (before + after + c.size),
        hanging=c.size <= SHORT and c.fen is None and run_into,
        alone=left / len(row),
        by_sound=c.by_sound,
        asked=asked,
    )


def _pace(row: Sequence[int], layout: Layout) -> float:
    """Characters a second of an utterance; `row` are the indices of its characters."""
    spoken_ms = sum(layout.chars[k].end_ms - layout.chars[k].start_ms for k in row)
    return 1000 * len(row) / max(1, spoken_ms)


def _characters(candidates: Iterable[Candidate]) -> set[int]:
    return {k for c in candidates for k in range(c.first, c.last)}
