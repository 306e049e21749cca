"""Read what a month is scored by: steps of each shift, marks of each check, complaints."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select

from db import review_rates, tables
from db.check_tables import HandCheck, HandMark
from db.checks import withdrawn
from db.complaint_tables import Complaint, ComplaintEntry
from db.facts_tables import FactStep, FactTotal, Shown
from phrases.checks import Method
from phrases.month import StepCount
from phrases.types import StepOutcome


@dataclass(kw_only=True, slots=True)
class Shift:
    """A shift's part in a month."""

    collector_id: int
    team_id: int | None
    vehicles: int = 0
    forbidden: int = 0
    """phrases that a review confirmed"""
    steps: list[StepCount] = field(default_factory=list)
    """mandatory ones"""


@dataclass(kw_only=True, slots=True)
class Check:
    """A check by hand in a month."""

    collector_id: int
    team_id: int | None
    marks: list[tuple[str, float, float]] = field(default_factory=list)
    """item, points that there are, points given; of what was seen"""


def shifts(connection: Connection, station_id: int, since: dt.date, until: dt.date) -> list[Shift]:
    """The shifts that are shown and began in the period, with what was judged in them.

    A step that a review dismissed, or an appeal overturned, counts as said; one of which the
    reviewer could not tell is unsure.
    """
    where = (Shown.station_id == station_id, Shown.day >= since, Shown.day < until)
    found: dict[int, Shift] = {}
    total = FactTotal
    rows = connection.execute(
        select(
            Shown.grading_id,
            Shown.collector_id,
            Shown.team_id,
            func.coalesce(func.sum(total.vehicles), 0).label("vehicles"),
        )
        .outerjoin(total, total.grading_id == Shown.grading_id)
        .where(*where)
        .group_by(Shown.grading_id, Shown.collector_id, Shown.team_id)
        .order_by(Shown.grading_id)
    )
    for grading, collector, team, vehicles in rows:
        found[grading] = Shift(collector_id=collector, team_id=team, vehicles=int(vehicles))
    own = FactStep
    steps = (
        select(own.grading_id, own.lane, own.step, own.said, own.missing, own.wrong, own.unsure)
        .join(Shown, Shown.grading_id == own.grading_id)
        .where(*where, own.mandatory.is_(True))
        .order_by(own.grading_id, own.lane, own.step)
    )
    for grading, number in review_rates.forbidden(connection, station_id, since, until).items():
        found[grading].forbidden = number
    righted = Counter(review_rates.righted(connection, station_id, since, until))
    for row in connection.execute(steps):
        moved = {
            (outcome, told): righted[row.grading_id, row.lane, row.step, outcome, told]
            for outcome in (StepOutcome.MISSING, StepOutcome.WRONG)
            for told in (True, False)
        }
        found[row.grading_id].steps.append(
            StepCount(
                lane=row.lane,
                step=row.step,
                said=row.said + sum(n for (_, told), n in moved.items() if told),
                missing=row.missing - sum(n for (o, _), n in moved.items() if o == "missing"),
                wrong=row.wrong - sum(n for (o, _), n in moved.items() if o == "wrong"),
                unsure=row.unsure + sum(n for (_, told), n in moved.items() if not told),
            )
        )
    return list(found.values())


def checks(connection: Connection, station_id: int, since: dt.date, until: dt.date) -> list[Check]:
    """The checks of a collector on the period's days, with what was seen; not the withdrawn."""
    own, mark = HandCheck, HandMark
    query = (
        select(own.id, own.collector_id, own.team_id, mark.item, mark.points, mark.given)
        .join(mark, mark.check_id == own.id)
        .where(
            own.station_id == station_id,
            own.day >= since,
            own.day < until,
            own.method != Method.TEAM,
            own.collector_id.is_not(None),
            mark.given.is_not(None),
            ~withdrawn(own.id),
        )
        .order_by(own.id, mark.item)
    )
    found: dict[int, Check] = {}
    for row in connection.execute(query):
        one = found.setdefault(row.id, Check(collector_id=row.collector_id, team_id=row.team_id))
        one.marks.append((row.item, row.points, row.given))
    return list(found.values())


def proven(
    connection: Connection, station_id: int, since: dt.datetime, until: dt.datetime
) -> dict[int, int]:
    """How many complaints taken in the period were proven, by the collector whom each is about."""
    own, entry = Complaint, ComplaintEntry
    later = ComplaintEntry.__table__.alias()
    last = select(func.max(later.c.number)).where(later.c.complaint_id == own.id).scalar_subquery()
    query = (
        select(own.collector_id, func.count())
        .join(entry, (entry.complaint_id == own.id) & (entry.number == last))
        .where(
            own.station_id == station_id,
            own.collector_id.is_not(None),
            own.taken_at >= since,
            own.taken_at < until,
            entry.proven.is_(True),
        )
        .group_by(own.collector_id)
    )
    return {int(collector or 0): number for collector, number in connection.execute(query)}


def codes(connection: Connection, station_id: int) -> tuple[dict[int, str], dict[int, str]]:
    """The ids of a station's collectors and teams to their codes."""
    found: Sequence[dict[int, str]] = [
        {
            row.id: row.code
            for row in connection.execute(
                select(table.id, table.code).where(table.station_id == station_id)
            )
        }
        for table in (tables.Collector, tables.Team)
    ]
    return found[0], found[1]
