"""Texts are split into runs, each in a font that has its characters."""

from __future__ import annotations

from service.reports import fonts


def test_a_text_is_a_row_of_runs() -> None:
    """In its order, with nothing lost."""
    fonts.ready()
    found = list(fonts.runs("收您50元, thanks"))
    assert [font for font, _ in found] == [fonts.HAN, fonts.LATIN, fonts.HAN, fonts.LATIN]
    assert "".join(run for _, run in found) == "收您50元, thanks"


def test_what_no_font_has_is_shown_as_unknown() -> None:
    """Rather than as nothing, which would make another name of it."""
    fonts.ready()
    assert "".join(run for _, run in fonts.runs("王😀五")) == "王〓五"


def test_a_width_is_the_sum_of_its_runs() -> None:
    """By which labels are set beside each other."""
    fonts.ready()
    assert fonts.width("收a", 10) == fonts.width("收", 10) + fonts.width("a", 10)
