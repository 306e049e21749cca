"""The lane's messages become vehicles; what is wrong with one is told and breaks nothing."""

from __future__ import annotations

from typing import Any

import pytest

from phrases.types import Excuse, Lane, Payment
from service.lane_book import AHEAD_MS, LONGEST_MS, Flag, LaneBook, Through
from service.lane_message import Message, MessageError, checked, read

LATENESS_MS = 5_000


def message(kind: str, vehicle: int | str | None = 1, **more: Any) -> Message:
    """A message of the lane; its times are given beside it."""
    tree = {"id": "x", "kind": kind, "at": "2026-11-24T10:00:00+08:00", "vehicle": vehicle, **more}
    return checked({key: value for key, value in tree.items() if value is not None})


class Booth:
    """A book whose messages come the moment that they speak of."""

    def __init__(self, lane: Lane = Lane.EXIT) -> None:
        self.book = LaneBook(lane, lateness_ms=LATENESS_MS)

    def say(
        self, at_s: float, kind: str, vehicle: int | str | None = 1, **more: Any
    ) -> Flag | None:
        """Take a message in; `late` seconds after it happened."""
        late = more.pop("late", 0)
        at_ms = round(at_s * 1000)
        return self.book.take(message(kind, vehicle, **more), at_ms, at_ms + round(late * 1000))

    def through(self, now_s: float) -> list[Through]:
        """The vehicles that are through."""
        return list(self.book.through(round(now_s * 1000)))


def test_a_vehicle_is_known_when_it_has_left() -> None:
    """And nothing more can be told of it."""
    lane = Booth()
    assert lane.say(1, "arrived", lane="exit") is None
    assert lane.say(2, "fee_shown", toll="15.5") is None
    assert lane.say(5, "paid", tendered=50) is None
    assert lane.book.current == 1
    assert lane.say(9, "left") is None
    assert lane.book.current is None
    assert lane.through(13) == []
    assert lane.book.lane_ms(13_000) == 1_000
    (one,) = lane.through(14)
    event = one.event
    assert (event.arrived_ms, event.left_ms, one.end_ms) == (1_000, 9_000, 9_000)
    assert (event.toll_fen, event.tendered_fen, event.payment) == (1_550, 5_000, Payment.CASH)
    assert lane.book.lane_ms(14_000) == 9_000


def test_a_vehicle_that_nobody_saw_leave_lasts_until_the_next_one() -> None:
    """Or for half an hour."""
    lane = Booth()
    lane.say(1, "arrived")
    lane.say(30, "arrived", 2, payment="etc")
    assert lane.through(34) == []
    (one,) = lane.through(36)
    assert (one.event.left_ms, one.end_ms) == (None, 30_000)
    assert lane.through(1_000) == []
    (two,) = lane.through(30 + LONGEST_MS / 1000 + 6)
    assert two.event.payment is Payment.ETC
    assert two.end_ms == 30_000 + LONGEST_MS


def test_what_comes_out_of_order_is_sorted() -> None:
    """As far as it does not come too late."""
    lane = Booth()
    lane.say(10, "arrived", 2)
    assert lane.say(7, "arrived", 1, late=4) is None
    lane.say(9, "left", 1)
    lane.say(20, "left", 2)
    assert [one.event.vehicle for one in lane.through(30)] == [1, 2]


def test_what_comes_too_late_is_flagged() -> None:
    """A verdict that hangs on it may be stored."""
    lane = Booth()
    lane.say(10, "arrived", 2)
    lane.say(20, "left", 2)
    assert len(lane.through(30)) == 1
    assert lane.say(21, "paid", 2, tendered=50) is Flag.LATE
    assert lane.book.lane_ms(30_000) == 25_000
    assert lane.say(24, "arrived", 3, late=8) is Flag.LATE
    assert lane.say(26, "arrived", 4) is None


@pytest.mark.parametrize(
    ("first", "again", "flag"),
    [
        ({}, {"at": 1, "kind": "arrived"}, Flag.DOUBLED),
        ({}, {"at": 2, "kind": "arrived"}, Flag.CONTRADICTORY),
        ({}, {"at": 0.5, "kind": "left"}, Flag.IMPOSSIBLE),
        ({}, {"at": 2, "kind": "left", "vehicle": "other"}, Flag.IMPOSSIBLE),
        ({}, {"at": 2, "kind": "paid", "vehicle": "other"}, Flag.IMPOSSIBLE),
        ({"toll": 15}, {"at": 2, "kind": "paid", "toll": 20}, Flag.CONTRADICTORY),
        ({"toll": 15}, {"at": 2, "kind": "paid", "toll": "15.00"}, None),
    ],
)
def test_what_is_wrong_is_flagged(
    first: dict[str, Any], again: dict[str, Any], flag: Flag | None
) -> None:
    """And the vehicle is through all the same."""
    lane = Booth()
    lane.say(1, "arrived", **first)
    assert lane.say(again.pop("at"), again.pop("kind"), **again) is flag
    lane.say(5, "left")
    (one,) = lane.through(20)
    assert (one.event.arrived_ms, one.end_ms) == (1_000, 5_000)


def test_a_message_from_the_future_is_impossible() -> None:
    """The lane's clock was corrected already."""
    lane = Booth()
    late = -(AHEAD_MS + 1) / 1000
    assert lane.say(100, "arrived", late=late) is Flag.IMPOSSIBLE


def test_of_two_sums_neither_is_believed() -> None:
    """So nobody is charged with the wrong one."""
    lane = Booth()
    lane.say(1, "arrived", toll=15)
    lane.say(2, "paid", tendered=50)
    lane.say(3, "paid", tendered=100, payment="cash")
    lane.say(4, "left", excuse="dispute", ticket=False)
    (one,) = lane.through(20)
    event = one.event
    assert (event.toll_fen, event.tendered_fen, event.payment) == (1_500, None, Payment.CASH)
    assert (event.excuse, event.ticket) == (Excuse.DISPUTE, False)


def test_two_left_messages_that_differ() -> None:
    """The first counts."""
    lane = Booth()
    lane.say(1, "arrived")
    lane.say(5, "left")
    assert lane.say(6, "left") is Flag.CONTRADICTORY
    assert lane.say(5, "left") is Flag.DOUBLED
    assert [one.end_ms for one in lane.through(20)] == [5_000]


def test_a_long_queue_is_reported_once() -> None:
    """When it grows to twenty; and again when it does so anew."""
    lane = Booth()
    due = []
    for at, waiting in enumerate([3, 19, 20, 25, 12, 21]):
        lane.say(at, "queue", None, waiting=waiting)
        due.append(lane.book.report_due)
    assert due == [False, False, True, False, False, True]
    assert lane.book.waiting == 21


def test_the_averages() -> None:
    """Of cards at an entry and tolls at an exit, by the vehicles that were seen to leave."""
    lane = Booth()
    for number, (took, kind) in enumerate([(10, "exit"), (30, "exit"), (4, "entry")]):
        lane.say(number * 100, "arrived", number, lane=kind)
        lane.say(number * 100 + took, "left", number)
    lane.say(500, "arrived", 9)
    lane.say(600, "arrived", 10)
    assert len(lane.through(700)) == 4
    found = lane.book.averages
    assert (found.cards, found.card_s, found.tolls, found.toll_s) == (1, 4.0, 2, 20.0)


def test_the_end() -> None:
    """What is still there is through as well."""
    lane = Booth()
    lane.say(1, "arrived", 1)
    lane.say(5, "arrived", 2)
    assert [(one.event.vehicle, one.end_ms) for one in lane.book.rest(9_000)] == [
        (1, 5_000),
        (2, 9_000),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not JSON"),
        ("[1]", "not a JSON object"),
        ("[" * 5_000, "not JSON"),
        ('{"id": "a"}', "kind"),
        (b"\xff", "not JSON"),
        ('{"id": "a", "kind": "left", "at": "2026-11-24T10:00:00+08:00"}', "vehicle: is missing"),
        ('{"id": "a", "kind": "queue", "at": "2026-11-24T10:00:00+08:00"}', "waiting: is missing"),
        ('{"id": "a", "kind": "left", "at": "2026-11-24T10:00:00", "vehicle": 1}', "offset"),
        ('{"id": "a\\u0000", "kind": "left", "at": "2026-11-24T10:00:00Z", "vehicle": 1}', "id"),
        ('{"id": "a", "kind": "left", "at": "2026-11-24T10:00:00Z", "vehicle": true}', "vehicle"),
        ('{"id": "a", "kind": "left", "at": "2026-11-24T10:00:00Z", "vehicle": 1e99}', "vehicle"),
        (
            '{"id": "a", "kind": "paid", "at": "2026-11-24T10:00:00Z", "vehicle": 1, "toll": -1}',
            "t",
        ),
        ('{"id": "\\ud800", "kind": "left", "at": "2026-11-24T10:00:00Z", "vehicle": 1}', "id"),
        ("x" * 9_000, "longer"),
    ],
)
def test_a_message_that_is_none(text: str | bytes, said: str) -> None:
    """One line that says why."""
    with pytest.raises(MessageError, match=said) as error:
        read(text)
    assert "\n" not in str(error.value)


def test_what_is_not_known_is_passed_over() -> None:
    """Lane controllers send more than is used here."""
    text = (
        '{"id": "a", "kind": "left", "at": "2026-11-24T10:00:00Z", "vehicle": "赣A1", "axles": 2}'
    )
    assert read(text).vehicle == "赣A1"
