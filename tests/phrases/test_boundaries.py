"""Vehicles told apart by the speech alone."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from phrases.boundaries import infer
from phrases.dialogue import flow
from phrases.turn import Turn
from phrases.types import Lane
from tests.phrases.scene import DIALOGUES, PARTS, said

FLOWS = {lane: flow(dialogue, PARTS) for lane, dialogue in DIALOGUES.items()}
FULL = [
    "14 greet.hello",
    "16 flow.received=50",
    "18 flow.change=35",
    "20 ticket.take",
    "22 flow.thanks",
]


def turns(lines: Sequence[str], lane: Lane = Lane.EXIT, duration: int = 200) -> tuple[Turn, ...]:
    """The vehicles that these phrases show."""
    return infer(FLOWS[lane], [said(line) for line in lines], duration * 1000)


def starts(lines: Sequence[str], lane: Lane = Lane.EXIT) -> list[int]:
    """When each vehicle begins, in seconds."""
    return [turn.start_ms // 1000 for turn in turns(lines, lane)]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], []),
        (["14 wait", "16 forbidden.busy"], []),
        (["14 flow.thanks?"], []),
        (FULL, [14]),
        ([*FULL, "25 greet.hello"], [14, 25]),
        ([*FULL, "25 flow.received=20"], [14, 25]),
        ([*FULL, "25 flow.due=20", "27 flow.received=20"], [14, 25]),
        ([*FULL, "25 flow.thanks"], [14]),
        (["14 greet.hello", "16 greet.morning", "18 flow.received=50"], [14]),
        (["14 greet.hello", "30 greet.hello"], [14, 30]),
        (["14 flow.received=50", "16 flow.change=5", "18 flow.received=20"], [14, 18]),
        (["14 flow.received=50", "16 flow.received=100"], [14]),
        (["14 flow.received=50", "40 flow.received=100"], [14, 40]),
        (["14 greet.hello", "40 flow.received=50"], [14]),
        (["14 greet.hello", "90 flow.received=50"], [14, 90]),
        ([*FULL, "24 weekend", "26 greet.hello"], [14, 26]),
        ([*FULL, "24 weekend", "26 flow.received=50"], [14, 24]),
        ([*FULL, "24 weekend"], [14]),
        ([*FULL, "30 weekend"], [14, 30]),
    ],
)
def test_starts(lines: list[str], expected: list[int]) -> None:
    """A greeting, or what would set the dialogue back, begins another vehicle."""
    assert starts(lines) == expected


def test_entry() -> None:
    """On an entry lane the send-off ends a vehicle."""
    lines = ["14 greet.hello", "16 flow.go_well", "20 card.take", "22 flow.go_well"]
    assert starts(lines, Lane.ENTRY) == [14, 20]


def test_calls() -> None:
    """In the monitor room every opening is a call, however long one lasts."""
    lines = ["14 phone.open", "50 phone.close", "60 phone.open", "180 phone.close"]
    assert starts(lines, Lane.PHONE) == [14, 60]


def test_numbers_and_bounds() -> None:
    """Vehicles are numbered from 1 and last from the first phrase to the last."""
    one, two = turns([*FULL, "25 greet.hello", "28 flow.thanks"])
    assert (one.vehicle, one.start_ms, one.end_ms) == (1, 14_000, 23_000)
    assert (two.vehicle, two.start_ms, two.end_ms) == (2, 25_000, 29_000)
    assert one.event is None


def test_an_unsure_greeting_belongs_to_what_follows() -> None:
    """Unsure phrases make no vehicle, and belong to the nearest; an opening to the next."""
    one, two = turns([*FULL, "23.5 flow.thanks?", "24.5 greet.hello?", "28 flow.received=50"])
    assert "greet.hello" in [match.phrase for match in two.matches]
    assert [match.phrase for match in one.matches].count("flow.thanks") == 2


def test_an_unsure_phrase_far_from_every_vehicle_is_nobodys() -> None:
    """An unsure phrase minutes later stretches no vehicle."""
    (one,) = turns([*FULL, "90 flow.thanks?"])
    assert one.end_ms == 23_000


@pytest.mark.parametrize(
    ("lines", "clear"),
    [
        ([*FULL], (True, True)),
        (["3 greet.hello", "5 flow.received=50"], (False, True)),
        (["14 greet.hello", "16 flow.received=50", "20 flow.change=5"], (True, True)),
        ([*FULL[:-1], "25 flow.received=50"], (True, False)),
        ([*FULL[:-1], "25 greet.hello"], (True, True)),
    ],
)
def test_clear_bounds(lines: list[str], clear: tuple[bool, bool]) -> None:
    """A bound is clear by a pause, by the dialogue's end, or by the next opening."""
    first = turns(lines)[0]
    assert (first.doubt_start is None, first.doubt_end is None) == clear


def test_the_recordings_end_is_no_clear_bound() -> None:
    """What was said just before the end may have gone on."""
    (one,) = turns(FULL[:3], duration=25)
    assert one.doubt_end is not None


def test_a_lone_phrase_is_no_vehicle_for_certain() -> None:
    """One step alone may have been said to anybody."""
    (one,) = turns(["14 greet.hello"])
    assert one.doubt is not None
    (two,) = turns(["14 greet.hello", "16 flow.thanks"])
    assert two.doubt is None


def test_a_dialogue_that_stood_still_may_be_two() -> None:
    """A long pause inside leaves the whole vehicle in doubt."""
    (one,) = turns(["14 greet.hello", "40 flow.received=50", "42 flow.change=5"])
    assert one.doubt is not None
