"""Match a turn against the catalog: which phrases were said, which may have been, what is left.

The best non-overlapping set of candidates is chosen by the evidence of text and sound together;
the longest of nested phrases wins. What no phrase explains is reported too, for a step that was
not heard may hide in it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from phrases.aliases import Aliases, default_aliases
from phrases.catalog import Catalog
from phrases.evidence import Thresholds, default_thresholds
from phrases.hallucinations import AROUND_MS, hurried, is_hallucination, loops, once
from phrases.layout import Layout, lay_out
from phrases.normalize import simplify
from phrases.pinyin import Weights, default_weights
from phrases.reasons import reason
from phrases.sound import Scorer
from phrases.types import Decision, Heard, PhraseMatch, Side, Transcript
from phrases.weigh import FILLERS, Weighed, fair, weigh
from phrases.yuan import decimal

__all__ = ["Scorer", "match", "match_text"]

IMPOLITE = reason("impolite")
RIVAL = 1 / 3
"""Share of a match's score from which another amount at its place is not ruled out."""
FOREIGN_LIKENESS = 0.6
"""Likeness by pinyin from which other speech might be a phrase after all."""
FOREIGN_LOGPROB = -0.8
"""Mean natural-log probability under which a transcript does not say what other speech was."""


def match(
    turn: Sequence[Transcript],
    catalog: Catalog,
    *,
    scorers: Mapping[int, Scorer] | None = None,
    weights: Weights | None = None,
    thresholds: Thresholds | None = None,
    aliases: Aliases | None = None,
    due: Collection[int] = (),
    watch: Callable[[Sequence[Weighed]], None] | None = None,
) -> tuple[Heard, ...]:
    """What each utterance of a turn holds; `scorers` by utterance number.

    `watch` is shown every candidate that was weighed.

    `due` are the amounts in fen that the lane knows of. They never make a match; they stay on
    one of another amount as `rivals` where the sound does not rule them out.

    A turn is a run of utterances of one side with little silence between them. Transcripts of
    the far side are not looked at. Without a scorer the text alone decides, more strictly.
    """
    limits = thresholds or default_thresholds()
    near = [t for t in turn if t.side is not Side.FAR]
    layout = lay_out(near, [_text(t) for t in near])
    weighed = weigh(
        near,
        layout,
        catalog,
        scorers=scorers or {},
        weights=weights or default_weights(),
        thresholds=limits,
        aliases=aliases or default_aliases(),
        due=due,
    )
    if watch is not None:
        watch(weighed)
    chosen = accepted(weighed, limits)
    rest = [
        w
        for w in weighed
        if w.score >= limits.unsure and fair(w, limits) and not any(map(w.meets, chosen))
    ]
    matches = [_match(w, layout, near, Decision.ACCEPTED, weighed, catalog) for w in chosen]
    matches += [_match(w, layout, near, Decision.UNSURE, weighed, catalog) for w in choose(rest)]
    heard = {
        t.utterance: _heard(t, k, layout, matches, chosen, weighed) for k, t in enumerate(near)
    }
    return tuple(heard.get(t.utterance) or _far(t) for t in turn)


def match_text(
    text: str, catalog: Catalog, thresholds: Thresholds | None = None
) -> tuple[PhraseMatch, ...]:
    """What a text alone holds: for trying a catalog line, and for its tests."""
    said = Transcript(
        utterance=0, start_ms=0, end_ms=max(1, len(text)) * 220, side=Side.NEAR, text=text
    )
    return match([said], catalog, thresholds=thresholds)[0].matches


def accepted(weighed: Sequence[Weighed], limits: Thresholds) -> list[Weighed]:
    """The candidates that count as said, in order."""
    return choose(
        [w for w in weighed if w.score >= limits.bar(w.candidate.form.phrase) and fair(w, limits)]
    )


def choose(weighed: Sequence[Weighed]) -> list[Weighed]:
    """The non-overlapping set of most evidence (weighted interval scheduling), in order."""
    row = sorted(weighed, key=lambda w: (w.candidate.last, w.candidate.first))
    best: list[tuple[float, list[Weighed]]] = [(0.0, [])]
    for n, w in enumerate(row):
        before = next(
            k for k in range(n, -1, -1) if k == 0 or row[k - 1].candidate.last <= w.candidate.first
        )
        worth = w.score * w.candidate.pinyin**2  # or a long phrase would win by its length alone
        value = best[before][0] + worth * (w.candidate.size + 0.01 * w.candidate.size**2)
        best.append(max(best[n], (value, [*best[before][1], w]), key=lambda pair: pair[0]))
    return best[-1][1]


def _text(transcript: Transcript) -> str:
    """What counts as said: nothing, where the recogniser made it up."""
    sound_ms = transcript.end_ms - transcript.start_ms + AROUND_MS
    text = transcript.text
    if is_hallucination(text) or loops(text) or hurried(text, sound_ms):
        return ""
    return once(simplify(text))


def _match(
    w: Weighed,
    layout: Layout,
    near: Sequence[Transcript],
    decision: Decision,
    weighed: Sequence[Weighed],
    catalog: Catalog,
) -> PhraseMatch:
    c = w.candidate
    units = layout.chars[c.first : c.last]
    turns = sorted({u.turn for u in units})
    slots = dict(c.form.slots) | c.words
    if c.fen is not None:
        slots["amount"] = decimal(c.fen)
    sounding = dict.fromkeys(
        o.candidate.fen
        for o in weighed
        if o.candidate.fen is not None
        and o.candidate.fen != c.fen
        and o.candidate.form.phrase == c.form.phrase
        and o.meets(w)
        and o.score > RIVAL * w.score
    )
    text = "".join(u.text for u in units)
    impolite = catalog.phrases[c.form.phrase].polite and "您" in c.wording and "你" in text
    unknown = any(near[t].side is Side.UNKNOWN for t in turns)
    return PhraseMatch(
        start_ms=units[0].start_ms,
        end_ms=max(u.end_ms for u in units),
        phrase=c.form.phrase,
        slots=slots,
        text=text,
        utterances=tuple(near[t].utterance for t in turns),
        char_score=c.chars,
        pinyin_score=c.pinyin,
        acoustic_score=w.evidence.asked.sound if w.asked else None,
        score=round(w.score, 4),
        decision=decision,
        why=reason("text_and_sound" if w.asked else "text"),
        language=c.form.language,
        side=Side.UNKNOWN if unknown else Side.NEAR,
        remark=IMPOLITE if impolite else None,
        rivals=tuple(map(decimal, dict.fromkeys([*w.rivals, *sounding]))),
    )


def _heard(
    transcript: Transcript,
    index: int,
    layout: Layout,
    matches: Sequence[PhraseMatch],
    chosen: Sequence[Weighed],
    weighed: Sequence[Weighed],
) -> Heard:
    explained = {k for w in chosen for k in range(w.candidate.first, w.candidate.last)}
    row = [(k, u) for k, u in enumerate(layout.chars) if u.turn == index]
    left = {k: u for k, u in row if k not in explained and u.text not in FILLERS}
    unheard_ms = 0 if row else transcript.end_ms - transcript.start_ms
    own = [m for m in matches if m.utterances[0] == transcript.utterance]
    return Heard(
        start_ms=transcript.start_ms,
        end_ms=transcript.end_ms,
        utterance=transcript.utterance,
        side=transcript.side,
        text=simplify(transcript.text),
        matches=tuple(sorted(own, key=lambda m: m.start_ms)),
        unexplained_ms=unheard_ms + sum(u.end_ms - u.start_ms for u in left.values()),
        foreign=bool(left) and _is_foreign(transcript, left, weighed),
        snr_db=transcript.snr_db,
    )


def _is_foreign(transcript: Transcript, left: Collection[int], weighed: Sequence[Weighed]) -> bool:
    """Whether what is left was understood, and is like no phrase of the catalog."""
    likest = max(
        (
            w.candidate.pinyin
            for w in weighed
            if any(w.candidate.first <= k < w.candidate.last for k in left)
        ),
        default=0.0,
    )
    return transcript.logprob >= FOREIGN_LOGPROB and likest < FOREIGN_LIKENESS


def _far(transcript: Transcript) -> Heard:
    return Heard(
        start_ms=transcript.start_ms,
        end_ms=transcript.end_ms,
        utterance=transcript.utterance,
        side=transcript.side,
        text=None,
    )
