"""Sign what the ledger says with the machine's own key, and check such signatures (Ed25519)."""

from __future__ import annotations

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

from db.keyfile import secret
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
    content = secret(path, "the ledger's key", _new_key)
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


def _new_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
