"""Keep tries and cards of drills: what waits to be judged, what came of it, what is remembered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, delete, func, insert, select, update

from db.drill_tables import DrillAttempt, DrillCard, DrillReview, DrillSound
from db.drill_types import Judgement, Memory, NewAttempt, Review
from db.exam_tables import ExamAnswer
from db.insert import insert_on
from db.people_tables import Person
from db.vault import Sealed

_AT_ONCE = 500
"""numbers in one statement"""


def add(
    connection: Connection,
    new: NewAttempt,
    at: dt.datetime,
    *,
    sound: Sealed | None = None,
    wrapped_by: str = "",
    until: dt.datetime | None = None,
) -> int:
    """Write down a try that waits to be judged, and its sound; its id.

    `until`: how long the sound is kept; None: until it is judged.
    """
    row = {field.name: getattr(new, field.name) for field in fields(new)}
    made = insert(DrillAttempt).values(**row, at=at, versions={}).returning(DrillAttempt.id)
    attempt = connection.execute(made).scalar_one()
    if sound is not None:
        kept = {"sha256": sound.sha256, "size": sound.size, "wrapped": sound.wrapped}
        connection.execute(
            insert(DrillSound).values(
                **kept, attempt_id=attempt, wrapped_by=wrapped_by, until=until
            )
        )
    return attempt


def waiting(connection: Connection) -> Sequence[int]:
    """The ids of all tries that wait, the oldest first."""
    own = DrillAttempt
    query = select(own.id).where(own.judged_at.is_(None)).order_by(own.id)
    return connection.scalars(query).all()


def waits(connection: Connection, person: int) -> int:
    """How many tries of a person wait."""
    own = DrillAttempt
    query = select(func.count()).where(own.person_id == person, own.judged_at.is_(None))
    return connection.execute(query).scalar_one()


def judge(
    connection: Connection,
    attempt: int,
    judgement: Judgement,
    at: dt.datetime,
    review: Review | None = None,
) -> bool:
    """Write down what came of a try, and what it says of its card; False if it was judged before.

    `review` is of a try that could be judged: the database refuses any other.
    """
    own = DrillAttempt
    done = connection.execute(
        update(own)
        .where(own.id == attempt, own.judged_at.is_(None))
        .values(**asdict(judgement), judged_at=at)
        .returning(own.person_id)
    ).scalar_one_or_none()
    if done is None:
        return False
    if review is not None:
        _remember(connection, done, attempt, review, at)
    return True


def _remember(
    connection: Connection, person: int, attempt: int, review: Review, at: dt.datetime
) -> None:
    memory = asdict(review.memory)
    made = insert_on(connection.dialect.name, DrillCard).values(
        person_id=person, exercise=review.exercise, made_at=at, **memory
    )
    card = connection.execute(
        made.on_conflict_do_update(index_elements=["person_id", "exercise"], set_=memory).returning(
            DrillCard.id
        )
    ).scalar_one()
    last = select(func.coalesce(func.max(DrillReview.number), 0)).where(DrillReview.card_id == card)
    connection.execute(
        insert(DrillReview).values(
            card_id=card,
            number=connection.execute(last).scalar_one() + 1,
            attempt_id=attempt,
            at=at,
            rating=review.rating,
        )
    )


def find(connection: Connection, attempt: int, person: int | None = None) -> RowMapping | None:
    """A try with its sound's row, of this person if one is named: then no answer of an exam."""
    query = _listed().where(DrillAttempt.id == attempt)
    if person is not None:
        query = query.where(DrillAttempt.person_id == person, ~_examined())
    return connection.execute(query).mappings().one_or_none()


def page(
    connection: Connection, person: int, *, after: int | None, limit: int
) -> Sequence[RowMapping]:
    """A person's tries, the newest first; not the answers of exams."""
    query = _listed().where(DrillAttempt.person_id == person, ~_examined())
    if after is not None:
        query = query.where(DrillAttempt.id < after)
    return connection.execute(query.order_by(DrillAttempt.id.desc()).limit(limit)).mappings().all()


def _examined() -> Any:
    """That a try is an answer of an exam, which is shown and kept with that."""
    return select(ExamAnswer.item).where(ExamAnswer.attempt_id == DrillAttempt.id).exists()


def _listed() -> Select[Any]:
    sound = DrillSound
    return select(
        DrillAttempt.__table__, sound.sha256, sound.wrapped, sound.wrapped_by, sound.until
    ).outerjoin(sound, sound.attempt_id == DrillAttempt.id)


def keep(connection: Connection, attempt: int, until: dt.datetime) -> bool:
    """Keep a try's sound until then; False if there is none any more."""
    own = update(DrillSound).where(DrillSound.attempt_id == attempt).values(until=until)
    return connection.execute(own).rowcount > 0


def drop_sound(connection: Connection, attempt: int, *, kept: bool = True) -> str | None:
    """Let a try's sound go; the name of its file, to be deleted. None: there was none.

    `kept`: also if it is to be kept.
    """
    own = delete(DrillSound).where(DrillSound.attempt_id == attempt)
    if not kept:
        own = own.where(DrillSound.until.is_(None))
    return connection.execute(own.returning(DrillSound.sha256)).scalar_one_or_none()


def old_sounds(connection: Connection, before: dt.datetime) -> Sequence[str]:
    """Let the sounds go whose days are over; the names of their files, to be deleted."""
    own = delete(DrillSound).where(DrillSound.until <= before)
    return connection.scalars(own.returning(DrillSound.sha256)).all()


def sent(connection: Connection, digest: str) -> bool:
    """Whether what has this sum was sent as a try."""
    query = select(DrillAttempt.id).where(DrillAttempt.digest == digest).limit(1)
    return connection.execute(query).first() is not None


def known_sounds(connection: Connection, names: Collection[str]) -> set[str]:
    """Which of these files the sound of a try names."""
    listed, found = list(names), set[str]()
    for start in range(0, len(listed), _AT_ONCE):
        part = listed[start : start + _AT_ONCE]
        found |= set(
            connection.scalars(select(DrillSound.sha256).where(DrillSound.sha256.in_(part)))
        )
    return found


def cards(connection: Connection, person: int) -> Sequence[RowMapping]:
    """A person's cards, those that are due first first."""
    query = select(DrillCard.__table__).where(DrillCard.person_id == person)
    return connection.execute(query.order_by(DrillCard.due, DrillCard.id)).mappings().all()


def memory(row: RowMapping) -> Memory:
    """What a card's row says of how well it is remembered."""
    return Memory(**{field.name: row[field.name] for field in fields(Memory)})


def card(connection: Connection, person: int, exercise: str) -> RowMapping | None:
    """A person's card of the deck; None: they have not had it yet."""
    query = select(DrillCard.__table__).where(
        DrillCard.person_id == person, DrillCard.exercise == exercise
    )
    return connection.execute(query).mappings().one_or_none()


def practised(connection: Connection, person: int, since: dt.datetime) -> Sequence[dt.datetime]:
    """When a person tried something since then that could be judged, in order."""
    own = DrillAttempt
    query = select(own.at).where(own.person_id == person, own.at >= since, own.score.is_not(None))
    return connection.scalars(query.order_by(own.at)).all()


def before(connection: Connection, at: dt.datetime) -> Sequence[int]:
    """The ids of all tries that were made by then; not the answers of exams."""
    query = select(DrillAttempt.id).where(DrillAttempt.at <= at, ~_examined())
    return connection.scalars(query).all()


def about(connection: Connection, collector: int) -> Sequence[RowMapping]:
    """Every try of a collector, and what came of it."""
    own = DrillAttempt
    names = (own.at, own.kind, own.exercise, own.text, own.score, own.problem, own.result)
    query = select(*names).join(Person, Person.id == own.person_id)
    return (
        connection.execute(query.where(Person.collector_id == collector).order_by(own.id))
        .mappings()
        .all()
    )


def cards_about(connection: Connection, collector: int) -> Sequence[RowMapping]:
    """Every card of a collector, and each review of it."""
    own, said = DrillCard, DrillReview
    query = (
        select(own.exercise, own.stability, own.difficulty, own.due, said.at, said.rating)
        .join(Person, Person.id == own.person_id)
        .join(said, said.card_id == own.id)
        .where(Person.collector_id == collector)
        .order_by(own.id, said.number)
    )
    return connection.execute(query).mappings().all()


def forget(connection: Connection, attempts: Iterable[int]) -> list[str]:
    """Delete tries; the names of their sounds' files, to be deleted. What they taught stays."""
    files, listed = list[str](), list(attempts)
    for start in range(0, len(listed), _AT_ONCE):
        part = listed[start : start + _AT_ONCE]
        gone = delete(DrillSound).where(DrillSound.attempt_id.in_(part))
        files += connection.scalars(gone.returning(DrillSound.sha256)).all()
        connection.execute(delete(ExamAnswer).where(ExamAnswer.attempt_id.in_(part)))
        connection.execute(
            update(DrillReview).where(DrillReview.attempt_id.in_(part)).values(attempt_id=None)
        )
        connection.execute(delete(DrillAttempt).where(DrillAttempt.id.in_(part)))
    return files


def of_person(connection: Connection, person: int, *, exams: bool = True) -> Sequence[int]:
    """The ids of all tries of a person; `exams`: with the answers of exams."""
    query = select(DrillAttempt.id).where(DrillAttempt.person_id == person)
    return connection.scalars(query if exams else query.where(~_examined())).all()


def forget_person(connection: Connection, person: int, *, exams: bool = True) -> list[str]:
    """Delete all tries and cards of a person; the names of the files to be deleted.

    `exams`: with the answers of exams.
    """
    files = forget(connection, of_person(connection, person, exams=exams))
    own = select(DrillCard.id).where(DrillCard.person_id == person)
    connection.execute(delete(DrillReview).where(DrillReview.card_id.in_(own)))
    connection.execute(delete(DrillCard).where(DrillCard.person_id == person))
    return files
