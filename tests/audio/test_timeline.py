"""The timeline: time without sound is told, never left out and never joined."""

from __future__ import annotations

import numpy as np
import pytest

from audio.backlog import Backlog, Entry, Lost, Sound
from audio.timeline import Timeline
from audio.types import RATE, Samples
from phrases.types import Gap, GapReason

SECOND = np.full((RATE, 1), 0.5, np.float32)


@pytest.fixture
def backlog() -> Backlog:
    """Room for ten seconds."""
    return Backlog(memory_bytes=10 * SECOND.nbytes, disk_bytes=0)


def told(backlog: Backlog, line: Timeline) -> list[Entry]:
    """All, after the end."""
    line.finish()
    backlog.end()
    entries = list(backlog.entries())
    at = 0
    for entry in entries:
        if not isinstance(entry, Gap):
            assert entry.at == at
            at += entry.frames if isinstance(entry, Lost) else len(entry.samples)
    assert at == line.position
    return entries


def gaps(entries: list[Entry]) -> list[tuple[int, int, GapReason]]:
    """Start and end in milliseconds, and why."""
    return [(e.start_ms, e.end_ms, e.reason) for e in entries if isinstance(e, Gap)]


def test_sound_follows_on_sound(backlog: Backlog) -> None:
    """No gap where there is none."""
    line = Timeline(backlog)
    line.sound(SECOND)
    line.sound(SECOND, at=RATE)
    assert gaps(told(backlog, line)) == []


def test_a_jump_of_the_counter_is_an_overrun(backlog: Backlog) -> None:
    """Frames that were counted and did not come."""
    line = Timeline(backlog)
    line.sound(SECOND)
    line.sound(SECOND, at=RATE + 800)
    assert gaps(told(backlog, line)) == [(1_000, 1_050, GapReason.OVERRUN)]


def test_a_gap_ends_with_the_next_sound(backlog: Backlog) -> None:
    """And begins where the last sound ended, or as much earlier as was doubtful."""
    line = Timeline(backlog)
    line.sound(SECOND)
    line.begin(GapReason.MIC_LOST, before=RATE // 2)
    line.lost(2 * RATE, GapReason.MIC_LOST)
    line.sound(SECOND, at=3 * RATE)
    assert gaps(told(backlog, line)) == [(500, 3_000, GapReason.MIC_LOST)]


def test_a_doubt_without_loss_is_a_gap_too(backlog: Backlog) -> None:
    """What is not to be trusted was not listened to."""
    line = Timeline(backlog)
    line.sound(SECOND)
    line.begin(GapReason.OVERRUN, before=800)
    line.sound(SECOND)
    assert gaps(told(backlog, line)) == [(950, 1_000, GapReason.OVERRUN)]


def test_another_reason_is_another_gap(backlog: Backlog) -> None:
    """The process died, and then the microphone was not there."""
    line = Timeline(backlog)
    line.sound(SECOND)
    line.begin(GapReason.RESTART)
    line.lost(2 * RATE, GapReason.RESTART)
    line.begin(GapReason.MIC_LOST)
    line.lost(3 * RATE, GapReason.MIC_LOST)
    assert gaps(told(backlog, line)) == [
        (1_000, 2_000, GapReason.RESTART),
        (2_000, 3_000, GapReason.MIC_LOST),
    ]


def test_a_long_gap_is_told_minute_by_minute(backlog: Backlog) -> None:
    """A microphone may be gone for days, and somebody waits for the report."""
    line = Timeline(backlog)
    for second in range(1, 151):
        line.lost(second * RATE, GapReason.MIC_LOST)
    found = gaps(told(backlog, line))
    assert [(start, end) for start, end, _ in found] == [
        (0, 60_000),
        (60_000, 120_000),
        (120_000, 150_000),
    ]


def test_what_does_not_fit_is_an_overrun(backlog: Backlog) -> None:
    """Nothing is dropped without a word."""
    line = Timeline(backlog)
    for _ in range(13):
        line.sound(SECOND)
    entries = told(backlog, line)
    assert gaps(entries) == [(10_000, 13_000, GapReason.OVERRUN)]
    heard: list[Samples] = [e.samples for e in entries if isinstance(e, Sound)]
    assert sum(map(len, heard)) == 10 * RATE
