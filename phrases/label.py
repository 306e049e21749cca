"""What a clip is said to hold, by what the program heard in it and what people said of that.

A reviewer who wrote down what they heard is believed. Else the program's own phrases stand,
changed by what was confirmed or dismissed; where that leaves open what was said, nothing is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from phrases.schema import FORBIDDEN

NOTHING = "-"
"""the label of a clip that holds no phrase"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """A finding that a person confirmed or dismissed."""

    code: str
    confirmed: bool
    phrase: str | None
    """what fills the finding's step, if that can only be one phrase without an amount"""
    heard: str = ""
    """what the person heard in the whole clip, as a label; empty: they did not write it down"""


def label(said: Sequence[tuple[str, str | None]], claims: Iterable[Claim]) -> str | None:
    """The label of a clip; None: it cannot be told.

    Args:
        said: phrases that the program heard for certain, with their amounts, in order.
        claims: what people said, the latest last.
    """
    listed = list(claims)
    written = [claim.heard for claim in listed if claim.heard]
    if written:
        return written[-1]
    found = list(said)
    for claim in listed:
        if claim.confirmed:
            continue
        if claim.code.startswith(FORBIDDEN):
            found = [one for one in found if one[0] != claim.code]
        elif claim.code.startswith("missing.") and claim.phrase is not None:
            found.append((claim.phrase, None))
        else:
            return None
    parts = [phrase if amount is None else f"{phrase}={amount}" for phrase, amount in found]
    return "+".join(parts) or NOTHING
