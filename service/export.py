"""Write out all that is kept of a collector, for them to read: the copy that they may ask for."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from db import (
    checks,
    clips,
    complaints,
    consequences,
    doubles,
    drills,
    erase,
    exams,
    reads,
    rectifications,
    reviews,
    tables,
    trainings,
)
from db.keeping_tables import Hold
from db.people_tables import Audit, Person, RoleGrant, Roster
from db.statements import ERASED
from db.types import StoredReport
from db.vault import ClipError, Vault
from service import bootstrap, report_json
from service.cells import harmless
from service.errors import BadInput, Failed
from service.settings import Settings

README = """\
# 您的个人信息副本 / A copy of what is kept about you

| 文件 file | 内容 | contents |
| --- | --- | --- |
| person.json | 工号、站点、班组、账号、角色 | id, station, team, account, roles |
| shifts.csv | 每个班次的每次评定结果 | each grading of each shift |
| gradings/*.json | 评定的全部内容 | all of a grading: vehicles, findings, words |
| findings.csv | 每条待核查的结论及其理由 | every finding with its reason |
| clips/*.flac, clips.csv | 保留的录音（他人声音已静音） | the sound that is kept, and why |
| holds.csv | 因复核、申诉、投诉、处理而暂不删除的内容 | what must stay, and for what |
| complaints.csv | 关于您的投诉及处理结果 | complaints about you, and what came of them |
| checks.csv | 对您的人工检查、得分与意见 | checks of you by hand, points and words |
| rectifications.csv | 限期整改 | what you were to put right |
| reviews.csv | 对您的结论的人工复核 | reviews of what was found of you |
| doubles.csv | 由两人盲听标注的录音 | clips of yours that two people labelled blind |
| consequences.csv | 对您提出及作出的处理 | what was proposed and decided against you |
| drills.csv, drill_cards.csv | 您的语言练习（只供您本人） | your drills; only you see them |
| exams.csv, trainings.csv | 考试与培训 | exams that you sat, and trainings |
| rosters.csv | 排班 | rosters |
| audit.csv | 谁在何时查看过您的录音或作出过决定 | who read your clips or decided what, and when |

时间均为带时区的 ISO 8601；时长以毫秒或秒计；金额以元计。录音可用任何播放器打开。
Times are ISO 8601 with their zone; spans are milliseconds or seconds; money is yuan.
Any player opens the clips.
如有疑问，请联系本站负责人。For questions, ask whoever is named in the notice at your station.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Exported:
    """What was written."""

    to: Path
    gradings: int
    clips: int
    unreadable: int
    """clips that are kept here but could not be opened"""


def person(site: Settings, station: str, code: str, to: Path) -> Exported:
    """Write all that is kept of a collector to a new folder, or to a new file that ends with .zip.

    Whole or not at all, and readable by its owner alone. BadInput if there is no such collector or
    `to` exists; Failed if it cannot be written.
    """
    if to.exists():
        raise BadInput(f"{to}: exists already; name another folder or file")
    with bootstrap.database(site, read_only=True) as engine:
        vault = bootstrap.kept_vault(site, engine)
        with engine.connect() as connection:
            who = _person(connection, station, code)
            shown = connection.execute(
                select(tables.Grading.id, tables.Grading.shift_id, tables.Grading.number)
                .where(tables.Grading.id.in_(erase.gradings_of(who["id"])))
                .order_by(tables.Grading.id)
            ).all()
            kept = {row.id: clips.of_grading(connection, row.id) for row in shown}
            keys = {
                clip["sha256"]: clips.one(connection, grading, clip["vehicle_position"])[1]
                for grading, found in kept.items()
                for clip in found
                if clip["sha256"]
            }
            rest = _rest(connection, who["id"], [row.id for row in shown])
        reports = [reads.report(engine, row.shift_id, row.number) for row in shown]
        try:
            with tempfile.TemporaryDirectory(prefix=".changshou-", dir=to.parent) as folder:
                # TemporaryDirectory gives mode 0700.
                work = Path(folder) / "copy"
                work.mkdir(mode=0o700)
                write(work, "README.md", README.encode())
                write(work, "person.json", report_json.dumps(rest.pop("person")).encode())
                for name, table in {**_tables(reports, kept), **rest}.items():
                    write(work, name, _csv(table))
                for stored in reports:
                    name = f"gradings/{stored.shift_id}-{stored.grading.number}.json"
                    content = report_json.dumps(report_json.shift_report(stored))
                    write(work, name, content.encode())
                unreadable = _sound(work, vault, keys)
                _put(work, to)
        except OSError as error:
            raise Failed(f"{to}: could not be written: {error.strerror or error}") from None
    return Exported(
        to=to, gradings=len(reports), clips=len(keys) - unreadable, unreadable=unreadable
    )


def _person(connection: Connection, station: str, code: str) -> RowMapping:
    found = connection.execute(
        select(tables.Collector.__table__)
        .join(tables.Station, tables.Station.id == tables.Collector.station_id)
        .where(tables.Station.code == station, tables.Collector.code == code)
    ).mappings()
    row = found.one_or_none()
    if row is None or code.startswith(ERASED):
        raise BadInput("there is no such collector at this station: nothing was written")
    return row


def _rest(connection: Connection, collector: int, gradings: Sequence[int]) -> dict[str, Any]:
    """What is kept beside the gradings."""
    place, account = tables.Station, Person
    who = (
        select(tables.Collector.code.label("collector"), place.code.label("station"))
        .add_columns(tables.Team.code.label("team"))
        .join(place, place.id == tables.Collector.station_id)
        .outerjoin(tables.Team, tables.Team.id == tables.Collector.team_id)
        .where(tables.Collector.id == collector)
    )
    names = (account.id, account.login, account.name, account.created_at, account.disabled_at)
    own = connection.execute(select(*names).where(account.collector_id == collector))
    login = own.mappings().one_or_none()
    roles = select(RoleGrant.role).where(RoleGrant.person_id == (login["id"] if login else None))
    read = (
        select(Audit.at, Audit.action, Audit.thing, account.name.label("by"))
        .outerjoin(account, account.id == Audit.person_id)
        .where(Audit.collector_id == collector)
        .order_by(Audit.id)
    )
    held = select(Hold.__table__).where(Hold.grading_id.in_(gradings)).order_by(Hold.id)
    roster = select(Roster.starts_at, Roster.ends_at, tables.Booth.code.label("booth"))
    roster = roster.join(tables.Booth, tables.Booth.id == Roster.booth_id)
    roster = roster.where(Roster.collector_id == collector).order_by(Roster.starts_at)
    return {
        "person": {
            **connection.execute(who).mappings().one(),
            "account": {name: _plain(value) for name, value in login.items()} if login else None,
            "roles": [role.value for role in connection.scalars(roles)],
        },
        "audit.csv": _rows(connection, read),
        "complaints.csv": _listed(complaints.about(connection, collector)),
        "checks.csv": _listed(checks.about(connection, collector)),
        "rectifications.csv": _listed(rectifications.about(connection, collector)),
        "reviews.csv": _listed(reviews.about(connection, collector)),
        "doubles.csv": _listed(doubles.about(connection, collector)),
        "consequences.csv": _listed(consequences.about(connection, collector)),
        "drills.csv": _listed(drills.about(connection, collector)),
        "exams.csv": _listed(exams.about(connection, collector)),
        "trainings.csv": _listed(trainings.about(connection, collector)),
        "drill_cards.csv": _listed(drills.cards_about(connection, collector)),
        "holds.csv": _rows(connection, held),
        "rosters.csv": _rows(connection, roster),
    }


def _tables(
    reports: Sequence[StoredReport], kept: Mapping[int, Sequence[RowMapping]]
) -> dict[str, list[dict[str, Any]]]:
    """Shifts, findings and clips, a row for each."""
    shifts, findings = list[dict[str, Any]](), list[dict[str, Any]]()
    for stored in reports:
        whole = report_json.shift_report(stored)
        shift = {k: v for k, v in whole["shift"].items() if not isinstance(v, dict | list)}
        shifts.append(shift)
        named = {"shift": shift["id"], "grading": shift["grading"]}
        for car in whole["transactions"]:
            findings += [{**named, "vehicle": car["vehicle"], **one} for one in car["findings"]]
    sounds = [
        {
            "file": f"clips/{clip['sha256']}.flac" if clip["sha256"] else None,
            "shift": stored.shift_id,
            "grading": stored.grading.number,
            "vehicle": stored.report.transactions[clip["vehicle_position"]].vehicle,
            **{name: _plain(clip[name]) for name in ("reason", "start_ms", "end_ms")},
            **{name: _plain(clip[name]) for name in ("silenced", "kept_at", "problem")},
        }
        for stored, found in zip(reports, kept.values(), strict=True)
        for clip in found
    ]
    return {"shifts.csv": shifts, "findings.csv": findings, "clips.csv": sounds}


def _sound(work: Path, vault: Vault | None, keys: Mapping[str, str | None]) -> int:
    """Write the clips; how many could not be opened here."""
    unreadable = 0
    for sha256, wrapped in keys.items():
        try:
            if vault is None or wrapped is None:
                raise ClipError("another machine has it")
            content = vault.get(sha256, wrapped)
        except ClipError:
            unreadable += 1
            continue
        write(work, f"clips/{sha256}.flac", content)
    return unreadable


def _rows(connection: Connection, query: Any) -> list[dict[str, Any]]:
    return _listed(connection.execute(query).mappings())


def _listed(rows: Iterable[RowMapping]) -> list[dict[str, Any]]:
    return [{name: _plain(value) for name, value in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return getattr(value, "value", value)


def _csv(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """UTF-8 with a mark, by which spreadsheets know Chinese; a cell is never a formula."""
    listed = list(rows)
    out = io.StringIO()
    names = list(dict.fromkeys(name for row in listed for name in row))
    writer = csv.writer(out)
    writer.writerow(names)
    for row in listed:
        writer.writerow([harmless(row.get(name)) for name in names])
    return out.getvalue().encode("utf-8-sig")


def write(work: Path, name: str, content: bytes) -> None:
    """Write a file that its owner alone may read."""
    path = work / name
    path.parent.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)


def _put(work: Path, to: Path) -> None:
    """Give the copy its name, as a folder or as one file."""
    if to.suffix.lower() != ".zip":
        os.rename(work, to)
        return
    packed = work.parent / "copy.zip"
    os.close(os.open(packed, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(p for p in work.rglob("*") if p.is_file()):
            with archive.open(path.relative_to(work).as_posix(), "w") as out, path.open("rb") as f:
                shutil.copyfileobj(f, out)
    os.link(packed, to)
