"""Copy a database while it is in use, and put a copy in the place of none.

SQLite is copied by its own backup interface, one consistent moment of it, beside whoever writes;
PostgreSQL by its own `pg_dump` and `pg_restore`.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

from sqlalchemy import URL, Engine, inspect

from db.explain import place, plainly
from db.types import StoreError, UsageError

SQLITE, POSTGRESQL = "sqlite", "postgresql"
_BUSY_S = 30.0


def kind(engine: Engine) -> str:
    """Which of the two it is."""
    return SQLITE if engine.dialect.name == "sqlite" else POSTGRESQL


def copy(engine: Engine, target: Path) -> None:
    """Write one moment of the database to a file; StoreError if it cannot be had whole."""
    if kind(engine) == SQLITE:
        _copy_sqlite(engine, target)
    else:
        _run("pg_dump", engine.url, "--format=custom", "--no-owner", f"--file={target}")


def put_back(source: Path, engine: Engine) -> None:
    """Fill an empty database from such a file; StoreError if it is not empty or does not take it.

    An SQLite database is filled within one transaction, so it is whole or as empty as before.
    """
    with plainly(engine), engine.connect() as connection:
        if inspect(connection).get_table_names():
            raise UsageError(
                f"database {place(engine.url)} is not empty: name one that does not exist yet"
            )
    if kind(engine) == SQLITE:
        _put_back_sqlite(source, engine)
        return
    _run("pg_restore", engine.url, "--no-owner", "--single-transaction", "--exit-on-error",
         f"--dbname={_address(engine.url)}", str(source))  # fmt: skip


def check_file(source: Path) -> None:
    """StoreError if an SQLite copy is not sound from end to end."""
    try:
        connection = sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True)
        try:
            found = [row[0] for row in connection.execute("PRAGMA integrity_check").fetchall()]
        finally:
            connection.close()
    except sqlite3.Error:
        found = ["unreadable"]
    if found != ["ok"]:
        raise StoreError(f"the copy {source.name} is damaged: take another backup")


def _copy_sqlite(engine: Engine, target: Path) -> None:
    with plainly(engine), engine.connect() as connection:
        source = connection.connection.driver_connection
        if not isinstance(source, sqlite3.Connection):  # pragma: no cover - the only driver
            raise TypeError(type(source))
        _between(source, target)
    check_file(target)


def _between(source: sqlite3.Connection, target: Path) -> None:
    copied = sqlite3.connect(target, timeout=_BUSY_S)
    try:
        source.backup(copied)
        # One file: a copy whose write-ahead log lies beside it is soon half a copy.
        copied.execute("PRAGMA journal_mode = DELETE")
    finally:
        copied.close()


def _put_back_sqlite(source: Path, engine: Engine) -> None:
    check_file(source)
    with plainly(engine), engine.connect() as connection:
        own = connection.connection.driver_connection
        if not isinstance(own, sqlite3.Connection):  # pragma: no cover - the only driver
            raise TypeError(type(own))
        copied = sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True)
        try:
            copied.backup(own)
            own.execute("PRAGMA journal_mode = WAL")
        finally:
            copied.close()


def _run(program: str, url: URL, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs; the password goes by its environment."""
    found = shutil.which(program)
    if found is None:
        raise StoreError(
            f"{program} is not installed: install PostgreSQL's client (apt install "
            "postgresql-client), of the server's version or newer"
        )
    environment = dict(os.environ, LC_ALL="C")
    if url.password is not None:
        environment["PGPASSWORD"] = str(url.password)
    command = [found, *arguments]
    if program == "pg_dump":
        command.append(f"--dbname={_address(url)}")
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        # The programs quote names of tables and servers, never rows, but for COPY's context.
        lines = [line for line in done.stderr.splitlines() if not line.startswith("CONTEXT")]
        said = lines[0].strip() if lines else f"exit {done.returncode}"
        raise StoreError(f"database {place(url)}: {said[:200]}")


def _address(url: URL) -> str:
    """The address as PostgreSQL's programs read it, without the password."""
    plain = url.set(drivername="postgresql", password=None)
    return plain.render_as_string(hide_password=False)
