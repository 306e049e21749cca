"""Capture: whatever becomes of the process that hears, time goes on and all loss is told."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audio.capture import CaptureSettings, Microphone
from audio.child import CaptureError
from audio.types import RATE, AudioChunk
from audio.watchdog import Rules, Trouble
from phrases.types import Gap, GapReason
from tests.scripted import command, tone

pytestmark = pytest.mark.slow  # each waits for a Python to start, and some for seconds

RULES = Rules(stalled_s=1.5, opening_s=60.0, rate_s=0.5, silence_s=0.8)
"""quick, but longer than a busy machine's hiccups"""
SETTINGS = CaptureSettings(rules=RULES)
LONG = [{"say": 200}]
LIMIT_S = 120
"""seconds of the recording after which a test gives up: processes begin slowly on a busy machine"""


@dataclass(kw_only=True)
class Heard:
    """All that capture gave."""

    chunks: list[AudioChunk] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    restarts: int = 0
    troubles: set[Trouble] = field(default_factory=set)

    @property
    def sound_s(self) -> float:
        """Seconds that were heard."""
        return sum(float(np.isfinite(c.samples[:, 0]).sum()) for c in self.chunks) / RATE

    @property
    def reasons(self) -> set[GapReason]:
        """Of the gaps."""
        return {gap.reason for gap in self.gaps}

    def check(self) -> None:
        """Chunks follow each other without a break, and what is NaN lies in gaps."""
        at = 0
        for chunk in self.chunks:
            assert chunk.start_ms == at * 1000 // RATE
            start, stop = chunk.start_ms, (at + len(chunk.samples)) * 1000 // RATE
            if np.isnan(chunk.samples).any():
                assert np.isnan(chunk.samples).all()
                covered = sum(
                    max(0, min(gap.end_ms, stop) - max(gap.start_ms, start)) for gap in self.gaps
                )
                assert covered >= stop - start - 2
            at += len(chunk.samples)


@contextmanager
def told(troubles: set[Trouble]) -> Iterator[None]:
    """Keep every trouble that is logged: one that is soon over would be missed by asking."""

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            troubles.update(one for one in record.args or () if isinstance(one, Trouble))

    log, handler = logging.getLogger("audio.capture"), Keep()
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)


def listen(
    plan: Path,
    *runs: list[dict[str, Any]],
    settings: CaptureSettings = SETTINGS,
    until_s: float = 2.0,
    gaps: int = 0,
    meet: Sequence[tuple[float, int]] = (),
    pause_s: float = 0.0,
) -> Heard:
    """Hear a script up to that moment of the recording, and until there are so many gaps.

    `meet`: moments at which the process gets a signal; `pause_s`: how long the reader sleeps first.
    """
    heard = Heard()
    left = list(meet)
    with told(heard.troubles), Microphone(settings, command=command(plan, *runs)) as mic:
        time.sleep(pause_s)
        for item in mic.listen():
            if isinstance(item, Gap):
                heard.gaps.append(item)
                continue
            heard.chunks.append(item)
            if left and item.start_ms >= left[0][0] * 1000 and mic.pid:
                os.kill(mic.pid, left.pop(0)[1])
            over = item.start_ms >= until_s * 1000 and len(heard.gaps) >= gaps
            if over or item.start_ms >= LIMIT_S * 1000:
                mic.stop()
        heard.restarts = mic.restarts
    heard.check()
    return heard


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """Where a script is kept."""
    return tmp_path / "plan.json"


@pytest.mark.parametrize("channels", [1, 2])
def test_a_process_that_hears_is_passed_on_sample_for_sample(plan: Path, channels: int) -> None:
    """In chunks of some 200 ms, without a gap."""
    heard = listen(plan, LONG, settings=replace(SETTINGS, channels=channels), until_s=2)
    assert heard.gaps == []
    sound = np.concatenate([chunk.samples for chunk in heard.chunks])
    assert np.array_equal(sound, tone(0, len(sound), channels))
    assert all(len(chunk.samples) >= 3_200 for chunk in heard.chunks[:-1])


def test_frames_that_stop_are_noticed_and_healed(plan: Path) -> None:
    """The process hangs: it is killed, another begins, and the time between is a gap."""
    heard = listen(plan, [{"say": 1}], LONG, gaps=1)
    assert heard.reasons == {GapReason.MIC_LOST}
    assert Trouble.STALLED in heard.troubles
    assert heard.restarts == 1
    (gap,) = heard.gaps
    assert gap.start_ms == 1_000
    assert gap.end_ms - gap.start_ms >= 1_500


def test_a_process_that_is_killed_is_a_restart(plan: Path) -> None:
    """By whomever; it is begun anew at once."""
    heard = listen(plan, LONG, meet=[(1.0, signal.SIGKILL)], gaps=1)
    assert heard.reasons == {GapReason.RESTART}
    assert Trouble.KILLED in heard.troubles
    assert heard.sound_s > 1


def test_a_device_that_goes_and_comes_back_is_one_gap(plan: Path) -> None:
    """However often the process has to be begun anew meanwhile."""
    gone = [{"fail": "the microphone has gone"}]
    heard = listen(plan, [{"say": 1}, *gone], gone, gone, LONG, gaps=1)
    assert heard.reasons == {GapReason.MIC_LOST}
    assert heard.restarts == 3
    (gap,) = heard.gaps
    assert gap.start_ms == 1_000


@pytest.mark.parametrize("speed", [0.9, 1.1])
def test_a_wrong_rate_is_noticed_and_all_of_it_doubtful(plan: Path, speed: float) -> None:
    """Nothing of it is trusted, nor the next process before its rate was measured."""
    heard = listen(plan, [{"say": 1.2}, {"say": 60, "speed": speed}], LONG, gaps=1)
    assert Trouble.WRONG_RATE in heard.troubles
    gap = next(gap for gap in heard.gaps if gap.reason is GapReason.MIC_LOST)
    assert gap.start_ms < 2_500
    assert gap.end_ms - gap.start_ms > 1_000


def test_zeros_are_noticed_and_all_of_them_doubtful(plan: Path) -> None:
    """Also those of the next process, until there is sound."""
    zeros = [{"say": 1}, {"say": 60, "level": 0}]
    heard = listen(plan, zeros, [{"say": 0.4, "level": 0}, {"say": 200}], gaps=1)
    assert heard.reasons == {GapReason.MIC_LOST}
    assert Trouble.SILENT in heard.troubles
    (gap,) = heard.gaps
    assert gap.start_ms == 1_000
    assert gap.end_ms - gap.start_ms >= 1_200


def test_what_the_process_lost_is_an_overrun(plan: Path) -> None:
    """Its counter of frames says how much."""
    heard = listen(plan, [{"say": 1}, {"lose": 0.5}, {"say": 30}], until_s=3)
    assert [(g.start_ms, g.end_ms, g.reason) for g in heard.gaps] == [
        (1_000, 1_500, GapReason.OVERRUN)
    ]


def test_what_the_device_lost_is_an_overrun(plan: Path) -> None:
    """It says that it lost something, not how much."""
    heard = listen(plan, [{"say": 1}, {"say": 30, "overflow": True}], until_s=2)
    assert [(g.start_ms, g.end_ms, g.reason) for g in heard.gaps] == [
        (950, 1_000, GapReason.OVERRUN)
    ]


def test_a_loss_within_a_gap_changes_nothing(plan: Path) -> None:
    """Devices often say that they lost something when they have just been opened."""
    again: list[dict[str, Any]] = [
        {"say": 0.2, "level": 0, "overflow": True},
        {"say": 200, "overflow": True},
    ]
    heard = listen(plan, [{"say": 1}, {"fail": "gone"}], again, gaps=1)
    assert [(gap.start_ms, gap.reason) for gap in heard.gaps] == [(1_000, GapReason.MIC_LOST)]


def test_what_is_lost_without_a_word_is_an_overrun(plan: Path) -> None:
    """Sound that is late for good has lost something before it; when is known to some seconds."""
    rules = replace(RULES, rate_s=30.0)
    script: list[dict[str, Any]] = [{"say": 4}, {"hide": 1.0}, {"say": 30}]
    heard = listen(plan, script, settings=replace(SETTINGS, rules=rules), until_s=9)
    (gap,) = heard.gaps
    assert gap.reason is GapReason.OVERRUN
    assert gap.start_ms <= 4_000
    assert gap.end_ms >= 5_000
    assert heard.restarts == 0


def test_a_process_that_writes_nonsense_is_given_up(plan: Path) -> None:
    """It may be a library's message in between: no sound is made of it."""
    heard = listen(plan, [{"say": 1}, {"write": "ALSA lib: " * 20}, {"say": 9}], LONG, gaps=1)
    assert heard.reasons == {GapReason.MIC_LOST}
    assert heard.restarts == 1


def test_a_reader_that_is_behind_gets_everything(plan: Path, tmp_path: Path) -> None:
    """Memory first, then the file: nothing is dropped, nothing mixed up."""
    settings = replace(SETTINGS, memory_s=2, spill_mb=16, spill_folder=str(tmp_path))
    rushed_s = 40
    heard = listen(
        plan, [{"say": rushed_s, "rush": True}, *LONG], settings=settings, until_s=40, pause_s=2
    )
    assert [gap for gap in heard.gaps if gap.start_ms < rushed_s * 1000] == []
    sound = np.concatenate([chunk.samples for chunk in heard.chunks])[: rushed_s * RATE]
    assert np.array_equal(sound, tone(0, len(sound)))
    assert len(sound) == rushed_s * RATE


def test_beyond_the_bound_is_an_overrun(plan: Path) -> None:
    """Memory and file are bounded; what does not fit is told, and the rest is right."""
    settings = replace(SETTINGS, memory_s=2, spill_mb=1)
    heard = listen(
        plan, [{"say": 60, "rush": True}, *LONG], settings=settings, until_s=61, pause_s=3
    )
    assert heard.reasons == {GapReason.OVERRUN}
    held = (2 * RATE * 4 + 1_000_000) / (RATE * 4)
    first = heard.gaps[0]
    assert first.start_ms == pytest.approx(held * 1000, abs=100)
    place = 0
    for chunk in heard.chunks:
        if np.isfinite(chunk.samples).all():
            assert np.array_equal(chunk.samples, tone(place, len(chunk.samples)))
        place += len(chunk.samples)


def test_a_gap_that_is_open_at_the_end_is_told(plan: Path) -> None:
    """Listening may be stopped while the microphone is gone."""
    gone = [{"fail": "the microphone has gone"}]
    heard = listen(plan, [{"say": 1}, *gone], gone, until_s=2.5)
    assert heard.reasons == {GapReason.MIC_LOST}
    assert heard.gaps[-1].end_ms >= 2_500


@pytest.mark.parametrize(
    ("run", "opening_s", "said"),
    [
        ([{"fail": "USB 1: there is no such microphone"}], 60.0, "USB 1: there is no such"),
        ([{"exit": 3}], 60.0, "gives no sound"),
        ([{"wait": 30}], 2.0, "gives no sound"),
    ],
)
def test_a_microphone_that_never_was_there_is_refused(
    plan: Path, run: list[dict[str, Any]], opening_s: float, said: str
) -> None:
    """With one line that says what is wrong: nobody is to believe that somebody listens."""
    rules = replace(RULES, opening_s=opening_s)
    mic = Microphone(replace(SETTINGS, rules=rules), command=command(plan, run))
    with pytest.raises(CaptureError, match=said), mic:
        pass


def test_a_command_that_is_not_there_is_refused() -> None:
    """As for a microphone."""
    with (
        pytest.raises(CaptureError, match="cannot be started"),
        Microphone(SETTINGS, command=["/nowhere/take"]),
    ):
        pass


def test_the_process_ends_with_the_microphone(plan: Path) -> None:
    """Nothing keeps listening."""
    before = threading.active_count()
    with Microphone(SETTINGS, command=command(plan, LONG)) as mic:
        pid = mic.pid
        assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert threading.active_count() == before
