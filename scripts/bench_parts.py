"""Listen as `changshou listen --store` does, and say what a phrase waits for until it is stored.

    python -m scripts.bench_parts

Prints the program's own lines of JSON and, for each stretch of speech with a phrase in it, one of
the kind `parts`: seconds, one after the other, from the end of the speech to the commit.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, nullcontext

from audio.capture import CaptureSettings, Microphone
from audio.types import RATE, AudioChunk, Samples
from phrases.types import Gap
from service import booth, bootstrap, listen_view, settings
from service.booth import Booth
from service.bootstrap import Knowledge
from service.hearing import Item, SoFar
from service.listen import Request, listen
from service.live_seat import Sitter

PARTS = ("waited_s", "came_s", "recognised_s", "matched_s", "stored_s")
"""for silence and what follows it, so that the cut is sure; on its way from the microphone to the
ears, in whole chunks; cut and recognised; matched with the turn so far; stored and committed"""


class Watch:
    """Notes when each step was reached; a step begins where the one before ended."""

    def __init__(self) -> None:
        self.origin_ns = self.fed_ms = self.fed_ns = self.asked_ns = 0

    def fed(self, chunk: AudioChunk) -> None:
        """The ears get a chunk."""
        self.fed_ns = time.monotonic_ns()
        self.fed_ms = chunk.start_ms + len(chunk.samples) * 1000 // RATE

    def parts(self, end_ms: int, told_ns: int, stored_ns: int) -> dict[str, float]:
        """Seconds of each part, of speech that ended then, in milliseconds from the first sound."""
        due_ns = self.origin_ns + self.fed_ms * 1_000_000
        matching_ns = max(self.asked_ns, self.fed_ns)
        steps = (
            (self.fed_ms - end_ms) * 1_000_000,
            self.fed_ns - due_ns,
            matching_ns - self.fed_ns,
            told_ns - matching_ns,
            stored_ns - told_ns,
        )
        return {name: ns / 1e9 for name, ns in zip(PARTS, steps, strict=True)}


class WatchedMicrophone(Microphone):
    """A microphone that notes when its sound was read."""

    def __init__(self, asked: CaptureSettings, *, watch: Watch) -> None:
        super().__init__(asked)
        self._watch = watch

    def listen(self) -> Iterator[AudioChunk | Gap]:
        """As the microphone."""
        for item in super().listen():
            if isinstance(item, AudioChunk):
                self._watch.fed(item)
            yield item


class WatchedKeep:
    """A booth's keeping that notes when it was asked, told, and done."""

    def __init__(self, inner: Booth, watch: Watch) -> None:
        self._inner, self._watch = inner, watch

    def listening(self, from_ns: int) -> None:
        """The first sound came at that moment of the monotonic clock."""
        self._watch.origin_ns = from_ns
        self._inner.listening(from_ns)

    def sound(self, start_ms: int, samples: Samples) -> None:
        """What the ears are about to hear."""
        self._inner.sound(start_ms, samples)

    def take(self, items: Iterable[Item]) -> None:
        """What was heard."""
        told, told_ns = list(items), time.monotonic_ns()
        self._inner.take(told)
        for item in told:
            if isinstance(item, SoFar) and item.matches:
                parts = self._watch.parts(item.end_ms, told_ns, time.monotonic_ns())
                print(json.dumps({"kind": "parts"} | parts), flush=True)

    def amounts(self, start_ms: int, end_ms: int) -> Collection[int]:
        """The sums in fen that the lane knows of then: asked as matching begins."""
        self._watch.asked_ns = time.monotonic_ns()
        return self._inner.amounts(start_ms, end_ms)


def main() -> int:
    """Listen until SIGINT."""
    site, watch = settings.load(), Watch()
    with bootstrap.database(site) as engine, listen_view.shown(True) as show:

        @contextmanager
        def keeping(model: str, known: Knowledge) -> Iterator[WatchedKeep]:
            asked = booth.Request(sitter=Sitter(collector="bench"))
            signer = bootstrap.signer(site)
            with booth.kept(engine, signer, site, asked, model, known, show=show) as inner:
                yield WatchedKeep(inner, watch)

        listen(
            Request(),
            site,
            show=show,
            progress=lambda _what, _total: nullcontext(lambda _done: None),
            microphone=lambda asked: WatchedMicrophone(asked, watch=watch),
            keeping=keeping,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
