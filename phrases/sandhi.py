"""The tones of a text as they are said, which is not always as they are written.

A third tone before a third tone is a second one; 一 and 不 take their tone from what follows; some
syllables are light. Where people differ (a run of third tones, 一 in numbers), all that is said is
allowed (Duanmu, The Phonology of Standard Chinese, 2nd ed., chapter 11).
"""

from __future__ import annotations

from collections.abc import Sequence

from phrases.pinyin import syllables

LIGHT = 5
"""the neutral tone: short and without a contour of its own"""
_NUMBER = frozenset("零一二三四五六七八九十百千万亿第元块角分点")
_TWICE = frozenset("谢爸妈哥姐弟妹")
"""characters whose second in a row is light, or keeps its tone"""
_WORDS = (
    "早上 晚上 车上 路上 先生 师傅 朋友 东西 看见 告诉 知道 明白 清楚 客气 关系 麻烦 时候 地方 "
    "意思 事情 休息 行李 认识 招呼 商量 打听 便宜 舒服 干净 钥匙 多少 名字 消息 衣服"
)
_LIGHT_LAST = frozenset(_WORDS.split())
"""words whose last syllable is light in the standard, and keeps its tone with many people"""
_CANNOT = ("对不起", "来不及", "了不起", "用不着", "看不清", "听不清")
"""words with a light 不 in the middle"""
_ORDINAL_BEFORE = frozenset("期周初统唯之专单逐同")
_ORDINAL_AFTER = frozenset("月号楼班级层道")
"""characters beside which 一 keeps its own tone, or often does"""


def spoken(text: str) -> tuple[frozenset[int], ...]:
    """For each character, the tones that it may be said in, 1..4; LIGHT if it is light.

    0 stands for what is no Chinese syllable. `usual` picks the one to show.
    """
    own = [syllable.tone for syllable in syllables(text)]
    return tuple(_allowed(text, own, number) for number in range(len(text)))


def usual(allowed: frozenset[int]) -> int:
    """The one to show of those that are allowed."""
    if LIGHT in allowed:
        return LIGHT
    return 2 if allowed == {2, 3} else max(allowed, key=lambda tone: (tone == 4, tone))


def _allowed(text: str, own: Sequence[int], number: int) -> frozenset[int]:
    char, tone = text[number], own[number]
    following = own[number + 1] if number + 1 < len(own) else 0
    if char == "一":
        return _of_one(text, number, following)
    if char == "不" and following:
        changed = 2 if following == 4 else 4
        return frozenset({changed, LIGHT} if _between(text, number) else {changed})
    if tone == 3 and following == 3:
        return frozenset({2, 3})
    if tone == 3 and char in "几哪" and following == LIGHT:
        return frozenset({2, 3})
    if text[max(0, number - 1) : number + 1] in _LIGHT_LAST:
        return frozenset({tone, LIGHT})
    if number and text[number - 1] == char and char in _TWICE:
        return frozenset({tone, LIGHT})
    return frozenset({tone})


def _of_one(text: str, number: int, following: int) -> frozenset[int]:
    before = text[number - 1] if number else ""
    after = text[number + 1] if number + 1 < len(text) else ""
    if not following or (before in _NUMBER and after not in "百千万"):
        return frozenset({1})
    changed = 2 if following == 4 else 4
    if _between(text, number):
        return frozenset({changed, LIGHT})
    own = before in _NUMBER | _ORDINAL_BEFORE or after in _NUMBER | _ORDINAL_AFTER
    return frozenset({1, changed}) if own else frozenset({changed})


def _between(text: str, number: int) -> bool:
    """Whether 一 or 不 stands in 等一等, 是不是, 对不起, where it is light."""
    around = text[max(0, number - 1) : number + 2]
    return len(around) == 3 and (around[0] == around[2] or around in _CANNOT)
