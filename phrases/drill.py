"""Judge a trainee's try, character by character: was it said, in its tone, and is that certain.

What is hard to judge is said to be so, and never counted as wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from phrases.beside import paired, sounds_as
from phrases.sandhi import LIGHT


class CharVerdict(StrEnum):
    """Whether a character was said."""

    RIGHT = "right"
    WRONG = "wrong"
    """another was said in its place"""
    MISSING = "missing"
    UNSURE = "unsure"


class ToneVerdict(StrEnum):
    """Whether it was said in its tone."""

    RIGHT = "right"
    WRONG = "wrong"
    UNSURE = "unsure"


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubts:
    """Where a tone is not judged; the defaults are what docs/drills.md measured."""

    right: float = 0.3
    """0..1, probability of what is expected from which it is right"""
    wrong: float = 0.4
    """0..1, probability of another tone from which it is wrong …"""
    least: float = 0.1
    """… if what is expected has less than this"""
    agreed: float = 0.5
    """0..1, share of the syllable in which both pitch trackers must say the same"""
    named: float = 0.6
    """0..1, probability from which a tone is named"""


@dataclass(frozen=True, kw_only=True, slots=True)
class HeardTone:
    """A tone, judged."""

    tone: ToneVerdict
    heard: int | None
    """1..4; None: it cannot be told"""


def judge_tone(
    probabilities: Sequence[float],
    allowed: Collection[int],
    agreed: float,
    doubts: Doubts | None = None,
) -> HeardTone:
    """Judge one syllable's tone.

    Args:
        probabilities: of the four tones.
        allowed: tones that are right, 1..4, or LIGHT.
        agreed: share of the syllable in which the pitch trackers agree.
        doubts: where it is not judged.
    """
    doubts = doubts or Doubts()
    best = max(range(4), key=lambda number: probabilities[number])
    if agreed < doubts.agreed:
        return HeardTone(tone=ToneVerdict.UNSURE, heard=None)
    heard = best + 1 if probabilities[best] >= doubts.named else None
    if LIGHT in allowed:
        # It has no contour of its own, so none can be wrong.
        return HeardTone(tone=ToneVerdict.RIGHT, heard=heard)
    expected = sum(probabilities[tone - 1] for tone in allowed if 1 <= tone <= 4)
    if expected >= doubts.right:
        return HeardTone(tone=ToneVerdict.RIGHT, heard=heard)
    if best + 1 not in allowed and probabilities[best] >= doubts.wrong and expected < doubts.least:
        return HeardTone(tone=ToneVerdict.WRONG, heard=best + 1)
    return HeardTone(tone=ToneVerdict.UNSURE, heard=heard)


@dataclass(frozen=True, kw_only=True, slots=True)
class CharDoubts:
    """Where a character is not judged; the defaults are what docs/drills.md measured."""

    alike: float = 0.25
    """0..1, distance of two syllables, tones apart, up to which one is the other's way to say it"""
    likely: float = 0.2
    """0..1, probability by the sound of a character from which it may have been said, though
    something else was written"""
    snr_db: float = 6.0
    """decibels of speech over noise under which nothing is called wrong or missing"""


LONE = CharDoubts(alike=0.6, likely=1e-5)
"""for a line of one character, of which a recogniser that expects sentences writes much else"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """One character of a line, as it was said."""

    char: str
    heard: CharVerdict
    tone_expected: int
    """1..4, LIGHT, or 0 for what is no Chinese syllable"""
    tone: HeardTone
    start_ms: int | None
    """milliseconds from the recording's start; None: it was not said"""
    end_ms: int | None


def judge_chars(
    expected: str,
    written: str,
    likelihood: Sequence[float],
    snr_db: float | None,
    doubts: CharDoubts | None = None,
) -> tuple[CharVerdict, ...]:
    """Whether each character of the line was said.

    Args:
        expected: the line, folded: characters only.
        written: what the recogniser wrote, folded.
        likelihood: of each character of the line by its sound, 0..1.
        snr_db: decibels of the speech over the noise; None: not known.
        doubts: where it is not judged.
    """
    doubts = doubts or CharDoubts()
    found = list[CharVerdict]()
    poor = snr_db is not None and snr_db < doubts.snr_db
    for number, other in enumerate(_in_place(expected, written)):
        if other is not None and sounds_as(expected[number], other, doubts.alike):
            found.append(CharVerdict.RIGHT)
        elif poor or likelihood[number] >= doubts.likely:
            found.append(CharVerdict.UNSURE)
        else:
            found.append(CharVerdict.MISSING if other is None else CharVerdict.WRONG)
    return tuple(found)


def score(judged: Collection[Judged]) -> tuple[float | None, int]:
    """0 to 100 over what could be judged, None if nothing could; and how many characters could not.

    A character counts half for being said and half for its tone; what is unsure counts for nothing.
    """
    got = due = 0.0
    unsure = 0
    for one in judged:
        unsure += in_doubt(one)
        if one.heard is not CharVerdict.UNSURE:
            due, got = due + 0.5, got + 0.5 * (one.heard is CharVerdict.RIGHT)
        if one.heard in (CharVerdict.WRONG, CharVerdict.MISSING):
            due += 0.5
        elif one.tone.tone is not ToneVerdict.UNSURE:
            due, got = due + 0.5, got + 0.5 * (one.tone.tone is ToneVerdict.RIGHT)
    return (round(100 * got / due, 1) if due else None), unsure


def in_doubt(one: Judged) -> bool:
    """Whether it, or its tone, could not be judged."""
    toned = one.heard is CharVerdict.RIGHT and one.tone_expected > 0
    return one.heard is CharVerdict.UNSURE or (toned and one.tone.tone is ToneVerdict.UNSURE)


def _in_place(expected: str, written: str) -> list[str | None]:
    """For each character expected the one that was written in its place, None: none was."""
    return [other for one, other in paired(expected, written) if one is not None]
