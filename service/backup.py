"""Back up all that a machine keeps into one file, and restore it on another.

The file holds the database at one moment, the settings and, where there are any, the clips, still
encrypted; each with its sum. It does not hold the machine's private key: a copy of that could seal
in the machine's name. A new machine makes its own.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from db import backup as database_backup
from db.engine import open_engine, upgrade
from db.types import StoreError
from db.verify import Verified, verify
from service import bootstrap
from service.errors import BadInput, Failed
from service.settings import Settings

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database"
SETTINGS = "changshou.toml"
CLIPS = "clips"
_BLOCK = 1 << 20
_LARGEST_MANIFEST = 1 << 28


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """A backup that was written and read back."""

    file: Path
    size: int
    """bytes"""
    files: int
    """in it"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Restored:
    """What was put back."""

    made_at: str
    """when the backup was taken, ISO 8601"""
    station: str
    booth: str
    clips: int
    verified: Verified
    """the ledger of what was put back"""


def backup(site: Settings, to: Path, progress: bootstrap.Progress) -> Made:
    """Write the backup to a new file, whole or not at all; the program may go on beside it.

    Args:
        site: the settings.
        to: the file; a folder means a file in it, named after place and time.
        progress: shown how far the files are.

    Raises:
        BadInput: the file exists, or the database cannot be read.
        Failed: no room, or what was written does not read back.
    """
    now = dt.datetime.now(dt.UTC)
    file = to / f"changshou-{site.station}-{site.booth}-{now:%Y%m%dT%H%M%SZ}.tar.gz"
    file = file if to.is_dir() else to
    if file.exists():
        raise BadInput(f"{file}: exists already; name another file")
    try:
        with tempfile.TemporaryDirectory(prefix=".changshou-", dir=file.parent) as folder:
            work = Path(folder)
            with bootstrap.database(site, read_only=True) as engine:
                kind = database_backup.kind(engine)
                clips = bootstrap.clips_folder(site, engine)
                database_backup.copy(engine, work / DATABASE)
            inside = {DATABASE: work / DATABASE}
            if site.source is not None:
                inside[SETTINGS] = site.source
            if clips.is_dir():
                found = sorted(p for p in clips.rglob("*") if p.is_file())
                inside |= {f"{CLIPS}/{p.relative_to(clips).as_posix()}": p for p in found}
            manifest = {
                "format": FORMAT,
                "program": bootstrap.program_version(),
                "made_at": now.isoformat(timespec="seconds"),
                "station": site.station,
                "booth": site.booth,
                "database": kind,
            }
            part = work / "part"
            _write(part, manifest, inside, progress)
            _read_back(part)
            size = part.stat().st_size
            os.link(part, file)
    except FileExistsError:
        raise BadInput(f"{file}: exists already; name another file") from None
    except OSError as error:
        raise Failed(f"{file}: could not be written: {error.strerror or error}") from None
    except StoreError as error:
        raise Failed(error) from None
    return Made(file=file, size=size, files=len(inside))


def restore(source: Path, site: Settings, progress: bootstrap.Progress) -> Restored:
    """Fill an empty database (and clips folder) from a backup, and verify its ledger.

    Nothing is touched before the whole backup has been read and found sound. The settings in it
    are not put in place: they name this or that machine's devices. Raises BadInput for a file
    that is no sound backup or a database that is not empty, Failed where it cannot be written.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="changshou-") as folder:
            work = Path(folder)
            manifest = _unpack(source, work, progress)
            here = _open(site)
            try:
                if database_backup.kind(here) != manifest["database"]:
                    raise BadInput(
                        f"{source}: is of {manifest['database']}: name such a database with --db"
                    )
                database_backup.put_back(work / DATABASE, here)
                count = _put_clips(work / CLIPS, bootstrap.clips_folder(site, here))
                upgrade(here)
                verified = verify(here, bootstrap.kept_vault(site, here))
            finally:
                here.dispose()
    except StoreError as error:
        raise BadInput(error) from None
    except OSError as error:
        raise Failed(f"{source}: could not be put back: {error.strerror or error}") from None
    return Restored(
        made_at=manifest["made_at"],
        station=manifest["station"],
        booth=manifest["booth"],
        clips=count,
        verified=verified,
    )


def _open(site: Settings) -> Any:
    try:
        return open_engine(site.database)
    except StoreError as error:
        raise BadInput(error) from None


def _write(
    target: Path, manifest: dict[str, Any], inside: dict[str, Path], progress: bootstrap.Progress
) -> None:
    sums = {}
    # The database is made for its owner alone, and so is this.
    with os.fdopen(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as raw:
        with (
            tarfile.open(fileobj=raw, mode="w:gz", compresslevel=6) as tar,
            progress("backing up", len(inside)) as bar,
        ):
            for number, (name, path) in enumerate(inside.items()):
                with suppress(FileNotFoundError):  # a clip whose days ended meanwhile
                    tar.add(path, arcname=name, recursive=False)
                    sums[name] = _sum(path)
                bar(number + 1)
            body = json.dumps(manifest | {"files": sums}, sort_keys=True).encode()
            entry = tarfile.TarInfo(MANIFEST)
            entry.size, entry.mode = len(body), 0o600
            tar.addfile(entry, io.BytesIO(body))
        raw.flush()
        os.fsync(raw.fileno())


@contextmanager
def _opened(source: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(source, mode="r:gz") as tar:
            yield tar
    except (tarfile.TarError, EOFError, ValueError, KeyError) as error:
        kind = type(error).__name__
        raise BadInput(f"{source}: is no whole backup ({kind}): take another one") from None


def _read_back(part: Path) -> None:
    with _opened(part) as tar:
        sums = _manifest(tar, part)["files"]
        for name, wanted in sums.items():
            if _digest(tar.extractfile(name)) != wanted:
                raise Failed(f"{name}: changed while it was backed up: try again")


def _unpack(source: Path, work: Path, progress: bootstrap.Progress) -> dict[str, Any]:
    """Its files in a folder, each as its sum says; the manifest."""
    with _opened(source) as tar:
        manifest = _manifest(tar, source)
        sums = manifest["files"]
        with progress("reading the backup", len(sums)) as bar:
            for number, (name, wanted) in enumerate(sums.items()):
                path = _place(work, name, source)
                path.parent.mkdir(parents=True, exist_ok=True)
                file = tar.extractfile(name)
                if file is None:
                    raise BadInput(f"{source}: {name} is no file: take another backup")
                with path.open("xb") as out:
                    while block := file.read(_BLOCK):
                        out.write(block)
                if _sum(path) != wanted:
                    raise BadInput(f"{source}: {name} is damaged: take another backup")
                bar(number + 1)
    return manifest


def _manifest(tar: tarfile.TarFile, source: Path) -> dict[str, Any]:
    entry = tar.getmember(MANIFEST)
    file = tar.extractfile(entry)
    if file is None or entry.size > _LARGEST_MANIFEST:
        raise BadInput(f"{source}: is no backup of changshou")
    manifest = json.loads(file.read())
    texts = ("made_at", "station", "booth", "database", "program")
    if (
        not isinstance(manifest, dict)
        or not isinstance(manifest.get("files"), dict)
        or DATABASE not in manifest["files"]
        or any(not isinstance(manifest.get(name), str) for name in texts)
    ):
        raise BadInput(f"{source}: is no backup of changshou")
    if manifest.get("format") != FORMAT:
        raise BadInput(f"{source}: was written by a newer changshou: install that or a newer one")
    return manifest


def _place(work: Path, name: str, source: Path) -> Path:
    """Where a file of the backup goes; BadInput for one that would go anywhere else."""
    pure = PurePosixPath(name)
    if pure.is_absolute() or ".." in pure.parts or not pure.parts or pure.name == MANIFEST:
        raise BadInput(f"{source}: holds a file that is none of a backup's")
    return work / pure


def _put_clips(found: Path, clips: Path) -> int:
    """Put the clips beside those that are there; how many."""
    if not found.is_dir():
        return 0
    count = 0
    for path in sorted(p for p in found.rglob("*") if p.is_file()):
        target = clips / path.relative_to(found)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(target, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as out:
            out.write(path.read_bytes())
            out.flush()
            os.fsync(out.fileno())
        count += 1
    return count


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return _digest(file)


def _digest(file: IO[bytes] | None) -> str:
    digest = hashlib.sha256()
    while file is not None and (block := file.read(_BLOCK)):
        digest.update(block)
    return digest.hexdigest()
