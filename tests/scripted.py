"""A capture process that follows a script: `python -m tests.scripted PLAN [--channels N …]`.

PLAN is JSON: a list of runs, each a list of steps; the n-th process started with the plan does the
n-th run, and later ones the last. The sound is `tone`, so that a test can tell every sample.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from audio.types import RATE, Samples
from audio.wire import Block, Failed, Hello, Record, pack

BLOCK = RATE // 20


def tone(first: int, frames: int, channels: int = 1) -> Samples:
    """The scripted sound, float32 [frames, channels]: never zero, each sample has its number."""
    count = np.arange(first, first + frames) % 1_000
    return np.repeat(((count + 1) / 2_000).astype(np.float32)[:, None], channels, axis=1)


def command(plan: Path, *runs: list[dict[str, Any]]) -> list[str]:
    """The command of a process that follows these runs; `plan` is where they are kept."""
    plan.write_text(json.dumps(runs), encoding="utf-8")
    return [sys.executable, "-P", "-m", "tests.scripted", str(plan)]


class _Process:
    def __init__(self, channels: int) -> None:
        self.channels = channels
        self.first = self.device = 0
        self.stamp = float(time.monotonic_ns())

    def send(self, record: Record) -> None:
        data = memoryview(pack(record))
        while data:
            data = data[os.write(1, data) :]

    def say(self, step: dict[str, Any]) -> None:
        """So many seconds of sound; `speed`: of the device's clock; `rush`: do not wait."""
        speed = float(step.get("speed", 1.0))
        for number in range(round(step["say"] * RATE / BLOCK)):
            self.stamp += BLOCK / RATE / speed * 1e9
            if not step.get("rush"):
                time.sleep(max(0.0, (self.stamp - time.monotonic_ns()) / 1e9))
            samples = tone(self.first, BLOCK, self.channels) * np.float32(step.get("level", 1.0))
            self.device += BLOCK
            overflow = bool(step.get("overflow")) and not number
            self.send(
                Block(
                    samples=samples,
                    first=self.first,
                    device_frames=self.device,
                    stamp_ns=int(self.stamp),
                    overflow=overflow,
                )
            )
            self.first += BLOCK

    def do(self, step: dict[str, Any]) -> None:
        if "say" in step:
            self.say(step)
        if "lose" in step:  # the queue was full for so many seconds
            lost = round(step["lose"] * RATE)
            self.first, self.device = self.first + lost, self.device + lost
            self.stamp += step["lose"] * 1e9
        if "hide" in step:  # the same, and nobody said so
            self.stamp += step["hide"] * 1e9
        if "wait" in step:
            time.sleep(step["wait"])
        if "fail" in step:
            self.send(Failed(message=step["fail"]))
            sys.exit(1)
        if "write" in step:
            os.write(1, step["write"].encode())
        if "exit" in step:
            sys.exit(step["exit"])


def main(arguments: list[str]) -> None:
    """Do the run whose turn it is, then hang like a driver that spins."""
    plan = Path(arguments[0])
    channels = int(arguments[arguments.index("--channels") + 1])
    runs = json.loads(plan.read_text(encoding="utf-8"))
    counter = plan.with_suffix(".count")
    turn = int(counter.read_text()) if counter.exists() else 0
    counter.write_text(str(turn + 1))
    process = _Process(channels)
    process.send(Hello(device="scripted", rate=RATE, channels=channels))
    for step in runs[min(turn, len(runs) - 1)]:
        process.do(step)
    time.sleep(60)


if __name__ == "__main__":
    main(sys.argv[1:])
