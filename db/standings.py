"""Keep what phrases may do at a station: read what was labelled, and write each change down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, func, select
from sqlalchemy.orm import aliased

from db import tables
from db.appeal_tables import AppealAnswer
from db.appeals import truth
from db.double_tables import DoubleItem, DoubleLabel, DoubleSample, PhraseStanding
from db.facts_tables import Shown
from db.insert import insert_new
from db.review_tables import ReviewDecision, ReviewItem
from db.reviews import same_finding
from phrases.agreement import Pair, Program
from phrases.review import Verdict, Why
from phrases.standing import Way


@dataclass(frozen=True, kw_only=True, slots=True)
class Ears:
    """What hears at a station: its newest grading's."""

    model: str
    thresholds: str


def ears(connection: Connection, station_id: int) -> Ears | None:
    """What hears there now; None: nothing was ever graded."""
    own = tables.Grading
    query = (
        select(own.model, own.thresholds)
        .join(Shown, Shown.grading_id == own.id)
        .where(Shown.station_id == station_id)
        .order_by(own.id.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else Ears(model=row.model, thresholds=row.thresholds)


def codes(connection: Connection, station_id: int) -> Sequence[str]:
    """The codes of which anything was labelled, or that stand somehow."""
    sampled = select(DoubleSample.code).where(DoubleSample.station_id == station_id)
    stand = select(PhraseStanding.code).where(PhraseStanding.station_id == station_id)
    return sorted({*connection.scalars(sampled), *connection.scalars(stand)})


def stations(connection: Connection) -> Sequence[int]:
    """The stations where two people were to listen."""
    return connection.scalars(select(DoubleSample.station_id).distinct()).all()


def labelled(connection: Connection, station_id: int, code: str, by: Ears) -> list[Pair]:
    """What two people heard of the faults of a code, as these ears found them, each clip once."""
    first, second = aliased(DoubleLabel), aliased(DoubleLabel)
    item = DoubleItem
    query = (
        select(item.grading_id, item.vehicle_position, first.verdict, second.verdict)
        .join(DoubleSample, DoubleSample.id == item.sample_id)
        .join(tables.Grading, tables.Grading.id == item.grading_id)
        .join(first, and_(first.item_id == item.id, first.number == 1))
        .join(second, and_(second.item_id == item.id, second.number == 2))
        .where(
            DoubleSample.station_id == station_id,
            DoubleSample.code == code,
            item.program == Program.FAULT,
            *_heard_by(by),
        )
        .order_by(item.id)
    )
    # A clip that two samples drew counts as it was heard last.
    return list({(row[0], row[1]): (row[2], row[3]) for row in connection.execute(query)}.values())


def reviewed(connection: Connection, station_id: int, code: str, by: Ears) -> tuple[int, int]:
    """How many daily reviews confirmed or dismissed the code, and how many confirmed it."""
    item, done = ReviewItem, ReviewDecision
    verdict = truth()
    query = (
        select(verdict, func.count())
        .join(item, done.item_id == item.id)
        .outerjoin(AppealAnswer, AppealAnswer.item_id == item.id)
        .join(tables.Finding, same_finding(item))
        .join(tables.Grading, tables.Grading.id == item.grading_id)
        .join(Shown, Shown.shift_id == tables.Grading.shift_id)
        .where(
            Shown.station_id == station_id,
            tables.Finding.code == code,
            item.why != Why.COMPLAINT,
            verdict != Verdict.CANNOT_TELL.value,
            *_heard_by(by),
        )
        .group_by(verdict)
    )
    found = {Verdict(value): int(number) for value, number in connection.execute(query)}
    return sum(found.values()), found.get(Verdict.CONFIRMED, 0)


def last(connection: Connection, station_id: int, code: str) -> RowMapping | None:
    """How a code stands; None: it was advisory ever since."""
    own = PhraseStanding
    query = (
        select(own.__table__)
        .where(own.station_id == station_id, own.code == code)
        .order_by(own.number.desc())
        .limit(1)
    )
    return connection.execute(query).mappings().one_or_none()


def history(connection: Connection, station_id: int) -> Sequence[RowMapping]:
    """Every change at a station, the newest first."""
    own = PhraseStanding
    query = select(own.__table__).where(own.station_id == station_id)
    return connection.execute(query.order_by(own.at.desc(), own.number.desc())).mappings().all()


def add(
    connection: Connection,
    station_id: int,
    code: str,
    after: int,
    way: Way,
    by: Ears,
    at: dt.datetime,
) -> None:
    """Write down how a code stands from now on; what somebody wrote meanwhile stays."""
    connection.execute(
        insert_new(connection, PhraseStanding).values(
            station_id=station_id,
            code=code,
            number=after + 1,
            at=at,
            standing=way.standing,
            reason=way.reason,
            clips=way.clips,
            confirmed=way.confirmed,
            low=way.low,
            model=by.model,
            thresholds=by.thresholds,
        )
    )


def _heard_by(by: Ears) -> tuple[Any, ...]:
    own = tables.Grading
    return own.model == by.model, own.thresholds == by.thresholds
