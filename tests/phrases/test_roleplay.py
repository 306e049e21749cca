"""A drilled vehicle is judged as in the booth, and nothing is missing while it is still there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from phrases.judge import judge
from phrases.roleplay import Follow, State, beat, ended, follow, points, shows_money
from phrases.scene import Moment, Scene, Trouble, load
from phrases.types import (
    Due,
    DueLine,
    Gap,
    GapReason,
    Lane,
    LaneEvent,
    Notice,
    Outcome,
    Payment,
)
from tests.phrases.scene import DIALOGUES, NOTHING_DUE, PARTS, START, TABLE, hear

RULES = load()
SCENE = Scene(
    level=1,
    lane=Lane.EXIT,
    at=START,
    truck=False,
    event=LaneEvent(
        vehicle=1, arrived_ms=0, toll_fen=3_500, tendered_fen=5_000, payment=Payment.CASH
    ),
    weather=None,
    notice=None,
    trouble=None,
    limit_ms=30_000,
    pace=1.0,
    noise=0.0,
    lines={Moment.ARRIVE: "您好。", Moment.PAY: "五十。", Moment.LEAVE: "再见。"},
)
WHOLE = (
    "1.0 greet.hello",
    "3.0 flow.received=50",
    "5.0 flow.change=15",
    "7.0 ticket.take",
    "9.0 flow.thanks",
)


def played(
    said: Sequence[str],
    scene: Scene = SCENE,
    *,
    over: bool = False,
    due: Due = NOTHING_DUE,
    other: Sequence[str] = (),
    gaps: Sequence[Gap] = (),
) -> Follow:
    """How a vehicle stands after 12 s."""
    heard = hear(said, other)
    (verdict,) = judge(
        log=scene.log,
        duration_ms=12_000,
        heard=heard,
        gaps=gaps,
        faint=(),
        dialogues=DIALOGUES,
        table=TABLE,
        due=lambda arrived_ms, left_ms: due,  # noqa: ARG005
        parts=PARTS,
    )
    return follow(scene, RULES, verdict, heard, gaps, over=over)


def states(found: Follow) -> dict[str, str]:
    """Each light's state."""
    return {one.name: one.state.value for one in found.lights}


def test_what_is_not_said_is_open_until_the_vehicle_has_left() -> None:
    """Then it is missing, as in the booth."""
    assert states(played(WHOLE[:2])) == {
        "greet": "said",
        "received": "said",
        "change": "open",
        "ticket": "open",
        "thanks": "open",
    }
    left = played(WHOLE[:4], over=True)
    assert states(left)["thanks"] == "missing"
    assert left.outcome is Outcome.FAULT
    whole = played(WHOLE)
    assert whole.complete
    assert whole.outcome is Outcome.COMPLIANT


def test_a_wrong_amount_is_told_at_once() -> None:
    """With what was heard."""
    found = played((*WHOLE[:2], "5.0 flow.change=5"))
    (change,) = (one for one in found.lights if one.name == "change")
    assert change.state is State.WRONG
    assert change.heard
    assert played((*WHOLE[:2], "5.0 flow.change=5", *WHOLE[3:])).complete


def test_who_says_nothing_is_not_called_wrong() -> None:
    """Nothing shows that the microphone heard anything; a gap hides what may be under it."""
    silent = played((), over=True)
    assert set(states(silent).values()) == {"unsure"}
    assert points(silent.lights, {}) is None
    gap = Gap(start_ms=8_000, end_ms=12_000, reason=GapReason.TOO_NOISY)
    hidden = played(WHOLE[:4], over=True, gaps=[gap])
    assert states(hidden)["thanks"] == "unsure"
    assert hidden.outcome is Outcome.UNSURE


def test_trouble_asks_for_its_own_line() -> None:
    """Open, then said; unsure where it may be in what was not understood; else missing."""
    scene = replace(SCENE, trouble=Trouble.COUNTERFEIT)
    name = "trouble.counterfeit"
    assert states(played(WHOLE, scene))[name] == "open"
    assert not played(WHOLE, scene).complete
    assert states(played((*WHOLE, "10.5 exception.swap_note"), scene))[name] == "said"
    assert states(played((*WHOLE, "10.5 exception.swap_note?"), scene))[name] == "unsure"
    assert states(played(WHOLE, scene, over=True))[name] == "missing"
    muffled = played(WHOLE, scene, over=True, other=("10.2-11.2",))
    assert states(muffled)[name] == "unsure"
    angry = replace(SCENE, trouble=Trouble.ANGER)
    assert states(played((*WHOLE, "10.5 sorry"), angry))["trouble.anger"] == "said"


def test_a_closed_road_sends_nobody_off() -> None:
    """The notice counts, and must be said as it stands; the steps after the greeting do not."""
    notice = Notice(start_ms=0, end_ms=99_000, kind="closure", cause="大雾", reopens="10:00")
    scene = replace(
        SCENE,
        lane=Lane.ENTRY,
        event=LaneEvent(vehicle=1, arrived_ms=0),
        notice=notice,
        trouble=Trouble.CLOSURE,
    )
    line = DueLine(
        code="context.notice",
        phrases=("road.closed",),
        slots={"cause": "大雾", "time": "10:00"},
        reason="a closure",
    )
    due = replace(NOTHING_DUE, lines=(line,))
    right = played(("1.0 greet.hello", "3.0 road.closed cause:大雾 time:10:00"), scene, due=due)
    assert states(right) == {"greet": "said", "go_well": "excused", "trouble.closure": "said"}
    assert right.complete
    assert right.outcome is Outcome.COMPLIANT
    other = played(("1.0 greet.hello", "3.0 road.closed cause:塌方 time:10:00"), scene, due=due)
    assert states(other)["trouble.closure"] == "wrong"


def test_a_line_of_the_day_is_shown_and_never_counts() -> None:
    """As in the booth it is a remark."""
    line = DueLine(code="context.weather", phrases=("weather.rain_fog.drive",), reason="rain")
    due = replace(NOTHING_DUE, lines=(line,))
    found = played(WHOLE, due=due, over=True)
    assert states(found)["context.weather"] == "missing"
    assert found.outcome is Outcome.COMPLIANT
    assert points(found.lights, {}) == 100.0


def test_an_amount_drill_asks_for_two_sums() -> None:
    """The money lies there from the start, and nothing else is due."""
    scene = replace(SCENE, lines={}, asks=("received", "change"))
    assert shows_money(scene, ())
    assert beat(scene, None, (), 20_000) is None
    assert states(played((), scene)) == {"received": "open", "change": "open"}
    found = played(WHOLE[1:3], scene)
    assert found.complete
    assert found.outcome is Outcome.COMPLIANT
    assert ended(scene, found, (), 5_000)


def test_a_forbidden_phrase_is_never_made_good() -> None:
    """Whatever else was said."""
    found = played((*WHOLE, "10.5 forbidden.busy"))
    assert any(one.code.startswith("forbidden") for one in found.remarks)
    assert found.outcome is Outcome.FAULT


def test_the_driver_speaks_when_it_is_time() -> None:
    """Arrives, pays once greeted or after a while; leaves when all is said or time is over."""
    given = list[Moment]()
    assert beat(SCENE, None, given, 0) is Moment.ARRIVE
    given.append(Moment.ARRIVE)
    assert beat(SCENE, None, given, 1_000) is None
    assert not shows_money(SCENE, given)
    assert beat(SCENE, None, given, 6_000) is Moment.PAY
    greeted = played(WHOLE[:1])
    assert beat(SCENE, greeted, given, 1_000) is Moment.PAY
    assert not ended(SCENE, played(WHOLE), given, 1_000)
    given.append(Moment.PAY)
    assert shows_money(SCENE, given)
    assert beat(SCENE, greeted, given, 1_000) is None
    assert not ended(SCENE, greeted, given, 1_000)
    assert ended(SCENE, played(WHOLE), given, 1_000)
    assert ended(SCENE, greeted, given, 30_000)


def test_points_are_of_what_counts() -> None:
    """By the score table's weights; unsure is left out."""
    found = played((*WHOLE[:2], "5.0 flow.change=5", *WHOLE[3:]), over=True)
    weights = dict(TABLE.weights[Lane.EXIT])
    assert points(found.lights, weights) == 75.0
    assert START.utcoffset() == dt.timedelta(hours=8)
