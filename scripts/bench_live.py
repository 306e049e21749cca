"""Measure live listening end to end: a shift is spoken into a real microphone path, and stored.

PulseAudio's null sink, ALSA's plugin, PortAudio, the installed weights, SQLite: all of it is real.
A phrase's delay is from the end of the speech that it is in (what the voice detector cuts at once,
one phrase or more) to the moment at which it is committed: first as said so far, then settled, once
its turn is over (1.2 s, and what else was said in it; that is told apart, from the phrase's own
end). What was committed first and then became another phrase, or none, is counted.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np

from audio.files import stream
from audio.types import RATE
from audio.write import write
from db import reads
from db.engine import open_engine
from db.verify import verify
from scripts import memory
from scripts.bench_parts import PARTS
from scripts.fleet_parts import ROOT
from service.hearing import TURN_PAUSE_MS
from tests import pulse

DEMO = ROOT / "tests" / "recordings" / "demo.opus"
PROGRAM = [sys.executable, "-c", "from service.cli import main; main()"]
LISTEN = [*PROGRAM, "listen", "--store", "--collector", "bench", "--json"]
WATCHED = [sys.executable, "-m", "scripts.bench_parts"]
START_S, AFTER_S, END_S = 120.0, 5.0, 120.0
_TOGETHER_S = 0.1

Line = Mapping[str, Any]


def run(minutes: float, *, threads: int = 2, parts: bool = False) -> dict[str, Any]:
    """Speak the demo, again and again, for so many minutes; RuntimeError if it breaks.

    `parts`: say what it is that takes the time, too: `scripts.bench_parts` listens.
    """
    sound = np.concatenate([chunk.samples for chunk in stream([DEMO])])
    turns = max(1, round(minutes * 60 * RATE / len(sound)))
    with tempfile.TemporaryDirectory(prefix="changshou-bench-") as name, pulse.running() as system:
        folder = Path(name)
        said = folder / "said.wav"
        write(said, np.concatenate([sound] * turns)[: round(minutes * 60 * RATE)].T, RATE)
        env = {**os.environ, **system.env, "HOME": name, "CHANGSHOU_THREADS": str(threads)}
        env["CHANGSHOU_DB"] = f"sqlite:///{folder / 'booth.db'}"
        lines, used = _listen(WATCHED if parts else LISTEN, env, system, said)
        engine = open_engine(env["CHANGSHOU_DB"], read_only=True)
        try:
            (shift,) = reads.shifts(engine)
            holds = not verify(engine).problems
        finally:
            engine.dispose()
    phrases = [line for line in lines if line["kind"] == "phrase"]
    delays, waits = delayed(phrases)
    first, changed = said_first(phrases, [line for line in lines if line["kind"] == "saying"])
    return {
        "minutes": minutes,
        "threads": threads,
        "load": round(os.getloadavg()[0], 2),
        "phrases": len(phrases),
        "vehicles": shift.vehicles,
        "complete": shift.grading.complete,
        "ledger_holds": holds,
        "stored_after_s": quantiles([came - end for end, came in first]),
        "from_the_phrases_own_end_s": quantiles(
            [came - ended(one) for one, (_, came) in zip(phrases, first, strict=True)]
        ),
        "changed_when_settled": changed,
        "settled_after_s": quantiles(delays),
        "of_that_waited_for_the_turn_s": quantiles(waits),
        "rest_s": quantiles([d - w for d, w in zip(delays, waits, strict=True)]),
        **({"parts": by_part(lines)} if parts else {}),
        "memory_mb": used,
    }


def delayed(phrases: Sequence[Line]) -> tuple[list[float], list[float]]:
    """Seconds from each phrase's end to its line, and those of them for which its turn went on.

    What comes together is one turn; its last phrase ends it.
    """
    delays, waits = [], []
    for one in phrases:
        turn = [p["end_s"] for p in phrases if abs(p["came"] - one["came"]) < _TOGETHER_S]
        delays.append(one["came"] - ended(one))
        waits.append(max(turn) - one["end_s"] + TURN_PAUSE_MS / 1000)
    return delays, waits


def said_first(
    phrases: Sequence[Line], saying: Sequence[Line]
) -> tuple[list[tuple[float, float]], int]:
    """When each phrase's speech ended and when a line first told of it, and how many were untrue.

    A phrase that no line told of before it was settled counts from its own end to that.
    """
    first: dict[tuple[str, float], tuple[float, float]] = {}
    for line in saying:
        end = dt.datetime.fromisoformat(line["at"]).timestamp()
        for one in line["phrases"]:
            first.setdefault((one["phrase"], one["end_s"]), (end, line["came"]))
    found = [first.pop((one["phrase"], one["end_s"]), (ended(one), one["came"])) for one in phrases]
    return found, len(first)


def by_part(lines: Sequence[Line]) -> dict[str, Any]:
    """What each part took, and all of them, for stretches of speech with a phrase in them."""
    told = [line for line in lines if line["kind"] == "parts"]
    found = {name: quantiles([line[name] for line in told]) for name in PARTS}
    return found | {"all_s": quantiles([sum(line[name] for name in PARTS) for line in told])}


def ended(phrase: Line) -> float:
    """When the phrase ended, seconds by the machine's clock."""
    began = dt.datetime.fromisoformat(phrase["at"]).timestamp()
    length: float = phrase["end_s"] - phrase["start_s"]
    return began + length


def quantiles(values: Sequence[float]) -> dict[str, float | None]:
    """The median and the 95th percentile, rounded."""
    if not values:
        return {"p50": None, "p95": None}
    return {f"p{share}": round(float(np.percentile(values, share)), 3) for share in (50, 95)}


def _listen(
    command: Sequence[str], env: Mapping[str, str], system: pulse.Pulse, said: Path
) -> tuple[list[Line], Any]:
    """The lines that the program told, each with the moment it came, and its memory over time."""
    process = subprocess.Popen(command, env=dict(env), cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    lines: list[Line] = []
    used: list[tuple[float, float]] = []
    reader = threading.Thread(target=_read, args=(process.stdout, lines), daemon=True)
    reader.start()
    try:
        until = time.monotonic() + START_S
        while not lines and time.monotonic() < until:
            time.sleep(0.1)
        with system.playing(said) as playing:
            begun = time.monotonic()
            while playing.poll() is None:
                used.append((time.monotonic() - begun, memory.resident_mb(process.pid)))
                time.sleep(1)
        time.sleep(AFTER_S)
        process.send_signal(signal.SIGINT)
        if process.wait(END_S):
            raise RuntimeError("listening ended badly")
    finally:
        process.kill()
        process.wait()
        reader.join(END_S)
        process.stdout.close()
    return lines, memory.course(used)


def _read(source: IO[str], lines: list[Line]) -> None:
    lines.extend({**json.loads(line), "came": time.time()} for line in source)
