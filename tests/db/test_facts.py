"""Figures are those of the rows, whatever was stored, graded again, taken out or deleted."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, delete, insert, select

from db import codec, facts, reads, tables
from db.columns import Base, to_json
from db.engine import open_engine, upgrade
from db.facts_tables import FactFinding, FactHour, FactStep, FactTotal, Shown
from db.live_tables import VehicleMark
from db.store import Store
from phrases.types import (
    DueLine,
    Finding,
    FindingStatus,
    Lane,
    Outcome,
    Profile,
    StepOutcome,
    StepResult,
    TransactionVerdict,
)
from tests.db import samples
from tests.postgres import Postgres

Counted = dict[type[Base], dict[tuple[Any, ...], tuple[int, ...]]]


def counted(connection: Connection) -> Counted:
    """The figures as they stand."""
    found: Counted = {}
    for table in facts.FACTS:
        columns = table.__table__
        keys = len(columns.primary_key.columns)  # type: ignore[attr-defined]
        rows = connection.execute(select(columns))
        found[table] = {tuple(row[:keys]): tuple(row[keys:]) for row in rows}
    return found


def recounted(connection: Connection) -> Counted:
    """The figures as a person would count them from the rows, one by one."""
    counts: dict[type[Base], Counter[tuple[Any, ...]]] = {table: Counter() for table in facts.FACTS}
    for grading in connection.execute(select(tables.Grading.__table__)).mappings().all():
        below = reads.children(connection, grading["id"])
        lanes = {}
        for row in below[tables.Vehicle]:
            place = row["position"]
            if last_mark(connection, grading["id"], place) in ("not_me", "lane", "clock", "out"):
                continue
            lanes[place] = row["lane"]
            arrived = codec.local_start(grading) + dt.timedelta(milliseconds=row["start_ms"])
            asked = {
                to_json(list(line["phrases"]))
                for line in below[tables.Due]
                if line["vehicle_position"] == place and line["code"] == "context.weather"
            }
            weather = " ".join(sorted({min(asked), max(asked)})) if asked else ""
            of = (grading["id"], row["lane"])
            hour = (arrived.hour, row["profile"], weather)
            for measure in ("vehicles", row["outcome"].value):
                counts[FactTotal][(*of, measure)] += 1
                counts[FactHour][(*of, *hour, measure)] += 1
        for row in (r for r in below[tables.Step] if r["vehicle_position"] in lanes):
            of = (grading["id"], lanes[row["vehicle_position"]])
            counts[FactStep][(*of, row["step"], row["mandatory"], row["outcome"].value)] += 1
        for row in (r for r in below[tables.Finding] if r["vehicle_position"] in lanes):
            of = (grading["id"], lanes[row["vehicle_position"]])
            counts[FactFinding][(*of, row["code"], row["status"], "findings")] += 1
    return {table: _by_key(table, counter) for table, counter in counts.items()}


def last_mark(connection: Connection, grading_id: int, place: int) -> str | None:
    """What was said of a vehicle last."""
    marks = (
        select(VehicleMark.kind)
        .where(VehicleMark.grading_id == grading_id, VehicleMark.vehicle_position == place)
        .order_by(VehicleMark.id.desc())
    )
    return connection.scalars(marks).first()


def _by_key(
    table: type[Base], counter: Counter[tuple[Any, ...]]
) -> dict[tuple[Any, ...], tuple[int, ...]]:
    measures = [c.name for c in table.__table__.columns if not c.primary_key]
    return {
        key: tuple(counter[(*key, measure)] for measure in measures)
        for key in {of[:-1] for of in counter}
    }


def store(engine: Engine, *, shown: bool = True, start: dt.datetime = samples.START,
          **changes: object) -> str:  # fmt: skip
    """Store a grading of the shift that began then."""
    report = samples.report(started_at=start, **changes)
    with Store(engine, samples.SIGNER) as unit:
        shift = unit.save(
            samples.identity(started_at=start), samples.recording(), report, shown=shown
        )
        unit.commit()
    return shift


def shows(connection: Connection, shift: str) -> int | None:
    """The number of the grading that is shown."""
    return connection.scalar(
        select(tables.Grading.number)
        .join(Shown, Shown.grading_id == tables.Grading.id)
        .where(Shown.shift_id == shift)
    )


verdicts = st.builds(
    lambda start_ms, lane, outcome, profile, steps, findings, lines: samples.verdict(
        start_ms=start_ms,
        end_ms=start_ms + 9_000,
        lane=lane,
        outcome=outcome,
        profile=profile,
        steps=tuple(
            StepResult(step=step, mandatory=mandatory, outcome=how)
            for step, mandatory, how in steps
        ),
        findings=tuple(
            Finding(code=code, status=status, reason="") for code, status in findings.items()
        ),
        due=samples.due(lines=tuple(DueLine(code=c, phrases=p, reason="") for c, p in lines)),
    ),
    start_ms=st.integers(0, 80_000_000),
    lane=st.sampled_from([Lane.EXIT, Lane.ENTRY]),
    outcome=st.sampled_from(Outcome),
    profile=st.sampled_from(Profile),
    steps=st.lists(
        st.tuples(st.sampled_from(["greet", "thanks"]), st.booleans(), st.sampled_from(StepOutcome))
    ),
    findings=st.dictionaries(
        st.sampled_from(["missing.greet", "slow"]), st.sampled_from(FindingStatus)
    ),
    lines=st.lists(
        st.tuples(
            st.sampled_from(["context.weather", "context.weekend"]),
            st.sampled_from([("weather.rain_fog.drive",), ("weather.ice_snow", "own.snow")]),
        ),
        max_size=4,
    ),
)
actions = st.one_of(
    st.tuples(st.just("grade"), st.lists(verdicts, max_size=4), st.booleans(), st.booleans()),
    st.tuples(st.just("live"), st.lists(verdicts, min_size=1, max_size=3), st.integers(0, 9)),
    st.tuples(st.just("take out"), st.integers(0, 9), st.integers(0, 9)),
    st.tuples(st.just("mark"), st.sampled_from(["not_me", "counts", "out"]), st.integers(0, 9)),
    st.tuples(st.just("delete"), st.integers(0, 9)),
    st.tuples(st.just("show"), st.integers(0, 9)),
)


def happen(engine: Engine, action: tuple[Any, ...], shift_starts: dt.datetime) -> None:
    """Do one thing to a shift's gradings."""
    what, *given = action
    if what == "grade":
        transactions, complete, shown = given
        store(engine, transactions=tuple(transactions), complete=complete, shown=shown,
              start=shift_starts)  # fmt: skip
        return
    with engine.begin() as connection:
        ids = connection.scalars(select(tables.Grading.id).order_by(tables.Grading.id)).all()
        if not ids:
            return
        chosen = ids[given[-1] % len(ids)]
        if what == "live":
            _add_live(connection, chosen, given[0])
        elif what == "mark":
            places = select(tables.Vehicle.position).where(tables.Vehicle.grading_id == chosen)
            for place in connection.scalars(places).all()[:2]:
                facts.remove(connection, chosen, [place])
                mark = {"grading_id": chosen, "vehicle_position": place, "kind": given[0]}
                connection.execute(insert(VehicleMark), [{**mark, "by": "", "at": samples.START}])
                facts.count(connection, chosen, [place])
        elif what == "take out":
            places = select(tables.Vehicle.position).where(tables.Vehicle.grading_id == chosen)
            out = [p for p in connection.scalars(places).all() if p % 2 == given[0] % 2]
            facts.remove(connection, chosen, out)
            connection.execute(
                delete(tables.Vehicle).where(
                    tables.Vehicle.grading_id == chosen, tables.Vehicle.position.in_(out)
                )
            )
        elif what == "delete":
            shift = connection.scalar(
                select(tables.Grading.shift_id).where(tables.Grading.id == chosen)
            )
            connection.execute(delete(tables.Grading).where(tables.Grading.id == chosen))
            for left in connection.scalars(
                select(tables.Grading.id).where(tables.Grading.shift_id == shift)
            ).all():
                facts.settle(connection, left)
        else:
            facts.show(connection, chosen)


def _add_live(connection: Connection, grading_id: int, added: list[TransactionVerdict]) -> None:
    """As a booth does: each vehicle when it has left, and counted with it."""
    places = select(tables.Vehicle.position).where(tables.Vehicle.grading_id == grading_id)
    free = max(connection.scalars(places).all(), default=-1) + 1
    rows = codec.child_rows(samples.report(transactions=tuple(added), utterances=(), gaps=()))
    for table, below in rows.items():
        name = "position" if table is tables.Vehicle else "vehicle_position"
        moved = [{**row, "grading_id": grading_id, name: row[name] + free} for row in below]
        if moved:
            connection.execute(insert(table), moved)
    for place in range(len(added)):
        facts.add(connection, grading_id, [free + place])


def hold(engine: Engine, history: list[tuple[Any, ...]]) -> None:
    """After each thing that happens, the figures are those of the rows."""
    for place, action in enumerate(history):
        happen(engine, action, samples.START + dt.timedelta(hours=7 * (place % 2)))
        with engine.connect() as connection:
            assert counted(connection) == recounted(connection)
    with engine.begin() as connection:
        before = counted(connection)
        facts.recount(connection)
        assert counted(connection) == before


@pytest.mark.slow
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=st.lists(actions, min_size=1, max_size=6))
def test_figures_equal_a_recount(history: list[tuple[Any, ...]]) -> None:
    """Gradings, vehicles one by one, re-grades, vehicles taken out, gradings deleted."""
    engine = open_engine("sqlite://")
    upgrade(engine)
    try:
        hold(engine, history)
    finally:
        engine.dispose()


@pytest.mark.slow
def test_figures_equal_a_recount_in_postgresql(
    postgres: Postgres, opened: Callable[[str], Engine]
) -> None:
    """The same statements, by the other database."""
    engine = opened(postgres.new_database())

    @settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
    @given(history=st.lists(actions, min_size=3, max_size=5))
    def run(history: list[tuple[Any, ...]]) -> None:
        hold(engine, history)

    run()


def test_a_newer_complete_grading_takes_the_place_of_the_one_shown(engine: Engine) -> None:
    """What a shift shows, and counts, is its newest complete grading, else its newest."""
    half = samples.report().transactions[:1]
    shift = store(engine, complete=False, transactions=half)
    with engine.connect() as connection:
        assert shows(connection, shift) == 1
    for complete, expected in ((False, 2), (True, 3), (False, 3), (True, 5)):
        store(engine, complete=complete)
        with engine.connect() as connection:
            assert shows(connection, shift) == expected
    assert reads.report(engine, shift).grading.number == 5


def test_a_grading_waits_to_be_shown(engine: Engine) -> None:
    """A re-grade in bulk is looked at before it counts."""
    shift = store(engine)
    store(engine, transactions=(), shown=False)
    with engine.begin() as connection:
        assert shows(connection, shift) == 1
        facts.show(connection, 2)
        assert shows(connection, shift) == 2
    assert reads.shifts(engine)[0].vehicles == 0


@pytest.mark.parametrize(
    ("start", "start_ms", "hour"),
    [
        ("2026-11-24T23:59:59.999999+08:00", 0, 23),
        ("2026-11-24T23:59:59.999999+08:00", 1, 0),
        ("2026-11-24T23:30:00+05:45", 1_800_000, 0),
        ("1969-12-31T21:15:00-03:30", 0, 21),
    ],
)
def test_the_hour_is_that_of_the_sites_clock(
    engine: Engine, start: str, start_ms: int, hour: int
) -> None:
    """To the millisecond, whatever the zone; the day is the one on which the shift began."""
    verdict = samples.verdict(start_ms=start_ms, end_ms=start_ms + 1)
    began = dt.datetime.fromisoformat(start)
    store(engine, start=began, transactions=(verdict,))
    with engine.connect() as connection:
        assert connection.scalars(select(FactHour.hour)).all() == [hour]
        assert connection.scalars(select(Shown.day)).all() == [began.date()]


def test_a_team_that_is_named_later_takes_the_figures_along(engine: Engine) -> None:
    """Even if the grading that names it is not the one shown."""
    with Store(engine, samples.SIGNER) as unit:
        nobody = samples.identity(team=None)
        unit.save(nobody, samples.recording(), samples.report())
        stopped = replace(samples.report(), complete=False)
        unit.save(samples.identity(), samples.recording(), stopped)
        unit.commit()
    with engine.connect() as connection:
        team = connection.scalar(select(tables.Team.id))
        assert connection.scalars(select(Shown.team_id)).all() == [team]
