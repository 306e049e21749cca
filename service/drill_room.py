"""The ears that all trainees share: loaded when the first one speaks, and asked in turn.

Two cores judge one try after the other, so whoever waits is told how many are before them; what
cannot be taken on is refused at once, and counts for nobody.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from audio.cut import follow
from audio.recognize import Recognizer
from audio.types import HearingSettings, Samples
from audio.verify import Noise
from phrases import scene
from phrases.scene import Scene, SceneFile
from service import drill_english
from service.bootstrap import Knowledge, WhisperEar
from service.drill_english import TriedEnglish
from service.drill_score import Coach, recording
from service.drill_vehicle import Left, Play, Shown
from service.hearing import Hearer

MOST = 40
"""tries that may wait, and vehicles that may be played, at once"""

T = TypeVar("T")


class Once(Generic[T]):
    """What is made when it is first wanted, and then kept; what fails is tried anew."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: list[T] = []

    def __call__(self) -> T:
        """What was made."""
        with self._lock:
            if not self._made:
                self._made.append(self._make())
            return self._made[0]


class Full(RuntimeError):
    """Too many are there already."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ears:
    """What hears tries."""

    recognizer: Recognizer
    noise: Noise
    coach: Coach
    ear: WhisperEar


def open_ears(recognizer: Recognizer) -> Ears:
    """The ears with these weights."""
    return Ears(
        recognizer=recognizer,
        noise=Noise(recognizer),
        coach=Coach(recognizer),
        ear=WhisperEar(recognizer),
    )


class Room:
    """Where trainees are heard."""

    def __init__(
        self,
        known: Knowledge,
        ears: Callable[[], Ears],
        *,
        most: int = MOST,
    ) -> None:
        """`ears` opens them; it is called once, when somebody is about to speak."""
        self._known = known
        self._ears = Once(ears)
        self._most = most
        self._lock = threading.Lock()
        self._waiting = 0
        self._models: dict[tuple[str, Path], list[list[float | None]]] = {}
        self._playing = 0
        self._desk = ThreadPoolExecutor(1, thread_name_prefix="drill")
        self._lanes = ThreadPoolExecutor(most, thread_name_prefix="vehicle")
        self.rules: SceneFile = scene.load(phrases=known.catalog.phrases)
        """what scenes are drawn from"""

    @property
    def waiting(self) -> int:
        """Tries that are not judged yet."""
        return self._waiting

    @property
    def playing(self) -> int:
        """Vehicles that are there."""
        return self._playing

    def english(self, text: str, samples: Samples) -> Future[TriedEnglish]:
        """Have a try at an English line judged; Full if too many wait."""

        def judged() -> TriedEnglish:
            ears = self._ears()
            return drill_english.score(ears.recognizer, ears.noise, text, samples)

        return self._queued(judged)

    def model(self, text: str, file: Path) -> Future[list[list[float | None]]]:
        """The pitch of each character of a model's recording, found once."""

        def found() -> list[list[float | None]]:
            key = (text, file)
            if key not in self._models:
                sound = recording(file)
                self._models[key] = [
                    list(one) for one in self._ears().coach.score(text, sound).curves
                ]
            return self._models[key]

        return self._queued(found)

    def play(self, scene_: Scene, show: Callable[[Shown], None]) -> tuple[Play, Future[Left]]:
        """Have a vehicle come; Full if too many do."""
        with self._lock:
            if self._playing >= self._most:
                raise Full
            self._playing += 1
        one = Play(scene_, self.rules, self._known, self._hearer, show)

        def run() -> Left:
            try:
                return one.run()
            finally:
                with self._lock:
                    self._playing -= 1

        return one, self._lanes.submit(run)

    def warm(self) -> None:
        """Begin to load the ears, for somebody who is about to speak."""
        self._desk.submit(self._ears)

    def close(self) -> None:
        """Judge nothing more."""
        self._desk.shutdown(wait=False, cancel_futures=True)
        self._lanes.shutdown(wait=False, cancel_futures=True)

    def _queued(self, job: Callable[[], T]) -> Future[T]:
        with self._lock:
            if self._waiting >= self._most:
                raise Full
            self._waiting += 1

        def done() -> T:
            try:
                return job()
            finally:
                with self._lock:
                    self._waiting -= 1

        return self._desk.submit(done)

    def _hearer(self) -> Hearer:
        return Hearer(
            self._ears().ear,
            self._known.catalog,
            thresholds=self._known.thresholds,
            settings=HearingSettings(lookahead_ms=0),
            cutter=follow,
        )
