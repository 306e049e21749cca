"""Listen live: a microphone through the same ears as a recording; phrases and gaps as they come.

No words but those of accepted phrases are shown. What is heard is handed to whoever keeps it
(`service.booth`), if anybody does.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np

from audio.capture import CaptureSettings, Microphone
from audio.child import CaptureError, Device, devices
from audio.types import AudioChunk, Samples
from audio.watchdog import Rules
from phrases.types import Decision, Gap, GapReason, Heard, PhraseMatch
from service import bootstrap
from service.bootstrap import Ears
from service.errors import BadInput
from service.hearing import Item, SoFar
from service.pipeline import covered_ms
from service.settings import Settings
from service.stop import stoppable

_KNOWN = 1_000
_EDGE_MS = 64  # two frames: the ears find a gap to the frame


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What is asked to be listened to."""

    device: str | None = None
    """None: the settings', else the system's default"""
    channels: int | None = None
    """None: the settings'"""
    collector_channel: int = 0
    seconds: float | None = None
    """None: until somebody stops it"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Started:
    """The microphone is heard."""

    device: str
    rate: int
    """hertz, the device's own"""
    channels: int
    at: dt.datetime
    """aware, moment 0 of all times"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A phrase was accepted."""

    match: PhraseMatch
    wording: str
    """the standard line"""
    at: dt.datetime
    """aware, when it began"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Saying:
    """What was accepted in a turn that is not over: what follows may yet make other of it."""

    matches: tuple[PhraseMatch, ...]
    """in place of those that were shown of the turn before"""
    wordings: tuple[str, ...]
    """the standard lines, likewise"""
    at: dt.datetime
    """aware, when the speech that they are in ended"""


@dataclass(frozen=True, kw_only=True, slots=True)
class NotHeard:
    """A stretch that could not be listened to is over."""

    gap: Gap
    at: dt.datetime
    """aware, when it began"""


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """The microphone has been lost for a second or more, or is heard again."""

    trouble: str | None
    """why it is lost; None: it is heard"""
    at: dt.datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Level:
    """How loud it is now, and how far behind the ears are."""

    dbfs: float | None
    """decibels full scale of the collector's channel; None: nothing is heard"""
    behind_s: float
    """seconds of sound that wait"""
    at: dt.datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """Listening is over."""

    duration_ms: int
    gap_ms: int
    phrases: int
    restarts: int
    """capture processes that were given up"""
    at: dt.datetime


Event = Started | Said | Saying | NotHeard | State | Level | Ended


class Keep(Protocol):
    """Keeps what is heard."""

    def listening(self, from_ns: int) -> None:
        """The first sound came at that moment of the monotonic clock."""

    def sound(self, start_ms: int, samples: Samples) -> None:
        """What the ears are about to hear: float32 [frames] of the collector's channel."""

    def take(self, items: Iterable[Item]) -> None:
        """What was heard, in milliseconds from the first sound; each gap once."""

    def amounts(self, start_ms: int, end_ms: int) -> Collection[int]:
        """The sums in fen that the lane knows of then."""


Keeping = Callable[[str, "bootstrap.Knowledge"], AbstractContextManager[Keep]]
"""Begins to keep what ears with a model of this name hear, and ends with the block."""


class _Nobody:
    """Keeps nothing."""

    def listening(self, from_ns: int) -> None:
        pass

    def sound(self, start_ms: int, samples: Samples) -> None:
        pass

    def take(self, items: Iterable[Item]) -> None:
        pass

    def amounts(self, start_ms: int, end_ms: int) -> Collection[int]:  # noqa: ARG002
        return ()


Open = Callable[[CaptureSettings], Microphone]
"""Makes the microphone: `audio.capture.Microphone`, or a test's own."""


def microphones() -> tuple[Device, ...]:
    """All that there are; BadInput if there is none or no PortAudio."""
    try:
        return devices()
    except CaptureError as error:
        raise BadInput(error) from None


def listen(
    request: Request,
    site: Settings,
    *,
    show: Callable[[Event], None],
    progress: bootstrap.Progress,
    ears: Ears | None = None,
    microphone: Open = Microphone,
    keeping: Keeping = lambda model, known: nullcontext(_Nobody()),  # noqa: ARG005
) -> Ended:
    """Listen until the time is over or somebody stops it (Ctrl-C, SIGTERM), showing each event.

    Raises:
        BadInput: the microphone, the settings or the data cannot be used.
        Failed: the installed weights are broken.
    """
    channels = request.channels or site.channels
    if request.collector_channel >= channels:
        raise BadInput(
            f"one channel is listened to, so --collector-channel {request.collector_channel} "
            "names none of it (--channels 2?)"
        )
    make = ears or partial(bootstrap.hearer, lookahead_ms=site.lookahead_ms)
    known = bootstrap.knowledge(site)
    hearer = make(site, known, progress)
    asked = CaptureSettings(
        device=request.device or site.device,
        channels=channels,
        rules=Rules(stalled_s=site.stalled_s, silence_s=site.silence_s),
        spill_mb=site.spill_mb,
    )
    phrases = 0
    try:
        with (
            stoppable("listening is ending") as stop,
            microphone(asked) as mic,
            keeping(hearer.model_id, known) as keep,
        ):
            before = dt.timedelta(microseconds=(time.monotonic_ns() - mic.origin_ns) / 1000)
            began = dt.datetime.now(site.time_zone) - before
            session = _Session(mic, request, show, keep, began)
            keep.listening(mic.origin_ns)
            for item in hearer.listen(
                session.sound(stop),
                collector_channel=request.collector_channel,
                due=keep.amounts,
                so_far=True,
            ):
                if isinstance(item, Gap):
                    session.gap(item, captured=False)
                    continue
                keep.take((item,))
                if isinstance(item, SoFar) and item.matches:
                    wordings = tuple(known.wording(m.phrase, m.slots) for m in item.matches)
                    at = session.when(item.end_ms)
                    show(Saying(matches=item.matches, wordings=wordings, at=at))
                if isinstance(item, Heard):
                    for match in item.matches:
                        if match.decision is Decision.ACCEPTED:
                            phrases += 1
                            wording = known.wording(match.phrase, match.slots)
                            at = session.when(match.start_ms)
                            show(Said(match=match, wording=wording, at=at))
            ended = session.ended(phrases)
    except CaptureError as error:
        raise BadInput(error) from None
    show(ended)
    return ended


class _Session:
    """One run of the microphone: its times and its gaps."""

    def __init__(
        self,
        mic: Microphone,
        request: Request,
        show: Callable[[Event], None],
        keep: Keep,
        at: dt.datetime,
    ) -> None:
        self._mic = mic
        self._keep = keep
        self._channel = request.collector_channel
        self._limit_ms = None if request.seconds is None else round(request.seconds * 1000)
        self._show = show
        self._start = at
        self._done_ms = 0
        self._settled: list[Gap] = []
        self._captured = deque[Gap](maxlen=_KNOWN)
        self._trouble: str | None = None
        rate, channels = mic.device_rate, mic.channels
        show(Started(device=mic.device, rate=rate, channels=channels, at=at))

    def when(self, ms: int) -> dt.datetime:
        """The moment, aware."""
        return self._start + dt.timedelta(milliseconds=ms)

    def sound(self, stop: Callable[[], bool]) -> Iterator[AudioChunk]:
        """The chunks; gaps and the microphone's state are shown on the way."""
        for item in self._mic.listen():
            if stop():
                self._mic.stop()
            self._tell_state()
            if isinstance(item, Gap):
                self.gap(item, captured=True)
                continue
            if self._limit_ms is not None and item.start_ms >= self._limit_ms:
                self._mic.stop()
                continue
            samples = item.samples[:, self._channel]
            self._done_ms = item.start_ms + len(samples) // 16
            self._keep.sound(item.start_ms, samples)
            behind_s = self._mic.behind_s
            at = self.when(self._done_ms)
            self._show(Level(dbfs=level(item, self._channel), behind_s=behind_s, at=at))
            yield item

    def gap(self, gap: Gap, *, captured: bool) -> None:
        """Show a gap once: what capture told, the ears find again as a lost microphone."""
        if self._limit_ms is not None:
            if gap.start_ms >= self._limit_ms:
                return
            end_ms = min(gap.end_ms, self._limit_ms)
            gap = Gap(start_ms=gap.start_ms, end_ms=end_ms, reason=gap.reason)
        if captured:
            self._captured.append(gap)
        elif gap.reason is GapReason.MIC_LOST and self._told(gap):
            return
        self._settled.append(gap)
        self._keep.take((gap,))
        self._show(NotHeard(gap=gap, at=self.when(gap.start_ms)))

    def ended(self, phrases: int) -> Ended:
        """The sums."""
        return Ended(
            duration_ms=self._done_ms,
            gap_ms=covered_ms(self._settled, self._done_ms),
            phrases=phrases,
            restarts=self._mic.restarts,
            at=self.when(self._done_ms),
        )

    def _told(self, gap: Gap) -> bool:
        """Whether capture's gaps cover it, but for a frame at each side."""
        spans = sorted((one.start_ms, one.end_ms) for one in self._captured)
        inside = [s for s in spans if s[1] > gap.start_ms and s[0] < gap.end_ms]
        bounds = [gap.start_ms, *(edge for span in inside for edge in span), gap.end_ms]
        holes = zip(bounds[::2], bounds[1::2], strict=True)
        return all(start - end <= _EDGE_MS for end, start in holes)

    def _tell_state(self) -> None:
        trouble = self._mic.trouble
        if trouble != self._trouble:
            self._trouble = trouble
            self._show(State(trouble=trouble, at=self.when(self._done_ms)))


def level(chunk: AudioChunk, channel: int) -> float | None:
    """Decibels full scale of one channel of the chunk; None: nothing was heard."""
    power = float(np.mean(np.square(chunk.samples[:, channel], dtype=np.float64)))
    return None if np.isnan(power) else 10 * float(np.log10(max(power, 1e-12)))
