"""Complaints: what was written down stays, and only words can go."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, select

from db import complaints, holds, people, tables
from db.complaints import Entry, Taken, Wanted
from db.people_types import Reach
from db.shifts import Shifts
from db.store import Store
from db.types import ConflictError
from phrases import complaint as rule
from phrases.complaint import Channel, Deadlines, Event, Level, State
from tests.db import samples
from tests.db.altering import only_added_to

AT = dt.datetime(2026, 11, 24, 10, 0, tzinfo=dt.UTC)
ALL = Reach(everything=True)
DAY = dt.timedelta(days=1)
WEEK = Deadlines()
SECRETS = ("没有找零", "王先生 139")


def station(connection: Connection) -> int:
    """The sample's station."""
    return Shifts(connection).ensure(tables.Station, code="南昌西")


def person(connection: Connection, login: str = "duty") -> int:
    """Somebody who takes complaints."""
    return people.add(connection, login=login, name="somebody", password="!", grants=[], at=AT)


def taken(connection: Connection, level: Level = Level.COLLECTOR) -> int:
    """A complaint with words."""
    who = person(connection)
    new = Taken(station_id=station(connection), channel=Channel.PHONE, received_at=AT, taken_by=who)
    words, contact = SECRETS
    entry = Entry(
        event=Event.TAKEN,
        state=rule.taken(level, AT, WEEK),
        person_id=who,
        text=words,
        contact=contact,
    )
    return complaints.take(connection, new, entry, AT)


def state(connection: Connection, complaint: int) -> State:
    """How it stands."""
    row = complaints.find(connection, ALL, 0, complaint)
    assert row is not None
    return complaints.state_of(row)


def note(connection: Connection, complaint: int, after: int, **changes: object) -> int:
    """One more entry, which may change how it stands."""
    new = changes.pop("state", None) or state(connection, complaint)
    assert isinstance(new, State)
    entry = Entry(event=Event.NOTED, state=new, person_id=None, text="已联系")
    return complaints.add(connection, complaint, after, entry, AT)


def linked(engine: Engine) -> tuple[int, int]:
    """A complaint about the first vehicle of a stored shift; its id, and the grading's."""
    with Store(engine, samples.SIGNER) as unit:
        unit.save(samples.identity(), samples.recording(), samples.report())
        unit.commit()
    with engine.begin() as connection:
        made = taken(connection)
        grading = connection.scalars(select(tables.Grading.id)).one()
        complaints.link(connection, made, 1, grading, 0, by=1, at=AT)
    return made, grading


def test_nothing_is_changed_or_deleted(engine: Engine, subtests: pytest.Subtests) -> None:
    """Neither a mistake of ours nor anybody's statement makes a complaint vanish."""
    linked(engine)
    only_added_to(
        engine,
        subtests,
        "DELETE FROM complaint",
        "UPDATE complaint SET harm = true",
        "DELETE FROM complaint_entry",
        "UPDATE complaint_entry SET level = 'office'",
        "DELETE FROM complaint_link",
        "UPDATE complaint_link SET vehicle_position = 7",
        "DELETE FROM complaint_text",
        "UPDATE complaint_text SET text = 'another'",
        "UPDATE complaint_text SET text = '', number = 9",
    )


def test_two_at_once_are_told_apart(engine: Engine) -> None:
    """One entry follows another: who has not seen the last one is refused."""
    with engine.begin() as connection:
        made = taken(connection)
        assert note(connection, made, 1) == 2
        with pytest.raises(ConflictError, match="meanwhile"):
            note(connection, made, 1)
        assert [row["number"] for row in complaints.history(connection, made)] == [1, 2]


def test_the_last_entry_says_how_it_stands(engine: Engine) -> None:
    """Every value of the state comes back, and lists go by it."""
    with engine.begin() as connection:
        made = taken(connection)
        up = rule.escalated(state(connection, made), AT + DAY, WEEK)
        note(connection, made, 1, state=up)
        assert state(connection, made) == up

        def found(now: dt.datetime = AT, **wanted: Any) -> list[int]:
            rows = complaints.page(
                connection,
                ALL,
                0,
                Wanted(**wanted),
                now=now,
                after=None,
                limit=9,
            )
            return [row["id"] for row in rows]

        assert found(level=Level.DUTY_LEADER) == found(open=True) == [made]
        assert found(level=Level.COLLECTOR) == found(open=False) == []
        assert found(overdue=True) == []
        assert found(AT + 8 * DAY, overdue=True) == [made]
        done = rule.answered(up, AT + DAY, proven=True, apologised=False)
        note(connection, made, 2, state=done)
        assert state(connection, made) == done
        assert found(AT + 8 * DAY, overdue=True) == found(open=True) == []


def test_whoever_took_it_sees_it(engine: Engine) -> None:
    """And nobody else who reaches neither its station nor its collector."""
    with engine.begin() as connection:
        made = taken(connection)
        row = complaints.find(connection, ALL, 0, made)
        assert row is not None
        owner, stranger = row["taken_by"], person(connection, "stranger")
        assert complaints.find(connection, Reach(), owner, made) is not None
        assert complaints.find(connection, Reach(), stranger, made) is None
        elsewhere = Reach(stations=frozenset({row["station_id"] + 1}))
        assert complaints.find(connection, elsewhere, stranger, made) is None


def test_what_it_is_about_is_held_until_a_year_after(engine: Engine) -> None:
    """From when it is linked; opened again, it is held again."""
    made, grading = linked(engine)
    with engine.begin() as connection:
        later = AT + dt.timedelta(days=400)
        assert holds.held(connection, [grading], later)[grading].vehicles == {0}
        complaints.settle(connection, made, AT)
        assert holds.held(connection, [grading], later) == {}
        assert holds.held(connection, [grading], AT + 364 * DAY)
        complaints.settle(connection, made, None)
        assert holds.held(connection, [grading], later)
        (line,) = complaints.history(connection, made)
        assert (line["grading_id"], line["vehicle_position"]) == (grading, 0)
        assert line["vehicle"] is not None


def test_words_go_when_it_has_been_answered_for_long(engine: Engine) -> None:
    """What was said and by whom; that there was a complaint, and what came of it, stays."""
    with engine.begin() as connection:
        made = taken(connection)
        assert complaints.blank(connection, AT + 1000 * DAY) == 0
        done = rule.answered(state(connection, made), AT + DAY, proven=True, apologised=True)
        note(connection, made, 1, state=done)
        assert complaints.blank(connection, AT) == 0
        assert complaints.blank(connection, AT + DAY) == 1
        assert complaints.blank(connection, AT + DAY) == 0
        lines = complaints.history(connection, made)
        assert [(row["text"], row["contact"]) for row in lines] == [("", ""), ("", "")]
        assert state(connection, made).proven is True


def test_the_handling_of_one_is_one_case(engine: Engine) -> None:
    """A second person who makes it a case is told that it is one."""
    with engine.begin() as connection:
        made = taken(connection)
        new = Taken(
            station_id=station(connection),
            channel=Channel.PHONE,
            received_at=AT,
            taken_by=person(connection, "office"),
            about_id=made,
        )
        first = Entry(event=Event.TAKEN, state=rule.taken(Level.OFFICE, AT, WEEK), person_id=None)
        case = complaints.take(connection, new, first, AT)
        row = complaints.find(connection, ALL, 0, case)
        owner = complaints.find(connection, ALL, 0, made)
        assert row is not None
        assert owner is not None
        assert row["handled_by"] == owner["taken_by"]
        with pytest.raises(ConflictError, match="a case already"):
            complaints.take(connection, new, first, AT)


def test_what_is_late_is_found(engine: Engine) -> None:
    """From the moment on at which its level's time is over."""
    with engine.begin() as connection:
        made = taken(connection)
        assert complaints.rising(connection, AT + 7 * DAY - dt.timedelta(seconds=1)) == []
        assert [r["id"] for r in complaints.rising(connection, AT + 7 * DAY)] == [made]
