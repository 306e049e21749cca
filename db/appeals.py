"""Keep appeals: what a collector says against a confirmed finding, and the office's last word."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, Text, case, literal_column, select, update

from db import holds, tables
from db.appeal_tables import Appeal, AppealAnswer
from db.insert import insert_new
from db.people_tables import Person
from db.review_tables import ReviewDecision, ReviewItem
from db.types import ConflictError


def make(
    connection: Connection, item: int, by: int, text: str, *, at: dt.datetime, due_at: dt.datetime
) -> None:
    """Write down an appeal, and hold what it is about. ConflictError if there is one."""
    made = connection.execute(
        insert_new(connection, Appeal)
        .values(item_id=item, person_id=by, at=at, due_at=due_at, text=text)
        .returning(Appeal.item_id)
    ).scalar_one_or_none()
    if made is None:
        raise ConflictError("you have appealed against it already")
    holds.unsettle(connection, _hold(connection, item))


def answer(
    connection: Connection,
    item: int,
    by: int | None,
    reason: str,
    *,
    granted: bool,
    at: dt.datetime,
) -> None:
    """Write down what became of an appeal. ConflictError says who was before, and when."""
    made = connection.execute(
        insert_new(connection, AppealAnswer)
        .values(item_id=item, person_id=by, at=at, granted=granted, reason=reason)
        .returning(AppealAnswer.item_id)
    ).scalar_one_or_none()
    if made is None:
        own = AppealAnswer
        query = select(own.at, own.granted, Person.name).outerjoin(
            Person, Person.id == own.person_id
        )
        row = connection.execute(query.where(own.item_id == item)).one()
        fate = "granted" if row.granted else "refused"
        who = row.name or "nobody, for its time was over,"
        raise ConflictError(f"answered already by {who} at {row.at:%Y-%m-%dT%H:%M:%SZ}: {fate}")
    holds.settle(connection, _hold(connection, item), at)


def overdue(connection: Connection, now: dt.datetime) -> Sequence[RowMapping]:
    """Appeals that nobody answered in time, with whom each concerns."""
    query = (
        select(Appeal.item_id, tables.Shift.collector_id, tables.Booth.station_id)
        .join(ReviewItem, ReviewItem.id == Appeal.item_id)
        .join(tables.Grading, tables.Grading.id == ReviewItem.grading_id)
        .join(tables.Shift, tables.Shift.id == tables.Grading.shift_id)
        .join(tables.Booth, tables.Booth.id == tables.Shift.booth_id)
        .outerjoin(AppealAnswer, AppealAnswer.item_id == Appeal.item_id)
        .where(Appeal.due_at < now, AppealAnswer.item_id.is_(None))
        .order_by(Appeal.item_id)
    )
    return connection.execute(query).mappings().all()


def truth() -> Any:
    """What a decision (joined to the answer of its appeal, if any) says of the finding.

    One that an appeal overturned was not so; one that nobody answered in time cannot be told.
    """
    answered = AppealAnswer
    return case(
        (
            answered.granted.is_(True) & answered.person_id.is_not(None),
            literal_column("'dismissed'", Text),
        ),
        (answered.granted.is_(True), literal_column("'cannot_tell'", Text)),
        else_=ReviewDecision.verdict,
    )


def blank(connection: Connection, which: Any) -> None:
    """Let the words go of the appeals of the reviews with these ids, a query."""
    for table, column in ((Appeal, Appeal.text), (AppealAnswer, AppealAnswer.reason)):
        own: Any = table
        connection.execute(
            update(own).where(own.item_id.in_(which), column != "").values({column.key: ""})
        )


def _hold(connection: Connection, item: int) -> int:
    query = select(ReviewItem.hold_id).where(ReviewItem.id == item)
    return connection.execute(query).scalar_one()
