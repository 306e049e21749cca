"""A folder of one's own goes with its process, however that ends."""

from __future__ import annotations

import os
from pathlib import Path

from service.list_folder import OwnFolder


def test_what_a_killed_one_left_is_deleted_and_another_s_is_not(tmp_path: Path) -> None:
    """The system's lock tells them apart."""
    parent = tmp_path / "a-lists"
    OwnFolder(parent).sweep()
    assert not parent.exists()
    killed, other, own = OwnFolder(parent), OwnFolder(parent), OwnFolder(parent)
    for each in (killed, other):
        (each.path() / "list").write_text("of somebody")
    assert killed._lock is not None
    os.close(killed._lock)
    own.sweep()
    assert list(parent.iterdir()) == [other.path()]
    assert own.path() != other.path()
    own.remove()
    assert list(parent.iterdir()) == [other.path()]
    other.remove()
    assert not parent.exists()


def test_nobody_else_may_enter(tmp_path: Path) -> None:
    """Even where somebody made the folder beforehand."""
    parent = tmp_path / "a-lists"
    parent.mkdir(mode=0o755)
    own = OwnFolder(parent)
    assert own.path().stat().st_mode & 0o777 == 0o700
    assert parent.stat().st_mode & 0o777 == 0o700
    assert own.path() == own.path()
    own.remove()


def test_what_is_no_folder_is_left(tmp_path: Path) -> None:
    """A link leads elsewhere: nothing there is deleted."""
    parent, elsewhere = tmp_path / "a-lists", tmp_path / "elsewhere"
    elsewhere.mkdir()
    parent.mkdir()
    (parent / "link").symlink_to(elsewhere)
    OwnFolder(parent).sweep()
    assert elsewhere.exists()
    assert (parent / "link").exists()
