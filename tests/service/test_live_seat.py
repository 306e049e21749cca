"""Whose a vehicle is: somebody's only if it is sure all its time."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from service.live_seat import OPEN, How, Seat, Seating, Sitter

ANN, BEN = Sitter(collector="ann", team="a"), Sitter(collector="ben")


def seat(who: Sitter | None = None, how: How = How.START) -> Seat:
    """A seat from moment 0."""
    return Seat(Seating(who=who, how=how, from_ms=0))


def whose(one: Seat, start_ms: int, end_ms: int) -> str | None:
    """The id of who sat there all that time."""
    seating = one.of(start_ms, end_ms)
    return seating.who.collector if seating and seating.who else None


def test_a_login_begins_and_a_logout_ends() -> None:
    """Before and after it is nobody's."""
    one = seat()
    assert one.login(ANN, 10)
    assert one.logout(50)
    assert not one.logout(60)
    spans = ((0, 5), (5, 15), (10, 50), (20, 51), (50, 60))
    assert [whose(one, *span) for span in spans] == [None, None, "ann", None, None]


def test_a_vehicle_over_a_change_is_nobodys() -> None:
    """One began it, another ended it."""
    one = seat(ANN, How.LOGIN)
    assert one.relief(BEN, 100)
    assert [whose(one, *s) for s in ((0, 99), (90, 110), (100, 200))] == ["ann", None, "ben"]


def test_a_relief_is_one_tap() -> None:
    """Nobody's until it is said who came."""
    one = seat(ANN, How.LOGIN)
    assert one.relief(None, 100)
    assert one.login(BEN, 150)
    assert [whose(one, *s) for s in ((0, 99), (110, 140), (140, 160), (150, 200))] == [
        "ann",
        None,
        None,
        "ben",
    ]


@pytest.mark.parametrize("who", [ANN, BEN])
def test_words_only_propose(who: Sitter) -> None:
    """From the words to the login nobody is charged, whoever it is that logs in."""
    one = seat(ANN, How.LOGIN)
    assert one.proposed(100)
    assert not one.proposed(110)
    assert one.now == Seating(who=None, how=How.PROPOSAL, from_ms=100)
    assert one.login(who, 200)
    assert [whose(one, *s) for s in ((0, 99), (120, 150), (200, 210))] == [
        "ann",
        None,
        who.collector,
    ]


def test_words_where_nobody_sits_change_nothing() -> None:
    """There is nobody to relieve."""
    one = seat()
    assert not one.proposed(5)
    assert one.now.how is How.START


def test_logging_in_again_changes_nothing() -> None:
    """It is the same shift."""
    one = seat()
    assert one.login(ANN, 10)
    assert not one.login(ANN, 20)
    assert not one.relief(ANN, 30)
    assert whose(one, 10, 40) == "ann"


def test_a_roster_fills_only_what_nobody_said() -> None:
    """What a person said, and a handover that is under way, are stronger."""
    one = seat()
    assert one.roster(ANN, 10)
    assert not one.roster(ANN, 11)
    assert one.roster(BEN, 20)
    assert one.roster(None, 30)
    assert one.now.how is How.START
    assert one.login(ANN, 40)
    assert not one.roster(BEN, 50)
    assert one.proposed(60)
    assert not one.roster(BEN, 70)
    assert one.logout(80)
    assert not one.roster(BEN, 90)
    assert [whose(one, t, t) for t in (12, 22, 35, 45, 65, 95)] == [
        "ann",
        "ben",
        None,
        "ann",
        None,
        None,
    ]


def test_who_is_on_the_roster_may_log_in() -> None:
    """Then it is sure."""
    one = seat()
    one.roster(ANN, 10)
    assert one.login(ANN, 20)
    assert one.now.how is How.LOGIN
    assert one.login(ANN, 30, How.API) is False


def test_the_past_is_not_changed() -> None:
    """What comes with an earlier moment counts from the last change on."""
    one = seat()
    one.login(ANN, 100)
    one.login(BEN, 50)
    assert one.now.from_ms == 100
    assert whose(one, 60, 70) is None


def test_what_is_long_ago_is_nobodys() -> None:
    """It is not remembered without end."""
    one = seat()
    for turn in range(200):
        one.login(ANN if turn % 2 else BEN, turn)
    assert whose(one, 0, 0) is None
    assert whose(one, 199, 300) == "ann"


@pytest.mark.parametrize("seed", range(40))
def test_whatever_happens(seed: int) -> None:
    """Seatings join without a hole, and only a person's word or a roster seats somebody."""
    chance = random.Random(seed)
    one = seat()
    said: list[Seating] = []
    moves: list[Callable[[int], bool]] = [
        lambda at: one.login(chance.choice([ANN, BEN]), at),
        one.logout,
        lambda at: one.relief(chance.choice([ANN, BEN, None]), at),
        one.proposed,
        lambda at: one.roster(chance.choice([ANN, BEN, None]), at),
    ]
    for at in range(10, 400, 10):
        before = one.now
        changed = chance.choice(moves)(at)
        assert changed == (one.now != before)
        if changed:
            assert one.now.from_ms == at
            assert one.of(at, at + 1) == one.now
            said.append(before)
        assert (one.now.who is None) == (
            one.now.how in (How.START, How.LOGOUT, How.PROPOSAL)
            or (one.now.how is How.RELIEF and one.now.who is None)
        )
        if one.now.how is How.ROSTER:
            assert before.how in OPEN
        assert one.of(max(0, at - 5), at + 5) in (None, before)
