"""Whatever a page says is there in both languages; what comes from outside is escaped."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from service.pages import sign_in, words
from service.pages.markup import Html, h, joined, table

PAGES = Path(words.__file__).parent
NASTY = "O\"Brien <b onload='x'>&amp; 😀</b>"


def test_both_languages_have_all_words() -> None:
    """None is empty, and none that a page asks for is missing."""
    assert words.missing() == []
    asked = {
        name
        for file in PAGES.glob("*.py")
        for name in re.findall(r"""say\(["']([a-z_.]+)["']\)""", file.read_text("utf-8"))
    }
    assert asked
    for name in asked:
        assert words.say("zh", name) != name, name


def test_no_area_changes_the_words_of_another() -> None:
    """A name stands in one file only."""
    names = [name for area in words.AREAS for name in area]
    assert sorted(names) == sorted(set(names))


def test_codes_and_steps_are_words() -> None:
    """What has none is shown as it is."""
    assert words.code("zh", "missing.ticket") == "没说: 递票"
    assert words.code("en", "amount.change") == "change differs"
    assert words.code("en", "forbidden.busy") == "forbidden phrase"
    assert words.code("zh", "own.rule") == "own.rule"
    assert words.step("zh", "own") == "own"


def test_what_comes_from_outside_is_escaped() -> None:
    """In text, in attributes and in tables; markup of our own is not."""
    made = h("p", NASTY, title=NASTY)
    assert "<b" not in made
    assert made.count("&lt;b onload=&#x27;x&#x27;&gt;") == 2
    assert h("p", h("b", "x")) == "<p><b>x</b></p>"
    assert joined([Html("<i>"), "<i>"]) == "<i>&lt;i&gt;"
    assert "<b" not in table([NASTY], [[NASTY]]).replace("<tbody", "")


@pytest.mark.parametrize(
    ("wanted", "goes"),
    [
        (None, "/"),
        ("/shifts?x=1", "/shifts?x=1"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example", "/"),
        ("/\\elsewhere.example", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_nobody_is_sent_elsewhere(wanted: str | None, goes: str) -> None:
    """After signing in one goes on here."""
    assert sign_in._here(wanted) == goes
