"""Write lists of vehicles to files, one after the other, while the server does other things.

Whoever asked may leave and come back for the file. What there is, and how far it is, is known to
this process alone, and its files go with it: a list is soon asked for again.
"""

from __future__ import annotations

import datetime as dt
import errno
import io
import logging
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from threading import Event, Lock, Thread
from typing import IO, Any

from db import erase, vehicle_list
from db.access import Access
from db.figures_types import Asked, Wanted
from db.people_types import Reach
from db.types import StoreError
from service.bootstrap import Knowledge
from service.health import LEAST_FREE
from service.list_folder import OwnFolder
from service.log import place
from service.reports import files, vehicles
from service.reports.document import Cell, Language
from service.reports.files import Format, ListForm
from service.reports.names import Names

_LOG = logging.getLogger(__name__)
MOST = 3
"""files of one person at once"""
KEPT = dt.timedelta(days=1)
"""after which a file that is written is deleted"""
WAIT_S = 60.0
"""seconds between two looks at what is to be deleted"""
ROOM_S = 1.0
"""seconds between two looks at how much of the disk is free"""
ROWS = 100
"""rows between two looks at whether to go on"""
PATIENCE_S = 2.0
"""seconds that a stop waits for the thread, before and after its folder is deleted"""


class Trouble(StrEnum):
    """Why a file could not be written."""

    NO_ROOM = "no_room"
    DISK = "disk"
    DATABASE = "database"
    BROKEN = "broken"


class TooMany(Exception):
    """Somebody has as many files as they may have."""

    def __init__(self) -> None:
        super().__init__(
            f"you have {MOST} files, which are kept for a day: drop one "
            "(DELETE /v1/reports/files/{file}), then ask again"
        )


class _Dropped(Exception):
    """The file is not wanted any more, or the server ends."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """The list that somebody asks for."""

    person: int
    asked: Asked
    """with their reach, as it was then"""
    wanted: Wanted
    form: ListForm
    language: Language

    @property
    def filters(self) -> dict[str, str]:
        """What is asked for beside the days, by the parameter's name."""
        names = ("station", "booth", "team", "collector", "lane")
        given = {name: getattr(self.asked, name) for name in names}
        given |= {name: getattr(self.wanted, name) for name in ("outcome", "code", "status")}
        return {name: str(value) for name, value in given.items() if value is not None}


@dataclass(kw_only=True, slots=True, eq=False)
class ListFile:
    """A file that was asked for."""

    id: str
    wish: Wish
    name: str
    asked_at: dt.datetime
    begun_at: dt.datetime | None = None
    """None: it waits"""
    ended_at: dt.datetime | None = None
    done: int = 0
    """rows that are written"""
    of: int | None = None
    """rows that there are; None: they are not counted yet"""
    bytes: int | None = None
    """None: there is no file"""
    trouble: Trouble | None = None
    """why there will be none"""
    folder: Path | None = None
    dropped: bool = False


class ListFiles:
    """A thread that writes what is asked for; `close` ends it, and deletes all."""

    def __init__(
        self,
        database: Access,
        folder: Path,
        known: Callable[[], Knowledge],
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._database = database
        self._folder = OwnFolder(folder)
        self._known = known
        self._clock = clock
        self._files: dict[str, ListFile] = {}
        """by id, in the order asked"""
        self._lock = Lock()
        """over the above"""
        self._stop = Event()
        self._asked = Event()
        self._looked = 0.0
        self._thread = Thread(target=self._work, name="lists", daemon=True)

    def start(self) -> None:
        """Delete what a server that was killed left, and wait for who asks."""
        self._folder.sweep()
        self._thread.start()

    def close(self) -> None:
        """Stop, even in the middle of a file."""
        self._stop.set()
        self._asked.set()
        for _ in range(2):
            if self._thread.is_alive():
                self._thread.join(PATIENCE_S)
            # What still puts a spreadsheet together finds no folder, and ends by that.
            self._folder.remove()

    def ask(self, wish: Wish) -> ListFile:
        """Have it written, after those that others asked for before; TooMany if it may not be."""
        one = ListFile(
            id=secrets.token_hex(8),
            wish=wish,
            name=files.name(vehicles.name(wish.asked), wish.form),
            asked_at=self._clock(),
        )
        with self._lock:
            if sum(each.wish.person == wish.person for each in self._files.values()) >= MOST:
                raise TooMany
            self._files[one.id] = one
        self._asked.set()
        return one

    def of(self, person: int, reach: Reach) -> list[ListFile]:
        """Somebody's files, in the order asked; one beyond their reach of now is deleted.

        StoreError if the database cannot say whether somebody was erased since.
        """
        self.tidy()
        found = []
        for one in self._listed():
            if one.wish.person != person:
                continue
            if reach.covers(one.wish.asked.reach):
                found.append(one)
            else:
                self.drop(one)
        return found

    def ahead(self, one: ListFile) -> int:
        """How many are to be written before it."""
        left = [each for each in self._listed() if each.ended_at is None]
        return left.index(one) if one in left else 0

    def drop(self, one: ListFile) -> None:
        """Delete it, or let it not be written."""
        with self._lock:
            self._files.pop(one.id, None)
        one.dropped = True
        _delete(one)

    def opened(self, one: ListFile) -> IO[bytes] | None:
        """The file, which stays readable if it is deleted now; None: there is none."""
        if one.folder is None or one.bytes is None:
            return None
        with suppress(OSError):
            return _path(one.folder).open("rb")
        return None

    def tidy(self) -> None:
        """Delete what is over its time, and what may name somebody who was erased since."""
        begun = [one for one in self._listed() if one.begun_at is not None]
        if not begun:
            return
        old = self._clock() - KEPT
        with self._database.reading() as connection:
            erased = erase.newest_collector(connection)
        for one in begun:
            over = one.ended_at is not None and one.ended_at <= old
            if over or (erased and one.begun_at and one.begun_at <= erased):
                self.drop(one)

    def _listed(self) -> list[ListFile]:
        with self._lock:
            return list(self._files.values())

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                self.tidy()
            except StoreError as error:
                _LOG.error("old lists cannot be looked for: %s", error)
            one = next((each for each in self._listed() if each.ended_at is None), None)
            if one is None:
                self._asked.wait(WAIT_S)
                self._asked.clear()
            else:
                self._end(one, self._tried(one))

    def _end(self, one: ListFile, trouble: Trouble | None) -> None:
        if trouble is not None or one.dropped or self._stop.is_set():
            _delete(one)
        one.trouble = trouble
        one.ended_at = self._clock()

    def _tried(self, one: ListFile) -> Trouble | None:
        """Write it; why it is not written."""
        try:
            self._write(one)
        except _Dropped:
            return None
        except StoreError as error:
            _LOG.error("a list cannot be read: %s", error)
            return Trouble.DATABASE
        except OSError as error:
            if self._stop.is_set() or one.dropped:
                # Its folder was deleted.
                return None
            # Without the file's name.
            _LOG.error("a list cannot be written: %s", error.strerror)
            full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
            return Trouble.NO_ROOM if full else Trouble.DISK
        except Exception as error:
            where = place(error.__traceback__)
            _LOG.error("a list broke down: %s at %s", type(error).__name__, where)
            return Trouble.BROKEN
        return None

    def _write(self, one: ListFile) -> None:
        wish, names = one.wish, Names(self._known(), one.wish.language)
        if self._stop.is_set() or one.dropped:
            raise _Dropped
        one.begun_at = self._clock()
        folder = one.folder = self._folder.path() / one.id
        folder.mkdir(mode=0o700)
        self._looked = 0.0
        with self._database.reading() as connection:
            one.of = vehicle_list.count(connection, wish.asked, wish.wanted)
        rows = vehicles.rows(self._database.reading, wish.asked, wish.wanted, names)
        handle = os.open(_path(folder), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            watched = _Watched(file, lambda: self._look(one, folder))
            files.write_list(
                vehicles.table(names),
                self._counted(one, folder, rows),
                names.word("vehicles"),
                wish.form,
                watched,
                folder,
            )
            watched.hold()
        one.bytes = _path(folder).stat().st_size

    def _counted(
        self, one: ListFile, folder: Path, rows: Iterator[Sequence[Cell]]
    ) -> Iterator[Sequence[Cell]]:
        for number, row in enumerate(rows):
            if number % ROWS == 0:
                self._look(one, folder)
            yield row
            one.done = number + 1
        # Meanwhile some may have come or gone.
        one.of = one.done
        if one.wish.form is Format.XLSX:
            # Each sheet is copied once, and then all are packed.
            sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
            _room(folder, max(sizes) + sum(sizes) // 4)

    def _look(self, one: ListFile, folder: Path) -> None:
        """Whether to go on: _Dropped or OSError if not."""
        if self._stop.is_set() or one.dropped:
            raise _Dropped
        if time.monotonic() - self._looked > ROOM_S:
            _room(folder, 0)
            self._looked = time.monotonic()


class _Watched(io.BufferedIOBase):
    """A file that is looked after at each write.

    Once that failed it takes anything: who wrote to it may end in their own way, which harms no
    more.
    """

    def __init__(self, file: IO[bytes], look: Callable[[], None]) -> None:
        self._file = file
        self._look = look
        self._failed: BaseException | None = None

    def hold(self) -> None:
        """Raise what failed, for who wrote may have overheard it."""
        if self._failed is not None:
            raise self._failed

    def write(self, piece: Any) -> int:
        """Write; whatever the look or the system raises, the first time."""
        return self._do(lambda: self._file.write(piece), len(piece))

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go there."""
        return self._do(lambda: self._file.seek(offset, whence), 0)

    def tell(self) -> int:
        """Where it stands."""
        return self._do(self._file.tell, 0)

    def flush(self) -> None:
        """Its end is the file's own."""

    def _do(self, what: Callable[[], int], instead: int) -> int:
        if self._failed is not None:
            return instead
        try:
            self._look()
            return what()
        except BaseException as error:
            self._failed = error
            raise


def _path(folder: Path) -> Path:
    return folder / "list"


def _room(folder: Path, more: int) -> None:
    """OSError unless so many bytes may be written: a full disk would lose what matters more."""
    if shutil.disk_usage(folder).free < LEAST_FREE + more:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _delete(one: ListFile) -> None:
    if one.folder is not None:
        shutil.rmtree(one.folder, ignore_errors=True)
