"""What a report is made of: a month as it was kept, a day as it is, beside the time before."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, select

from db import tables
from db.engine import open_engine, upgrade
from db.figures_types import EVERYBODY
from db.people_types import Reach
from phrases.dialogue_data import load_table
from phrases.month import load
from service import months
from service.errors import BadInput
from service.month_scores import Rules
from service.reports import gather
from service.reports.gather import Wanted
from service.reports.period import Period
from tests.databases import with_tables
from tests.db.test_figures import Sat, store
from tests.postgres import Postgres, postgres

__all__ = ["postgres"]

AT = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
ZONE = ZoneInfo("Asia/Shanghai")
RULES = Rules(table=load_table(), month=load(), zone=ZONE)
OCTOBER, NOVEMBER = dt.date(2026, 10, 31), dt.date(2026, 11, 1)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database with two months of one station, and a shift of another."""
    if request.param == "sqlite":
        opened = with_tables(tmp_path / "a.db")
    else:
        server: Postgres = request.getfixturevalue("postgres")
        opened = open_engine(server.new_database())
        upgrade(opened)
    store(
        opened,
        Sat(day=OCTOBER, compliant=50, fault=50),
        Sat(day=NOVEMBER, compliant=90, fault=10),
        Sat(day=NOVEMBER + dt.timedelta(days=1), collector="b", team="乙", compliant=95, fault=5),
        Sat(station="east", day=NOVEMBER, compliant=1),
    )
    yield opened
    opened.dispose()


def month(engine: Engine, name: str = "2026-11", reach: Reach = EVERYBODY) -> Period:
    """What a report of the station's month is made of."""
    with engine.connect() as connection:
        return gather.month(connection, Wanted(station="west", reach=reach, at=AT), name, RULES)


def team(engine: Engine, code: str) -> Reach:
    """The reach of a team's leader."""
    own = tables.Team
    with engine.connect() as connection:
        ids = connection.scalars(select(own.id).where(own.code == code)).all()
    return Reach(teams=frozenset(ids))


def test_a_month_that_was_kept_is_told_as_it_was(engine: Engine) -> None:
    """What came later is in the next version, when that is made."""
    assert months.make(engine, "west", "2026-11", RULES, at=AT)
    kept = month(engine)
    store(engine, Sat(day=NOVEMBER, collector="c", compliant=10))
    assert month(engine) == kept
    assert (kept.version, kept.figures["day"]["total"]["counts"]["vehicles"]) == (1, 200)
    assert kept.made_at == AT
    assert months.make(engine, "west", "2026-11", RULES, at=AT)
    again = month(engine)
    assert (again.version, again.figures["day"]["total"]["counts"]["vehicles"]) == (2, 210)


def test_a_month_stands_beside_the_one_before(engine: Engine) -> None:
    """Kept or not, by phrase and by team, and week by week."""
    now = month(engine)
    assert now.version is None
    assert months.make(engine, "west", "2026-11", RULES, at=AT)
    kept = month(engine)
    for found in (now, kept):
        (step,) = found.before["step"]["lines"]
        assert step["rate"]["value"] == 0.5
        assert [line["key"]["team"] for line in found.before["team"]["lines"]] == ["甲"]
        days = ["2026-11-01", "2026-11-02", "2026-11-09", "2026-11-16", "2026-11-23", "2026-11-30"]
        assert list(found.weeks) == days
        assert [len(week["lines"]) for week in found.weeks.values()] == [1, 1, 0, 0, 0, 0]


def test_who_sees_a_part_has_that_part_as_it_is(engine: Engine) -> None:
    """Of what was kept only their scores: its figures are the whole station's."""
    assert months.make(engine, "west", "2026-11", RULES, at=AT)
    found = month(engine, reach=team(engine, "乙"))
    assert found.version is None
    assert found.figures["day"]["total"]["counts"]["vehicles"] == 100
    assert found.scores is not None
    assert [line["collector"] for line in found.scores["collectors"]] == ["b"]
    assert found.scores["station"] is None
    assert "90" not in json.dumps(found.before)


def test_a_month_of_an_older_program_is_told_as_it_is_now(engine: Engine) -> None:
    """What it did not keep cannot be shown as kept."""
    from db import months as kept

    with engine.begin() as connection:
        kept.keep(connection, "west", "2026-11", '{"scores": null}', AT)
    found = month(engine)
    assert found.version is None
    assert found.figures["day"]["total"]["counts"]["vehicles"] == 200


def test_a_day_stands_beside_the_day_before(engine: Engine) -> None:
    """And has no scores: those are a month's."""
    with engine.connect() as connection:
        found = gather.day(connection, Wanted(station="west", at=AT), NOVEMBER, ZONE)
    assert (found.scores, found.weeks) == (None, {})
    assert found.figures["day"]["total"]["counts"]["vehicles"] == 100
    assert found.before["step"]["total"]["counts"]["missing"] == 50


def test_what_is_not_there_is_told(engine: Engine) -> None:
    """A station out of reach is none; the ends of the calendar are no error of ours."""
    elsewhere = Reach(stations=frozenset({10_000}))
    with pytest.raises(LookupError):
        month(engine, reach=elsewhere)
    for name in ("2026-00", "0001-01", "9999-12"):
        with pytest.raises(BadInput, match="such as"):
            month(engine, name)
    with engine.connect() as connection:
        wanted = Wanted(station="west", at=AT)
        for day in (dt.date.min, dt.date.max):
            with pytest.raises(BadInput):
                gather.day(connection, wanted, day, ZONE)
