"""What a station's trainer has: a training, exams, and a sitting that is settled."""

from __future__ import annotations

import datetime as dt
from typing import Any, Protocol

from sqlalchemy import Connection

from db import drills, exams, people, trainings
from db.drill_types import DrillKind, Judgement, NewAttempt
from db.exam_types import NewExam, NewItem, NewTraining
from db.people_types import Grant, Reach, Role
from db.vault import Vault
from phrases.exam import Mark, Result
from tests.service.api.world import CHEAP, NOW

EVERYTHING = Reach(everything=True)
LINE = NewItem(kind=DrillKind.PHRASE, exercise="phrase:ticket.take", text="请拿好通行票")
HOUR = dt.timedelta(hours=1)


class Made(Protocol):
    """Where the ids go."""

    exams: dict[str, int]
    to_end: dict[str, int]
    sat: dict[str, int]
    trainings: dict[str, int]
    to_cancel: dict[str, int]
    pupils: dict[str, int]


def school(connection: Connection, vault: Vault, made: Made, whose: str, station: int) -> None:
    """One of each at a station."""
    trainer, pupil = (
        _person(connection, f"{role.value}.{whose}", role, station)
        for role in (Role.TRAINER, Role.TRAINEE)
    )
    made.pupils[whose] = pupil
    held, later = (
        trainings.add(connection, _training(station, start), [pupil], trainer, NOW)
        for start in (NOW - HOUR, NOW + HOUR)
    )
    made.trainings[whose], made.to_cancel[whose] = held, later
    exam, other = (
        exams.add(connection, _exam(station, held), [LINE], trainer, NOW - HOUR) for _ in range(2)
    )
    made.exams[whose], made.to_end[whose] = exam, other
    made.sat[whose] = sat(connection, vault, exam, pupil)


def sat(connection: Connection, vault: Vault, exam: int, pupil: int) -> int:
    """A sitting that is settled, with what was said."""
    row = exams.find(connection, EVERYTHING, exam)
    assert row is not None
    sitting = exams.sit(connection, row, pupil, 1, NOW - HOUR)
    new = NewAttempt(
        person_id=pupil, kind=LINE.kind, exercise=None, text=LINE.text, helped=False, digest=""
    )
    sealed = vault.put(b"what was said")
    attempt = drills.add(
        connection, new, NOW - HOUR, sound=sealed, wrapped_by=vault.wrapped_by, until=NOW + HOUR
    )
    exams.answer(connection, sitting, 1, 1, attempt)
    judgement = Judgement(result=_heard(), score=100.0, problem=None, versions={})
    drills.judge(connection, attempt, judgement, NOW)
    exams.finish(connection, sitting, NOW)
    mark = Mark(score=100.0, low=100.0, high=100.0)
    exams.settle(connection, sitting, mark, Result.PASSED, NOW)
    return sitting


def _heard() -> dict[str, Any]:
    char = {
        "pinyin": "qǐng", "heard": "right", "tone_expected": 3, "tone_heard": 3, "tone": "right",
        "start_s": 0.1, "end_s": 0.3, "pitch": [-2.0, -3.5, None],
    }  # fmt: skip
    advice = {"zh": "很好，没有需要改的地方。", "en": "Well said: there is nothing to change."}
    chars = [{"char": one, **char} for one in LINE.text]
    return {"chars": chars, "unsure": 0, "score": 100.0, "advice": advice, "manner": None}


def _person(connection: Connection, login: str, role: Role, station: int) -> int:
    return people.add(
        connection,
        login=login,
        name="somebody",
        password=CHEAP.hash("three words and 4"),
        grants=[Grant(role=role, station_id=station)],
        at=NOW,
    )


def _exam(station: int, training: int) -> NewExam:
    return NewExam(
        station_id=station,
        title="文明用语考试",
        by_heart=True,
        pass_mark=80.0,
        minutes=15,
        retries=1,
        sound_days=30,
        opens_at=NOW - HOUR,
        closes_at=None,
        training_id=training,
    )


def _training(station: int, start: dt.datetime) -> NewTraining:
    return NewTraining(
        station_id=station,
        course="唱收唱付",
        place="会议室",
        starts_at=start,
        ends_at=start + 2 * HOUR,
        cost_fen=20_000,
    )
