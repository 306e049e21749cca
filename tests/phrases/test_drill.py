"""A try is judged character by character, and what is hard to judge is never wrong."""

from __future__ import annotations

import pytest

from phrases.advice import GOOD, UNJUDGED, advice
from phrases.drill import (
    LONE,
    CharVerdict,
    HeardTone,
    Judged,
    ToneVerdict,
    judge_chars,
    judge_tone,
    score,
)
from phrases.sandhi import LIGHT

RIGHT, WRONG, UNSURE = ToneVerdict.RIGHT, ToneVerdict.WRONG, ToneVerdict.UNSURE
SAID = CharVerdict.RIGHT
LINE = "请拿好通行卡"


def chars(written: str, *, likely: float = 0.0, snr_db: float | None = 30.0) -> list[str]:
    """What is made of a line that was written so."""
    found = judge_chars(LINE, written, [likely] * len(LINE), snr_db)
    return [one.value for one in found]


@pytest.mark.parametrize(
    "written", ["请拿好通行卡", "请拿好通行咖", "情拿好通行卡", "请拿好通型卡"]
)
def test_another_character_of_the_sound_is_right(written: str) -> None:
    """The recogniser writes what it likes; tones are judged by the pitch."""
    assert chars(written) == ["right"] * 6


def test_what_was_left_out_or_said_otherwise() -> None:
    """Each at its place, however the rest shifts."""
    assert chars("请拿好行卡") == ["right", "right", "right", "missing", "right", "right"]
    assert chars("请拿好通行票") == ["right"] * 5 + ["wrong"]
    assert chars("拿好通行卡") == ["missing"] + ["right"] * 5
    assert chars("请您拿好通行卡") == ["right"] * 6
    assert chars("") == ["missing"] * 6


def test_doubt_is_not_counted_against_anybody() -> None:
    """Where the sound likes the character all the same, and in noise."""
    assert chars("请拿好通行票", likely=0.5)[-1] == "unsure"
    assert chars("请拿好通行票", snr_db=2.0)[-1] == "unsure"
    assert chars("", snr_db=2.0) == ["unsure"] * 6
    assert chars("请拿好通行卡", snr_db=2.0) == ["right"] * 6


@pytest.mark.parametrize(
    ("written", "likely", "verdict"),
    [
        ("吗", 0.0, "right"),
        ("马", 0.0, "right"),
        ("慢", 0.0, "right"),  # as near as that is what is written of somebody who says 妈
        ("出", 1e-3, "unsure"),
        ("出", 1e-6, "wrong"),
        ("", 1e-3, "unsure"),
        ("", 1e-6, "missing"),
    ],
)
def test_a_character_alone(written: str, likely: float, verdict: str) -> None:
    """The recogniser expects sentences: only what is nothing like it is called wrong."""
    assert judge_chars("妈", written, [likely], 30.0, LONE) == (CharVerdict(verdict),)


def test_the_tone_of_a_character_that_was_not_made_out() -> None:
    """It counts by itself, and is the first thing to change."""
    wrong = HeardTone(tone=WRONG, heard=4)
    one = Judged(
        char="妈",
        heard=CharVerdict.UNSURE,
        tone_expected=1,
        tone=wrong,
        start_ms=0,
        end_ms=300,
    )
    assert score([one]) == (0.0, 1)
    assert "mā" in advice([one], 0.0).en


@pytest.mark.parametrize(
    ("chances", "allowed", "agreed", "verdict", "heard"),
    [
        ((0.97, 0.01, 0.01, 0.01), {1}, 1.0, RIGHT, 1),
        ((0.97, 0.01, 0.01, 0.01), {3}, 1.0, WRONG, 1),
        ((0.55, 0.02, 0.03, 0.4), {4}, 1.0, RIGHT, None),
        ((0.7, 0.1, 0.1, 0.1), {3}, 1.0, UNSURE, 1),
        ((0.97, 0.01, 0.01, 0.01), {3}, 0.2, UNSURE, None),
        ((0.0, 0.6, 0.4, 0.0), {2, 3}, 1.0, RIGHT, 2),
        ((0.97, 0.01, 0.01, 0.01), {LIGHT}, 1.0, RIGHT, 1),
        ((0.97, 0.01, 0.01, 0.01), {4, LIGHT}, 1.0, RIGHT, 1),
    ],
)
def test_a_tone(
    chances: tuple[float, ...],
    allowed: set[int],
    agreed: float,
    verdict: ToneVerdict,
    heard: int | None,
) -> None:
    """Wrong only where another is nearly certain and both trackers follow the voice."""
    assert judge_tone(chances, allowed, agreed) == HeardTone(tone=verdict, heard=heard)


def judged(*verdicts: tuple[CharVerdict, ToneVerdict], char: str = "卡") -> list[Judged]:
    """Characters, judged so."""
    return [
        Judged(
            char=char,
            heard=heard,
            tone_expected=3,
            tone=HeardTone(tone=tone, heard=None),
            start_ms=0,
            end_ms=1,
        )
        for heard, tone in verdicts
    ]


def test_the_score_is_of_what_could_be_judged() -> None:
    """Half for the character, half for its tone; what is unsure counts for nothing."""
    assert score(judged((SAID, RIGHT), (SAID, RIGHT))) == (100.0, 0)
    assert score(judged((SAID, RIGHT), (SAID, WRONG))) == (75.0, 0)
    assert score(judged((SAID, RIGHT), (CharVerdict.MISSING, UNSURE))) == (50.0, 0)
    assert score(judged((SAID, UNSURE))) == (100.0, 1)
    assert score(judged((CharVerdict.UNSURE, UNSURE))) == (None, 1)


def test_the_first_thing_to_change() -> None:
    """What was left out comes before a tone; nothing is made up."""
    left_out = judged((SAID, WRONG), (CharVerdict.MISSING, UNSURE))
    assert advice(left_out, 30.0).en == "Character 2, 卡 kǎ, was left out."
    tone = judged((SAID, RIGHT), (SAID, RIGHT), (SAID, WRONG))
    assert advice(tone, 83.0).en == "Character 3, 卡 kǎ: keep it low and let it rise."
    assert advice(tone, 83.0).zh == "第3字“卡”kǎ：压低，再稍微扬起。"
    assert advice(judged((SAID, RIGHT)), 100.0) == GOOD
    assert advice(judged((CharVerdict.UNSURE, UNSURE)), None) == UNJUDGED


def test_nobody_is_praised_for_what_was_not_heard() -> None:
    """What could be judged may be right; where most could not be, another try is asked for."""
    some = advice(judged((SAID, RIGHT), (SAID, RIGHT), (SAID, UNSURE)), 100.0)
    assert some.zh == "听清的都对；还有1个字无法判断，不计对错。"
    most = advice(judged((SAID, RIGHT), (SAID, UNSURE), (CharVerdict.UNSURE, UNSURE)), 100.0)
    assert most.en.startswith("2 characters could not be judged")


def test_another_numeral_is_another_sum() -> None:
    """四 sounds almost like 十, but whoever writes one for the other has heard another sum."""
    verdicts = judge_chars("收您四元", "收您十元", [0.9, 0.9, 0.01, 0.9], 20.0)
    assert verdicts[2] is CharVerdict.WRONG
    likely = judge_chars("收您四元", "收您十元", [0.9, 0.9, 0.5, 0.9], 20.0)
    assert likely[2] is CharVerdict.UNSURE
    assert judge_chars("收您四元", "收您四元", [0.9] * 4, 20.0)[2] is CharVerdict.RIGHT
