"""A batch is unpacked whole or not at all, and never into more than was agreed."""

from __future__ import annotations

import gzip

import pytest

from service import batch
from service.batch import Unpackable


def test_lines_come_back() -> None:
    """As they were."""
    lines = [b'{"a":1}', "{}你好".encode(), b"x"]
    assert batch.unpack(batch.pack(lines)) == lines
    assert gzip.decompress(batch.pack(lines)) == b"\n".join(lines) + b"\n"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"plain", 400),
        (batch.pack([b"a", b"b"])[:-1], 400),
        (batch.pack([b"a"]) + b"more", 400),
        (batch.pack([b"a"]) + batch.pack([b"b"]), 400),
        (gzip.compress(b"no end", mtime=0), 400),
        (gzip.compress(b"", mtime=0), 400),
        (gzip.compress(b"\n" * (batch.MOST + 1), mtime=0), 413),
        (gzip.compress(b"0" * (batch.LARGEST_PLAIN + 1), mtime=0), 413),
    ],
)
def test_what_is_no_batch_is_refused(body: bytes, status: int) -> None:
    """Cut, followed by something, too many, or a bomb of zeros."""
    with pytest.raises(Unpackable) as caught:
        batch.unpack(body)
    assert caught.value.status == status
