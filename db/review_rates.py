"""Read how often findings turn out true: what was judged, and how many there are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, and_, func, or_, select

from db import tables
from db.appeal_tables import Appeal, AppealAnswer
from db.appeals import truth
from db.facts import counts
from db.facts_tables import FactFinding, Shown
from db.review_tables import ReviewDecision, ReviewItem
from db.reviews import same_finding
from phrases.review import Verdict, Why
from phrases.schema import FORBIDDEN
from phrases.types import FindingStatus, Lane, StepOutcome


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


def righted(
    connection: Connection, station_id: int, since: dt.date, until: dt.date
) -> Sequence[tuple[int, Lane, str, StepOutcome, bool]]:
    """Mandatory steps of the days' shown gradings that do not stand as the program judged them.

    The grading, lane, step, what the program said, and whether the step counts as said: dismissed,
    or an appeal was granted; False: whoever listened could not tell, so nobody can.
    """
    item, done, step, car = ReviewItem, ReviewDecision, tables.Step, tables.Vehicle
    granted = func.coalesce(AppealAnswer.granted, False)
    query = (
        select(step.grading_id, car.lane, step.step, step.outcome, done.verdict)
        .join(item, done.item_id == item.id)
        .join(tables.Finding, same_finding(item))
        .join(
            step,
            and_(
                step.grading_id == item.grading_id,
                step.vehicle_position == item.vehicle_position,
                step.step == tables.Finding.step,
            ),
        )
        .join(car, and_(car.grading_id == item.grading_id, car.position == item.vehicle_position))
        .join(Shown, Shown.grading_id == item.grading_id)
        .outerjoin(AppealAnswer, AppealAnswer.item_id == item.id)
        .where(
            Shown.station_id == station_id,
            Shown.day >= since,
            Shown.day < until,
            step.mandatory.is_(True),
            step.outcome.in_((StepOutcome.MISSING, StepOutcome.WRONG)),
            or_(done.verdict != Verdict.CONFIRMED, granted.is_(True)),
            counts(item.grading_id, item.vehicle_position),
        )
    )
    return [
        (row.grading_id, row.lane, row.step, row.outcome, row.verdict is not Verdict.CANNOT_TELL)
        for row in connection.execute(query)
    ]


def forbidden(
    connection: Connection, station_id: int, since: dt.date, until: dt.date
) -> Mapping[int, int]:
    """How many forbidden phrases were confirmed in the days' shown gradings, by grading.

    Not those whose appeal was granted, or waits for an answer.
    """
    item, done, own = ReviewItem, ReviewDecision, tables.Finding
    query = (
        select(item.grading_id, func.count())
        .join(done, done.item_id == item.id)
        .join(own, same_finding(item))
        .join(Shown, Shown.grading_id == item.grading_id)
        .outerjoin(Appeal, Appeal.item_id == item.id)
        .outerjoin(AppealAnswer, AppealAnswer.item_id == item.id)
        .where(
            Shown.station_id == station_id,
            Shown.day >= since,
            Shown.day < until,
            own.code.startswith(FORBIDDEN),
            done.verdict == Verdict.CONFIRMED,
            or_(Appeal.item_id.is_(None), AppealAnswer.granted.is_(False)),
            counts(item.grading_id, item.vehicle_position),
        )
        .group_by(item.grading_id)
    )
    return {int(grading): int(number) for grading, number in connection.execute(query)}


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
