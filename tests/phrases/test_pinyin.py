"""Likeness by sound: what is confused is near, what is not is far."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phrases.pinyin import (
    Syllable,
    distance,
    homophones,
    likeness,
    load,
    syllables,
    toneless,
)
from phrases.source import DATA, DataError

text = st.text(
    alphabet=st.one_of(
        st.sampled_from("收找您好卡票接交班五十元0123abz嗯儿〇"),
        st.characters(min_codepoint=0x3400, max_codepoint=0x9FFF),
    ),
    max_size=12,
)
careful = settings(database=None, derandomize=True, deadline=None, max_examples=200)


def near(a: str, b: str) -> float:
    """Distance of two single characters."""
    (x,), (y,) = syllables(a), syllables(b)
    return distance(x, y)


@careful
@given(text)
def test_one_syllable_a_character(text: str) -> None:
    """Every character has exactly one syllable, whatever it is."""
    assert len(syllables(text)) == len(text)
    assert len(toneless(text)) == len(text)


@pytest.mark.parametrize(
    ("character", "syllable"),
    [
        ("收", Syllable("sh", "ou", 1)),
        ("元", Syllable("", "van", 2)),
        ("一", Syllable("", "i", 1)),
        ("五", Syllable("", "u", 3)),
        ("四", Syllable("s", "-i", 4)),
        ("女", Syllable("n", "v", 3)),
        ("去", Syllable("q", "v", 4)),
        ("儿", Syllable("", "er", 2)),
        ("嗯", Syllable("", "en", 2)),
        ("2", Syllable("", "er", 4)),
        ("a", Syllable("", "a", 0)),
    ],
)
def test_syllable(character: str, syllable: Syllable) -> None:
    """Initials and finals are those of strict pinyin; digits sound like their names."""
    assert syllables(character) == (syllable,)


@pytest.mark.parametrize(
    ("words", "sounds"),
    [
        ("银行", "in hang"),
        ("通行卡", "tong xing ka"),
        ("重新开放", "chong xin kai fang"),
        ("还您五十", "huan nin u sh-i"),
        ("长途", "chang tu"),
    ],
)
def test_polyphones(words: str, sounds: str) -> None:
    """A character with several readings is read as its word wants."""
    assert toneless(words) == tuple(sounds.split())


def test_homophones() -> None:
    """In any tone, the character first, each once; the character alone if there are none."""
    assert homophones("妈").startswith("妈")
    assert set("妈麻马骂吗") <= set(homophones("妈"))
    assert len(set(homophones("是"))) == len(homophones("是")) <= 64
    assert not set("慢妙八") & set(homophones("妈"))
    assert homophones("A") == "A"


def test_order_of_distances() -> None:
    """Same, other tone, confused pair, half alike, unrelated: in this order."""
    costs = [
        near("收", "收"),
        near("收", "手"),
        near("四", "十"),
        near("收", "九"),
        near("卡", "票"),
    ]
    assert costs == sorted(costs)
    assert len(set(costs)) == len(costs)
    assert costs[0] == 0
    assert costs[-1] == 1


@pytest.mark.parametrize(
    ("a", "b"), [("知", "资"), ("吃", "刺"), ("是", "四"), ("你", "里"), ("您", "宁"), ("真", "争")]
)
def test_confused_pairs(a: str, b: str) -> None:
    """Sounds that accents mix are a small step apart."""
    assert 0 < near(a, b) <= 0.35


@careful
@given(st.text(alphabet="收找您好卡票五十元ab1", min_size=1, max_size=1), text)
def test_distance_is_a_distance(character: str, other: str) -> None:
    """Distances lie in 0..1 and are the same both ways."""
    (a,) = syllables(character)
    for b in syllables(other):
        assert 0 <= distance(a, b) <= 1
        assert distance(a, b) == distance(b, a)


@careful
@given(text, text)
def test_likeness_is_fair(a: str, b: str) -> None:
    """Likeness lies in 0..1, is the same both ways, and is 1 for the same sounds."""
    x, y = syllables(a), syllables(b)
    assert 0 <= likeness(x, y) <= 1
    assert likeness(x, y) == pytest.approx(likeness(y, x))
    assert likeness(x, x) == 1


def test_misheard_is_near() -> None:
    """What Whisper was measured to write for a phrase is near to it, and 少 is as near to 找."""
    for heard, said in [
        ("于物天气", "雨雾天气"),
        ("少您五十", "收您五十"),
        ("少您五十", "找您五十"),
        ("招名五十", "找您五十"),
    ]:
        assert likeness(syllables(heard), syllables(said)) > 0.85


def test_rival_is_farther() -> None:
    """A phrase that was not said is farther than the one that was."""
    for heard, said, rival in [
        ("于物天气", "雨雾天气", "冰雪天气"),
        ("招名五十", "找您五十", "收您五十"),
        ("通行咖", "通行卡", "通行票"),
    ]:
        right = likeness(syllables(heard), syllables(said))
        assert right > likeness(syllables(heard), syllables(rival))


def test_a_piece_is_not_the_whole() -> None:
    """Syllables too many count in full, so 谢谢 is not 谢谢观看."""
    assert likeness(syllables("谢谢"), syllables("谢谢观看")) == 0.5
    assert likeness((), syllables("谢谢")) == 0
    assert likeness((), ()) == 1


def test_station_weights(tmp_path: Path) -> None:
    """A station's own pairs change what sounds alike there."""
    shipped = (DATA / "pinyin.toml").read_text(encoding="utf-8")
    path = tmp_path / "pinyin.toml"
    path.write_text(shipped.replace('"n l" = 0.3', '"n l" = 0.0'), encoding="utf-8")
    (a,), (b,) = syllables("拿"), syllables("辣")
    assert distance(a, b, load(path)) < distance(a, b)


def test_every_fault_is_listed(tmp_path: Path) -> None:
    """A pair that is none, a sound that does not exist and a pair given twice are all named."""
    path = tmp_path / "pinyin.toml"
    path.write_text(
        'version = "1"\n[share]\ninitial = 0.5\nfinal = 0.5\ntone = 0.0\n'
        '[initials]\n"zh z" = 0.3\n"z zh" = 0.4\n"zh" = 0.1\n[finals]\n"in yng" = 0.2\n',
        encoding="utf-8",
    )
    with pytest.raises(DataError) as refused:
        load(path)
    keys = [fault.key for fault in refused.value.faults]
    assert keys == ["initials.z zh", "initials.zh", "finals.in yng"]


def test_cost_out_of_range(tmp_path: Path) -> None:
    """A cost over 1 is refused with its key."""
    path = tmp_path / "pinyin.toml"
    path.write_text(
        'version = "1"\n[share]\ninitial = 0.5\nfinal = 0.5\ntone = 0.0\n'
        '[initials]\n"zh z" = 1.5\n[finals]\n',
        encoding="utf-8",
    )
    with pytest.raises(DataError, match=r"initials\.zh z"):
        load(path)
