"""Carve a machine's prompts out of drafts of utterances, so that words beside them are heard.

A prompt that nothing lay over is the far side's. Where something else was to be heard, and where
other speech runs on from a prompt without a pause, half a word may be hidden: whose it is, and
what, is not known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from audio.ear import Draft
from audio.prompts import Played
from audio.segment import Speech
from audio.types import RATE
from audio.vad import FRAME_MS
from phrases.types import Side, Span

_MS = RATE // 1000
_BEFORE_MS = 96
"""milliseconds of sound before a prompt that may still be its own: frames are coarse"""
_TAIL_MS = 192
"""milliseconds of sound behind a prompt that may be the room's"""
_LEAST_MS = 96
_BESIDE_MS = 200


def carve(draft: Draft, played: Sequence[Played], pad_ms: int) -> list[Draft]:
    """The draft's parts between, and within, the prompts that were played over it; by start."""
    speech = draft.speech
    whole = Span(start_ms=speech.start_ms - draft.before_ms, end_ms=speech.end_ms + draft.after_ms)
    touching = [one for one in played if one.overlaps(speech.start_ms, speech.end_ms)]
    if not touching:
        return [draft]
    parts = list[Draft]()
    for section in _sections(whole, touching):
        runs = _runs(speech, section.start_ms, section.end_ms)
        whose: Side | None = Side.FAR
        if section.prompt is None:
            whose = Side.UNKNOWN if section.doubtful else None
            runs, joined = _without_tails(runs, section)
            whose = Side.UNKNOWN if joined else whose
        elif section.prompt.over:
            whose = Side.UNKNOWN
        if sum(end - start for start, end in runs) >= _LEAST_MS:
            parts.append(replace(_part(draft, whole, section, runs, pad_ms), whose=whose))
    return parts


@dataclass(frozen=True, kw_only=True, slots=True)
class _Section(Span):
    """A stretch of the draft that is one prompt's, or nobody's yet."""

    prompt: Played | None
    after_prompt: bool = False
    before_prompt: bool = False
    doubtful: bool = False
    """something lay over a prompt right beside it"""


def _sections(whole: Span, played: Sequence[Played]) -> Iterator[_Section]:
    """The prompts, on whole frames, and what lies between them."""
    at, last = whole.start_ms, None
    for one in sorted(played, key=lambda prompt: prompt.start_ms):
        start = max(at, one.start_ms // FRAME_MS * FRAME_MS)
        end = min(whole.end_ms, -(-one.end_ms // FRAME_MS) * FRAME_MS)
        if start > at:
            yield _between(at, start, last, one)
        if end > start:
            yield _Section(start_ms=start, end_ms=end, prompt=one)
            at, last = end, one
    if at < whole.end_ms:
        yield _between(at, whole.end_ms, last, None)


def _between(start: int, end: int, last: Played | None, following: Played | None) -> _Section:
    return _Section(
        start_ms=start,
        end_ms=end,
        prompt=None,
        after_prompt=last is not None,
        before_prompt=following is not None,
        doubtful=any(
            one is not None
            and any(over.overlaps(edge - _BESIDE_MS, edge + _BESIDE_MS) for over in one.over)
            for one, edge in ((last, start), (following, end))
        ),
    )


def _runs(speech: Speech, start_ms: int, end_ms: int) -> list[tuple[int, int]]:
    """Where there is speech in a stretch, pauses left out."""
    bounds = [speech.start_ms, *sum(speech.pauses_ms, ()), speech.end_ms]
    runs = (
        (max(start, start_ms), min(end, end_ms))
        for start, end in zip(bounds[::2], bounds[1::2], strict=True)
    )
    return [(start, end) for start, end in runs if start < end]


def _without_tails(
    runs: list[tuple[int, int]], section: _Section
) -> tuple[list[tuple[int, int]], bool]:
    """Speech without what is a prompt's own edge, and whether other speech joins a prompt."""
    joined = False
    if runs and section.after_prompt and runs[0][0] == section.start_ms:
        if runs[0][1] - runs[0][0] <= _TAIL_MS:
            runs = runs[1:]
        else:
            joined = True
    if runs and section.before_prompt and runs[-1][1] == section.end_ms:
        if runs[-1][1] - runs[-1][0] <= _BEFORE_MS:
            runs = runs[:-1]
        else:
            joined = True
    return runs, joined


def _part(
    draft: Draft, whole: Span, section: _Section, runs: list[tuple[int, int]], pad_ms: int
) -> Draft:
    """The draft from the first run to the last, with padding that stays in its section."""
    start, end = runs[0][0], runs[-1][1]
    before, after = min(pad_ms, start - section.start_ms), min(pad_ms, section.end_ms - end)
    first = (start - before - whole.start_ms) * _MS
    return Draft(
        speech=Speech(
            start_ms=start,
            end_ms=end,
            pad_before_ms=before,
            pad_after_ms=after,
            pauses_ms=tuple((one[1], two[0]) for one, two in pairwise(runs)),
            speech_ms=sum(b - a for a, b in runs),
        ),
        samples=draft.samples[first : (end + after - whole.start_ms) * _MS],
        before_ms=before,
        after_ms=after,
    )
