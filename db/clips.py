"""Keep and find the rows of clips; their files are in a vault."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, select

from db.clip_tables import Clip, ClipKey
from db.codec import Rows
from db.types import Clip as Kept


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
    query = select(clip, ClipKey.wrapped.label("wrapped")).select_from(joined)
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
