"""Keep files that nobody else may read in a folder that goes with the process that made it.

A server that is killed leaves its folder behind: the next one deletes it, by the system's lock that
ended with its owner. So two servers with one database leave each other's alone.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class OwnFolder:
    """A folder of this process in `parent`, made when it is first needed; OSError if it cannot."""

    def __init__(self, parent: Path) -> None:
        self._parent = parent
        self._path: Path | None = None
        self._lock: int | None = None

    def sweep(self) -> None:
        """Delete what processes left that have ended; what cannot be deleted stays."""
        with suppress(OSError), _held(self._parent):
            for path in self._parent.iterdir():
                with suppress(OSError), _held(path, wait=False):
                    shutil.rmtree(path, ignore_errors=True)

    def path(self) -> Path:
        """The folder, which only its owner may enter."""
        if self._path is None:
            self._parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._parent.chmod(0o700)
            with _held(self._parent):
                made = Path(tempfile.mkdtemp(dir=self._parent))
                self._lock = _locked(made, fcntl.LOCK_EX)
            self._path = made
        return self._path

    def remove(self) -> None:
        """Delete it with all that lies in it."""
        if self._path is not None:
            shutil.rmtree(self._path, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)
        self._path = self._lock = None
        with suppress(OSError):
            # Another server's may lie in it.
            self._parent.rmdir()


@contextmanager
def _held(folder: Path, *, wait: bool = True) -> Iterator[None]:
    """Keep others from the folder for the block; BlockingIOError if it is another's."""
    handle = _locked(folder, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    try:
        yield
    finally:
        os.close(handle)


def _locked(folder: Path, how: int) -> int:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, how)
    except OSError:
        os.close(handle)
        raise
    return handle
