"""Consequences: milder steps first, by provision and never by vehicle, and nobody goes further."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from phrases.complaint import CannotError
from phrases.consequences import Past, Rules, Sanction, Warn, check, load, most, warned
from phrases.source import DataError

AT = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)
RULES = load()
DAY = dt.timedelta(days=1)


def past(kind: Sanction, days: int, provision: str = "greeting") -> Past:
    """Something that was imposed so many days ago."""
    return Past(at=AT - days * DAY, kind=kind, provisions=frozenset({provision}))


@pytest.mark.parametrize(
    ("before", "amounts", "kind"),
    [
        ([], True, Sanction.CRITICISM),
        ([past(Sanction.CRITICISM, 10)], True, Sanction.INTERVIEW),
        ([past(Sanction.CRITICISM, 366)], True, Sanction.CRITICISM),
        ([past(Sanction.INTERVIEW, 10)], True, Sanction.ADMONITION),
        ([past(Sanction.ADMONITION, 364)], True, Sanction.FINE),
        ([past(Sanction.ADMONITION, 10)], False, Sanction.ADMONITION),
        ([past(Sanction.FINE, 10), past(Sanction.CRITICISM, 5)], True, Sanction.FINE),
    ],
)
def test_milder_steps_come_first(before: list[Past], amounts: bool, kind: Sanction) -> None:
    """One further each time within a year; without amounts there is no fine."""
    assert most(["ticket"], before, AT, RULES, amounts=amounts).kind is kind


def test_provisions_add_up_and_vehicles_do_not() -> None:
    """Two different ones are 400 yuan, however often each was broken."""
    lately = [past(Sanction.ADMONITION, 10)]
    one = most(["greeting", "greeting"], lately, AT, RULES, amounts=True)
    two = most(["greeting", "ticket", "greeting"], lately, AT, RULES, amounts=True)
    assert (one.least_fen, one.most_fen) == (20_000, 20_000)
    assert (two.least_fen, two.most_fen) == (40_000, 40_000)
    check(Sanction.FINE, 20_000, one)
    for amount in (None, 19_999, 40_000):
        with pytest.raises(CannotError, match="must be 200 yuan"):
            check(Sanction.FINE, amount, one)


def test_the_stricter_code_is_for_a_repeat_within_a_year() -> None:
    """Of the same provision; another one, or a year later, is none."""
    assert most(["greeting"], [past(Sanction.CRITICISM, 364)], AT, RULES, amounts=False).repeat
    assert not most(["ticket"], [past(Sanction.CRITICISM, 364)], AT, RULES, amounts=False).repeat
    assert not most(["greeting"], [past(Sanction.CRITICISM, 365)], AT, RULES, amounts=False).repeat
    again = most(["greeting"], [past(Sanction.CRITICISM, 1)], AT, RULES, amounts=False)
    check(Sanction.CIRCULATION, None, again)
    with pytest.raises(CannotError, match="at most interview"):
        check(Sanction.DISMISSAL, None, again)


def test_a_grave_complaint_may_cost_200_to_500_and_the_post() -> None:
    """With amounts; without, all but the fine."""
    grave = most(["complaint"], [], AT, RULES, amounts=True, grave=True)
    assert (grave.kind, grave.least_fen, grave.most_fen) == (Sanction.FINE, 20_000, 50_000)
    check(Sanction.FINE, 50_000, grave)
    check(Sanction.DISMISSAL, None, grave)
    check(Sanction.CRITICISM, None, grave)
    with pytest.raises(CannotError, match="200 to 500"):
        check(Sanction.FINE, 50_001, grave)
    off = most(["complaint"], [], AT, RULES, amounts=False, grave=True)
    with pytest.raises(CannotError, match="milder"):
        check(Sanction.FINE, 20_000, off)
    check(Sanction.REASSIGNMENT, None, off)


def test_nothing_but_a_fine_has_an_amount() -> None:
    """A criticism costs nothing, and no step is jumped."""
    first = most(["greeting"], [], AT, RULES, amounts=True)
    assert not first.awards_lost
    check(Sanction.CRITICISM, None, first)
    with pytest.raises(CannotError, match="only a fine"):
        check(Sanction.CRITICISM, 100, first)
    for kind in set(Sanction) - {Sanction.CRITICISM}:
        with pytest.raises(CannotError, match="milder steps"):
            check(kind, None, first)


def test_a_finding_breaks_what_the_station_has_adopted() -> None:
    """A family too; a forbidden phrase not until the list is adopted, a remark never."""

    def broken(code: str, rules: Rules = RULES) -> str | None:
        found = rules.broken(code)
        return None if found is None else found.id

    assert broken("missing.received") == broken("amount.change") == "call_respond"
    assert broken("missing.thanks") == "farewell"
    assert broken("forbidden.look_yourself") is None
    assert broken("slow") is None
    assert "forbidden" not in RULES.known
    own = RULES.model_copy(
        update={
            "provisions": tuple(p.model_copy(update={"adopted": True}) for p in RULES.provisions)
        }
    )
    assert broken("forbidden.look_yourself", own) == "forbidden"


@pytest.mark.parametrize(
    ("deducted", "pay", "minimum", "expected"),
    [
        (0, None, None, ()),
        (100, None, None, (Warn.PAY_UNKNOWN,)),
        (100_000, 500_000, None, ()),
        (100_001, 500_000, None, (Warn.OVER_SHARE,)),
        (40_000, 240_000, 210_000, (Warn.UNDER_MINIMUM,)),
        (60_000, 240_000, 200_000, (Warn.OVER_SHARE, Warn.UNDER_MINIMUM)),
    ],
)
def test_what_a_month_is_warned_of(
    deducted: int, pay: int | None, minimum: int | None, expected: tuple[Warn, ...]
) -> None:
    """Over a fifth of the pay, under the minimum wage, or that nobody can tell."""
    assert warned(deducted, pay, minimum, RULES) == expected


def test_faults_of_the_file_are_all_listed(tmp_path: Path) -> None:
    """An id twice, and a span that is none."""
    text = (Path(__file__).parents[2] / "phrases/data/consequences.toml").read_text("utf-8")
    wrong = text.replace('id = "ticket"', 'id = "greeting"').replace("= 500", "= 100")
    (tmp_path / "c.toml").write_text(wrong, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load(tmp_path / "c.toml")
    assert {fault.key for fault in caught.value.faults} == {"provisions", "yuan"}
