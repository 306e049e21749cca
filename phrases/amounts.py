"""Read amounts of money as they are spoken: a grammar, never a likeness.

收您五十元 and 收您十五元 are alike to any fuzzy measure, and the difference is what a collector
may be charged with, so an amount either follows the grammar or is none. Amounts are whole fen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from phrases.normalize import fold
from phrases.numerals import DIGITS, digit, whole
from phrases.saying import neighbours, speak, spoken_forms
from phrases.yuan import MOST_FEN, decimal, fen

__all__ = [
    "MOST_FEN",
    "AmountSpan",
    "decimal",
    "fen",
    "find",
    "neighbours",
    "parse",
    "speak",
    "spoken_forms",
]

_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟萬圆", "一二三四五六七八九十百千万元")
_D = "[一二两三四五六七八九1-9]"
_N = "[零〇一二两俩三四五六七八九十百千万0-9]"
# A bare digit after 块 is 角 (十块五), unless it belongs to the next word: 十块一路平安.
_NEXT_WORD = (
    "(?![零〇一二两三四五六七八九十百千万0-9元块角毛分路张位次个起共下定样直切些会点号车年月日天米公里"
    "时小辆名人台条斤把对双份遍趟])"
)
_BARE = rf"(?:一(?=$|[找收请谢应实您你再整])|(?!一){_D}{_NEXT_WORD})"
_FEN = r"分(?![钟之])"
_JIAO = rf"(?P<jiao>{_D})[角毛](?:[零〇0]?(?P<fen>{_D}){_FEN}|(?P<bare_fen>{_BARE}))?"
_CENTS = (
    rf"{_JIAO}|[零〇0](?P<jiao_0>{_D})[角毛](?:(?P<fen_0>{_D}){_FEN})?"
    rf"|[零〇0]?(?P<fen_00>{_D}){_FEN}|(?P<bare_two>{_D}[一二三四五六七八九1-9]{_NEXT_WORD})"
    rf"|(?P<bare>{_BARE})|(?P<half>半)"
)
# The recogniser writes 元 and 块 with other characters of the same sound; the number is clear.
_YUAN = "(?:[元块员园源](?!旦)|快(?![乐点走递捷速来去]))"
# 三点五十 and 三点五分 are times.
_POINT = r"点(?P<point>[零〇一二三四五六七八九0-9]++)(?![十百千万分刻])"
_TAIL = r"(?:钱整?|整)?"
_NUMBER = re.compile(rf"(?P<number>{_N}+)(?:{_POINT})?")
_WITH_UNIT = (
    re.compile(rf"(?P<number>{_N}+)(?:{_POINT})?{_YUAN}(?:{_CENTS})?{_TAIL}"),
    re.compile(_JIAO + _TAIL),
    re.compile(rf"(?P<fen>{_D}){_FEN}{_TAIL}"),
)
_WORTH = {"jiao": 10, "jiao_0": 10, "bare": 10, "fen": 1, "fen_0": 1, "fen_00": 1, "bare_fen": 1}

# After one of these a number counts or orders something; before one it measures something else.
_BEFORE = frozenset("第周期拜初几数多好点时之每某号")
_AFTER = frozenset(
    "点年月日号时分秒刻米里公千克斤吨个位名辆台张人天周次度岁层楼条路车遍趟环届级座岔几多来余倍成折"
    "半角毛向足字全黄国假元块"
)
# 五十一路平安 is 五十 and 一路平安.
_NEXT_ONE = re.compile(r"一(?=路[平顺]|下|共|起|定|切|直)")


@dataclass(frozen=True, kw_only=True, slots=True)
class AmountSpan:
    """An amount found in a folded text."""

    start: int
    """position of its first character"""
    end: int
    """position after its last character"""
    fen: int
    unit: bool
    """元, 块, 角, 毛 or 分 was said"""


def parse(text: str) -> int | None:
    """The fen of a text that is one amount and nothing else, or None.

    Digits read out one by one (一二三, 二零二六), bare multipliers (百五), times (三点) and amounts
    over MOST_FEN are none.
    """
    folded = fold(text).translate(_FORMAL)
    for pattern in (*_WITH_UNIT, _NUMBER):
        if found := pattern.fullmatch(folded):
            return _worth(found)
    return None


def find(text: str, breaks: frozenset[int] = frozenset()) -> tuple[AmountSpan, ...]:
    """Every amount in a folded text, the longest at each place, none overlapping.

    `breaks` are the positions at which clauses start (from `fold_with_index`): no amount goes
    over one. Without a unit a number counts only if it can hardly be anything else: not one
    digit in characters, not before a measure word (二十米), not in a date, a time or a road's
    name. Numerals that run together give nothing, unless they are one amount said twice
    (五十五十): a guess here would be an accusation on a guess.
    """
    plain = text.translate(_FORMAL)
    edges = sorted({0, len(plain), *(b for b in breaks if 0 < b < len(plain))})
    return tuple(
        AmountSpan(start=start + span.start, end=start + span.end, fen=span.fen, unit=span.unit)
        for start, end in pairwise(edges)
        for span in _find_in_clause(plain[start:end])
    )


def _find_in_clause(text: str) -> Iterator[AmountSpan]:
    at = 0
    while at < len(text):
        found = _longest(text, at)
        if not found or text[max(0, at - 1) : at + 1] == "找零":  # this 零 belongs to the verb
            at += 1
            continue
        before, after = text[:at][-1:], text[found.end() :][:1]
        unit = found.re is not _NUMBER
        named = before.isascii() and before.isalpha()
        if before not in _BEFORE and not named and (unit or after not in _AFTER):
            yield from _spans(text, found, unit=unit)
        at = found.end()


def _longest(text: str, at: int) -> re.Match[str] | None:
    """The longest match of the grammar that begins here."""
    run = _NUMBER.match(text, at)
    if not run:
        return None
    next_one = _NEXT_ONE.search(text, at + 1, len(text))
    stop = next_one.start() if next_one and next_one.start() < run.end() else len(text)
    matches = (pattern.match(text, at, stop) for pattern in (*_WITH_UNIT, _NUMBER))
    return max((m for m in matches if m), key=lambda m: m.end())


def _spans(text: str, found: re.Match[str], *, unit: bool) -> Iterator[AmountSpan]:
    """The amount of one match, or the two of an amount said twice."""
    start, end = found.span()
    worth = _worth(found)
    if worth is not None:
        lone = end - start == 1 and text[start] in DIGITS + "〇两俩"
        if unit or not lone:
            yield AmountSpan(start=start, end=end, fen=worth, unit=unit)
        return
    number = found.groupdict().get("number") or ""
    middle = start + len(number) // 2
    if len(number) < 4 or number != text[start:middle] * 2:
        return
    first, second = parse(text[start:middle]), parse(text[middle:end])
    if first is not None and second is not None:
        yield AmountSpan(start=start, end=middle, fen=first, unit=unit)
        yield AmountSpan(start=middle, end=end, fen=second, unit=unit)


def _worth(found: re.Match[str]) -> int | None:
    """The fen of a match, None if its numerals are no number or the amount is absurd."""
    said = {name: value for name, value in found.groupdict().items() if value}
    yuan = whole(said.pop("number", "零"))
    point = said.pop("point", "")
    # 一点五块五 says its 角 twice; a third decimal is no money.
    if yuan is None or (point and said) or len(point) > 2:
        return None
    worth = yuan * 100 + sum(digit(c) * size for c, size in zip(point, (10, 1), strict=False))
    worth += 50 if said.pop("half", "") else 0
    two = said.pop("bare_two", "")
    worth += sum(digit(c) * size for c, size in zip(two, (10, 1), strict=False))
    worth += sum(digit(value) * _WORTH[name] for name, value in said.items())
    return worth if worth <= MOST_FEN else None
