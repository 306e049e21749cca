"""What a month is scored by: the shifts' own steps, what people saw, what was proven."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from sqlalchemy import Connection, Engine, select

from db import checks, complaints, month_scores, months, people, tables
from db.check_types import NewCheck, Remark
from db.complaints import Entry, Taken
from phrases import complaint as rule
from phrases.checks import Method
from phrases.complaint import Channel, Deadlines, Event, Level
from phrases.dialogue_data import load_table
from phrases.month import StepCount, exposure
from phrases.score import shift_score
from phrases.types import Finding, FindingStatus, Lane, StepOutcome, StepResult
from tests.db import samples
from tests.db.test_figures import DAY, SHIFTS, store

AT = dt.datetime(2026, 11, 24, 10, 0, tzinfo=dt.UTC)
FIRST, AFTER = dt.date(2026, 11, 1), dt.date(2026, 12, 1)


def station(connection: Connection, code: str = "west") -> int:
    """A station's id."""
    return connection.scalars(select(tables.Station.id).where(tables.Station.code == code)).one()


def collector(connection: Connection, code: str = "a") -> int:
    """A collector's id at the first station."""
    own = tables.Collector
    query = select(own.id).where(own.code == code, own.station_id == station(connection))
    return connection.scalars(query).one()


def person(connection: Connection) -> int:
    """Somebody of the office."""
    return people.add(connection, login="x", name="somebody", password="!", grants=[], at=AT)


def test_shifts_come_with_their_steps(engine: Engine) -> None:
    """Those of the station that began in the period; only what was mandatory."""
    store(engine, *SHIFTS)
    with engine.connect() as connection:
        found = month_scores.shifts(connection, station(connection), FIRST, AFTER)
        later = month_scores.shifts(connection, station(connection), AFTER, dt.date(2027, 1, 1))
        everybody, teams = month_scores.codes(connection, station(connection))
    assert sorted((everybody[s.collector_id], s.vehicles) for s in found) == [
        ("a", 105),
        ("b", 100),
    ]
    assert {teams[s.team_id] for s in found if s.team_id} == {"甲"}
    first = next(s for s in found if s.vehicles == 105)
    assert first.steps == [
        StepCount(lane=Lane.EXIT, step="greet", said=90, missing=10, wrong=0, unsure=5)
    ]
    assert [s.vehicles for s in later] == [42]


def test_a_shift_is_worth_what_its_own_score_says(engine: Engine) -> None:
    """The month adds up what each shift was told: the same weights, from what was counted."""
    table = load_table()
    with_caps = table.model_copy(update={"caps": {"missing.greet": 3.0}})
    store(engine, SHIFTS[0])
    with engine.connect() as connection:
        (shift,) = month_scores.shifts(connection, station(connection), FIRST, AFTER)
    verdicts = [
        samples.verdict(n, steps=(step,), findings=(finding,) if finding else ())
        for n, (step, finding) in enumerate(_greetings())
    ]
    for used in (table, with_caps):
        own = exposure(shift.steps, used)
        assert 100 * own.good / own.whole == pytest.approx(shift_score(verdicts, used).value)


def _greetings() -> list[tuple[StepResult, Finding | None]]:
    """As the first shift's vehicles that could be judged."""
    said = StepResult(step="greet", mandatory=True, outcome=StepOutcome.SAID)
    missing = StepResult(step="greet", mandatory=True, outcome=StepOutcome.MISSING)
    finding = Finding(code="missing.greet", status=FindingStatus.FAULT, step="greet", reason="")
    return [(said, None)] * 90 + [(missing, finding)] * 10


def check(connection: Connection, by: int, method: Method = Method.SPOT) -> int:
    """A check of the first collector that could not see one item."""
    new = NewCheck(
        station_id=station(connection),
        method=method,
        lane=Lane.EXIT,
        day=DAY,
        items="1",
        collector_id=collector(connection),
        marks={"appearance.badge": (3.0, 0.0), "gestures.hands": (3.0, None)},
        text="",
    )
    return checks.add(connection, new, by, AT)


def test_checks_come_with_what_was_seen(engine: Engine) -> None:
    """Neither what could not be seen, nor the team's own look, nor what was withdrawn."""
    store(engine, SHIFTS[0])
    with engine.begin() as connection:
        by = person(connection)
        made = check(connection, by)
        check(connection, by, Method.TEAM)
        where = station(connection)
        (found,) = month_scores.checks(connection, where, FIRST, AFTER)
        assert found.marks == [("appearance.badge", 3.0, 0.0)]
        assert month_scores.checks(connection, where, AFTER, dt.date(2027, 1, 1)) == []
        checks.remark(connection, made, 0, Remark.WITHDRAWN, "误录", by=by, at=AT)
        assert month_scores.checks(connection, where, FIRST, AFTER) == []


def test_only_proven_complaints_count(engine: Engine) -> None:
    """By whom they are about, in the month in which they were taken."""
    store(engine, SHIFTS[0])
    month = dt.timedelta(days=30)
    with engine.begin() as connection:
        by, where, who = person(connection), station(connection), collector(connection)
        state = rule.taken(Level.OFFICE, AT, Deadlines())
        for proven in (True, False, None):
            new = Taken(
                station_id=where,
                channel=Channel.VISIT,
                received_at=AT,
                taken_by=by,
                collector_id=who,
            )
            first = Entry(event=Event.TAKEN, state=state, person_id=by)
            made = complaints.take(connection, new, first, AT)
            if proven is not None:
                done = rule.answered(state, AT, proven=proven, apologised=proven)
                entry = Entry(event=Event.ANSWERED, state=done, person_id=by)
                complaints.add(connection, made, 1, entry, AT)
        assert month_scores.proven(connection, where, AT - month, AT + month) == {who: 1}
        assert month_scores.proven(connection, where, AT + month, AT + 2 * month) == {}


def test_an_erased_collector_is_in_no_kept_month(engine: Engine) -> None:
    """The figures stay, under what stands for nobody; another's, whose code holds it, too."""
    store(engine, SHIFTS[0])
    figures = {
        "collector": {"lines": [{"key": {"station": "west", "collector": "a"}}]},
        "scores": {
            "collectors": [{"collector": "a", "team": "a"}, {"collector": "ab"}],
            "proposed": {"model_collectors": ["a", "ab"], "gold_teams": ["a"]},
        },
    }
    with engine.begin() as connection:
        months.keep(connection, "west", "2026-11", json.dumps(figures), AT)
        months.rename(connection, station(connection), "a", "erased:1")
        last = months.last(connection, station(connection), "2026-11")
        assert last is not None
        assert json.loads(last.figures) == {
            "collector": {"lines": [{"key": {"station": "west", "collector": "erased:1"}}]},
            "scores": {
                "collectors": [{"collector": "erased:1", "team": "a"}, {"collector": "ab"}],
                "proposed": {"model_collectors": ["erased:1", "ab"], "gold_teams": ["a"]},
            },
        }
        assert months.last(connection, station(connection), "2026-10") is None
