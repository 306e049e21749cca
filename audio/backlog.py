"""Hold what was heard until it is read: in memory, then in a file, and no more than both hold.

The file has no name: it is gone with the process, however that ends, and nobody else can open
it. Nothing is written to it unless the reader is so far behind that memory is full.
"""

from __future__ import annotations

import tempfile
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import IO

import numpy as np

from audio.types import RATE, Samples
from phrases.types import Gap, GapReason


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Sound:
    """A stretch that was heard."""

    at: int
    """frames at 16 kHz from the start"""
    samples: Samples
    """float32 [frames, channels]"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lost:
    """A stretch that was not."""

    at: int
    """frames at 16 kHz from the start"""
    frames: int
    """of 16 kHz"""


@dataclass(frozen=True, kw_only=True, slots=True)
class _OnDisk:
    at: int
    offset: int
    size: int
    channels: int


Entry = Sound | Lost | Gap


class Backlog:
    """What waits, first in, first out; one thread puts, another gets."""

    def __init__(self, *, memory_bytes: int, disk_bytes: int, folder: str | None = None) -> None:
        """A backlog of so many bytes of sound; `folder`: the system's for temporary files."""
        self._room = memory_bytes
        self._disk_room = disk_bytes
        self._folder = folder
        self._waiting = deque[Sound | Lost | Gap | _OnDisk]()
        self._in_memory = self._on_disk = self._frames = 0
        self._file: IO[bytes] | None = None
        self._write_at = 0
        self._full = self._ended = False
        self._change = threading.Condition()

    @property
    def behind_s(self) -> float:
        """Seconds of sound that wait."""
        return self._frames / RATE

    @property
    def disk_bytes(self) -> int:
        """Bytes that wait in the file."""
        return self._on_disk

    def put(self, sound: Sound) -> bool:
        """Keep it; False, and it is not kept, when there is no room.

        Then there is none until a tenth is free again: one long gap is better than many.
        """
        size = sound.samples.nbytes
        with self._change:
            used = self._in_memory + self._on_disk
            if self._full and used > 0.9 * (self._room + self._disk_room):
                return False
            entry = self._placed(sound, size)
            self._full = entry is None
            if entry is None:
                return False
            self._add(entry, len(sound.samples))
            return True

    def put_lost(self, lost: Lost) -> None:
        """Keep that nothing was heard: takes no room, however long."""
        with self._change:
            last = self._waiting[-1] if self._waiting else None
            if isinstance(last, Lost) and last.at + last.frames == lost.at:
                self._waiting[-1] = replace(last, frames=last.frames + lost.frames)
                self._frames += lost.frames
                self._change.notify_all()
                return
            self._add(lost, lost.frames)

    def put_gap(self, gap: Gap) -> None:
        """Keep that a gap is over."""
        with self._change:
            self._add(gap, 0)

    def end(self) -> None:
        """Nothing more comes."""
        with self._change:
            self._ended = True
            self._change.notify_all()

    def entries(self) -> Iterator[Entry]:
        """What waits, as it comes, until the end."""
        while True:
            with self._change:
                while not self._waiting:
                    if self._ended:
                        return
                    self._change.wait(1.0)
                entry = self._taken(self._waiting.popleft())
            yield entry

    def close(self) -> None:
        """Give the file up, and what is in it."""
        with self._change:
            self._ended = True
            self._waiting.clear()
            self._in_memory = self._on_disk = self._frames = 0
            if self._file is not None:
                self._file.close()
                self._file = None

    def _add(self, entry: Sound | Lost | Gap | _OnDisk, frames: int) -> None:
        self._waiting.append(entry)
        self._frames += frames
        self._change.notify_all()

    def _placed(self, sound: Sound, size: int) -> Sound | _OnDisk | None:
        """The sound in its place; in the file while anything is there, to keep the order."""
        if not self._on_disk and self._in_memory + size <= self._room:
            self._in_memory += size
            return sound
        if self._on_disk + size > self._disk_room:
            return None
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(  # noqa: SIM115
                    prefix="changshou-", dir=self._folder, buffering=0
                )
            self._write(sound.samples.tobytes())
        except OSError:  # the disk is full or broken: as if there were no room
            return None
        offset = self._write_at
        self._write_at = (offset + size) % self._disk_room
        self._on_disk += size
        return _OnDisk(at=sound.at, offset=offset, size=size, channels=sound.samples.shape[1])

    def _write(self, data: bytes) -> None:
        """At the place to write at, going on from the beginning where the room ends."""
        assert self._file is not None
        tail = self._disk_room - self._write_at
        for start, part in ((self._write_at, data[:tail]), (0, data[tail:])):
            self._file.seek(start)
            while part:
                part = part[self._file.write(part) :]

    def _read(self, entry: _OnDisk) -> bytes:
        assert self._file is not None
        tail = min(entry.size, self._disk_room - entry.offset)
        data = b""
        for start, size in ((entry.offset, tail), (0, entry.size - tail)):
            self._file.seek(start)
            while size:
                part = self._file.read(size)
                if not part:
                    raise OSError("the file of waiting sound has become shorter")
                data, size = data + part, size - len(part)
        return data

    def _taken(self, entry: Sound | Lost | Gap | _OnDisk) -> Entry:
        if isinstance(entry, Gap):
            return entry
        if isinstance(entry, Lost):
            self._frames -= entry.frames
            return entry
        if isinstance(entry, _OnDisk):
            try:
                data = self._read(entry)
            except OSError:  # the disk broke after all: heard, and lost
                data = None
            self._on_disk -= entry.size
            if not self._on_disk and self._file is not None:
                self._write_at = 0
                with suppress(OSError):
                    self._file.truncate(0)
            if data is None:
                return self._unread(entry)
            samples = np.frombuffer(data, np.float32).reshape(-1, entry.channels)
            entry = Sound(at=entry.at, samples=samples)
        else:
            self._in_memory -= entry.samples.nbytes
        self._frames -= len(entry.samples)
        return entry

    def _unread(self, entry: _OnDisk) -> Lost:
        """What the file no longer gives is lost, and its gap comes next."""
        frames = entry.size // 4 // entry.channels
        self._frames -= frames
        start_ms, end_ms = entry.at * 1000 // RATE, -(-(entry.at + frames) * 1000 // RATE)
        gap = Gap(start_ms=start_ms, end_ms=end_ms, reason=GapReason.OVERRUN)
        self._waiting.appendleft(gap)
        return Lost(at=entry.at, frames=frames)
