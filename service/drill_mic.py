"""Drill with a microphone of this machine: take one line, or play a vehicle, as it is said."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import numpy as np

from audio.capture import CaptureSettings, Microphone
from audio.child import CaptureError
from audio.types import RATE, AudioChunk, Samples
from audio.watchdog import Rules
from phrases.types import Gap
from service.drill_trouble import TOLD, Trouble
from service.drill_vehicle import GivenUp, Left, Play
from service.errors import BadInput
from service.listen import level
from service.settings import Settings

QUIET_S = 1.5
"""seconds of quiet after speech that end a line"""
NOTHING_S = 10.0
"""seconds after which nobody speaks any more"""
LONGEST_S = 27.0
MUTED_S = 2.0
"""seconds of zeros that are no quiet room"""
_SPEECH_DB = 12.0
_LEAST_DBFS = -50.0
_FLOOR_DBFS = -75.0
_SPOKEN_S = 0.3

Shows = Callable[[float | None], None]
"""Is shown the level of each tenth of a second, decibels full scale; None: nothing comes"""


class Unheard(Exception):
    """The microphone gave nothing that could be judged; nothing is counted."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(TOLD[trouble].en)
        self.trouble = trouble


@contextmanager
def opened(site: Settings, device: str | None) -> Iterator[Microphone]:
    """The microphone; BadInput names what is wrong with it and what to do."""
    asked = CaptureSettings(
        device=device or site.device,
        rules=Rules(stalled_s=site.stalled_s, silence_s=site.silence_s),
        chunk_ms=100,
        spill_mb=0,
    )
    try:
        with Microphone(asked) as mic:
            yield mic
    except CaptureError as error:
        raise BadInput(error) from None


def line(items: Iterable[AudioChunk | Gap], show: Shows = lambda _: None) -> Samples:
    """One line, from when it is begun until it is quiet again; Unheard if there is none."""
    kept, floor = list[Samples](), 0.0
    spoken_s = quiet_s = zeros_s = spent_s = 0.0
    for item in items:
        if isinstance(item, Gap):
            raise Unheard(Trouble.UNPLUGGED)
        samples = item.samples[:, 0]
        if np.isnan(samples).any():
            raise Unheard(Trouble.UNPLUGGED)
        dbfs = level(item, 0)
        show(dbfs)
        seconds = len(samples) / RATE
        spent_s += seconds
        zeros_s = 0.0 if samples.any() else zeros_s + seconds
        if zeros_s >= MUTED_S and not spoken_s:
            raise Unheard(Trouble.MUTED)
        kept.append(samples)
        now = max(dbfs if dbfs is not None else _FLOOR_DBFS, _FLOOR_DBFS)
        floor = now if spent_s <= _SPOKEN_S else min(floor, now)
        speaks = now > max(floor + _SPEECH_DB, _LEAST_DBFS)
        spoken_s += seconds if speaks else 0.0
        quiet_s = 0.0 if speaks else quiet_s + seconds
        enough = spoken_s >= _SPOKEN_S and quiet_s >= QUIET_S
        if enough or spent_s >= LONGEST_S or (not spoken_s and spent_s >= NOTHING_S):
            break
    return np.concatenate([*kept, np.zeros(0, np.float32)]).astype(np.float32)


def vehicle(play: Play, mic: Microphone, show: Shows = lambda _: None) -> Left:
    """A vehicle, played with what the microphone hears; Unheard if that is lost meanwhile."""
    lost = threading.Event()
    over = threading.Event()

    def feed() -> None:
        for item in mic.listen():
            if over.is_set():
                return
            if isinstance(item, Gap) or np.isnan(item.samples).any():
                lost.set()
                play.done(given_up=True)
                return
            show(level(item, 0))
            play.feed(item.samples[:, 0])

    thread = threading.Thread(target=feed, name="microphone", daemon=True)
    thread.start()
    try:
        return play.run()
    except GivenUp:
        raise Unheard(Trouble.UNPLUGGED if lost.is_set() else Trouble.NO_SPEECH) from None
    finally:
        over.set()
        mic.stop()
        thread.join()
