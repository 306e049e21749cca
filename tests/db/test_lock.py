"""One process writes to an SQLite database, and who it is can be read."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from db.lock import WriterLock
from db.types import StoreError
from tests.db.unprivileged import unprivileged_folder

OWNER = """
import sys
sys.argv = ["/usr/bin/changshou", "grade", "张三.wav"]
from pathlib import Path
from db.lock import WriterLock
WriterLock(Path(sys.stdin.readline().strip())).take()
print("taken", flush=True)
sys.stdin.readline()
"""


@contextmanager
def other_owner(database: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        print(database, file=process.stdin, flush=True)
        assert process.stdout.readline() == "taken\n"
        yield process
        process.kill()


def test_a_second_writer_is_told_who_writes(sqlite_file: Path) -> None:
    """The command and the process, but not its arguments."""
    with other_owner(sqlite_file) as process, pytest.raises(StoreError) as caught:
        WriterLock(sqlite_file).take()
    assert str(caught.value) == (
        f"database {sqlite_file} is in use by changshou grade (pid {process.pid}): wait or stop it"
    )


def test_the_lock_ends_with_its_owner(sqlite_file: Path) -> None:
    """Killed or not: nobody has to clear up."""
    with other_owner(sqlite_file):
        pass
    lock = WriterLock(sqlite_file)
    lock.take()
    assert str(os.getpid()) in sqlite_file.with_name("shifts.db.lock").read_text()
    lock.release()


def test_two_writers_in_one_process_are_refused_too(sqlite_file: Path) -> None:
    """The lock belongs to what took it, not to the process."""
    first, second = WriterLock(sqlite_file), WriterLock(sqlite_file)
    first.take()
    first.take()
    with pytest.raises(StoreError, match="in use by"):
        second.take()
    assert not second.held
    first.release()
    second.take()
    assert second.held
    second.release()


def test_a_link_to_a_database_has_its_lock(sqlite_file: Path, tmp_path: Path) -> None:
    """Another name is no way round."""
    sqlite_file.touch()
    link = tmp_path / "link.db"
    link.symlink_to(sqlite_file)
    lock = WriterLock(sqlite_file)
    lock.take()
    with pytest.raises(StoreError, match="in use by"):
        WriterLock(link).take()
    lock.release()


def test_a_folder_that_cannot_be_written_is_named() -> None:
    """Where no lock can be made, nothing is written."""
    with unprivileged_folder() as folder:
        folder.chmod(0o555)
        with pytest.raises(StoreError, match=r"cannot be written.*Permission denied"):
            WriterLock(folder / "shifts.db").take()
