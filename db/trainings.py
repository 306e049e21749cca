"""Keep trainings: what is planned for whom, who was there, and what a station finds hard."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, func, insert, or_, select

from db import tables
from db.drill_tables import DrillAttempt
from db.exam_types import NewTraining
from db.insert import insert_new
from db.people_tables import Person, RoleGrant
from db.people_types import Reach, Role
from db.reach import within
from db.training_tables import Training, TrainingEnd, TrainingInvited, TrainingPresence
from db.types import ConflictError


def add(
    connection: Connection, new: NewTraining, people: Collection[int], by: int, at: dt.datetime
) -> int:
    """Plan a training for these people; its id."""
    row = {field.name: getattr(new, field.name) for field in fields(new)}
    made = insert(Training).values(**row, made_by=by, made_at=at).returning(Training.id)
    training = connection.execute(made).scalar_one()
    rows = [{"training_id": training, "person_id": person} for person in sorted(set(people))]
    if rows:
        connection.execute(insert(TrainingInvited), rows)
    return training


def end(connection: Connection, training: int, by: int, at: dt.datetime) -> bool:
    """Say that a training does not take place; False if it was said before."""
    made = insert_new(connection, TrainingEnd).values(
        training_id=training, ended_by=by, ended_at=at
    )
    done = connection.execute(made.returning(TrainingEnd.training_id)).scalar_one_or_none()
    return done is not None


def find(connection: Connection, reach: Reach, training: int) -> RowMapping | None:
    """A training within reach."""
    query = _trainings().where(Training.id == training, within(reach, station=Training.station_id))
    return connection.execute(query).mappings().one_or_none()


def page(
    connection: Connection,
    visible: Any,
    *,
    after: int | None = None,
    limit: int | None = None,
) -> Sequence[RowMapping]:
    """Trainings that `visible` lets be seen, the newest first."""
    query = _trainings().where(visible)
    if after is not None:
        query = query.where(Training.id < after)
    query = query.order_by(Training.id.desc())
    return connection.execute(query if limit is None else query.limit(limit)).mappings().all()


def reached(reach: Reach) -> Any:
    """Trainings of stations within reach."""
    return within(reach, station=Training.station_id)


def within_span(station: int, since: dt.datetime, until: dt.datetime) -> Any:
    """A station's trainings that begin from a moment to before another."""
    return and_(
        Training.station_id == station, Training.starts_at >= since, Training.starts_at < until
    )


def invited_to(person: int) -> Any:
    """Trainings that a person is invited to."""
    own = TrainingInvited
    return (
        select(own.person_id)
        .where(own.training_id == Training.id, own.person_id == person)
        .exists()
    )


def invited(connection: Connection, training: int) -> Sequence[RowMapping]:
    """For whom a training is, and whether each was there; None: nobody has said."""
    own, told = TrainingInvited, TrainingPresence
    all_of = told.__table__.alias()
    last = (
        select(func.max(all_of.c.number))
        .where(all_of.c.training_id == own.training_id, all_of.c.person_id == own.person_id)
        .scalar_subquery()
    )
    query = (
        select(
            own.person_id.label("id"),
            Person.name,
            tables.Collector.code.label("collector"),
            told.present,
            func.coalesce(told.number, 0).label("number"),
        )
        .join(Person, Person.id == own.person_id)
        .outerjoin(tables.Collector, tables.Collector.id == Person.collector_id)
        .outerjoin(
            told,
            and_(
                told.training_id == own.training_id,
                told.person_id == own.person_id,
                told.number == last,
            ),
        )
        .where(own.training_id == training)
        .order_by(own.person_id)
    )
    return connection.execute(query).mappings().all()


def attend(
    connection: Connection,
    training: int,
    present: Mapping[int, bool],
    after: Mapping[int, int],
    *,
    by: int,
    at: dt.datetime,
) -> None:
    """Write down who was there, after what was last said of each. ConflictError after another."""
    for person, there in present.items():
        row = {
            "training_id": training,
            "person_id": person,
            "number": after.get(person, 0) + 1,
            "present": there,
            "written_by": by,
            "written_at": at,
        }
        made = insert_new(connection, TrainingPresence).values(row)
        number = connection.execute(made.returning(TrainingPresence.number)).scalar_one_or_none()
        if number is None:
            raise ConflictError("somebody else has written it down meanwhile: look again")


def about(connection: Connection, collector: int) -> Sequence[RowMapping]:
    """Every training that a collector was invited to, and whether they were there."""
    own, told = TrainingInvited, TrainingPresence
    query = (
        select(Training.starts_at, Training.course, Training.place, told.number, told.present)
        .join(own, own.training_id == Training.id)
        .join(Person, Person.id == own.person_id)
        .outerjoin(told, and_(told.training_id == own.training_id, told.person_id == own.person_id))
        .where(Person.collector_id == collector)
        .order_by(Training.starts_at, told.number)
    )
    return connection.execute(query).mappings().all()


PRACTISING = (Role.COLLECTOR, Role.TRAINEE, Role.TEAM_LEADER)
"""roles of those who are trained"""


def people_of(connection: Connection, station: int) -> Sequence[RowMapping]:
    """Who may be trained at a station."""
    query = (
        select(Person.id, Person.name, tables.Collector.code.label("collector"))
        .outerjoin(tables.Collector, tables.Collector.id == Person.collector_id)
        .where(Person.id.in_(_practising(station)), Person.disabled_at.is_(None))
        .order_by(Person.id)
    )
    return connection.execute(query).mappings().all()


def hard(
    connection: Connection, station: int, since: dt.datetime, until: dt.datetime, least: int
) -> Sequence[RowMapping]:
    """Cards that at least so many of a station's people tried, the hardest first.

    Each person weighs the same, however often they tried: their mean is what is averaged.
    """
    own = DrillAttempt
    each = (
        select(
            own.exercise,
            own.person_id,
            func.avg(own.score).label("score"),
            func.count().label("tries"),
        )
        .where(
            own.exercise.is_not(None),
            own.score.is_not(None),
            own.at >= since,
            own.at < until,
            own.person_id.in_(_practising(station)),
        )
        .group_by(own.exercise, own.person_id)
        .subquery()
    )
    query = (
        select(
            each.c.exercise,
            func.count().label("people"),
            func.avg(each.c.score).label("score"),
        )
        .group_by(each.c.exercise)
        .having(func.count() >= least)
        .order_by(func.avg(each.c.score), each.c.exercise)
    )
    return connection.execute(query).mappings().all()


def _practising(station: int) -> Select[Any]:
    own = RoleGrant
    return select(own.person_id).where(
        own.role.in_(PRACTISING), or_(own.station_id == station, own.station_id.is_(None))
    )


def _trainings() -> Select[Any]:
    told, asked = TrainingPresence, TrainingInvited
    later = TrainingPresence.__table__.alias()
    newest = ~(
        select(later.c.number)
        .where(
            later.c.training_id == told.training_id,
            later.c.person_id == told.person_id,
            later.c.number > told.number,
        )
        .exists()
    )
    present = (
        select(func.count())
        .select_from(told)
        .where(told.training_id == Training.id, told.present.is_(True), newest)
        .scalar_subquery()
    )
    count = select(func.count()).where(asked.training_id == Training.id).scalar_subquery()
    return (
        select(
            Training.__table__,
            tables.Station.code.label("station"),
            TrainingEnd.ended_at,
            count.label("invited"),
            present.label("present"),
        )
        .join(tables.Station, tables.Station.id == Training.station_id)
        .outerjoin(TrainingEnd, TrainingEnd.training_id == Training.id)
    )
