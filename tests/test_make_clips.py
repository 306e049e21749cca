"""The clips to calibrate and to measure on: what they hold, and that the two sets do not meet."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from phrases import catalog
from phrases.normalize import fold
from scripts import make_clips
from scripts.clip_lines import NOTHING, Line, draw_lines
from scripts.corpus_text import catalog_lines
from scripts.make_clips import COLUMNS, SETS, TABLE, make, sex
from service.evaluate import read_manifest
from tests.speakers import Buzzer

pytestmark = pytest.mark.slow  # draws all lines again and again

KNOWN = catalog.load()
WORDS = {"高速": 900, "面粉": 300, "服务区": 400, "稀罕物": 3, "桌子": 500, "苹果": 200, "电影": 80}
PROSE = tuple(f"第{n}天我们去公园走走，看了{n}棵树。" for n in "一二三四五六七八九")


def drawn(seed: int) -> list[Line]:
    """A seed's lines from a few words."""
    return draw_lines(KNOWN.forms, WORDS, PROSE, seed=seed)


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    """The lines of one seed."""
    return drawn(11)


def test_every_phrase_is_said(lines: list[Line]) -> None:
    """Each Mandarin phrase of the catalog has a clip of its own."""
    said = {line.expected.partition("=")[0] for line in lines if line.kind in ("phrase", "amount")}
    assert {form.phrase for form in KNOWN.forms if form.language == "zh"} == said


def test_what_is_called_other_speech_holds_no_phrase(lines: list[Line]) -> None:
    """Else a phrase that was rightly found would count as taken."""
    holds = catalog_lines(KNOWN.forms)
    others = [line for line in lines if line.kind in ("other", "word")]
    assert len(others) >= 80
    assert all(line.expected == NOTHING for line in others)
    assert not [line.text for line in others if holds.search(fold(line.text))]


def test_a_near_miss_has_words_of_the_catalog_and_none_of_its_lines(lines: list[Line]) -> None:
    """Its whole is no line, though a line of two characters may run on (您好像走错道了)."""
    holds = catalog_lines(KNOWN.forms)
    near = [line for line in lines if line.kind == "near_miss"]
    assert len(near) == 30
    assert not [line.text for line in near if holds.fullmatch(fold(line.text))]


def test_a_seed_gives_the_same_lines(lines: list[Line]) -> None:
    """The figures of two runs are of the same clips."""
    assert drawn(11) == lines
    assert drawn(24) != lines


def test_the_two_sets_share_no_noise_and_no_voice() -> None:
    """What the thresholds were fitted to is not what they are measured on."""
    fitted, measured = SETS["calibrate"], SETS["bench"]
    assert not set(fitted.noises) & set(measured.noises)
    assert not set(fitted.voices) & set(measured.voices)


def test_the_table_is_a_manifest(tmp_path: Path, lines: list[Line]) -> None:
    """Every line is heard in each condition, noise stands alone; evaluate reads the table."""
    few = lines[:4]
    assert list(make(tmp_path, SETS["bench"], few, "bench", Buzzer())) == [1, 2, 3, 4]
    with (tmp_path / TABLE).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert tuple(rows[0]) == COLUMNS
    spoken = [row for row in rows if row["kind"] != "noise"]
    assert [row["condition"] for row in spoken] == list(SETS["bench"].conditions) * len(few)
    assert {row["noise"] for row in rows if row["kind"] == "noise"} == set(SETS["bench"].noises)
    clips = read_manifest(tmp_path / TABLE, KNOWN.phrases)
    assert len(clips) == len(rows)
    assert all(clip.path.stat().st_size > 1_000 for clip in clips)


def test_the_same_clips_are_made_again(tmp_path: Path, lines: list[Line]) -> None:
    """Sample for sample, so that a kept answer still holds."""
    for folder in ("a", "b"):
        list(make(tmp_path / folder, SETS["bench"], lines[:1], "bench", Buzzer()))
    made = [sorted((tmp_path / folder).glob("*.wav")) for folder in ("a", "b")]
    assert [f.read_bytes() for f in made[0]] == [f.read_bytes() for f in made[1]]


@pytest.mark.parametrize(
    ("voice", "known"),
    [("zm_yunyang", "m"), ("zf_xiaobei:0.3+zm_yunyang:0.7", "m"), ("af_heart:0.6+am_x:0.4", "f")],
)
def test_the_sex_is_that_of_the_larger_share(voice: str, known: str) -> None:
    """For the report by sex."""
    assert sex(voice) == known


def test_a_folder_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line, and the exit code of bad input."""
    monkeypatch.setattr(make_clips, "Kokoro", Buzzer)
    (tmp_path / "file").touch()
    assert make_clips.main([str(tmp_path / "file"), "--set", "bench", "--lines", "1"]) == 2
    assert re.fullmatch(r"make_clips: .*file.*\n", capsys.readouterr().err)
