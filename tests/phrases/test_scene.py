"""Scenes are drawn from a seed, and every one of them can be played."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from phrases import catalog
from phrases.amounts import parse
from phrases.scene import (
    Moment,
    Trouble,
    draw_scene,
    draw_sum,
    load,
    next_level,
    spoken_sum,
)
from phrases.source import DataError
from phrases.types import Lane, Payment

ZONE = ZoneInfo("Asia/Shanghai")
RULES = load(phrases=catalog.load().phrases)
SEEDS = range(300)


def test_the_same_seed_gives_the_same_scene() -> None:
    """Chance comes in from outside; another seed gives another."""
    first, again = (draw_scene(RULES, 5, random.Random(7).random, ZONE) for _ in range(2))
    assert first == again
    assert len({draw_scene(RULES, 5, random.Random(n).random, ZONE).at for n in SEEDS}) > 50


@pytest.mark.parametrize("level", range(1, len(RULES.level) + 1))
def test_every_scene_can_be_played(level: int) -> None:
    """Who pays cash pays enough, in steps of the level; drivers have a line where one is due."""
    own = RULES.level[level - 1]
    troubles = set[Trouble | None]()
    for seed in SEEDS:
        scene = draw_scene(RULES, level, random.Random(seed).random, ZONE)
        event = scene.event
        troubles.add(scene.trouble)
        assert scene.at.utcoffset() == dt.timedelta(hours=8)
        assert Moment.ARRIVE in scene.lines
        assert "{" not in "".join(scene.lines.values())
        if scene.lane is Lane.EXIT:
            assert event.toll_fen is not None
            assert event.toll_fen % own.step_fen == 0
            assert 0 < event.toll_fen <= own.most_fen
        if event.payment is Payment.CASH:
            assert event.tendered_fen is not None
            assert event.toll_fen is not None
            assert event.tendered_fen >= event.toll_fen
            assert spoken_sum(event.tendered_fen) in scene.lines[Moment.PAY]
        if scene.trouble is Trouble.COUNTERFEIT:
            assert (scene.lane, event.payment) == (Lane.EXIT, Payment.CASH)
        assert (scene.notice is not None) == (scene.trouble is Trouble.CLOSURE)
    assert troubles == ({None} if own.trouble == 0 else {None, *Trouble})


def test_a_sum_has_change() -> None:
    """The amount drill always asks for 找."""
    for seed in SEEDS:
        for level in range(1, len(RULES.level) + 1):
            event = draw_sum(RULES, level, random.Random(seed).random, ZONE).event
            assert event.tendered_fen is not None
            assert event.toll_fen is not None
            assert event.tendered_fen > event.toll_fen


@pytest.mark.parametrize("fen", [1, 5, 10, 50, 100, 105, 150, 2_000, 3_550, 10_005, 10_050, 48_890])
def test_a_sum_as_it_is_spoken(fen: int) -> None:
    """The money grammar reads it back."""
    assert parse(spoken_sum(fen)) == fen


def test_harder_as_it_goes_well() -> None:
    """Two in a row either way; what could not be judged moves nothing, and it ends at both ends."""
    assert next_level(2, 5, [True]) == 2
    assert next_level(2, 5, [True, True]) == 3
    assert next_level(2, 5, [True, None, True]) == 3
    assert next_level(2, 5, [False, True]) == 2
    assert next_level(2, 5, [False, None, False]) == 1
    assert next_level(5, 5, [True, True]) == 5
    assert next_level(1, 5, [False, False]) == 1
    assert next_level(3, 5, [None, None]) == 3


def test_a_file_that_cannot_be_used(tmp_path: Path) -> None:
    """Every fault is named."""
    shipped = Path(__file__).parents[2] / "phrases" / "data" / "scenes.toml"
    text = shipped.read_text("utf-8").replace("exception.swap_note", "no.such")
    file = tmp_path / "scenes.toml"
    file.write_text(text.replace("[trouble.anger]", "[trouble.joy]"), "utf-8")
    with pytest.raises(DataError, match="joy"):
        load(file)
    file.write_text(text.replace("notes_fen = [5000, 10000]", "notes_fen = [100]"), "utf-8")
    with pytest.raises(DataError, match=r"no\.such.*no note covers"):
        load(file, phrases=catalog.load().phrases)
