"""Draw the sentences that teach the recogniser: what booths say, and what only sounds like it.

A recogniser that hears nothing but catalog lines soon writes nothing else, and forges compliance.
So two thirds are other speech: clauses that people wrote, single words, words in no order, numbers,
talk, and beginnings of catalog lines that go on otherwise. A little English is among both, since
collectors say some lines in it. A sentence depends on the seed and its number alone.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from phrases.normalize import fold
from phrases.numerals import spell
from phrases.pattern import AMOUNT, Form, Slot
from phrases.saying import spoken_forms

Kind = Literal["catalog", "other"]

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
_ENGLISH = (
    "How much is it?",
    "Where is the next exit?",
    "I have no change.",
    "Can I pay by card?",
    "What time is it?",
    "My car broke down.",
    "Is the road open?",
    "Good night, everybody.",
    "Good luck with the weather.",
    "Excuse us, we are late.",
    "Please wait for my brother.",
    "Please pay attention to the road.",
    "Take your time.",
    "Take the second turn on the left.",
    "Have a look at this, please.",
    "Have a good look at the map.",
    "May I ask you something?",
    "Can you help me with my bag?",
    "Thank you very much.",
    "Thank you for the water.",
    "Goodness, it is cold.",
    "We drove all morning.",
    "It was a good evening for a trip.",
    "The toll is too high.",
    "I lost my pass card.",
    "Do you speak English?",
    "Follow the signs to the airport.",
    "There was an accident behind us.",
    "Turn off the engine, please.",
    "How far is the service area?",
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
_GREETINGS = ["您好", "早上好", "上午好", "下午好", "晚上好", "你好", "谢谢"]
_ITEMS = ["修车工具", "开水", "灭火器", "药品", "雨伞"]
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
_ENGLISH_SHARE = 0.07
_FLATTENING = 0.4
_MOST_DRAWS = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence:
    """One line to be said."""

    text: str
    kind: Kind
    """`other` is never a whole line of the catalog"""
    language: Literal["zh", "en"] = "zh"


class Sentences:
    """All sentences of a seed, by their number."""

    def __init__(
        self,
        frequencies: Mapping[str, int],
        prose: Sequence[str],
        forms: Sequence[Form],
        *,
        seed: int,
    ) -> None:
        """Take words with how often they are used, lines that people wrote, the catalog's forms.

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
        self._clauses = clauses(prose)
        self._lines: dict[str, list[tuple[str, list[str]]]] = {"zh": [], "en": []}
        for phrase, grouped in itertools.groupby(forms, key=lambda form: form.phrase):
            for language, lines in _by_language(grouped).items():
                self._lines[language].append((phrase, lines))
        self._catalog = catalog_lines(forms)
        self._seed = seed

    def __getitem__(self, number: int) -> Sentence:
        """The sentence of this number, from 0."""
        rng = random.Random(f"{self._seed} {number}")
        if rng.random() < _ENGLISH_SHARE:
            return self._english(rng)
        if rng.random() < 0.35:
            return Sentence(text=self._catalog_line(rng), kind="catalog")
        for _ in range(_MOST_DRAWS):
            text = self._other(rng)
            if not self._catalog.fullmatch(fold(text)):
                return Sentence(text=text, kind="other")
        raise ValueError("the words given make nothing but catalog lines")

    def word(self, rng: random.Random) -> str:
        """A single word, rare ones too."""
        return self._some(rng, 1, 1)

    def _english(self, rng: random.Random) -> Sentence:
        if rng.random() < 0.5 and self._lines["en"]:
            text = rng.choice(rng.choice(self._lines["en"])[1])
            return Sentence(text=text, kind="catalog", language="en")
        return Sentence(text=rng.choice(_ENGLISH), kind="other", language="en")

    def _catalog_line(self, rng: random.Random) -> str:
        chance = rng.random()
        if chance < 0.45:
            return filled(rng.choice(rng.choice(self._lines["zh"])[1]), rng)
        if chance < 0.8:
            return rng.choice(["收您", "找您", "收您", "找您", "收你", "找你"]) + amount(rng)
        if chance < 0.94:
            return _one_breath(rng)
        return (
            f"{rng.choice(_GREETINGS)}，{filled(rng.choice(rng.choice(self._lines['zh'])[1]), rng)}"
        )

    def _other(self, rng: random.Random) -> str:
        chance = rng.random()
        if chance < 0.40 and self._clauses:
            return rng.choice(self._clauses)
        if chance < 0.62:
            return self._some(rng, 1, 1)
        if chance < 0.74:
            return self._gone_astray(rng)
        if chance < 0.84:
            opener = rng.choice(_OPENERS) if rng.random() < 0.5 else ""
            return opener + self._some(rng, 2, 5) + rng.choice(_ENDS)
        if chance < 0.95:
            opener = rng.choice(["", "", rng.choice(_OPENERS)])
            number = _number(rng, rng.randint(1, 480))
            after = rng.choice(["", "", self._some(rng, 1, 2)])
            return opener + number + rng.choice(_MEASURES) + after
        return rng.choice(_TALK)

    def _gone_astray(self, rng: random.Random) -> str:
        """The beginning of a catalog line, or its first clause, with another end."""
        line = filled(rng.choice(rng.choice(self._lines["zh"])[1]), rng)
        clause = re.split("[，。！？、；：]", line)[0]
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


def filled(line: str, rng: random.Random) -> str:
    """A line of the catalog with something said in each of its slots."""
    values = {
        "amount": amount(rng),
        "direction": rng.choice(_CITIES),
        "cause": rng.choice(_CAUSES),
        "time": _number(rng, rng.randint(6, 23)) + rng.choice(["点", "时", "点半"]),
        "item": rng.choice(_ITEMS),
        "name": rng.choice(_CITIES),
    }
    spoken = re.sub(r"(?<=\{time\})[点时]", "", line)
    return re.sub(r"\{(\w+)\}", lambda slot: values[slot[1]], spoken)


def clauses(prose: Sequence[str]) -> tuple[str, ...]:
    """The stretches of 3 to 18 Chinese characters between the marks of what people wrote."""
    found = (clause for line in prose for clause in re.split("[^一-\u9fff]+", line))
    return tuple(dict.fromkeys(clause for clause in found if 3 <= len(clause) <= 18))


def _by_language(forms: Iterable[Form]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for form in forms:
        found.setdefault(form.language, []).append(form.line)
    return found


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
