"""What vehicles are judged by, made ready for a replay."""

from __future__ import annotations

from phrases.dialogue import flow
from phrases.replay import Book
from service.bootstrap import Knowledge


def book(known: Knowledge) -> Book:
    """The data of a server, or of a draft."""
    parts = known.catalog.parts
    return Book(
        catalog=known.catalog,
        flows={lane: flow(dialogue, parts) for lane, dialogue in known.dialogues.items()},
        table=known.table,
        calendar=known.calendar,
        context=known.context,
        thresholds=known.thresholds,
    )
