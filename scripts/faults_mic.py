"""Pull a real microphone and put it back: PulseAudio's null sink, unloaded and loaded again."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from audio.capture import CaptureSettings, Microphone
from audio.types import RATE
from audio.write import write
from phrases.types import Gap
from tests import pulse

HEALED_S = 10.0
"""seconds within which it must be noticed, and heard again once it is back"""
_AWAY_S = 3.0
_WAIT_S = 60.0


def mic(times: int, told: Callable[[int], None]) -> dict[str, Any]:
    """Pull it so often; how long it took to notice and to heal, and whether the gaps cover it."""
    noticed, healed, uncovered = [], [], 0
    with tempfile.TemporaryDirectory() as folder, pulse.running() as system:
        os.environ.update(system.env)
        noise = np.random.default_rng(1).standard_normal((1, 600 * RATE)) * 0.01
        write(Path(folder) / "noise.wav", noise.astype(np.float32), RATE)
        gaps: list[Gap] = []
        with Microphone(CaptureSettings()) as heard:
            reader = threading.Thread(target=_read, args=(heard, gaps), daemon=True)
            reader.start()
            for number in range(times):
                with system.playing(Path(folder) / "noise.wav"):
                    time.sleep(1.0)
                    pulled_ms = _now_ms(heard)
                    begun = time.monotonic()
                    system.pull()
                    noticed.append(_until(lambda: heard.trouble is not None, begun))
                time.sleep(_AWAY_S)
                begun = time.monotonic()
                system.plug()
                with system.playing(Path(folder) / "noise.wav"):
                    healed.append(_until(lambda: heard.trouble is None, begun))
                    back_ms = _now_ms(heard) - round(1_000 * healed[-1])
                    time.sleep(1.5)
                mine = [gap for gap in gaps if gap.overlaps(pulled_ms, back_ms)]
                covered = sum(
                    min(gap.end_ms, back_ms) - max(gap.start_ms, pulled_ms) for gap in mine
                )
                uncovered += covered < 0.8 * (back_ms - pulled_ms) - 1_000
                told(number + 1)
            heard.stop()
            reader.join(10)
    return {
        "times": times,
        "noticed_s": round(max(noticed), 2),
        "healed_s": round(max(healed), 2),
        "gaps": len(gaps),
        "not_marked_as_a_gap": uncovered,
    }


def holds(found: dict[str, Any]) -> bool:
    """Noticed and healed within 10 s each time, and all of it a gap."""
    slow = max(found["noticed_s"], found["healed_s"]) > HEALED_S
    return not slow and not found["not_marked_as_a_gap"]


def _read(mic_: Microphone, gaps: list[Gap]) -> None:
    gaps.extend(item for item in mic_.listen() if isinstance(item, Gap))


def _now_ms(mic_: Microphone) -> int:
    return (time.monotonic_ns() - mic_.origin_ns) // 1_000_000


def _until(done: Callable[[], bool], begun: float) -> float:
    """Seconds from `begun` until it is so; RuntimeError if it never is."""
    while not done():
        if time.monotonic() - begun > _WAIT_S:
            raise RuntimeError("the microphone's state did not change within a minute")
        time.sleep(0.02)
    return time.monotonic() - begun
