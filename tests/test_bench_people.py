"""Recordings of people are judged by their names; here the reference voice stands for people."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from audio.types import RATE
from audio.voice import RATE as VOICE_RATE
from audio.voice import Kokoro
from audio.write import write
from phrases.sandhi import spoken
from scripts import bench
from scripts.bench_people import said, swapped
from scripts.resample import resample


@pytest.mark.parametrize(
    ("stem", "text"),
    [("cmn-你好", "你好"), ("上下", "上下"), ("notes", None), ("ma5", None), ("五个汉字的", None)],
)
def test_a_name_says_what_was_said(stem: str, text: str | None) -> None:
    """Words as they are; nothing where it cannot be told."""
    assert said(stem) == text


@pytest.mark.parametrize(("stem", "tone"), [("ma1", 1), ("cmn-lv4", 4), ("lü4", 4), ("zhong3", 3)])
def test_a_syllable_is_some_character(stem: str, tone: int) -> None:
    """Of that sound, in that tone."""
    text = said(stem)
    assert text is not None
    assert [set(one) for one in spoken(text)] == [{tone}]


def test_another_tone_is_asked_for() -> None:
    """Of a single one each other, of a word one; never where it could be right."""
    rng = random.Random(1)
    assert {min(spoken(text)[0]) for text, _ in swapped("妈", rng)} == {2, 3, 4}
    ((text, at),) = swapped("上下", rng)
    assert text != "上下"
    assert spoken(text)[at].isdisjoint(spoken("上下")[at])


def test_a_folder_without_any(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line that says how they are named."""
    assert bench.main(["drill", "--people", str(tmp_path)]) == 2
    assert "ma1.mp3" in capsys.readouterr().err


@pytest.mark.slow
def test_words_are_judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each as it is and with another tone; hardly a right one is called wrong."""
    for text in ("收费", "卡片", "平安"):
        speech = resample(Kokoro().say(text, "zf_xiaoxiao"), RATE, VOICE_RATE)
        write(tmp_path / f"{text}.wav", speech.reshape(1, -1), RATE)
    assert bench.main(["drill", "--people", str(tmp_path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["recordings"] == 3
    assert told["right_tones"]["count"] == 6
    assert told["right_tones"]["wrong"] <= 0.2
    assert told["other_tones_asked"]["count"] == 3
