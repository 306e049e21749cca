"""Pack messages into the body of a request, and unpack it without being overrun."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from db.messages import joined

PATH = "/v1/batches"
HEADERS = {"content-type": "application/x-ndjson", "content-encoding": "gzip"}
MOST = 2_000
"""messages in a batch that is taken"""
LARGEST = 4 << 20
"""bytes of a body that is taken, compressed"""
LARGEST_PLAIN = 32 << 20
"""bytes of a body that is taken, unpacked"""
LEVEL = 1
"""of compression: the line is rarely what is short of time"""
_GZIP = 16 + zlib.MAX_WBITS


class Unpackable(Exception):
    """The body cannot be unpacked; with the HTTP status that says why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


def pack(lines: Sequence[bytes]) -> bytes:
    """The body of a batch: gzip over the lines."""
    packer = zlib.compressobj(LEVEL, wbits=_GZIP)
    return packer.compress(joined(lines)) + packer.flush()


def unpack(body: bytes) -> list[bytes]:
    """The lines of a batch. Unpackable if there are none, too many, or it is no whole gzip."""
    unpacker = zlib.decompressobj(wbits=_GZIP)
    try:
        plain = unpacker.decompress(body, LARGEST_PLAIN + 1)
    except zlib.error:
        raise Unpackable(400, "the body is not gzip, or it is damaged") from None
    if len(plain) > LARGEST_PLAIN:
        raise Unpackable(413, f"the body unpacks to over {LARGEST_PLAIN >> 20} MiB: send less")
    if not unpacker.eof or unpacker.unused_data:
        raise Unpackable(400, "the body is not one whole gzip: it was cut, or something follows")
    if plain and not plain.endswith(b"\n"):
        raise Unpackable(400, "the last line has no end")
    lines = plain.split(b"\n")[:-1]
    if not lines:
        raise Unpackable(400, "there is no message in the body")
    if len(lines) > MOST:
        raise Unpackable(413, f"there are over {MOST} messages in the body: send fewer")
    return lines
