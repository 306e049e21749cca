"""Every reason has Chinese words, made of the same values."""

from __future__ import annotations

from phrases.dialogue_data import Condition
from phrases.reasons import ENGLISH, names
from phrases.reasons import LINKS as ENGLISH_LINKS
from phrases.types import Excuse, GapReason
from service.pages.words_reasons import CHINESE, LINKS, TERMS


def test_every_reason_has_chinese_words() -> None:
    """With every value that the English sentence has; a day has a name in each language."""
    assert CHINESE.keys() == ENGLISH.keys()
    for code, template in CHINESE.items():
        assert names(template) == names(ENGLISH[code]) - {"en"}, code
        assert any("\u4e00" <= char <= "\u9fff" for char in template), code
    assert LINKS.keys() == {"", *ENGLISH_LINKS}


def test_every_code_that_a_reason_names_has_words() -> None:
    """Of the lane, of gaps and of the weather."""
    weather = {"rain", "fog", "ice", "snow"}
    assert TERMS.keys() >= {*Condition, *Excuse, *GapReason, *weather}
