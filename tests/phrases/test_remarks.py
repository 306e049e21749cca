"""Findings beside the steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from phrases.types import Finding, FindingStatus
from tests.phrases.scene import TABLE, found, play

ETC = [{"arrived": 1.0, "left": 12.0, "payment": "etc"}]
SAID = ["2.0 greet.hello", "8.0 flow.thanks"]
RAISED = TABLE.model_copy(update={"status": {**TABLE.status, "context.*": FindingStatus.FAULT}})
WEEKEND = [{"code": "context.weekend", "phrases": ["weekend"]}]
NOTICE = [
    {"code": "context.notice", "phrases": ["road.slow"], "slots": {"direction": "南昌"}},
]


def scene(**given: Any) -> dict[str, Any]:
    """An ETC vehicle, greeted and thanked."""
    return {"events": ETC, "said": SAID, **given}


def finding(given: Mapping[str, Any], **how: Any) -> Finding:
    """The only finding of a scene."""
    (verdict,) = play(given, **how)
    (only,) = verdict.findings
    return only


def test_a_line_says_why_it_was_due() -> None:
    """The finding has the line's reason and what should have been said."""
    only = finding(scene(due=WEEKEND))
    assert only.reason == "it is so: not heard"
    assert only.expected == "weekend"
    assert only.step is None


def test_a_raised_line_is_a_fault() -> None:
    """A station's table can make a line of the day count."""
    assert finding(scene(due=WEEKEND), table=RAISED).status is FindingStatus.FAULT


def test_a_raised_line_is_unsure_where_the_day_is() -> None:
    """Nothing that hangs on an uncertain calendar is more than unsure."""
    only = finding(scene(due=[{**WEEKEND[0], "sure": False}]), table=RAISED)
    assert only.status is FindingStatus.UNSURE


def test_a_raised_line_is_unsure_where_it_may_have_been_said() -> None:
    """A gap, speech not understood, an unsure match, another's voice: unsure, never a fault."""
    for hidden in (
        {"gaps": [(5.0, 6.0)]},
        {"faint": [(5.0, 6.0)]},
        {"speech": ["4.0-7.0"]},
        {"said": [*SAID, "5.0 weekend?"]},
        {"said": [*SAID, "5.0 weekend~"]},
    ):
        (verdict,) = play(scene(due=WEEKEND, **hidden), table=RAISED)
        assert "context.weekend:unsure" in found(verdict)
        (verdict,) = play(scene(due=WEEKEND, **hidden))
        assert "context.weekend:remark" in found(verdict)


def test_other_words_than_the_notices() -> None:
    """A notice said with other words is told apart from one that was not said."""
    other = finding(scene(due=NOTICE, said=[*SAID, "5.0 road.slow direction:九江"]))
    assert "other words" in other.reason
    assert other.at_ms == 5_000
    silent = finding(scene(due=NOTICE))
    assert "not heard" in silent.reason
    assert "九江" not in other.reason


def test_a_notice_without_its_slot_is_not_as_notified() -> None:
    """Who leaves the direction out has not said the notice."""
    assert finding(scene(due=NOTICE, said=[*SAID, "5.0 road.slow"])).code == "context.notice"


def test_slots_are_compared_as_the_caller_says() -> None:
    """What sounds the same is the same, if the caller compares by sound."""
    heard = scene(due=NOTICE, said=[*SAID, "5.0 road.slow direction:男唱"])
    (verdict,) = play(heard, same=lambda said, notified: {said, notified} == {"男唱", "南昌"})
    assert found(verdict) == []


def test_a_line_that_is_part_of_a_longer_one_was_said() -> None:
    """一路平安 is said with 请系好安全带,祝您一路平安."""
    due = [{"code": "context.festival", "phrases": ["trip.safe"]}]
    (verdict,) = play(scene(due=due, said=[*SAID, "5.0 seat_belt"]))
    assert found(verdict) == []


def test_a_wish_out_of_place_hangs_on_the_calendar() -> None:
    """Raised to a fault, it is unsure where the day is not certain."""
    heard = scene(said=["2.0 festival.other", "8.0 flow.thanks"], wish=False)
    assert finding(heard, table=RAISED).status is FindingStatus.FAULT
    assert finding(heard | {"clock_sure": False}, table=RAISED).status is FindingStatus.UNSURE


def test_clock_order_and_slowness_are_never_raised() -> None:
    """Whatever a table says, these three are remarks."""
    status = dict.fromkeys(("context.clock", "order", "slow"), FindingStatus.FAULT)
    table = TABLE.model_copy(update={"status": {**TABLE.status, **status}})
    (verdict,) = play(
        {
            "events": [{"arrived": 1.0, "left": 30.0, "toll": 15, "tendered": 50}],
            "said": [
                "2.0 flow.change=35",
                "4.0 flow.received=50",
                "6.0 greet.evening",
                "8.0 ticket.take",
                "10.0 flow.thanks",
            ],
        },
        table=table,
    )
    assert found(verdict) == ["context.clock:remark", "order:remark", "slow:remark"]


def test_a_forbidden_phrase_of_a_dispute_is_still_found() -> None:
    """An excuse excuses steps, not words that must not be said."""
    excused = [{**ETC[0], "excuse": "dispute"}]
    only = finding(scene(events=excused, said=["5.0 forbidden.busy"]))
    assert (only.code, only.status) == ("forbidden.busy", FindingStatus.FAULT)
