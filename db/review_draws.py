"""Draw the findings that are to be looked at: faults that can be heard, and what holds them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, exists, func, insert, or_, select

from db import holds, tables
from db.clip_tables import Clip
from db.complaint_tables import Complaint, ComplaintLink
from db.facts import counts
from db.facts_tables import Shown
from db.insert import insert_new
from db.keeping_tables import HoldReason
from db.people_tables import Person, RoleGrant
from db.people_types import Role
from db.review_tables import ReviewDraw, ReviewItem
from db.statements import ERASED
from db.types import NOBODY
from phrases.review import Drawn, Key, Why
from phrases.types import FindingStatus

PROGRAM = "program"
"""who places the holds of a draw"""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewDraw:
    """A draw, as it is made."""

    station_id: int
    since: dt.date
    until: dt.date
    """the day after the last"""
    size: int
    findings: int
    seed: str


def stations(connection: Connection) -> Sequence[RowMapping]:
    """Every station, until which day it was drawn from last (None: never), and its reviewers."""
    reviewers = (
        select(func.count(func.distinct(RoleGrant.person_id)))
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            RoleGrant.role == Role.INSPECTOR,
            Person.disabled_at.is_(None),
            or_(RoleGrant.station_id.is_(None), RoleGrant.station_id == tables.Station.id),
        )
        .scalar_subquery()
    )
    last = select(func.max(ReviewDraw.until)).where(ReviewDraw.station_id == tables.Station.id)
    query = select(
        tables.Station.id, last.scalar_subquery().label("until"), reviewers.label("reviewers")
    )
    return connection.execute(query.order_by(tables.Station.id)).mappings().all()


def candidates(
    connection: Connection, station_id: int, since: dt.date, until: dt.date
) -> Sequence[tuple[Key, int, str]]:
    """Faults of the days' shown gradings that can be heard: key, collector and code."""
    own = tables.Finding
    query = (
        select(own.grading_id, own.vehicle_position, own.position, Shown.collector_id, own.code)
        .select_from(Shown)
        .join(own, own.grading_id == Shown.grading_id)
        .where(
            Shown.station_id == station_id,
            Shown.day >= since,
            Shown.day < until,
            counts(own.grading_id, own.vehicle_position),
        )
    )
    return _reviewable(connection, query, Shown.collector_id)


def complained(connection: Connection, station_id: int) -> Sequence[tuple[Key, int, str]]:
    """The same of the vehicles that somebody complained about, of whatever day."""
    own, tie = tables.Finding, ComplaintLink
    query = (
        select(
            own.grading_id, own.vehicle_position, own.position, tables.Shift.collector_id, own.code
        )
        .select_from(tie)
        .join(Complaint, Complaint.id == tie.complaint_id)
        .join(
            own,
            and_(own.grading_id == tie.grading_id, own.vehicle_position == tie.vehicle_position),
        )
        .join(tables.Grading, tables.Grading.id == own.grading_id)
        .join(tables.Shift, tables.Shift.id == tables.Grading.shift_id)
        .where(Complaint.station_id == station_id)
        .distinct()
    )
    return _reviewable(connection, query, tables.Shift.collector_id)


def keep_draw(
    connection: Connection,
    new: NewDraw,
    found: Mapping[Why, Iterable[Drawn]],
    *,
    at: dt.datetime,
    due_at: dt.datetime,
) -> int:
    """Write down a draw, and hold what was drawn; how many. 0 if the days were drawn from before.

    What two reasons name is drawn for the first.
    """
    made: int | None = connection.execute(
        insert_new(connection, ReviewDraw)
        .values(
            station_id=new.station_id,
            since=new.since,
            until=new.until,
            size=new.size,
            findings=new.findings,
            seed=new.seed,
            drawn_at=at,
        )
        .returning(ReviewDraw.id)
    ).scalar_one_or_none()
    if made is None:
        return 0
    taken = set[Key]()
    for why, drawn in found.items():
        for one in drawn:
            if one.key in taken:
                continue
            taken.add(one.key)
            grading, vehicle, position = one.key
            hold = holds.place(
                connection, grading, vehicle, reason=HoldReason.REVIEW, by=PROGRAM, at=at
            )
            connection.execute(
                insert(ReviewItem).values(
                    draw_id=made,
                    grading_id=grading,
                    vehicle_position=vehicle,
                    position=position,
                    why=why,
                    probability=one.probability,
                    due_at=due_at,
                    hold_id=hold,
                )
            )
    return len(taken)


def _reviewable(
    connection: Connection, query: Any, collector: Any
) -> Sequence[tuple[Key, int, str]]:
    own = tables.Finding
    query = (
        query.join(
            Clip,
            and_(Clip.grading_id == own.grading_id, Clip.vehicle_position == own.vehicle_position),
        )
        .join(tables.Collector, tables.Collector.id == collector)
        .where(
            own.status == FindingStatus.FAULT,
            Clip.sha256.is_not(None),
            tables.Collector.code != NOBODY,
            ~tables.Collector.code.startswith(ERASED),
            ~exists().where(
                ReviewItem.grading_id == own.grading_id,
                ReviewItem.vehicle_position == own.vehicle_position,
                ReviewItem.position == own.position,
            ),
        )
    )
    return [
        ((row[0], row[1], row[2]), int(row[3]), str(row[4])) for row in connection.execute(query)
    ]
