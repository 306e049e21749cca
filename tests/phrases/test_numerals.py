"""Chinese whole numbers, read and written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phrases.numerals import MOST, spell, whole

careful = settings(database=None, derandomize=True, deadline=None, max_examples=300)


@pytest.mark.parametrize(
    ("number", "value"),
    [
        ("零", 0),
        ("〇", 0),
        ("十", 10),
        ("十五", 15),
        ("两百", 200),
        ("二百", 200),
        ("一百零五", 105),
        ("一百一十五", 115),
        ("一百十五", 115),
        ("一百二", 120),
        ("一千二", 1200),
        ("一千零二十", 1020),
        ("一千零二", 1002),
        ("一千二百五", 1250),
        ("一万二", 12000),
        ("一万零五", 10005),
        ("两万三千四百五十六", 23456),
        ("1百5", 150),
        ("1百05", 105),
        ("3千500", 3500),
        ("20万", 200000),
        ("1050", 1050),
        ("0", 0),
    ],
)
def test_whole(number: str, value: int) -> None:
    """Full, short and mixed forms are read as they are meant."""
    assert whole(number) == value


@pytest.mark.parametrize(
    "number",
    ["", "一二三", "二零二六", "十十", "百五", "百", "万", "两十", "一百两", "五十五十", "十百",
     "一百零五十", "零五", "一百零", "二十零五", "一万万", "007", "12345678", "5十5十"],
)  # fmt: skip
def test_no_number(number: str) -> None:
    """What is not well formed is no number."""
    assert whole(number) is None


@careful
@given(st.integers(0, MOST))
def test_round_trip(value: int) -> None:
    """What is written is read as the same number."""
    assert whole(spell(value)) == value


@careful
@given(st.text(alphabet="零〇一二两三四五六七八九十百千万0123456789", max_size=12))
def test_never_raises(number: str) -> None:
    """Any run of numerals is a number in range or none."""
    value = whole(number)
    assert value is None or 0 <= value <= MOST


def test_spell_out_of_range() -> None:
    """A number that cannot be spelt is refused by name."""
    with pytest.raises(ValueError, match="-1"):
        spell(-1)
