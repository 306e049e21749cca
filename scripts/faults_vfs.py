"""A disk that fails, under the very SQLite that Python uses: power cuts, full disks, read errors.

SQLite lets one put a VFS (https://sqlite.org/vfs.html) between itself and the system. This one
passes everything on, and keeps for each file what was written since its last sync. When the power
is cut, what was not synced is as the disk happened to have it: each write is there, is not, or is
torn at a sector. The process then ends on the spot. Once installed it is the default VFS, so the
program's own engine, schema and pragmas are what is tried.
"""

from __future__ import annotations

import ctypes
import os
import random
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

SECTOR = 512
"""bytes that a disk writes whole or not at all"""
CUT = 99
"""exit status of a process whose power was cut"""
IO_ERROR_WRITE, IO_ERROR_SYNC = (
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_FSYNC,
)
FULL = sqlite3.SQLITE_FULL

_OK = 0
_I, _P, _S = ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p
_L = ctypes.c_int64
# Names as addresses: SQLite keeps them, and what follows them in memory counts.
_OPEN = ctypes.CFUNCTYPE(_I, _P, _P, _P, _I, ctypes.POINTER(_I))
_DELETE = ctypes.CFUNCTYPE(_I, _P, _P, _I)
_CLOSE = ctypes.CFUNCTYPE(_I, _P)
_WRITE = ctypes.CFUNCTYPE(_I, _P, _P, _I, _L)
_TRUNCATE = ctypes.CFUNCTYPE(_I, _P, _L)
_SYNC = ctypes.CFUNCTYPE(_I, _P, _I)


class _Vfs(ctypes.Structure):
    """struct sqlite3_vfs, as far as the methods of version 3 go."""

    _fields_ = [
        ("version", _I), ("file_size", _I), ("path_size", _I), ("next", _P), ("name", _S),
        ("data", _P), ("open", _P), ("delete", _P), ("rest", _P * 16),
    ]  # fmt: skip


class _Methods(ctypes.Structure):
    """struct sqlite3_io_methods, version 3."""

    _fields_ = [
        ("version", _I), ("close", _P), ("read", _P), ("write", _P), ("truncate", _P),
        ("sync", _P), ("rest", _P * 13),
    ]  # fmt: skip


class _File(ctypes.Structure):
    """The beginning of every sqlite3_file."""

    _fields_ = [("methods", ctypes.POINTER(_Methods))]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Write:
    """One write that is not synced, and how to take it back."""

    offset: int
    new: bytes | None
    """None: the file was cut to `offset`"""
    old: bytes
    """what stood there"""
    size: int
    """of the file before"""


@dataclass(kw_only=True, slots=True)
class _Disk:
    """A file as the disk has it."""

    handle: int
    """of our own; never closed, for that would let go of SQLite's locks"""
    path: str
    synced: bool
    """whether it would be there after a power cut"""
    writes: list[_Write] = field(default_factory=list)


Fault = Callable[[str, int], int]
"""(write or sync, its number from 1) to what SQLite is told: 0 to go on, else an error"""


class Faulty:
    """The VFS, installed for the rest of the process."""

    def __init__(self, *, cut_at: int | None, seed: int, fault: Fault = lambda _what, _n: _OK):
        """Cut the power at the `cut_at`-th write or sync (None: never); ask `fault` at each."""
        self._library = ctypes.CDLL(_library())
        self._cut_at = cut_at
        self._random = random.Random(seed)
        self._fault = fault
        self._disks: dict[str, _Disk] = {}
        self._files: dict[int, _Disk] = {}
        self._known: dict[int, _Methods] = {}
        self._kept: list[Any] = []
        self.operations = 0
        """writes and syncs so far"""
        self._install()

    def stop(self) -> None:
        """Fail no more; what uses it must hold it until then."""
        self._cut_at, self._fault = None, lambda _what, _n: _OK

    def _install(self) -> None:
        find = self._library.sqlite3_vfs_find
        find.restype = _P
        default = _Vfs.from_address(find(None))
        own = _Vfs()
        ctypes.memmove(ctypes.byref(own), ctypes.byref(default), ctypes.sizeof(_Vfs))
        own.next, own.name = None, b"faulty"
        self._open = _OPEN(default.open)
        self._delete = _DELETE(default.delete)
        own.open = self._callback(_OPEN, self._on_open)
        own.delete = self._callback(_DELETE, self._on_delete)
        self._kept.append(own)
        register = self._library.sqlite3_vfs_register
        register.argtypes = [_P, _I]
        if register(ctypes.byref(own), 1) != _OK:
            raise RuntimeError("SQLite takes no VFS")

    def _callback(self, kind: Any, call: Callable[..., int]) -> int:
        made = kind(call)
        self._kept.append(made)
        return int(ctypes.cast(made, _P).value or 0)

    def _on_open(self, vfs: int, name: int | None, file: int, flags: int, out: Any) -> int:
        path = None if name is None else os.fsdecode(ctypes.string_at(name))
        before = path is not None and os.path.exists(path)
        code = int(self._open(vfs, name, file, flags, out))
        if code == _OK and path is not None:
            if path not in self._disks:
                handle = os.open(path, os.O_RDWR)
                self._disks[path] = _Disk(handle=handle, path=path, synced=before)
            self._files[file] = self._disks[path]
            head = _File.from_address(file)
            head.methods = ctypes.pointer(self._wrapped(head.methods))
        return code

    def _wrapped(self, methods: Any) -> _Methods:
        address = ctypes.addressof(methods.contents)
        if address not in self._known:
            theirs = methods.contents
            ours = _Methods()
            ctypes.memmove(ctypes.byref(ours), ctypes.byref(theirs), ctypes.sizeof(_Methods))
            write, cut, sync = (
                _WRITE(theirs.write), _TRUNCATE(theirs.truncate), _SYNC(theirs.sync),
            )  # fmt: skip

            def on_write(file: int, buffer: int, size: int, offset: int) -> int:
                return self._on_write(write, file, buffer, size, offset)

            def on_truncate(file: int, size: int) -> int:
                return self._on_truncate(cut, file, size)

            def on_sync(file: int, _flags: int) -> int:
                return self._on_sync(file)

            ours.write = self._callback(_WRITE, on_write)
            ours.truncate = self._callback(_TRUNCATE, on_truncate)
            ours.sync = self._callback(_SYNC, on_sync)
            self._kept += [write, cut, sync]
            self._known[address] = ours
            self._known[ctypes.addressof(ours)] = ours
        return self._known[address]

    def _on_delete(self, vfs: int, name: int, sync: int) -> int:
        self._disks.pop(os.fsdecode(ctypes.string_at(name)), None)
        return int(self._delete(vfs, name, sync))

    def _on_write(self, write: Any, file: int, buffer: int, size: int, offset: int) -> int:
        code = self._next("write")
        if code != _OK:
            return code
        disk = self._files[file]
        disk.writes.append(
            _Write(
                offset=offset,
                new=ctypes.string_at(buffer, size),
                old=os.pread(disk.handle, size, offset),
                size=os.fstat(disk.handle).st_size,
            )
        )
        return int(write(file, buffer, size, offset))

    def _on_truncate(self, cut: Any, file: int, size: int) -> int:
        disk = self._files[file]
        had = os.fstat(disk.handle).st_size
        old = os.pread(disk.handle, max(0, had - size), size)
        disk.writes.append(_Write(offset=size, new=None, old=old, size=had))
        return int(cut(file, size))

    def _on_sync(self, file: int) -> int:
        code = self._next("sync")
        if code == _OK:
            # Nothing need reach the real disk: its power is not cut.
            self._files[file].writes.clear()
            self._files[file].synced = True
        return code

    def _next(self, what: str) -> int:
        self.operations += 1
        if self.operations == self._cut_at:
            for disk in self._disks.values():
                _lose(disk, self._random)
            os._exit(CUT)
        return self._fault(what, self.operations)


def _lose(disk: _Disk, rng: random.Random) -> None:
    """Leave of what was not synced what the disk happened to have."""
    if not disk.synced and rng.random() < 0.5:
        os.unlink(disk.path)
        return
    for write in reversed(disk.writes):
        os.pwrite(disk.handle, write.old, write.offset)
        os.ftruncate(disk.handle, write.size)
    # A disk that wrote nothing, all, or whatever came first, and one that wrote in its own order.
    kind = rng.choice(("none", "first", "any"))
    first = rng.randint(0, len(disk.writes))
    for number, write in enumerate(disk.writes):
        if kind == "none" or (kind == "first" and number >= first):
            break
        if kind == "any" and rng.random() < 0.5:
            continue
        if write.new is None:
            os.ftruncate(disk.handle, write.offset)
            continue
        whole = len(write.new)
        torn = kind == "first" and number == first - 1 and rng.random() < 0.5
        size = rng.randrange(0, whole // SECTOR + 1) * SECTOR if torn else whole
        os.pwrite(disk.handle, write.new[:size], write.offset)


def _library() -> str:
    """The file of the SQLite that Python's own module is linked to; RuntimeError if it has none."""
    with open("/proc/self/maps", encoding="utf-8") as maps:
        for line in maps:
            path = line.split()[-1]
            if "libsqlite3" in path:
                return path
    raise RuntimeError("this Python has SQLite built in: no VFS can be put under it")
