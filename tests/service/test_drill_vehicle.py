"""A vehicle is played with real ears: what is said comes back step by step, and a slip is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from audio.files import stream
from audio.types import RATE, Samples
from phrases.roleplay import State
from phrases.scene import Moment, Scene
from phrases.types import Lane, LaneEvent, Outcome, Payment
from service import bootstrap, settings
from service.drill_room import Full, Room, open_ears
from service.drill_vehicle import Driver, GivenUp, Left, Shown, Standing, as_float
from tests.fakes import quiet

pytestmark = pytest.mark.slow

DEMO = Path(__file__).parents[1] / "recordings" / "demo.opus"
ZONE = dt.timezone(dt.timedelta(hours=8))
SCENE = Scene(
    level=1,
    lane=Lane.EXIT,
    at=dt.datetime(2026, 11, 24, 15, 30, tzinfo=ZONE),
    truck=False,
    event=LaneEvent(
        vehicle=1, arrived_ms=0, toll_fen=1_500, tendered_fen=5_000, payment=Payment.CASH
    ),
    weather=None,
    notice=None,
    trouble=None,
    limit_ms=30_000,
    pace=1.0,
    noise=0.0,
    lines={Moment.ARRIVE: "您好。", Moment.PAY: "五十。"},
)


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    """With the installed weights."""
    site = settings.load({})
    one = Room(
        bootstrap.knowledge(site), lambda: open_ears(bootstrap.recognizer(site, quiet)), most=1
    )
    yield one
    one.close()


@pytest.fixture(scope="module")
def demo() -> Samples:
    """The demo's recording."""
    return np.concatenate([chunk.samples for chunk in stream([DEMO])])[:, 0]


def played(
    room: Room, scene: Scene, said: Samples, *, stay: bool = False
) -> tuple[list[Shown], Left]:
    """Say it, a tenth of a second at a time; then leave, unless the vehicle is to do so itself."""
    shown: list[Shown] = []
    play, left = room.play(scene, shown.append)
    for start in range(0, len(said), RATE // 10):
        play.feed(said[start : start + RATE // 10])
    if not stay:
        play.done()
    return shown, left.result(120)


def test_a_whole_vehicle(room: Room, demo: Samples) -> None:
    """The driver arrives, pays once greeted, and leaves when all is said, with time to spare."""
    shown, left = played(room, SCENE, demo[round(1.5 * RATE) : 16 * RATE], stay=True)
    drivers = [one.moment for one in shown if isinstance(one, Driver)]
    assert drivers == [Moment.ARRIVE, Moment.PAY]
    assert [one.money for one in shown if isinstance(one, Driver)] == [False, True]
    steps = [one for one in shown if isinstance(one, Standing)]
    assert steps[0].follow.said("greet")
    assert not steps[0].follow.complete
    assert shown[-1] is left
    assert left.follow.outcome is Outcome.COMPLIANT
    assert left.points == 100.0
    assert left.in_time
    assert left.spent_ms < 15_000


def test_another_sum_than_is_due(room: Room, demo: Samples) -> None:
    """What was said stands beside what was due."""
    event = LaneEvent(
        vehicle=1, arrived_ms=0, toll_fen=2_500, tendered_fen=5_000, payment=Payment.CASH
    )
    scene = replace(SCENE, event=event)
    _, left = played(room, scene, demo[round(1.5 * RATE) : 16 * RATE])
    (change,) = (one for one in left.follow.lights if one.name == "change")
    assert change.state is State.WRONG
    assert left.follow.outcome is Outcome.FAULT


def test_silence_is_nobodys_fault(room: Room) -> None:
    """Nothing could be judged, so there are no points."""
    quiet_room = np.random.default_rng(1).normal(0, 1e-3, 4 * RATE).astype(np.float32)
    _, left = played(room, SCENE, quiet_room)
    assert left.points is None
    assert left.follow.outcome is Outcome.UNSURE


def test_whoever_goes_away_is_not_judged(room: Room, demo: Samples) -> None:
    """And makes room for another; one too many is refused meanwhile."""
    play, left = room.play(SCENE, lambda _: None)
    play.feed(demo[: 3 * RATE])
    with pytest.raises(Full):
        room.play(SCENE, lambda _: None)
    play.done(given_up=True)
    with pytest.raises(GivenUp):
        left.result(60)
    again, left = room.play(SCENE, lambda _: None)
    again.done()
    assert left.result(60).points is None


def test_bare_samples() -> None:
    """Little-endian, and never out of range; half a sample is left out."""
    found = as_float(b"\x00\x80\xff\x7f\x00")
    assert found.tolist() == [-1.0, pytest.approx(1.0, abs=1e-4)]
