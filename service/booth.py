"""Run a booth: what a microphone hears is kept in shifts, while people and the lane speak up."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine

from audio.types import Samples
from db.seal import Signer
from service import booth_socket, bootstrap, lane_lines
from service.bootstrap import Knowledge
from service.clips import Choice
from service.hearing import Item
from service.lane_message import Message
from service.live import Keeper
from service.live_clips import LiveClips
from service.live_clock import Clock, SystemClock
from service.live_seat import Sitter
from service.live_types import Place, Taken, Told
from service.settings import Settings

ROSTER_MS = 30_000
"""milliseconds after which the roster is looked at again"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """How a booth is run."""

    sitter: Sitter | None = None
    """who has the seat when listening begins, if nobody had"""
    close: bool = True
    """whether the shifts are closed when listening ends; else they go on when it begins again"""
    outbox: bool = False
    """whether what is stored goes to the centre"""


class Booth:
    """A keeper that several threads may use: the ears, the lane's lines, whoever taps."""

    def __init__(self, keeper: Keeper) -> None:
        self.keeper = keeper
        self.lock = threading.RLock()
        self._roster_ms = -ROSTER_MS

    def listening(self, from_ns: int) -> None:
        """The first sound came at that moment of the monotonic clock."""
        with self.lock:
            self.keeper.listening(from_ns)

    def sound(self, start_ms: int, samples: Samples) -> None:
        """What the microphone gave, float32 [frames] of the collector's channel."""
        with self.lock:
            self.keeper.sound(start_ms, samples)

    def take(self, items: Iterable[Item]) -> None:
        """What was heard."""
        with self.lock:
            self.keeper.take(items)
            now_ms = self.keeper.now_ms
            if now_ms >= self._roster_ms + ROSTER_MS:
                self._roster_ms = now_ms
                self.keeper.roster()

    def amounts(self, start_ms: int, end_ms: int) -> Collection[int]:
        """The sums in fen that the lane knows of then."""
        with self.lock:
            return self.keeper.amounts(start_ms, end_ms)

    def lane(self, message: Message, body: str) -> Taken:
        """A message of the lane."""
        with self.lock:
            return self.keeper.lane(message, body)


@contextmanager
def kept(
    engine: Engine,
    signer: Signer,
    site: Settings,
    request: Request,
    model: str,
    known: Knowledge,
    *,
    show: Callable[[Told], None],
    clock: Clock | None = None,
) -> Iterator[Booth]:
    """A booth that keeps what it is told, reached by the lane and over its socket, for the block.

    When the block ends well, the shifts are closed if the request says so.
    """
    place = Place(
        station=site.station,
        booth=site.booth,
        lane=site.lane,
        zone=site.time_zone,
        lane_events=site.lane_events,
        lateness_ms=site.lane_lateness_ms,
    )
    vault = bootstrap.vault(site, engine) if site.clips else None
    keeper = Keeper(
        engine,
        signer,
        place,
        known,
        model=model,
        clock=clock or SystemClock(),
        outbox=request.outbox,
        clips=LiveClips(vault, Choice(share=site.share)),
        show=show,
    )
    booth = Booth(keeper)
    keeper.start(request.sitter)
    with ExitStack() as stack:
        stack.enter_context(booth_socket.served(site.socket, keeper, booth.lock))
        stack.enter_context(
            lane_lines.served(
                booth.lane, host=site.lane_host, port=site.lane_port, serial=site.lane_serial
            )
        )
        yield booth
    with booth.lock:
        if request.close:
            keeper.finish()
