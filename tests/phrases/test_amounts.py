"""The money grammar: what is an amount, what is not, and where it stands."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phrases.amounts import find, parse, speak
from phrases.normalize import fold_with_index

careful = settings(database=None, derandomize=True, deadline=None, max_examples=300)


def found(text: str) -> list[tuple[str, int, bool]]:
    """What is found in a text as the recogniser wrote it: words, fen, whether with a unit."""
    folded, _, starts = fold_with_index(text)
    return [(folded[s.start : s.end], s.fen, s.unit) for s in find(folded, starts)]


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("五十", 5000),
        ("50", 5000),
        ("50元", 5000),
        ("５０元", 5000),
        ("¥50", 5000),
        ("一百零五", 10500),
        ("两百", 20000),
        ("二百", 20000),
        ("一百二", 12000),
        ("一百二十", 12000),
        ("一百二十块", 12000),
        ("一千二", 120000),
        ("一万", 1000000),
        ("十块五", 1050),
        ("十块半", 1050),
        ("三十五块", 3500),
        ("三十五块五毛", 3550),
        ("五角", 50),
        ("八毛", 80),
        ("八毛钱", 80),
        ("五毛五", 55),
        ("五分", 5),
        ("8.5元", 850),
        ("0.5元", 50),
        ("8元5角", 850),
        ("十五点五元", 1550),
        ("十五点零五元", 1505),
        ("一百块零五毛", 10050),
        ("一百元零五分", 10005),
        ("三块二毛五", 325),
        ("三块二五", 325),
        ("两块", 200),
        ("俩块", 200),
        ("十块钱", 1000),
        ("五十元整", 5000),
        ("五十块钱整", 5000),
        ("壹佰元整", 10000),
        ("1,000元", 100000),
        ("1百5", 15000),
        ("五十圓", 5000),
        ("五十塊", 5000),
        ("五十员", 5000),
        ("零元", 0),
        ("五", 500),
        ("一百万元", 100_000_000),
    ],
)
def test_parse(text: str, fen: int) -> None:
    """Every wording of an amount is read as whole fen."""
    assert parse(text) == fen


@pytest.mark.parametrize(
    "text",
    [
        "",
        "元",
        "一二三",
        "一二三元",
        "二零元",
        "十十",
        "百五",
        "百",
        "块五",
        "两十元",
        "五十五十",
        "二零二六年",
        "三点",
        "三点五十",
        "三点五分",
        "十点半",
        "10:30",
        "十分",
        "五分钟",
        "二零二七元旦",
        "1.234元",
        "1.5元5角",
        "二百万元",
        "五十元五十元",
        "收五十元",
        "五十元谢谢",
    ],
)
def test_no_amount(text: str) -> None:
    """Digits read out, times, dates, broken numbers and longer texts are no amount."""
    assert parse(text) is None


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("收您五十元,找您三十五元", [("五十元", 5000, True), ("三十五元", 3500, True)]),
        ("收您五十找您三十五", [("五十", 5000, False), ("三十五", 3500, False)]),
        ("收您 50 元 找您 35 元", [("50元", 5000, True), ("35元", 3500, True)]),
        ("收您1,000元,找您5元", [("1000元", 100000, True), ("5元", 500, True)]),
        ("五十,五十", [("五十", 5000, False), ("五十", 5000, False)]),
        ("五十五十元", [("五十", 5000, True), ("五十元", 5000, True)]),
        ("十块五十块", [("十块", 1000, True), ("五十块", 5000, True)]),
        ("十块五,五十块", [("十块五", 1050, True), ("五十块", 5000, True)]),
        ("收您十块五谢谢", [("十块五", 1050, True)]),
        ("五块五毛五找您两毛", [("五块五毛五", 555, True), ("两毛", 20, True)]),
        ("找您五十一路平安", [("五十", 5000, False)]),
        ("找您十元一路平安", [("十元", 1000, True)]),
        ("找您十块一张票", [("十块", 1000, True)]),
        ("一共五十元", [("五十元", 5000, True)]),
        ("您好收您一百二找您五", [("一百二", 12000, False)]),
    ],
)
def test_find(text: str, spans: list[tuple[str, int, bool]]) -> None:
    """Each amount is found whole, without a character of its neighbours."""
    assert found(text) == spans


@pytest.mark.parametrize(
    "text",
    [
        "请您在二十米以外等候",
        "二零二六年一月一日",
        "2027元旦快乐",
        "三点五十开放",
        "预计10:30重新开放",
        "预计十点重新开放",
        "十分感谢",
        "等五分钟",
        "打扰一下,一路平安",
        "两位先生",
        "周五",
        "第三十号",
        "几十块",
        "十几块",
        "五十多块",
        "百分之五十",
        "G50高速",
        "一二三四五",
        "十十十",
        "初十五快乐",
        "千万小心",
        "十字路口",
    ],
)
def test_find_nothing(text: str) -> None:
    """Numbers that count, order, measure or date something are not money."""
    assert found(text) == []


@careful
@given(st.integers(1, 200_000))
def test_said_is_read(fen: int) -> None:
    """An amount said in full is read as itself, alone and in its sentence."""
    said = speak(fen)
    assert parse(said) == fen
    assert [(s.start, s.end, s.fen) for s in find(f"收您{said}谢谢")] == [(2, 2 + len(said), fen)]


@careful
@given(st.text(alphabet="零〇一二两三四五十百千万点元块角毛分钱整半收找您年米0158a", max_size=16))
def test_spans_are_sound(text: str) -> None:
    """Spans rise, do not overlap, hold at least one numeral, and nothing raises."""
    parse(text)
    end = 0
    for span in find(text):
        assert end <= span.start < span.end <= len(text)
        assert span.fen >= 0
        end = span.end


def test_the_ling_of_zhao_ling_is_no_nought() -> None:
    """找零五元 gives change of five yuan."""
    assert [(span.start, span.fen) for span in find("找零五元")] == [(2, 500)]
