"""Keep a secret in a file of its own: made at first use, for its owner alone."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from db.types import StoreError


def secret(path: Path, what: str, make: Callable[[], bytes]) -> bytes:
    """The content of the file, which is made if need be.

    Raises StoreError, which names the file as `what`, if it cannot be read or made, or if others
    may read it.
    """
    if not path.exists():
        _make(path, what, make())
    try:
        content = path.read_bytes()
        mode = path.stat().st_mode
    except OSError as error:
        raise StoreError(f"{what} {path} cannot be read: {error.strerror}") from None
    if mode & 0o077:
        raise StoreError(
            f"{what} {path} may be read by others: take the right away (chmod 600), "
            "or put the key away and let a new one be made"
        )
    return content


def _make(path: Path, what: str, content: bytes) -> None:
    """Make the file; whole or not at all, and the first of several that make it at once wins."""
    part: str | None = None
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # mkstemp gives mode 0600.
        handle, part = tempfile.mkstemp(prefix=path.name, dir=path.parent)
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        with suppress(FileExistsError):
            os.link(part, path)
    except OSError as error:
        raise StoreError(f"{what} {path} cannot be made: {error.strerror}") from None
    finally:
        if part is not None:
            os.unlink(part)
