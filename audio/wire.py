"""The records that the capture process writes and its reader takes apart: pure, no pipe, no clock.

A record is a head of fixed size and a body: JSON, or float32 sound. Numbers are little-endian.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass

import numpy as np

from audio.types import Samples

_HEAD = struct.Struct("<4sBBHIQQq")
_MAGIC = b"cap1"
_HELLO, _BLOCK, _FAILED = 1, 2, 3
_MAX_BODY = 1 << 22


class WireError(ValueError):
    """What came through the pipe is no record."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hello:
    """The device is open."""

    device: str
    """its name"""
    rate: int
    """hertz at which it was opened"""
    channels: int
    """channels of the sound that follows"""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Block:
    """Sound, with what tells whether it is all of it."""

    samples: Samples
    """float32 [frames, channels], 16 kHz"""
    first: int
    """frames at 16 kHz before this block since the device was opened, lost ones counted"""
    device_frames: int
    """frames at the device's own rate up to the block's end, since it was opened"""
    stamp_ns: int
    """nanoseconds of the monotonic clock at which the block's end came from the device"""
    overflow: bool = False
    """the device says that it lost sound before this block; how much it does not say"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Failed:
    """The device could not be opened, or has gone."""

    message: str
    """what is wrong and what to do, for people"""


Record = Hello | Block | Failed


def pack(record: Record) -> bytes:
    """The record as bytes."""
    if isinstance(record, Block):
        body = np.ascontiguousarray(record.samples, "<f4").tobytes()
        channels, flags = record.samples.shape[1], int(record.overflow)
        counts = (record.first, record.device_frames, record.stamp_ns)
        return _HEAD.pack(_MAGIC, _BLOCK, channels, flags, len(body), *counts) + body
    if isinstance(record, Hello):
        kind, table = _HELLO, {"device": record.device, "rate": record.rate}
        channels = record.channels
    else:
        kind, table, channels = _FAILED, {"message": record.message}, 0
    body = json.dumps(table).encode()
    return _HEAD.pack(_MAGIC, kind, channels, 0, len(body), 0, 0, 0) + body


class Parser:
    """Takes the stream of bytes apart, however it was cut on its way."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes) -> list[Record]:
        """The records that are whole now; WireError if there are other things in between."""
        self._rest += data
        found = list[Record]()
        while len(self._rest) >= _HEAD.size:
            magic, kind, channels, flags, size, first, frames, stamp = _HEAD.unpack_from(self._rest)
            if magic != _MAGIC or size > _MAX_BODY:
                raise WireError("the capture process wrote something that is no record")
            if len(self._rest) < _HEAD.size + size:
                break
            body = bytes(self._rest[_HEAD.size : _HEAD.size + size])
            del self._rest[: _HEAD.size + size]
            if kind == _BLOCK:
                found.append(_block(body, channels, flags, (first, frames, stamp)))
            else:
                found.append(_told(kind, channels, body))
        return found


def _block(body: bytes, channels: int, flags: int, counts: tuple[int, int, int]) -> Block:
    if not 1 <= channels <= 2 or len(body) % (4 * channels):
        raise WireError("a block of sound has a wrong size")
    first, device_frames, stamp_ns = counts
    return Block(
        samples=np.frombuffer(body, "<f4").astype(np.float32).reshape(-1, channels),
        first=first,
        device_frames=device_frames,
        stamp_ns=stamp_ns,
        overflow=bool(flags),
    )


def _told(kind: int, channels: int, body: bytes) -> Record:
    try:
        table = json.loads(body)
        if kind == _HELLO:
            return Hello(
                device=str(table["device"]), rate=int(table["rate"]), channels=int(channels)
            )
        if kind == _FAILED:
            return Failed(message=str(table["message"]))
    except (ValueError, KeyError, TypeError):
        pass
    raise WireError("the capture process wrote a record of no known kind")
