"""`changshou drill-score`: real Whisper on lines of the demo, and what is no try at all."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from audio.files import stream
from audio.types import RATE, Samples
from audio.write import write
from phrases.drill import CharVerdict, ToneVerdict
from service import bootstrap, cli, drill_score, settings
from service.drill_score import Coach, spelt
from service.drill_trouble import TOLD, Trouble
from tests.fakes import quiet

pytestmark = pytest.mark.slow

DEMO = Path(__file__).parents[1] / "recordings" / "demo.opus"
RECEIVED = (8.2, 9.9)
"""seconds of the demo in which 收您五十元 is said"""


@pytest.fixture(scope="module")
def coach() -> Coach:
    """With the installed weights."""
    return Coach(bootstrap.recognizer(settings.load({}), quiet))


@pytest.fixture(scope="module")
def said() -> Samples:
    """A line of the demo."""
    whole = np.concatenate([chunk.samples for chunk in stream([DEMO])])[:, 0]
    start, end = (round(second * RATE) for second in RECEIVED)
    return whole[start:end]


def test_a_line_that_was_said(coach: Coach, said: Samples) -> None:
    """Every character, each in its time; hardly a tone is called wrong."""
    tried = coach.score("收您五十元", said)
    assert [one.char for one in tried.chars] == list("收您五十元")
    assert [one.heard for one in tried.chars] == [CharVerdict.RIGHT] * 5
    assert sum(one.tone.tone is ToneVerdict.WRONG for one in tried.chars) <= 1
    assert tried.score is not None
    assert tried.score >= 85
    starts = [one.start_ms for one in tried.chars]
    assert starts == sorted(start for start in starts if start is not None)
    assert all(one.end_ms is not None and 0 <= one.end_ms <= 1_700 for one in tried.chars)


def test_another_line_than_was_said(coach: Coach, said: Samples) -> None:
    """What was not said is noticed, and what was said stays right."""
    tried = coach.score("收您五百元", said)
    assert tried.chars[3].heard in (CharVerdict.WRONG, CharVerdict.MISSING, CharVerdict.UNSURE)
    assert tried.chars[0].heard is CharVerdict.RIGHT
    more = coach.score("收您五十元谢谢再见", said)
    assert all(one.heard is not CharVerdict.RIGHT for one in more.chars[-3:])


def test_what_is_no_try(coach: Coach) -> None:
    """Silence, and a recording that is too long, are not judged, with a sentence that helps."""
    for samples, why in (
        (np.zeros(3 * RATE, np.float32), Trouble.MUTED),
        (np.zeros(0, np.float32), Trouble.MUTED),
        (np.full(RATE, 2e-4, np.float32), Trouble.FAINT),
        ((np.sin(np.arange(RATE) / 10) / 5).astype(np.float32), Trouble.NO_SPEECH),
        (np.zeros(60 * RATE, np.float32), Trouble.TOO_LONG),
    ):
        tried = coach.score("您好", samples)
        assert (tried.score, tried.unsure, tried.advice) == (None, 2, TOLD[why])
        assert {one.heard for one in tried.chars} == {CharVerdict.UNSURE}


def test_a_try_that_is_too_loud(coach: Coach, said: Samples) -> None:
    """No tone of it is judged, and the sentence says why."""
    tried = coach.score("收您五十元", np.clip(said * 40, -1, 1))
    assert tried.advice == TOLD[Trouble.LOUD]
    assert all(one.tone.tone is ToneVerdict.UNSURE for one in tried.chars)


def test_numbers_are_spelt() -> None:
    """As they are said."""
    assert spelt("收您 50 元,找您 105 元!") == "收您五十元找您一百零五元"


def test_the_command(said: Samples, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """CONTRACT.md's object, for a phrase and for characters; a table and advice for people."""
    file = tmp_path / "try.wav"
    write(file, said.reshape(1, -1), RATE)
    for asked in (["--phrase", "flow.received"], ["--text", "收您50元"]):
        assert cli.run(["drill-score", str(file), *asked, "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert "".join(one["char"] for one in found["chars"]) == "收您五十元"
        for one in found["chars"]:
            assert one["heard"] in {"right", "wrong", "missing", "unsure"}
            assert one["tone"] in {"right", "wrong", "unsure"}
            assert one["tone_heard"] in {1, 2, 3, 4, None}
            assert one["start_s"] < one["end_s"]
            assert len(one["pitch"]) == 12
            assert any(point is not None for point in one["pitch"])
        assert [one["tone_expected"] for one in found["chars"]] == [1, 2, 3, 2, 2]
        assert 0 <= found["score"] <= 100
        assert found["unsure"] >= 0
        assert 2 < found["manner"]["per_s"] < 8
        assert found["manner"]["clipped"] == 0
    assert cli.run(["drill-score", str(file), "--phrase", "flow.received"]) == 0
    assert "shōu" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ([], "either --phrase or --text"),
        (["--phrase", "greet.hello", "--text", "您好"], "either --phrase or --text"),
        (["--phrase", "no.such"], "no such phrase"),
        (["--text", "hello"], "Chinese characters"),
        (["--text", ""], "Chinese characters"),
        (["--text", "好" * 61], "61 characters"),
        (["--text", "您好", "none.wav"], "none.wav"),
        (["--text", "您好", "text.wav"], "text.wav"),
    ],
)
def test_bad_input_is_one_line(
    asked: list[str], why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It names the thing; exit code 2."""
    (tmp_path / "text.wav").write_text("no sound", encoding="utf-8")
    file = tmp_path / (asked.pop() if asked and asked[-1].endswith(".wav") else "none.wav")
    assert cli.run(["drill-score", str(file), *asked, "--json"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert why in told.err
    assert told.err.count("\n") == 1


def test_a_try_in_another_language(coach: Coach) -> None:
    """Noise that is no speech of the line is not counted as it."""
    rng = np.random.default_rng(3)
    noise = (0.05 * rng.standard_normal(2 * RATE)).astype(np.float32)
    tried = coach.score("请拿好通行卡", noise)
    assert all(one.heard is not CharVerdict.RIGHT for one in tried.chars)
    assert drill_score.LONGEST_S < 30
