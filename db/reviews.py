"""Keep reviews: what waits to be looked at, by whom it may be, and what was decided, once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, exists, or_, select, update
from sqlalchemy.orm import aliased

from db import appeals, holds, reads, tables
from db.appeal_tables import Appeal, AppealAnswer
from db.clip_tables import Clip
from db.facts_tables import Shown
from db.insert import insert_new
from db.keeping_tables import Hold
from db.people_tables import Person, RoleGrant
from db.people_types import Reach, Role
from db.reach import shifts_within
from db.review_tables import ReviewDecision, ReviewDraw, ReviewItem
from db.types import ConflictError
from phrases.review import Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """What a reviewer decides."""

    person_id: int
    verdict: Verdict
    appeal_until: dt.datetime | None
    reason: str
    heard: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Which reviews: all that are given must hold."""

    station: str | None = None
    collector: str | None = None
    code: str | None = None
    verdict: Verdict | None = None
    open: bool | None = None
    """neither decided nor lapsed"""
    appealed: bool = False
    """only those whose appeal waits for an answer"""


class DecidedError(ConflictError):
    """Somebody else has decided it: says who, when and how."""


def decide(connection: Connection, item: int, new: Decision, at: dt.datetime) -> None:
    """Write down what a reviewer decided. DecidedError if somebody has meanwhile."""
    made = connection.execute(
        insert_new(connection, ReviewDecision)
        .values(
            item_id=item,
            person_id=new.person_id,
            at=at,
            verdict=new.verdict,
            appeal_until=new.appeal_until,
            reason=new.reason,
            heard=new.heard,
        )
        .returning(ReviewDecision.item_id)
    ).scalar_one_or_none()
    if made is None:
        own = ReviewDecision
        query = select(own.verdict, own.at, Person.name).join(Person, Person.id == own.person_id)
        row = connection.execute(query.where(own.item_id == item)).one()
        raise DecidedError(
            f"decided already by {row.name} at {row.at:%Y-%m-%dT%H:%M:%SZ}: {row.verdict.value}"
        )


def find(connection: Connection, reach: Reach, item: int) -> RowMapping | None:
    """One review with its decision; None: there is none within reach."""
    query = _listed().where(shifts_within(reach), ReviewItem.id == item)
    return connection.execute(query).mappings().one_or_none()


def page(
    connection: Connection,
    reach: Reach,
    wanted: Wanted,
    *,
    now: dt.datetime,
    after: int | None,
    limit: int,
) -> Sequence[RowMapping]:
    """Reviews, the newest first."""
    query = _listed().where(shifts_within(reach))
    named = (
        (tables.Station.code, wanted.station),
        (tables.Collector.code, wanted.collector),
        (tables.Finding.code, wanted.code),
        (ReviewDecision.verdict, wanted.verdict),
    )
    query = query.where(*(column == value for column, value in named if value is not None))
    if wanted.open is not None:
        query = query.where(_open(now) if wanted.open else ~_open(now))
    if wanted.appealed:
        query = query.where(Appeal.item_id.is_not(None), AppealAnswer.item_id.is_(None))
    if after is not None:
        query = query.where(ReviewItem.id < after)
    return connection.execute(query.order_by(ReviewItem.id.desc()).limit(limit)).mappings().all()


def queue(
    connection: Connection,
    reach: Reach,
    person_id: int,
    *,
    station: str | None = None,
    now: dt.datetime,
    after: int | None = None,
    limit: int,
) -> Sequence[RowMapping]:
    """What waits for this person, in the order drawn: nothing of a shift that they were on."""
    query = _listed().where(shifts_within(reach), _open(now), ~on_shift(person_id))
    if station is not None:
        query = query.where(tables.Station.code == station)
    if after is not None:
        query = query.where(ReviewItem.id > after)
    return connection.execute(query.order_by(ReviewItem.id).limit(limit)).mappings().all()


def was_there(connection: Connection, item: int, person_id: int) -> bool:
    """Whether a person was on the shift of a review: its collector, of its team, or at work."""
    query = _listed().where(ReviewItem.id == item, on_shift(person_id))
    return connection.execute(query).first() is not None


def on_shift(person_id: int) -> Any:
    """That a person was on a shift that is joined: migration 0016 holds the same by a trigger."""
    shift = tables.Shift
    who, there, own = aliased(Person), aliased(Shown), aliased(Shown)
    team = select(tables.Collector.team_id).where(tables.Collector.id == who.collector_id)
    leads = exists().where(
        RoleGrant.person_id == who.id,
        RoleGrant.role == Role.TEAM_LEADER,
        RoleGrant.team_id == shift.team_id,
    )
    at_work = exists().where(
        there.collector_id == who.collector_id,
        own.shift_id == shift.id,
        there.station_id == own.station_id,
        there.day == own.day,
    )
    was = or_(
        who.collector_id == shift.collector_id,
        team.correlate(who).scalar_subquery() == shift.team_id,
        leads,
        at_work,
    )
    return exists(select(who.id).where(who.id == person_id, was).correlate(shift))


def settle(connection: Connection, item: int, final_at: dt.datetime) -> None:
    """Let what is held for it go a year after it was final."""
    hold = select(ReviewItem.hold_id).where(ReviewItem.id == item)
    holds.settle(connection, connection.execute(hold).scalar_one(), final_at)


def lapse(connection: Connection, now: dt.datetime) -> int:
    """Let go at once what is held of findings that nobody decided in time; how many."""
    lapsed = (
        select(ReviewItem.hold_id)
        .outerjoin(ReviewDecision, ReviewDecision.item_id == ReviewItem.id)
        .where(ReviewItem.due_at < now, ReviewDecision.item_id.is_(None))
    )
    own = update(Hold).where(Hold.id.in_(lapsed), Hold.until.is_(None)).values(until=now)
    return connection.execute(own).rowcount


def about(connection: Connection, collector_id: int) -> Sequence[RowMapping]:
    """Every review of a collector's findings, without who decided it."""
    own, done, found = ReviewItem, ReviewDecision, tables.Finding
    query = (
        select(
            own.id.label("review"),
            tables.Shift.id.label("shift"),
            own.vehicle_position,
            found.code,
            own.why,
            own.due_at,
            done.at,
            done.verdict,
            done.appeal_until,
            done.reason,
            done.heard,
            Appeal.at.label("appealed_at"),
            Appeal.text.label("appeal"),
            AppealAnswer.at.label("answered_at"),
            AppealAnswer.granted,
            AppealAnswer.reason.label("answer"),
        )
        .join(found, same_finding(own))
        .join(tables.Grading, tables.Grading.id == own.grading_id)
        .join(tables.Shift, tables.Shift.id == tables.Grading.shift_id)
        .outerjoin(done, done.item_id == own.id)
        .outerjoin(Appeal, Appeal.item_id == own.id)
        .outerjoin(AppealAnswer, AppealAnswer.item_id == own.id)
        .where(tables.Shift.collector_id == collector_id)
        .order_by(own.id)
    )
    return connection.execute(query).mappings().all()


def blank(connection: Connection, before: dt.datetime) -> int:
    """Let the words go of what was decided by then; of how many."""
    return _blank(connection, ReviewDecision.at <= before)


def blank_of(connection: Connection, gradings: Sequence[int], place: int | None = None) -> None:
    """Let the words go of reviews of these gradings, or of one vehicle there."""
    for start in range(0, len(gradings), 500):
        own: list[Any] = [ReviewItem.grading_id.in_(gradings[start : start + 500])]
        if place is not None:
            own.append(ReviewItem.vehicle_position == place)
        _blank(connection, ReviewDecision.item_id.in_(select(ReviewItem.id).where(*own)))


def same_finding(item: Any) -> Any:
    """That a review is of the finding that is joined."""
    own = tables.Finding
    return and_(
        own.grading_id == item.grading_id,
        own.vehicle_position == item.vehicle_position,
        own.position == item.position,
    )


def _blank(connection: Connection, which: Any) -> int:
    own = ReviewDecision
    said = or_(own.reason != "", own.heard != "")
    appeals.blank(connection, select(own.item_id).where(which))
    return connection.execute(update(own).where(which, said).values(reason="", heard="")).rowcount


def _listed() -> Select[Any]:
    """Every review with its finding, its vehicle and clip, where and whose, and its decision."""
    own, found, car, done = ReviewItem, tables.Finding, tables.Vehicle, ReviewDecision
    answerer = aliased(Person)
    return (
        reads.shifts_with(
            own.__table__,
            ReviewDraw.drawn_at,
            *(getattr(found, name) for name in ("code", "step", "expected", "at_ms")),
            found.heard.label("program_heard"),
            found.reason.label("program_reason"),
            car.vehicle,
            car.is_number,
            car.lane,
            tables.Grading.number.label("grading"),
            tables.Booth.station_id,
            tables.Shift.collector_id,
            Clip.sha256.label("clip"),
            Clip.start_ms.label("clip_start_ms"),
            done.person_id.label("decided_by"),
            done.at.label("decided_at"),
            done.verdict,
            done.appeal_until,
            done.reason,
            done.heard,
            Person.name.label("decider"),
            Appeal.at.label("appealed_at"),
            Appeal.due_at.label("answer_due_at"),
            Appeal.text.label("appeal"),
            AppealAnswer.at.label("answered_at"),
            AppealAnswer.granted,
            AppealAnswer.reason.label("answer"),
            answerer.name.label("answered_by"),
        )
        .join(tables.Grading, tables.Grading.shift_id == tables.Shift.id)
        .join(own, own.grading_id == tables.Grading.id)
        .join(ReviewDraw, ReviewDraw.id == own.draw_id)
        .join(found, same_finding(own))
        .join(car, and_(car.grading_id == own.grading_id, car.position == own.vehicle_position))
        .outerjoin(
            Clip,
            and_(Clip.grading_id == own.grading_id, Clip.vehicle_position == own.vehicle_position),
        )
        .outerjoin(done, done.item_id == own.id)
        .outerjoin(Person, Person.id == done.person_id)
        .outerjoin(Appeal, Appeal.item_id == own.id)
        .outerjoin(AppealAnswer, AppealAnswer.item_id == own.id)
        .outerjoin(answerer, answerer.id == AppealAnswer.person_id)
    )


def _open(now: dt.datetime) -> Any:
    return and_(ReviewDecision.item_id.is_(None), ReviewItem.due_at >= now)
