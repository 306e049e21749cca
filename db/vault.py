"""Keep clips of sound encrypted, each with a key of its own, in files named by their sums.

A clip's key is wrapped by the machine's and stands in the database, away from the sound: where it
is deleted, the sound is gone, also from every copy of the file.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import platformdirs
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from sqlalchemy import URL

from db.keyfile import secret
from db.types import StoreError
from phrases.warned import warning

MAGIC = b"changshou clip 1\n"
"""what a clip's file begins with; then 12 bytes of nonce, then AES-256-GCM with its 16-byte tag"""
KEY_BYTES = 32
_NONCE_BYTES = 12
_WHAT = "the clips' key"
_NAME = re.compile(r"[0-9a-f]{64}")
_PART = "part-"
_SHUT = "the clip's key does not open it"


class ClipError(StoreError):
    """A clip's file or key is not as it was kept."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sealed:
    """What is to be known of a clip that was put away."""

    sha256: str
    """of the file as it lies, encrypted; also its name"""
    size: int
    """bytes of the file"""
    wrapped: str
    """the clip's own key, wrapped by the machine's; 80 hexadecimal characters"""


class Vault:
    """A folder of clips, and the key that wraps theirs."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self.folder = folder
        self._key = key
        self.wrapped_by = hashlib.sha256(b"changshou clips' key\n" + key).hexdigest()[:16]
        """tells this machine's key from others'"""

    def put(self, content: bytes) -> Sealed:
        """Encrypt and write a clip; it is on the disk when this returns.

        Raises StoreError, which says what the system refused; then nothing is left of it.
        """
        own, nonce = secrets.token_bytes(KEY_BYTES), secrets.token_bytes(_NONCE_BYTES)
        file = MAGIC + nonce + AESGCM(own).encrypt(nonce, content, MAGIC)
        name = hashlib.sha256(file).hexdigest()
        self._write(name, file)
        wrapped = aes_key_wrap(self._key, own).hex()
        return Sealed(sha256=name, size=len(file), wrapped=wrapped)

    def get(self, sha256: str, wrapped: str) -> bytes:
        """The clip's content. Raises ClipError if its file or its key is not as it was kept."""
        file = self.sealed(sha256)
        return _opened(self._own(wrapped), file)

    def hand(self, sha256: str, wrapped: str) -> bytes:
        """The clip's own key and its file, for `adopt` on another machine. ClipError as `get`."""
        file, own = self.sealed(sha256), self._own(wrapped)
        _opened(own, file)
        return own + file

    def adopt(self, sha256: str, handed: bytes) -> str:
        """Keep a clip that another machine handed on; its own key, wrapped by this machine's.

        Raises ClipError if the file is not the one of that sum, or its key does not open it;
        StoreError as `put`.
        """
        own, file = handed[:KEY_BYTES], handed[KEY_BYTES:]
        if hashlib.sha256(file).hexdigest() != sha256:
            raise ClipError("the file is not the clip's")
        _opened(own, file)
        self._write(sha256, file)
        return aes_key_wrap(self._key, own).hex()

    def _own(self, wrapped: str) -> bytes:
        try:
            raw = bytes.fromhex(wrapped)
            # One way to write a key: bytes.fromhex passes over spaces and capitals.
            if raw.hex() == wrapped:
                return aes_key_unwrap(self._key, raw)
        except (InvalidUnwrap, ValueError):
            pass
        raise ClipError(_SHUT)

    def sealed(self, sha256: str) -> bytes:
        """The clip's file as it lies, encrypted. Raises ClipError if it is gone or was changed."""
        try:
            file = self._path(sha256).read_bytes()
        except FileNotFoundError:
            raise ClipError("the clip's file is missing") from None
        except OSError as error:
            raise ClipError(f"the clip's file cannot be read: {error.strerror}") from None
        if hashlib.sha256(file).hexdigest() != sha256 or not file.startswith(MAGIC):
            raise ClipError("the clip's file was changed")
        return file

    def remove(self, sha256: str) -> None:
        """Delete a clip's file, if it is there; StoreError if it cannot be."""
        try:
            self._path(sha256).unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(
                f"clips' folder {self.folder}: a clip cannot be deleted: {error.strerror}"
            ) from None

    def files(self) -> Iterator[tuple[str, float]]:
        """The name of every file of ours, parts of files too, and when it was last written.

        The time is in seconds since 1970.
        """
        try:
            entries = list(os.scandir(self.folder))
        except FileNotFoundError:
            return
        except OSError as error:
            raise StoreError(
                f"clips' folder {self.folder} cannot be read: {error.strerror}"
            ) from None
        for entry in entries:
            if _NAME.fullmatch(entry.name) or entry.name.startswith(_PART):
                # One that is renamed or deleted meanwhile is nobody's loss.
                with suppress(FileNotFoundError):
                    yield entry.name, entry.stat().st_mtime

    def _path(self, name: str) -> Path:
        if not (_NAME.fullmatch(name) or name.startswith(_PART)) or "/" in name:
            raise ClipError("a clip is named by 64 hexadecimal characters")
        return self.folder / name

    def _write(self, name: str, content: bytes) -> None:
        """Whole or not at all, also when the power fails."""
        part: str | None = None
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # mkstemp gives mode 0600.
            handle, part = tempfile.mkstemp(prefix=_PART, dir=self.folder)
            with os.fdopen(handle, "wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            os.rename(part, self.folder / name)
            part = None
            handle = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            raise StoreError(
                warning("clip_unwritten", folder=str(self.folder), system=str(error.strerror))
            ) from None
        finally:
            if part is not None:
                with suppress(OSError):
                    os.unlink(part)


def _opened(own: bytes, file: bytes) -> bytes:
    start = len(MAGIC) + _NONCE_BYTES
    try:
        return AESGCM(own).decrypt(file[len(MAGIC) : start], file[start:], MAGIC)
    except (InvalidTag, ValueError):
        raise ClipError(_SHUT) from None


def default_folder(url: URL) -> Path:
    """Where a database's clips lie: beside an SQLite file, else in the user's data folder."""
    database = url.database or "memory"
    if url.get_backend_name() == "sqlite" and database != ":memory:":
        path = Path(database)
        return path.with_name(f"{path.name}-clips")
    own = re.sub(r"[^\w.-]", "_", f"{url.host or ''}-{database}".strip("-:"))
    return _data() / f"{own}-clips"


def default_key() -> Path:
    """The machine's key in the user's own data folder; neither need exist."""
    return _data() / "clips.key"


def has_key(key_file: Path | None = None) -> bool:
    """Whether this machine has a key to clips at all."""
    return (default_key() if key_file is None else key_file).exists()


def open_vault(folder: Path, key_file: Path | None = None) -> Vault:
    """The vault of `folder`, with the key of `key_file` (None: the default), made if need be.

    The key's file is 64 hexadecimal characters, readable by its owner alone. Raises StoreError,
    which names the file, if it cannot be read or made, is no key, or others may read it.
    """
    path = default_key() if key_file is None else key_file
    content = secret(path, _WHAT, lambda: secrets.token_hex(KEY_BYTES).encode() + b"\n")
    text = content.decode("ascii", "replace").strip()
    if re.fullmatch(r"[0-9a-f]{64}", text) is None:
        raise StoreError(
            f"{_WHAT} {path} is no key of 64 hexadecimal characters: put back a copy, "
            "or put the file away and let a new one be made"
        )
    return Vault(folder, bytes.fromhex(text))


def _data() -> Path:
    return platformdirs.user_data_path("changshou", appauthor=False)
