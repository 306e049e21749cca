"""Read what is kept: one shift's report again, or a list of shifts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    RowMapping,
    Select,
    func,
    select,
)
from sqlalchemy.orm import aliased

from db import codec, tables
from db.columns import Base
from db.explain import plainly
from db.facts_tables import Shown
from db.types import (
    GradingInfo,
    Part,
    Recording,
    ShiftIdentity,
    ShiftRow,
    StoredReport,
    UsageError,
)

_Other = aliased(tables.Grading)


def report(
    engine: Engine, shift_id: str, grading: int | None = None, *, said: bool = True
) -> StoredReport:
    """A stored shift again, as it was graded; without what was `said` it is read sooner.

    `shift_id` may be shortened while it is one shift's only. `grading` counts from 1; None: the
    one that is shown. Raises UsageError for a shift or grading that is not.
    """
    with plainly(engine), engine.connect() as connection:
        return report_in(connection, shift_id, grading, said=said)


def report_in(
    connection: Connection, shift_id: str, grading: int | None = None, *, said: bool = True
) -> StoredReport:
    """The same, within a transaction."""
    row = _one(connection, shift_id, grading)
    return StoredReport(
        shift_id=row["shift"],
        identity=_identity(row),
        recording=_recording(connection, row["recording_id"]),
        grading=_info(row),
        report=codec.report_of(row, children(connection, row["id"], said=said)),
    )


def shifts(
    engine: Engine,
    *,
    station: str | None = None,
    collector: str | None = None,
    team: str | None = None,
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
    limit: int | None = None,
) -> list[ShiftRow]:
    """Shifts that started from `since` to before `until` (both aware), newest first.

    Each has the figures of the grading that it shows: the newest complete one, else the newest,
    unless a person chose another.
    """
    query = gradings().where(is_shown())
    if station is not None:
        query = query.where(tables.Station.code == station)
    if collector is not None:
        query = query.where(tables.Collector.code == collector)
    if team is not None:
        query = query.where(tables.Team.code == team)
    if since is not None:
        query = query.where(tables.Shift.started_at >= since)
    if until is not None:
        query = query.where(tables.Shift.started_at < until)
    query = query.order_by(tables.Shift.started_at.desc(), tables.Shift.id).limit(limit)
    with plainly(engine), engine.connect() as connection:
        return [shift_row(row) for row in connection.execute(query).mappings()]


def shifts_with(*columns: Any) -> Select[Any]:
    """Every shift, where and whose it is, with these columns of what is joined to it."""
    return (
        select(
            *columns,
            tables.Shift.id.label("shift"),
            tables.Shift.started_at.label("shift_started_at"),
            tables.Station.code.label("station"),
            tables.Booth.code.label("booth"),
            tables.Collector.code.label("collector"),
        )
        .select_from(tables.Shift)
        .join(tables.Booth, tables.Booth.id == tables.Shift.booth_id)
        .join(tables.Station, tables.Station.id == tables.Booth.station_id)
        .join(tables.Collector, tables.Collector.id == tables.Shift.collector_id)
    )


def gradings() -> Select[Any]:
    """Every shift with each of its gradings."""
    count = (
        select(func.count())
        .where(_Other.shift_id == tables.Shift.id)
        .correlate(tables.Shift)
        .scalar_subquery()
    )
    return (
        shifts_with(
            tables.Grading.__table__, tables.Team.code.label("team"), count.label("gradings")
        )
        .join(tables.Grading, tables.Grading.shift_id == tables.Shift.id)
        .outerjoin(tables.Team, tables.Team.id == tables.Shift.team_id)
    )


def is_shown() -> ColumnElement[bool]:
    """That a grading is the one that its shift shows."""
    # By the grading alone: of two conditions that hang together planners think too little is left.
    return tables.Grading.id.in_(select(Shown.grading_id))


def _one(connection: Connection, shift_id: str, grading: int | None) -> RowMapping:
    shift = _full_id(connection, shift_id)
    chosen = is_shown() if grading is None else tables.Grading.number == grading
    query = gradings().where(tables.Shift.id == shift, chosen)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        last = select(func.count()).where(tables.Grading.shift_id == shift)
        raise UsageError(
            f"shift {shift} has no grading {grading}: it has 1 to {connection.scalar(last)}"
        )
    return row


def _full_id(connection: Connection, wanted: str) -> str:
    start = wanted.strip().lower()
    found: Sequence[str] = ()
    if re.fullmatch(r"[0-9a-f]{1,64}", start):
        query = select(tables.Shift.id).where(tables.Shift.id.startswith(start)).limit(2)
        found = connection.scalars(query).all()
    if not found:
        raise UsageError(f"there is no shift {wanted!r}: 'changshou shifts' lists them")
    if len(found) > 1 and start not in found:
        raise UsageError(f"several shifts begin with {wanted!r}: give more of the id")
    return found[0] if start not in found else start


def _recording(connection: Connection, key: int) -> Recording:
    sha256 = select(tables.Recording.sha256).where(tables.Recording.id == key)
    parts = (
        select(tables.Part.name, tables.Part.sha256, tables.Part.duration_ms)
        .where(tables.Part.recording_id == key)
        .order_by(tables.Part.position)
    )
    return Recording(
        sha256=connection.scalars(sha256).one(),
        parts=tuple(Part(**row) for row in connection.execute(parts).mappings()),
    )


def children(
    connection: Connection, grading_id: int, *, said: bool = True
) -> dict[type[Base], Sequence[RowMapping]]:
    """The rows below a grading by table, in the order of their places."""
    found: dict[type[Base], Sequence[RowMapping]] = {}
    for table in codec.CHILDREN:
        if table in (tables.Utterance, tables.Match) and not said:
            found[table] = ()
            continue
        rows = table.__table__
        query = select(rows).where(rows.c.grading_id == grading_id)
        query = query.order_by(*rows.primary_key)
        found[table] = connection.execute(query).mappings().all()
    return found


def _identity(row: RowMapping) -> ShiftIdentity:
    zone = codec.local_start(row).tzinfo
    return ShiftIdentity(
        station=row["station"],
        booth=row["booth"],
        collector=row["collector"],
        team=row["team"],
        started_at=row["shift_started_at"].astimezone(zone),
    )


def _info(row: RowMapping) -> GradingInfo:
    return GradingInfo(
        number=row["number"],
        of=row["gradings"],
        created_at=row["created_at"],
        complete=row["complete"],
    )


def shift_row(row: RowMapping) -> ShiftRow:
    """The line in a list, of a row of `gradings`."""
    names = ("lane", "time_source", "duration_ms", "listened_ms", "gap_ms")
    counts = ("vehicles", "compliant", "fault", "unsure")
    return ShiftRow(
        shift_id=row["shift"],
        identity=_identity(row),
        grading=_info(row),
        score=codec.score_of(row),
        versions=codec.versions_of(row),
        **{name: row[name] for name in (*names, *counts)},
    )
