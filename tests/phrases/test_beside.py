"""A line is set beside what was heard of it: every character stands once, where it sounds alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phrases.beside import How, beside, paired

SIGNS = {"same": "=", "sound": "~", "other": "#", "missing": "-", "extra": "+"}


def signs(due: str, heard: str) -> str:
    """How the places compare, a sign each."""
    return "".join(SIGNS[place.how] for place in beside(due, heard))


@pytest.mark.parametrize(
    ("due", "heard", "wanted"),
    [
        ("谢谢!", "谢谢", "=="),
        ("收您100元", "收您五十元", "==##="),
        ("找您15元", "找您十五元", "====="),
        ("找您50元", "招名五十元", "~#==="),
        ("请拿好通行票", "", "------"),
        ("请走好", "请您走好", "=+=="),
        ("雨雾天气,请您小心驾驶", "于物天气请您小心", "~~======--"),
        ("35.5元", "三十五元五角", "======"),
        ("", "", ""),
    ],
)
def test_what_differs(due: str, heard: str, wanted: str) -> None:
    """Another character of the same sound is told from another sound; sums are as spoken."""
    assert signs(due, heard) == wanted


def test_the_sound_of_each_character() -> None:
    """As it is read in its line, with the mark of its tone."""
    one, two = beside("还您", "还您")
    assert (one.due_pinyin, one.heard_pinyin, two.due_pinyin) == ("huán", "huán", "nín")
    (missing,) = beside("谢", "")
    assert (missing.heard, missing.heard_pinyin, missing.how) == ("", "", How.MISSING)


@given(st.text("收您找谢好五十百", max_size=8), st.text("收您找谢好五十百", max_size=8))
def test_nothing_is_lost_or_moved(expected: str, written: str) -> None:
    """Both lines can be read off again, whatever they are."""
    pairs = paired(expected, written)
    assert "".join(one for one, _ in pairs if one) == expected
    assert "".join(other for _, other in pairs if other) == written
    assert (None, None) not in pairs
