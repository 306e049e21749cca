"""Listen to a microphone: whatever happens to it, time goes on and nothing is silently joined.

A thread reads the capture process (`audio.take`), which `audio.watchdog` judges; a process that is
deaf is killed and begun anew. `audio.timeline` places what came in time, by the monotonic clock at
each beginning and by the count of frames from there, and `audio.backlog` holds it until it is read.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from types import TracebackType

import numpy as np

from audio.backlog import Backlog, Lost, Sound
from audio.child import COMMAND, CaptureError, Child
from audio.timeline import Timeline
from audio.types import RATE, AudioChunk, Samples
from audio.watchdog import Rules, Trouble, Watchdog, is_zero
from audio.wire import Block, Failed, Hello, Record, WireError
from phrases.types import Gap, GapReason

_LOG = logging.getLogger(__name__)
_POLL_S = 0.1
_FRAME_BYTES = 4
_LATE = RATE  # while nothing comes, time is told up to a second ago: sound may be on its way
_DELAYS_S = (0.0, 0.5, 1.0, 2.0, 5.0)
_OVERFLOW = RATE // 20
_JUMP = RATE // 4
_NEW_S, _OLD_S = 2, 10


@dataclass(frozen=True, kw_only=True, slots=True)
class CaptureSettings:
    """How a microphone is listened to."""

    device: str | None = None
    """name, or a part of it that only one has; None: the system's default"""
    channels: int = 1
    """1 or 2"""
    rules: Rules = field(default_factory=Rules)
    chunk_ms: int = 200
    """milliseconds in a chunk, at least"""
    memory_s: float = 30.0
    """seconds of sound that wait in memory"""
    spill_mb: int = 256
    """megabytes (10^6 bytes) that wait in a temporary file: an hour of one channel; 0: none"""
    spill_folder: str | None = None
    """where that file is; None: where the system keeps temporary files"""


class Microphone:
    """A microphone that is listened to until `stop`; use it in a `with`.

    Args:
        settings: which, and how.
        command: the capture process, in place of `audio.take`.

    Raises:
        CaptureError: on entering, if the microphone cannot be opened or gives no sound. Later
            nothing is raised: what happens then is a gap.
    """

    def __init__(self, settings: CaptureSettings, *, command: Sequence[str] = COMMAND) -> None:
        options = ["--channels", str(settings.channels)]
        if settings.device:
            options += ["--device", settings.device]
        self._command = [*command, *options]
        self._set = settings
        self._backlog = Backlog(
            memory_bytes=round(settings.memory_s * RATE) * _FRAME_BYTES * settings.channels,
            disk_bytes=settings.spill_mb * 1_000_000,
            folder=settings.spill_folder,
        )
        self._line = Timeline(self._backlog)
        self._thread = threading.Thread(target=self._run, name="capture", daemon=True)
        self._stop = threading.Event()
        self._ready = threading.Event()
        self._error: str | None = None
        self._origin_ns: int | None = None  # of the monotonic clock, at place 0
        self._base: int | None = None  # place of the running process's first frame
        self._lags = deque[tuple[int, int]](maxlen=_NEW_S + _OLD_S)  # second, least lag in it
        self._doubt_rate = False
        self._failures = 0
        self._watchdog = Watchdog(settings.rules, now_ns=time.monotonic_ns())
        self.device = settings.device or ""
        """its name, as the system has it"""
        self.channels = settings.channels
        """1 or 2, of what is given"""
        self.device_rate = 0
        """hertz at which it was opened"""
        self.pid: int | None = None
        """id of the capture process"""
        self.trouble: Trouble | None = None
        """why nothing is heard now; None: all is well"""
        self.restarts = 0
        """capture processes that were given up"""

    def __enter__(self) -> Microphone:
        self._thread.start()
        self._ready.wait()
        if self._error is not None:
            self._thread.join()
            raise CaptureError(self._error)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        self._thread.join()
        self._backlog.close()

    @property
    def origin_ns(self) -> int:
        """Nanoseconds of the monotonic clock at which the first sound came: moment 0."""
        assert self._origin_ns is not None
        return self._origin_ns

    @property
    def behind_s(self) -> float:
        """Seconds of sound that were heard and not yet read."""
        return self._backlog.behind_s

    @property
    def spilled_bytes(self) -> int:
        """Bytes of them in the temporary file."""
        return self._backlog.disk_bytes

    def stop(self) -> None:
        """Hear no more; what waits can still be read."""
        self._stop.set()

    def listen(self) -> Iterator[AudioChunk | Gap]:
        """What is heard, without a break, and each gap when it is over (or lasts for a minute).

        Time in which nothing was heard comes as chunks of NaN. A gap may begin before chunks
        that were given: zeros and a wrong rate are known only after a while. RuntimeError if
        capture itself breaks down.
        """
        held, at, count = list[Samples](), 0, 0
        chunk = self._set.chunk_ms * RATE // 1000
        for entry in self._backlog.entries():
            if not isinstance(entry, Sound) or count >= chunk or at + count != entry.at:
                if held:
                    yield _chunk(at, np.concatenate(held))
                held, count = [], 0
            if isinstance(entry, Gap):
                yield entry
            elif isinstance(entry, Lost):
                for start in range(0, entry.frames, RATE):
                    shape = (min(RATE, entry.frames - start), self._set.channels)
                    yield _chunk(entry.at + start, np.full(shape, np.nan, np.float32))
            else:
                at = at if held else entry.at
                held.append(entry.samples)
                count += len(entry.samples)
        if held:
            yield _chunk(at, np.concatenate(held))
        if self._error is not None:
            raise RuntimeError(self._error)

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                trouble, doubtful, why = self._follow()
                if trouble is not None:
                    self._give_up(trouble, doubtful, why)
                    if self._error is not None:
                        return
            if self._line.open is not None:
                self._tell_lost(late=0)
            self._line.finish()
        except Exception as error:  # the reader must not wait for ever
            self._error = f"capture broke down: {type(error).__name__}"
            _LOG.exception("capture broke down")
        finally:
            self._backlog.end()
            self._ready.set()

    def _follow(self) -> tuple[Trouble | None, int, str]:
        """Read one capture process to its end; why it was given up, if not by `stop`."""
        rules, why = self._set.rules, ""
        self._watchdog = watchdog = Watchdog(rules, now_ns=time.monotonic_ns())
        self._base = None
        self._lags.clear()
        try:
            child = Child(self._command)
        except CaptureError as error:
            return Trouble.GONE, 0, str(error)
        self.pid = child.pid
        try:
            while not self._stop.is_set():
                records = child.read(_POLL_S)
                if records is None:
                    return (Trouble.GONE if why else Trouble.KILLED), 0, why
                if not records and (fault := watchdog.idle(time.monotonic_ns())):
                    return fault.trouble, fault.doubtful, ""
                for record in records:
                    if isinstance(record, Failed):
                        why = record.message
                    elif isinstance(record, Hello):
                        self._opened(record)
                    elif fault := watchdog.heard(record, time.monotonic_ns()):
                        return fault.trouble, fault.doubtful, ""
                    else:
                        self._place(record)
                if self._line.open is not None and not any(map(_is_block, records)):
                    self._tell_lost()
        except WireError:
            return Trouble.GONE, 0, ""
        finally:
            child.end()
            self.pid = None
        return None, 0, ""

    def _opened(self, hello: Hello) -> None:
        self._watchdog.opened(hello.rate)
        self.device, self.device_rate = hello.device, hello.rate

    def _place(self, block: Block) -> None:
        """Put a block into time."""
        frames = len(block.samples)
        if not frames:
            return
        if self._origin_ns is None:
            self._origin_ns = block.stamp_ns - frames * 1_000_000_000 // RATE
            self._ready.set()
        by_clock = self._at(block.stamp_ns) - frames
        if self._base is None:
            self._base = max(self._line.position, by_clock) - block.first
        if block.overflow:
            self._doubt(_OVERFLOW)
        self._base += self._jumped(by_clock - self._base - block.first, block.stamp_ns)
        at = self._base + block.first
        if self._doubt_rate and self._watchdog.rate_is_right:
            self._doubt_rate = False
        if self._broken and (self._doubt_rate or is_zero(block.samples)):
            self._line.lost(at + frames, self._line.open or GapReason.MIC_LOST)
            return
        if self.trouble is not None:
            _LOG.warning("the microphone is heard again")
        self.trouble, self._failures = None, 0
        self._line.sound(block.samples, at)

    @property
    def _broken(self) -> bool:
        """A gap is open that only sound ends."""
        return self._line.open not in (None, GapReason.OVERRUN)

    def _doubt(self, frames: int) -> None:
        """Something within so many frames before now is missing; in a gap, all of them are."""
        if not self._broken:
            self._line.begin(GapReason.OVERRUN, before=frames)

    def _jumped(self, lag: int, stamp_ns: int) -> int:
        """Frames that were lost unannounced: sound that stays later than it has ever come.

        One late block says nothing, nor does a clock that drifts; but when each of the last two
        seconds' earliest blocks is late against the ten seconds before, some are missing.
        """
        second = stamp_ns // 1_000_000_000
        if self._lags and self._lags[-1][0] == second:
            self._lags[-1] = (second, min(lag, self._lags[-1][1]))
            return 0
        least = [one for _, one in self._lags]
        self._lags.append((second, lag))
        if len(least) <= _NEW_S:
            return 0
        jump = min(least[-_NEW_S:]) - min(least[:-_NEW_S])
        if jump < _JUMP:
            return 0
        self._doubt((_NEW_S + 1) * RATE)
        self._lags.clear()
        return jump

    def _give_up(self, trouble: Trouble, doubtful: int, why: str) -> None:
        """Open the gap, and wait a little before the next process."""
        if self._origin_ns is None:
            self._error = why or (
                f"{self._set.device or 'the microphone'}: gives no sound ({trouble}): "
                "see that it is connected and that no other program has it"
            )
            return
        _LOG.warning("the microphone is lost: %s", trouble)
        self.trouble = trouble
        self.restarts += 1
        self._doubt_rate = self._doubt_rate or trouble is Trouble.WRONG_RATE
        self._line.begin(trouble.gap, before=doubtful)
        wait_s = _DELAYS_S[min(self._failures, len(_DELAYS_S) - 1)]
        self._failures += 1
        until = time.monotonic() + wait_s
        while time.monotonic() < until and not self._stop.wait(_POLL_S):
            self._tell_lost()

    def _tell_lost(self, *, late: int = _LATE) -> None:
        self._line.lost(self._at(time.monotonic_ns()) - late, self._line.open or GapReason.MIC_LOST)

    def _at(self, stamp_ns: int) -> int:
        """The place of a moment of the monotonic clock."""
        assert self._origin_ns is not None
        return (stamp_ns - self._origin_ns) * RATE // 1_000_000_000


def _chunk(at: int, samples: Samples) -> AudioChunk:
    return AudioChunk(samples=samples, start_ms=at * 1000 // RATE)


def _is_block(record: Record) -> bool:
    return isinstance(record, Block)
