"""Rules of the table of aliases: what is said, what is misheard, what may stand for a phrase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from phrases.aliases import check
from phrases.aliases import load as load_aliases
from phrases.catalog import Catalog, load
from phrases.pattern import Form, Slot
from scripts.alias_choice import Speech, choose, frame_of, wrong
from scripts.alias_takes import VOICES, takes
from scripts.make_aliases import Samples, heard, make
from tests.speakers import Buzzer

SPEECH = Speech({"主人": 500, "朝明": 3, "有盘子": 90}, ["今天星期九，你朝暮都在", "周年50块"])


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    """The catalogs that ship."""
    return load()


def form(catalog: Catalog, phrase: str, line: str) -> Form:
    """One form of a phrase."""
    return next(f for f in catalog.phrases[phrase].forms if f.line == line)


def chosen(
    catalog: Catalog, *heard: tuple[str, str, str, int], speech: Speech = SPEECH
) -> dict[str, tuple[str, int]]:
    """Aliases to phrase and clips, where each line of a phrase was so often written so."""
    mistaken = [
        (form(catalog, phrase, line), text)
        for phrase, line, text, clips in heard
        for _ in range(clips)
    ]
    found = choose(mistaken, catalog.forms, speech)
    return {alias.heard: (alias.phrase, alias.clips) for alias in found}


def test_every_fixed_line_is_said_and_the_standard_ones_by_all(catalog: Catalog) -> None:
    """The held-out voice says none, and no line has an open slot left."""
    said = takes(catalog.forms, seed=1)
    fixed = {
        f
        for f in catalog.forms
        if f.language == "zh" and not any(isinstance(t, Slot) for t in f.tokens)
    }
    assert fixed <= {take.form for take in said}
    assert not any("{" in take.text or "zm_yunyang" in take.voice for take in said)
    for one in fixed:
        voices = {take.voice for take in said if take.form == one}
        assert len(voices) == (len(VOICES) if one.standard else 1)
    assert {"flow.received", "flow.change"} <= {take.form.phrase for take in said}
    assert takes(catalog.forms, seed=1) == said


@pytest.mark.parametrize(
    ("line", "written", "text"),
    [
        ("一路平安", "一路平安。", None),
        ("一路平安", "一路憑岸！", "一路凭岸"),
        ("谢谢你的合作", "謝謝您的合作", None),
        ("一路平安", "謝謝觀看", None),
        ("一路平安", "平安平安平安平安平安", None),
        ("一路平安", "…", None),
        ("找您{amount}", "朝明三十五元。", "朝明"),
        ("找您{amount}", "找您 35元", None),
        ("找您{amount}", "朝明三四五", None),
        ("找您{amount}", "三十五元", None),
    ],
)
def test_what_counts_as_misheard(
    catalog: Catalog, line: str, written: str, text: str | None
) -> None:
    """Neither what is right but for script, 您 and marks, nor what Whisper makes up of nothing."""
    said = next(f for f in catalog.forms if f.line == line)
    assert wrong(said, written) == text


def test_a_frame_is_what_stands_before_its_one_amount() -> None:
    """Two amounts, or words after it, are not the frame alone."""
    assert frame_of("朝明三十五元") == "朝明"
    assert frame_of("朝明三十五元了") is None
    assert frame_of("收您五十元找您三十五元") is None


def test_what_is_often_written_for_one_phrase_only_is_an_alias(catalog: Catalog) -> None:
    """Three clips at least, four fifths of them of the phrase."""
    safe = ("trip.safe", "一路平安")
    assert chosen(catalog, (*safe, "衣柜凭栏", 3)) == {"衣柜凭栏": ("trip.safe", 3)}
    assert not chosen(catalog, (*safe, "衣柜凭栏", 2))
    other = ("handover.give", catalog.phrases["handover.give"].forms[0].line)
    assert not chosen(catalog, (*safe, "衣柜凭栏", 6), (*other, "衣柜凭栏", 2))
    assert chosen(catalog, (*safe, "衣柜凭栏", 8), (*other, "衣柜凭栏", 2))


def test_the_lines_of_a_phrase_count_together(catalog: Catalog) -> None:
    """It stands for the line that is written so most often."""
    found = chosen(
        catalog,
        ("trip.safe", "一路平安", "衣柜凭栏", 2),
        ("trip.safe", "一路顺风", "衣柜凭栏", 1),
    )
    assert found == {"衣柜凭栏": ("trip.safe", 3)}


@pytest.mark.parametrize(
    ("phrase", "line", "text"),
    [
        ("trip.safe", "一路平安", "一路顺风"),  # another wording
        ("trip.safe", "一路平安", "谢谢衣柜"),  # holds another phrase
        ("trip.safe", "一路平安", "请走号了"),  # nearer to another
        ("trip.safe", "一路平安", "一路凭安"),  # found by its sound anyway
        ("trip.safe", "一路平安", "今天星期"),  # a part of what somebody wrote
        ("trip.safe", "一路平安", "主人"),  # a usual word
        ("trip.safe", "一路平安", "有盘"),  # a part of one
        ("trip.safe", "一路平安", "盘"),  # too short
        ("trip.safe", "一路平安", "衣柜凭栏衣柜凭"),  # too long
    ],
)
def test_what_may_be_something_else_is_no_alias(
    catalog: Catalog, phrase: str, line: str, text: str
) -> None:
    """However often it is written for the phrase, it would take other speech for it."""
    assert not chosen(catalog, (phrase, line, text, 50))


def test_a_short_phrase_wants_more(catalog: Catalog) -> None:
    """Two syllables are easily something else: twice the clips, and all of them its own."""
    thanks = ("flow.thanks", "谢谢")
    assert not chosen(catalog, (*thanks, "解决", 5))
    assert chosen(catalog, (*thanks, "解决", 6))
    assert not chosen(catalog, (*thanks, "解决", 50), ("trip.safe", "一路平安", "解决", 1))


def test_a_frame_may_be_a_usual_word_but_not_before_a_number(catalog: Catalog) -> None:
    """周年 means 收您 only before a sum, so what counts is whether people write it there."""
    received = ("flow.received", "收您{amount}")
    assert not chosen(catalog, (*received, "周年", 9))
    speech = Speech({"周年": 900}, ["一周年了"])
    assert chosen(catalog, (*received, "周年", 9), speech=speech)


class Script:
    """Writes what it is told of each line, one after the other; cuts some in two."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        self._texts = list(texts)
        self.sounds: list[Samples] = []

    def __call__(self, sound: Samples) -> Sequence[str]:
        """The next texts, from the first again after the last."""
        self.sounds.append(sound)
        return self._texts[(len(self.sounds) - 1) % len(self._texts)]


def test_each_take_is_heard_in_every_draw(catalog: Catalog) -> None:
    """It is said once; what was cut in two or not heard at all says nothing of the whole line."""
    said, speaker = takes(catalog.forms, seed=1)[:2], Buzzer()
    listen = Script([["早上好"], [], ["早上", "好"], ["找上号"]])
    written = [(take.text, text) for take, text in heard(said, speaker, listen, draws=4, seed=1)]
    assert [text for _, text in written] == ["早上好", "找上号"] * 2
    assert len(speaker.asked) == 2
    assert len({sound.tobytes() for sound in listen.sounds}) == 8
    assert all(np.abs(sound).max() <= 1 for sound in listen.sounds)


def test_the_same_seed_makes_the_same_sounds(catalog: Catalog) -> None:
    """A table can be made again."""
    sounds = []
    for seed in (1, 1, 2):
        listen = Script([[]])
        list(heard(takes(catalog.forms, seed=1)[:1], Buzzer(), listen, draws=1, seed=seed))
        sounds.append(listen.sounds[0])
    assert np.array_equal(sounds[0], sounds[1])
    assert not np.array_equal(sounds[0], sounds[2])


def test_the_file_is_what_matching_reads(catalog: Catalog, tmp_path: Path) -> None:
    """What is written loads, fits the catalog, and says what it was made with."""
    out = tmp_path / "aliases.toml"
    few = replace(catalog, forms=catalog.phrases["trip.safe"].forms)
    listen = Script([["衣柜凭栏"]])
    assert make(out, few, SPEECH, Buzzer(), listen, model="a model", draws=1) == 1
    made = load_aliases(out)
    assert made.by_text["衣柜凭栏"].phrase == "trip.safe"
    assert (made.model, made.catalog) == ("a model", catalog.version)
    assert made.clips == len(listen.sounds)
    assert check(made, catalog) == ()
    assert list(tmp_path.iterdir()) == [out]


def test_an_empty_table_loads(catalog: Catalog, tmp_path: Path) -> None:
    """Weights that mishear nothing twice leave nothing to tell."""
    out = tmp_path / "aliases.toml"
    few = replace(catalog, forms=catalog.phrases["trip.safe"].forms)
    assert make(out, few, SPEECH, Buzzer(), Script([[]]), model="a model", draws=1) == 0
    assert load_aliases(out).by_text == {}
