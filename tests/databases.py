"""SQLite databases with their tables, quickly: the migrations run once, and the file is copied."""

from __future__ import annotations

import functools
import sqlite3
import tempfile
from pathlib import Path

from sqlalchemy import Engine

from db.engine import open_engine, upgrade


def with_tables(file: Path) -> Engine:
    """A new database in this file; whoever asks for it disposes of it."""
    file.write_bytes(_migrated())
    return open_engine(f"sqlite:///{file}")


@functools.cache
def statements() -> tuple[str, ...]:
    """What makes the same tables in any empty SQLite database."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "tables.db"
        with_tables(file).dispose()
        connection = sqlite3.connect(file)
        lines = tuple(connection.iterdump())
        connection.close()
    return tuple(line for line in lines if line not in ("BEGIN TRANSACTION;", "COMMIT;"))


@functools.cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "tables.db"
        engine = open_engine(f"sqlite:///{file}")
        upgrade(engine)
        engine.dispose()
        return file.read_bytes()
