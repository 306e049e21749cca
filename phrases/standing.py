"""Whether what is found by a phrase may be proposed for a consequence: advisory until it is shown.

It is shown on the station's own clips, each labelled blind by two people. What is not shown any
more, or what reviews show to be worse, drops back by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from phrases.interval import wilson

TARGET = 0.98
"""0..1, which the lower 95 % bound of the precision has to reach"""
LEAST = 200
"""clips that it takes at least"""


class Standing(StrEnum):
    """What may become of a finding."""

    ADVISORY = "advisory"
    """it is shown, and no more"""
    PROPOSING = "proposing"
    """once confirmed, it can be proposed for a consequence"""


class Reason(StrEnum):
    """Why it stands so."""

    FEW = "few"
    """there are not clips enough"""
    BELOW = "below"
    """the clips do not show it above the target"""
    REVIEWS = "reviews"
    """reviews show it below the target"""
    SHOWN = "shown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """How far a phrase has come."""

    standing: Standing
    reason: Reason
    clips: int
    """that two people labelled"""
    confirmed: int
    """of them by both"""
    low: float | None
    """0..1, lower 95 % bound of the precision; None: there are no clips"""


def way(clips: int, confirmed: int, reviewed: int = 0, true: int = 0) -> Way:
    """How far a phrase has come: by clips that two people labelled, and by the daily reviews.

    A clip on which the two differ counts as not confirmed.
    """
    low = wilson(confirmed / clips, clips)[0] if clips else None
    standing, reason = Standing.ADVISORY, Reason.SHOWN
    if reviewed and wilson(true / reviewed, reviewed)[1] < TARGET:
        reason = Reason.REVIEWS
    elif clips < LEAST or low is None:
        reason = Reason.FEW
    elif low < TARGET:
        reason = Reason.BELOW
    else:
        standing = Standing.PROPOSING
    return Way(standing=standing, reason=reason, clips=clips, confirmed=confirmed, low=low)
