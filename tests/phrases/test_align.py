"""A form is laid over what was heard: where it fits best, and how well by sound."""

import pytest

from phrases.align import fits, pieces, size
from phrases.layout import Unit, lay_out
from phrases.pattern import Form, forms
from phrases.pinyin import default_weights
from phrases.types import Side, Transcript


def form(pattern: str) -> Form:
    """The pattern's fullest form."""
    return forms(pattern, phrase="x", language="zh", standard=True)[0]


def row(text: str, *, money: bool = False) -> tuple[Unit, ...]:
    """What was heard as units."""
    heard = Transcript(utterance=0, start_ms=0, end_ms=1000, side=Side.NEAR, text=text)
    layout = lay_out([heard], [text])
    return layout.money if money else layout.chars


def best(pattern: str, text: str, *, money: bool = False) -> tuple[str, float]:
    """The best place of the pattern in the text, and its score."""
    units = row(text, money=money)
    fit = fits(form(pattern), units, default_weights(), least=0.0)[0]
    return "".join(u.text for u in units[fit.start : fit.end]), fit.score


def test_the_same_words_fit_wholly() -> None:
    """The same characters anywhere in the row score 1."""
    assert best("请拿好通行票", "好请拿好通行票谢谢") == ("请拿好通行票", 1.0)


def test_the_same_sound_is_almost_the_same() -> None:
    """Other characters of the same sound cost little, other sounds much."""
    _, same_sound = best("雨雾天气", "于物天汽")
    _, other_sound = best("雨雾天气", "冰雪天气")
    assert 0.9 < same_sound < 1.0
    assert other_sound < 0.7


def test_nearer_sounds_fit_better() -> None:
    """收 heard as 手 is nearer than heard as 找."""
    _, near = best("收您{amount}", "手您五十元", money=True)
    _, far = best("收您{amount}", "找您五十元", money=True)
    assert far < near < 1.0


def test_a_missing_and_an_extra_syllable_cost() -> None:
    """What is left out and what is put in between both lower the score."""
    assert best("请拿好通行票", "请拿通行票")[1] == pytest.approx(1 - 1 / 6)
    assert best("请拿好通行票", "请拿好那通行票")[1] == pytest.approx(1 - 0.8 / 6)


def test_an_amount_is_never_likened() -> None:
    """A form with an amount fits only where an amount was read."""
    assert fits(form("收您{amount}"), row("收您东西"), default_weights(), least=0.0) == ()
    assert best("收您{amount}", "收您八块五", money=True) == ("收您八块五", 1.0)


def test_words_of_a_slot_cost_nothing() -> None:
    """A slot takes any few words, and no more than it may."""
    assert best("{direction}方向施工", "景德镇方向施工")[1] == 1.0
    long = "一二三四五六七八九十方向施工"
    assert best("{direction}方向施工", long)[0] == long[2:]


def test_a_phrase_said_twice_fits_twice() -> None:
    """Places that do not overlap are all found."""
    found = fits(form("谢谢您"), row("谢谢您啊谢谢您"), default_weights(), least=0.9)
    assert sorted((f.start, f.end) for f in found) == [(0, 3), (4, 7)]


def test_size_counts_what_must_be_said() -> None:
    """Syllables and amounts count, words of a slot do not."""
    assert size(form("收您{amount}")) == 3
    assert size(form("{direction}方向施工")) == 4
    assert len(pieces(form("{direction}方向施工"))) == 5
