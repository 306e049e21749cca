"""Exams are sat once, in time, without help, and nothing of them is changed afterwards."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import Connection, Engine, insert, text
from sqlalchemy.exc import DBAPIError

from db import drills, exams, people, tables, trainings
from db.drill_types import DrillKind, Judgement, NewAttempt
from db.exam_tables import ExamSitting
from db.exam_types import NewExam, NewItem, NewTraining
from db.people_types import Grant, Reach, Role
from db.types import ConflictError
from phrases.exam import Mark, Result

AT = dt.datetime(2026, 11, 24, 10, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
ALL = Reach(everything=True)
LINE = NewItem(kind=DrillKind.PHRASE, exercise="phrase:ticket.take", text="请拿好通行票")
SETTING = NewExam(
    station_id=1,
    title="考试",
    by_heart=True,
    pass_mark=80.0,
    minutes=10,
    retries=1,
    sound_days=30,
    opens_at=AT,
    closes_at=AT + 60 * MINUTE,
    training_id=None,
)
ATTEMPT = NewAttempt(
    person_id=2, kind=LINE.kind, exercise=None, text=LINE.text, helped=False, digest=""
)
FULL = Mark(score=100.0, low=100.0, high=100.0)
POOR = Mark(score=10.0, low=10.0, high=10.0)
TRAINER, PUPIL, OTHER = 1, 2, 3


@pytest.fixture
def exam(engine: Engine) -> int:
    """An exam of one item; a trainer set it, and two may sit it."""
    with engine.begin() as connection:
        connection.execute(insert(tables.Station).values(code="s1"))
        for login, role in (
            ("trainer", Role.TRAINER), ("pupil", Role.TRAINEE), ("other", Role.TRAINEE),
        ):  # fmt: skip
            grants = [Grant(role=role, station_id=1)]
            people.add(connection, login=login, name="somebody", password="!", grants=grants, at=AT)
        return exams.add(connection, SETTING, [LINE], TRAINER, AT)


def sit(connection: Connection, exam: int, number: int = 1, who: int = PUPIL) -> int:
    """Begin a sitting."""
    row = exams.find(connection, ALL, exam)
    assert row is not None
    return exams.sit(connection, row, who, number, AT)


def say(
    connection: Connection, sitting: int, turn: int = 1, score: float | None = 100.0,
    at: dt.datetime = AT, **changes: object,
) -> int:  # fmt: skip
    """Answer the item; it is judged at once."""
    new = replace(ATTEMPT, **changes)  # type: ignore[arg-type]
    attempt = drills.add(connection, new, at)
    exams.answer(connection, sitting, 1, turn, attempt)
    problem = None if score is not None else "unclear"
    judged = Judgement(result={}, score=score, problem=problem, versions={})
    drills.judge(connection, attempt, judged, AT)
    return attempt


def settle(connection: Connection, sitting: int, result: Result, mark: Mark = FULL) -> None:
    """Finish and settle it."""
    exams.finish(connection, sitting, AT + MINUTE)
    exams.settle(connection, sitting, mark, result, AT + MINUTE)


def refused(engine: Engine, statement: str) -> None:
    """The database says no."""
    with pytest.raises(DBAPIError), engine.begin() as connection:
        connection.execute(text(statement))


def test_an_exam_is_set_and_listed(engine: Engine, exam: int) -> None:
    """With its items, to whoever is of its station; it can be ended once, and never changed."""
    with engine.begin() as connection:
        (row,) = exams.page(connection, Reach(stations=frozenset({1})), after=None, limit=9)
        assert (row["id"], row["count"], row["station"]) == (exam, 1, "s1")
        assert exams.page(connection, Reach(stations=frozenset({2})), after=None, limit=9) == []
        assert [one["text"] for one in exams.items(connection, exam)] == [LINE.text]
        assert exams.set_by(connection, TRAINER, [exam, exam + 1]) == {exam}
        assert exams.set_by(connection, TRAINER, [exam + 1]) == set()
        assert exams.set_by(connection, PUPIL, [exam]) == set()
        assert exams.end(connection, exam, TRAINER, AT)
        assert not exams.end(connection, exam, TRAINER, AT)
    for table, column in (("exam", "pass_mark"), ("exam_item", "number"), ("exam_end", "ended_by")):
        refused(engine, f"UPDATE {table} SET {column} = 2")
        refused(engine, f"DELETE FROM {table}")


@pytest.mark.parametrize("why", ["number", "goes_on", "passed", "over", "early", "late", "setter"])
def test_whoever_may_not_sit_it_is_refused_by_the_database(
    engine: Engine, exam: int, why: str
) -> None:
    """Sat too often, at once, after it was passed, ended, not open, or by who set it."""
    with engine.begin() as connection:
        if why == "number":
            for number in (1, 2):
                settle(connection, sit(connection, exam, number), Result.FAILED, POOR)
        elif why == "goes_on":
            sit(connection, exam)
        elif why == "passed":
            settle(connection, sit(connection, exam), Result.PASSED)
        elif why == "over":
            exams.end(connection, exam, TRAINER, AT)
    number = {"number": 3, "goes_on": 2, "passed": 2}.get(why, 1)
    who = TRAINER if why == "setter" else PUPIL
    shift = {"early": -MINUTE, "late": 61 * MINUTE}.get(why, dt.timedelta())
    row = {
        "exam_id": exam, "person_id": who, "number": number,
        "started_at": AT + shift, "ends_at": AT + shift + MINUTE,
    }  # fmt: skip
    with pytest.raises(DBAPIError), engine.begin() as connection:
        connection.execute(insert(ExamSitting).values(row))


def test_an_item_is_answered_once_and_again_only_where_it_could_not_be_judged(
    engine: Engine, exam: int
) -> None:
    """Three times at most, all of which are kept."""
    with engine.begin() as connection:
        sitting = sit(connection, exam)
        say(connection, sitting, 1, None)
        say(connection, sitting, 2, 70.0)
        assert [row["score"] for row in exams.answers(connection, sitting)] == [None, 70.0]
    with pytest.raises(DBAPIError), engine.begin() as connection:
        say(connection, sitting, 3)


@pytest.mark.parametrize("how", ["helped", "card", "another", "line", "late", "finished"])
def test_an_answer_is_ones_own_unaided_and_in_time(engine: Engine, exam: int, how: str) -> None:
    """No model voice, no card, nobody else's, the line that was asked, before the time is over."""
    with engine.begin() as connection:
        sitting = sit(connection, exam)
        if how == "finished":
            exams.finish(connection, sitting, AT)
    wrong: dict[str, dict[str, object]] = {
        "helped": {"helped": True},
        "card": {"exercise": "phrase:ticket.take"},
        "another": {"person_id": OTHER},
        "line": {"text": "您好"},
    }
    at = AT + 11 * MINUTE if how == "late" else AT
    with pytest.raises(DBAPIError), engine.begin() as connection:
        say(connection, sitting, 1, 100.0, at, **wrong.get(how, {}))


def test_what_is_settled_stays(engine: Engine, exam: int) -> None:
    """Its result cannot be changed or deleted; a trainer's look stands beside it."""
    with engine.begin() as connection:
        sitting = sit(connection, exam)
        say(connection, sitting)
        settle(connection, sitting, Result.OPEN, POOR)
    refused(engine, "UPDATE exam_sitting SET score = 100")
    refused(engine, "DELETE FROM exam_sitting")
    with engine.begin() as connection:
        at = AT + MINUTE
        assert exams.look(connection, sitting, 0, Result.PASSED, "属实", by=TRAINER, at=at) == 1
        with pytest.raises(ConflictError):
            exams.look(connection, sitting, 0, Result.FAILED, "", by=TRAINER, at=at)
        (found,) = exams.sittings(connection, exams.numbered(sitting))
        assert (found["result"], found["looked"], found["looks"]) == (
            Result.OPEN,
            Result.PASSED,
            1,
        )
        assert exams.sittings(connection, exams.unchecked()) == []
        assert exams.blank(connection, AT + MINUTE) == 1
        assert [row["text"] for row in exams.looks(connection, sitting)] == [""]
    refused(engine, "UPDATE exam_check SET result = 'failed'")
    refused(
        engine,
        "INSERT INTO exam_check (sitting_id, number, person_id, at, result, text) "
        f"VALUES ({sitting}, 2, {PUPIL}, '2026-11-24 10:00:00', 'passed', '')",
    )


def test_answers_go_with_the_person_and_not_before(engine: Engine, exam: int) -> None:
    """They are not among the tries that one may delete; of an erased person none is left."""
    with engine.begin() as connection:
        sitting = sit(connection, exam)
        attempt = say(connection, sitting)
        assert drills.find(connection, attempt, PUPIL) is None
        assert drills.page(connection, PUPIL, after=None, limit=9) == []
        assert drills.before(connection, AT) == []
        drills.forget_person(connection, PUPIL)
        assert exams.answers(connection, sitting) == []
        assert len(exams.sittings(connection, exams.of(PUPIL))) == 1


NEW = NewTraining(
    station_id=1,
    course="课程",
    place="会议室",
    starts_at=AT,
    ends_at=AT + 60 * MINUTE,
    cost_fen=None,
)


@pytest.mark.usefixtures("exam")
def test_who_was_there_is_what_was_said_last(engine: Engine) -> None:
    """Rows are only ever added."""
    with engine.begin() as connection:
        training = trainings.add(connection, NEW, [PUPIL, OTHER], TRAINER, AT)
        asked = {row["id"]: row["number"] for row in trainings.invited(connection, training)}
        assert asked == {PUPIL: 0, OTHER: 0}
        for present in ({PUPIL: True, OTHER: True}, {OTHER: False}):
            said = {row["id"]: row["number"] for row in trainings.invited(connection, training)}
            trainings.attend(connection, training, present, said, by=TRAINER, at=AT)
        found = {row["id"]: row["present"] for row in trainings.invited(connection, training)}
        assert found == {PUPIL: True, OTHER: False}
        with pytest.raises(ConflictError):
            trainings.attend(connection, training, {PUPIL: True}, asked, by=TRAINER, at=AT)
        (row,) = trainings.page(connection, trainings.invited_to(PUPIL))
        assert (row["invited"], row["present"], row["ended_at"]) == (2, 1, None)
        assert trainings.page(connection, trainings.invited_to(TRAINER)) == []
        assert trainings.end(connection, training, TRAINER, AT)
        assert not trainings.end(connection, training, TRAINER, AT)
    for table in ("training", "training_invited", "training_presence", "training_end"):
        refused(engine, f"DELETE FROM {table}")


def test_what_is_hard_is_told_of_several_people_only(engine: Engine, exam: int) -> None:
    """Each of them weighs the same, however often they tried; answers of exams are no drills."""
    with engine.begin() as connection:
        say(connection, sit(connection, exam), score=5.0)
        for who, scores in ((PUPIL, (40.0, 60.0, 50.0)), (OTHER, (90.0,))):
            for score in scores:
                drill = replace(ATTEMPT, person_id=who, exercise="phrase:ticket.take")
                judged = Judgement(result={}, score=score, problem=None, versions={})
                drills.judge(connection, drills.add(connection, drill, AT), judged, AT)
        asked = (1, AT - MINUTE, AT + MINUTE)
        (row,) = trainings.hard(connection, *asked, 2)
        assert (row["exercise"], row["people"], row["score"]) == ("phrase:ticket.take", 2, 70.0)
        assert trainings.hard(connection, *asked, 3) == []
        assert trainings.hard(connection, 1, AT + MINUTE, AT + 2 * MINUTE, 1) == []
        assert {row["id"] for row in trainings.people_of(connection, 1)} == {PUPIL, OTHER}
