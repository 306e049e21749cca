"""Keep checks by hand: what was planned, what was drawn at random, and what was seen and said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Connection,
    RowMapping,
    Select,
    Text,
    and_,
    cast,
    false,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
    update,
)

from db import tables
from db.check_tables import (
    CheckDrawn,
    CheckPlan,
    CheckPlanEnd,
    CheckSample,
    HandCheck,
    HandMark,
    HandRemark,
)
from db.check_types import NewCheck, NewPlan, NewSample, Remark
from db.clip_tables import Clip
from db.facts import WEATHER, counts, hour_of
from db.facts_tables import Shown
from db.insert import insert_new
from db.people_tables import Person
from db.people_types import Reach
from db.reach import within
from db.types import NOBODY, ConflictError
from phrases.checks import Method, Night
from phrases.sample import Stratum, draw

_AT_ONCE = 5_000
"""rows that are read of a time"""


def add_plan(connection: Connection, new: NewPlan, by: int, at: dt.datetime) -> int:
    """Write down a plan; its id."""
    row = {field.name: getattr(new, field.name) for field in fields(new)}
    made = insert(CheckPlan).values(**row, made_by=by, made_at=at).returning(CheckPlan.id)
    return connection.execute(made).scalar_one()


def end_plan(connection: Connection, plan: int, by: int, at: dt.datetime) -> bool:
    """End a plan; False if it was ended before."""
    made = insert_new(connection, CheckPlanEnd).values(plan_id=plan, ended_by=by, ended_at=at)
    done_ = connection.execute(made.returning(CheckPlanEnd.plan_id)).scalar_one_or_none()
    return done_ is not None


def plans(
    connection: Connection, reach: Reach, *, plan: int | None = None, ended: bool = False
) -> Sequence[RowMapping]:
    """Plans within reach, the oldest first; those that are over only if asked for."""
    own, end = CheckPlan, CheckPlanEnd
    query = (
        select(own.__table__, tables.Station.code.label("station"), end.ended_at)
        .join(tables.Station, tables.Station.id == own.station_id)
        .outerjoin(end, end.plan_id == own.id)
        .where(within(reach, station=own.station_id))
        .order_by(own.id)
    )
    if plan is not None:
        query = query.where(own.id == plan)
    if not ended:
        query = query.where(end.ended_at.is_(None))
    return connection.execute(query).mappings().all()


def done(connection: Connection, plan: int, since: dt.date, until: dt.date) -> int:
    """How many checks a plan has from a day to before another."""
    own = HandCheck
    query = select(func.count()).where(
        own.plan_id == plan, own.day >= since, own.day < until, ~withdrawn(own.id)
    )
    return connection.execute(query).scalar_one()


def draw_sample(
    connection: Connection, new: NewSample, night: Night, by: int, at: dt.datetime
) -> int:
    """Draw vehicles whose clips are kept, every kind in turn, and write down what was drawn."""
    row = {field.name: getattr(new, field.name) for field in fields(new)}
    made = insert(CheckSample).values(**row, drawn_by=by, drawn_at=at).returning(CheckSample.id)
    sample = connection.execute(made).scalar_one()
    drawn = draw(_candidates(connection, new, night), new.size, new.seed)
    rows = [
        {
            "sample_id": sample,
            "position": position,
            "grading_id": one.key[0],
            "vehicle_position": one.key[1],
            "night": one.stratum.night,
            "rain": one.stratum.rain,
            "outcome": one.stratum.outcome,
            "of": one.of,
        }
        for position, one in enumerate(drawn)
    ]
    if rows:
        connection.execute(insert(CheckDrawn), rows)
    return sample


def sample(connection: Connection, reach: Reach, sample_id: int) -> RowMapping | None:
    """A sample within reach."""
    query = _samples(reach).where(CheckSample.id == sample_id)
    return connection.execute(query).mappings().one_or_none()


def samples(
    connection: Connection, reach: Reach, *, after: int | None, limit: int
) -> Sequence[RowMapping]:
    """Samples within reach, the newest first."""
    own = CheckSample
    query = _samples(reach)
    if after is not None:
        query = query.where(own.id < after)
    return connection.execute(query.order_by(own.id.desc()).limit(limit)).mappings().all()


def progress_of(connection: Connection, found: Sequence[int]) -> dict[int, tuple[int, int]]:
    """How many vehicles each of these samples has, and how many of them were checked."""
    own, check = CheckDrawn, HandCheck
    drawn_ = select(own.sample_id, func.count()).where(own.sample_id.in_(found))
    done_ = (
        select(own.sample_id, own.position)
        .join(
            check,
            and_(
                check.sample_id == own.sample_id,
                check.grading_id == own.grading_id,
                check.vehicle_position == own.vehicle_position,
            ),
        )
        .where(own.sample_id.in_(found), ~withdrawn(check.id))
        .distinct()
        .subquery()
    )
    counted = select(done_.c.sample_id, func.count()).group_by(done_.c.sample_id)
    of = dict.fromkeys(found, (0, 0))
    for key, size in connection.execute(drawn_.group_by(own.sample_id)):
        of[key] = (size, 0)
    for key, checked in connection.execute(counted):
        of[key] = (of[key][0], checked)
    return of


def station_of_sample(connection: Connection, sample_id: int) -> int | None:
    """The id of the station that a sample was drawn from; None: there is none."""
    return connection.scalar(select(CheckSample.station_id).where(CheckSample.id == sample_id))


def drawn(connection: Connection, sample_id: int) -> Sequence[RowMapping]:
    """The vehicles of a sample: where and whose each is, its clip, and the check of it if any."""
    own, car, check = CheckDrawn, tables.Vehicle, HandCheck
    done_ = (
        select(func.min(check.id))
        .where(
            check.sample_id == own.sample_id,
            check.grading_id == own.grading_id,
            check.vehicle_position == own.vehicle_position,
            ~withdrawn(check.id),
        )
        .scalar_subquery()
    )
    query = (
        select(
            own.__table__,
            tables.Shift.id.label("shift"),
            tables.Booth.code.label("booth"),
            tables.Collector.code.label("collector"),
            car.vehicle,
            car.is_number,
            Clip.sha256.label("clip"),
            done_.label("check"),
        )
        .join(tables.Grading, tables.Grading.id == own.grading_id)
        .join(tables.Shift, tables.Shift.id == tables.Grading.shift_id)
        .join(tables.Booth, tables.Booth.id == tables.Shift.booth_id)
        .join(tables.Collector, tables.Collector.id == tables.Shift.collector_id)
        .join(car, and_(car.grading_id == own.grading_id, car.position == own.vehicle_position))
        .outerjoin(
            Clip,
            and_(
                Clip.grading_id == own.grading_id,
                Clip.vehicle_position == own.vehicle_position,
            ),
        )
        .where(own.sample_id == sample_id)
        .order_by(own.position)
    )
    return connection.execute(query).mappings().all()


def add(connection: Connection, new: NewCheck, by: int, at: dt.datetime) -> int:
    """Write down a check with its marks and its report; its id."""
    apart = {"marks", "text"}
    row = {f.name: getattr(new, f.name) for f in fields(new) if f.name not in apart}
    made = insert(HandCheck).values(**row, written_by=by, written_at=at).returning(HandCheck.id)
    check = connection.execute(made).scalar_one()
    marks = [
        {"check_id": check, "item": item, "points": points, "given": given}
        for item, (points, given) in new.marks.items()
    ]
    if marks:
        connection.execute(insert(HandMark), marks)
    if new.text:
        remark(connection, check, 0, Remark.REPORT, new.text, by=by, at=at)
    return check


def remark(
    connection: Connection,
    check: int,
    after: int,
    kind: Remark,
    text: str,
    *,
    by: int,
    at: dt.datetime,
) -> int:
    """Add what somebody says after the remark `after`; its number.

    ConflictError if there is another one meanwhile.
    """
    made = connection.execute(
        insert_new(connection, HandRemark)
        .values(check_id=check, number=after + 1, at=at, person_id=by, kind=kind, text=text)
        .returning(HandRemark.number)
    ).scalar_one_or_none()
    if made is None:
        raise ConflictError("somebody else has said something meanwhile: look again")
    return made


def find(connection: Connection, visible: Any, check: int) -> RowMapping | None:
    """One check that `visible` lets be seen."""
    query = _listed().where(visible, HandCheck.id == check)
    return connection.execute(query).mappings().one_or_none()


def page(
    connection: Connection,
    visible: Any,
    *,
    station: str | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
    after: int | None,
    limit: int,
) -> Sequence[RowMapping]:
    """Checks that `visible` lets be seen, the newest first."""
    own = HandCheck
    query = _listed().where(visible)
    if station is not None:
        query = query.where(tables.Station.code == station)
    if since is not None:
        query = query.where(own.day >= since)
    if until is not None:
        query = query.where(own.day < until)
    if after is not None:
        query = query.where(own.id < after)
    return connection.execute(query.order_by(own.id.desc()).limit(limit)).mappings().all()


def reached(reach: Reach) -> Any:
    """That a check is of somebody or some place within reach."""
    own = HandCheck
    return within(reach, station=own.station_id, team=own.team_id, collector=own.collector_id)


def team_look(reach: Reach) -> Any:
    """That a check is within reach, or is the look of the team of a collector that is."""
    own = HandCheck
    mates = select(tables.Collector.team_id).where(tables.Collector.id.in_(reach.collectors))
    of_team: Any = false()
    if reach.collectors:
        of_team = and_(own.method == Method.TEAM, own.team_id.in_(mates))
    return or_(reached(reach), of_team)


def anybodys() -> Any:
    """Every check."""
    return true()


def written_by(person: int) -> Any:
    """That a check is a person's own work."""
    return HandCheck.written_by == person


def marks(connection: Connection, check: int) -> Sequence[RowMapping]:
    """What a check gave."""
    query = select(HandMark.item, HandMark.points, HandMark.given)
    return connection.execute(query.where(HandMark.check_id == check)).mappings().all()


def remarks(connection: Connection, check: int) -> Sequence[RowMapping]:
    """What was said to a check, in order."""
    own = HandRemark
    query = (
        select(own.number, own.at, own.kind, own.text, Person.name.label("person"))
        .add_columns(own.person_id)
        .join(Person, Person.id == own.person_id)
        .where(own.check_id == check)
        .order_by(own.number)
    )
    return connection.execute(query).mappings().all()


def about(connection: Connection, collector_id: int) -> Sequence[RowMapping]:
    """Every mark of, and word to, the checks of a collector, without who gave or said it."""
    own, mark, said = HandCheck, HandMark, HandRemark
    given = select(
        own.id.label("check"),
        own.day,
        own.method,
        mark.item.label("what"),
        mark.points,
        mark.given,
        literal("").label("text"),
    ).join(mark, mark.check_id == own.id)
    words = select(
        own.id, own.day, own.method, cast(said.kind, Text), null(), null(), said.text
    ).join(said, said.check_id == own.id)
    found: CompoundSelect[Any] = union_all(
        given.where(own.collector_id == collector_id),
        words.where(own.collector_id == collector_id),
    )
    return connection.execute(found.order_by("check")).mappings().all()


def blank(connection: Connection, before: dt.datetime) -> int:
    """Let the words go that were said to checks by then; how many remarks."""
    own = HandRemark
    old = update(own).where(own.at <= before, own.text != "").values(text="")
    return connection.execute(old).rowcount


def _samples(reach: Reach) -> Select[Any]:
    own = CheckSample
    return (
        select(own.__table__, tables.Station.code.label("station"))
        .join(tables.Station, tables.Station.id == own.station_id)
        .where(within(reach, station=own.station_id))
    )


def _candidates(
    connection: Connection, new: NewSample, night: Night
) -> Iterator[tuple[tuple[int, int], Stratum]]:
    """Every vehicle of which there is something to hear, and its kind."""
    car, due = tables.Vehicle, tables.Due
    rain = (
        select(due.position)
        .where(
            due.grading_id == car.grading_id,
            due.vehicle_position == car.position,
            due.code == WEATHER,
        )
        .exists()
    )
    query = (
        select(
            car.grading_id,
            car.position,
            tables.Booth.code.label("booth"),
            hour_of(connection.dialect.name).label("hour"),
            rain.label("rain"),
            car.outcome,
        )
        .select_from(Shown)
        .join(tables.Grading, tables.Grading.id == Shown.grading_id)
        .join(car, car.grading_id == Shown.grading_id)
        .join(Clip, and_(Clip.grading_id == car.grading_id, Clip.vehicle_position == car.position))
        .join(tables.Booth, tables.Booth.id == Shown.booth_id)
        .join(tables.Collector, tables.Collector.id == Shown.collector_id)
        .where(
            Shown.station_id == new.station_id,
            Shown.day >= new.since,
            Shown.day < new.until,
            Clip.sha256.is_not(None),
            tables.Collector.code != NOBODY,
            counts(car.grading_id, car.position),
        )
    )
    rows = connection.execute(query, execution_options={"yield_per": _AT_ONCE})
    for row in rows.mappings():
        stratum = Stratum(
            booth=row["booth"],
            night=night.covers(row["hour"]),
            rain=bool(row["rain"]),
            outcome=row["outcome"],
        )
        yield (row["grading_id"], row["position"]), stratum


def _listed() -> Select[Any]:
    own = HandCheck
    last = (
        select(func.coalesce(func.max(HandRemark.number), 0))
        .where(HandRemark.check_id == own.id)
        .scalar_subquery()
    )
    return (
        select(
            own.__table__,
            tables.Station.code.label("station"),
            tables.Booth.code.label("booth"),
            tables.Collector.code.label("collector"),
            tables.Team.code.label("team"),
            tables.Shift.id.label("shift"),
            Person.name.label("by"),
            last.label("remarks"),
            withdrawn(own.id).label("withdrawn"),
        )
        .select_from(own)
        .join(tables.Station, tables.Station.id == own.station_id)
        .join(Person, Person.id == own.written_by)
        .outerjoin(tables.Booth, tables.Booth.id == own.booth_id)
        .outerjoin(tables.Collector, tables.Collector.id == own.collector_id)
        .outerjoin(tables.Team, tables.Team.id == own.team_id)
        .outerjoin(tables.Grading, tables.Grading.id == own.grading_id)
        .outerjoin(tables.Shift, tables.Shift.id == tables.Grading.shift_id)
    )


def withdrawn(check: Any) -> Any:
    """That the check of this id counts nowhere any more."""
    own = HandRemark.__table__.alias()
    return (
        select(own.c.number).where(own.c.check_id == check, own.c.kind == Remark.WITHDRAWN).exists()
    )
