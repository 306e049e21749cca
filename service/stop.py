"""Turn Ctrl-C and the system's request to end into a question that the work asks itself."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def stoppable(
    said: str = "stopping; what was heard is being judged and kept",
) -> Iterator[Callable[[], bool]]:
    """Gives a question: has somebody asked to stop? Asked twice, the work is cut off.

    `said` is told to whoever asks first.

    Outside this, Ctrl-C ends the program at once, and nothing is stored.
    """
    asked = False

    def ask(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            signal.default_int_handler(number, frame)
        asked = True
        # Not through sys.stderr: the signal may have come in the middle of a line of progress.
        os.write(2, f"\nchangshou: {said}\n".encode())

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
