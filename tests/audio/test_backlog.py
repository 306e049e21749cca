"""The backlog: all in order, first in memory, then in the file, and no more than both hold."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from audio.backlog import Backlog, Entry, Lost, Sound
from phrases.types import Gap, GapReason

FRAMES = 100
SIZE = FRAMES * 4


def sound(number: int, channels: int = 1) -> Sound:
    """The n-th block, which holds its number."""
    samples = np.full((FRAMES, channels), number, np.float32)
    return Sound(at=number * FRAMES, samples=samples)


def numbers(entries: list[Entry]) -> list[int]:
    """Those of the blocks, checked against their samples."""
    found = []
    for entry in entries:
        if isinstance(entry, Sound):
            number = entry.at // FRAMES
            assert (entry.samples == number).all()
            found.append(number)
    return found


def drained(backlog: Backlog) -> list[Entry]:
    """All that waits."""
    backlog.end()
    entries = list(backlog.entries())
    backlog.close()
    return entries


def test_memory_comes_first_and_the_file_only_when_it_is_full(tmp_path: Path) -> None:
    """Sound is not written to disk without need."""
    backlog = Backlog(memory_bytes=5 * SIZE, disk_bytes=5 * SIZE, folder=str(tmp_path))
    assert all(backlog.put(sound(n)) for n in range(5))
    assert backlog.disk_bytes == 0
    assert all(backlog.put(sound(n)) for n in range(5, 10))
    assert backlog.disk_bytes == 5 * SIZE
    assert backlog.behind_s == pytest.approx(10 * FRAMES / 16_000)
    assert not backlog.put(sound(10))
    assert numbers(drained(backlog)) == list(range(10))


def test_the_file_has_no_name(tmp_path: Path) -> None:
    """Nobody else can open it, and it does not outlive the process."""
    backlog = Backlog(memory_bytes=0, disk_bytes=9 * SIZE, folder=str(tmp_path))
    assert backlog.put(sound(0))
    assert list(tmp_path.iterdir()) == []
    backlog.close()


@pytest.mark.parametrize("channels", [1, 2])
def test_the_file_goes_round(tmp_path: Path, channels: int) -> None:
    """However long the reader stays behind, it does not grow, and nothing is mixed up."""
    backlog = Backlog(
        memory_bytes=2 * SIZE, disk_bytes=7 * SIZE * channels + 10, folder=str(tmp_path)
    )
    entries = backlog.entries()
    found = list[Entry]()
    put = 0
    for _ in range(7):
        assert backlog.put(sound(put, channels))
        put += 1
    for _ in range(60):
        found.append(next(entries))
        assert backlog.put(sound(put, channels))
        put += 1
        assert backlog.disk_bytes <= 7 * SIZE * channels + 10
    assert numbers(found + drained(backlog)) == list(range(put))


def test_when_full_a_tenth_must_be_free_again() -> None:
    """One long gap is better than many short ones."""
    backlog = Backlog(memory_bytes=20 * SIZE, disk_bytes=0)
    entries = backlog.entries()
    assert [backlog.put(sound(n)) for n in range(22)] == [True] * 20 + [False] * 2
    next(entries)
    assert not backlog.put(sound(22))
    next(entries)
    assert backlog.put(sound(23))


def test_lost_time_takes_no_room() -> None:
    """A microphone that is gone for a day does not fill the memory."""
    backlog = Backlog(memory_bytes=0, disk_bytes=0)
    for n in range(10_000):
        backlog.put_lost(Lost(at=n * FRAMES, frames=FRAMES))
    gap = Gap(start_ms=0, end_ms=62_500, reason=GapReason.MIC_LOST)
    backlog.put_gap(gap)
    assert drained(backlog) == [Lost(at=0, frames=10_000 * FRAMES), gap]


def test_a_disk_that_cannot_be_written_is_no_room(tmp_path: Path) -> None:
    """What does not fit into memory is then told as lost, and capture goes on."""
    backlog = Backlog(memory_bytes=SIZE, disk_bytes=9 * SIZE, folder=str(tmp_path / "none"))
    assert backlog.put(sound(0))
    assert not backlog.put(sound(1))
    assert numbers(drained(backlog)) == [0]


def test_the_reader_waits_for_what_comes() -> None:
    """And ends when it is told that nothing more does."""
    backlog = Backlog(memory_bytes=9 * SIZE, disk_bytes=0)

    def come() -> None:
        backlog.put(sound(0))
        backlog.end()

    timer = threading.Timer(0.2, come)
    timer.start()
    assert numbers(list(backlog.entries())) == [0]
    timer.join()
