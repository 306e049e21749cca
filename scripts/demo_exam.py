"""Set an exam in the demonstration that its trainee can sit at once."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Engine, select

from db.exam_tables import Exam
from db.exam_types import NewExam, NewItem
from scripts import demo_people
from service import drill_deck, exams
from service.bootstrap import Knowledge

LINES = ("phrase:flow.received", "phrase:ticket.take")


def make(engine: Engine, known: Knowledge, now: dt.datetime) -> bool:
    """Set it, once, in the trainer's name; whether it was set."""
    with engine.begin() as connection:
        if connection.scalar(select(Exam.id).limit(1)) is not None:
            return False
        trainer = demo_people.person(connection, "trainer")
        deck = drill_deck.deck(known.catalog)
        asked = [deck[key] for key in LINES]
        new = NewExam(
            station_id=demo_people.station(connection),
            title="入门考试（演示）",
            by_heart=False,
            pass_mark=60.0,
            minutes=30,
            retries=10,
            sound_days=30,
            opens_at=now,
            closes_at=None,
            training_id=None,
        )
        items = [NewItem(kind=one.kind, exercise=one.key, text=one.text) for one in asked]
        exams.add(exams.Examiner(connection=connection, person=trainer, now=now), new, items)
        return True
