"""Start, read and end the capture process; list the microphones by it."""

from __future__ import annotations

import fcntl
import json
import os
import select
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from audio.wire import Parser, Record

COMMAND = (sys.executable, "-P", "-m", "audio.take")
"""the capture process; tests have their own"""
_LIST_S = 20.0
_PIPE_BYTES = 1 << 20


class CaptureError(RuntimeError):
    """No microphone can be listened to: says what is wrong and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Device:
    """A microphone, as the sound system names it."""

    name: str
    channels: int
    """it has at most"""
    rate: int
    """hertz, its own"""
    default: bool
    """it is taken when none is named"""


def devices(command: Sequence[str] = COMMAND) -> tuple[Device, ...]:
    """All microphones; CaptureError if there is none or no PortAudio."""
    try:
        done = subprocess.run(
            [*command, "--list"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            timeout=_LIST_S,
            check=False,
        )
        told = json.loads(done.stdout)
        if "error" in told:
            raise CaptureError(told["error"])
        keys = ("name", "channels", "rate", "default")
        found = tuple(Device(**{key: row[key] for key in keys}) for row in told["devices"])
    except subprocess.TimeoutExpired:
        raise CaptureError(f"the sound system did not answer within {_LIST_S:.0f} s") from None
    except (ValueError, KeyError, TypeError, OSError):  # PortAudio ends the process on bad files
        raise CaptureError(
            "the microphones cannot be listed: the sound system breaks down (is its "
            "configuration in order?)"
        ) from None
    if not found:
        raise CaptureError(
            "there is no microphone: connect one; under PulseAudio or PipeWire, "
            "the package libasound2-plugins shows theirs"
        )
    return found


class Child:
    """A capture process that runs."""

    def __init__(self, command: Sequence[str]) -> None:
        """Start it; CaptureError if that is not possible."""
        try:
            # Its own session: Ctrl-C at the terminal is for the parent, who ends it in order.
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_environment(),
                start_new_session=True,
                bufsize=0,
            )
        except OSError as error:
            raise CaptureError(f"capture cannot be started: {error.strerror}") from None
        assert self._process.stdout
        self._out = self._process.stdout.fileno()
        with suppress(OSError, AttributeError):
            fcntl.fcntl(self._out, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        self._parser = Parser()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def read(self, timeout_s: float) -> list[Record] | None:
        """Records that have come; none when the time is over; None when it has ended.

        WireError if it writes other things.
        """
        ready, _, _ = select.select([self._out], [], [], timeout_s)
        if not ready:
            return []
        data = os.read(self._out, 1 << 18)
        return self._parser.feed(data) if data else None

    def end(self) -> None:
        """Kill it, and do not wait for long: a process stuck in a driver may not die."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with suppress(OSError):
                    pipe.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=2)


def _environment() -> dict[str, str]:
    """Ours, in which the process finds this very program whatever the folder is."""
    root = str(Path(__file__).parents[1])
    path = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{path}" if path else root}
