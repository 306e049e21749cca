"""Play one vehicle with a trainee: their sound goes in as it comes, what stands comes out.

The ears and the verdict are the booth's (`service.hearing`, `phrases.judge`). While the driver
speaks nothing is listened to, so the driver's voice is never taken for the trainee's, and the
clock stands still.
"""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from audio.types import RATE, AudioChunk, Faint, Samples
from phrases import notified, roleplay
from phrases.judge import judge
from phrases.roleplay import Follow
from phrases.scene import Moment, Scene, SceneFile
from phrases.types import Gap, Heard, Side
from service.bootstrap import Knowledge
from service.hearing import Hearer, SoFar
from service.pipeline import amounts_due, due_at

QUIET_S = 20.0
"""seconds without any sound from the trainee's side after which a vehicle is given up"""
_CHUNK = RATE // 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Driver:
    """The driver says something."""

    moment: Moment
    line: str
    money: bool
    """whether fare and note are to be seen from now on"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How it stands after an utterance."""

    follow: Follow
    spent_ms: int
    """milliseconds since the vehicle came, the driver's lines apart"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """The vehicle has left."""

    follow: Follow
    points: float | None
    """0..100; None: nothing could be judged"""
    spent_ms: int
    in_time: bool
    heard: tuple[Heard, ...]


Shown = Driver | Standing | Left


class GivenUp(RuntimeError):
    """Nobody is there any more; nothing is judged, and nothing counts."""


class Play:
    """One vehicle. `run` in a thread of its own; `feed` and `done` from any other.

    The hearer is made in that thread: the first one takes as long as the weights take to load.
    """

    def __init__(
        self,
        scene: Scene,
        rules: SceneFile,
        known: Knowledge,
        hearer: Callable[[], Hearer],
        show: Callable[[Shown], None],
    ) -> None:
        self.scene = scene
        self._rules = rules
        self._known = known
        self._hearer = hearer
        self._show = show
        self._sound: queue.Queue[Samples | bool] = queue.Queue()
        self._given: list[Moment] = []
        self._heard: list[Heard] = []
        self._turn: Heard | None = None
        self._gaps: list[Gap] = []
        self._faint: list[Faint] = []
        self._spent = 0
        self._state: Follow | None = None

    def feed(self, samples: Samples) -> None:
        """What the trainee said next: float32 [frames], mono, 16 kHz."""
        self._sound.put(samples)

    def done(self, *, given_up: bool = False) -> None:
        """The trainee says that the vehicle may go; or is not there any more."""
        self._sound.put(not given_up)

    def run(self) -> Left:
        """Listen until the vehicle has left; GivenUp if the trainee has gone."""
        log = self.scene.log
        items = self._hearer().listen(
            self._chunks(),
            near_only=True,
            so_far=True,
            due=lambda start, end: amounts_due(log.events or (), start, end),
        )
        for item in items:
            if isinstance(item, Heard):
                self._heard.append(item)
                self._turn = None
            elif isinstance(item, SoFar):
                self._turn = _so_far(item)
            elif isinstance(item, Gap):
                self._gaps.append(item)
            elif isinstance(item, Faint):
                self._faint.append(item)
                continue
            else:
                continue
            self._state = self._follow(over=False)
            self._show(Standing(follow=self._state, spent_ms=self._spent_ms))
        state = self._follow(over=True)
        left = Left(
            follow=state,
            points=roleplay.points(state.lights, self._known.table.weights[self.scene.lane]),
            spent_ms=self._spent_ms,
            in_time=self._spent_ms < self.scene.limit_ms,
            heard=tuple(self._heard),
        )
        self._show(left)
        return left

    @property
    def _spent_ms(self) -> int:
        return self._spent * 1000 // RATE

    def _chunks(self) -> Iterator[AudioChunk]:
        """The trainee's sound until the vehicle leaves; the driver speaks in between."""
        while True:
            while (moment := self._beat()) is not None:
                self._given.append(moment)
                money = roleplay.shows_money(self.scene, self._given)
                line = self.scene.lines[moment]
                self._show(Driver(moment=moment, line=line, money=money))
            if roleplay.ended(self.scene, self._state, self._given, self._spent_ms):
                return
            try:
                part = self._sound.get(timeout=QUIET_S)
            except queue.Empty:
                raise GivenUp from None
            if part is False:
                raise GivenUp
            if isinstance(part, bool):
                return
            for start in range(0, len(part), _CHUNK):
                piece = part[start : start + _CHUNK]
                at_ms = self._spent_ms
                self._spent += len(piece)
                yield AudioChunk(samples=piece.reshape(-1, 1), start_ms=at_ms)

    def _beat(self) -> Moment | None:
        return roleplay.beat(self.scene, self._state, self._given, self._spent_ms)

    def _follow(self, *, over: bool) -> Follow:
        heard = [*self._heard, *([self._turn] if self._turn else [])]
        heard.sort(key=lambda one: one.start_ms)
        log, known = self.scene.log, self._known
        (verdict,) = judge(
            log=log,
            duration_ms=max(self._spent_ms, 1),
            heard=heard,
            gaps=self._gaps,
            faint=self._faint,
            dialogues=known.dialogues,
            table=known.table,
            due=lambda start, end: due_at(log, known, start, end),
            parts=known.catalog.parts,
            wording=known.wording,
            same=notified.same,
        )
        return roleplay.follow(self.scene, self._rules, verdict, heard, self._gaps, over=over)


def _so_far(item: SoFar) -> Heard | None:
    """A turn that is not over, as far as it was understood."""
    if not item.matches:
        return None
    return Heard(
        start_ms=min(match.start_ms for match in item.matches),
        end_ms=item.end_ms,
        utterance=-1,
        side=Side.NEAR,
        text=None,
        matches=item.matches,
    )


def as_float(pcm: bytes) -> Samples:
    """16-bit little-endian PCM as float32 in -1..1; an odd byte at the end is left out."""
    whole = np.frombuffer(pcm[: len(pcm) // 2 * 2], "<i2")
    return (whole / np.float32(32_768)).astype(np.float32)


def as_pcm(samples: Samples) -> bytes:
    """Float32 in -1..1 as 16-bit little-endian PCM."""
    return np.round(np.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes()
