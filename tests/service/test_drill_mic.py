"""Drills with a microphone of this machine: a line ends by itself, and what is wrong is said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audio.files import stream
from audio.types import RATE, AudioChunk, Samples
from audio.write import write
from phrases.types import Gap, GapReason
from service.drill_mic import Unheard, line
from service.drill_trouble import Trouble
from tests import pulse

DEMO = Path(__file__).parents[1] / "recordings" / "demo.opus"
COMMAND = [sys.executable, "-c", "from service.cli import main; main()", "drill"]


def chunks(samples: Samples) -> Iterator[AudioChunk]:
    """A tenth of a second each."""
    for start in range(0, len(samples), RATE // 10):
        piece = samples[start : start + RATE // 10]
        yield AudioChunk(samples=piece.reshape(-1, 1), start_ms=start * 1000 // RATE)


def sound(seconds: float, loudness: float) -> Samples:
    """Noise, as loud as that."""
    rng = np.random.default_rng(1)
    return (loudness * rng.standard_normal(round(seconds * RATE))).astype(np.float32)


def test_a_line_ends_when_it_is_quiet_again() -> None:
    """Not before anything was said, and not at a short pause."""
    said = [sound(2, 1e-3), sound(1, 0.1), sound(1, 1e-3), sound(1, 0.1), sound(9, 1e-3)]
    levels = list[float | None]()
    taken = line(chunks(np.concatenate(said)), levels.append)
    assert len(taken) / RATE == pytest.approx(2 + 3 + 1.5, abs=0.3)
    assert len(levels) == round(len(taken) * 10 / RATE)
    assert len(line(chunks(sound(60, 1e-3)))) / RATE == pytest.approx(10, abs=0.2)
    assert len(line(chunks(np.concatenate((sound(1, 1e-3), sound(60, 0.1)))))) / RATE < 27.2


def test_what_is_wrong_is_said() -> None:
    """Zeros are a mute switch; a gap or NaN is a microphone that went away."""
    with pytest.raises(Unheard, match="mute switch") as muted:
        line(chunks(np.zeros(5 * RATE, np.float32)))
    assert muted.value.trouble is Trouble.MUTED
    gap = Gap(start_ms=0, end_ms=1, reason=GapReason.MIC_LOST)
    for items in ([gap], chunks(np.full(RATE, np.nan, np.float32))):
        with pytest.raises(Unheard, match="microphone was lost"):
            line(items)


@pytest.mark.slow
@pytest.mark.alone
def test_a_line_and_a_vehicle_through_pulseaudio(tmp_path: Path) -> None:
    """Real Whisper, and a real microphone (PulseAudio's null sink)."""
    demo = np.concatenate([chunk.samples for chunk in stream([DEMO])])[:, 0]
    quiet = sound(3, 3e-4)
    own, whole = tmp_path / "line.wav", tmp_path / "vehicle.wav"
    said = demo[round(8.2 * RATE) : round(9.9 * RATE)]
    write(own, np.concatenate((said, quiet)).reshape(1, -1), RATE)
    write(whole, np.concatenate((demo[2 * RATE : 16 * RATE], quiet)).reshape(1, -1), RATE)
    with pulse.running() as one:
        (tried,) = _said(one, own, "phrase", "flow.received")
        assert [char["heard"] for char in tried["chars"]] == ["right"] * 5
        told = _said(one, whole, "vehicle", "--seed", "116")
        assert [each["is"] for each in told[:2]] == ["scene", "driver"]
        assert told[-1]["is"] == "left"
        states = {light["name"]: light["state"] for light in told[-1]["lights"]}
        assert set(states.values()) == {"said"}, told[-1]
        assert told[-1]["in_time"]


@pytest.mark.slow
@pytest.mark.alone
def test_a_microphone_that_is_not_there() -> None:
    """One line, which names it; exit code 2."""
    done = subprocess.run(
        [*COMMAND, "phrase", "greet.hello", "--device", "no such one", "--json"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PULSE_SERVER": "unix:/nowhere"},
    )
    assert done.returncode == 2
    assert done.stdout == ""
    last = done.stderr.strip().splitlines()[-1]
    assert "microphone" in last


def _said(one: pulse.Pulse, file: Path, *asked: str) -> list[dict[str, Any]]:
    """Say it to a drill once it listens; what the drill tells."""
    running = subprocess.Popen(
        [*COMMAND, *asked, "--device", "pulse", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **one.env},
    )
    assert running.stderr is not None
    assert running.stdout is not None
    told = list[dict[str, Any]]()
    if asked[0] == "phrase":
        while "say:" not in running.stderr.readline():
            assert running.poll() is None
    else:
        told.append(json.loads(running.stdout.readline()))
    time.sleep(1)
    with one.playing(file):
        out, _ = running.communicate(timeout=120)
    assert running.returncode == 0
    return told + [json.loads(each) for each in out.splitlines()]
