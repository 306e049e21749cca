"""Open the database that a URL names and bring its tables up to date."""

from __future__ import annotations

import functools
import os
from importlib import resources
from pathlib import Path

import platformdirs
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, func, inspect, make_url, select
from sqlalchemy.exc import ArgumentError

from db import sqlite
from db.columns import to_json
from db.explain import place, plainly
from db.types import StoreError, UsageError

VERSION_TABLE = "changshou_version"
"""where the schema's version stands; named apart, for PostgreSQL may be shared"""
CONNECT_S = 10
"""seconds to wait for a server that does not answer"""
_UPGRADE_LOCK = 0x6368616E67  # "chang"
_WANTED = "sqlite:///FILE or postgresql://USER:PASSWORD@SERVER/DATABASE"


def default_database() -> Path:
    """The file in the user's own data folder; neither need exist."""
    return platformdirs.user_data_path("changshou", appauthor=False) / "changshou.db"


def open_engine(url: str | None, *, read_only: bool = False) -> Engine:
    """The database of `url`, reached and ready; None: SQLite in the user's data folder.

    To write to SQLite takes its one writer's lock, until `dispose()`. Raises UsageError for a
    URL that cannot be used and StoreError for a database that cannot.
    """
    address = _address(url)
    if address.get_backend_name() == "sqlite":
        database = _file(address)
        if url is None and not read_only:
            _make_default_folder()
        engine = sqlite.open_reader(database) if read_only else sqlite.open_writer(database)
    else:
        engine = _open_postgresql(address, read_only)
    try:
        with plainly(engine), engine.connect() as connection:
            _check(connection)
    except BaseException:
        engine.dispose()
        raise
    return engine


def upgrade(engine: Engine) -> None:
    """Bring the tables to this program's version; an engine that only reads is but checked.

    All or nothing, and safe to run at once from many machines. Raises StoreError if the database
    is newer than the program, is another program's, or (reading only) has yet to be upgraded.
    """
    with plainly(engine), engine.begin() as connection:
        read_only = bool(engine.get_execution_options().get("read_only"))
        if connection.dialect.name == "postgresql" and not read_only:
            connection.execute(select(func.pg_advisory_xact_lock(_UPGRADE_LOCK)))
        if not _is_current(connection, read_only):
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def _address(url: str | None) -> URL:
    if url is None:
        return URL.create("sqlite", database=str(default_database()))
    try:
        address = make_url(url)
        driver = address.drivername
    except (ArgumentError, ValueError):
        # The text is not repeated: it may hold a password.
        raise UsageError(f"the database's URL cannot be read: write {_WANTED}") from None
    if driver in ("sqlite", "sqlite+pysqlite"):
        return address.set(drivername="sqlite")
    if driver in ("postgresql", "postgres", "postgresql+psycopg"):
        return address.set(drivername="postgresql+psycopg")
    raise UsageError(f"databases of {driver} are not supported: write {_WANTED}")


def _file(address: URL) -> Path | None:
    """The database's file, absolute; None: in memory."""
    if address.query or (address.database or "").startswith("file:"):
        raise UsageError("the URL of an SQLite database takes no options: write sqlite:///FILE")
    if address.host:
        # Else a slash too few would store the shift in memory, and lose it.
        raise UsageError("the URL of an SQLite database has three slashes: write sqlite:///FILE")
    if address.database in (None, "", sqlite.IN_MEMORY):
        return None
    file = Path(os.path.abspath(os.path.expanduser(str(address.database))))
    if os.path.isdir(file):
        raise UsageError(f"database {file} is a folder: name a file")
    return file


def _make_default_folder() -> None:
    folder = default_database().parent
    try:
        # What collectors said is nobody else's business on a shared machine.
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"folder {folder} for the database cannot be made: {error.strerror}; "
            "name another database with --db"
        ) from None


def _open_postgresql(address: URL, read_only: bool) -> Engine:
    options: dict[str, object] = {"application_name": "changshou"}
    if "connect_timeout" not in address.query:
        options["connect_timeout"] = CONNECT_S
    return create_engine(
        address,
        connect_args=options,
        pool_pre_ping=True,
        # Whatever the server's default: a row that another writer just made must be seen.
        isolation_level="READ COMMITTED",
        hide_parameters=True,
        json_serializer=to_json,
        execution_options={"read_only": read_only, "postgresql_readonly": read_only},
    )


def _check(connection: Connection) -> None:
    """Meet at the start what would be met after hours of grading."""
    if connection.dialect.name == "sqlite":
        version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        if not connection.get_execution_options().get("read_only"):
            # A read-only file is opened all the same, and refuses only a write.
            connection.exec_driver_sql(f"PRAGMA user_version = {version}")
    else:
        encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
        if encoding != "UTF8":
            raise StoreError(
                f"database {place(connection.engine.url)} is encoded in {encoding}: "
                "create it with ENCODING 'UTF8'"
            )


def _config() -> Config:
    config = Config()
    folder = str(resources.files("db") / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["version_table"] = VERSION_TABLE
    return config


@functools.cache
def _versions() -> tuple[frozenset[str], frozenset[str]]:
    """The newest version's revisions, and all: read once, for many open many databases."""
    scripts = ScriptDirectory.from_config(_config())
    every = frozenset(script.revision for script in scripts.walk_revisions())
    return frozenset(scripts.get_heads()), every


def _is_current(connection: Connection, read_only: bool) -> bool:
    """Whether there is nothing to do; StoreError if what is to do must not be done."""
    where = f"database {place(connection.engine.url)}"
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    present = set(context.get_current_heads())
    newest, every = _versions()
    if present == newest:
        return True
    if present - every:
        raise StoreError(f"{where} was written by a newer changshou: install that or a newer one")
    if (
        not present
        and connection.dialect.name == "sqlite"
        and inspect(connection).get_table_names()
    ):
        raise StoreError(f"{where} belongs to another program: name another file")
    if read_only:
        state = "is of an older changshou" if present else "holds no shifts yet"
        raise StoreError(f"{where} {state}: grade a recording first, that prepares it")
    return False
