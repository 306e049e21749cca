"""Sign what the ledger says with the machine's own key, and check such signatures (Ed25519)."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

import platformdirs
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from db.types import StoreError


def default_key() -> Path:
    """The key's file in the user's own data folder; neither need exist."""
    return platformdirs.user_data_path("changshou", appauthor=False) / "ledger.key"


class Signer:
    """Signs with one private key, which it shows to nobody."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @classmethod
    def new(cls) -> Signer:
        """A key that is kept nowhere: for trials and tests."""
        return cls(Ed25519PrivateKey.generate())

    @property
    def public_key(self) -> str:
        """64 hexadecimal characters."""
        return self._key.public_key().public_bytes_raw().hex()

    def sign(self, message: bytes) -> str:
        """The signature: 128 hexadecimal characters."""
        return self._key.sign(message).hex()


def open_signer(file: Path | None = None) -> Signer:
    """The signer with the key of `file` (None: the default one), which is made if need be.

    The file is PEM (PKCS #8), readable by its owner alone. Raises StoreError, which names the
    file, if it cannot be read or made, is no Ed25519 key, or others may read it.
    """
    path = default_key() if file is None else file
    if not path.exists():
        _make(path)
    try:
        content = path.read_bytes()
        mode = path.stat().st_mode
    except OSError as error:
        raise StoreError(f"the ledger's key {path} cannot be read: {error.strerror}") from None
    if mode & 0o077:
        raise StoreError(
            f"the ledger's key {path} may be read by others: take the right away (chmod 600), "
            "or put the key away and let a new one be made"
        )
    try:
        key = load_pem_private_key(content, password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise StoreError(
            f"the ledger's key {path} is no Ed25519 key: put back a copy, "
            "or put the file away and let a new one be made"
        )
    return Signer(key)


def signed(public_key: str, message: bytes, signature: str) -> bool:
    """Whether the holder of the key signed this message; False for what is no key at all."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        key.verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    # One way to write it: bytes.fromhex passes over spaces and capitals.
    return signature == bytes.fromhex(signature).hex()


def _make(path: Path) -> None:
    """Make the key; whole or not at all, and the first of several that make it at once wins."""
    content = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
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
        raise StoreError(f"the ledger's key {path} cannot be made: {error.strerror}") from None
    finally:
        if part is not None:
            os.unlink(part)
