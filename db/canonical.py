"""Write a value as JSON in exactly one way, so that equal values have equal sums.

RFC 8785 without fractions: a float is written differently by different programs, so a score is
given as a text. Times, enumerations and the like are turned into texts by the caller.
"""

from __future__ import annotations

import json
from typing import Any

LARGEST = 2**53 - 1
"""the largest whole number that every reader of JSON reads exactly"""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def canonical(value: Any) -> str:
    """The value's one text: keys sorted by UTF-16, no spaces, characters as they are.

    Takes None, booleans, whole numbers, texts, lists or tuples, and mappings from texts. Raises
    ValueError, without quoting it, for anything else: a float, a number beyond LARGEST, a text
    that is not valid Unicode.
    """
    return _encode(_ordered(value))


def _ordered(value: Any) -> Any:
    # The exact types: a subclass, such as an enumeration, could be written in its own way.
    kind = type(value)
    if value is None or kind is bool:
        return value
    if kind is str:
        if not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value):
            raise ValueError("a text that is not valid Unicode has no canonical JSON")
        return value
    if kind is int:
        if abs(value) > LARGEST:
            raise ValueError("so large a number has no canonical JSON: give it as a text")
        return value
    if kind is dict:
        if any(type(key) is not str for key in value):
            raise ValueError("a key that is no text has no canonical JSON")
        names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
        return {_ordered(name): _ordered(value[name]) for name in names}
    if kind in (list, tuple):
        return [_ordered(item) for item in value]
    raise ValueError(f"{kind.__name__} has no canonical JSON")
