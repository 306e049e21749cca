"""A real PulseAudio for tests: a daemon of its own, a null sink whose monitor is the microphone.

ALSA's pulse plugin shows it to PortAudio. Its absence fails the tests that need it:
scripts/setup --tests installs it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

START_S = 60.0
"""seconds to wait for the daemon"""
_SINK = "sink_name=booth rate=48000 channels={channels}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Pulse:
    """A running daemon."""

    env: dict[str, str]
    """what a program's environment must have to meet it"""
    channels: int
    """of the microphone"""

    def control(self, *arguments: str) -> str:
        """Run pactl; what it prints."""
        done = subprocess.run(
            ["pactl", *arguments],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, **self.env},
            timeout=START_S,
        )
        return done.stdout

    def pull(self) -> None:
        """Take the microphone away."""
        self.control("unload-module", "module-null-sink")

    def plug(self) -> None:
        """Connect it again."""
        self.control(
            "load-module", "module-null-sink", *_SINK.format(channels=self.channels).split()
        )

    @contextmanager
    def playing(self, path: Path) -> Iterator[subprocess.Popen[bytes]]:
        """Say a WAV file into the microphone, while the block lasts."""
        process = subprocess.Popen(
            ["paplay", "--latency-msec=200", str(path)],
            env={**os.environ, **self.env},
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


@contextmanager
def running(channels: int = 1) -> Iterator[Pulse]:
    """A daemon that ends with the block."""
    for program in ("pulseaudio", "pactl", "paplay"):
        if not shutil.which(program):
            pytest.fail(f"{program} is missing: scripts/setup --tests installs it", pytrace=False)
    folder = Path(tempfile.mkdtemp(prefix="changshou-pulse-"))
    socket = folder / "native"
    env = {"PULSE_SERVER": f"unix:{socket}"}
    home = {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}
    log = folder / "log"
    with log.open("wb") as out:
        daemon = subprocess.Popen(
            [
                *("pulseaudio", "--daemonize=no", "-n", "--exit-idle-time=-1"),
                *("--use-pid-file=no", "--disable-shm=yes", "--realtime=no", "--high-priority=no"),
                *("-L", f"module-native-protocol-unix socket={socket} auth-anonymous=1"),
                *("-L", f"module-null-sink {_SINK.format(channels=channels)}"),
            ],
            env={**os.environ, **home},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
    try:
        pulse = Pulse(env=env, channels=channels)
        end = time.monotonic() + START_S
        while True:
            with suppress(subprocess.CalledProcessError):
                if "booth.monitor" in pulse.control("list", "short", "sources"):
                    break
            if daemon.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"PulseAudio did not start:\n{log.read_text()}")
            time.sleep(0.1)
        yield pulse
    finally:
        daemon.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            daemon.wait(timeout=10)
        daemon.kill()
        daemon.wait()
        shutil.rmtree(folder, ignore_errors=True)
