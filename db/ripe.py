"""Read what a consequence can rest on: what stands of each draw, checks, and who has no part."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, and_, exists, or_, select
from sqlalchemy.orm import aliased

from db import tables
from db.appeal_tables import Appeal, AppealAnswer
from db.check_tables import HandCheck, HandRemark
from db.check_types import Remark
from db.checks import withdrawn
from db.clip_tables import Clip
from db.complaint_tables import ComplaintEntry
from db.consequence_tables import Consequence, ConsequenceEvidence
from db.facts_tables import Shown
from db.people_tables import Person, RoleGrant
from db.people_types import Role
from db.review_tables import ReviewDecision, ReviewDraw, ReviewItem
from db.reviews import same_finding
from db.statements import ERASED
from phrases.checks import Method
from phrases.complaint import Event


def reviews(connection: Connection, since: dt.datetime) -> Sequence[RowMapping]:
    """Every finding of the draws since then, of whose collector nothing is proposed for it."""
    own, done, shift = ReviewItem, ReviewDecision, tables.Shift
    query = (
        select(
            own.id,
            own.draw_id,
            own.grading_id,
            own.vehicle_position,
            own.due_at,
            ReviewDraw.station_id,
            shift.collector_id,
            tables.Finding.code,
            Clip.sha256,
            done.verdict,
            done.appeal_until,
            Appeal.at.label("appealed_at"),
            AppealAnswer.granted,
        )
        .join(ReviewDraw, ReviewDraw.id == own.draw_id)
        .join(tables.Finding, same_finding(own))
        .join(tables.Grading, tables.Grading.id == own.grading_id)
        .join(shift, shift.id == tables.Grading.shift_id)
        .join(tables.Collector, tables.Collector.id == shift.collector_id)
        .outerjoin(
            Clip,
            and_(Clip.grading_id == own.grading_id, Clip.vehicle_position == own.vehicle_position),
        )
        .outerjoin(done, done.item_id == own.id)
        .outerjoin(Appeal, Appeal.item_id == own.id)
        .outerjoin(AppealAnswer, AppealAnswer.item_id == own.id)
        .outerjoin(
            Consequence,
            and_(
                Consequence.draw_id == own.draw_id,
                Consequence.collector_id == shift.collector_id,
            ),
        )
        .where(
            ReviewDraw.drawn_at >= since,
            Consequence.id.is_(None),
            ~tables.Collector.code.startswith(ERASED),
        )
        .order_by(own.draw_id, shift.collector_id, own.id)
    )
    return connection.execute(query).mappings().all()


def check_holds(connection: Connection, check: int) -> bool:
    """Whether a second person stands by a check, and nobody has withdrawn it."""
    own = HandCheck
    stands = exists().where(
        HandRemark.check_id == own.id,
        HandRemark.kind == Remark.CONFIRMED,
        HandRemark.person_id != own.written_by,
    )
    query = select(own.id).where(
        own.id == check, own.method != Method.TEAM, stands, ~withdrawn(own.id)
    )
    return connection.scalar(query) is not None


def has_part(connection: Connection, consequence: int, person_id: int) -> bool:
    """Whether a person has a part in what it is about: migration 0019 holds it by a trigger.

    Whom it is about, their team and its leader, who was at work on a day of the evidence, who wrote
    the check, and who answered the complaint.
    """
    own, who = Consequence, aliased(Person)
    mine, theirs = aliased(tables.Collector), aliased(tables.Collector)
    there, day = aliased(Shown), aliased(Shown)
    leads = exists().where(
        RoleGrant.person_id == who.id,
        RoleGrant.role == Role.TEAM_LEADER,
        RoleGrant.team_id == theirs.team_id,
    )
    at_work = (
        select(there.shift_id)
        .join(day, and_(day.station_id == there.station_id, day.day == there.day))
        .join(tables.Grading, tables.Grading.shift_id == day.shift_id)
        .join(ReviewItem, ReviewItem.grading_id == tables.Grading.id)
        .join(ConsequenceEvidence, ConsequenceEvidence.item_id == ReviewItem.id)
        .where(ConsequenceEvidence.consequence_id == own.id, there.collector_id == who.collector_id)
        .exists()
    )
    wrote = exists().where(HandCheck.id == own.check_id, HandCheck.written_by == who.id)
    answered = exists().where(
        ComplaintEntry.complaint_id == own.complaint_id,
        ComplaintEntry.event == Event.ANSWERED,
        ComplaintEntry.person_id == who.id,
    )
    query = (
        select(own.id)
        .join(who, who.id == person_id)
        .join(theirs, theirs.id == own.collector_id)
        .outerjoin(mine, mine.id == who.collector_id)
        .where(
            own.id == consequence,
            or_(
                who.collector_id == own.collector_id,
                mine.team_id == theirs.team_id,
                leads,
                at_work,
                wrote,
                answered,
            ),
        )
    )
    return connection.scalar(query) is not None
