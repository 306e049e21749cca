"""A cell that begins like a formula is none."""

from __future__ import annotations

import pytest

from service.cells import harmless


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1"])
def test_what_begins_like_a_formula_has_an_apostrophe_before_it(text: str) -> None:
    """Also in full-width letters, and after what a spreadsheet strips."""
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("cell", ["谢谢", "", "a=b", -1, 2.5, None])
def test_all_else_stays_as_it_is(cell: object) -> None:
    """A negative number is a number."""
    assert harmless(cell) is cell
