"""What the sound is asked: the whole utterance, the wording in its place, against its rivals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from phrases.catalog import Catalog, load
from phrases.layout import Layout, lay_out
from phrases.pinyin import default_weights
from phrases.shortlist import Candidate, shortlist
from phrases.sound import UNRIVALLED, ask, possible
from tests.phrases.test_match import said

QUIET = -0.2
WRONG = -3.0


class Ears:
    """Gives each reading's characters a likelihood of its own; keeps what it was asked."""

    def __init__(self, means: Mapping[str, float], end: Mapping[str, float] | None = None) -> None:
        self._means = means
        self._ends = end or {}
        self.asked: list[str] = []
        self.ended: list[str] = []

    def score(self, readings: Sequence[str]) -> tuple[tuple[float, ...], ...]:
        """The reading's mean for each of its characters; WRONG for what is not known."""
        self.asked += readings
        return tuple(tuple(self._means.get(r, WRONG) for _ in r) for r in readings)

    def noise(self, wordings: Sequence[str]) -> tuple[float, ...]:
        """Noise likes nothing."""
        return tuple(-5.0 for _ in wordings)

    def end(self, reading: str) -> float:
        """Of what is not known, unlikely."""
        self.ended.append(reading)
        return self._ends.get(reading, -4.0)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    """The catalogs that ship."""
    return load()


def candidates(text: str, catalog: Catalog, *phrases: str) -> tuple[Layout, list[Candidate]]:
    """The likest candidate of each phrase in the text."""
    layout = lay_out([said(text)], [text])
    found = shortlist(layout, catalog.forms, default_weights())
    best = {p: [c for c in found if c.form.phrase == p] for p in phrases}
    return layout, [max(best[p], key=lambda c: (c.pinyin, c.size)) for p in phrases]


def test_a_pair_is_decided_by_the_ratio_between_the_two(catalog: Catalog) -> None:
    """卡 against 票: what one wins the other loses, per character."""
    layout, (ticket, card) = candidates("请拿好通行票", catalog, "ticket.take", "card.take")
    ears = Ears({"请拿好通行票": QUIET, "请拿好通行卡": -1.0})
    asked = ask([ticket, card], layout, ears)
    assert asked[id(ticket)].margin == pytest.approx(0.8)
    assert asked[id(card)].margin == pytest.approx(-0.8)
    assert asked[id(card)].loss == pytest.approx(0.8)
    assert asked[id(ticket)].loss == 0


def test_what_stands_beside_is_paid_for(catalog: Catalog) -> None:
    """The reading is the whole utterance, with its commas; the score is the wording's own."""
    text = "师傅,请拿好通行票"
    layout, (ticket,) = candidates(text, catalog, "ticket.take")
    ears = Ears({text: QUIET})
    asked = ask([ticket], layout, ears)[id(ticket)]
    assert ears.asked[0] == ears.asked[1] == text
    assert asked.sound == pytest.approx(QUIET)
    assert asked.gain == pytest.approx(QUIET + 5.0)
    assert asked.margin == UNRIVALLED


def test_an_amount_must_outdo_those_it_is_heard_for(catalog: Catalog) -> None:
    """五十 that sounds no better than 十五 has no margin."""
    text = "收您五十元"
    layout, (received,) = candidates(text, catalog, "flow.received")
    sure = ask([received], layout, Ears({text: QUIET}))[id(received)]
    torn = ask([received], layout, Ears({text: QUIET, "收您十五元": QUIET}))[id(received)]
    assert sure.margin > 2
    assert torn.margin == pytest.approx(0.0)


def test_only_the_reading_that_could_be_the_whole_is_asked_for_its_end(catalog: Catalog) -> None:
    """The end costs a step of the decoder, and the transcript's own end was chosen already."""
    layout, (ticket, card) = candidates("请拿好通行票", catalog, "ticket.take", "card.take")
    ears = Ears({"请拿好通行票": QUIET}, {"请拿好通行卡": -0.5})
    asked = ask([ticket, card], layout, ears)
    assert ears.ended == ["请拿好通行卡"]
    assert (asked[id(ticket)].end, asked[id(card)].end) == (0.0, -0.5)


@pytest.mark.parametrize(("mean", "left"), [(QUIET - 0.1, (1500,)), (WRONG, ())])
def test_the_sound_rules_out_what_was_due(
    catalog: Catalog, mean: float, left: tuple[int, ...]
) -> None:
    """An amount that was due stays possible unless the one that was heard outdoes it by far."""
    text = "收您五十元"
    layout, (received,) = candidates(text, catalog, "flow.received")
    ears = Ears({text: QUIET, "收您十五元": mean})
    assert possible(received, [1500], layout, ears) == left
