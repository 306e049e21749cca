"""Keep and find the rows of clips; their files are in a vault."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, func, or_, select

from db import tables
from db.clip_tables import Clip, ClipKey
from db.codec import Rows
from db.people_types import Reach
from db.reach import shifts_within
from db.reads import shifts_with
from db.types import Clip as Kept

OPENED_BY = func.coalesce(ClipKey.wrapped_by, Clip.wrapped_by).label("opened_by")
"""which machine's key wraps the clip's own where it was asked for"""


def rows(clips: Iterable[Kept], kept_at: dt.datetime) -> Rows:
    """The rows of clips, parents first; they lack only the grading's id."""
    found: Rows = {Clip: [], ClipKey: []}
    for clip in clips:
        vehicle = {"vehicle_position": clip.vehicle_position}
        names = ("reason", "start_ms", "end_ms", "sha256", "size", "codec", "wrapped_by", "problem")
        bounds = tuple(bound for span in clip.silenced for bound in (span.start_ms, span.end_ms))
        found[Clip].append(
            {
                **vehicle,
                **{name: getattr(clip, name) for name in names},
                "silenced": bounds,
                "kept_at": kept_at,
            }
        )
        if clip.wrapped is not None:
            found[ClipKey].append({**vehicle, "wrapped": clip.wrapped})
    return found


def of_grading(connection: Connection, grading_id: int) -> Sequence[RowMapping]:
    """A grading's clips, in the order of its vehicles."""
    clip = Clip.__table__
    query = select(clip).where(clip.c.grading_id == grading_id)
    return connection.execute(query.order_by(clip.c.vehicle_position)).mappings().all()


def one(
    connection: Connection, grading_id: int, vehicle_position: int
) -> tuple[RowMapping, str | None]:
    """A vehicle's clip and its key, wrapped; None: it has none. LookupError if there is no clip."""
    clip = Clip.__table__
    joined = clip.outerjoin(
        ClipKey.__table__,
        and_(
            ClipKey.grading_id == Clip.grading_id,
            ClipKey.vehicle_position == Clip.vehicle_position,
        ),
    )
    query = select(
        clip, ClipKey.wrapped.label("wrapped"), ClipKey.wrapped_by.label("key_by"), OPENED_BY
    ).select_from(joined)
    found = connection.execute(
        query.where(Clip.grading_id == grading_id, Clip.vehicle_position == vehicle_position)
    )
    row = found.mappings().one_or_none()
    if row is None:
        raise LookupError("the vehicle has no clip")
    return row, row["wrapped"]


def known(connection: Connection, names: Iterable[str]) -> set[str]:
    """Which of these files a clip names."""
    wanted, found = list(names), set[Any]()
    for start in range(0, len(wanted), 500):
        query = select(Clip.sha256).where(Clip.sha256.in_(wanted[start : start + 500]))
        found |= set(connection.scalars(query))
    return found


def page(
    connection: Connection,
    reach: Reach,
    *,
    shift: str | None,
    after: Sequence[Any] | None,
    limit: int,
) -> Sequence[RowMapping]:
    """Clips within reach, of the newest grading first, each with where and whose it is.

    `after` is the grading's id and the vehicle's place of the last one that was given.
    """
    query = _placed().where(shifts_within(reach))
    if shift is not None:
        query = query.where(tables.Shift.id == shift)
    if after is not None:
        grading, place = after
        later = and_(Clip.grading_id == grading, Clip.vehicle_position > place)
        query = query.where(or_(Clip.grading_id < grading, later))
    query = query.order_by(Clip.grading_id.desc(), Clip.vehicle_position).limit(limit)
    return connection.execute(query).mappings().all()


def within(connection: Connection, reach: Reach, sha256: str) -> RowMapping | None:
    """The clip of this file, with its key; None if there is none within reach."""
    query = _placed().where(shifts_within(reach), Clip.sha256 == sha256)
    return connection.execute(query).mappings().one_or_none()


def _placed() -> Select[Any]:
    """Every clip with its vehicle, its key, and where and whose it is."""
    car, key = tables.Vehicle, ClipKey
    return (
        shifts_with(
            Clip.__table__,
            key.wrapped,
            OPENED_BY,
            car.vehicle,
            car.is_number,
            tables.Grading.number,
            tables.Shift.collector_id,
            tables.Booth.station_id,
        )
        .join(tables.Grading, tables.Grading.shift_id == tables.Shift.id)
        .join(Clip, Clip.grading_id == tables.Grading.id)
        .join(car, and_(car.grading_id == Clip.grading_id, car.position == Clip.vehicle_position))
        .outerjoin(
            key,
            and_(key.grading_id == Clip.grading_id, key.vehicle_position == Clip.vehicle_position),
        )
    )
