"""Have a booth erase what a person at its centre decided to erase, and learn that it has.

The booth states an erasure in its own chain, which comes here as any entry does; until then it is
asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, or_, select
from sqlalchemy.orm import aliased

from db.inbox_tables import InboxGrading, InboxStream
from db.keeping_tables import ErasedWhat, Erasure
from db.outbox_tables import OutboxEpoch, OutboxGrading
from db.remarks import DECIDED

MOST = 100
"""erasures that a booth is told of at once"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What a booth is to erase of a grading that it sent."""

    epoch: str
    opened: int
    """number of the message that began the grading"""
    vehicle: int | None
    """place of the vehicle; None: all, and whose it was"""


def wanted(connection: Connection, booth_id: int) -> Sequence[Wish]:
    """What was erased here of a booth's gradings, and is not known to be erased there."""
    own, theirs = Erasure, aliased(Erasure)
    covered = or_(
        theirs.what == ErasedWhat.COLLECTOR,
        and_(theirs.what == own.what, theirs.vehicle_position == own.vehicle_position),
    )
    done = select(theirs.id).where(
        theirs.grading_id == own.grading_id, theirs.writer_id == InboxStream.writer_id, covered
    )
    query = (
        select(InboxStream.epoch, InboxGrading.opened, own.what, own.vehicle_position)
        .join(InboxGrading, InboxGrading.grading_id == own.grading_id)
        .join(InboxStream, InboxStream.id == InboxGrading.stream_id)
        .where(
            InboxStream.booth_id == booth_id,
            own.what.in_(DECIDED),
            # Which vehicle it was is not known of the oldest.
            or_(own.what == ErasedWhat.COLLECTOR, own.vehicle_position.is_not(None)),
            ~done.exists(),
        )
        .order_by(own.id)
        .limit(MOST)
    )
    return [
        Wish(epoch=row.epoch, opened=row.opened, vehicle=row.vehicle_position)
        for row in connection.execute(query)
    ]


def grading_of(connection: Connection, wish: Wish) -> int | None:
    """At the booth: the grading that is meant; None: it is not in this database."""
    query = (
        select(OutboxGrading.grading_id)
        .join(OutboxEpoch, OutboxEpoch.id == OutboxGrading.epoch_id)
        .where(OutboxEpoch.epoch == wish.epoch, OutboxGrading.opened == wish.opened)
    )
    return connection.scalar(query)


def is_done(connection: Connection, grading_id: int, wish: Wish) -> bool:
    """At the booth: whether it was erased, and that waits to be sent or is on its way."""
    own = Erasure.grading_id == grading_id, Erasure.seq.is_not(None)
    query = select(Erasure.id).where(
        *own, Erasure.vehicle_position.is_not_distinct_from(wish.vehicle)
    )
    return connection.execute(query).first() is not None
