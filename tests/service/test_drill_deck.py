"""What there is to practise comes from the catalog, and all of it can be judged."""

from __future__ import annotations

from db.drill_types import DrillKind
from phrases import catalog
from phrases.saying import ALIKE
from service.drill_deck import SHORT, deck
from service.drill_score import LONGEST_CHARS, spelt


def test_every_line_can_be_said_and_judged() -> None:
    """Characters alone, none forbidden, no slot that nothing fills; lines first, then pairs."""
    known = catalog.load()
    found = list(deck(known).values())
    kinds = [one.kind for one in found]
    assert kinds == sorted(kinds, key=lambda kind: kind is DrillKind.PAIR)
    for one in found:
        assert 0 < len(one.text) <= LONGEST_CHARS
        assert "×" not in "".join(one.lines)
        assert one.text == "".join(map(spelt, one.lines))
        assert not any(known.phrases[phrase].forbidden for phrase in one.phrases)


def test_pairs_are_what_the_catalog_and_the_numerals_confuse() -> None:
    """收 and 找, 卡 and 票, 四 and 十: short, and said one after the other."""
    found = deck(catalog.load())
    assert found["pair:flow.change|flow.received"].lines == ("收您50元", "找您50元")
    assert found["pair:card.take|ticket.take"].text == "请拿好通行卡请拿好通行票"
    assert found["pair:4|10"].text == "收您四元收您十元"
    assert found["pair:2|8"].text == "收您两元收您八元"
    numerals = [key for key in found if key.removeprefix("pair:")[0].isdigit()]
    assert len(numerals) == len(ALIKE) // 2
    pairs = [one for one in found.values() if one.kind is DrillKind.PAIR]
    assert all(len(spelt(line)) <= SHORT for one in pairs for line in one.lines)
