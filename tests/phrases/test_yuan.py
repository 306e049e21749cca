"""Yuan as people and files write them, and whole fen."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phrases.yuan import MOST_FEN, decimal, fen

careful = settings(database=None, derandomize=True, deadline=None, max_examples=300)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, 0), (15, 1500), (15.5, 1550), ("15.5", 1550), ("15.50", 1550), (0.1, 10), (19.99, 1999),
        (Decimal("0.05"), 5), ("50", 5000), (1_000_000, MOST_FEN), (-0.0, 0), ("15.500", 1550),
    ],
)  # fmt: skip
def test_fen(value: object, expected: int) -> None:
    """Numbers and plain decimal strings are whole fen, without a rounding of floats."""
    assert fen(value) == expected


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (-1, "negative"),
        ("-0.5", "negative"),
        (float("nan"), "finite"),
        (float("inf"), "finite"),
        (Decimal("sNaN"), "finite"),
        ("nan", "plain decimal"),
        ("1e3", "plain decimal"),
        ("1_000", "plain decimal"),
        ("1,000", "plain decimal"),
        ("五十", "plain decimal"),
        ("", "plain decimal"),
        (0.1 + 0.2, "two decimals"),
        ("1.234", "two decimals"),
        (1_000_000.01, "at most 1000000"),
        (10**400, "at most 1000000"),
        (True, "true or false"),
        (None, "null"),
        ([50], "list"),
    ],
)
def test_fen_refuses(value: object, problem: str) -> None:
    """Whatever is no amount of money is refused with what is wrong."""
    with pytest.raises(ValueError, match=problem):
        fen(value)


@pytest.mark.parametrize(
    ("amount", "text"),
    [(5000, "50"), (1550, "15.5"), (5, "0.05"), (1505, "15.05"), (0, "0"), (-1550, "-15.5")],
)
def test_decimal(amount: int, text: str) -> None:
    """An amount is a plain decimal without needless noughts."""
    assert decimal(amount) == text


@careful
@given(st.integers(0, MOST_FEN))
def test_round_trip(amount: int) -> None:
    """Written as a string or a number, an amount comes back the same."""
    assert fen(decimal(amount)) == amount
    assert fen(float(decimal(amount))) == amount
