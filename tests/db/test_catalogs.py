"""Drafts, versions and what is in use: only added to, and of two at once one is told."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from db import catalogs
from db.types import ConflictError

AT = dt.datetime(2026, 11, 24, 10, 0, tzinfo=dt.UTC)
FILES = {"phrases.toml": '[[change]]\nid = "wait"\noff = true\n'}
DAYS = (dt.date(2026, 11, 1), dt.date(2026, 12, 1))


def test_what_was_published_stays_and_can_be_used_again(engine: Engine) -> None:
    """To roll back adds a row; a version's files are as they were."""
    with engine.begin() as connection:
        assert catalogs.in_use(connection) is None
        one = catalogs.publish(connection, FILES, "v1", note="one", by=None, at=AT)
        two = catalogs.publish(connection, {}, "v2", note="two", by=None, at=AT)
        assert catalogs.in_use(connection) == (two, {})
        catalogs.use(connection, one, reason="back", by=None, at=AT)
        assert catalogs.in_use(connection) == (one, FILES)
        with pytest.raises(ConflictError, match="in use already"):
            catalogs.use(connection, one, reason="again", by=None, at=AT)
        assert [row["version_id"] for row in catalogs.uses(connection)] == [one, two, one]


@pytest.mark.parametrize("table", ["catalog_draft", "catalog_version", "catalog_use"])
def test_the_database_refuses_to_change_what_was_written(engine: Engine, table: str) -> None:
    """Neither altered nor deleted, whoever asks."""
    with engine.begin() as connection:
        catalogs.save(connection, 0, FILES, by=None, at=AT)
        catalogs.publish(connection, FILES, "v1", note="one", by=None, at=AT)
    for deed in (f"UPDATE {table} SET at = at", f"DELETE FROM {table}"):
        with pytest.raises(DBAPIError), engine.begin() as connection:
            connection.execute(text(deed))


def test_a_draft_that_somebody_changed_is_not_written_over(engine: Engine) -> None:
    """The second of two who saw the same number is told, and the first's files stay."""
    with engine.begin() as connection:
        assert catalogs.save(connection, 0, FILES, by=None, at=AT) == 1
        with pytest.raises(ConflictError, match="meanwhile"):
            catalogs.save(connection, 0, {}, by=None, at=AT)
        last = catalogs.draft(connection)
        assert last is not None
        assert last["number"] == 1


def test_only_replays_that_are_not_done_wait(engine: Engine) -> None:
    """The thread that does them need not read those of years."""
    with engine.begin() as connection:
        catalogs.save(connection, 0, FILES, by=None, at=AT)
        done, left = (catalogs.ask_replay(connection, 1, DAYS, by=None, at=AT) for _ in range(2))
        catalogs.note_replay(connection, done, ended_at=AT)
        assert [row["id"] for row in catalogs.replays(connection, waiting=True)] == [left]
        assert [row["id"] for row in catalogs.replays(connection)] == [left, done]


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_of_two_who_publish_at_once_one_is_told(engine: Engine) -> None:
    """The other's version is in use, and nothing of the second is kept."""

    def second() -> None:
        with engine.begin() as connection:
            catalogs.publish(connection, {}, "v2", note="two", by=None, at=AT)

    with ThreadPoolExecutor(1) as pool:
        with engine.begin() as connection:
            one = catalogs.publish(connection, FILES, "v1", note="one", by=None, at=AT)
            later = pool.submit(second)
            with engine.connect() as watching:
                waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
                while not watching.scalar(waits) and not later.done():
                    watching.rollback()
        with pytest.raises(ConflictError, match="meanwhile"):
            later.result(timeout=30)
    with engine.connect() as connection:
        assert catalogs.in_use(connection) == (one, FILES)
        assert [row["id"] for row in catalogs.versions(connection)] == [one]
