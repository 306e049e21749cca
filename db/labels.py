"""Read what people said of findings, and what the program heard around them: labels of clips."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, and_, case, select

from db import tables
from db.appeal_tables import AppealAnswer
from db.appeals import truth
from db.clip_tables import Clip, ClipKey
from db.facts_tables import Shown
from db.review_tables import ReviewDecision, ReviewItem
from db.reviews import same_finding
from phrases.review import Verdict
from phrases.types import Decision, Side


def decided(
    connection: Connection,
    *,
    station: str | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> Sequence[RowMapping]:
    """Every finding that was confirmed or dismissed, after its appeal, by vehicle and time."""
    item, done, found, step = ReviewItem, ReviewDecision, tables.Finding, tables.Step
    key = ClipKey
    query = (
        select(
            item.id,
            item.grading_id,
            item.vehicle_position,
            truth().label("verdict"),
            # What an appeal overturned was heard wrongly.
            case((AppealAnswer.granted.is_(True), ""), else_=done.heard).label("heard"),
            found.code,
            found.step,
            step.phrase.label("candidate"),
            tables.Vehicle.lane,
            tables.Vehicle.start_ms,
            tables.Vehicle.end_ms,
            tables.Booth.code.label("booth"),
            tables.Shift.collector_id,
            Shown.day,
            Clip.sha256,
            Clip.start_ms.label("clip_start_ms"),
            Clip.end_ms.label("clip_end_ms"),
            key.wrapped,
        )
        .join(item, done.item_id == item.id)
        .outerjoin(AppealAnswer, AppealAnswer.item_id == item.id)
        .join(found, same_finding(item))
        .join(
            tables.Vehicle,
            and_(
                tables.Vehicle.grading_id == item.grading_id,
                tables.Vehicle.position == item.vehicle_position,
            ),
        )
        .outerjoin(
            step,
            and_(
                step.grading_id == item.grading_id,
                step.vehicle_position == item.vehicle_position,
                step.step == found.step,
            ),
        )
        .join(tables.Grading, tables.Grading.id == item.grading_id)
        .join(tables.Shift, tables.Shift.id == tables.Grading.shift_id)
        .join(tables.Booth, tables.Booth.id == tables.Shift.booth_id)
        .join(tables.Station, tables.Station.id == tables.Booth.station_id)
        .join(Shown, Shown.shift_id == tables.Shift.id)
        .outerjoin(
            Clip,
            and_(
                Clip.grading_id == item.grading_id,
                Clip.vehicle_position == item.vehicle_position,
            ),
        )
        .outerjoin(
            key,
            and_(key.grading_id == Clip.grading_id, key.vehicle_position == Clip.vehicle_position),
        )
        .where(truth() != Verdict.CANNOT_TELL.value)
        .order_by(item.grading_id, item.vehicle_position, done.at, item.id)
    )
    if station is not None:
        query = query.where(tables.Station.code == station)
    if since is not None:
        query = query.where(Shown.day >= since)
    if until is not None:
        query = query.where(Shown.day < until)
    return connection.execute(query).mappings().all()


def said(
    connection: Connection, grading_id: int, start_ms: int, end_ms: int
) -> list[tuple[str, str | None]]:
    """The collector's phrases that were heard for certain in a stretch, with their amounts."""
    own = tables.Match
    query = (
        select(own.phrase, own.slots)
        .where(
            own.grading_id == grading_id,
            own.decision == Decision.ACCEPTED,
            own.side == Side.NEAR,
            own.start_ms < end_ms,
            own.end_ms > start_ms,
        )
        .order_by(own.start_ms, own.utterance_position, own.position)
    )
    return [(row.phrase, row.slots.get("amount")) for row in connection.execute(query)]
