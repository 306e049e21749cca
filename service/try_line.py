"""Try a typed line against the catalogs: which phrases it would be taken for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from phrases.match import match_text
from phrases.types import Decision, PhraseMatch
from service.bootstrap import Knowledge


def tried(text: str, known: Knowledge) -> list[dict[str, Any]]:
    """The phrases of the line in its order, accepted or unsure.

    The words decide alone: what is unsure here, sound would settle.
    """
    return told(match_text(text, known.catalog, known.thresholds), known)


def told(found: Iterable[PhraseMatch], known: Knowledge) -> list[dict[str, Any]]:
    """Matches as the API tells them, in the order said."""
    return [
        {
            "phrase": one.phrase,
            "line": known.catalog.phrases[one.phrase].line,
            "slots": dict(one.slots),
            "accepted": one.decision is Decision.ACCEPTED,
            "score": round(one.score, 3),
        }
        for one in sorted(found, key=lambda one: one.start_ms)
    ]
