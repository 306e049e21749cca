"""Read and write whole numbers in Chinese numerals: 一百零五, 两千, 一百二 (120), 3千5.

What is not well formed is no number at all: digits read out (一二三), bare multipliers (百五),
numerals that run together (五十五十). Guessing at them would put words into people's mouths.
"""

from __future__ import annotations

import re

DIGITS = "零一二三四五六七八九"
MOST = 9_999_999
"""the greatest number that is read or written"""

_VALUES = {c: n for n, c in enumerate(DIGITS)} | {"〇": 0, "两": 2, "俩": 2}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_MYRIAD = 10_000


def digit(character: str) -> int:
    """The value of one Arabic or Chinese digit."""
    return int(character) if character.isdecimal() else _VALUES[character]


def whole(number: str) -> int | None:
    """The value of Arabic or Chinese numerals or both mixed, None if they are not one number.

    A last digit without its place takes the next one down, as it is meant when said: 一百二 is
    120, 一千二 is 1200, 一万二 is 12000.
    """
    if number.isascii():
        plain = number.isdecimal() and (len(number) == 1 or number[0] != "0")
        return int(number) if plain and len(number) <= len(str(MOST)) else None
    number = re.sub("[0-9]{1,7}", lambda found: _characters(found.group()), number)
    head, myriad, tail = number.partition("万")
    if not myriad:
        return _section(number)
    high = _section(head)
    if not high or "万" in tail:
        return None
    if len(tail) == 1 and tail in DIGITS[1:]:
        value: int | None = high * _MYRIAD + digit(tail) * 1000
    else:
        low = _section(tail, after_myriad=True) if tail else 0
        value = None if low is None else high * _MYRIAD + low
    return value if value is not None and value <= MOST else None


def spell(value: int) -> str:
    """A number from 0 to MOST in characters, with 二 throughout: 105 is 一百零五, 12 is 十二."""
    if not 0 <= value <= MOST:
        raise ValueError(f"only numbers from 0 to {MOST} can be spelt, not {value}")
    if value < _MYRIAD:
        return _spell_section(value, opens=True) or DIGITS[0]
    high, low = divmod(value, _MYRIAD)
    link = "零" if 0 < low < 1000 else ""
    return _spell_section(high, opens=True) + "万" + link + _spell_section(low)


def _characters(digits: str) -> str:
    """Arabic digits inside a Chinese number as characters: 05 is 零五, 50 is 五十."""
    value = int(digits)
    return ("零" if digits[0] == "0" and value else "") + spell(value)


def _section(number: str, *, after_myriad: bool = False) -> int | None:
    """The value of Chinese numerals below ten thousand, None if they are not well formed."""
    if number in ("零", "〇"):
        return None if after_myriad else 0
    value, place, waiting, zero = 0, _MYRIAD, "", False
    for position, c in enumerate(number):
        if c in "零〇":
            if waiting or zero or (not value and not after_myriad):
                return None
            zero = True
        elif c in _PLACES:
            size = _PLACES[c]
            if size >= place or (zero and place // size <= 10):
                return None
            # 十五 and 一百十五 need no 一; 两十 is not said.
            opens = c == "十" and not zero and number[:position][-1:] in ("", "百")
            if not (waiting or opens) or (waiting in ("两", "俩") and size == 10):
                return None
            value += _VALUES.get(waiting, 1) * size
            place, waiting, zero = size, "", False
        elif waiting or c not in _VALUES:
            return None
        else:
            waiting = c
    if not waiting:
        return value if number and not zero else None
    if waiting in "两俩" and len(number) > 1:
        return None
    if zero:
        return value + digit(waiting) if place > 10 else None
    if place == _MYRIAD:
        return None if after_myriad else digit(waiting)
    return value + digit(waiting) * (place // 10)


def _spell_section(value: int, *, opens: bool = False) -> str:
    """A number below ten thousand; one that opens says 十 and not 一十. Nothing for 0."""
    said, skipped = "", False
    for name, size in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        count, value = divmod(value, size)
        if not count:
            skipped = True
            continue
        bare = opens and not said and name == "十" and count == 1
        said += ("零" if skipped and said else "") + ("" if bare else DIGITS[count]) + name
        skipped = False
    return said
