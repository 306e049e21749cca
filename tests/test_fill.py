"""`scripts/fill` makes the same vehicles for the same seed, with the figures that they have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from db import facts, reads, tables
from db.engine import open_engine, upgrade
from db.facts_tables import FactTotal, Shown
from db.types import StoreError
from scripts import fill
from service.console import progress
from tests.db.test_facts import counted, recounted
from tests.postgres import Postgres, postgres

__all__ = ["postgres"]

NUMBER = 1_500


def filled(url: str, seed: int = 1, vehicles: int = NUMBER) -> Engine:
    """A database that was filled."""
    engine = open_engine(url)
    upgrade(engine)
    fill.fill(engine, vehicles, seed, progress=progress)
    return engine


def rows(engine: Engine) -> list[tuple[Any, ...]]:
    """All steps of all vehicles, by what is the same in every database."""
    own, step = tables.Vehicle, tables.Step
    query = (
        select(tables.Grading.shift_id, own.position, own.start_ms, own.outcome,
               step.step, step.outcome, step.mandatory)
        .join(own, own.grading_id == tables.Grading.id)
        .join(step, (step.grading_id == own.grading_id) & (step.vehicle_position == own.position))
        .order_by(tables.Grading.shift_id, own.position, step.position)
    )  # fmt: skip
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query)]


@pytest.mark.slow
def test_a_filled_database_is_whole(tmp_path: Path) -> None:
    """So many vehicles, their figures counted, each shift shown, and readable like any other."""
    engine = filled(f"sqlite:///{tmp_path / 'a.db'}")
    with engine.begin() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.Vehicle)) == NUMBER
        assert connection.scalar(select(func.sum(FactTotal.vehicles))) == NUMBER
        before = counted(connection)
        assert before == recounted(connection)
        shown = connection.execute(select(Shown.__table__).order_by(Shown.shift_id)).all()
        facts.rebuild(connection)
        assert counted(connection) == before
        assert connection.execute(select(Shown.__table__).order_by(Shown.shift_id)).all() == shown
    for row in reads.shifts(engine):
        report = reads.report(engine, row.shift_id).report
        assert row.vehicles == len(report.transactions)
        assert row.fault == sum(t.outcome.value == "fault" for t in report.transactions)
    engine.dispose()


@pytest.mark.slow
def test_the_seed_decides(tmp_path: Path) -> None:
    """The same gives the same, another gives others."""
    one, same, other = (
        filled(f"sqlite:///{tmp_path / name}.db", seed)
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    assert rows(one) == rows(same) != rows(other)
    for engine in (one, same, other):
        engine.dispose()


@pytest.mark.slow
def test_postgresql_makes_the_same(tmp_path: Path, postgres: Postgres) -> None:
    """Chance is arithmetic that both databases do alike."""
    here = filled(f"sqlite:///{tmp_path / 'a.db'}")
    there = filled(postgres.new_database())
    assert rows(here) == rows(there)
    with there.connect() as connection:
        assert counted(connection) == recounted(connection)
    here.dispose()
    there.dispose()


def test_only_an_empty_database_is_filled(tmp_path: Path) -> None:
    """What people did is not mixed with what nobody did."""
    url = f"sqlite:///{tmp_path / 'a.db'}"
    filled(url, vehicles=10).dispose()
    with pytest.raises(StoreError, match="holds shifts"):
        filled(url, vehicles=10)


@pytest.mark.parametrize("arguments", [["--vehicles", "0"], ["--seed", "-1"]])
def test_numbers_that_are_none(
    tmp_path: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, and no database made."""
    file = tmp_path / "a.db"
    assert fill.main(["--db", f"sqlite:///{file}", *arguments]) == 2
    assert "--vehicles" in capsys.readouterr().err
    assert not file.exists()
