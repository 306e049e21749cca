"""The warnings that gradings carry: each has a code and values, and one English sentence.

Gradings are kept with the sentence, which the command line, the API and the ledger give as it is.
It is made from this table alone and can be read back by it, so that a page can say it in another
language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from phrases.reasons import patterns

ENGLISH: Mapping[str, str] = {
    # When it was, and when vehicles came.
    "file_clock": (
        "the start is the file's time less its length: what depends on clock or calendar "
        "is unsure at most"
    ),
    "clock_set": "the machine's clock was set: what depends on clock or calendar is unsure at most",
    "inferred": "no lane events: where a vehicle begins and ends was inferred from the speech",
    "still_there": "vehicle {vehicle} is still there when the recording ends",
    "goes_on": "the recording goes on for {minutes} minutes after the events",
    # What the lane says of them.
    "sorted": "the events are not in the order of arrival; they were sorted",
    "overlap": "vehicle {after} arrives before vehicle {before} has left",
    "underpaid": "vehicle {vehicle} tendered less than its toll",
    "passed_over": "{field}: not known, passed over",
    # Days.
    "year_unknown": (
        "{year}: its days off and working weekends are not known, so the lines "
        "of the day are unsure; list them in the station's file of adjusted days"
    ),
    "years_differ": (
        "{year}: the station's file and {library} differ on {days}; the station's file is used"
    ),
    # Clips.
    "unclipped_one": "1 vehicle is stored without a clip: {why}",
    "unclipped": "{count} vehicles are stored without a clip: {why}",
    "clip_unread": "the recording can no longer be read",
    "clip_unwritten": "clips' folder {folder}: a clip cannot be written: {system}",
}
_VALUES: Mapping[str, str] = {
    "vehicle": r".+",
    "after": r".+",
    "before": r".+",
    "minutes": r"\d+",
    "field": r"(?s:.+)",
    "year": r"\d{4}",
    "library": r".+",
    "days": r"[\d ,…-]+",
    "count": r"\d+",
    "why": r".+",
    "folder": r".+",
    "system": r".+",
}


class Warned(NamedTuple):
    """A warning as it was meant."""

    code: str
    """a name of ENGLISH"""
    values: Mapping[str, str]
    """`why` is a sentence of the table itself"""


def warning(code: str, **values: str | int) -> str:
    """The sentence of that warning."""
    return ENGLISH[code].format(**values)


@lru_cache(maxsize=1024)
def read(sentence: str) -> Warned | None:
    """The warning that a sentence is; None: it is none of this table's."""
    for code, pattern in _patterns():
        found = pattern.fullmatch(sentence)
        if found is not None:
            return Warned(code, found.groupdict())
    return None


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return patterns(ENGLISH, _VALUES)
