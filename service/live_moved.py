"""Move what was heard to the booth's time: a run counts from its own first sound."""

from __future__ import annotations

from dataclasses import replace

from phrases.types import Heard, PhraseMatch


def moved(heard: Heard, ms: int, first: int) -> Heard:
    """The utterance by another beginning of time, and of counting."""
    return replace(
        heard,
        start_ms=heard.start_ms + ms,
        end_ms=heard.end_ms + ms,
        utterance=heard.utterance + first,
        matches=tuple(moved_match(match, ms, first) for match in heard.matches),
    )


def moved_match(match: PhraseMatch, ms: int, first: int) -> PhraseMatch:
    """One of its phrases, likewise."""
    return replace(
        match,
        start_ms=match.start_ms + ms,
        end_ms=match.end_ms + ms,
        utterances=tuple(number + first for number in match.utterances),
    )
