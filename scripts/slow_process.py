"""A booth that listens with ears too slow for what is said, and looks afterwards what that cost.

    python -m scripts.slow_process FOLDER WARM_S SLOW_S MEMORY_S

From WARM_S on, for SLOW_S seconds, every chunk of sound takes twice as long to hear as to say. All
else is the program's own: the capture process, the backlog and its file, the weights, the judge,
the database, the lane's port. Prints `ready` when the microphone is heard, and when SIGINT has
ended it one line of JSON: the same sound is heard again without delay and compared.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import IO, Any

import numpy as np
from sqlalchemy import Engine

from audio.capture import CaptureSettings, Microphone
from audio.types import RATE, AudioChunk, Faint, Samples
from db import live_reads, reads
from db.verify import verify
from phrases.types import (
    FindingStatus,
    Gap,
    GapReason,
    Heard,
    LaneEvent,
    LaneLog,
    Span,
    TimeSource,
    TransactionVerdict,
)
from service import booth, bootstrap, settings
from service.booth import Booth
from service.bootstrap import Knowledge
from service.hearing import Item
from service.lane_book import LaneBook
from service.lane_message import read
from service.listen import Request, listen
from service.listen_view import Shown
from service.live_seat import Sitter
from service.live_types import Judged
from service.pipeline import Listened, judged
from service.settings import Settings

SLOWNESS = 2.0
"""seconds that a second of sound takes to hear"""
COLLECTOR = "slow"
_FRAME_BYTES = 4


class SlowMicrophone(Microphone):
    """A microphone whose reader is too slow for a while; what was read is kept in a file."""

    def __init__(
        self, asked: CaptureSettings, *, warm_s: float, slow_s: float, file: IO[bytes]
    ) -> None:
        super().__init__(asked)
        self._room_s, self._file = asked.memory_s, file
        self._slow_s = (warm_s, warm_s + slow_s)
        self.chunks: list[tuple[int, int]] = []
        """(start in milliseconds, frames) of each chunk in the file"""
        self.gaps: list[Gap] = []
        """that capture told"""
        self.behind_most_s = self.in_memory_most_s = self.spilled_most_mb = 0.0

    def listen(self) -> Iterator[AudioChunk | Gap]:
        """As the microphone, and slowly."""
        begun = time.monotonic()
        for item in super().listen():
            if isinstance(item, Gap):
                self.gaps.append(item)
                yield item
                continue
            self._look()
            self._file.write(item.samples.tobytes())
            self.chunks.append((item.start_ms, len(item.samples)))
            came = time.monotonic()
            yield item
            first, last = self._slow_s
            if first <= came - begun < last:
                due = came + SLOWNESS * len(item.samples) / RATE
                time.sleep(max(0.0, due - time.monotonic()))

    def again(self) -> Iterator[AudioChunk]:
        """The same chunks, without a delay."""
        self._file.seek(0)
        for start_ms, frames in self.chunks:
            data = self._file.read(frames * self.channels * _FRAME_BYTES)
            samples = np.frombuffer(data, np.float32).reshape(-1, self.channels)
            yield AudioChunk(samples=samples, start_ms=start_ms)

    @property
    def untold_ms(self) -> int:
        """Milliseconds between the first and the last sound that came neither way: as a chunk."""
        bounds = [(start, start + frames * 1000 // RATE) for start, frames in self.chunks]
        return sum(max(0, after[0] - before[1] - 1) for before, after in pairwise(bounds))

    def _look(self) -> None:
        spilled = self.spilled_bytes
        behind_s = self.behind_s
        self.behind_most_s = max(self.behind_most_s, behind_s)
        self.spilled_most_mb = max(self.spilled_most_mb, spilled / 1e6)
        in_memory_s = behind_s - spilled / (RATE * self.channels * _FRAME_BYTES)
        self.in_memory_most_s = max(self.in_memory_most_s, in_memory_s)


class Noted:
    """A booth's keeping, with a note of all that it was told and asked."""

    def __init__(self, inner: Booth) -> None:
        self._inner = inner
        self.items: list[Item] = []
        self.amounts_said: dict[tuple[int, int], list[int]] = {}

    def listening(self, from_ns: int) -> None:
        """The first sound came at that moment of the monotonic clock."""
        self._inner.listening(from_ns)
        print("ready", flush=True)

    def sound(self, start_ms: int, samples: Samples) -> None:
        """What the ears are about to hear."""
        self._inner.sound(start_ms, samples)

    def take(self, items: Iterable[Item]) -> None:
        """What was heard."""
        told = list(items)
        self.items += [item for item in told if isinstance(item, Heard | Faint)]
        self._inner.take(told)

    def amounts(self, start_ms: int, end_ms: int) -> Collection[int]:
        """The sums in fen that the lane knows of then."""
        found = list(self._inner.amounts(start_ms, end_ms))
        self.amounts_said[start_ms, end_ms] = found
        return found


def main(arguments: Sequence[str]) -> int:
    """Listen slowly until SIGINT; print what came of it."""
    folder, (warm_s, slow_s, memory_s) = Path(arguments[0]), map(float, arguments[1:])
    site = settings.load()
    mics: list[SlowMicrophone] = []
    noted: list[Noted] = []
    late_s: list[float] = []

    def show(event: Shown) -> None:
        if isinstance(event, Judged):
            took = event.verdict.end_ms - event.verdict.start_ms
            left = event.at + dt.timedelta(milliseconds=took)
            late_s.append((dt.datetime.now(dt.UTC) - left).total_seconds())

    with (folder / "heard.f32").open("w+b") as file, bootstrap.database(site) as engine:

        def microphone(asked: CaptureSettings) -> Microphone:
            asked = replace(asked, memory_s=memory_s)
            mics.append(SlowMicrophone(asked, warm_s=warm_s, slow_s=slow_s, file=file))
            return mics[-1]

        @contextmanager
        def keeping(model: str, known: Knowledge) -> Iterator[Noted]:
            asked = booth.Request(sitter=Sitter(collector=COLLECTOR))
            signer = bootstrap.signer(site)
            with booth.kept(engine, signer, site, asked, model, known, show=show) as inner:
                noted.append(Noted(inner))
                yield noted[-1]

        listen(
            Request(), site, show=show, progress=_quietly, microphone=microphone, keeping=keeping
        )
        print("ended", flush=True)
        print(json.dumps(_compared(site, engine, mics[-1], noted[-1]) | {
            "behind_most_s": round(mics[-1].behind_most_s, 1),
            "waited_in_memory_most_s": round(mics[-1].in_memory_most_s, 1),
            "memory_s": memory_s,
            "spilled_most_mb": round(mics[-1].spilled_most_mb, 2),
            "verdict_late_most_s": round(max(late_s, default=0.0), 1),
        }))  # fmt: skip
    return 0


def _compared(site: Settings, engine: Engine, mic: SlowMicrophone, noted: Noted) -> dict[str, Any]:
    """What is stored, against the same sound heard without delay and graded from the end."""
    known = bootstrap.knowledge(site)
    hearer = bootstrap.hearer(site, known, _quietly, lookahead_ms=site.lookahead_ms)
    said = noted.amounts_said
    again = hearer.listen(mic.again(), due=lambda start, end: said.get((start, end), ()))
    fresh = [item for item in again if isinstance(item, Heard | Faint)]
    (row,) = reads.shifts(engine, collector=COLLECTOR)
    report = reads.report(engine, row.shift_id).report
    time_ = live_reads.booth_time(engine, site.station, site.booth)
    assert time_ is not None
    base_ms = report.utterances[0].start_ms - _heard(fresh)[0].start_ms if _heard(fresh) else 0
    graded = judged(
        Listened(
            heard=report.utterances,
            gaps=tuple(sorted(report.gaps, key=lambda gap: (gap.start_ms, gap.end_ms))),
            faint=tuple(
                Span(start_ms=one.start_ms + base_ms, end_ms=one.end_ms + base_ms)
                for one in fresh
                if isinstance(one, Faint)
            ),
            until_ms=None,
        ),
        LaneLog(
            lane=site.lane,
            started_at=time_.origin,
            time_source=TimeSource.GIVEN,
            events=_events(site, engine, report.duration_ms),
        ),
        known,
        duration_ms=report.duration_ms,
        model=hearer.model_id,
    ).transactions
    stored = report.transactions
    return {
        "sound_s": round(sum(frames for _, frames in mic.chunks) / RATE, 1),
        "sound_untold_s": mic.untold_ms / 1000,
        "gaps": len(mic.gaps),
        "overruns": sum(gap.reason is GapReason.OVERRUN for gap in report.gaps),
        "utterances": len(_heard(fresh)),
        "utterances_lost": len(_heard(fresh)) - len(report.utterances),
        "utterances_other": sum(one not in noted.items for one in fresh),
        "vehicles": len(stored),
        "vehicles_lost": len({one.vehicle for one in graded} - {one.vehicle for one in stored}),
        "verdicts_other": sum(one not in graded for one in stored),
        "missing": len(_missing(stored)),
        "missing_that_are_late": len(_missing(stored) - _missing(graded)),
        "ledger_problems": len(verify(engine).problems),
    }


def _events(site: Settings, engine: Engine, end_ms: int) -> tuple[LaneEvent, ...]:
    """The vehicles, as the lane told them."""
    book = LaneBook(site.lane, lateness_ms=site.lane_lateness_ms)
    for row in live_reads.lane_messages(engine, site.station, site.booth, 0):
        if row["flag"] is None:
            book.take(read(row["body"]), row["at_ms"], row["received_ms"])
    return tuple(one.event for one in book.rest(end_ms))


def _heard(items: Iterable[Item]) -> list[Heard]:
    return [item for item in items if isinstance(item, Heard)]


def _missing(verdicts: Iterable[TransactionVerdict]) -> set[tuple[int | str, str]]:
    """(vehicle, code) of what is said to be missing."""
    return {
        (verdict.vehicle, finding.code)
        for verdict in verdicts
        for finding in verdict.findings
        if finding.code.startswith("missing.") and finding.status is FindingStatus.FAULT
    }


_quietly = partial(lambda *_: nullcontext(lambda _done: None))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
