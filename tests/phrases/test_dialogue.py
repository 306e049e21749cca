"""The state machine of a dialogue, and where a step could have been said."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from phrases.dialogue import Move, flow
from phrases.turn import Turn
from phrases.types import Lane
from tests.phrases.scene import DIALOGUES, PARTS, event, said

EXIT = flow(DIALOGUES[Lane.EXIT], PARTS)
ENTRY = flow(DIALOGUES[Lane.ENTRY], PARTS)
NOTHING: frozenset[str] = frozenset()


def turn(lines: Sequence[str], *, floor: float = 0, ceil: float = 60) -> Turn:
    """A vehicle from 10 to 30 s in which these phrases were said."""
    return Turn(
        start_ms=10_000,
        end_ms=30_000,
        vehicle=1,
        lane=Lane.EXIT,
        event=event(arrived=10, left=30),
        matches=tuple(map(said, lines)),
        floor_ms=int(floor * 1000),
        ceil_ms=int(ceil * 1000),
    )


@pytest.mark.parametrize(
    ("phrase", "exit_steps", "entry_steps"),
    [
        ("greet.hello", {"greet"}, {"greet"}),
        ("greet.evening", {"greet"}, {"greet"}),
        ("festival.spring", {"greet"}, {"greet"}),
        ("weekend", {"greet"}, {"greet", "go_well"}),
        ("flow.received", {"received"}, NOTHING),
        ("flow.change", {"change"}, NOTHING),
        ("flow.due", NOTHING, NOTHING),
        ("ticket.take", {"ticket"}, NOTHING),
        ("card.take", NOTHING, {"card"}),
        ("flow.thanks", {"thanks"}, NOTHING),
        ("thanks.cooperation", {"thanks"}, NOTHING),
        ("phone.close", {"thanks"}, {"go_well"}),
        ("flow.go_well", NOTHING, {"go_well"}),
        ("trip.safe", NOTHING, {"go_well"}),
        ("goodbye", NOTHING, {"go_well"}),
        ("assist.ask", {"greet"}, {"greet"}),
        ("wait", NOTHING, NOTHING),
        ("weather.ice_snow", NOTHING, NOTHING),
    ],
)
def test_fills(phrase: str, exit_steps: set[str], entry_steps: set[str]) -> None:
    """What fills which step is the contract's table; a phrase fills its parts' steps too."""
    assert EXIT.fills(phrase) == exit_steps
    assert ENTRY.fills(phrase) == entry_steps


def test_a_due_line_fills_the_send_off_only() -> None:
    """On an entry lane a due line of the day sends off; on an exit lane it is no step."""
    due = frozenset({"weather.ice_snow"})
    assert ENTRY.fills("weather.ice_snow", due) == {"go_well"}
    assert EXIT.fills("weather.ice_snow", due) == NOTHING


@pytest.mark.parametrize(
    ("filled", "steps", "move"),
    [
        (set(), {"greet"}, Move.ON),
        ({"greet"}, {"greet"}, Move.REPEAT),
        ({"greet", "received"}, {"greet"}, Move.BACK),
        ({"received"}, {"greet"}, Move.BACK),
        ({"greet", "received"}, {"received"}, Move.REPEAT),
        ({"change"}, {"received"}, Move.BACK),
        ({"thanks"}, {"change"}, Move.ON),
        ({"thanks"}, {"ticket"}, Move.ON),
        ({"greet"}, set(), Move.NONE),
    ],
)
def test_move(filled: set[str], steps: set[str], move: Move) -> None:
    """A phrase moves the dialogue on, repeats, goes back or does nothing."""
    assert EXIT.move(filled, steps) is move


def test_an_opening_that_could_close_opens_first() -> None:
    """A weekend's wish at the beginning is a greeting, and after the card a send-off."""
    weekend = ENTRY.fills("weekend")
    assert ENTRY.advance(NOTHING, weekend) == {"greet"}
    assert ENTRY.advance(frozenset({"greet", "card"}), weekend) == {"greet", "card", "go_well"}


def test_closed_and_begun() -> None:
    """A dialogue has begun beyond its opening, and is closed when all that ends it was said."""
    assert not EXIT.begun({"greet"})
    assert EXIT.begun({"thanks"})
    assert not EXIT.closed({"greet", "thanks"})
    assert EXIT.closed({"ticket", "thanks"})


@pytest.mark.parametrize(
    ("step", "lines", "span"),
    [
        ("greet", [], (7, 31.5)),
        ("greet", ["15 flow.received=5"], (7, 15)),
        ("received", [], (8.5, 31.5)),
        ("received", ["12 greet.hello", "20 flow.change=5"], (13, 20)),
        ("received", ["12 greet.hello", "14 flow.thanks", "20 ticket.take"], (13, 20)),
        ("change", ["12 greet.hello", "20 flow.received=5"], (21, 33)),
        ("ticket", ["12 greet.hello", "20 flow.received=5", "25 flow.thanks"], (21, 33)),
        ("thanks", ["12 greet.hello", "20 flow.received=5"], (13, 35)),
        ("change", ["12 flow.received=5", "20 flow.received=10"], (13, 33)),
        ("greet", ["12 flow.received=5", "20 flow.received=10"], (7, 20)),
    ],
)
def test_window(step: str, lines: list[str], span: tuple[float, float]) -> None:
    """A step could have been said between its neighbours, else in the vehicle's time and margin."""
    here = turn(lines)
    window = EXIT.window(here, step, EXIT.told(here, NOTHING))
    assert (window.start_ms, window.end_ms) == (int(span[0] * 1000), int(span[1] * 1000))


def test_what_was_said_to_others_bounds_the_window() -> None:
    """The margin ends where another vehicle was spoken to."""
    here = turn([], floor=9, ceil=31)
    told = EXIT.told(here, NOTHING)
    assert EXIT.window(here, "greet", told).start_ms == 9_000
    assert EXIT.window(here, "thanks", told).end_ms == 31_000


def test_steps_in_a_strange_order_bound_nothing() -> None:
    """A greeting after the change does not hide where 收 could have been said."""
    here = turn(["15 flow.change=5", "20 greet.hello"])
    window = EXIT.window(here, "received", EXIT.told(here, NOTHING))
    assert (window.start_ms, window.end_ms) == (8_500, 15_000)


def test_told_keeps_certain_and_doubtful_apart() -> None:
    """Only an accepted phrase of the collector's own is certain."""
    here = turn(["12 greet.hello?", "14 greet.hello~", "16 greet.morning"])
    told = EXIT.told(here, NOTHING)["greet"]
    assert [match.start_ms for match in told.sure] == [16_000]
    assert [match.start_ms for match in told.maybe] == [12_000, 14_000]


def test_an_unsure_phrase_that_another_explains_is_idle() -> None:
    """Where an accepted phrase covers the stretch, a rival reading of it says nothing."""
    here = turn(["12 ticket.take", "12.2 flow.thanks?", "20.7 flow.thanks?", "21.5 wait"])
    told = EXIT.told(here, NOTHING)["thanks"]
    assert [match.start_ms for match in told.maybe] == [20_700]


def test_prices() -> None:
    """The price is found wherever it was said, certain or not."""
    here = turn(["12 greet.hello", "14 flow.due=15", "16 flow.due=20?", "18 flow.received=50"])
    assert [match.slots["amount"] for match in EXIT.prices(here)] == ["15", "20"]
