"""Folding: one form for all that the recogniser may write."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phrases.normalize import fold, fold_with_index, polite, simplify

chinese = st.text(
    alphabet=st.one_of(
        st.sampled_from("收找您你元块圓著裡後麼乾請謝０８５,。,.: 、1234567890aB…♪①㎡"),
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5),
    ),
    max_size=20,
)
careful = settings(database=None, derandomize=True, deadline=None, max_examples=200)


@pytest.mark.parametrize(
    ("written", "simple"),
    [
        ("收您五十圓,謝謝", "收您五十圆,谢谢"),
        ("請拿好通行票", "请拿好通行票"),
        ("週末愉快,祝您一路順風", "周末愉快,祝您一路顺风"),
        ("沒看見我正忙著嗎", "没看见我正忙着吗"),
        ("著名的著作", "著名的著作"),
        ("甚麼", "什么"),
        ("裡面乾淨,後來皇后", "里面干净,后来皇后"),
        ("妳好", "你好"),
        ("５０元", "50元"),
    ],
)
def test_simplify(written: str, simple: str) -> None:
    """Traditional and full-width text becomes simplified and half-width."""
    assert simplify(written) == simple


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("您好,收您 50 元。", "您好收您50元"),
        ("8.5元", "8点5元"),
        ("8。5元", "85元"),
        ("1,000元,50元", "1000元50元"),
        ("1,000,000", "1000000"),
        ("10:30重新开放", "10时30重新开放"),
        ("Good-bye. ETC", "goodbyeetc"),
        ("♪ … 。", ""),
        ("", ""),
        ("二〇二六", "二〇二六"),
    ],
)
def test_fold(written: str, folded: str) -> None:
    """Only what is said stays, and the marks inside a number keep their meaning."""
    assert fold(written) == folded


def test_clause_starts() -> None:
    """A clause starts after punctuation or a pause, not at a space that only sets type."""
    folded, _, starts = fold_with_index("您好!收您 50 元 找您35元,Thank you 1,000")
    assert folded == "您好收您50元找您35元thankyou1000"
    assert starts == {0, 2, 7, 12}


def test_no_clause_in_nothing() -> None:
    """A text without words has no clause."""
    assert fold_with_index("……") == ("", (), frozenset())


@careful
@given(chinese)
def test_index_holds(text: str) -> None:
    """Each folded character stands where the index says, and indices rise."""
    folded, index, starts = fold_with_index(text)
    simple = simplify(text)
    assert len(index) == len(folded)
    assert list(index) == sorted(set(index))
    assert all(0 <= start < len(folded) for start in starts)
    for character, position in zip(folded, index, strict=True):
        assert simple[position].lower() == character or simple[position] in ".:"


@careful
@given(chinese)
def test_folding_twice(text: str) -> None:
    """Folding a folded text changes nothing."""
    assert fold(fold(text)) == fold(text)


@careful
@given(chinese)
def test_simplifying_keeps_length(text: str) -> None:
    """One character comes out for each character of the NFKC form."""
    assert len(simplify(text)) == len(unicodedata.normalize("NFKC", text))


def test_polite() -> None:
    """你 matches 您, but folding alone keeps them apart."""
    assert polite("能帮你做什么") == "能帮您做什么"
    assert fold("你好") != fold("您好")
