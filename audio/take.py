"""Take sound from a microphone, in a process of its own: `python -m audio.take`.

PortAudio can spin for ever when a microphone is pulled, and it knows only the devices that were
there when it was loaded; so it lives in a process that can be killed and begun anew. This writes
`audio.wire` records to standard output and ends when its standard input closes, that is, with
its parent. With `--list` it prints the devices as JSON instead.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame

from audio.types import RATE, Samples
from audio.wire import Block, Failed, Hello, Record, pack

BLOCK_MS = 50
"""milliseconds in a block"""
QUEUE_S = 10
"""seconds of sound that wait here while the parent does not read"""
_NO_PORTAUDIO = "PortAudio is missing: install it, on Debian with: apt-get install libportaudio2"
_NO_DEVICE = "there is no microphone: connect one (a USB microphone appears within seconds)"


class NoDevice(RuntimeError):
    """There is no such device, or it cannot be opened; the text is for people."""


class Resampler:
    """Sound of any rate to 16 kHz, without a seam between blocks."""

    def __init__(self, rate: int, channels: int) -> None:
        self._rate = rate
        self._channels = channels
        self._layout = "mono" if channels == 1 else "stereo"
        self._inner = av.AudioResampler(format="flt", layout=self._layout, rate=RATE)

    def feed(self, samples: Samples) -> Samples:
        """float32 [frames, channels] at the device's rate, to those that are certain at 16 kHz."""
        if self._rate == RATE:
            return samples
        flat = np.ascontiguousarray(samples, np.float32).reshape(1, -1)
        frame = AudioFrame.from_ndarray(flat, format="flt", layout=self._layout)
        frame.sample_rate = self._rate
        made = [one.to_ndarray().reshape(-1, self._channels) for one in self._inner.resample(frame)]
        if not made:
            return np.zeros((0, self._channels), np.float32)
        return np.concatenate(made).astype(np.float32)


def named(devices: Sequence[dict[str, Any]], name: str) -> dict[str, Any]:
    """The device of that name, or the only one whose name holds it; NoDevice if there is none."""
    for device in devices:
        if device["name"] == name:
            return device
    found = [device for device in devices if name.casefold() in device["name"].casefold()]
    if len(found) == 1:
        return found[0]
    fault = "several devices are called so" if found else "there is no such microphone"
    there = ", ".join(device["name"] for device in found or devices)
    raise NoDevice(f"{name}: {fault}; there are: {there}" if there else f"{name}: {_NO_DEVICE}")


def inputs(sound: Any) -> list[dict[str, Any]]:
    """The input devices: name, channels, rate in hertz, default, index; of sounddevice's."""
    default = sound.default.device[0]
    return [
        {
            "name": str(device["name"]),
            "channels": int(device["max_input_channels"]),
            "rate": round(device["default_samplerate"]),
            "default": index == default,
            "index": index,
        }
        for index, device in enumerate(sound.query_devices())
        if device["max_input_channels"] > 0
    ]


def main(arguments: Sequence[str]) -> int:
    """Run; 0 when the parent has gone, 1 when there is no sound (a Failed record says why)."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--list", action="store_true")
    asked.add_argument("--device")
    asked.add_argument("--channels", type=int, default=1)
    options = asked.parse_args(arguments)
    # What the sound libraries print must not come between the records.
    out = os.dup(1)
    os.dup2(2, 1)
    if not options.list:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        try:
            import sounddevice
        except (ImportError, OSError):
            raise NoDevice(_NO_PORTAUDIO) from None
        devices = inputs(sounddevice)
        if options.list:
            _write(out, json.dumps({"devices": devices}).encode())
            return 0
        if not devices:
            raise NoDevice(_NO_DEVICE)
        device = _pick(devices, options.device)
        _stream(sounddevice, device, options.channels, out)
    except NoDevice as error:
        told = json.dumps({"error": str(error)}).encode()
        _write(out, told if options.list else pack(Failed(message=str(error))))
    return 1


def _pick(devices: Sequence[dict[str, Any]], name: str | None) -> dict[str, Any]:
    if name:
        return named(devices, name)
    return next((device for device in devices if device["default"]), devices[0])


def _stream(sound: Any, device: dict[str, Any], channels: int, out: int) -> None:
    """Write records until the device has gone: then NoDevice."""
    name = device["name"]
    blocks = queue.Queue[tuple[Samples, int, int, bool]](maxsize=QUEUE_S * 1000 // BLOCK_MS)
    taken = 0

    def keep(data: Any, frames: int, _time: Any, status: Any) -> None:
        nonlocal taken
        taken += frames
        samples = np.array(data[:, :channels], np.float32)
        # When the queue is full, the count of the next block tells what was lost before it.
        with suppress(queue.Full):
            blocks.put_nowait((samples, taken, time.monotonic_ns(), bool(status.input_overflow)))

    rate, stream = _opened(sound, device, channels, keep)
    resampler, first, before = Resampler(rate, channels), 0, 0
    with stream:
        _send(out, Hello(device=name, rate=rate, channels=channels))
        while True:
            try:
                samples, count, stamp_ns, overflow = blocks.get(timeout=0.5)
            except queue.Empty:
                if not stream.active:
                    raise NoDevice(f"{name}: the microphone has gone") from None
                continue
            if lost := count - len(samples) - before:
                first += lost * RATE // rate  # this jump is how the parent knows
                resampler = Resampler(rate, channels)
            before = count
            made = resampler.feed(samples)
            block = Block(
                samples=made,
                first=first,
                device_frames=count,
                stamp_ns=stamp_ns,
                overflow=overflow,
            )
            first += len(made)
            _send(out, block)


def _opened(sound: Any, device: dict[str, Any], channels: int, keep: Any) -> tuple[int, Any]:
    """The rate and the stream: the device's own rate first, since systems resample badly.

    A device that cannot give one channel is opened with two, of which the first is taken.
    """
    name = device["name"]
    if channels > device["channels"]:
        raise NoDevice(f"{name}: has {device['channels']} channel(s), not {channels}")
    tries = [(rate, count) for count in (channels, 2) for rate in (device["rate"], RATE, 48_000)]
    why = ""
    for rate, count in dict.fromkeys(tries):
        if count > device["channels"]:
            continue
        try:
            stream = sound.InputStream(
                samplerate=rate,
                blocksize=rate * BLOCK_MS // 1000,
                device=device["index"],
                channels=count,
                dtype="float32",
                latency="high",
                callback=keep,
            )
        except sound.PortAudioError as error:
            why = why or str(error)
            continue
        return rate, stream
    raise NoDevice(f"{name}: cannot be opened: {why} (does another program have it?)")


def _send(out: int, record: Record) -> None:
    _write(out, pack(record))


def _write(out: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        try:
            view = view[os.write(out, view) :]
        except BrokenPipeError:
            os._exit(0)


def _end_with_parent() -> None:
    """Standard input closes when the parent ends, however it ends."""
    while os.read(0, 1024):
        pass
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
