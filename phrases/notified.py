"""Tell whether the words said in a slot are, to the ear, those of the notice.

The recogniser writes 南昌 and 男昌, 10时 and 十点: a notice is said as it stands if it sounds so,
or if it names the same time.
"""

from __future__ import annotations

import re

from phrases.normalize import fold
from phrases.numerals import whole
from phrases.pinyin import likeness, syllables

ALIKE = 0.85
"""0..1, likeness by pinyin from which two names are the same to the ear"""

_NUMBER = "[零〇一二两三四五六七八九十0-9]{1,3}"
_TIME = re.compile(
    rf"(?P<part>凌晨|早上|上午|中午|下午|晚上)?(?P<hour>{_NUMBER})"
    rf"(?:[点时](?:(?P<half>半)|(?P<quarters>[一三])刻|(?P<minute>{_NUMBER})分?|整|钟)?)?"
)
_LATE = {"下午", "晚上"}


def same(said: str, notified: str) -> bool:
    """Whether what was said is what the notice has; nothing said is never the same."""
    heard, wanted = fold(said), fold(notified)
    if not heard or not wanted:
        return False
    time = _minutes(wanted)
    if time is not None and _minutes(heard) is not None:
        return time in _times(heard)
    return wanted in heard or likeness(syllables(heard), syllables(wanted)) >= ALIKE


def plain(value: str) -> str:
    """A value of a notice as it is said: 10:00 is 10, for 时 follows it."""
    return re.sub(r"^0?(\d{1,2}):00$", r"\1", value)


def _times(text: str) -> set[int]:
    """Minutes of the day that a time may mean: 两点 is 02:00 and 14:00."""
    minutes = _minutes(text)
    if minutes is None:
        return set()
    if minutes >= 12 * 60 + 60 or _TIME.fullmatch(text)["part"]:  # type: ignore[index]
        return {minutes}
    return {minutes % (24 * 60), (minutes + 12 * 60) % (24 * 60)}


def _minutes(text: str) -> int | None:
    """Minutes of the day of a time as it is said or written; None if it is none."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    hour = _number(found["hour"])
    minute = 30 if found["half"] else 0
    if found["quarters"]:
        minute = 15 if found["quarters"] == "一" else 45
    if found["minute"]:
        minute = _number(found["minute"])
    if found["part"] in _LATE and 0 < hour < 12:
        hour += 12
    return hour * 60 + minute if 0 <= hour <= 24 and 0 <= minute < 60 else None


def _number(text: str) -> int:
    """The number; -1 if it is none. Minutes are written 05 and said 零五."""
    if text.isdecimal() and text.isascii():
        return int(text)
    value = whole(text.lstrip("零〇") or "零")
    return -1 if value is None else value
