"""Let one process write to an SQLite database, and name the one that does.

SQLite before 3.51.3 can damage a database in WAL mode when two connections write or checkpoint
at once, and that is the version that Python and Debian bring. The lock is the system's, so it
ends with its owner however that ends; the file beside the database only says who it is.
"""

from __future__ import annotations

import fcntl
import os
import re
import sys
from pathlib import Path

from db.types import StoreError


class WriterLock:
    """The right to write to one database file, held from `take` to `release`."""

    def __init__(self, database: Path) -> None:
        # Resolved, so that a link to the database has the same lock.
        self._database = database.resolve()
        self._path = self._database.with_name(self._database.name + ".lock")
        self._handle: int | None = None

    @property
    def held(self) -> bool:
        """Whether this process may write."""
        return self._handle is not None

    def take(self) -> None:
        """Take it at once; StoreError with the owner's name if another has it."""
        if self.held:
            return
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        except OSError as error:
            raise StoreError(
                f"database {self._database} cannot be written, {self._path.name} beside it: "
                f"{error.strerror}; make the file and its folder writable, or name another database"
            ) from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(handle, 0)
            os.write(handle, f"{_command()} (pid {os.getpid()})\n".encode())
        except BlockingIOError:
            owner = os.pread(handle, 200, 0).decode(errors="replace").strip()
            os.close(handle)
            raise StoreError(
                f"database {self._database} is in use by {owner or 'another program'}: "
                "wait or stop it"
            ) from None
        except OSError as error:
            os.close(handle)
            raise StoreError(
                f"database {self._database} cannot be locked, {self._path.name} beside it: "
                f"{error.strerror}; free some disk, or keep the database on a local disk"
            ) from None
        self._handle = handle

    def release(self) -> None:
        """Give it back; the file stays, for taking it away would let two have it."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def _command() -> str:
    """The program and its subcommand, without arguments: those may name people."""
    words = [Path(sys.argv[0]).name or "python"] if sys.argv else ["python"]
    words += [word for word in sys.argv[1:2] if re.fullmatch(r"[a-z][a-z-]{0,30}", word)]
    return " ".join(words)
