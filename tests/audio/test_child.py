"""The capture process from outside: listing the microphones, and what goes wrong with that."""

from __future__ import annotations

import sys

import pytest

from audio.child import CaptureError, Device, devices

ONE = '{"devices": [{"name": "USB 1", "channels": 1, "rate": 48000, "default": true, "index": 4}]}'


def say(text: str) -> list[str]:
    """A command that prints this."""
    return [sys.executable, "-c", f"print({text!r})"]


def test_microphones_are_listed() -> None:
    """By the process that knows them."""
    assert devices(say(ONE)) == (Device(name="USB 1", channels=1, rate=48_000, default=True),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"devices": []}', "there is no microphone"),
        ('{"error": "PortAudio is missing: install it"}', "PortAudio is missing"),
        ("", "cannot be listed"),
        ('{"devices": [{"name": "x"}]}', "cannot be listed"),
    ],
)
def test_what_is_wrong_is_said(text: str, said: str) -> None:
    """In one line for people."""
    with pytest.raises(CaptureError, match=said):
        devices(say(text))


def test_a_process_that_cannot_start_is_said() -> None:
    """A broken installation."""
    with pytest.raises(CaptureError, match="cannot be listed"):
        devices(["/nowhere/take"])
