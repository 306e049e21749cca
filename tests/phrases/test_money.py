"""Sums against each other and against the lane."""

from __future__ import annotations

from typing import Any

import pytest

from phrases.dialogue_data import Condition
from phrases.money import (
    Ruling,
    Sums,
    Verdict,
    agrees,
    conditions,
    judge_change,
    judge_received,
    may_be_excused,
)
from phrases.types import Lane
from tests.phrases.scene import DIALOGUES, event, said


def sums(lane: dict[str, Any] | None, *lines: str) -> Sums:
    """A vehicle's sums: `due=15`, `received=50/15?`, `change=35`."""
    matches = [said(f"{at}.0 flow.{line}") for at, line in enumerate(lines)]
    of = {
        name: [match for match in matches if match.phrase == f"flow.{name}"]
        for name in ("due", "received", "change")
    }
    return Sums(
        event=None if lane is None else event(arrived=0, **lane),
        price=of["due"],
        received=of["received"],
        change=of["change"],
    )


def short(ruling: Ruling) -> tuple[str, int | None]:
    """A ruling's verdict and the amount expected, in yuan."""
    fen = ruling.expected_fen
    return ruling.verdict.name, None if fen is None else fen // 100


@pytest.mark.parametrize(
    ("lane", "lines", "expected"),
    [
        # the lane knows the note
        ({"tendered": 50}, ["received=50"], ("AGREES", None)),
        ({"tendered": 50}, ["received=50.0"], ("AGREES", None)),
        ({"tendered": 50}, ["received=15"], ("DIFFERS", 50)),
        ({"tendered": 50}, ["received=15/50"], ("DOUBTFUL", 50)),
        ({"tendered": 50}, ["received=15/60"], ("DIFFERS", 50)),
        ({"tendered": 50}, ["received=15", "received=50?"], ("DOUBTFUL", 50)),
        ({"tendered": 50}, ["received=15", "received=50"], ("AGREES", None)),
        ({"tendered": 50}, ["received=50", "received=15"], ("AGREES", None)),
        ({"tendered": 50}, ["received"], ("DOUBTFUL", 50)),
        ({"tendered": 50}, [], ("DUE", 50)),
        ({"tendered": 50}, ["received=50?"], ("DUE", 50)),
        # it knows the toll only
        ({"toll": 15}, ["received=50"], ("AGREES", None)),
        ({"toll": 15}, ["received=15"], ("AGREES", None)),
        ({"toll": 15}, ["received=10"], ("DIFFERS", 15)),
        ({"toll": 15}, ["received=10/100"], ("DOUBTFUL", 15)),
        ({"toll": 15}, [], ("UNKNOWN", None)),
        ({"toll": 15, "payment": "cash"}, [], ("DUE", None)),
        # it knows nothing
        (None, ["received=50"], ("AGREES", None)),
        (None, ["due=15", "received=50"], ("AGREES", None)),
        (None, ["due=55", "received=50"], ("DIFFERS", 55)),
        (None, ["due=55/15", "received=50"], ("DOUBTFUL", 55)),
        (None, ["due=55?", "received=50"], ("AGREES", None)),
        (None, ["change=5"], ("UNKNOWN", None)),
        # its figures contradict each other
        ({"toll": 50, "tendered": 15}, ["received=15"], ("DOUBTFUL", None)),
        ({"toll": 50, "tendered": 15}, [], ("UNKNOWN", None)),
    ],
)
def test_received(lane: dict[str, Any] | None, lines: list[str], expected: object) -> None:
    """收 is the note tendered where the lane knows it, else at least the toll."""
    assert short(judge_received(sums(lane, *lines))) == expected


@pytest.mark.parametrize(
    ("lane", "lines", "expected"),
    [
        # the lane knows both
        ({"toll": 15, "tendered": 50}, ["change=35"], ("AGREES", None)),
        ({"toll": 15, "tendered": 50}, ["received=20", "change=35"], ("AGREES", None)),
        ({"toll": 15, "tendered": 50}, ["change=30"], ("DIFFERS", 35)),
        ({"toll": 15, "tendered": 50}, ["change=30/35"], ("DOUBTFUL", 35)),
        ({"toll": 15, "tendered": 50}, ["change=30", "change=35"], ("AGREES", None)),
        ({"toll": 15, "tendered": 50}, [], ("DUE", 35)),
        ({"toll": 15, "tendered": 15}, [], ("NOT_DUE", 0)),
        ({"toll": 15, "tendered": 15}, ["change=0"], ("AGREES", None)),
        ({"toll": 15, "tendered": 15}, ["change=5"], ("DOUBTFUL", 0)),
        ({"toll": 50, "tendered": 15}, ["change=5"], ("DOUBTFUL", None)),
        # it knows the toll only: the collector's 收 stands in for the note
        ({"toll": 15}, ["received=50", "change=35"], ("AGREES", None)),
        ({"toll": 15}, ["received=50", "change=30"], ("DIFFERS", 35)),
        ({"toll": 15}, ["received=50/45", "change=30"], ("DOUBTFUL", 35)),
        ({"toll": 15}, ["received=50", "received=100", "change=85"], ("AGREES", None)),
        ({"toll": 15}, ["received=50"], ("DUE", 35)),
        ({"toll": 15}, ["received=50/15"], ("UNKNOWN", None)),
        ({"toll": 15}, ["received=15"], ("NOT_DUE", 0)),
        ({"toll": 15}, ["received=10"], ("UNKNOWN", None)),
        ({"toll": 15}, ["received=10", "change=5"], ("AGREES", None)),
        ({"toll": 15}, [], ("UNKNOWN", None)),
        ({"toll": 15}, ["change=35"], ("AGREES", None)),
        # it knows the note only: the price stands in for the toll
        ({"tendered": 50}, ["due=15", "change=35"], ("AGREES", None)),
        ({"tendered": 50}, ["due=15", "change=30"], ("DIFFERS", 35)),
        ({"tendered": 50}, ["due=15/20", "change=30"], ("DOUBTFUL", 35)),
        ({"tendered": 50}, ["due=50"], ("NOT_DUE", 0)),
        ({"tendered": 50}, [], ("UNKNOWN", None)),
        # it knows nothing
        (None, ["due=15", "received=50", "change=35"], ("AGREES", None)),
        (None, ["due=15", "received=50", "change=25"], ("DIFFERS", 35)),
        (None, ["received=50", "change=25"], ("AGREES", None)),
        (None, ["due=15", "received=50"], ("DUE", 35)),
        (None, ["due=15", "received=15"], ("NOT_DUE", 0)),
        (None, ["due=15~", "received=50"], ("UNKNOWN", None)),
    ],
)
def test_change(lane: dict[str, Any] | None, lines: list[str], expected: object) -> None:
    """找 is what was tendered less the toll, by the lane or by what was said."""
    assert short(judge_change(sums(lane, *lines))) == expected


def test_jiao_and_fen_are_exact() -> None:
    """50 less 8.5 is 41.5, to the fen."""
    lane = {"toll": "8.5", "tendered": 50}
    assert judge_change(sums(lane, "change=41.5")).verdict is Verdict.AGREES
    wrong = judge_change(sums(lane, "change=41.4"))
    assert wrong.verdict is Verdict.DIFFERS
    assert wrong.reason == "50 less 8.5 yuan leaves 41.5; said was 41.4 yuan"


@pytest.mark.parametrize(
    ("lane", "expected"),
    [
        ({}, set()),
        ({"tendered": 50}, set()),
        ({"payment": "cash"}, set()),
        ({"toll": 0}, {Condition.TOLL_ZERO}),
        ({"toll": 15, "tendered": 15}, {Condition.EXACT}),
        ({"payment": "etc"}, {Condition.NON_CASH, Condition.ETC}),
        ({"payment": "mobile"}, {Condition.NON_CASH, Condition.MOBILE}),
        ({"payment": "card"}, {Condition.NON_CASH, Condition.CARD}),
        ({"payment": "free"}, {Condition.NON_CASH, Condition.FREE}),
        ({"ticket": False}, {Condition.NO_TICKET}),
        ({"ticket": True}, set()),
    ],
)
def test_conditions(lane: dict[str, Any], expected: set[Condition]) -> None:
    """What the lane says becomes the conditions that the dialogues name."""
    assert conditions(event(arrived=0, **lane)) == expected


def test_without_events_there_are_no_conditions() -> None:
    """Nothing excuses a step where no lane says so."""
    assert conditions(None) == frozenset()


@pytest.mark.parametrize(
    ("lane", "lines", "expected"),
    [
        (None, [], True),
        (None, ["received=50"], False),
        (None, ["received=50?"], True),
        (None, ["change=35"], True),
        ({"toll": 15}, [], True),
        ({"tendered": 15}, [], False),
        ({"payment": "mobile"}, [], False),
    ],
)
def test_may_be_excused(lane: dict[str, Any] | None, lines: list[str], expected: bool) -> None:
    """Who may have paid by ETC may have been due no ticket, but was due thanks."""
    steps = {step.id: step for step in DIALOGUES[Lane.EXIT].steps}
    assert may_be_excused(steps["ticket"], sums(lane, *lines)) is expected
    assert may_be_excused(steps["thanks"], sums(lane, *lines)) is False


@pytest.mark.parametrize(
    ("name", "line", "expected"),
    [
        ("received", "received=50", True),
        ("received", "received=35", False),
        ("change", "change=35", True),
        ("change", "change=50", False),
        (None, "received=50", None),
    ],
)
def test_agrees(name: str | None, line: str, expected: bool | None) -> None:
    """Whether an amount is the lane's, where the lane has one."""
    match = said(f"1 flow.{line}")
    assert agrees(event(arrived=0, toll=15, tendered=50), name, match) is expected
    assert agrees(event(arrived=0), name, match) is None
    assert agrees(None, name, match) is None
