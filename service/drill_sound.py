"""Take the sound of a try: read it, and put it away encrypted until it is judged."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager

from audio import upload
from audio.types import RATE, Samples
from audio.write import flac
from db.vault import Sealed, Vault

LARGEST = 24 << 20
"""bytes of a body that is taken: a minute of stereo at 48 kHz is half of it"""
_PCM = re.compile(r"audio/l16\s*;.*\brate\s*=\s*(\d{1,6})", re.I)
PCM = "audio/L16"
"""bare samples, 16 bits, little-endian, mono; `rate` says how many a second"""


def read(content: bytes, content_type: str) -> Samples:
    """What was sent, float32 [frames], mono, 16 kHz. AudioError says what helps if it is none."""
    bare = _PCM.match(content_type)
    if bare is not None:
        return upload.pcm(content, int(bare[1]))
    return upload.file(content)


def digest(content: bytes) -> str:
    """The sum of what was sent, hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def put(vault: Vault, samples: Samples) -> Sealed:
    """Put it away; it is on the disk when this returns. StoreError if it cannot be."""
    return vault.put(flac(samples.reshape(1, -1), RATE))


@contextmanager
def held(vault: Vault, samples: Samples) -> Iterator[Sealed]:
    """Put it away, and let it go again if the block does not end well."""
    sealed = put(vault, samples)
    try:
        yield sealed
    except BaseException:
        vault.remove(sealed.sha256)
        raise
