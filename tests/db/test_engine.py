"""A database is opened ready for use, or refused in one line that says what to do."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Thread

import psycopg
import pytest
from sqlalchemy import Engine, inspect, text

from db import reads
from db.engine import VERSION_TABLE, open_engine, upgrade
from db.store import Store
from db.types import StoreError, UsageError
from tests.db import samples
from tests.db.unprivileged import unprivileged_folder
from tests.postgres import Postgres


@pytest.fixture(autouse=True)
def tables_made_once() -> None:
    """Not here: it is the migrations that are looked at."""


def save(engine: Engine) -> str:
    """Store the sample shift."""
    with Store(engine, samples.SIGNER) as unit:
        shift = unit.save(samples.identity(), samples.recording(), samples.report())
        unit.commit()
    return shift


@pytest.mark.slow
def test_importing_opens_nothing(tmp_path: Path) -> None:
    """A program that only imports leaves no trace."""
    code = "import db.engine, db.store, db.reads"
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path), "HOME": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    assert list(tmp_path.iterdir()) == []


def test_the_default_is_a_file_of_the_users_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its folder is made, for nobody else to look into."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    with pytest.raises(UsageError, match=r"there is no database .*changshou\.db: grade"):
        open_engine(None, read_only=True)
    assert not (tmp_path / "data").exists()
    open_engine(None).dispose()
    folder = tmp_path / "data" / "changshou"
    assert (folder / "changshou.db").exists()
    assert folder.stat().st_mode & 0o777 == 0o700


def test_sqlite_survives_a_power_cut_and_checks_references(sqlite_engine: Engine) -> None:
    """The settings that FINDINGS measured, on the connection that writes."""
    with sqlite_engine.connect() as connection:
        value = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert value == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 10_000,
    }


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg", "postgres"])
def test_postgresql_by_each_of_its_names(postgres: Postgres, scheme: str) -> None:
    """All three mean psycopg."""
    engine = open_engine(postgres.new_database().replace("postgresql", scheme, 1))
    assert engine.driver == "psycopg"
    engine.dispose()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "cannot be read"),
        ("shifts.db", "cannot be read"),
        ("postgresql://user:s3cret@host:port/x", "cannot be read"),
        ("mysql://user:s3cret@host/x", "databases of mysql are not supported"),
        ("postgresql+asyncpg://user:s3cret@host/x", "are not supported"),
        ("sqlite+aiosqlite:///s3cret.db", "are not supported"),
        ("sqlite://shifts.db", "has three slashes"),
        ("sqlite:///file:x.db?mode=ro&uri=true&key=s3cret", "takes no options"),
    ],
)
def test_urls_that_cannot_be_used(url: str, said: str) -> None:
    """The line says what to write, and repeats no password."""
    with pytest.raises(UsageError, match=said) as caught:
        open_engine(url)
    assert "s3cret" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("read_only", [False, True])
def test_a_folder_is_no_database(tmp_path: Path, read_only: bool) -> None:
    """Named for what it is."""
    with pytest.raises(UsageError, match="is a folder"):
        open_engine(f"sqlite:///{tmp_path}", read_only=read_only)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """Only the default's own folder is made: another may be a typing error."""
    with pytest.raises(StoreError, match=r"nowhere/x\.db cannot be written.*No such file"):
        open_engine(f"sqlite:///{tmp_path}/nowhere/x.db")


@pytest.mark.parametrize("read_only", [False, True])
def test_a_file_that_is_no_database(sqlite_file: Path, read_only: bool) -> None:
    """It is refused and left as it was."""
    content = b"RIFF" + bytes(range(256)) * 40
    sqlite_file.write_bytes(content)
    with pytest.raises(StoreError, match=r"shifts\.db is not a database: name another file"):
        open_engine(f"sqlite:///{sqlite_file}", read_only=read_only)
    assert sqlite_file.read_bytes() == content


def test_a_damaged_database_is_named(sqlite_file: Path, sqlite_engine: Engine) -> None:
    """What can no longer be read says so."""
    save(sqlite_engine)
    sqlite_engine.dispose()
    content = bytearray(sqlite_file.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    sqlite_file.write_bytes(content)
    with pytest.raises(StoreError, match="is damaged"):
        open_engine(f"sqlite:///{sqlite_file}", read_only=True)


def test_another_programs_database_is_left_alone(sqlite_file: Path) -> None:
    """No tables are put into a file that somebody else uses."""
    with sqlite3.connect(sqlite_file) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    engine = open_engine(f"sqlite:///{sqlite_file}")
    with pytest.raises(StoreError, match="belongs to another program"):
        upgrade(engine)
    assert inspect(engine).get_table_names() == ["theirs"]
    engine.dispose()


def test_tables_of_other_programs_on_a_shared_server_are_fine(postgres: Postgres) -> None:
    """As long as their names differ; one that is ours is said, and left alone."""
    url = postgres.new_database()
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE procrastinate_jobs (x int)"))
        connection.execute(text("CREATE TABLE finding (x int)"))
    with pytest.raises(StoreError, match="has a table of another program"):
        upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE finding"))
    upgrade(engine)
    assert "procrastinate_jobs" in inspect(engine).get_table_names()
    engine.dispose()


def test_a_read_only_file_is_refused_at_once() -> None:
    """Before hours of grading, not after."""
    with unprivileged_folder() as folder:
        file = folder / "shifts.db"
        url = f"sqlite:///{file}"
        engine = open_engine(url)
        upgrade(engine)
        engine.dispose()
        file.chmod(0o444)
        with pytest.raises(StoreError, match=r"shifts\.db is read-only: make"):
            open_engine(url)
        file.chmod(0o644)
        folder.chmod(0o555)
        with pytest.raises(StoreError, match=r"is read-only: make|cannot be written"):
            open_engine(url)


def test_a_database_on_a_read_only_disk_is_read() -> None:
    """A copy that was put away can be looked at."""
    with unprivileged_folder() as folder:
        file = folder / "shifts.db"
        engine = open_engine(f"sqlite:///{file}")
        upgrade(engine)
        shift = save(engine)
        engine.dispose()
        file.chmod(0o444)
        folder.chmod(0o555)
        reader = open_engine(f"sqlite:///{file}", read_only=True)
        upgrade(reader)
        assert reads.report(reader, shift).report == samples.report()
        reader.dispose()


def test_a_second_writer_is_refused_until_the_first_is_done(
    sqlite_file: Path, sqlite_engine: Engine
) -> None:
    """The engine has the lock until it is disposed of."""
    with pytest.raises(StoreError, match="in use by"):
        open_engine(f"sqlite:///{sqlite_file}")
    sqlite_engine.dispose()
    open_engine(f"sqlite:///{sqlite_file}").dispose()


def test_a_closed_engine_does_not_write_without_the_lock(sqlite_engine: Engine) -> None:
    """SQLAlchemy would open it again by itself."""
    sqlite_engine.dispose()
    with pytest.raises(StoreError, match="was closed"):
        save(sqlite_engine)


def test_readers_read_beside_the_writer(sqlite_file: Path, sqlite_engine: Engine) -> None:
    """Without the lock, in the middle of a write, and never writing."""
    shift = save(sqlite_engine)
    with Store(sqlite_engine, samples.SIGNER) as unit:
        unit.save(samples.identity(booth="4"), samples.recording(), samples.report())
        reader = open_engine(f"sqlite:///{sqlite_file}", read_only=True)
        upgrade(reader)
        assert [row.shift_id for row in reads.shifts(reader)] == [shift]
        unit.commit()
    assert len(reads.shifts(reader)) == 2
    with pytest.raises(StoreError, match="is read-only"):
        save(reader)
    reader.dispose()


@pytest.mark.slow
def test_what_a_killed_writer_stored_is_there(sqlite_file: Path) -> None:
    """What was committed is read, what was not is gone, and nothing needs clearing up."""
    code = (
        "import os, signal, sys\n"
        "from db.engine import open_engine, upgrade\n"
        "from db.store import Store\n"
        "from tests.db import samples\n"
        "engine = open_engine(sys.argv[1])\n"
        "upgrade(engine)\n"
        "unit = Store(engine, samples.SIGNER).__enter__()\n"
        "unit.save(samples.identity(), samples.recording(), samples.report())\n"
        "unit.commit()\n"
        "unit.save(samples.identity(booth='4'), samples.recording(), samples.report())\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    url = f"sqlite:///{sqlite_file}"
    assert subprocess.run([sys.executable, "-c", code, url]).returncode == -9
    for read_only in (True, False):
        engine = open_engine(url, read_only=read_only)
        upgrade(engine)
        assert [row.identity.booth for row in reads.shifts(engine)] == ["3"]
        engine.dispose()


def test_one_process_holds_one_connection_that_writes(sqlite_engine: Engine) -> None:
    """Two would be two writers, which SQLite before 3.51.3 does not stand."""
    assert sqlite_engine.pool.status().startswith("Pool size: 1 ")
    assert sqlite_engine.pool._max_overflow == 0  # type: ignore[attr-defined]


def test_a_database_in_memory_is_for_one_command() -> None:
    """It can be written to, and is nobody else's to read."""
    engine = open_engine("sqlite://")
    upgrade(engine)
    assert reads.report(engine, save(engine)).report == samples.report()
    engine.dispose()
    with pytest.raises(UsageError, match="in memory"):
        open_engine("sqlite://", read_only=True)


def test_upgrading_again_changes_nothing(engine: Engine) -> None:
    """A start on a current database is only a look."""
    shift = save(engine)
    upgrade(engine)
    assert reads.report(engine, shift).report == samples.report()


def test_a_newer_schema_is_refused(engine: Engine, url: str) -> None:
    """Writing with an older program could damage it, reading could mislead."""
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer changshou: install"):
        upgrade(engine)
    engine.dispose()
    reader = open_engine(url, read_only=True)
    with pytest.raises(StoreError, match="newer changshou: install"):
        upgrade(reader)
    reader.dispose()


def test_reading_an_empty_database_says_that_it_is_empty(url: str) -> None:
    """A reader makes no tables."""
    open_engine(url).dispose()
    reader = open_engine(url, read_only=True)
    with pytest.raises(StoreError, match="holds no shifts yet: grade a recording first"):
        upgrade(reader)
    reader.dispose()


def test_a_reader_of_postgresql_cannot_write(url: str, engine: Engine) -> None:
    """The server itself is told so."""
    engine.dispose()
    reader = open_engine(url, read_only=True)
    with pytest.raises(StoreError, match="is read-only"):
        save(reader)
    reader.dispose()


def test_an_upgrade_that_fails_leaves_no_tables(sqlite_engine: Engine) -> None:
    """All or nothing, on SQLite too."""
    with sqlite_engine.connect() as connection:
        # Tables that name each other cannot be dropped one by one while that is checked.
        connection.connection.driver_connection.execute("PRAGMA foreign_keys = OFF")  # type: ignore[union-attr]
        for table in inspect(connection).get_table_names():
            connection.execute(text(f'DROP TABLE "{table}"'))
        connection.commit()
    with sqlite_engine.begin() as connection:
        connection.execute(text("CREATE VIEW gap AS SELECT 1"))
    with pytest.raises(StoreError, match="refused a statement"):
        upgrade(sqlite_engine)
    assert inspect(sqlite_engine).get_table_names() == []


def test_machines_that_start_together_upgrade_once(
    postgres: Postgres, opened: Callable[[str], Engine]
) -> None:
    """The first start of a province's boxes does not collide."""
    url = postgres.new_database()
    engines = [open_engine(url) for _ in range(4)]
    start, failures = Barrier(len(engines)), list[BaseException]()

    def first_start(engine: Engine) -> None:
        start.wait()
        try:
            upgrade(engine)
        except BaseException as error:
            failures.append(error)

    threads = [Thread(target=first_start, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for engine in engines:
        engine.dispose()
    assert not failures
    assert reads.shifts(opened(url)) == []


def test_a_wrong_password_is_said_and_not_shown(postgres: Postgres) -> None:
    """The line names user, server and database."""
    with pytest.raises(StoreError, match="refuses the password") as caught:
        open_engine(postgres.url("postgres", password="s3cret"))
    shown = f"database postgresql://postgres@127.0.0.1:{postgres.port}/postgres "
    assert str(caught.value).startswith(shown)
    assert "s3cret" not in str(caught.value)


def test_options_that_are_none_are_said(postgres: Postgres) -> None:
    """A misspelt option of the URL is told from a server that is not there."""
    with pytest.raises(StoreError, match="options in its URL"):
        open_engine(postgres.url("postgres") + "?sslmod=require")


def test_a_missing_database_is_named(postgres: Postgres) -> None:
    """The server is there, the database is not."""
    with pytest.raises(StoreError, match="nowhere does not exist: create it"):
        open_engine(postgres.url("nowhere"))


def test_an_unreachable_server_is_named() -> None:
    """Nothing listens: the line says where and what to check."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        with pytest.raises(StoreError, match=f":{port}/x cannot be reached .*refused") as caught:
            open_engine(f"postgresql://user:s3cret@127.0.0.1:{port}/x")
    assert "s3cret" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.slow
def test_a_server_that_does_not_answer_is_given_up() -> None:
    """It accepts and says nothing: the wait ends."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        with pytest.raises(StoreError, match="cannot be reached"):
            open_engine(f"postgresql://user@127.0.0.1:{port}/x?connect_timeout=2")


def test_a_database_that_cannot_hold_chinese_is_refused(postgres: Postgres) -> None:
    """Found at the start, not at the first phrase."""
    url = postgres.new_database(options="ENCODING 'LATIN1' LOCALE 'C'")
    with pytest.raises(StoreError, match="encoded in LATIN1: create it with ENCODING 'UTF8'"):
        open_engine(url)


def test_a_server_that_goes_away_is_said(
    postgres: Postgres, opened: Callable[[str], Engine]
) -> None:
    """In the middle of a unit of work: an error in one line, and the next one works."""
    engine = opened(postgres.new_database())

    def write_through_a_restart() -> None:
        with Store(engine, samples.SIGNER) as unit:
            unit.save(samples.identity(), samples.recording(), samples.report())
            end_connections(postgres)
            unit.commit()

    with pytest.raises(StoreError, match=r"shutting down|cannot be reached"):
        write_through_a_restart()
    save(engine)
    assert len(reads.shifts(engine)) == 1


def end_connections(server: Postgres) -> None:
    """End every connection of the program, as a restart of the server does."""
    query = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = 'changshou'"
    )
    with psycopg.connect(server.url("postgres")) as connection:
        connection.execute(query)
