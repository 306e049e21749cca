"""Say in one line what a database refused and what to do, without what it was asked to keep.

A driver's own message may quote the row, so only codes are read from errors of statements;
messages are shown for failed connections alone, where nothing of a shift is in play.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import URL, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from db.types import StoreError

_SQLITE = {
    sqlite3.SQLITE_BUSY: "is locked by another program: close that and try again",
    sqlite3.SQLITE_LOCKED: "is locked by another program: close that and try again",
    sqlite3.SQLITE_READONLY: "is read-only: make the file and its folder writable, "
    "or name another database",
    sqlite3.SQLITE_PERM: "may not be opened: ask for the right to read and write it",
    sqlite3.SQLITE_IOERR: "could not be read or written: check the disk and its free space",
    sqlite3.SQLITE_CORRUPT: "is damaged: put back a copy of it, or name another database",
    sqlite3.SQLITE_FULL: "has no room, the disk is full: free some and try again; "
    "what was stored before is safe",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened: check that file and folder exist, "
    "and that you may read and write them",
    sqlite3.SQLITE_NOTADB: "is not a database: name another file",
}
"""primary result code to what it means"""

_POSTGRESQL = {
    "25006": "is read-only: connect to the main server, not to a standby",
    "28000": "refuses this user: check the user's name and the server's pg_hba.conf",
    "28P01": "refuses the password: check the user's name and password",
    "3D000": "does not exist: create it with createdb, or name another database",
    "40001": "was busy with the same shift: try again",
    "40P01": "was busy with the same shift: try again",
    "42P07": "has a table of another program by the name of one of ours: name another database",
    "42501": "does not give this user the right: grant the tables, or name another user",
    "53100": "has no room, the server's disk is full: free some and try again; "
    "what was stored before is safe",
    "53300": "has too many connections: try again later",
    "57P01": "is shutting down: try again when the server is back",
    "57P03": "is starting or shutting down: try again when the server is ready",
}
"""SQLSTATE to what it means"""


def place(url: URL) -> str:
    """The database's name for people: the file, or user, server and database; no password."""
    if url.get_backend_name() == "sqlite":
        return url.database or "in memory"
    shown = URL.create(
        "postgresql", username=url.username, host=url.host, port=url.port, database=url.database
    )
    return shown.render_as_string()


@contextmanager
def plainly(engine: Engine) -> Iterator[None]:
    """Turn what the driver raises inside into StoreError, without its trail of causes."""
    try:
        yield
    except DBAPIError as error:
        problem = _problem(error.orig)
        raise StoreError(f"database {place(engine.url)} {problem}") from None
    except PoolTimeoutError:
        raise StoreError(
            f"database {place(engine.url)} is held by another task of this program: try again"
        ) from None


def _problem(error: BaseException | None) -> str:
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", 0)
        name = getattr(error, "sqlite_errorname", type(error).__name__)
        return _SQLITE.get(code & 0xFF, f"refused a statement ({name})")
    if isinstance(error, psycopg.Error):
        if error.sqlstate:
            known = _POSTGRESQL.get(error.sqlstate)
            return known or f"refused a statement (SQLSTATE {error.sqlstate})"
        if isinstance(error, psycopg.OperationalError):
            return _unreached(str(error))
        if isinstance(error, psycopg.ProgrammingError):
            return "has options in its URL that are none: check what follows the '?'"
    return f"refused a statement ({type(error).__name__})"


def _unreached(message: str) -> str:
    """What a failed connection means; the server gives no code before one is made."""
    if "password" in message.lower():
        return _POSTGRESQL["28P01"]
    if "pg_hba.conf" in message or 'role "' in message:
        return _POSTGRESQL["28000"]
    if 'database "' in message and "does not exist" in message:
        return _POSTGRESQL["3D000"]
    if "too many" in message or "remaining connection slots" in message:
        return _POSTGRESQL["53300"]
    if "starting up" in message or "shutting down" in message:
        return _POSTGRESQL["57P03"]
    return (
        f"cannot be reached ({message.splitlines()[0].strip() or 'no answer'}): "
        "check the address, and that the server runs and may be reached from here"
    )
