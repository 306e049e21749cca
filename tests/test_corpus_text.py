"""The sentences that the adapter learns from, and how they are said into a folder."""

from __future__ import annotations

import random
import re
import wave
from pathlib import Path

import pytest

from phrases import amounts, catalog
from phrases.normalize import fold
from scripts.corpus_text import Sentences, amount, catalog_lines, clauses, filled
from scripts.make_corpus import TABLE, make
from tests.speakers import Buzzer

FORMS = catalog.load().forms
WORDS = {
    "高速": 900,
    "面粉": 300,
    "再见": 5_000,
    "谢谢": 9_000,
    "服务区": 400,
    "稀罕物": 3,
    "的": 10**6,
}
PROSE = ("今天天气不错，我们去公园走走。", "再见！这本书，他看了三遍？")


def sentences(seed: int = 1) -> Sentences:
    """A seed's sentences from a few words, some of which are catalog lines."""
    return Sentences(WORDS, PROSE, FORMS, seed=seed)


def test_a_seed_and_a_number_always_give_the_same_sentence() -> None:
    """No sentence hangs on those drawn before it, and another seed draws others."""
    texts = [sentences()[n].text for n in range(50)]
    assert [sentences()[n].text for n in reversed(range(50))] == texts[::-1]
    assert [sentences(2)[n].text for n in range(50)] != texts


def test_a_third_is_of_the_catalog() -> None:
    """More would teach the model to forge compliance, less would not teach the lines."""
    drawn = [sentences()[n].kind for n in range(1_500)]
    assert 0.3 < drawn.count("catalog") / len(drawn) < 0.4


def test_no_catalog_line_is_among_other_speech() -> None:
    """A word such as 再见 is drawn again: it would be a near miss that is none."""
    lines = catalog_lines(FORMS)
    assert lines.fullmatch(fold("再见"))
    assert lines.fullmatch(fold("收您五十元"))
    other = [s.text for n in range(1_500) if (s := sentences()[n]).kind == "other"]
    assert len(other) > 500
    assert not [text for text in other if lines.fullmatch(fold(text))]


def test_clauses_are_cut_at_every_mark() -> None:
    """What people wrote is learned clause by clause; a clause of two characters is a word."""
    assert clauses(PROSE) == ("今天天气不错", "我们去公园走走", "这本书", "他看了三遍")


def test_a_little_english_is_among_both_kinds() -> None:
    """Collectors say some lines in English, and no English line is taken for other speech."""
    drawn = [s for n in range(1_500) if (s := sentences()[n]).language == "en"]
    assert 0.05 < len(drawn) / 1_500 < 0.09
    lines = {form.line for form in FORMS if form.language == "en"}
    assert {s.kind for s in drawn} == {"catalog", "other"}
    assert all((s.text in lines) == (s.kind == "catalog") for s in drawn)


def test_every_slot_is_filled() -> None:
    """Each line of the catalog can be said, and what is said is still that line."""
    rng = random.Random(1)
    said = [filled(form.line, rng) for form in FORMS for _ in range(3)]
    assert not [line for line in said if set("{}*") & set(line)]
    chinese = [filled(form.line, rng) for form in FORMS if form.language == "zh"]
    assert all(catalog_lines(FORMS).fullmatch(fold(line)) for line in chinese)


def test_every_amount_is_one() -> None:
    """What stands for an amount parses as one, at most 480.50 yuan, cents now and then."""
    rng = random.Random(1)
    worth = [amounts.parse(amount(rng)) for _ in range(1_000)]
    assert all(fen is not None and 100 <= fen <= 48_050 for fen in worth)
    assert 20 < sum(fen is not None and fen % 100 == 50 for fen in worth) < 120


def test_amounts_after_the_verbs_of_money_parse() -> None:
    """收您 and 找您 are followed by an amount and nothing else."""
    lines = [s.text for n in range(1_500) if (s := sentences()[n]).kind == "catalog"]
    paid = [
        found[1] for text in lines if (found := re.fullmatch("[收找][您你](?!零|现金)(.+)", text))
    ]
    alone = [text for text in paid if "，" not in text]
    assert len(alone) > 50
    assert all(amounts.parse(text) for text in alone)


def test_rare_and_short_words_are_left_out() -> None:
    """Single characters and rare words are no words to learn from; without words it is an error."""
    texts = "".join(sentences()[n].text for n in range(500))
    assert "稀罕物" not in texts
    with pytest.raises(ValueError, match="no word"):
        Sentences({"的": 10**6}, PROSE, FORMS, seed=1)


def test_a_corpus_that_was_stopped_goes_on(tmp_path: Path) -> None:
    """What is there is not said again; the files are mono at 16 kHz, a row for each."""
    first, second = Buzzer(), Buzzer()
    make(tmp_path, sentences(), 3, first, seed=1)
    make(tmp_path, sentences(), 5, second, seed=1)
    assert (len(first.asked), len(second.asked)) == (3, 2)
    rows = (tmp_path / TABLE).read_text(encoding="utf-8").splitlines()
    assert rows[0] == "file\ttext\tkind\tlanguage"
    assert [row.split("\t")[0] for row in rows[1:]] == [f"{n:05}.wav" for n in range(5)]
    with wave.open(str(tmp_path / "00004.wav")) as file:
        assert (file.getnchannels(), file.getframerate()) == (1, 16_000)
        text, _, speed = second.asked[-1]
        assert file.getnframes() / 16_000 == pytest.approx(0.2 * len(text) / speed, abs=0.001)


def test_a_corpus_of_another_seed_is_not_mixed_in(tmp_path: Path) -> None:
    """Two seeds in one folder would be a corpus that nobody can make again."""
    make(tmp_path, sentences(), 2, Buzzer(), seed=1)
    with pytest.raises(ValueError, match="is not what this seed draws"):
        make(tmp_path, sentences(2), 3, Buzzer(), seed=2)
