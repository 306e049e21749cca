"""Read what is kept page by page, within reach: each list by a key that does not move."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, func, select, tuple_

from db import codec, reads, tables
from db.columns import Base
from db.facts_tables import FactFinding
from db.people_types import Reach
from db.reach import shifts_within
from db.types import ShiftRow
from phrases.types import FindingStatus, Heard, TransactionVerdict


@dataclass(frozen=True, kw_only=True, slots=True)
class ShiftFilter:
    """Which shifts; None: any."""

    station: str | None = None
    booth: str | None = None
    team: str | None = None
    collector: str | None = None
    since: dt.datetime | None = None
    """started then or later"""
    until: dt.datetime | None = None
    """started before then"""


def shifts(
    connection: Connection,
    reach: Reach,
    wanted: ShiftFilter,
    *,
    after: tuple[dt.datetime, str] | None,
    limit: int,
) -> list[ShiftRow]:
    """Shifts with the figures of the grading that is shown, newest first.

    `after`: the start and id of the last one of the page before.
    """
    query = _chosen(_shown(reads.gradings()), reach, wanted)
    if after is not None:
        query = query.where(tuple_(tables.Shift.started_at, tables.Shift.id) < after)
    query = query.order_by(tables.Shift.started_at.desc(), tables.Shift.id.desc()).limit(limit)
    return [reads.shift_row(row) for row in connection.execute(query).mappings()]


def shift(connection: Connection, reach: Reach, shift_id: str) -> ShiftRow | None:
    """One shift; None if it is not there, or not within reach."""
    query = _shown(reads.gradings()).where(tables.Shift.id == shift_id, shifts_within(reach))
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else reads.shift_row(row)


def findings(
    connection: Connection,
    reach: Reach,
    wanted: ShiftFilter,
    *,
    code: str | None,
    status: FindingStatus | None,
    after: tuple[dt.datetime, str, int, int] | None,
    limit: int,
) -> Sequence[RowMapping]:
    """Findings of the gradings that are shown, of the newest shift first, each with its vehicle.

    `after`: start and id of the shift, place of the vehicle, place of the finding.
    """
    query = _chosen(_with_findings(), reach, wanted)
    holding = _holding(connection, reach, wanted, code, status, after, limit)
    query = query.where(tables.Grading.id.in_(holding))
    if code is not None:
        query = query.where(tables.Finding.code == code)
    if status is not None:
        query = query.where(tables.Finding.status == status)
    key = (
        tables.Shift.started_at,
        tables.Shift.id,
        tables.Finding.vehicle_position,
        tables.Finding.position,
    )
    if after is not None:
        query = query.where(tuple_(*key) < after)
    query = query.order_by(*(column.desc() for column in key)).limit(limit)
    return connection.execute(query).mappings().all()


def newest_findings(
    connection: Connection, reach: Reach, *, since: dt.datetime, limit: int
) -> Sequence[RowMapping]:
    """Findings of shifts that run, and began since then: the latest of all of them first.

    As `findings` gives them; of each shift those of its last `limit` vehicles are looked at.
    """
    query = _with_findings().where(
        shifts_within(reach),
        tables.Shift.started_at >= since,
        tables.Grading.complete.is_(False),
        tables.Finding.vehicle_position >= tables.Grading.vehicles - limit,
    )
    query = query.add_columns(tables.Vehicle.start_ms)

    def moment(row: RowMapping) -> dt.datetime:
        ms = row["start_ms"] if row["at_ms"] is None else row["at_ms"]
        began: dt.datetime = row["recording_started_at"]
        return began + dt.timedelta(milliseconds=ms)

    rows = connection.execute(query).mappings().all()
    return sorted(rows, key=moment, reverse=True)[:limit]


def _with_findings() -> Select[Any]:
    """Every finding of the gradings that are shown, with its vehicle and where it was."""
    return _shown(
        reads.shifts_with(
            tables.Finding.__table__,
            tables.Vehicle.vehicle,
            tables.Vehicle.is_number,
            tables.Vehicle.lane,
            tables.Vehicle.outcome,
            tables.Grading.started_at.label("recording_started_at"),
            tables.Team.code.label("team"),
        )
        .join(tables.Grading, tables.Grading.shift_id == tables.Shift.id)
        .outerjoin(tables.Team, tables.Team.id == tables.Shift.team_id)
        .join(tables.Vehicle, tables.Vehicle.grading_id == tables.Grading.id)
        .join(
            tables.Finding,
            and_(
                tables.Finding.grading_id == tables.Vehicle.grading_id,
                tables.Finding.vehicle_position == tables.Vehicle.position,
            ),
        )
    )


def _holding(
    connection: Connection,
    reach: Reach,
    wanted: ShiftFilter,
    code: str | None,
    status: FindingStatus | None,
    after: tuple[dt.datetime, str, int, int] | None,
    limit: int,
) -> Sequence[int]:
    """Gradings, newest first, that have so many such findings: the figures know which do.

    Asked by itself, since it has more tables than planners of databases try in every order.
    """
    such = select(FactFinding.grading_id)
    if code is not None:
        such = such.where(FactFinding.code == code)
    if status is not None:
        such = such.where(FactFinding.status == status)
    counted = such.where(FactFinding.grading_id == tables.Grading.id).correlate(tables.Grading)
    number = counted.with_only_columns(func.sum(FactFinding.findings)).scalar_subquery()
    query = _shown(
        reads.shifts_with(tables.Grading.id.label("grading"), number.label("number"))
        .join(tables.Grading, tables.Grading.shift_id == tables.Shift.id)
        .outerjoin(tables.Team, tables.Team.id == tables.Shift.team_id)
    )
    query = _chosen(query, reach, wanted).where(tables.Grading.id.in_(such))
    key = (tables.Shift.started_at, tables.Shift.id)
    if after is not None:
        query = query.where(tuple_(*key) <= after[:2])
    query = query.order_by(*(column.desc() for column in key)).limit(limit + 1)
    found, more = list[int](), 0
    for row in connection.execute(query).mappings():
        # What was shown of the first one may be all that it has.
        more += row["number"] if found or after is None else 0
        found.append(row["grading"])
        if more >= limit:
            break
    return found


def vehicles(
    connection: Connection, shift_id: str, *, after: int | None, limit: int
) -> list[tuple[int, TransactionVerdict]]:
    """Vehicles of a shift's shown grading by their place, in the order of time."""
    below = (tables.Due, tables.Step, tables.Finding)
    rows, children = _part(
        connection, shift_id, tables.Vehicle, below, "vehicle_position", after, limit
    )
    verdicts = codec.verdicts_of(children)
    return [(row["position"], verdict) for row, verdict in zip(rows, verdicts, strict=True)]


def utterances(
    connection: Connection, shift_id: str, *, after: int | None, limit: int
) -> list[tuple[int, Heard]]:
    """Utterances of a shift's shown grading by their place, in the order of time."""
    rows, children = _part(
        connection,
        shift_id,
        tables.Utterance,
        (tables.Match,),
        "utterance_position",
        after,
        limit,
    )
    heard = codec.heard_of(rows, children[tables.Match])
    return [(row["position"], each) for row, each in zip(rows, heard, strict=True)]


def _part(
    connection: Connection,
    shift_id: str,
    table: type[Base],
    below: Sequence[type[Base]],
    parent: str,
    after: int | None,
    limit: int,
) -> tuple[Sequence[RowMapping], dict[type[Base], Sequence[RowMapping]]]:
    """Rows of a shown grading from after a place on, and what is below just these."""
    shown = (
        select(tables.Grading.id)
        .join(tables.Shift, tables.Shift.id == tables.Grading.shift_id)
        .where(tables.Shift.id == shift_id, reads.is_shown())
    )
    grading = connection.scalar(shown)
    columns = table.__table__.c
    query = select(table.__table__).where(columns.grading_id == grading)
    if after is not None:
        query = query.where(columns.position > after)
    rows = connection.execute(query.order_by(columns.position).limit(limit)).mappings().all()
    found: dict[type[Base], Sequence[RowMapping]] = {table: rows}
    first, last = (rows[0]["position"], rows[-1]["position"]) if rows else (0, -1)
    for other in below:
        under = other.__table__
        query = select(under).where(
            under.c.grading_id == grading, under.c[parent].between(first, last)
        )
        found[other] = connection.execute(query.order_by(*under.primary_key)).mappings().all()
    return rows, found


def _shown(query: Select[Any]) -> Select[Any]:
    return query.where(reads.is_shown())


def _chosen(query: Select[Any], reach: Reach, wanted: ShiftFilter) -> Select[Any]:
    query = query.where(shifts_within(reach))
    named = (
        (tables.Station.code, wanted.station),
        (tables.Booth.code, wanted.booth),
        (tables.Team.code, wanted.team),
        (tables.Collector.code, wanted.collector),
    )
    query = query.where(*(column == value for column, value in named if value is not None))
    if wanted.since is not None:
        query = query.where(tables.Shift.started_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(tables.Shift.started_at < wanted.until)
    return query
