"""Tones are asked for as they are said, not as they are written."""

from __future__ import annotations

import pytest

from phrases.sandhi import LIGHT, spoken, usual


@pytest.mark.parametrize(
    ("text", "tones"),
    [
        ("您好", "23"),
        ("你好", "23"),
        ("展览馆", "223"),
        ("请拿好通行卡", "323123"),
        ("一路平安", "2421"),
        ("第一", "41"),
        ("十一元", "212"),
        ("不是", "24"),
        ("不好", "43"),
        ("谢谢", "45"),
        ("我们", "35"),
        ("收您五十元", "12322"),
        ("对不起", "453"),
        ("等一等", "353"),
        ("是不是", "454"),
        ("师傅", "15"),
        ("晚上好", "353"),
    ],
)
def test_the_tone_to_show(text: str, tones: str) -> None:
    """Third tones in a row, 一 and 不 before what follows, light syllables."""
    assert "".join(str(usual(one)) for one in spoken(text)) == tones


def test_where_people_differ_both_are_right() -> None:
    """A run of third tones, 一 in a number, a second 谢."""
    assert spoken("展览馆")[:2] == (frozenset({2, 3}), frozenset({2, 3}))
    assert spoken("一百")[0] == {1, 4}
    assert spoken("谢谢")[1] == {4, LIGHT}
    assert spoken("先生")[1] == {1, LIGHT}
    assert spoken("对不起")[1] == {4, LIGHT}


def test_an_ordinal_may_keep_its_own_tone() -> None:
    """一 in 统一, 星期一 and 一号 is not called wrong in the first tone."""
    for text in ("统一安排", "星期一上午", "一号"):
        assert 1 in spoken(text)[text.index("一")]
    assert spoken("一起")[0] == {4}


def test_what_is_no_syllable_has_no_tone() -> None:
    """A letter or a mark is told apart, so that nobody is asked for its tone."""
    assert spoken("卡A") == (frozenset({3}), frozenset({0}))
