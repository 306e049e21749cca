"""Keep exams: what is asked, who sat, what they said, what it came to, and who looked again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, func, insert, or_, select, update

from db import tables
from db.drill_tables import DrillAttempt, DrillSound
from db.exam_tables import Exam, ExamAnswer, ExamCheck, ExamEnd, ExamItem, ExamSitting
from db.exam_types import NewExam, NewItem
from db.insert import insert_new
from db.people_tables import Person
from db.people_types import Reach
from db.reach import within
from db.types import ConflictError
from phrases.exam import Mark, Result


def add(
    connection: Connection, new: NewExam, items: Sequence[NewItem], by: int, at: dt.datetime
) -> int:
    """Set an exam; its id."""
    row = {field.name: getattr(new, field.name) for field in fields(new)}
    made = insert(Exam).values(**row, made_by=by, made_at=at).returning(Exam.id)
    exam = connection.execute(made).scalar_one()
    rows = [
        {"exam_id": exam, "number": number, **asdict(item)}
        for number, item in enumerate(items, start=1)
    ]
    connection.execute(insert(ExamItem), rows)
    return exam


def end(connection: Connection, exam: int, by: int, at: dt.datetime) -> bool:
    """End an exam; False if it was ended before."""
    made = insert_new(connection, ExamEnd).values(exam_id=exam, ended_by=by, ended_at=at)
    done = connection.execute(made.returning(ExamEnd.exam_id)).scalar_one_or_none()
    return done is not None


def find(connection: Connection, reach: Reach, exam: int) -> RowMapping | None:
    """An exam within reach."""
    query = _exams(reach).where(Exam.id == exam)
    return connection.execute(query).mappings().one_or_none()


def page(
    connection: Connection, reach: Reach, *, after: int | None, limit: int
) -> Sequence[RowMapping]:
    """Exams within reach, the newest first."""
    query = _exams(reach)
    if after is not None:
        query = query.where(Exam.id < after)
    return connection.execute(query.order_by(Exam.id.desc()).limit(limit)).mappings().all()


def set_by(connection: Connection, person: int, among: Collection[int]) -> frozenset[int]:
    """Which of these exams the person has set: the database lets them sit none of them."""
    query = select(Exam.id).where(Exam.made_by == person, Exam.id.in_(among))
    return frozenset(connection.scalars(query))


def items(connection: Connection, exam: int) -> Sequence[RowMapping]:
    """What an exam asks, in order."""
    query = select(ExamItem.__table__).where(ExamItem.exam_id == exam).order_by(ExamItem.number)
    return connection.execute(query).mappings().all()


def sit(connection: Connection, exam: RowMapping, person: int, number: int, at: dt.datetime) -> int:
    """Begin a sitting; its id. The database refuses one that is over, passed or one too many."""
    row = {
        "exam_id": exam["id"],
        "person_id": person,
        "number": number,
        "started_at": at,
        "ends_at": at + dt.timedelta(minutes=exam["minutes"]),
    }
    made = insert_new(connection, ExamSitting).values(row).returning(ExamSitting.id)
    sitting = connection.execute(made).scalar_one_or_none()
    if sitting is None:
        raise ConflictError("you have begun it already: look at your sittings")
    return sitting


def sittings(
    connection: Connection,
    *where: Any,
    after: int | None = None,
    limit: int | None = None,
) -> Sequence[RowMapping]:
    """Sittings with their exam, who sat, and the last look at each; the newest first."""
    query = _sittings().where(*where)
    if after is not None:
        query = query.where(ExamSitting.id < after)
    query = query.order_by(ExamSitting.id.desc())
    return connection.execute(query if limit is None else query.limit(limit)).mappings().all()


def of(person: int) -> Any:
    """Sittings of a person."""
    return ExamSitting.person_id == person


def to(exam: int) -> Any:
    """Sittings of an exam."""
    return ExamSitting.exam_id == exam


def numbered(sitting: int) -> Any:
    """The sitting of this id."""
    return ExamSitting.id == sitting


def reached(reach: Reach) -> Any:
    """Sittings of exams of stations within reach."""
    return within(reach, station=Exam.station_id)


def begun(since: dt.datetime, until: dt.datetime) -> Any:
    """Sittings that were begun from a moment to before another."""
    return and_(ExamSitting.started_at >= since, ExamSitting.started_at < until)


def at_station(station: int) -> Any:
    """Sittings of a station's exams."""
    return Exam.station_id == station


def unchecked() -> Any:
    """Sittings that are settled and that nobody has looked at again."""
    return and_(ExamSitting.settled_at.is_not(None), ExamCheck.number.is_(None))


def unsettled(now: dt.datetime) -> Any:
    """Sittings that are to be settled: finished, or out of time."""
    over = or_(ExamSitting.finished_at.is_not(None), ExamSitting.ends_at <= now)
    return and_(ExamSitting.settled_at.is_(None), over)


def answer(connection: Connection, sitting: int, item: int, turn: int, attempt: int) -> None:
    """Have a try be the answer to an item. The database refuses one too many, or too late."""
    row = {"sitting_id": sitting, "item": item, "turn": turn, "attempt_id": attempt}
    connection.execute(insert(ExamAnswer).values(row))


def answers(connection: Connection, sitting: int) -> Sequence[RowMapping]:
    """What was said in a sitting, by item and turn, with what came of it and its sound."""
    own, attempt, sound = ExamAnswer, DrillAttempt, DrillSound
    query = (
        select(
            own.item,
            own.turn,
            attempt.id,
            attempt.at,
            attempt.judged_at,
            attempt.result,
            attempt.score,
            attempt.problem,
            sound.sha256,
            sound.wrapped,
            sound.until,
        )
        .join(attempt, attempt.id == own.attempt_id)
        .outerjoin(sound, sound.attempt_id == attempt.id)
        .where(own.sitting_id == sitting)
        .order_by(own.item, own.turn)
    )
    return connection.execute(query).mappings().all()


def finish(connection: Connection, sitting: int, at: dt.datetime) -> None:
    """Let nothing more be said in a sitting."""
    own = update(ExamSitting).where(ExamSitting.id == sitting, ExamSitting.finished_at.is_(None))
    connection.execute(own.values(finished_at=at))


def settle(
    connection: Connection, sitting: int, mark: Mark, result: Result, at: dt.datetime
) -> None:
    """Write down what a sitting came to, for good."""
    own = update(ExamSitting).where(ExamSitting.id == sitting, ExamSitting.settled_at.is_(None))
    connection.execute(
        own.values(
            settled_at=at,
            score=mark.score,
            score_low=mark.low,
            score_high=mark.high,
            result=result,
        )
    )


def look(
    connection: Connection,
    sitting: int,
    after: int,
    result: Result,
    text: str,
    *,
    by: int,
    at: dt.datetime,
) -> int:
    """Write down what somebody who looked again says; its number. ConflictError after another."""
    row = {"sitting_id": sitting, "number": after + 1, "person_id": by, "at": at}
    made = (
        insert_new(connection, ExamCheck)
        .values(**row, result=result, text=text)
        .returning(ExamCheck.number)
    )
    number = connection.execute(made).scalar_one_or_none()
    if number is None:
        raise ConflictError("somebody else has looked at it meanwhile: look again")
    return number


def looks(connection: Connection, sitting: int) -> Sequence[RowMapping]:
    """What was said of a sitting by those who looked again, in order."""
    own = ExamCheck
    query = (
        select(own.number, own.at, own.result, own.text, Person.name.label("person"))
        .join(Person, Person.id == own.person_id)
        .where(own.sitting_id == sitting)
        .order_by(own.number)
    )
    return connection.execute(query).mappings().all()


def about(connection: Connection, collector: int) -> Sequence[RowMapping]:
    """Every sitting of a collector and what it came to, without who looked."""
    own = ExamSitting
    query = (
        select(own.started_at, Exam.title, own.number, own.score, own.result)
        .add_columns(ExamCheck.result.label("looked"), ExamCheck.text)
        .join(Exam, Exam.id == own.exam_id)
        .join(Person, Person.id == own.person_id)
        .outerjoin(ExamCheck, ExamCheck.sitting_id == own.id)
        .where(Person.collector_id == collector)
        .order_by(own.id, ExamCheck.number)
    )
    return connection.execute(query).mappings().all()


def blank(connection: Connection, before: dt.datetime) -> int:
    """Let the words go that were said of sittings by then; how many."""
    own = ExamCheck
    old = update(own).where(own.at <= before, own.text != "").values(text="")
    return connection.execute(old).rowcount


def _exams(reach: Reach) -> Select[Any]:
    count = select(func.count()).where(ExamItem.exam_id == Exam.id).scalar_subquery()
    return (
        select(
            Exam.__table__,
            tables.Station.code.label("station"),
            ExamEnd.ended_at,
            count.label("count"),
        )
        .join(tables.Station, tables.Station.id == Exam.station_id)
        .outerjoin(ExamEnd, ExamEnd.exam_id == Exam.id)
        .where(within(reach, station=Exam.station_id))
    )


def _sittings() -> Select[Any]:
    looks = ExamCheck.__table__.alias()
    last = (
        select(func.max(looks.c.number))
        .where(looks.c.sitting_id == ExamSitting.id)
        .scalar_subquery()
    )
    return (
        select(
            ExamSitting.__table__,
            Exam.title,
            Exam.station_id,
            Exam.by_heart,
            Exam.pass_mark,
            Exam.sound_days,
            tables.Station.code.label("station"),
            Person.name.label("person"),
            tables.Collector.code.label("collector"),
            ExamCheck.result.label("looked"),
            func.coalesce(ExamCheck.number, 0).label("looks"),
        )
        .join(Exam, Exam.id == ExamSitting.exam_id)
        .join(tables.Station, tables.Station.id == Exam.station_id)
        .join(Person, Person.id == ExamSitting.person_id)
        .outerjoin(tables.Collector, tables.Collector.id == Person.collector_id)
        .outerjoin(
            ExamCheck, and_(ExamCheck.sitting_id == ExamSitting.id, ExamCheck.number == last)
        )
    )
