"""Databases to test on: SQLite in a file, and a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from db.engine import open_engine, upgrade
from db.vault import Vault, open_vault
from tests.databases import with_tables
from tests.postgres import Postgres, postgres

__all__ = ["postgres"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that start PostgreSQL are marked slow, wherever they get it from."""
    for item in items:
        if not isinstance(item, pytest.Function):
            continue
        chosen = item.callspec.params.get("url") if hasattr(item, "callspec") else None
        if chosen == "postgresql" or "postgres" in item.fixturenames:
            item.add_marker("slow")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    database = server.new_database()
    yield database
    server.drop(database)


@pytest.fixture
def opened() -> Iterator[Callable[[str], Engine]]:
    """Open databases that are closed after the test."""
    engines: list[Engine] = []

    def open_upgraded(url: str) -> Engine:
        file = Path(url.removeprefix("sqlite:///"))
        if url.startswith("sqlite:///") and not file.exists():
            engine = with_tables(file)
        else:
            engine = open_engine(url)
            upgrade(engine)
        engines.append(engine)
        return engine

    yield open_upgraded
    for engine in engines:
        engine.dispose()


@pytest.fixture
def engine(url: str, opened: Callable[[str], Engine]) -> Engine:
    """A database with its tables."""
    return opened(url)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """An empty vault with a key of its own."""
    return open_vault(tmp_path / "clips", tmp_path / "clips.key")


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Path:
    """Where a test's own SQLite database goes."""
    return tmp_path / "shifts.db"


@pytest.fixture
def sqlite_engine(sqlite_file: Path, opened: Callable[[str], Engine]) -> Engine:
    """An SQLite database with its tables."""
    return opened(f"sqlite:///{sqlite_file}")
