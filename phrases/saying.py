"""Say amounts of money as collectors do, and name the amounts that they are taken for.

The sound of what was said is compared with the sound of what was due, so every usual wording of
an amount is wanted, and so are the amounts from which it has to be told apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from phrases.numerals import DIGITS, spell, whole
from phrases.yuan import MOST_FEN

# Digits and places that are taken for one another at a distance, through a microphone.
ALIKE = {
    "一": "七", "七": "一", "四": "十", "十": "四", "六": "九", "九": "六", "二": "八", "八": "二",
}  # fmt: skip
_NEXT_PLACE = {"百": "十", "千": "百", "万": "千"}
_MOST_NEIGHBOURS = 24


def speak(fen: int) -> str:
    """The amount as a careful collector says it: 五十元, 一百零五元, 三十五元五角, 五分.

    两 stands for a lone 2 and before 百, 千 and 万 in the highest place (两元, 两百元), 二
    everywhere else (二十元, 一百二十元, 三元二角). ValueError if negative or over MOST_FEN.
    """
    return spoken_forms(fen)[0]


@lru_cache(maxsize=4096)
def spoken_forms(fen: int) -> tuple[str, ...]:
    """All usual ways to say the amount, the canonical one first.

    `amounts.parse` gives `fen` for each. ValueError if negative or over MOST_FEN.
    """
    if not 0 <= fen <= MOST_FEN:
        raise ValueError(f"only amounts from 0 to {MOST_FEN} fen can be said, not {fen}")
    yuan, cents = divmod(fen, 100)
    jiao, rest = divmod(cents, 10)
    if cents and not yuan:
        forms = _less_than_a_yuan(jiao, rest)
    elif cents:
        forms = [form for number in _numbers(yuan) for form in _with_cents(number, jiao, rest)]
    else:
        forms = [number + unit for number in _numbers(yuan) for unit in ("元", "块", "块钱")]
        forms += [n for number in _numbers(yuan) for n in (number, _short(number)) if n]
    return tuple(dict.fromkeys(forms))


@lru_cache(maxsize=4096)
def neighbours(fen: int) -> tuple[int, ...]:
    """Other amounts that are easily taken for this one, ascending, in fen, 24 at most.

    A nought more or less, 零 left out or put in (105 and 150), places swapped or dropped (50 and
    15), digits that sound alike (一七, 六九, 二八, 四十), 角 and 分 left out.
    """
    yuan, cents = divmod(fen, 100)
    jiao, rest = divmod(cents, 10)
    found = [value * 100 + cents for value in _mishearings(yuan)]
    if cents:
        found.append(yuan * 100)
    if DIGITS[jiao] in "一二六七八九":
        found.append(fen + (DIGITS.index(ALIKE[DIGITS[jiao]]) - jiao) * 10)
    if jiao and rest:
        found.append(fen - rest)
    likely = dict.fromkeys(value for value in found if 0 < value <= MOST_FEN and value != fen)
    return tuple(sorted(list(likely)[:_MOST_NEIGHBOURS]))


def _numbers(yuan: int) -> list[str]:
    """The ways to say whole yuan in full, the canonical one first."""
    plain = spell(yuan)
    if yuan == 2:
        return ["两", plain]
    opening = re.sub(r"^二(?=[百千万])", "两", plain)
    everywhere = re.sub(r"二(?=[百千])|^二(?=万)", "两", plain)
    return list(dict.fromkeys((opening, everywhere, plain)))


def _short(number: str) -> str:
    """一百二 for 一百二十, 一千二 for 一千二百; empty where nothing can be left off."""
    found = re.fullmatch(r".*([百千万])[一二三四五六七八九]([十百千])", number)
    return number[:-1] if found and _NEXT_PLACE[found[1]] == found[2] else ""


def _less_than_a_yuan(jiao: int, rest: int) -> list[str]:
    if not jiao:
        digits = ["两", "二"] if rest == 2 else [DIGITS[rest]]
        return [*(d + "分" for d in digits), *(d + "分钱" for d in digits), f"零点零{digits[-1]}元"]
    forms: list[str] = []
    for tenth in ("角", "毛"):
        for first in ("两", "二") if jiao == 2 else (DIGITS[jiao],):
            if rest:
                forms += [f"{first}{tenth}{DIGITS[rest]}分", f"{first}{tenth}{DIGITS[rest]}"]
            else:
                forms += [first + tenth, first + tenth + "钱"]
    return [*forms, f"零点{DIGITS[jiao]}{DIGITS[rest] if rest else ''}元"]


def _with_cents(number: str, jiao: int, rest: int) -> list[str]:
    last = DIGITS[rest] if rest else ""
    point = f"{'二' if number == '两' else number}点{DIGITS[jiao]}{last}元"
    if not jiao:
        return [f"{number}元零{last}分", f"{number}块零{last}分", f"{number}元{last}分", point]
    tenths = DIGITS[jiao]
    forms = [
        f"{number}元{tenths}角{last}{'分' if last else ''}",
        f"{number}块{tenths}毛{last}{'分' if last else ''}",
        f"{number}块{tenths}{last}",
    ]
    if last:
        forms.append(f"{number}块{tenths}毛{last}")
    elif jiao == 5:
        forms.append(f"{number}块半")
    return [*forms, point]


def _mishearings(yuan: int) -> Iterator[int]:
    """Whole yuan that are one slip of the ear away, the likeliest kinds first."""
    yield yuan * 10
    if yuan % 10 == 0:
        yield yuan // 10
    plain = spell(yuan)
    said = [form for form in (plain, _short(plain)) if form]
    for slips in (_noughts, _swaps, _alike, _dropped, _added):
        for form in said:
            for slip in slips(form):
                value = whole(slip)
                if value is not None:
                    yield value


def _noughts(number: str) -> Iterator[str]:
    yield number.replace("零", "")
    for at in range(1, len(number)):
        yield number[:at] + "零" + number[at:]


def _swaps(number: str) -> Iterator[str]:
    for at in range(len(number) - 1):
        yield number[:at] + number[at + 1] + number[at] + number[at + 2 :]


def _alike(number: str) -> Iterator[str]:
    for at, character in enumerate(number):
        if other := ALIKE.get(character):
            yield number[:at] + other + number[at + 1 :]


def _dropped(number: str) -> Iterator[str]:
    for at in range(len(number)):
        yield number[:at] + number[at + 1 :]


def _added(number: str) -> Iterator[str]:
    for at in range(len(number) + 1):
        before, after = number[:at], number[at:]
        if before[-1:] in DIGITS[1:]:  # also before the whole: 五 and 十五
            yield before + "十" + after
        if after.startswith("十") or (before.endswith("十") and "四" in number):
            yield before + "四" + after
