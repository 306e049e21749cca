"""A station's month: scores with their intervals, who can be told apart, what is proposed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, select, update

from db import appeals, checks, people, reviews, tables
from db.check_types import NewCheck
from db.engine import open_engine, upgrade
from db.months import reported
from db.store import Store
from db.types import NOBODY
from db.vault import open_vault
from phrases.checks import Method
from phrases.dialogue_data import load_table
from phrases.month import load
from phrases.types import Finding, FindingStatus, Lane, StepOutcome, StepResult
from service import bootstrap, cli, daily, months, settings
from service.month_scores import Rules
from tests.databases import with_tables
from tests.db import samples, test_reviews
from tests.db.test_figures import DAY, Sat, store
from tests.postgres import Postgres, postgres

__all__ = ["postgres"]

AT = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
RULES = Rules(table=load_table(), month=load(), zone=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database with its tables."""
    if request.param == "sqlite":
        opened = with_tables(tmp_path / "a.db")
        yield opened
        opened.dispose()
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.new_database()
    opened = open_engine(url)
    upgrade(opened)
    yield opened
    opened.dispose()
    server.drop(url)


def days(count: int, **sat: Any) -> list[Sat]:
    """As many shifts of one collector, a day each."""
    first = DAY.replace(day=1)
    return [Sat(day=first + dt.timedelta(days=n), **sat) for n in range(count)]


def scored(engine: Engine, month: str = "2026-11") -> dict[str, Any]:
    """The month's scores as they are."""
    with engine.connect() as connection:
        return months.scored(connection, "west", month, RULES)


@pytest.mark.slow
def test_who_is_alike_is_not_ranked(engine: Engine) -> None:
    """Two whose intervals overlap share their places; the third is last for certain."""
    store(engine, *days(10, collector="a", compliant=96, fault=4))
    store(engine, *days(10, collector="b", booth="2", compliant=97, fault=3))
    store(engine, *days(10, collector="c", booth="3", team="乙", compliant=50, fault=50))
    found = scored(engine)
    lines = {line["collector"]: line for line in found["collectors"]}
    assert list(lines) == ["b", "a", "c"]
    assert [(one["best_place"], one["worst_place"]) for one in lines.values()] == [
        (1, 2),
        (1, 2),
        (3, 3),
    ]
    assert [one["like_next"] for one in lines.values()] == [True, False, False]
    assert lines["b"]["score"] == pytest.approx(97)
    assert lines["c"]["guide"] == "below"
    assert (lines["a"]["shifts"], lines["a"]["vehicles"]) == (10, 1000)
    assert found["proposed"] == {"model_collectors": ["a", "b"], "gold_teams": ["甲"]}
    assert [goal["reached"] for goal in found["goals"]] == [2, 2, 0]
    assert found["station"]["score"] == pytest.approx(81)


def test_hand_and_microphone_make_one_score(engine: Engine) -> None:
    """What was seen by hand fills the hundred; what was not is said."""
    store(engine, *days(5, compliant=90, fault=10))
    before = scored(engine)["collectors"][0]
    assert (before["score"], before["covered"]) == (pytest.approx(90), 70)
    with engine.begin() as connection:
        by = people.add(connection, login="x", name="x", password="!", grants=[], at=AT)
        own = tables.Collector
        new = NewCheck(
            station_id=connection.scalars(select(tables.Station.id)).one(),
            collector_id=connection.scalars(select(own.id).where(own.code == "a")).one(),
            method=Method.SPOT,
            lane=Lane.EXIT,
            day=DAY,
            items="1",
            marks={"appearance.badge": (3.0, 0.0), "appearance.uniform": (4.0, 4.0)},
            text="",
        )
        checks.add(connection, new, by, AT)
    after = scored(engine)["collectors"][0]
    assert after["score"] == pytest.approx((70 * 0.9 + 10 * 4 / 7) / 0.8)
    assert (after["covered"], after["checks"]) == (80, 1)
    assert after["parts"]["conduct"]["share"] is None


@pytest.mark.slow
def test_a_deaf_microphone_scores_nobody(engine: Engine) -> None:
    """Whose unsure share is far over the station's is not scored, and has no place."""
    store(engine, *days(5, collector="a", compliant=95, fault=5))
    store(engine, *days(5, collector="b", booth="2", compliant=95, fault=5))
    store(engine, *days(5, collector="c", booth="3", compliant=10, fault=50, unsure=300))
    store(engine, *days(30, collector="d", booth="4", compliant=100))
    lines = {line["collector"]: line for line in scored(engine)["collectors"]}
    deaf = lines["c"]
    assert (deaf["score"], deaf["why_none"], deaf["best_place"]) == (None, "microphone", None)
    assert deaf["unsure"] > 0.8
    assert deaf["stars"] is None
    assert lines["a"]["why_none"] is None


def test_nobody_is_scored_as_a_person(engine: Engine) -> None:
    """Vehicles of which it is not known who served them count for the station alone."""
    store(engine, *days(2, collector="z", compliant=5, fault=5))
    with engine.begin() as connection:
        # As live listening does: a recording cannot be graded for nobody.
        connection.execute(update(tables.Collector).values(code=NOBODY))
    found = scored(engine)
    assert found["collectors"] == []
    assert found["station"]["vehicles"] == 20


def test_a_month_without_anything_is_no_error(engine: Engine) -> None:
    """It has no score, and says why."""
    store(engine, *days(1, compliant=1))
    found = scored(engine, "2026-01")
    assert (found["collectors"], found["teams"]) == ([], [])
    assert found["station"]["why_none"] == "nothing_judged"
    assert found["proposed"] == {"model_collectors": [], "gold_teams": []}


def test_the_month_is_ready_by_the_fifth_without_anybody_asking(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Made each day until the fifth, if something changed; later only if there is none yet."""
    site = settings.load()
    store_in = with_tables(home / "shifts.db")
    store(store_in, *days(3, compliant=9, fault=1))
    store_in.dispose()

    def day(month: int, number: int) -> dt.datetime:
        return dt.datetime(2026, month, number, 6, tzinfo=dt.UTC)

    with bootstrap.database(site) as engine:
        assert months.make_due(site, engine, day(11, 30)) == 0
        assert daily.once(site, engine, day(12, 1))
        with engine.connect() as connection:
            (kept,) = reported(connection, "2026-11")
        assert (kept.station, kept.number) == ("west", 1)
        assert '"scores"' in kept.figures
        assert months.make_due(site, engine, day(12, 2)) == 0
        store(engine, Sat(collector="b", booth="2", compliant=5))
        assert months.make_due(site, engine, day(12, 6)) == 0
        assert months.make_due(site, engine, day(12, 5)) == 1
    assert cli.run(["daily"]) == 0
    assert "last month is made" in capsys.readouterr().err


def test_a_machine_that_was_off_makes_it_later(home: Path) -> None:
    """On whatever day it is started."""
    site = settings.load()
    store_in = with_tables(home / "shifts.db")
    store(store_in, *days(3, compliant=9, fault=1))
    store_in.dispose()
    with bootstrap.database(site) as engine:
        late = dt.datetime(2026, 12, 20, tzinfo=dt.UTC)
        assert months.make_due(site, engine, late) == 1
        assert months.make_due(site, engine, late) == 0


def test_a_confirmed_forbidden_phrase_costs_its_collector(engine: Engine, tmp_path: Path) -> None:
    """Five points of the month, once a review confirmed it; not while an appeal waits."""
    said = StepResult(step="greet", mandatory=True, outcome=StepOutcome.SAID)
    found = Finding(code="forbidden.look_yourself", status=FindingStatus.FAULT, reason="heard")
    car = samples.verdict(1, steps=(said,), findings=(found,))
    vault = open_vault(tmp_path / "clips", tmp_path / "clips.key")
    with Store(engine, samples.SIGNER) as unit:
        report = samples.report(transactions=(car,))
        unit.save(samples.identity(), samples.recording(), report, samples.clips(vault)[:1])
        unit.commit()

    def score() -> float:
        with engine.connect() as connection:
            whole = months.scored(connection, "南昌西", "2026-11", RULES)
        value: float = whole["collectors"][0]["score"]
        return value

    assert score() == 100
    with engine.begin() as connection:
        one = test_reviews.item(connection, 1)
        by = test_reviews.person(connection)
        reviews.decide(connection, one, test_reviews.decision(by), test_reviews.AT)
    assert score() == 95
    with engine.begin() as connection:
        own = test_reviews.person(connection, "own", collector_id=1)
        due = test_reviews.AT + test_reviews.WEEK
        appeals.make(connection, one, own, "", at=test_reviews.AT, due_at=due)
    assert score() == 100
