"""Ask a booth for a clip whose sound somebody at the centre is to hear, and keep what it sends.

The booth comes for what is wanted: nobody can reach it. The sum of its file came with the ledger,
so no other file passes for it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Connection, Select, delete, insert, select, update

from db import tables
from db.clip_tables import Clip, ClipKey, ClipWanted
from db.inbox_tables import InboxGrading
from db.insert import insert_new
from db.regrade_tables import RegradeShift
from db.types import ClipReason

NO_BOOTH = "no booth that sends its results here has it"
MOST = 20
"""clips that a booth is told of at once"""


def want(connection: Connection, sha256: str, at: dt.datetime) -> str | None:
    """Ask for a clip, again if the booth could not send it; why it has not come, if that is known.

    What no booth sent is asked of nobody.
    """
    came_from_booth = select(InboxGrading.grading_id).join(
        Clip, Clip.grading_id == InboxGrading.grading_id
    )
    if connection.execute(came_from_booth.where(Clip.sha256 == sha256)).first() is None:
        return NO_BOOTH
    row = {"sha256": sha256, "asked_at": at, "problem": None}
    own = ClipWanted.sha256 == sha256
    before = connection.scalar(select(ClipWanted.problem).where(own))
    if before is None:
        connection.execute(insert_new(connection, ClipWanted).values(row))
    else:
        connection.execute(update(ClipWanted).where(own).values(row))
    return before


def want_of_regrade(connection: Connection, regrade_id: int, at: dt.datetime) -> int:
    """Ask for what a second hearing lacks: clips of faults and unsure vehicles; how many."""
    missing = (
        select(Clip.sha256)
        .join(RegradeShift, RegradeShift.before_id == Clip.grading_id)
        .outerjoin(
            ClipKey,
            (ClipKey.grading_id == Clip.grading_id)
            & (ClipKey.vehicle_position == Clip.vehicle_position),
        )
        .where(
            RegradeShift.regrade_id == regrade_id,
            ClipKey.grading_id.is_(None),
            Clip.sha256.is_not(None),
            Clip.reason != ClipReason.SAMPLE,
        )
    )
    names = connection.scalars(missing).all()
    return sum(want(connection, str(name), at) is None for name in names)


def wanted(connection: Connection, booth_id: int) -> Sequence[str]:
    """What is wanted of a booth, the oldest first; `MOST` at most."""
    query = (
        _of_booth(booth_id)
        .with_only_columns(Clip.sha256)
        .join(ClipWanted, ClipWanted.sha256 == Clip.sha256)
        .where(ClipWanted.problem.is_(None))
        .order_by(ClipWanted.asked_at, Clip.sha256)
        .limit(MOST)
    )
    return [str(one) for one in connection.scalars(query)]


def is_wanted(connection: Connection, booth_id: int, sha256: str) -> bool:
    """Whether this clip is one of that booth's, and asked for."""
    query = _of_booth(booth_id).join(ClipWanted, ClipWanted.sha256 == Clip.sha256)
    return connection.execute(query.where(Clip.sha256 == sha256)).first() is not None


def came(connection: Connection, sha256: str, wrapped: str, wrapped_by: str) -> None:
    """Keep the key to a clip whose file is on the disk; nothing if it was erased meanwhile."""
    clip = select(Clip.grading_id, Clip.vehicle_position).where(Clip.sha256 == sha256)
    row = connection.execute(clip).one_or_none()
    if row is not None:
        own = {"grading_id": row.grading_id, "vehicle_position": row.vehicle_position}
        connection.execute(delete(ClipKey).filter_by(**own))
        key = {**own, "wrapped": wrapped, "wrapped_by": wrapped_by}
        connection.execute(insert(ClipKey), [key])
    connection.execute(delete(ClipWanted).where(ClipWanted.sha256 == sha256))


def cannot(connection: Connection, sha256: str, problem: str) -> None:
    """Note why a booth cannot send a clip."""
    own = update(ClipWanted).where(ClipWanted.sha256 == sha256)
    connection.execute(own.values(problem=problem))


def file_of(connection: Connection, sha256: str) -> str | None:
    """At the booth: the wrapped key of a clip that is kept here; None: there is none any more."""
    query = select(ClipKey.wrapped).join(
        Clip,
        (Clip.grading_id == ClipKey.grading_id)
        & (Clip.vehicle_position == ClipKey.vehicle_position),
    )
    return connection.scalar(query.where(Clip.sha256 == sha256))


def _of_booth(booth_id: int) -> Select[int]:
    """The clips of a booth's shifts."""
    grading, shift = tables.Grading, tables.Shift
    return (
        select(Clip.grading_id)
        .join(grading, grading.id == Clip.grading_id)
        .join(shift, shift.id == grading.shift_id)
        .where(shift.booth_id == booth_id)
    )
