"""Records survive the pipe, however they are cut, and nothing else passes for one."""

from __future__ import annotations

import numpy as np
import pytest

from audio.wire import Block, Failed, Hello, Parser, WireError, pack


def block(frames: int = 5, channels: int = 2) -> Block:
    """Some sound."""
    samples = np.linspace(-1, 1, frames * channels, dtype=np.float32).reshape(frames, channels)
    return Block(samples=samples, first=7, device_frames=99, stamp_ns=123, overflow=True)


@pytest.mark.parametrize("size", [1, 7, 33, 10_000])
def test_records_come_out_as_they_went_in(size: int) -> None:
    """Whatever the pieces in which the pipe gives them."""
    hello = Hello(device="话筒 1", rate=44_100, channels=2)
    failed = Failed(message="the microphone has gone")
    data = pack(hello) + pack(block()) + pack(block(0, 1)) + pack(failed)
    parser = Parser()
    found = [
        record
        for start in range(0, len(data), size)
        for record in parser.feed(data[start : start + size])
    ]
    assert found[0] == hello
    assert found[3] == failed
    first, empty = found[1], found[2]
    assert isinstance(first, Block)
    assert isinstance(empty, Block)
    assert np.array_equal(first.samples, block().samples)
    assert (first.first, first.device_frames, first.stamp_ns, first.overflow) == (7, 99, 123, True)
    assert empty.samples.shape == (0, 1)


def test_other_things_are_refused() -> None:
    """A library that prints into the pipe is not taken for sound."""
    with pytest.raises(WireError):
        Parser().feed(b"ALSA lib pcm.c: cannot find card 0\n" * 3)


@pytest.mark.parametrize("at", [4, 5])
def test_a_broken_head_is_refused(at: int) -> None:
    """An unknown kind, or a number of channels that there is not."""
    data = bytearray(pack(block()))
    data[at] = 9
    with pytest.raises(WireError):
        Parser().feed(bytes(data))
