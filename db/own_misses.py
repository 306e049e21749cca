"""What a collector's own last shifts say was not said: for their own drills alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, and_, or_, select

from db import tables
from db.appeal_tables import AppealAnswer
from db.facts_tables import Shown
from db.review_tables import ReviewDecision, ReviewItem
from phrases.review import Verdict
from phrases.types import FindingStatus

SHIFTS = 5
"""how many of the last shifts"""


def misses(
    connection: Connection, collector_id: int, since: dt.datetime, shifts: int = SHIFTS
) -> Sequence[RowMapping]:
    """Faults of missing or wrong lines that nobody dismissed, the newest shift's first.

    Each with the lane, the step, what was expected, and when the shift began.
    """
    last = (
        select(Shown.grading_id)
        .where(Shown.collector_id == collector_id, Shown.started_at >= since)
        .order_by(Shown.started_at.desc())
        .limit(shifts)
    )
    finding, item, decided = tables.Finding, ReviewItem, ReviewDecision
    query = (
        select(tables.Vehicle.lane, finding.step, finding.expected, Shown.started_at)
        .join(Shown, Shown.grading_id == finding.grading_id)
        .join(
            tables.Vehicle,
            and_(
                tables.Vehicle.grading_id == finding.grading_id,
                tables.Vehicle.position == finding.vehicle_position,
            ),
        )
        .outerjoin(
            item,
            and_(
                item.grading_id == finding.grading_id,
                item.vehicle_position == finding.vehicle_position,
                item.position == finding.position,
            ),
        )
        .outerjoin(decided, decided.item_id == item.id)
        .outerjoin(AppealAnswer, AppealAnswer.item_id == item.id)
        .where(
            finding.grading_id.in_(last),
            finding.status == FindingStatus.FAULT,
            finding.step.is_not(None),
            or_(finding.code.like("missing.%"), finding.code.like("amount.%")),
            or_(decided.verdict.is_(None), decided.verdict != Verdict.DISMISSED),
            or_(AppealAnswer.granted.is_(None), AppealAnswer.granted.is_(False)),
        )
        .order_by(Shown.started_at.desc(), finding.vehicle_position, finding.position)
    )
    return connection.execute(query).mappings().all()
