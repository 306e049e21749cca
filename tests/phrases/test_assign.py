"""Every phrase goes to the vehicle for which it was said."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest

from phrases.assign import Vehicle, assign, spans
from phrases.dialogue import flow
from phrases.money import conditions
from phrases.turn import Turn
from phrases.types import Lane, LaneEvent
from tests.phrases.scene import DIALOGUES, PARTS, event, play, said

EXIT = flow(DIALOGUES[Lane.EXIT], PARTS)


def deal(events: Sequence[LaneEvent], lines: Sequence[str]) -> tuple[Turn, ...]:
    """The turns of these vehicles on an exit lane."""
    vehicles = [
        Vehicle(
            start_ms=time.start_ms,
            end_ms=time.end_ms,
            event=each,
            flow=EXIT,
            due=frozenset(),
            excused=frozenset(
                step.id
                for step in EXIT.steps.values()
                if not conditions(each).isdisjoint(step.excused_by)
            ),
        )
        for each, time in zip(events, spans(events, 100_000), strict=True)
    ]
    return assign(vehicles, [said(line) for line in lines])


def seconds(turn: Turn) -> list[float]:
    """When the turn's phrases were said."""
    return [match.start_ms / 1000 for match in turn.matches]


def test_spans() -> None:
    """A vehicle lasts until it left, or the next arrival, or the recording's end."""
    events = [
        event(vehicle=1, arrived=1, left=5),
        event(vehicle=2, arrived=8),
        event(vehicle=3, arrived=8),
        event(vehicle=4, arrived=20),
        event(vehicle=5, arrived=150),
    ]
    assert [(span.start_ms // 1000, span.end_ms // 1000) for span in spans(events, 100_000)] == [
        (1, 5),
        (8, 20),
        (8, 20),
        (20, 150),
        (150, 150),
    ]


TWO = [event(vehicle=1, arrived=10, left=20), event(vehicle=2, arrived=20.2, left=32)]


@pytest.mark.parametrize(
    ("lines", "first", "second"),
    [
        (["11 greet.hello", "22 greet.hello"], [11], [22]),
        (["11 greet.hello", "18 greet.hello"], [11], [18]),
        (["11 greet.hello", "15 flow.thanks", "20.5 flow.thanks"], [11, 15], [20.5]),
        (["11 greet.hello", "20.5 flow.thanks", "22 greet.hello"], [11, 20.5], [22]),
        (["11 greet.hello", "21 greet.hello", "24 flow.thanks"], [11], [21, 24]),
        (["5 greet.hello", "40 flow.thanks"], [], []),
        (["8 greet.hello", "36 flow.thanks"], [8], [36]),
        (["16 wait", "27 wait"], [16], [27]),
    ],
)
def test_neighbours(lines: list[str], first: list[float], second: list[float]) -> None:
    """At the border of two vehicles the dialogue decides, not the clock."""
    one, two = deal(TWO, lines)
    assert (seconds(one), seconds(two)) == (first, second)


def test_amounts_decide_between_vehicles() -> None:
    """Where two vehicles stand there at once, each gets the amounts that are its own."""
    events = [
        event(vehicle=1, arrived=10, left=30, toll=15, tendered=50),
        event(vehicle=2, arrived=12, left=32, toll=20, tendered=100),
    ]
    one, two = deal(events, ["15 flow.received=100", "18 flow.received=50", "20 flow.change=80"])
    assert (seconds(one), seconds(two)) == ([18], [15, 20])


def test_a_step_that_is_not_due_goes_to_the_vehicle_whose_it_is() -> None:
    """收 near an ETC vehicle is the cash payer's."""
    events = [
        event(vehicle=1, arrived=10, left=20, payment="cash"),
        event(vehicle=2, arrived=20, left=30, payment="etc"),
    ]
    one, two = deal(events, ["11 greet.hello", "20.5 flow.received=50"])
    assert (seconds(one), seconds(two)) == ([11, 20.5], [])


def test_what_may_be_anothers_is_claimed() -> None:
    """Thanks before the next vehicle was spoken to may be either's."""
    one, two = deal(TWO, ["11 greet.hello", "20.5 flow.thanks"])
    assert seconds(one) == [11, 20.5]
    assert [match.start_ms for match in two.claimed] == [20_500]


def test_what_is_plainly_anothers_is_not_claimed() -> None:
    """Thanks after the next vehicle's greeting are its own, if they are its only ones."""
    one, two = deal(TWO, ["11 greet.hello", "21 greet.hello", "22.5 flow.thanks"])
    assert "flow.thanks" not in [match.phrase for match in one.claimed]
    assert two.claimed == ()
    one, two = deal(TWO, ["11 greet.hello", "21 greet.hello", "22.5 flow.thanks", "29 flow.thanks"])
    assert "flow.thanks" in [match.phrase for match in one.claimed]


def test_phrases_outside_every_vehicles_time_are_stray() -> None:
    """A phrase a few seconds off may be a vehicle's whose clock is off; minutes off it is not."""
    one, two = deal(TWO, ["4 greet.hello", "60 flow.thanks"])
    assert [match.start_ms for match in one.stray] == [4_000]
    assert two.stray == ()


def test_the_neighbours_speech_bounds_a_turn() -> None:
    """A vehicle's margins end where others were spoken to."""
    one, two = deal(TWO, ["11 greet.hello", "18.5 flow.thanks", "21 greet.hello"])
    assert one.ceil_ms == 21_000
    assert two.floor_ms == 19_500


def _shift(seed: int, offset: float) -> tuple[dict[str, Any], list[set[str]]]:
    """A shift of 40 vehicles close together, and the steps that each one misses.

    The lane's clock is off by `offset` seconds, and its times by a second or two besides.
    """
    chance = random.Random(seed)
    events: list[dict[str, Any]] = []
    lines: list[str] = []
    missed: list[set[str]] = []
    now = 15.0
    for vehicle in range(40):
        kind = chance.choice(["cash", "cash", "exact", "etc", "mobile"])
        toll = chance.choice([15, 20, 25, 35])
        tendered = {"cash": chance.choice([50, 100]), "exact": toll}.get(kind)
        script = [("greet", "greet.hello")]
        if tendered is not None:
            script.append(("received", f"flow.received={tendered}"))
        if kind == "cash" and tendered is not None:
            script.append(("change", f"flow.change={tendered - toll}"))
        last = [("thanks", "flow.thanks")] + [("ticket", "ticket.take")] * (kind != "etc")
        chance.shuffle(last)
        start, lost = now, set()
        for step, phrase in script + last:
            now += chance.uniform(0.3, 2.5)
            if chance.random() < 0.1:
                lost.add(step)
            else:
                lines.append(f"{now:.2f} {phrase}")
                now += 1
        arrived = max(0.1, start + chance.uniform(-1, 1) + offset)
        left = max(arrived + 1, now + chance.uniform(-1.5, 2) + offset)
        paid = {"payment": kind} if tendered is None else {"tendered": tendered}
        times = {"arrived": round(arrived, 2), "left": round(left, 2)}
        events.append({"vehicle": vehicle, "toll": toll, **times, **paid})
        missed.append(lost)
        now += chance.uniform(0.5, 4)
    return {"events": events, "said": lines, "length": round(now + 60, 1)}, missed


@pytest.mark.parametrize("offset", [-1.5, 0, 1.5])
def test_close_vehicles_and_a_clock_that_is_off(offset: float) -> None:
    """In 200 vehicles nobody is accused of what was said, and nearly all that was not is found."""
    found = wanted = 0
    for seed in range(5):
        scene, missed = _shift(seed, offset)
        for verdict, lost in zip(play(scene), missed, strict=True):
            faults = {f.step for f in verdict.findings if f.status == "fault"}
            assert faults <= lost
            found, wanted = found + len(faults), wanted + len(lost)
    assert found >= 0.95 * wanted
