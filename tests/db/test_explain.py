"""What a driver says becomes a line for people, and only codes of it are shown."""

from __future__ import annotations

import sqlite3

import psycopg
import pytest
from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.exc import DBAPIError

from db.explain import place, plainly
from db.types import StoreError

SECRET = "DETAIL: Key (code)=(0107) already exists"


@pytest.fixture
def server() -> Engine:
    """A server that is never asked."""
    return create_engine("postgresql+psycopg://who:s3cret@host/shifts?password=s3cret")


def said(engine: Engine, cause: BaseException) -> str:
    """The line for a driver's error."""
    with pytest.raises(StoreError) as caught, plainly(engine):
        raise DBAPIError("INSERT …", None, cause)
    assert caught.value.__suppress_context__
    return str(caught.value)


def test_a_place_has_no_password(server: Engine) -> None:
    """Neither where passwords belong nor among the options."""
    assert place(server.url) == "postgresql://who@host/shifts"
    assert place(make_url("sqlite:////data/班.db")) == "/data/班.db"
    assert place(make_url("sqlite://")) == "in memory"


def test_an_unknown_error_is_told_by_its_code(server: Engine) -> None:
    """What the server says of it may quote a row."""
    line = said(server, psycopg.errors.UniqueViolation(SECRET))
    assert line == "database postgresql://who@host/shifts refused a statement (SQLSTATE 23505)"
    assert SECRET not in said(server, psycopg.IntegrityError(SECRET))
    error = sqlite3.IntegrityError(SECRET)
    error.sqlite_errorcode, error.sqlite_errorname = 2067, "SQLITE_CONSTRAINT_UNIQUE"
    assert said(server, error).endswith("refused a statement (SQLITE_CONSTRAINT_UNIQUE)")


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ('FATAL:  password authentication failed for user "who"', "refuses the password"),
        ('致命错误: 用户 "who" Password 认证失败', "refuses the password"),
        ('FATAL:  no pg_hba.conf entry for host "10.0.0.7"', "refuses this user"),
        ("FATAL:  sorry, too many clients already", "too many connections"),
        ("FATAL:  the database system is starting up", "when the server is ready"),
        (
            "connection refused\n\tIs the server running?",
            r"cannot be reached \(connection refused\)",
        ),
    ],
)
def test_a_failed_connection_is_told_by_its_message(
    server: Engine, message: str, line: str
) -> None:
    """The server gives no code then."""
    with pytest.raises(StoreError, match=line), plainly(server):
        raise DBAPIError(None, None, psycopg.OperationalError(message))


@pytest.mark.parametrize(
    ("code", "line"),
    [
        (sqlite3.SQLITE_FULL, "disk is full"),
        (sqlite3.SQLITE_READONLY_DIRECTORY, "is read-only"),
        (sqlite3.SQLITE_IOERR_WRITE, "could not be read or written"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "locked by another program"),
    ],
)
def test_extended_codes_are_told_by_their_kind(server: Engine, code: int, line: str) -> None:
    """SQLite has many codes for one trouble."""
    error = sqlite3.OperationalError("…")
    error.sqlite_errorcode = code
    assert line in said(server, error)
