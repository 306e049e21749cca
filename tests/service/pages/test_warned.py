"""Every warning of a grading has Chinese words, made of the same values."""

from __future__ import annotations

import os

import pytest

from phrases.reasons import names
from phrases.warned import ENGLISH, warning
from service.pages.markup import Html
from service.pages.warned import warned
from service.pages.words_warned import CHINESE, SYSTEM


def test_every_warning_has_chinese_words() -> None:
    """With every value that the English sentence has."""
    assert CHINESE.keys() == ENGLISH.keys()
    for code, template in CHINESE.items():
        assert names(template) == names(ENGLISH[code]), code
        assert any("\u4e00" <= char <= "\u9fff" for char in template), code


@pytest.mark.parametrize(
    ("sentence", "chinese"),
    [
        (warning("underpaid", vehicle="赣A12345"), "车辆赣A12345的收款少于通行费"),
        (
            warning("years_differ", year=2026, library="x 1", days="2026-01-04, 2026-02-14 …"),
            "2026年：本站的文件与 x 1 在2026-01-04、2026-02-14 …不一致；以本站的文件为准",
        ),
        (
            warning("unclipped", count=3, why=warning("clip_unread")),
            "有3辆车没有存下录音片段：录音已无法读取",
        ),
        (
            warning(
                "unclipped_one",
                why=warning("clip_unwritten", folder="clips", system=os.strerror(28)),
            ),
            "有1辆车没有存下录音片段：片段文件夹 clips 写不进去：磁盘已满",
        ),
    ],
)
def test_a_warning_is_said_in_the_pages_language(sentence: str, chinese: str) -> None:
    """The English page has the stored sentence."""
    assert warned("zh", sentence) == chinese
    assert warned("en", sentence) == sentence


@pytest.mark.parametrize(
    "sentence", ["another <b> program", warning("unclipped", count=3, why="another <b> program")]
)
def test_what_another_program_wrote_stands_as_it_is(sentence: str) -> None:
    """Marked as English on a Chinese page, and escaped."""
    told = warned("zh", sentence)
    assert isinstance(told, Html)
    assert told == f'<span lang="en">{sentence.replace("<b>", "&lt;b&gt;")}</span>'


def test_what_the_system_says_has_words() -> None:
    """A full disk is the one that happens."""
    assert SYSTEM[os.strerror(28)] == "磁盘已满"
    assert all(SYSTEM.values())
