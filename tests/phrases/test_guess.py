"""Amounts are guessed by sound only where nothing better is known, and marked as guesses."""

import pytest

from phrases.catalog import Catalog, load
from phrases.guess import guess
from phrases.layout import lay_out
from phrases.pinyin import default_weights
from phrases.shortlist import Candidate
from phrases.types import Side, Transcript


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    """The catalogs that ship."""
    return load()


def guesses(text: str, catalog: Catalog) -> tuple[Candidate, ...]:
    """Guesses for the whole text."""
    heard = Transcript(utterance=0, start_ms=0, end_ms=1000, side=Side.NEAR, text=text)
    layout = lay_out([heard], [text])
    return guess(layout.chars, catalog.forms, default_weights(), most=4)


def test_the_amount_that_was_said_is_among_the_guesses(catalog: Catalog) -> None:
    """收您三十五元 written as 收年三是舞园 is guessed."""
    found = guesses("收年三是舞园", catalog)
    assert ("flow.received", 3500) in {(c.form.phrase, c.fen) for c in found}


def test_every_guess_is_marked_and_none_too_many(catalog: Catalog) -> None:
    """A guess never looks like an amount that was read."""
    found = guesses("找您落石原", catalog)
    assert 0 < len(found) <= 4
    assert all(c.by_sound and c.fen is not None for c in found)


def test_guesses_stay_within_their_stretch(catalog: Catalog) -> None:
    """A guess claims characters of the stretch that it was made for."""
    heard = Transcript(utterance=0, start_ms=0, end_ms=1000, side=Side.NEAR, text="您好收年舞园")
    layout = lay_out([heard], ["您好收年舞园"])
    found = guess(layout.chars[2:], catalog.forms, default_weights(), most=3)
    assert all(c.first >= 2 and c.last <= 6 for c in found)
