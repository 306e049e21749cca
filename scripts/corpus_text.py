"""Draw the sentences that teach the recogniser: what booths say, and what only sounds like it.

A recogniser that hears nothing but catalog lines soon writes nothing else, and forges compliance.
So two thirds are other speech: words in no order, numbers, talk, and beginnings of catalog lines
that go on otherwise. A sentence depends on the seed and its number alone.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from phrases.normalize import fold
from phrases.numerals import spell
from phrases.pattern import AMOUNT, Form, Slot
from phrases.saying import spoken_forms

Kind = Literal["catalog", "other"]

_LINES = (
    "早上好",
    "上午好",
    "下午好",
    "晚上好",
    "您好",
    "您好",
    "您好",
    "请拿好通行卡",
    "请拿好通行票",
    "请交通行费",
    "请稍等",
    "能帮你做什么",
    "对不起",
    "打扰一下",
    "谢谢",
    "谢谢",
    "谢谢您",
    "谢谢你的合作",
    "请走好",
    "再见",
    "谢谢，再见",
    "一路平安",
    "祝您一路平安",
    "祝您一路顺风",
    "新年好",
    "新年快乐",
    "元旦快乐",
    "中秋快乐",
    "节日快乐，祝您旅途愉快",
    "周末愉快，祝您一路顺风",
    "雨雾天气，请您小心驾驶",
    "请您打开防雾灯，注意行车安全",
    "冰雪天气，请您小心路滑",
    "请您将车停好，注意安全，我们马上为您提供修车工具",
    "请您将车停好，注意安全，我们马上为您提供开水",
    "您好，请问您需要什么帮助吗",
    "您好，这是收费场所，请您在二十米以外等候",
    "师傅，为了您的安全，请系好安全带，祝您一路平安",
    "对不起，请稍等",
    "对不起，请更换一张",
    "为了大家的安全，请各自回到自己的车上",
    "请您先把车开到前面广场稍候，我帮您问一下",
    "接班",
    "交班",
    "请大家就位",
    "立正",
    "向右看齐",
    "向前看",
    "报数",
    "向左转",
    "向右转",
    "齐步走",
)
_TALK = (
    "师傅这里去高速怎么走",
    "前面堵车吗",
    "我没有零钱",
    "能开发票吗",
    "扫码付可以吗",
    "给你一百",
    "你找我二十",
    "我赶时间",
    "这个卡刷不了",
    "你们这里能加水吗",
    "今天高速免费吗",
    "我从北边过来的",
    "多少钱啊",
    "怎么这么贵",
    "你快点行不行",
    "后面都排队了",
    "我的车坏了",
    "灯怎么开",
    "请问服务区还有多远",
    "下一个出口在哪里",
)
_CITIES = [
    "南昌",
    "九江",
    "宜春",
    "抚州",
    "长沙",
    "杭州",
    "福州",
    "广州",
    "樟树",
    "丰城",
    "高安",
    "武汉",
    "合肥",
]
_CAUSES = ["大雾", "积雪", "施工", "暴雨", "事故", "结冰"]
_BLOCKS = ["塌方", "施工", "排障"]
_OPENERS = [
    "我",
    "你",
    "他",
    "我们",
    "这个",
    "那个",
    "请",
    "您",
    "大家",
    "今天",
    "现在",
    "你们",
    "请您",
    "收",
    "找",
    "谢谢",
    "对不起",
    "早上",
    "晚上",
    "祝",
]
_ENDS = ("了", "吗", "吧", "呢", "的", "啊", "", "", "")
_MEASURES = ["个人", "公里", "号", "天", "年", "分钟", "辆车", "次", "米", "块", "元"]
_HALF = {"元": "元五角", "块": "块五"}

_RAREST = 200
_FLATTENING = 0.4
_MOST_DRAWS = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence:
    """One line to be said."""

    text: str
    kind: Kind
    """`other` is never a whole line of the catalog"""


class Sentences:
    """All sentences of a seed, by their number."""

    def __init__(self, frequencies: Mapping[str, int], forms: Sequence[Form], *, seed: int) -> None:
        """Take words with how often they are used, and the catalog's forms.

        Only words of 2 to 4 Chinese characters that are not rare are used; ValueError if none is.
        """
        usual = {
            word: count
            for word, count in frequencies.items()
            if count > _RAREST and re.fullmatch("[一-\u9fff]{2,4}", word)
        }
        if not usual:
            raise ValueError("no word of 2 to 4 Chinese characters is frequent enough")
        self._words = tuple(usual)
        # Rare words too have to be met: 的 and 我们 alone teach little.
        self._weights = [count**_FLATTENING for count in usual.values()]
        self._catalog = catalog_lines(forms)
        self._seed = seed

    def __getitem__(self, number: int) -> Sentence:
        """The sentence of this number, from 0."""
        rng = random.Random(f"{self._seed} {number}")
        if rng.random() < 0.35:
            return Sentence(text=_catalog_line(rng), kind="catalog")
        for _ in range(_MOST_DRAWS):
            text = self._other(rng)
            if not self._catalog.fullmatch(fold(text)):
                return Sentence(text=text, kind="other")
        raise ValueError("the words given make nothing but catalog lines")

    def _other(self, rng: random.Random) -> str:
        chance = rng.random()
        if chance < 0.23:
            return self._some(rng, 1, 1)
        if chance < 0.35:
            return self._gone_astray(rng)
        if chance < 0.81:
            opener = rng.choice(_OPENERS) if rng.random() < 0.5 else ""
            return opener + self._some(rng, 2, 5) + rng.choice(_ENDS)
        if chance < 0.92:
            opener = rng.choice(["", "", rng.choice(_OPENERS)])
            number = _number(rng, rng.randint(1, 480))
            after = rng.choice(["", "", self._some(rng, 1, 2)])
            return opener + number + rng.choice(_MEASURES) + after
        return rng.choice(_TALK)

    def _gone_astray(self, rng: random.Random) -> str:
        """The beginning of a catalog line, or its first clause, with another end."""
        clause = rng.choice(_LINES).split("，")[0]
        kept = rng.randint(1, max(1, len(clause) - 1)) if rng.random() < 0.6 else len(clause)
        return clause[:kept] + self._some(rng, 1, 2) + rng.choice(_ENDS)

    def _some(self, rng: random.Random, least: int, most: int) -> str:
        return "".join(rng.choices(self._words, self._weights, k=rng.randint(least, most)))


def catalog_lines(forms: Sequence[Form]) -> re.Pattern[str]:
    """What a folded text has to match in full to be one of the catalog's Chinese lines."""
    return re.compile("|".join(_pattern(form) for form in forms if form.language == "zh"))


def amount(rng: random.Random) -> str:
    """A toll, a note or change, as it is said: small ones and round ones more often."""
    yuan = rng.choice(
        [rng.randint(1, 20), rng.randint(1, 99), rng.randrange(5, 200, 5), rng.randint(100, 480)]
    )
    unit = rng.choice(["元", "元", "块"])
    half = rng.random() < 0.06
    ending = _HALF[unit] if half else unit
    said = spoken_forms(yuan * 100 + 50 * half)
    return rng.choice([form for form in said if form.endswith(ending)])


def _catalog_line(rng: random.Random) -> str:
    chance = rng.random()
    if chance < 0.43:
        return rng.choice(_LINES)
    if chance < 0.8:
        return rng.choice(["收您", "找您", "收您", "找您", "收你", "找你"]) + amount(rng)
    if chance < 0.94:
        return _one_breath(rng)
    return _notice(rng)


def _one_breath(rng: random.Random) -> str:
    """Several lines as collectors run them together."""
    taken, given, ticket = f"收您{amount(rng)}", f"找您{amount(rng)}", "请拿好通行票，谢谢"
    return rng.choice(
        [
            f"您好，{taken}",
            f"您好，{taken}，{given}",
            f"{taken}，{given}，{ticket}",
            f"{given}，{ticket}",
            f"您好，{taken}，{given}，{ticket}",
            "您好，请拿好通行卡，请走好",
        ]
    )


def _notice(rng: random.Random) -> str:
    """A line of the catalog with words that differ each time."""
    city, hour = rng.choice(_CITIES), _number(rng, rng.randint(6, 23))
    return rng.choice(
        [
            f"{city}方向{rng.choice(_BLOCKS)}，请您减速慢行，注意安全",
            f"对不起，因{rng.choice(_CAUSES)}原因已封道，预计{hour}时重新开放，请您耐心等候",
            f"通行费{amount(rng)}",
            f"您好，{city}监控室",
        ]
    )


def _number(rng: random.Random, value: int) -> str:
    """A number before a measure: 两 for a lone 2, and for half of the two hundreds."""
    text = spell(value)
    if value == 2 or (text.startswith("二百") and rng.random() < 0.5):
        return "两" + text[1:]
    return text


def _pattern(form: Form) -> str:
    return "".join(_slot(token) if isinstance(token, Slot) else token.text for token in form.tokens)


def _slot(slot: Slot) -> str:
    if slot.kind == AMOUNT:
        return "[零两一二三四五六七八九十百千万元块角毛分钱半点]+"
    return f".{{{slot.min_chars},{slot.max_chars}}}"
