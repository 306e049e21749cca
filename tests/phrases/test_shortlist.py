"""The shortlist holds what a turn may hold, with amounts read and never likened."""

import pytest

from phrases.catalog import Catalog, load
from phrases.layout import lay_out
from phrases.pinyin import default_weights
from phrases.shortlist import Candidate, shortlist
from phrases.types import Side, Transcript


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    """The catalogs that ship."""
    return load()


def candidates(text: str, catalog: Catalog) -> tuple[Candidate, ...]:
    """What the text may hold."""
    heard = Transcript(utterance=0, start_ms=0, end_ms=1000, side=Side.NEAR, text=text)
    return shortlist(lay_out([heard], [text]), catalog.forms, default_weights())


def best(text: str, phrase: str, catalog: Catalog) -> Candidate:
    """The best candidate of a phrase."""
    return max(
        (c for c in candidates(text, catalog) if c.form.phrase == phrase), key=lambda c: c.pinyin
    )


def test_what_is_misheard_is_still_listed(catalog: Catalog) -> None:
    """雨雾 written as 于物 keeps its phrase on the list."""
    found = best("于物天气请您小心驾驶", "weather.rain_fog.drive", catalog)
    assert found.pinyin > 0.9
    assert found.chars < found.pinyin


def test_unrelated_talk_lists_no_long_phrase(catalog: Catalog) -> None:
    """Talk about something else is like no phrase of four syllables or more."""
    assert all(c.size < 4 or c.pinyin < 0.7 for c in candidates("你家孩子上几年级了", catalog))


def test_an_amount_is_read(catalog: Catalog) -> None:
    """The amount of 收您 is what was said, in fen, wherever it stands."""
    assert best("您好收您一百零五元", "flow.received", catalog).fen == 10500
    assert not best("您好收您一百零五元", "flow.received", catalog).by_sound


def test_an_amount_in_other_characters_is_marked(catalog: Catalog) -> None:
    """食物源 sounds like 十五元: the amount counts as guessed by its sound."""
    found = best("收您食物源", "flow.received", catalog)
    assert found.fen == 1500
    assert found.by_sound


def test_words_of_slots_are_kept(catalog: Catalog) -> None:
    """What stands in a slot of words is kept under its name."""
    found = best("南昌方向施工请您减速慢行注意安全", "road.slow", catalog)
    assert found.words["direction"] == "南昌"
    closed = best("对不起因大雾原因已封道预计十时重新开放请您耐心等候", "road.closed", catalog)
    assert closed.words["cause"] == "大雾"
    assert closed.words["time"] in ("十", "十时")


def test_the_wording_is_what_would_have_been_said(catalog: Catalog) -> None:
    """The wording has the phrase's characters with the amount as it was heard."""
    assert best("少您五十元", "flow.received", catalog).wording == "收您五十元"
