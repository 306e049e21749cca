"""Turn yuan as files and people write them into whole fen, and back.

Fen are whole numbers so that toll, tendered money and change can be compared exactly.
"""

from __future__ import annotations

import re
from decimal import Decimal

MOST_FEN = 100_000_000
"""a million yuan: more is a slip of the pen, or of the recogniser"""

_PLAIN = re.compile(r"[+-]?[0-9]{1,12}(?:\.[0-9]{1,10})?")
_KINDS = {"bool": "true or false", "NoneType": "null", "list": "a list", "dict": "an object"}


def fen(value: object) -> int:
    """The fen of an amount in yuan: a number, or a plain decimal string such as "15.5".

    ValueError says what is wrong with anything else: negative, not finite, finer than a fen, over
    a million yuan, true or false, no number at all.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        kind = type(value).__name__
        raise ValueError(f"must be a number of yuan, not {_KINDS.get(kind, kind)}")
    if isinstance(value, str) and not _PLAIN.fullmatch(value):
        raise ValueError(f"must be a plain decimal number of yuan, not {value[:20]!r}")
    yuan = Decimal(repr(value) if isinstance(value, float) else value)
    if not yuan.is_finite():
        raise ValueError(f"must be finite, not {value}")
    if yuan < 0:
        raise ValueError("must not be negative")
    if yuan * 100 > MOST_FEN:
        raise ValueError(f"must be at most {decimal(MOST_FEN)} yuan")
    if yuan * 100 % 1:
        raise ValueError(f"must have two decimals at most, not {value}")
    return int(yuan * 100)


def decimal(fen: int) -> str:
    """The amount in yuan as a plain decimal number: "15.5", "50", "0.05"."""
    yuan, cents = divmod(abs(fen), 100)
    fraction = f".{cents:02d}".rstrip("0") if cents else ""
    return f"{'-' if fen < 0 else ''}{yuan}{fraction}"
