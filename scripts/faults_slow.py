"""Let recognition be slower than what is said: PulseAudio, PortAudio, the weights, the lane's port.

A shift is spoken into the null sink, the lane says at once who comes and who leaves, and the ears
(`scripts.slow_process`) take twice as long as the sound for so many minutes.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from audio.files import stream
from audio.types import RATE
from audio.write import write
from scripts import memory
from scripts.fleet_parts import ROOT, free_port
from tests import pulse

RECORDINGS = ROOT / "tests" / "recordings"
WARM_S, AFTER_S = 20.0, 10.0
SPILL_MB = 256
_POLL_S = 0.25
READY_S, END_S = 180.0, 1_800.0
MEMORY_S = 30.0
"""seconds of sound that wait in memory, at most, as the program has it …"""
SHARE = 1 / 6
"""… or this share of the slow time, so that a short run needs the file, too"""
GROWTH_MB = 104.0
"""megabytes by which the process may have grown, once it has caught up: what waits in memory is
2 MB, and what is held for clips comes to 38 MB in 20 minutes"""
LIMIT_MB = 700.0
"""megabytes that it may ever take, while it catches up too"""
BEHIND = 0.3
"""share of the slow time by which it must have been behind, or recognition was not slow"""

LOST = (
    *("sound_untold_s", "overruns", "utterances_lost", "utterances_other", "vehicles_lost"),
    *("verdicts_other", "missing_that_are_late", "ledger_problems", "lane_refused"),
)
"""figures of which each must be zero"""

Figures = dict[str, Any]


def slow(minutes: float, told: Callable[[int], None], *, spill: bool = True) -> Figures:
    """Be too slow for so many minutes; what was lost, and what became of memory.

    `spill`: whether sound may wait in a file; without it, it must be lost.
    """
    slow_s = minutes * 60
    used: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory(prefix="changshou-slow-") as name, pulse.running() as system:
        folder, port = Path(name), free_port()
        said = folder / "said.wav"
        lane = _shift(WARM_S + slow_s + AFTER_S, said)
        (folder / "changshou.toml").write_text(
            f'[listening]\nlane_events = true\nlane_port = {port}\nsocket = "booth.sock"\n'
            f"spill_mb = {SPILL_MB if spill else 0}\n"
            f'[database]\nurl = "sqlite:///{folder / "booth.db"}"\nseal_key = "seal.key"\n',
            encoding="utf-8",
        )
        with (
            _booth(folder, slow_s, system.env) as booth,
            system.playing(said) as playing,
            socket.create_connection(("127.0.0.1", port)) as connection,
            connection.makefile("rb") as answers,
        ):
            begun, refused = time.monotonic(), 0
            while playing.poll() is None:
                now_s = time.monotonic() - begun
                while lane and lane[0][0] <= now_s:
                    connection.sendall(_line(*lane.pop(0)))
                    refused += not answers.readline().startswith(b"OK ")
                used.append((now_s, memory.resident_mb(booth.process.pid)))
                told(int(min(minutes, now_s / 60)))
                time.sleep(_POLL_S)
            booth.process.send_signal(signal.SIGINT)
            asked = time.monotonic()
            while not booth.said("ended", since=asked, within_s=END_S):
                used.append((time.monotonic() - begun, memory.resident_mb(booth.process.pid)))
                time.sleep(_POLL_S)
            caught_up_s = time.monotonic() - asked
            if booth.process.wait(END_S):
                raise RuntimeError("the slow booth could not say what it stored")
        found = json.loads(next(line for line in booth.lines if line.startswith("{")))
    return {
        "slow_s": slow_s,
        **found,
        "lane_refused": refused,
        "caught_up_after_s": round(caught_up_s, 1),
        "memory_warm_mb": max(mb for at_s, mb in used if at_s < WARM_S),
        "memory_most_mb": max(mb for _, mb in used),
        "memory_after_mb": used[-1][1],
        "memory_mb": memory.course(used),
        "load": round(os.getloadavg()[0], 2),
    }


def holds(found: Figures) -> bool:
    """It was slow, memory was bounded, all was heard, and late was not missing."""
    was_slow = found["behind_most_s"] >= BEHIND * found["slow_s"] and found["spilled_most_mb"] > 0
    bounded = (
        found["waited_in_memory_most_s"] <= found["memory_s"] + 1
        and found["memory_after_mb"] - found["memory_warm_mb"] <= GROWTH_MB
        and found["memory_most_mb"] <= LIMIT_MB
    )
    return was_slow and bounded and not any(found[key] for key in LOST) and found["vehicles"] > 0


@dataclass(kw_only=True, slots=True)
class _Booth:
    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def said(self, line: str, *, since: float, within_s: float) -> bool:
        """Whether it has; RuntimeError if it has ended without, or took too long."""
        ended = self.process.poll() is not None
        if line in self.lines:
            return True
        if ended or time.monotonic() - since > within_s:
            raise RuntimeError(f"the slow booth never said that it is {line}")
        return False

    def read(self) -> None:
        assert self.process.stdout
        self.lines.extend(line.strip() for line in self.process.stdout)


@contextmanager
def _booth(folder: Path, slow_s: float, env: Mapping[str, str]) -> Iterator[_Booth]:
    """The slow booth, once it listens."""
    own = {"HOME": str(folder), "CHANGSHOU_CONFIG": str(folder / "changshou.toml")}
    command = [sys.executable, "-m", "scripts.slow_process", str(folder)]
    command += [str(seconds) for seconds in (WARM_S, slow_s, min(MEMORY_S, slow_s * SHARE))]
    with subprocess.Popen(
        command, env={**os.environ, **env, **own}, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        booth = _Booth(process=process)
        reader = threading.Thread(target=booth.read, daemon=True)
        reader.start()
        begun = time.monotonic()
        try:
            while not booth.said("ready", since=begun, within_s=READY_S):
                time.sleep(_POLL_S)
            yield booth
        finally:
            process.kill()
            reader.join()


def _shift(seconds: float, file: Path) -> list[tuple[float, str, Mapping[str, Any]]]:
    """Write so much speech; what the lane says, and when, by seconds from the speech's start."""
    sound = np.concatenate([chunk.samples for chunk in stream([RECORDINGS / "demo.opus"])])
    tree = json.loads((RECORDINGS / "demo.events.json").read_text(encoding="utf-8"))
    times = int(seconds * RATE // len(sound)) + 1
    write(file, np.concatenate([sound] * times)[: round(seconds * RATE)].T, RATE)
    said: list[tuple[float, str, Mapping[str, Any]]] = []
    for turn in range(times):
        for event in tree["events"]:
            own = {key: value for key, value in event.items() if key not in ("arrived", "left")}
            own["vehicle"] = f"{turn}-{event['vehicle']}"
            for key in ("toll", "tendered"):
                if key in own:
                    own[key] = str(own[key])
            at_s = turn * len(sound) / RATE
            said.append((at_s + event["arrived"], "arrived", own))
            said.append((at_s + event["left"], "left", {"vehicle": own["vehicle"]}))
    return sorted((one for one in said if one[0] < seconds), key=lambda one: one[0])


def _line(at_s: float, kind: str, more: Mapping[str, Any]) -> bytes:
    at = dt.datetime.now(dt.UTC).isoformat()
    message = {"id": f"{kind} {at_s}", "kind": kind, "at": at, **more}
    return json.dumps(message).encode() + b"\n"
