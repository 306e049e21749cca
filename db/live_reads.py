"""Read what a box that listens has stored: enough to go on after a restart, and who is meant."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, RowMapping, Select, func, select

from db import codec, reads, tables
from db.columns import Base
from db.explain import plainly
from db.live_tables import (
    OUT,
    LaneMessage,
    LiveGrading,
    LiveSaying,
    LiveSession,
    VehicleMark,
)
from db.live_types import BoothTime, Found, Open, Remembered
from db.people_tables import Roster
from db.types import ShiftIdentity
from phrases.types import Gap, TransactionVerdict


def booth_time(engine: Engine, station: str, booth: str) -> BoothTime | None:
    """The booth's time; None: it never listened. StoreError if the database cannot be read."""
    names = ("origin", "origin_ns", "boot", "known_ms", "suspect_ms")
    query = _of_booth(select(*(getattr(LiveSession, name) for name in names)), station, booth)
    query = query.where(LiveSession.booth_id == tables.Booth.id)
    with plainly(engine), engine.connect() as connection:
        row = connection.execute(query).mappings().one_or_none()
    return None if row is None else BoothTime(**row)


def saying(engine: Engine, station: str, booth: str) -> list[tuple[str, int]]:
    """The phrases of the turn that is not over, each with its end in the booth's time, in ms."""
    query = _of_booth(select(LiveSaying.phrase, LiveSaying.end_ms), station, booth)
    query = query.where(LiveSaying.booth_id == tables.Booth.id).order_by(LiveSaying.position)
    with plainly(engine), engine.connect() as connection:
        return [(row.phrase, row.end_ms) for row in connection.execute(query)]


def open_shifts(engine: Engine, station: str, booth: str) -> list[Open]:
    """The booth's shifts that are not closed, in the order in which they began."""
    names = ("grading_id", "how", "from_ms", "until_ms")
    query = (
        reads.shifts_with(*(getattr(LiveGrading, name) for name in names))
        .add_columns(tables.Team.code.label("team"), tables.Grading.utc_offset_s)
        .join(tables.Grading, tables.Grading.shift_id == tables.Shift.id)
        .join(LiveGrading, LiveGrading.grading_id == tables.Grading.id)
        .outerjoin(tables.Team, tables.Team.id == tables.Shift.team_id)
        .where(
            tables.Station.code == station,
            tables.Booth.code == booth,
            LiveGrading.closed_at.is_(None),
        )
        .order_by(LiveGrading.from_ms, LiveGrading.grading_id)
    )
    with plainly(engine), engine.connect() as connection:
        rows = connection.execute(query).mappings().all()
    return [
        Open(
            shift_id=row["shift"],
            identity=ShiftIdentity(
                station=row["station"],
                booth=row["booth"],
                collector=row["collector"],
                team=row["team"],
                started_at=row["shift_started_at"].astimezone(
                    dt.timezone(dt.timedelta(seconds=row["utc_offset_s"]))
                ),
            ),
            **{name: row[name] for name in names},
        )
        for row in rows
    ]


def remembered(engine: Engine, station: str, booth: str, since_ms: int) -> Remembered:
    """What is stored of the booth's time from `since_ms` on; of the vehicles, all."""
    origin = select(LiveSession.origin).where(LiveSession.booth_id == tables.Booth.id)
    mine = (
        _of_booth(select(tables.Grading.id), station, booth)
        .join(LiveGrading, LiveGrading.booth_id == tables.Booth.id)
        .where(LiveGrading.grading_id == tables.Grading.id)
        .where(tables.Grading.started_at == origin.scalar_subquery())
    )
    with plainly(engine), engine.connect() as connection:
        gradings = connection.scalars(mine).all()
        rows: defaultdict[type[Base], list[RowMapping]] = defaultdict(list)
        for table in (tables.Utterance, tables.Match, tables.Gap, tables.Vehicle):
            of_table = table.__table__
            query = select(of_table).where(of_table.c.grading_id.in_(gradings))
            if table is not tables.Vehicle:
                query = query.where(of_table.c.start_ms >= since_ms)
            rows[table] += connection.execute(query).mappings().all()
        last = select(func.max(tables.Utterance.utterance))
        number = connection.scalar(last.where(tables.Utterance.grading_id.in_(gradings)))
    judged = rows[tables.Vehicle]
    return Remembered(
        heard=codec.heard_of(rows[tables.Utterance], rows[tables.Match]),
        gaps=codec.gaps_of(rows[tables.Gap]),
        vehicles=tuple(int(r["vehicle"]) if r["is_number"] else r["vehicle"] for r in judged),
        judged_ms=max((row["start_ms"] for row in judged), default=-1),
        count=len(judged),
        utterances=0 if number is None else number + 1,
    )


def lane_messages(engine: Engine, station: str, booth: str, since_ms: int) -> list[RowMapping]:
    """The lane's messages of the booth's time that came since, in the order in which they came."""
    query = _of_booth(select(LaneMessage.__table__), station, booth)
    query = query.join(LiveSession, LiveSession.booth_id == tables.Booth.id).where(
        LaneMessage.booth_id == tables.Booth.id,
        LaneMessage.id > LiveSession.lane_before,
        LaneMessage.received_ms >= since_ms,
    )
    with plainly(engine), engine.connect() as connection:
        return list(connection.execute(query.order_by(LaneMessage.id)).mappings())


def find_vehicles(
    engine: Engine,
    station: str,
    booth: str,
    *,
    name: int | str | None = None,
    between: tuple[int, int] | None = None,
) -> list[Found]:
    """The booth's vehicles of that name, or whose time lies between two milliseconds, or both."""
    vehicle = tables.Vehicle
    origin = select(LiveSession.origin).where(LiveSession.booth_id == tables.Booth.id)
    query = (
        reads.shifts_with(vehicle.grading_id, vehicle.position)
        .join(tables.Grading, tables.Grading.shift_id == tables.Shift.id)
        .join(LiveGrading, LiveGrading.grading_id == tables.Grading.id)
        .join(vehicle, vehicle.grading_id == tables.Grading.id)
        .where(tables.Station.code == station, tables.Booth.code == booth)
        .where(tables.Grading.started_at == origin.scalar_subquery())
        .order_by(vehicle.grading_id, vehicle.position)
    )
    if name is not None:
        is_number = isinstance(name, int)
        query = query.where(vehicle.vehicle == str(name), vehicle.is_number == is_number)
    if between is not None:
        query = query.where(vehicle.start_ms <= between[1], vehicle.end_ms >= between[0])
    with plainly(engine), engine.connect() as connection:
        return [
            Found(grading_id=row.grading_id, place=row.position, collector=row.collector)
            for row in connection.execute(query)
        ]


def pieces_of(
    engine: Engine, grading_id: int
) -> tuple[tuple[TransactionVerdict, ...], tuple[Gap, ...]]:
    """The vehicles and the gaps of a grading, in the order in which they were added."""
    with plainly(engine), engine.connect() as connection:
        children = reads.children(connection, grading_id)
    return codec.verdicts_of(children), codec.gaps_of(children[tables.Gap])


def on_roster(
    engine: Engine, station: str, booth: str, at: dt.datetime
) -> tuple[str, str | None] | None:
    """Who should sit in the booth at that moment (aware): collector and team; None: nobody."""
    query = (
        _of_booth(select(tables.Collector.code, tables.Team.code), station, booth)
        .join(Roster, Roster.booth_id == tables.Booth.id)
        .join(tables.Collector, tables.Collector.id == Roster.collector_id)
        .outerjoin(tables.Team, tables.Team.id == Roster.team_id)
        .where(Roster.starts_at <= at, Roster.ends_at > at)
        .order_by(Roster.starts_at.desc(), Roster.id.desc())
        .limit(1)
    )
    with plainly(engine), engine.connect() as connection:
        row = connection.execute(query).one_or_none()
    return None if row is None else (row[0], row[1])


def left_out(engine: Engine, grading_id: int) -> set[int]:
    """The places of a grading's vehicles that are not counted, by their last mark."""
    with plainly(engine), engine.connect() as connection:
        return excluded(connection.execute(marks(grading_id)).all())


def marks(grading_id: int) -> Select[int, str]:
    """The marks of a grading's vehicles, oldest first."""
    mark = VehicleMark
    own = select(mark.vehicle_position, mark.kind).where(mark.grading_id == grading_id)
    return own.order_by(mark.id)


def excluded(rows: Sequence[Any]) -> set[int]:
    """The places that are not counted by these marks."""
    last = {row.vehicle_position: row.kind for row in rows}
    return {place for place, kind in last.items() if kind in OUT}


def _of_booth(query: Any, station: str, booth: str) -> Any:
    return query.join_from(
        tables.Booth, tables.Station, tables.Station.id == tables.Booth.station_id
    ).where(tables.Station.code == station, tables.Booth.code == booth)
