"""The catalogs that a station edits: what is wrong with a draft, publish one, use one, roll back.

Files are those of the settings (judging.catalogs and its neighbours); a published version takes the
place of all of them, on the machine whose database holds it. They are written out where the
program can read them, under a name that is made of what they hold.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import platformdirs
from sqlalchemy import Connection, Engine

from db import audit, catalogs
from db.explain import plainly
from db.people_types import Deed
from db.types import ConflictError, UsageError
from phrases.source import DATA, Fault
from service import bootstrap
from service.bootstrap import Knowledge
from service.settings import Settings

Files = Mapping[str, str]
"""name to the text of a TOML file"""

OWN: Mapping[str, str] = {
    "score.toml": "score_table",
    "calendar.toml": "calendar",
    "context.toml": "context",
    "checks.toml": "checks",
    "month.toml": "month",
    "consequences.toml": "consequences",
}
"""files to the settings that each name one"""
NAMES = ("phrases.toml", "entry.toml", "exit.toml", "handover.toml", "phone.toml", *OWN)
"""files that there can be"""
LONGEST = 262_144
"""characters of a file"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Writer:
    """Somebody who edits, now."""

    connection: Connection
    person_id: int | None
    """None: from the machine itself"""
    now: dt.datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Tried:
    """Files, looked at."""

    faults: tuple[Fault, ...]
    known: Knowledge | None
    """None: there are faults"""


def tried(site: Settings, files: Files) -> Tried:
    """All faults of the files, or what they make together with what ships."""
    with tempfile.TemporaryDirectory(prefix="changshou-") as folder:
        report, known = bootstrap.look(_bare(site), _written(Path(folder), files))
    return Tried(faults=report.faults, known=known)


def of_settings(site: Settings) -> Files:
    """The station's own files that the settings name; several of one kind are joined."""
    found = {"phrases.toml": "\n".join(_text(path) for path in site.catalogs)}
    for text in map(_text, site.dialogues):
        # A station may call its file as it likes: a dialogue takes the place of its lane's.
        found[f"{tomllib.loads(text)['lane']}.toml"] = text
    for name, setting in OWN.items():
        if (path := getattr(site, setting)) is not None:
            found[name] = _text(path)
    return {name: text for name, text in found.items() if text.strip()}


def shipped(name: str) -> str:
    """What ships in place of a file, to begin from; empty for phrases, which are added to."""
    for path in (DATA / "dialogues" / name, DATA / name):
        if path.is_file():
            return _text(path)
    return ""


def settled(site: Settings, engine: Engine) -> Settings:
    """The settings with the version in use in place of the files that they name."""
    with plainly(engine), engine.connect() as connection:
        found = catalogs.in_use(connection)
    return site if found is None else _with(site, found[1])


def save(who: Writer, seen: int, files: Files) -> int:
    """Keep a draft, whatever is wrong with it; its number. UsageError for what is no file."""
    for name, text in files.items():
        if name not in NAMES:
            raise UsageError(f"no such file: one of {', '.join(NAMES)}")
        if len(text) > LONGEST:
            raise UsageError(f"{name}: over {LONGEST} characters: shorten it")
    kept = {name: text for name, text in files.items() if text.strip()}
    made = catalogs.save(who.connection, seen, kept, by=who.person_id, at=who.now)
    _trace(who, "catalog.drafted", str(made))
    return made


def publish(who: Writer, site: Settings, seen: int, note: str) -> tuple[int, Settings, Knowledge]:
    """Publish the draft that was seen; the version's id, and what it makes.

    UsageError names the first faults: nothing is published then.
    """
    found = catalogs.draft(who.connection)
    if found is None or found["number"] != seen:
        raise ConflictError("somebody else has changed the draft meanwhile: look again")
    files = json.loads(found["files"])
    known = _usable(tried(site, files))
    stamp = known.versions(model="").catalog
    made = catalogs.publish(who.connection, files, stamp, note=note, by=who.person_id, at=who.now)
    _trace(who, "catalog.published", str(made))
    return made, _with(site, files), known


def use(
    who: Writer, site: Settings, version: int | None, reason: str
) -> tuple[Settings, Knowledge]:
    """Have an earlier version in use again; None: what ships, with the settings' files.

    LookupError if there is no such version; UsageError if this program cannot use it any more.
    """
    settled = site
    if version is None:
        report, own = bootstrap.look(site, ())
        known = _usable(Tried(faults=report.faults, known=own))
    else:
        found = catalogs.version(who.connection, version)
        if found is None:
            raise LookupError(version)
        files = json.loads(found["files"])
        known, settled = _usable(tried(site, files)), _with(site, files)
    catalogs.use(who.connection, version, reason=reason, by=who.person_id, at=who.now)
    _trace(who, "catalog.used", "shipped" if version is None else str(version))
    return settled, known


def _usable(looked: Tried) -> Knowledge:
    """What can be judged by. UsageError names the first faults."""
    if looked.known is None:
        raise UsageError("; ".join(map(str, looked.faults[:5])))
    return looked.known


def _with(site: Settings, files: Files) -> Settings:
    """The settings with these files, which lie in the user's cache, in place of their own."""
    whole = json.dumps(dict(files), sort_keys=True).encode()
    cache = platformdirs.user_cache_path("changshou", appauthor=False) / "catalogs"
    folder = cache / hashlib.sha256(whole).hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    return bootstrap.with_files(_bare(site), _written(folder, files))


def _written(folder: Path, files: Files) -> list[Path]:
    paths = []
    for name, text in sorted(files.items()):
        paths.append(folder / name)
        paths[-1].write_text(text, "utf-8")
    return paths


def _bare(site: Settings) -> Settings:
    """The settings without files of the station's."""
    none: dict[str, Any] = dict.fromkeys(OWN.values())
    return replace(site, catalogs=(), dialogues=(), **none)


def _text(path: Path) -> str:
    return path.read_text("utf-8")


def _trace(who: Writer, action: str, thing: str) -> None:
    audit.note(who.connection, Deed(action=action, person_id=who.person_id, thing=thing), who.now)
