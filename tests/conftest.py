"""What every test shares: tables that are made once, not by every test anew."""

from __future__ import annotations

import gc
from types import SimpleNamespace

import pytest
from alembic import command
from alembic.config import Config

import db.engine
from tests import databases


def pytest_collection_finish() -> None:
    """Thousands of tests live to the end: looking at them at each collection takes a fifth."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def tables_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The migrations run once; other SQLite databases that are new get what they made.

    Whoever tests the migrations puts an empty fixture of this name in its place.
    """
    statements = databases.statements()

    def to_head(config: Config, revision: str) -> None:
        connection = config.attributes["connection"]
        new = (
            connection.dialect.name == "sqlite"
            and not connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()
        )
        if not new:
            command.upgrade(config, revision)
            return
        for statement in statements:
            connection.exec_driver_sql(statement)

    monkeypatch.setattr(db.engine, "command", SimpleNamespace(upgrade=to_head))
