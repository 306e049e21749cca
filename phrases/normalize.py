"""Bring what the recogniser wrote to one form: simplified, half-width, no punctuation.

Whisper flips between traditional and simplified characters, 五十 and 50, full and half width from
one utterance to the next; everything after it compares folded text only. 您 and 你 stay apart
here, since the second is the same phrase with a remark; `polite` joins them for matching.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from opencc import OpenCC

# t2s is written for Hong Kong and mainland texts: it leaves the Taiwanese 著 of 看著 and some
# variant characters that Whisper writes. 著 is kept where it is the word for writing or renown.
_VARIANTS = str.maketrans({"妳": "你", "祢": "你", "裏": "里", "喫": "吃", "嚐": "尝", "啓": "启"})
_ASPECT = re.compile(r"(?<![显卓土原编专论名巨遗合译拙])著(?![作名称述者录于])")
_WHAT = re.compile(r"甚(?=么)")

_DECIMAL = re.compile(r"(?<=[0-9])\.(?=[0-9])")
_CLOCK = re.compile(r"(?<![0-9])([0-2]?[0-9]):(?=[0-5][0-9](?![0-9]))")
_GROUPED = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])")
_COUNTED = frozenset("元块圆角毛分点年月日号时米度")


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


@lru_cache(maxsize=4096)
def simplify(text: str) -> str:
    """The text in simplified characters and NFKC half-width form, punctuation kept.

    One character comes out for each character of the NFKC form, so that positions hold.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_VARIANTS)
    simple = str(_converter().convert(plain))
    if len(simple) != len(plain):
        simple = "".join(_simplify_one(c) for c in plain)
    return _WHAT.sub("什", _ASPECT.sub("着", simple))


def _simplify_one(character: str) -> str:
    simple = str(_converter().convert(character))
    return simple if len(simple) == 1 else character


def fold(text: str) -> str:
    """Simplified, without punctuation and white space, Latin letters lower-cased, digits kept.

    Inside a number the marks that carry meaning stay as words: 8.5元 is 8点5元, 10:30 is 10时30,
    and the comma of 1,000 goes without being a break. Folding twice changes nothing.
    """
    return fold_with_index(text)[0]


@lru_cache(maxsize=4096)
def fold_with_index(text: str) -> tuple[str, tuple[int, ...], frozenset[int]]:
    """The folded text, where each character stood, and where clauses start.

    The second value has, for each folded character, its index in `simplify(text)`. The third has
    the folded positions that begin a clause: the first, and each that follows punctuation or a
    space. A space before a digit or Latin letter, or between a number and its unit (50 元), is
    only typesetting and starts nothing.
    """
    simple = simplify(text)
    marked = _DECIMAL.sub("点", simple)
    marked = _CLOCK.sub(r"\1时", marked)
    # The comma becomes a letterless mark of its own, which is dropped without being a break.
    marked = _GROUPED.sub(lambda found: found.group().replace(",", "\0"), marked)
    folded: list[str] = []
    index: list[int] = []
    starts: set[int] = set()
    gap = "."
    for position, character in enumerate(marked):
        if not _is_word(character):
            if character != "\0":
                gap += character
            continue
        lowered = character.lower()
        if len(lowered) != 1:
            lowered = character
        if gap and (not gap.isspace() or _splits(folded[-1], lowered)):
            starts.add(len(folded))
        gap = ""
        folded.append(lowered)
        index.append(position)
    return "".join(folded), tuple(index), frozenset(starts)


def _is_word(character: str) -> bool:
    """Whether the character is said: a letter, an ideograph or a digit."""
    return unicodedata.category(character)[0] in "LN"


def _splits(before: str, after: str) -> bool:
    """Whether a space between the two is a pause and not only typesetting."""
    return not after.isascii() and not (before.isascii() and after in _COUNTED)


def polite(text: str) -> str:
    """The text with 你 as 您, so that both match the same line."""
    return text.replace("你", "您")


@cache
def _back_converter() -> OpenCC:
    return OpenCC("s2t")


def traditional(text: str) -> str:
    """The text in traditional characters, as many as before; else the text itself."""
    converted = str(_back_converter().convert(text))
    return converted if len(converted) == len(text) else text
