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
_encode_sorted = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


def canonical(value: Any) -> str:
    """The value's one text: keys sorted by UTF-16, no spaces, characters as they are.

    Takes None, booleans, whole numbers, texts, lists or tuples, and mappings from texts. Raises
    ValueError, without quoting it, for anything else: a float, a number beyond LARGEST, a text
    that is not valid Unicode.
    """
    text = _encode_sorted(value) if _has_plain_keys(value) else _encode(_ordered(value))
    try:
        text.encode()
    except UnicodeEncodeError:
        message = "a text that is not valid Unicode has no canonical JSON"
        raise ValueError(message) from None
    return text


def _has_plain_keys(value: Any) -> bool:
    """Whether every key is ASCII, so that any sorting will do; ValueError for what is refused."""
    plain = True
    rest = [value]
    while rest:
        item = rest.pop()
        # The exact types: a subclass, such as an enumeration, could be written in its own way.
        kind = type(item)
        if kind is str or kind is bool or item is None:
            continue
        if kind is int:
            if not -LARGEST <= item <= LARGEST:
                raise ValueError("so large a number has no canonical JSON: give it as a text")
        elif kind is dict:
            for key in item:
                if type(key) is not str:
                    raise ValueError("a key that is no text has no canonical JSON")
                plain = plain and key.isascii()
            rest.extend(item.values())
        elif kind is list or kind is tuple:
            rest.extend(item)
        else:
            raise ValueError(f"{kind.__name__} has no canonical JSON")
    return plain


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
        return {name: _ordered(value[name]) for name in names}
    return [_ordered(item) for item in value] if isinstance(value, list | tuple) else value
