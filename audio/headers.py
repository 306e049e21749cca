"""Read what libav does not say: the length that a sound file's own header promises.

libav takes a cut WAV for a shorter one, guesses the length of an MP3 without a count of its
frames, and an Ogg file has no length at all. A recording that was cut short must be refused,
or the words that are lost would be called missing.
"""

from __future__ import annotations

import struct
from pathlib import Path

_UNSET = (0, 0x7FFF_F000, 0x7FFF_FFFF, 0x8000_0000)
_OGG_PAGE = 65_307


def wav_seconds(path: Path) -> float | None:
    """Seconds that a RIFF or RF64 header promises; None if it was written before the end."""
    with path.open("rb") as file:
        if file.read(12)[8:] != b"WAVE":
            return None
        rate, long_size = 0, 0
        while len(head := file.read(8)) == 8:
            name, size = head[:4], struct.unpack("<I", head[4:])[0]
            if name == b"data":
                size = long_size if size == 0xFFFF_FFFF else size
                unset = size in _UNSET or 0xFFFF_FF00 <= size <= 0xFFFF_FFFF
                return None if unset or not rate else size / rate
            body = file.read(size)
            if name == b"fmt " and size >= 16:
                rate = struct.unpack("<I", body[8:12])[0]
            elif name == b"ds64" and size >= 16:
                long_size = struct.unpack("<Q", body[8:16])[0]
            file.seek(size % 2, 1)
    return None


def mp3_counts_frames(path: Path) -> bool:
    """Whether an MP3 begins with a count of its frames, so that its length is no guess."""
    with path.open("rb") as file:
        head = file.read(10)
        at = size = 0
        if head[:3] == b"ID3" and len(head) == 10:
            at = 10
            for byte in head[6:]:  # seven bits each
                size = size << 7 | byte & 0x7F
            at += size
        file.seek(at)
        first = file.read(4096)
    return any(tag in first for tag in (b"Xing", b"Info", b"VBRI"))


def ogg_is_cut(path: Path) -> bool:
    """Whether an Ogg file ends in the middle of a page."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 2 * _OGG_PAGE))
        tail = file.read()
    at = tail.rfind(b"OggS")
    if at < 0 or len(tail) < at + 27:
        return True
    segments = tail[at + 26]
    sizes = tail[at + 27 : at + 27 + segments]
    return len(sizes) < segments or len(tail) < at + 27 + segments + sum(sizes)
