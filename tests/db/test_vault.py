"""A clip comes back with its own key and its own file, or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
import resource
import stat
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import make_url

from db.types import StoreError
from db.vault import MAGIC, ClipError, Vault, default_folder, default_key, has_key, open_vault
from tests.db.samples import SOUND


def test_a_clip_comes_back(vault: Vault) -> None:
    """Named by the sum of what lies on the disk, in which nothing of the sound is to be seen."""
    sealed = vault.put(SOUND)
    file = (vault.folder / sealed.sha256).read_bytes()
    assert hashlib.sha256(file).hexdigest() == sealed.sha256
    assert len(file) == sealed.size == len(MAGIC) + 12 + len(SOUND) + 16
    assert SOUND[:8] not in file
    assert vault.sealed(sealed.sha256) == file
    assert vault.get(sealed.sha256, sealed.wrapped) == SOUND


def test_the_same_sound_twice_is_two_clips(vault: Vault) -> None:
    """Each has a key of its own, so one can be erased without the other."""
    one, two = vault.put(SOUND), vault.put(SOUND)
    assert one.sha256 != two.sha256
    assert one.wrapped != two.wrapped
    with pytest.raises(ClipError, match="key does not open it"):
        vault.get(one.sha256, two.wrapped)


def test_clips_are_their_owners_alone(vault: Vault) -> None:
    """The folder, the files and the key, whatever the umask."""
    sealed = vault.put(SOUND)
    assert stat.S_IMODE(vault.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((vault.folder / sealed.sha256).stat().st_mode) == 0o600
    assert stat.S_IMODE((vault.folder.parent / "clips.key").stat().st_mode) == 0o600


def test_without_the_machines_key_a_clip_is_noise(vault: Vault, tmp_path: Path) -> None:
    """Another machine's vault says so, and that the key is another."""
    sealed = vault.put(SOUND)
    other = open_vault(vault.folder, tmp_path / "other.key")
    assert other.wrapped_by != vault.wrapped_by
    assert len(vault.wrapped_by) == 16
    with pytest.raises(ClipError, match="key does not open it"):
        other.get(sealed.sha256, sealed.wrapped)


def change_a_byte(path: Path, random: Random) -> None:
    """One byte, anywhere."""
    content = bytearray(path.read_bytes())
    content[random.randrange(len(content))] ^= random.randrange(1, 256)
    path.write_bytes(content)


def cut_short(path: Path, random: Random) -> None:
    """From anywhere on."""
    os.truncate(path, random.randrange(path.stat().st_size))


def go_on(path: Path, random: Random) -> None:
    """More than there was."""
    with path.open("ab") as file:
        file.write(random.randbytes(random.randrange(1, 20)))


def replace_it(path: Path, random: Random) -> None:
    """By another clip of the same vault, sound in itself."""
    others = [p for p in sorted(path.parent.iterdir()) if p != path]
    path.write_bytes(random.choice(others).read_bytes())


def delete_it(path: Path, _: Random) -> None:
    """As if it had never been."""
    path.unlink()


@pytest.mark.parametrize("how", [change_a_byte, cut_short, go_on, replace_it, delete_it])
def test_an_altered_file_is_noticed(vault: Vault, how: Callable[[Path, Random], None]) -> None:
    """Whatever was done to it, wherever."""
    sealed, random = vault.put(SOUND), Random(7)
    vault.put(SOUND)
    path = vault.folder / sealed.sha256
    content = path.read_bytes()
    for _ in range(20):
        how(path, random)
        with pytest.raises(ClipError, match=r"was changed|is missing"):
            vault.get(sealed.sha256, sealed.wrapped)
        path.write_bytes(content)
    assert vault.get(sealed.sha256, sealed.wrapped) == SOUND


@pytest.mark.parametrize("wrapped", ["", "00" * 40, "no hex", "UPPER", "SPACED", "SHORT"])
def test_an_altered_key_is_noticed(vault: Vault, wrapped: str) -> None:
    """Also one that is only written otherwise."""
    sealed = vault.put(SOUND)
    ways = {"UPPER": sealed.wrapped.upper(), "SPACED": f" {sealed.wrapped}"}
    ways |= {"SHORT": sealed.wrapped[:-2]}
    with pytest.raises(ClipError, match="key does not open it"):
        vault.get(sealed.sha256, ways.get(wrapped, wrapped))


@pytest.mark.parametrize(
    "name", ["../clips.key", "a" * 63, "A" * 64, "", f"{'a' * 64}/x", "part-/x"]
)
def test_only_clips_are_read_and_deleted(vault: Vault, name: str) -> None:
    """A name from a database or from outside leads nowhere else."""
    vault.put(SOUND)
    with pytest.raises(ClipError, match="64 hexadecimal"):
        vault.get(name, "00")
    with pytest.raises(ClipError, match="64 hexadecimal"):
        vault.remove(name)


def test_a_full_disk_leaves_nothing_behind(vault: Vault) -> None:
    """No half a clip under a whole one's name, and the system's reason."""
    vault.put(SOUND)
    before = sorted(vault.files())
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500, limits[1]))
    try:
        with pytest.raises(StoreError, match=f"cannot be written: {os.strerror(errno.EFBIG)}"):
            vault.put(SOUND)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert sorted(vault.files()) == before


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """And nothing is said to be kept."""
    (tmp_path / "file").touch()
    vault = open_vault(tmp_path / "file" / "clips", tmp_path / "k")
    with pytest.raises(StoreError, match="file/clips: a clip cannot be written"):
        vault.put(SOUND)
    with pytest.raises(StoreError, match="file/clips cannot be read"):
        list(vault.files())


def test_files_and_parts_of_files_are_listed(vault: Vault) -> None:
    """So that what a crash left can be swept; what is not ours is not touched."""
    assert list(vault.files()) == []
    sealed = vault.put(SOUND)
    (vault.folder / "part-x1").write_bytes(b"half")
    (vault.folder / "README").write_bytes(b"somebody's")
    assert {name for name, _ in vault.files()} == {sealed.sha256, "part-x1"}
    for name in (sealed.sha256, "part-x1", sealed.sha256):
        vault.remove(name)
    assert os.listdir(vault.folder) == ["README"]


@pytest.mark.parametrize("content", [b"", b"0" * 63, b"\xff" * 32, b"G" * 64])
def test_what_is_no_key_is_named(tmp_path: Path, content: bytes) -> None:
    """The file and what to do, none of what is in it."""
    file = tmp_path / "clips.key"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(StoreError, match=r"the clips' key .*clips\.key is no key"):
        open_vault(tmp_path, file)


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    """Whoever read it could hear every clip."""
    open_vault(tmp_path, tmp_path / "clips.key")
    (tmp_path / "clips.key").chmod(0o644)
    with pytest.raises(StoreError, match=r"clips\.key may be read by others"):
        open_vault(tmp_path, tmp_path / "clips.key")


def test_the_default_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside an SQLite file under its own name; a server's in the user's data folder."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert not has_key()
    assert default_key() == tmp_path / "changshou" / "clips.key"
    open_vault(tmp_path / "clips")
    assert has_key()
    assert default_folder(make_url("sqlite:////a/shifts.db")) == Path("/a/shifts.db-clips")
    data = tmp_path / "changshou"
    assert default_folder(make_url("sqlite:///:memory:")) == data / "memory-clips"
    server = make_url("postgresql://me:secret@db.station:5433/chang/shou")
    assert default_folder(server) == data / "db.station-chang_shou-clips"
