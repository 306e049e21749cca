"""Blind double listening: two people, neither of whom was there, and what phrases may do by it."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.exc import DBAPIError

from db import doubles, holds, people, standings, tables
from db.double_tables import DoubleItem, PhraseStanding
from db.doubles import NewSample
from db.people_types import Reach
from db.store import Store
from db.types import ConflictError
from db.vault import Vault
from phrases.agreement import Program
from phrases.review import Verdict
from phrases.standing import Reason, Standing
from phrases.types import Outcome
from service import standings as settled
from tests.db import samples
from tests.db.altering import only_added_to

AT = dt.datetime(2026, 11, 25, 4, 20, tzinfo=dt.UTC)
DAY = dt.date(2026, 11, 24)
ONE = dt.timedelta(days=1)
ALL = Reach(everything=True)
CODE = "missing.thanks"
VEHICLES = 205


@pytest.fixture
def station(engine: Engine, vault: Vault) -> int:
    """The sample's station, with a shift of many faults; one of its clips is kept."""
    report = samples.report(
        transactions=tuple(samples.verdict(n + 1) for n in range(VEHICLES))
        + (samples.verdict("last", outcome=Outcome.COMPLIANT, findings=()),)
    )
    kept, _ = samples.clips(vault)
    with Store(engine, samples.SIGNER) as unit:
        unit.save(samples.identity(), samples.recording(), report, [kept])
        unit.commit()
    with engine.connect() as connection:
        return connection.scalars(select(tables.Station.id)).one()


def two(connection: Connection) -> list[int]:
    """Two people who label."""
    return [
        people.add(connection, login=f"p{n}", name="x", password="!", grants=[], at=AT)
        for n in range(2)
    ]


def drawn(connection: Connection, station: int, by: int, number: int = 1) -> list[int]:
    """A sample of so many faults; the ids of its clips."""
    grading = connection.scalars(select(tables.Grading.id)).one()
    new = NewSample(
        station_id=station, code=CODE, since=DAY, until=DAY + ONE, size=number, others=0,
        faults=number, unsures=0, silents=0, seed="0" * 32,
    )  # fmt: skip
    keys = [((grading, place), Program.FAULT) for place in range(number)]
    sample = doubles.keep(connection, new, keys, by=by, at=AT)
    query = select(DoubleItem.id).where(DoubleItem.sample_id == sample).order_by(DoubleItem.id)
    return list(connection.scalars(query))


def label(connection: Connection, items: list[int], by: list[int], verdict: Verdict) -> None:
    """Have both say the same of each."""
    for item in items:
        for person in by:
            doubles.label(connection, item, person, verdict, AT)


def test_what_can_be_heard_is_told_by_what_the_program_said(engine: Engine, station: int) -> None:
    """All count, and those with a clip can be drawn; a step that was said is none of the faults."""
    with engine.connect() as connection:
        found = doubles.found(connection, station, CODE, DAY, DAY + ONE)
        assert (found[Program.FAULT][0], len(found[Program.FAULT][1])) == (VEHICLES, 1)
        assert found[Program.UNSURE] == (0, [])
        # The one that passed has no step thanks that was said.
        assert found[Program.SILENT] == (0, [])
        other = doubles.found(connection, station, "missing.received", DAY, DAY + ONE)
        assert other[Program.SILENT] == (VEHICLES + 1, [])
        assert doubles.found(connection, station, CODE, DAY + ONE, DAY + 2 * ONE)[
            Program.FAULT
        ] == (0, [])


def test_two_people_label_a_clip_and_no_third(engine: Engine, station: int) -> None:
    """Each once; whoever labelled it is not asked again, and the hold ends a year after."""
    with engine.begin() as connection:
        first, second = two(connection)
        third = people.add(connection, login="p3", name="x", password="!", grants=[], at=AT)
        (item,) = drawn(connection, station, first)
        grading = connection.scalars(select(tables.Grading.id)).one()
        assert [row["id"] for row in doubles.waiting(connection, ALL, first, limit=9)] == [item]
        assert doubles.label(connection, item, first, Verdict.CONFIRMED, AT) == 1
        assert doubles.waiting(connection, ALL, first, limit=9) == []
        with pytest.raises(ConflictError, match="you have labelled"):
            doubles.label(connection, item, first, Verdict.DISMISSED, AT)
        assert holds.held(connection, [grading], AT + 500 * ONE)
        assert doubles.label(connection, item, second, Verdict.DISMISSED, AT) == 2
        assert holds.held(connection, [grading], AT + 500 * ONE) == {}
        with pytest.raises(ConflictError, match="two people"):
            doubles.label(connection, item, third, Verdict.CONFIRMED, AT)
        assert doubles.waiting(connection, ALL, third, limit=9) == []
        (row,) = doubles.samples(connection, ALL)
        heard = doubles.pairs(connection, row)
        assert heard[Program.FAULT].pairs == [(Verdict.CONFIRMED, Verdict.DISMISSED)]
        assert (row["vehicles"], row["labels"]) == (1, 2)


def test_two_at_the_same_moment_are_the_two(engine: Engine, station: int) -> None:
    """Over connections of their own: one is the first and the other the second."""
    with engine.begin() as connection:
        both = two(connection)
        (item,) = drawn(connection, station, both[0])
    gate = Barrier(2)

    def work(by: int) -> int:
        gate.wait()
        with engine.begin() as connection:
            return doubles.label(connection, item, by, Verdict.CONFIRMED, AT)

    with ThreadPoolExecutor(2) as several:
        assert sorted(several.map(work, both)) == [1, 2]


def test_nobody_labels_a_shift_that_they_were_on(engine: Engine, station: int) -> None:
    """It does not wait for them, and the database refuses their label."""
    with engine.begin() as connection:
        by, _ = two(connection)
        (item,) = drawn(connection, station, by)
        collector = connection.scalars(select(tables.Collector.id)).one()
        own = people.add(
            connection, login="own", name="x", password="!", grants=[], collector_id=collector,
            at=AT,
        )  # fmt: skip
        assert doubles.was_there(connection, item, own)
        assert not doubles.was_there(connection, item, by)
        assert doubles.waiting(connection, ALL, own, limit=9) == []
        (row,) = doubles.about(connection, collector)
        assert (row["code"], row["verdict"]) == (CODE, None)
    with pytest.raises(DBAPIError, match="on the shift"), engine.begin() as connection:
        doubles.label(connection, item, own, Verdict.CONFIRMED, AT)


def test_a_phrase_rises_when_it_is_shown_and_drops_by_itself(engine: Engine, station: int) -> None:
    """200 clips that both confirm; then some that both dismiss. Each change is a row."""
    with engine.begin() as connection:
        both = two(connection)
        items = drawn(connection, station, both[0], VEHICLES)
        label(connection, items[:199], both, Verdict.CONFIRMED)
        assert settled.settle(connection, station, CODE, AT).reason is Reason.FEW
        assert standings.last(connection, station, CODE) is None
        label(connection, items[199:200], both, Verdict.CONFIRMED)
        found = settled.settle(connection, station, CODE, AT)
        assert (found.standing, found.clips, found.confirmed) == (Standing.PROPOSING, 200, 200)
        settled.settle(connection, station, CODE, AT + ONE)
        label(connection, items[200:], both, Verdict.DISMISSED)
        assert settled.settle(connection, station, CODE, AT + ONE).standing is Standing.ADVISORY
        rows = standings.history(connection, station)
        assert [(row["number"], row["standing"], row["reason"]) for row in rows] == [
            (2, Standing.ADVISORY, Reason.BELOW),
            (1, Standing.PROPOSING, Reason.SHOWN),
        ]
        assert standings.codes(connection, station) == [CODE]


def test_new_ears_start_anew(engine: Engine, station: int) -> None:
    """What other weights or thresholds found says nothing of what these find."""
    with engine.begin() as connection:
        both = two(connection)
        label(connection, drawn(connection, station, both[0], 200), both, Verdict.CONFIRMED)
        settled.settle(connection, station, CODE, AT)
    with Store(engine, samples.SIGNER) as unit:
        versions = replace(samples.report().versions, thresholds="t2")
        newer = samples.report(versions=versions)
        later = samples.identity(started_at=samples.START + ONE)
        unit.save(later, samples.recording("two"), newer)
        unit.commit()
    assert settled.settle_all(engine, AT + ONE) == 1
    with engine.connect() as connection:
        last = standings.last(connection, station, CODE)
        assert last is not None
        assert (last["standing"], last["reason"], last["thresholds"]) == (
            Standing.ADVISORY,
            Reason.FEW,
            "t2",
        )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "not confirmed so many"),
        ({"clips": 199}, "do not show it"),
        ({"low": 0.97}, "do not show it"),
        ({"low": None}, "do not show it"),
        ({"confirmed": 195}, "do not show it"),
    ],
)
def test_nobody_sets_a_phrase_proposing_by_hand(
    engine: Engine, station: int, changes: dict[str, object], said: str
) -> None:
    """Not without clips enough, nor without their labels."""
    row = {
        "station_id": station, "code": CODE, "number": 1, "at": AT, "reason": Reason.SHOWN,
        "standing": Standing.PROPOSING, "clips": 200, "confirmed": 200, "low": 0.981,
        "model": "m1", "thresholds": "t1",
    } | changes  # fmt: skip
    if changes:
        with engine.begin() as connection:
            both = two(connection)
            label(connection, drawn(connection, station, both[0], 200), both, Verdict.CONFIRMED)
    with pytest.raises(DBAPIError, match=said), engine.begin() as connection:
        connection.execute(insert(PhraseStanding).values(row))


def test_nothing_is_changed_or_deleted(
    engine: Engine, station: int, subtests: pytest.Subtests
) -> None:
    """What was drawn and heard stays."""
    with engine.begin() as connection:
        both = two(connection)
        label(connection, drawn(connection, station, both[0], 200), both, Verdict.CONFIRMED)
        settled.settle(connection, station, CODE, AT)
    only_added_to(
        engine,
        subtests,
        "DELETE FROM double_sample",
        "UPDATE double_item SET program = 'silent'",
        "DELETE FROM double_label",
        "UPDATE double_label SET verdict = 'dismissed'",
        "UPDATE phrase_standing SET standing = 'advisory'",
        "DELETE FROM phrase_standing",
    )
