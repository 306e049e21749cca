"""A booth for tests: its clock is set by hand, and what is heard in it is written down."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Engine

from audio.types import RATE, Faint
from db.seal import Signer
from phrases.types import Gap, Heard, Lane, LaneEvent, Span
from service import settings
from service.bootstrap import Knowledge, knowledge
from service.hearing import Item, Progress
from service.lane_message import read
from service.live import Keeper
from service.live_clips import LiveClips
from service.live_types import Place, Taken, Told

SIGNER = Signer.new()
CHINA = dt.timezone(dt.timedelta(hours=8))
TUESDAY = dt.datetime(2026, 11, 24, 10, 0, tzinfo=CHINA)
LATENESS_MS = 3_000
LOUD = 0.25
"""-1..1, every sample that the microphone gives"""


class Clock:
    """A clock that is set by hand."""

    def __init__(self, now: dt.datetime = TUESDAY) -> None:
        self.wall = now
        self.ns = 5_000_000_000
        self.name = "first boot"

    def now(self) -> dt.datetime:
        """By the clock on the wall."""
        return self.wall

    def monotonic_ns(self) -> int:
        """By the one that is never set."""
        return self.ns

    def boot(self) -> str:
        """The boot."""
        return self.name

    def pass_ms(self, ms: float) -> None:
        """Let time pass."""
        self.ns += round(ms * 1_000_000)
        self.wall += dt.timedelta(milliseconds=ms)

    def set(self, by: dt.timedelta) -> None:
        """Set the clock on the wall."""
        self.wall += by

    def reboot(self, off: dt.timedelta, *, keeps_time: bool = True) -> None:
        """Be switched off for so long."""
        self.name, self.ns = f"{self.name}'", 1_000_000_000
        if keeps_time:
            self.wall += off
        else:
            self.wall = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def known(folder: Path) -> Knowledge:
    """The data that ships."""
    (folder / "none.toml").write_text("", encoding="utf-8")
    return knowledge(settings.load({"CHANGSHOU_CONFIG": str(folder / "none.toml")}))


class Booth:
    """A keeper with what it is told."""

    def __init__(
        self,
        engine: Engine,
        data: Knowledge,
        *,
        clock: Clock | None = None,
        lane_events: bool,
        clips: LiveClips | None = None,
    ) -> None:
        self.clock = clock or Clock()
        self.told: list[Told] = []
        self.place = Place(
            station="s1",
            booth="b1",
            lane=Lane.EXIT,
            zone=CHINA,
            lane_events=lane_events,
            lateness_ms=LATENESS_MS,
        )
        self.keeper = Keeper(
            engine,
            SIGNER,
            self.place,
            data,
            model="fake",
            clock=self.clock,
            clips=clips,
            show=self.told.append,
        )
        self.number = 0

    def hear(self, *items: Heard | Gap | Span, until_ms: int | None = None) -> None:
        """What was heard, by milliseconds since the microphone was opened; then time passes."""
        told: list[Item] = []
        for item in items:
            if isinstance(item, Heard | Gap):
                told.append(item)
            else:
                told.append(Faint(start_ms=item.start_ms, end_ms=item.end_ms))
        if until_ms is not None:
            told.append(Progress(done_ms=until_ms - 2_000, gaps_ms=until_ms - 13_000))
        self.keeper.take(told)

    def say(self, kind: str, vehicle: int | str | None, at: dt.datetime, **more: Any) -> Taken:
        """A message of the lane."""
        self.number += 1
        tree = {"id": f"m{self.number}", "kind": kind, "vehicle": vehicle, "at": at.isoformat()}
        body = json.dumps({**tree, **more})
        return self.keeper.lane(read(body), body)


def messages(event: LaneEvent) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """What the lane says of a vehicle: when, what, and with what."""
    money = {"toll": event.toll_fen, "tendered": event.tendered_fen}
    more = {key: str(fen / 100) for key, fen in money.items() if fen is not None}
    yield event.arrived_ms, "arrived", more
    if event.left_ms is not None:
        yield event.left_ms, "left", {}


def play(
    booth: Booth,
    *,
    heard: Sequence[Heard],
    gaps: Sequence[Gap] = (),
    faint: Sequence[Span] = (),
    events: Sequence[LaneEvent] = (),
    duration_ms: int,
    from_ms: int = 0,
    step_ms: int = 500,
) -> None:
    """Let a shift happen in the booth, in simulated time; its ears are as slow as real ones."""
    origin = booth.clock.now() - dt.timedelta(milliseconds=from_ms)
    spoken, lost, weak = list(heard), list(gaps), list(faint)
    said = sorted(
        (at, n, kind, event.vehicle, more)
        for n, event in enumerate(events)
        for at, kind, more in messages(event)
    )
    for now in range(from_ms, duration_ms, step_ms):
        while said and said[0][0] <= now:
            at, _, kind, vehicle, more = said.pop(0)
            booth.say(kind, vehicle, origin + dt.timedelta(milliseconds=at), **more)
        items: list[Heard | Gap | Span] = []
        while spoken and spoken[0].start_ms < now - 2_000:
            items.append(spoken.pop(0))
        while lost and lost[0].start_ms < now - 13_000:
            items.append(lost.pop(0))
        while weak and weak[0].start_ms < now - 2_000:
            items.append(weak.pop(0))
        booth.keeper.sound(now, np.full(step_ms * RATE // 1000, LOUD, np.float32))
        booth.hear(*items, until_ms=now)
        booth.clock.pass_ms(step_ms)
    booth.hear(*spoken, *lost, *weak, until_ms=duration_ms + 2_000)
