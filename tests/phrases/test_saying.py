"""Amounts as they are said, and the amounts that they are taken for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phrases.amounts import parse
from phrases.saying import neighbours, speak, spoken_forms
from phrases.yuan import MOST_FEN

amounts = st.one_of(st.integers(0, 200_000), st.integers(0, MOST_FEN))
careful = settings(database=None, derandomize=True, deadline=None, max_examples=300)


@pytest.mark.parametrize(
    ("fen", "said"),
    [
        (5000, "五十元"),
        (1500, "十五元"),
        (10500, "一百零五元"),
        (11500, "一百一十五元"),
        (12000, "一百二十元"),
        (20000, "两百元"),
        (22200, "两百二十二元"),
        (120000, "一千二百元"),
        (200, "两元"),
        (1200, "十二元"),
        (2000, "二十元"),
        (3550, "三十五元五角"),
        (320, "三元二角"),
        (325, "三元二角五分"),
        (1005, "十元零五分"),
        (50, "五角"),
        (20, "两角"),
        (5, "五分"),
        (0, "零元"),
        (MOST_FEN, "一百万元"),
    ],
)
def test_speak(fen: int, said: str) -> None:
    """The canonical form has 元 and 角, and 两 only where people say it first."""
    assert speak(fen) == said


@careful
@given(amounts)
def test_every_form_is_read_back(fen: int) -> None:
    """Each way to say an amount is read as that amount."""
    for form in spoken_forms(fen):
        assert parse(form) == fen, form


@pytest.mark.parametrize(
    ("fen", "form"),
    [
        (5000, "五十"), (5000, "五十块钱"), (12000, "一百二"), (120000, "一千二"),
        (20000, "二百块"), (3550, "三十五块五毛"), (3550, "三十五块五"), (1550, "十五点五元"),
        (325, "三块二毛五"),
        (50, "五毛"), (1200000, "一万二"), (200, "两块"),
    ],
)  # fmt: skip
def test_usual_forms(fen: int, form: str) -> None:
    """The wordings of the booth are among the forms."""
    assert form in spoken_forms(fen)


@pytest.mark.parametrize("fen", [-1, MOST_FEN + 1])
def test_unspeakable(fen: int) -> None:
    """An absurd amount cannot be said."""
    with pytest.raises(ValueError, match=str(fen)):
        speak(fen)


@pytest.mark.parametrize(
    ("yuan", "other"),
    [
        (50, 15), (15, 50), (14, 40), (40, 14), (44, 14), (44, 40), (10, 4), (105, 150), (150, 105),
        (100, 1000), (1000, 100), (100, 700), (60, 90), (35, 15), (15, 45), (5, 15), (15, 5),
    ],
)  # fmt: skip
def test_neighbours(yuan: int, other: int) -> None:
    """Amounts that the ear confuses are neighbours."""
    assert other * 100 in neighbours(yuan * 100)


def test_neighbours_of_cents() -> None:
    """角 and 分 may be missed, or heard as a digit like theirs."""
    assert 1500 in neighbours(1550)
    assert 1570 in neighbours(1510)
    assert 1550 in neighbours(1555)


@careful
@given(amounts)
def test_neighbours_are_other_amounts(fen: int) -> None:
    """Neighbours are few, ascending, in range, and never the amount itself."""
    found = neighbours(fen)
    assert list(found) == sorted(set(found))
    assert len(found) <= 24
    assert all(0 < other <= MOST_FEN and other != fen for other in found)
