"""Say whether listening grows: hours of the demo, fed to it as fast as it can hear.

    python -m scripts.bench_hours HOURS

A process of its own, since nothing else may be loaded in it. All is what `listen --store` runs but
the capture process and its pipe: time is what was heard, so a slow machine changes nothing.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from audio.capture import CaptureSettings, Microphone
from audio.files import stream
from audio.types import RATE, AudioChunk
from db import reads
from db.verify import verify
from phrases.types import Gap
from scripts import memory
from scripts.fleet_parts import ROOT
from service import booth, bootstrap, settings
from service.listen import Request, Said, listen
from service.listen_view import Shown
from service.live_seat import Sitter

DEMO = ROOT / "tests" / "recordings" / "demo.opus"
EVERY_S = 30
"""seconds of sound between two looks at the memory"""


class FedClock:
    """A clock that goes on as sound is fed."""

    def __init__(self) -> None:
        self._wall, self._ns = dt.datetime.now(dt.UTC), time.monotonic_ns()
        self.frames = 0
        """of 16 kHz, that were fed"""

    def now(self) -> dt.datetime:
        """By the clock on the wall, aware."""
        return self._wall + dt.timedelta(seconds=self.frames / RATE)

    def monotonic_ns(self) -> int:
        """Nanoseconds by a clock that is never set."""
        return self._ns + self.frames * 1_000_000_000 // RATE

    def boot(self) -> str:
        """None is told."""
        return ""


class FedMicrophone(Microphone):
    """The demo again and again, as fast as it is read, in chunks of the usual size."""

    def __init__(self, asked: CaptureSettings, *, clock: FedClock, seconds: float) -> None:
        super().__init__(asked)
        self._clock, self._seconds = clock, seconds
        self._size = asked.chunk_ms * RATE // 1000
        self._began_ns = clock.monotonic_ns()
        self.device, self.device_rate = "demo", RATE
        self.used: list[tuple[float, float]] = []
        """(seconds of sound, megabytes)"""

    def __enter__(self) -> FedMicrophone:
        return self

    def __exit__(self, *_: object) -> None:
        self._backlog.close()

    @property
    def origin_ns(self) -> int:
        """Nanoseconds of the clock at which it began."""
        return self._began_ns

    def listen(self) -> Iterator[AudioChunk | Gap]:
        """The sound; the memory is looked at on the way."""
        sound = np.concatenate([chunk.samples for chunk in stream([DEMO])])
        end = round(self._seconds * RATE)
        for start in range(0, end, self._size):
            if start % (EVERY_S * RATE) < self._size:
                self.used.append((start / RATE, memory.resident_mb("self")))
            at = np.arange(start, min(end, start + self._size))
            self._clock.frames = start + len(at)
            yield AudioChunk(samples=sound[at % len(sound)], start_ms=start * 1000 // RATE)
        self.used.append((self._seconds, memory.resident_mb("self")))


def run(hours: float, *, threads: int = 2) -> dict[str, Any]:
    """The figures of a process that hears so many hours; RuntimeError if it fails."""
    with tempfile.TemporaryDirectory(prefix="changshou-bench-") as name:
        own = {"HOME": name, "CHANGSHOU_THREADS": str(threads)}
        own["CHANGSHOU_DB"] = f"sqlite:///{Path(name) / 'booth.db'}"
        command = [sys.executable, "-m", "scripts.bench_hours", str(hours)]
        done = subprocess.run(
            command,
            env={**os.environ, **own},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(f"the process that listens failed: {done.stderr.strip()[-500:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main(arguments: Sequence[str]) -> int:
    """Listen; print the figures."""
    seconds = float(arguments[0]) * 3600
    site = settings.load()
    clock, mics = FedClock(), list[FedMicrophone]()
    phrases = 0

    def show(event: Shown) -> None:
        nonlocal phrases
        phrases += isinstance(event, Said)

    def microphone(asked: CaptureSettings) -> Microphone:
        mics.append(FedMicrophone(asked, clock=clock, seconds=seconds))
        return mics[-1]

    begun = time.monotonic()
    with bootstrap.database(site) as engine:
        asked = booth.Request(sitter=Sitter(collector="bench"))
        keeping = partial(
            booth.kept, engine, bootstrap.signer(site), site, asked, show=show, clock=clock
        )
        ended = listen(
            Request(),
            site,
            show=show,
            progress=lambda _what, _total: nullcontext(lambda _done: None),
            microphone=microphone,
            keeping=keeping,
        )
        (shift,) = reads.shifts(engine)
        figures = {
            "hours": round(seconds / 3600, 3),
            "times_as_fast_as_said": round(seconds / (time.monotonic() - begun), 1),
            "phrases": phrases,
            "vehicles": shift.vehicles,
            "complete": shift.grading.complete,
            "gap_s": ended.gap_ms / 1000,
            "ledger_holds": not verify(engine).problems,
            "load": round(os.getloadavg()[0], 2),
            "memory_mb": memory.course(mics[-1].used),
        }
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
