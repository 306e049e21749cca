"""Open an SQLite database: one connection that writes, or several that only read."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from db.columns import to_json
from db.lock import WriterLock
from db.types import StoreError, UsageError

OLDEST = (3, 37, 0)
"""the oldest SQLite on which the migrations run"""
BUSY_S = 10.0
"""seconds to wait for a lock of another connection"""
IN_MEMORY = ":memory:"


def check_version(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> None:
    """Refuse an SQLite that is too old; what 3.51.3 mended is met by WriterLock."""
    if version < OLDEST:
        raise StoreError(
            f"this Python's SQLite is {'.'.join(map(str, version))}: "
            f"at least {'.'.join(map(str, OLDEST))} is needed"
        )


def open_writer(database: Path | None) -> Engine:
    """The one engine that may write to `database` (None: in memory), until its dispose()."""
    check_version()
    lock = None if database is None else WriterLock(database)
    if lock is not None:
        lock.take()

    def connect() -> sqlite3.Connection:
        if lock is not None and not lock.held:
            raise StoreError(f"database {database} was closed: open it again")
        address = IN_MEMORY if database is None else f"{database.as_uri()}?mode=rwc"
        return _connect(address)

    # One connection: a second one would be a second writer.
    engine = create_engine(
        _url(database),
        creator=connect,
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        pool_timeout=BUSY_S,
        hide_parameters=True,
        json_serializer=to_json,
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
        if database is not None and mode != "wal":
            raise StoreError(
                f"database {database} cannot keep a write-ahead log ({mode}): "
                "keep it on a local disk that may be written"
            )
        # FULL: with NORMAL, acknowledged shifts are lost when the power fails.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        # What is erased is overwritten, not only unlinked.
        connection.execute("PRAGMA secure_delete = ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    if lock is not None:
        event.listen(engine, "engine_disposed", lambda _: lock.release())
    return engine


def compact(engine: Engine) -> None:
    """Write the database anew without what was deleted, and empty its log.

    Raises StoreError if a reader is in the way: its view of what was there must end first.
    """
    raw = engine.raw_connection()
    try:
        connection = raw.driver_connection
        assert isinstance(connection, sqlite3.Connection)
        connection.execute("VACUUM")
        (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise StoreError(
                f"database {engine.url.database} is being read: what was erased is still in its "
                "log; end the other programs and run 'changshou tidy'"
            )
    finally:
        raw.close()


def open_reader(database: Path | None) -> Engine:
    """An engine that cannot write, beside whichever process does."""
    check_version()
    if database is None:
        raise UsageError("a database in memory cannot be read by another command: name a file")
    if not os.path.exists(database):
        raise UsageError(
            f"there is no database {database}: grade a recording first, or name another"
        )
    engine = create_engine(
        _url(database),
        creator=lambda: _connect_read_only(database),
        poolclass=QueuePool,
        hide_parameters=True,
        json_serializer=to_json,
        execution_options={"read_only": True},
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _connect_read_only(database: Path) -> sqlite3.Connection:
    connection = _connect(f"{database.as_uri()}?mode=ro")
    try:
        connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()
    except sqlite3.OperationalError:
        connection.close()
        # A database in WAL mode needs a side file even to be read. On a read-only disk there can
        # be none; and where there is none, nobody writes, so it may be read as it lies.
        if database.with_name(database.name + "-wal").exists():
            raise
        connection = _connect(f"{database.as_uri()}?immutable=1")
    return connection


def _connect(address: str) -> sqlite3.Connection:
    # No isolation level: pysqlite would leave CREATE TABLE outside the transaction. The pool
    # hands a connection to one thread at a time, so it need not stay with the one that made it.
    return sqlite3.connect(
        address, uri=True, timeout=BUSY_S, isolation_level=None, check_same_thread=False
    )


def _url(database: Path | None) -> URL:
    return URL.create("sqlite+pysqlite", database=None if database is None else str(database))
