"""A real PostgreSQL 15 for tests: Debian's, in a temporary folder, on a free port.

Its absence fails the tests that need it: PostgreSQL is what provinces will run.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

DEBIAN = Path("/usr/lib/postgresql/15/bin")
START_S = 60.0
"""seconds to wait for the server"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Postgres:
    """A running server and its administrator."""

    port: int
    password: str
    log: Path
    """the server's messages"""

    def url(self, database: str, *, password: str | None = None) -> str:
        """The database's URL, with another password than the right one if one is given."""
        return f"postgresql://postgres:{password or self.password}@127.0.0.1:{self.port}/{database}"

    def new_database(self, *, options: str = "ENCODING 'UTF8'") -> str:
        """Create an empty database; its URL."""
        name = f"test_{secrets.token_hex(6)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 {options}".encode())
        return self.url(name)

    def drop(self, url: str) -> None:
        """Take a database away, with whatever is still connected to it."""
        name = url.rpartition("/")[2]
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _binaries() -> Path:
    found = shutil.which("initdb")
    folder = Path(found).resolve().parent if found else DEBIAN
    if not (folder / "initdb").exists():
        pytest.fail(
            "PostgreSQL 15 is not installed, and these tests need a real one: "
            "apt-get install postgresql-15",
            pytrace=False,
        )
    return folder


def _account() -> dict[str, Any]:
    """Who runs the server: PostgreSQL refuses root."""
    if os.getuid() != 0:
        return {}
    return {"user": "postgres", "group": "postgres", "extra_groups": []}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(*settings: str) -> Iterator[Postgres]:
    """A server that ends, with all that it kept, when the block does.

    `settings` are its own, such as `shared_buffers=1GB`.
    """
    binaries, account = _binaries(), _account()
    folder = Path(tempfile.mkdtemp(prefix="changshou-postgres-"))
    try:
        server = Postgres(
            port=_free_port(), password=secrets.token_hex(8), log=folder / "postgres.log"
        )
        secret = folder / "password"
        secret.write_text(server.password)
        if account:
            for path in (folder, secret):
                shutil.chown(path, account["user"], account["group"])
        data = folder / "data"
        subprocess.run(
            [
                *(str(binaries / "initdb"), "-D", str(data), "-U", "postgres"),
                *("--pwfile", str(secret), "--auth-host=scram-sha-256", "--auth-local=reject"),
                *("--encoding=UTF8", "--locale=C", "--no-sync"),
            ],
            check=True,
            capture_output=True,
            cwd=folder,
            **account,
        )
        with server.log.open("wb") as log:
            process = subprocess.Popen(
                [
                    *(str(binaries / "postgres"), "-D", str(data), "-p", str(server.port)),
                    *("-k", "", "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"),
                    *(part for setting in settings for part in ("-c", setting)),
                ],
                stdout=log,
                stderr=log,
                cwd=folder,
                **account,
            )
        try:
            _wait(server, process)
            yield server
        finally:
            process.send_signal(signal.SIGINT)  # its "fast shutdown"
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=START_S)
            process.kill()
            process.wait()
    finally:
        shutil.rmtree(folder)


def _wait(server: Postgres, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_S
    while True:
        try:
            psycopg.connect(server.url("postgres"), connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"PostgreSQL did not start:\n{server.log.read_text()}") from None
        time.sleep(0.1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The session's server."""
    with running() as server:
        yield server
