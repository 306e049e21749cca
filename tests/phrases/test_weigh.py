"""A candidate's score: from the text where that is certain, from the sound where it is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from phrases.aliases import default_aliases
from phrases.catalog import Catalog, load
from phrases.evidence import default_thresholds
from phrases.layout import lay_out
from phrases.pinyin import default_weights
from phrases.types import Transcript
from phrases.weigh import READINGS, Weighed, weigh
from tests.phrases.test_match import Deaf, Keen, Torn, said


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    """The catalogs that ship."""
    return load()


def weighed(text: str, catalog: Catalog, transcript: Transcript, ears: Deaf) -> list[Weighed]:
    """All candidates of a text, with their scores."""
    return weigh(
        [transcript],
        lay_out([transcript], [text]),
        catalog,
        scorers={0: ears},
        weights=default_weights(),
        thresholds=default_thresholds(),
        aliases=default_aliases(),
    )


def test_what_the_text_makes_certain_is_not_asked(catalog: Catalog) -> None:
    """Just the phrase, in a transcript that is sure of itself, costs no look at the sound."""
    text = "请拿好通行票"
    sure = weighed(text, catalog, said(text), Deaf(text))[0]
    unsure = weighed(text, catalog, replace(said(text), logprob=-1.0), Keen(text))[0]
    assert (sure.candidate.form.phrase, sure.asked) == ("ticket.take", False)
    assert (unsure.candidate.form.phrase, unsure.asked) == ("ticket.take", True)


def test_a_few_candidates_are_asked_at_most(catalog: Catalog) -> None:
    """The sound costs time, so only the likeliest are asked for."""
    text = "清纳号同行飘写写祝您一陆平按"
    found = weighed(text, catalog, replace(said(text), logprob=-1.0), Keen(text))
    assert 0 < sum(w.asked for w in found) <= READINGS
    assert [w.score for w in found] == sorted((w.score for w in found), reverse=True)


def test_the_sound_decides(catalog: Catalog) -> None:
    """The same text is likelier where the sound bears it out."""
    text = "请拿号通行漂"
    transcript = replace(said(text), logprob=-1.0)
    for_it = weighed(text, catalog, transcript, Torn(text, "请拿好通行票"))[0]
    against = weighed(text, catalog, transcript, Deaf(text))[0]
    assert for_it.candidate.form.phrase == "ticket.take"
    assert for_it.score > against.score + 0.3


@pytest.mark.parametrize(
    ("text", "hanging"),
    [
        ("您好,向走错道了", True),
        ("你好,酒没来了", True),
        ("早上好,多人排队", True),
        ("您好,请往前走", False),
        ("您好像走错道了", True),
        ("您好,师傅今天从哪里来", False),
    ],
)
def test_a_comma_within_a_word_parts_nothing(catalog: Catalog, text: str, hanging: bool) -> None:
    """好像, 好久 and 好多 are words; the recogniser writes 您好,向 for the first now and then."""
    found = weighed(text, catalog, replace(said(text), logprob=-1.0), Keen(text))
    greetings = [w for w in found if w.candidate.form.phrase.startswith("greet.")]
    greeting = max(greetings, key=lambda w: (w.candidate.pinyin, -w.candidate.size))
    assert greeting.evidence.hanging is hanging
