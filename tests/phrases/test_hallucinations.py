"""What Whisper makes up is dropped, what people say never is."""

import tomllib
from pathlib import Path

import pytest

from phrases.hallucinations import (
    FASTEST,
    SLOWEST,
    hurried,
    is_hallucination,
    load,
    loops,
    once,
    rate,
)
from phrases.source import DataError

CASES: dict[str, list[str]] = tomllib.loads(
    (Path(__file__).parent / "data" / "hallucinations.toml").read_text(encoding="utf-8")
)
EMPTY = """version = "1"
credits = []
channels = []
farewells = []
sounds = []
prompts = []
"""


@pytest.mark.parametrize("text", CASES["made_up"])
def test_made_up(text: str) -> None:
    """Lines of subtitles, and signs without words, are made up in either script."""
    assert is_hallucination(text)


@pytest.mark.parametrize("text", [*CASES["said"], "", "  "])
def test_said(text: str) -> None:
    """What a collector may say is never dropped, even beside a made-up line."""
    assert not is_hallucination(text)


@pytest.mark.parametrize("text", CASES["looping"])
def test_looping(text: str) -> None:
    """The same over and over, also with small changes, is a loop."""
    assert loops(text)


@pytest.mark.parametrize("text", [*CASES["not_looping"], *CASES["said"]])
def test_not_looping(text: str) -> None:
    """People repeat themselves twice or thrice, and say round numbers."""
    assert not loops(text)


def test_rate() -> None:
    """The rate is characters a second of speech, Latin letters counting a third."""
    assert rate("您好,收您 五十元", 1400) == pytest.approx(5.0)
    assert rate("thank you", 1000) == pytest.approx(8 / 3)
    assert rate("您好", 0) == float("inf")
    assert rate("", 0) == 0.0


def test_rate_limits() -> None:
    """Hurried speech is inside the limits; a sentence in half a second is not."""
    assert SLOWEST < rate("请您先把车开到前面广场稍候", 1600) < FASTEST
    assert rate("请不吝点赞订阅转发打赏支持明镜", 500) > FASTEST


@pytest.mark.parametrize(
    ("text", "sound_ms", "made_up"),
    [
        ("谢谢您的合作，祝您一路平安", 900, False),
        ("请您先把车开到前面广场稍候，对不起", 900, True),
        ("Thank you for your cooperation", 1200, False),
        ("谢谢", 0, False),
    ],
)
def test_more_than_anybody_says(text: str, sound_ms: int, made_up: bool) -> None:
    """A few characters over the fastest speech may be cut speech; more were made up."""
    assert hurried(text, sound_ms) is made_up


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("请稍等，请稍等", "请稍等"),
        ("请稍等请稍等请稍等。", "请稍等"),
        ("谢谢谢谢", "谢谢谢谢"),
        ("请稍等，请走好", "请稍等，请走好"),
    ],
)
def test_a_stutter_is_taken_once(text: str, said: str) -> None:
    """Three characters or more that are said over count once; 谢谢谢谢 may be said."""
    assert once(text) == said


def test_station_lines(tmp_path: Path) -> None:
    """A station's own file replaces the lines."""
    path = tmp_path / "hallucinations.toml"
    path.write_text(EMPTY + 'foreign = ["滴滴"]\n', encoding="utf-8")
    assert is_hallucination("滴滴", load(path))
    assert not is_hallucination("谢谢观看", load(path))


def test_every_fault_is_listed(tmp_path: Path) -> None:
    """A line that is no regular expression, or that matches everywhere, is named with its key."""
    path = tmp_path / "hallucinations.toml"
    path.write_text(EMPTY + 'foreign = ["字幕(", "好", "(?:嗯)?"]\n', encoding="utf-8")
    with pytest.raises(DataError) as refused:
        load(path)
    assert [(f.file, f.key) for f in refused.value.faults] == [
        ("hallucinations.toml", "foreign.0"),
        ("hallucinations.toml", "foreign.2"),
    ]


def test_long_loops_end() -> None:
    """A loop of a made-up line, with something else at its end, is settled at once."""
    assert not is_hallucination("请不吝点赞订阅转发" * 200 + "您好")
