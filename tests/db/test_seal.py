"""The key is made once, is its owner's alone, and what it signed can be checked."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from threading import Barrier, Thread

import pytest

from db.seal import Signer, default_key, open_signer, signed
from db.types import StoreError


def test_the_key_is_made_at_first_use(tmp_path: Path) -> None:
    """In a file, and a folder, that nobody else reads; then it is the same one."""
    file = tmp_path / "data" / "ledger.key"
    first = open_signer(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert open_signer(file).public_key == first.public_key
    assert os.listdir(file.parent) == ["ledger.key"]
    assert open_signer(tmp_path / "other.key").public_key != first.public_key


def test_the_default_is_in_the_users_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside the database, where nothing names another place."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    open_signer()
    assert default_key() == tmp_path / "changshou" / "ledger.key"
    assert default_key().exists()


def test_several_first_users_have_one_key(tmp_path: Path) -> None:
    """Who makes it at the same moment takes the first one's."""
    start, keys = Barrier(8), list[str]()

    def use() -> None:
        start.wait()
        keys.append(open_signer(tmp_path / "ledger.key").public_key)

    threads = [Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    """Whoever read it could sign too."""
    file = tmp_path / "ledger.key"
    open_signer(file)
    file.chmod(0o640)
    with pytest.raises(StoreError, match=r"ledger\.key may be read by others"):
        open_signer(file)


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\nx\n", b"\0" * 32])
def test_what_is_no_key_is_named(tmp_path: Path, content: bytes) -> None:
    """The file, and what to do; none of what is in it."""
    file = tmp_path / "ledger.key"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(StoreError, match=r"ledger\.key is no Ed25519 key"):
        open_signer(file)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """Met before anything is listened to."""
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"ledger\.key cannot be made"):
        open_signer(tmp_path / "file" / "ledger.key")
    with pytest.raises(StoreError, match="cannot be read"):
        open_signer(tmp_path)


def test_a_signature_is_of_one_key_and_one_message() -> None:
    """Anything else, and any other way to write it, is not signed."""
    signer = Signer.new()
    signature = signer.sign(b"root")
    assert signed(signer.public_key, b"root", signature)
    assert not signed(signer.public_key, b"Root", signature)
    assert not signed(Signer.new().public_key, b"root", signature)
    for changed in (signature.upper(), f" {signature}", signature[:-2], "", "no hex"):
        assert not signed(signer.public_key, b"root", changed)
    assert not signed("", b"root", signature)
