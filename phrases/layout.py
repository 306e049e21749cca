"""Lay out a turn, the transcripts of neighbouring utterances, as one row of timed characters.

Phrases are looked for in this row: one utterance may hold several, and one may span two. Times
within an utterance are spread evenly over its speech, its pauses left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from phrases.amounts import find
from phrases.normalize import fold_with_index, polite
from phrases.pinyin import Syllable, syllables
from phrases.types import Transcript

LONG_PAUSE_MS = 200
"""An inner silence from which words on its two sides stand apart, milliseconds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """One character of what was heard, or one amount of money."""

    text: str
    syllable: Syllable | None
    """None for an amount"""
    fen: int | None
    """of an amount"""
    start_ms: int
    end_ms: int
    turn: int
    """index of its transcript in the turn"""
    fresh: bool
    """stands after a pause, a comma or the beginning"""
    comma: bool
    """stands after a comma or the like in the transcript"""
    first: int
    """index of its first character in the row of characters"""
    last: int
    """index after its last character in the row of characters"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """A turn as two rows: of characters, and of characters with amounts taken as one."""

    chars: tuple[Unit, ...]
    money: tuple[Unit, ...]


def lay_out(turn: Sequence[Transcript], texts: Sequence[str]) -> Layout:
    """The rows of a turn; `texts` are the transcripts' texts, emptied where nothing was said."""
    chars: list[Unit] = []
    for index, (transcript, text) in enumerate(zip(turn, texts, strict=True)):
        folded, _, breaks = fold_with_index(text)
        if not folded:
            continue
        chars.extend(_units(transcript, folded, breaks, index, offset=len(chars)))
    return Layout(chars=tuple(chars), money=with_amounts(chars))


def _units(
    transcript: Transcript, folded: str, breaks: frozenset[int], index: int, *, offset: int
) -> list[Unit]:
    starts, ends = _edges(transcript, len(folded))
    apart = {0, *breaks}
    for pause in transcript.pauses:
        if pause.end_ms - pause.start_ms >= LONG_PAUSE_MS:
            apart.add(min(range(len(starts)), key=lambda k: abs(starts[k] - pause.end_ms)))
    return [
        Unit(
            text=char,
            syllable=syllable,
            fen=None,
            start_ms=starts[k],
            end_ms=ends[k],
            turn=index,
            fresh=k in apart,
            comma=k > 0 and k in breaks,
            first=offset + k,
            last=offset + k + 1,
        )
        for k, (char, syllable) in enumerate(zip(folded, syllables(polite(folded)), strict=True))
    ]


def _edges(transcript: Transcript, count: int) -> tuple[list[int], list[int]]:
    """Times at which the characters begin, and at which they end, milliseconds."""
    pauses = sorted(transcript.pauses, key=lambda p: p.start_ms)
    silent = sum(p.end_ms - p.start_ms for p in pauses)
    spoken = max(1, transcript.end_ms - transcript.start_ms - silent)
    starts, ends = [], []
    for k in range(count + 1):
        start = end = transcript.start_ms + round(spoken * k / count)
        for pause in pauses:
            length = pause.end_ms - pause.start_ms
            start += length if start >= pause.start_ms else 0
            end += length if end > pause.start_ms else 0
        starts.append(min(start, transcript.end_ms))
        ends.append(min(end, transcript.end_ms))
    return starts[:-1], ends[1:]


def with_amounts(row: Sequence[Unit], guessed: Sequence[Unit] | None = None) -> tuple[Unit, ...]:
    """The row with every amount of money as one unit; `guessed` is the row to read them in."""
    read = row if guessed is None else guessed
    text = "".join(unit.text for unit in read)
    units: list[Unit] = []
    at = 0
    for span in find(text, frozenset(k for k, unit in enumerate(read) if unit.fresh)):
        units.extend(row[at : span.start])
        first, last = row[span.start], row[span.end - 1]
        units.append(
            replace(
                first,
                text=text[span.start : span.end],
                syllable=None,
                fen=span.fen,
                end_ms=last.end_ms,
                last=last.last,
            )
        )
        at = span.end
    units.extend(row[at:])
    return tuple(units)
