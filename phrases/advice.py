"""Say in one sentence what to change first, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from phrases.drill import CharVerdict, Judged, ToneVerdict, in_doubt
from phrases.pinyin import written

_TONES: Mapping[int, tuple[str, str]] = {
    1: ("保持高而平", "keep it high and level"),
    2: ("由中往上扬", "let it rise from the middle"),
    3: ("压低，再稍微扬起", "keep it low and let it rise"),
    4: ("由高快速降下", "let it fall fast from high"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Advice:
    """What to change first."""

    zh: str
    en: str


GOOD = Advice(zh="很好，没有需要改的地方。", en="Well said: there is nothing to change.")
UNJUDGED = Advice(
    zh="没有听清，无法判断：请靠近话筒、在安静处再说一遍。",
    en="It could not be heard well enough to judge: come closer, find a quieter moment, try again.",
)
_MOST = 0.5
"""share of a line's characters that were not judged, over which nothing is praised"""


def advice(judged: Sequence[Judged], result: float | None) -> Advice:
    """The first thing to change: what was left out or said otherwise, then a tone."""
    if result is None:
        return UNJUDGED
    for number, one in enumerate(judged, start=1):
        zh, en = f"第{number}字“{one.char}”{written(one.char)}", f"{one.char} {written(one.char)}"
        if one.heard is CharVerdict.MISSING:
            return Advice(zh=f"{zh}没有说出来。", en=f"Character {number}, {en}, was left out.")
        if one.heard is CharVerdict.WRONG:
            return Advice(
                zh=f"{zh}说成了别的音。", en=f"Character {number}, {en}, was said otherwise."
            )
    for number, one in enumerate(judged, start=1):
        if one.tone.tone is ToneVerdict.WRONG:
            how = _TONES.get(one.tone_expected)
            if how is not None:
                own = written(one.char, one.tone_expected)
                return Advice(
                    zh=f"第{number}字“{one.char}”{own}：{how[0]}。",
                    en=f"Character {number}, {one.char} {own}: {how[1]}.",
                )
    unsure = sum(map(in_doubt, judged))
    if not unsure:
        return GOOD
    if unsure > _MOST * len(judged):
        return Advice(
            zh=f"有{unsure}个字没有听清或声调无法判断：靠近话筒，慢一点再说一遍。",
            en=f"{unsure} characters could not be judged: come closer, and say it again, slower.",
        )
    return Advice(
        zh=f"听清的都对；还有{unsure}个字无法判断，不计对错。",
        en=f"What could be judged is right; {unsure} more could not be, and count for nothing.",
    )
