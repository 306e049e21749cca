"""Read how often findings turn out true: what was judged, and how many there are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, func, select

from db import tables
from db.appeal_tables import AppealAnswer
from db.appeals import truth
from db.facts_tables import FactFinding, Shown
from db.review_tables import ReviewDecision, ReviewItem
from db.reviews import same_finding
from phrases.review import Verdict, Why
from phrases.types import FindingStatus


def judged(
    connection: Connection, station_id: int, since: dt.date, until: dt.date
) -> Sequence[tuple[str, bool, float]]:
    """Each confirmed or dismissed one of the days' shifts: code, whether confirmed, probability.

    Not those of complaints: nobody drew them by chance. What an appeal overturned was not so.
    """
    own, item, done = tables.Finding, ReviewItem, ReviewDecision
    query = (
        select(own.code, truth().label("verdict"), item.probability)
        .join(item, done.item_id == item.id)
        .join(own, same_finding(item))
        .outerjoin(AppealAnswer, AppealAnswer.item_id == item.id)
        .join(Shown, Shown.grading_id == own.grading_id)
        .where(
            Shown.station_id == station_id,
            Shown.day >= since,
            Shown.day < until,
            item.why != Why.COMPLAINT,
            truth() != Verdict.CANNOT_TELL.value,
        )
    )
    return [
        (row.code, row.verdict == Verdict.CONFIRMED.value, row.probability)
        for row in connection.execute(query)
    ]


def faults(
    connection: Connection, station_id: int, since: dt.date, until: dt.date
) -> Mapping[str, int]:
    """How many faults the days' shown gradings have, by code."""
    own = FactFinding
    query = (
        select(own.code, func.sum(own.findings))
        .join(Shown, Shown.grading_id == own.grading_id)
        .where(
            Shown.station_id == station_id,
            Shown.day >= since,
            Shown.day < until,
            own.status == FindingStatus.FAULT,
        )
        .group_by(own.code)
    )
    return {code: int(number) for code, number in connection.execute(query)}
