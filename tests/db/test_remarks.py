"""What is said later of what is stored is stated in the chain, and cannot be changed since."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, insert, select, update

from db import erase, outbox, remarks
from db.ledger_tables import LedgerEntry
from db.live import LiveStore
from db.live_tables import LaneMessage, VehicleMark
from db.verify import verify
from tests.db import samples
from tests.db.booths import NOW, lines, take
from tests.db.test_facts import counted, recounted
from tests.db.test_inbox_live import live

AT = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)


def message(event: str, flag: str | None) -> dict[str, Any]:
    """A row of a lane's message."""
    return {
        "event": event,
        "received_at": AT,
        "received_ms": 5,
        "at_ms": None,
        "body": '{"vehicle": "赣A12345"}',
        "flag": flag,
    }


def say(engine: Engine, grading_id: int) -> None:
    """Mark two vehicles, one of them twice, and keep two messages of the lane."""
    with LiveStore(engine, samples.SIGNER) as unit:
        unit.mark(grading_id, 0, "not_me", "Z0107")
        unit.mark(grading_id, 1, "clock", "program")
        assert unit.lane_message("南昌西", "3", message("m1", "late"))
        assert unit.lane_message("南昌西", "3", message("m2", None))
        unit.mark(grading_id, 0, "counts", "7")
        unit.commit()


def test_marks_and_flags_are_entries_of_the_chain(engine: Engine) -> None:
    """In the order in which they were said; nobody's id and no message stands in them."""
    say(engine, live(engine).grading_id)
    with engine.connect() as connection:
        query = select(LedgerEntry.kind, LedgerEntry.body).order_by(LedgerEntry.seq)
        entries = connection.execute(query).all()
    later = [row for row in entries if row.kind in remarks.TABLES]
    assert [row.kind for row in later] == ["mark", "mark", "lane", "mark"]
    assert all(word not in row.body for row in later for word in ("Z0107", "赣A12345", "m1"))
    assert '"flag":"late"' in later[2].body
    assert '"of":{"opened":3}' in later[0].body
    assert verify(engine).problems == ()


@pytest.mark.parametrize(
    "change",
    [
        update(VehicleMark).where(VehicleMark.id == 1).values(kind="out"),
        update(VehicleMark).where(VehicleMark.id == 1).values(by="7"),
        update(VehicleMark).where(VehicleMark.id == 1).values(vehicle_position=2),
        update(VehicleMark).where(VehicleMark.id == 2).values(writer_id=None, seq=None),
        update(LaneMessage).where(LaneMessage.event == "m1").values(flag=None),
        update(LaneMessage).where(LaneMessage.event == "m1").values(body="{}"),
        delete(VehicleMark).where(VehicleMark.id == 3),
        delete(LaneMessage).where(LaneMessage.event == "m1"),
        insert(VehicleMark).values(
            grading_id=1, vehicle_position=2, kind="counts", by="7", at=AT, writer_id=1, seq=3
        ),
        insert(VehicleMark).values(grading_id=1, vehicle_position=2, kind="counts", by="7", at=AT),
        update(LaneMessage).where(LaneMessage.event == "m2").values(flag="late"),
    ],
)
def test_no_change_of_what_was_said_goes_unseen(engine: Engine, change: Any) -> None:
    """A row that was changed, taken away, put in or cut off from its entry."""
    say(engine, live(engine).grading_id)
    with engine.begin() as connection:
        connection.execute(change)
    assert verify(engine).problems != ()


def test_marks_that_are_older_than_such_entries_are_no_fault(engine: Engine) -> None:
    """A box that was upgraded has some; what is marked since is stated."""
    grading = live(engine).grading_id
    old = {"grading_id": grading, "vehicle_position": 0, "kind": "not_me", "by": "c1", "at": AT}
    with engine.begin() as connection:
        connection.execute(insert(VehicleMark).values(old))
    say(engine, grading)
    assert verify(engine).problems == ()


def test_what_the_lane_sent_goes_after_its_days(engine: Engine) -> None:
    """With its salts: the proof still holds, and a message taken away without them is missed."""
    say(engine, live(engine).grading_id)
    with engine.begin() as connection:
        assert erase.lane_messages(connection, AT - dt.timedelta(seconds=1)) == 0
        assert erase.lane_messages(connection, AT) == 2
    assert verify(engine).problems == ()
    with engine.connect() as connection:
        assert connection.scalars(select(LaneMessage.id)).all() == []


@pytest.fixture
def booth(tmp_path: Path, opened: Callable[[str], Engine]) -> Engine:
    """A booth's empty database."""
    return opened(f"sqlite:///{tmp_path / 'booth.db'}")


def later(engine: Engine) -> list[tuple[Any, ...]]:
    """The marks and flags that are stored, the last that was said last."""
    found: list[tuple[Any, ...]] = []
    with engine.connect() as connection:
        mark = VehicleMark
        rows = connection.execute(
            select(mark.vehicle_position, mark.kind, mark.by, mark.at).order_by(mark.id)
        )
        found += [tuple(row) for row in rows]
        lane = LaneMessage
        flagged = select(lane.event, lane.flag, lane.received_ms).where(lane.flag.is_not(None))
        found += [tuple(row) for row in connection.execute(flagged.order_by(lane.id))]
    return found


@pytest.mark.parametrize("order", [0, 1, 2, 3])
def test_what_is_said_later_reaches_the_centre(engine: Engine, booth: Engine, order: int) -> None:
    """In any order; it is proved there, the counts follow, and what the lane sent stays here."""
    say(booth, live(booth).grading_id)
    while outbox.fill(booth, at=NOW):
        pass
    batch = lines(booth)
    assert b'"kind":"mark"' in batch[-1]
    if order:
        random.Random(order).shuffle(batch)
    for line in batch:
        assert take(engine, [line]).faults == ()
        assert verify(engine).problems == ()
    assert later(engine) == later(booth)
    with engine.connect() as connection:
        assert counted(connection) == recounted(connection)
        assert set(connection.scalars(select(LaneMessage.body))) == {""}
    (own,), (chain,) = verify(booth).chains, verify(engine).chains
    assert (chain.head, chain.awaited) == (own.head, 0)
    assert take(engine, batch).known == len(batch)


def test_two_boxes_of_a_booth_may_use_the_same_ids(
    engine: Engine, booth: Engine, tmp_path: Path, opened: Callable[[str], Engine]
) -> None:
    """A lane controller that counts anew is no fault of the box."""
    second = opened(f"sqlite:///{tmp_path / 'second.db'}")
    for box in (booth, second):
        say(box, live(box).grading_id)
        while outbox.fill(box, at=NOW):
            pass
        assert take(engine, lines(box)).faults == ()
    assert verify(engine).problems == ()
