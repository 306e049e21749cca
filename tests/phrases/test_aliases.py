"""An alias proposes its phrase at its place, and never makes it accepted by the text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from phrases.aliases import ALIKE, Aliases, check, default_aliases, load, propose
from phrases.catalog import Catalog
from phrases.catalog import load as load_catalog
from phrases.evidence import default_thresholds
from phrases.layout import lay_out
from phrases.match import match
from phrases.pinyin import default_weights
from phrases.shortlist import Candidate, shortlist
from phrases.types import Decision, PhraseMatch, Side, Transcript

HEAD = 'model = "a model"\ncatalog = "a catalog"\nclips = 900\n'
TABLE = (
    HEAD
    + """
[phrases."trip.safe"."祝您一路平安"]
"主人有盘" = 4

[phrases."flow.change"."找您{amount}"]
"朝明" = 5

[phrases."gone"."不再说了"]
"布在硕乐" = 3
"""
)


class Certain:
    """A scorer to which one wording is likely and every other is not."""

    def __init__(self, wording: str) -> None:
        self._wording = wording

    def score(self, readings: Sequence[str]) -> tuple[tuple[float, ...], ...]:
        """Nearly 0 for each character of a reading with the wording, far less for others."""
        return tuple((-0.1 if self._wording in r else -5.0,) * len(r) for r in readings)

    def noise(self, wordings: Sequence[str]) -> tuple[float, ...]:
        """Noise gives as little as is given to a reading that is wrong."""
        return (-5.0,) * len(wordings)

    def end(self, reading: str) -> float:  # noqa: ARG002
        """The utterance ends after whatever is read."""
        return -0.1


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    """The catalogs that ship."""
    return load_catalog()


@pytest.fixture
def aliases(tmp_path: Path) -> Aliases:
    """Two aliases, and one of a phrase that is gone."""
    return table(tmp_path, TABLE)


def table(folder: Path, text: str) -> Aliases:
    """The aliases of such a file."""
    path = folder / "aliases.toml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def transcript(text: str, utterance: int = 0) -> Transcript:
    """A second of it."""
    start = utterance * 1500
    return Transcript(
        utterance=utterance, start_ms=start, end_ms=start + 1000, side=Side.NEAR, text=text
    )


def proposed(texts: Sequence[str], catalog: Catalog, aliases: Aliases) -> tuple[Candidate, ...]:
    """What the aliases propose for a turn of these texts."""
    turn = [transcript(text, number) for number, text in enumerate(texts)]
    layout = lay_out(turn, texts)
    found = shortlist(layout, catalog.forms, default_weights())
    return propose(layout, catalog, found, aliases)


def matched(
    text: str, catalog: Catalog, aliases: Aliases, scorer: Certain | None = None
) -> tuple[PhraseMatch, ...]:
    """What is found in one utterance."""
    scorers = {0: scorer} if scorer else {}
    return match([transcript(text)], catalog, scorers=scorers, aliases=aliases)[0].matches


def test_an_alias_proposes_its_phrase_as_it_was_said(catalog: Catalog, aliases: Aliases) -> None:
    """The place is that of what was heard, the wording the one that was misheard."""
    (found,) = proposed(["嗯，主人有盤！"], catalog, aliases)
    assert (found.form.phrase, found.wording) == ("trip.safe", "祝您一路平安")
    assert (found.first, found.last) == (1, 5)
    assert found.pinyin == ALIKE < default_thresholds().plain
    assert found.guessed


def test_a_frame_wants_its_amount(catalog: Catalog, aliases: Aliases) -> None:
    """What is heard for 找您 counts before a sum of money only, and the sum is read."""
    (found,) = proposed(["朝明三十五元"], catalog, aliases)
    assert (found.form.phrase, found.wording, found.fen) == ("flow.change", "找您三十五元", 3500)
    assert (found.first, found.last) == (0, 6)
    assert not proposed(["朝明去了"], catalog, aliases)


def test_the_text_alone_never_accepts_an_alias(catalog: Catalog, aliases: Aliases) -> None:
    """Without the sound it is unsure, which keeps a step from being called missing."""
    (found,) = matched("主人有盘", catalog, aliases)
    assert (found.phrase, found.decision) == ("trip.safe", Decision.UNSURE)


def test_the_sound_decides(catalog: Catalog, aliases: Aliases) -> None:
    """Borne out by the sound the phrase is accepted, and not otherwise."""
    (found,) = matched("主人有盘", catalog, aliases, Certain("祝您一路平安"))
    assert (found.phrase, found.decision) == ("trip.safe", Decision.ACCEPTED)
    assert found.why == "text and sound"
    assert not matched("主人有盘", catalog, aliases, Certain("主人有盘"))


def test_without_an_alias_the_words_are_other_speech(catalog: Catalog, tmp_path: Path) -> None:
    """It is the table that brings the phrase back."""
    none = table(tmp_path, HEAD + "[phrases]\n")
    assert not matched("主人有盘", catalog, none, Certain("祝您一路平安"))


def test_what_fits_better_is_not_displaced(catalog: Catalog, tmp_path: Path) -> None:
    """Words that are another phrase, of a station's own perhaps, stay that phrase."""
    wrong = table(tmp_path, HEAD + '[phrases."trip.safe"."一路平安"]\n"谢谢" = 9\n')
    assert not proposed(["谢谢"], catalog, wrong)
    assert proposed(["解决"], catalog, wrong) == ()


def test_an_alias_lies_in_one_utterance(catalog: Catalog, aliases: Aliases) -> None:
    """No one sound could bear out what two utterances have together."""
    assert not proposed(["主人", "有盘"], catalog, aliases)


def test_what_the_catalog_no_longer_has_is_passed_over(catalog: Catalog, aliases: Aliases) -> None:
    """A table of another catalog does no harm; checked against it, its faults are named."""
    assert not proposed(["布在硕乐"], catalog, aliases)
    (fault,) = check(aliases, catalog)
    assert fault.key == "phrases.gone.不再说了.布在硕乐"
    assert "no phrase has this id" in fault.problem


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('[phrases."trip.safe"."从来没有"]\n"主人有盘" = 1\n', "no wording"),
        ('[phrases."road.slow"."{direction}方向塌方，请您减速慢行，注意安全"]\n"主人" = 1\n', "no"),
        ('[phrases."trip.safe"."一路平安"]\n"谢谢" = 1\n', "is a wording of flow.thanks"),
        ('[phrases."flow.change"."找您{amount}"]\n"收您" = 1\n', "is a wording of flow.received"),
    ],
)
def test_an_alias_fits_the_catalog(
    catalog: Catalog, tmp_path: Path, line: str, problem: str
) -> None:
    """It stands for a whole wording that there is, and is no wording itself."""
    (fault,) = check(table(tmp_path, HEAD + line), catalog)
    assert problem in fault.problem


def test_every_fault_of_a_table_is_listed(tmp_path: Path) -> None:
    """Aliases that are not folded, too short or of two phrases are named with their keys."""
    text = (
        HEAD
        + """
[phrases.a."甲"]
"祝妳，平安" = 1
"主" = 1
"主人有盘" = 2

[phrases.b."乙"]
"主人有盘" = 1
"""
    )
    with pytest.raises(ValueError, match="is an alias of a already") as refused:
        table(tmp_path, text)
    assert "phrases.a.甲.祝妳，平安: is not folded" in str(refused.value)
    assert "phrases.a.甲.主: has under 2 characters" in str(refused.value)


@pytest.mark.parametrize("count", ["0", "1.5", "true"])
def test_a_count_is_a_number_of_clips(tmp_path: Path, count: str) -> None:
    """What was never written is no alias."""
    with pytest.raises(ValueError, match=r"trip\.safe"):
        table(tmp_path, HEAD + f'[phrases."trip.safe"."一路平安"]\n"主人有盘" = {count}\n')


def test_the_table_that_ships_fits_the_catalog_that_ships(catalog: Catalog) -> None:
    """Run scripts/make_aliases again where it does not."""
    shipped = default_aliases()
    assert check(shipped, catalog) == ()


def test_no_alias_that_ships_is_taken_for_its_phrase_by_its_text(catalog: Catalog) -> None:
    """Whatever people say in these words is at most worth a second look."""
    for heard, alias in default_aliases().by_text.items():
        text = heard + ("十元" if "{amount}" in alias.line else "")
        found = matched(text, catalog, default_aliases())
        accepted = [m.phrase for m in found if m.decision is Decision.ACCEPTED]
        assert alias.phrase not in accepted, heard
