"""Write out what people said of findings, with the clips that are left, for `calibrate` to read."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, RowMapping

from db import labels
from db.vault import ClipError, Vault
from phrases.dialogue_data import Dialogue
from phrases.label import Claim, label
from phrases.review import Verdict
from phrases.types import Lane
from service import bootstrap
from service.errors import BadInput, Failed
from service.export import write
from service.settings import Settings

MANIFEST = "manifest.tsv"
EVERY = "labels.tsv"


@dataclass(frozen=True, kw_only=True, slots=True)
class Labels:
    """What was written."""

    clips: int
    """in the manifest"""
    labels: int
    """findings that were confirmed or dismissed"""
    gone: int
    """vehicles of which the clip is gone, or is not on this machine"""
    open: int
    """vehicles with a clip of which it cannot be told what was said"""


def export(
    site: Settings,
    to: Path,
    *,
    station: str | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> Labels:
    """Write a new folder, whole or not at all. BadInput if it is there or nothing was labelled."""
    if to.exists():
        raise BadInput(f"{to}: exists already; name another folder")
    known = bootstrap.knowledge(site)
    with bootstrap.database(site, read_only=True) as engine:
        vault = bootstrap.kept_vault(site, engine)
        with engine.connect() as connection:
            rows = labels.decided(connection, station=station, since=since, until=until)
            if not rows:
                raise BadInput("nobody has confirmed or dismissed anything there: nothing to write")
            try:
                with tempfile.TemporaryDirectory(prefix=".changshou-", dir=to.parent) as folder:
                    work = Path(folder) / "labels"
                    work.mkdir(mode=0o700)
                    made = _written(connection, work, vault, rows, known.dialogues)
                    os.rename(work, to)
            except OSError as error:
                raise Failed(f"{to}: could not be written: {error.strerror or error}") from None
    return made


def _written(
    connection: Connection,
    work: Path,
    vault: Vault | None,
    rows: Sequence[RowMapping],
    dialogues: Mapping[Lane, Dialogue],
) -> Labels:
    manifest, every = list[dict[str, Any]](), list[dict[str, Any]]()
    voices: dict[int, str] = {}
    gone = unknown = 0
    of_vehicle = groupby(rows, key=lambda row: (row["grading_id"], row["vehicle_position"]))
    for (grading, _), group in of_vehicle:
        found = list(group)
        first = found[0]
        start = first["start_ms"] if first["clip_start_ms"] is None else first["clip_start_ms"]
        end = first["end_ms"] if first["clip_end_ms"] is None else first["clip_end_ms"]
        claims = [_claim(row, dialogues) for row in found]
        expected = label(labels.said(connection, grading, start, end), claims)
        file = _clip(work, vault, first) if expected is not None else None
        gone += expected is not None and file is None
        unknown += expected is None
        shared = {
            "expected": expected or "",
            # Clips of one voice are alike: `--split voice` leaves them out together.
            "voice": voices.setdefault(first["collector_id"], f"voice{len(voices) + 1}"),
            "booth": first["booth"],
            "day": first["day"].isoformat(),
            "by": "reviewer" if any(claim.heard for claim in claims) else "derived",
        }
        said = "+".join(f"{row['code']}:{row['verdict']}" for row in found)
        if file is not None:
            manifest.append({"file": file, **shared, "findings": said})
        every += [
            {"review": row["id"], "code": row["code"], "verdict": row["verdict"]}
            | {"file": file or "", **shared}
            for row in found
        ]
    write(work, MANIFEST, _tsv(manifest, ("file", "expected", "voice")))
    write(work, EVERY, _tsv(every, ()))
    return Labels(clips=len(manifest), labels=len(rows), gone=gone, open=unknown)


def _claim(row: RowMapping, dialogues: Mapping[Lane, Dialogue]) -> Claim:
    dialogue = dialogues.get(row["lane"])
    steps = {step.id: step for step in dialogue.steps} if dialogue else {}
    step = steps.get(row["step"] or "")
    phrase: str | None = row["candidate"]
    if phrase is None and step is not None and len(step.fills) == 1 and "*" not in step.fills[0]:
        phrase = step.fills[0]
    if step is not None and step.amount is not None:
        phrase = None
    return Claim(
        code=row["code"],
        confirmed=row["verdict"] == Verdict.CONFIRMED.value,
        phrase=phrase,
        heard=row["heard"],
    )


def _clip(work: Path, vault: Vault | None, row: RowMapping) -> str | None:
    """Write a vehicle's clip; its name in the folder. None: it is not here any more."""
    if vault is None or row["sha256"] is None or row["wrapped"] is None:
        return None
    try:
        content = vault.get(row["sha256"], row["wrapped"])
    except ClipError:
        return None
    name = f"clips/{row['sha256']}.flac"
    write(work, name, content)
    return name


def _tsv(rows: Sequence[Mapping[str, Any]], least: Sequence[str]) -> bytes:
    """Tab-separated, UTF-8: codes, ids and labels have no tabs and no line ends."""
    names = list(rows[0]) if rows else list(least)
    lines = ["\t".join(names), *("\t".join(str(row[name]) for name in names) for row in rows)]
    return ("\n".join(lines) + "\n").encode()
