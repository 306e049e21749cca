"""Exams and trainings: what is asked and planned stays as it was; what is settled too.

There is no way down: it would delete what is kept.
"""

import sqlalchemy as sa
from alembic import op

from db.migrations.making import (
    add_only,
    create,
    final,
    number,
    one_of,
    only_blanked,
    refuse_insert,
    text,
    time,
    truth,
)

revision = "0021"
down_revision: str | None = "0020"

KINDS = ("phrase", "pair", "amount", "vehicle", "english")
RESULTS = ("passed", "failed", "open")
ONCE = """EXISTS (SELECT 1 FROM exam e WHERE e.id = NEW.exam_id
        AND NEW.number <= 1 + e.retries AND e.made_by <> NEW.person_id
        AND NEW.started_at >= e.opens_at
        AND (e.closes_at IS NULL OR NEW.started_at < e.closes_at)
        AND NOT EXISTS (SELECT 1 FROM exam_end x WHERE x.exam_id = e.id))
    AND NEW.number = 1 + (SELECT COUNT(*) FROM exam_sitting s
        WHERE s.exam_id = NEW.exam_id AND s.person_id = NEW.person_id)
    AND NOT EXISTS (SELECT 1 FROM exam_sitting s
        WHERE s.exam_id = NEW.exam_id AND s.person_id = NEW.person_id
        AND (s.settled_at IS NULL OR s.result = 'passed'))"""
SAID = """EXISTS (SELECT 1 FROM exam_sitting s
        JOIN drill_attempt a ON a.id = NEW.attempt_id AND a.person_id = s.person_id
            AND a.helped IS FALSE AND a.exercise IS NULL
        JOIN exam_item i ON i.exam_id = s.exam_id AND i.number = NEW.item AND i.text = a.text
        WHERE s.id = NEW.sitting_id AND s.finished_at IS NULL AND a.at <= s.ends_at)
    AND NOT EXISTS (SELECT 1 FROM exam_answer b JOIN drill_attempt a ON a.id = b.attempt_id
        WHERE b.sitting_id = NEW.sitting_id AND b.item = NEW.item
        AND (a.judged_at IS NULL OR a.score IS NOT NULL))"""
ANOTHER = """EXISTS (SELECT 1 FROM exam_sitting s WHERE s.id = NEW.sitting_id
    AND s.settled_at IS NOT NULL AND s.person_id <> NEW.person_id)"""


def upgrade() -> None:
    """Create the tables, and hold that an exam is sat once and not changed afterwards."""
    _trainings()
    _exams()
    for table in (
        *("training", "training_end", "training_invited", "training_presence"),
        *("exam", "exam_item", "exam_end"),
    ):
        add_only(table)
    final("exam_sitting", "settled_at")
    only_blanked("exam_check", "text", key=("sitting_id", "number", "person_id", "at", "result"))
    refuse_insert("exam_sitting", "once", ONCE, "it is over, passed, or was sat as often as it may")
    refuse_insert("exam_answer", "said", SAID, "it was answered, or the time is over")
    refuse_insert("exam_check", "another", ANOTHER, "another person looks at what is settled")


def _trainings() -> None:
    create(
        "training",
        *(number(name) for name in ("id", "station_id")),
        *(text(name) for name in ("course", "place")),
        *(time(name) for name in ("starts_at", "ends_at")),
        number("cost_fen", nullable=True),
        number("made_by"),
        time("made_at"),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_training_span")),
        sa.CheckConstraint("cost_fen IS NULL OR cost_fen >= 0", name=op.f("ck_training_cost")),
        to={"station_id": "station", "made_by": "person"},
        indexes=(("station_id", "starts_at"),),
    )
    create(
        "training_end",
        *(number(name) for name in ("training_id", "ended_by")),
        time("ended_at"),
        key=("training_id",),
        to={"training_id": "training", "ended_by": "person"},
    )
    create(
        "training_invited",
        *(number(name) for name in ("training_id", "person_id")),
        key=("training_id", "person_id"),
        to={"training_id": "training", "person_id": "person"},
        indexes=(("person_id",),),
    )
    create(
        "training_presence",
        *(number(name) for name in ("training_id", "person_id", "number")),
        truth("present"),
        number("written_by"),
        time("written_at"),
        key=("training_id", "person_id", "number"),
        to={"training_id": "training", "person_id": "person", "written_by": "person"},
    )


def _exams() -> None:
    create(
        "exam",
        *(number(name) for name in ("id", "station_id")),
        number("training_id", nullable=True),
        text("title"),
        truth("by_heart"),
        sa.Column("pass_mark", sa.Double(), nullable=False),
        *(number(name) for name in ("minutes", "retries", "sound_days")),
        time("opens_at"),
        time("closes_at", nullable=True),
        number("made_by"),
        time("made_at"),
        sa.CheckConstraint("pass_mark BETWEEN 1 AND 100", name=op.f("ck_exam_mark")),
        sa.CheckConstraint(
            "minutes BETWEEN 1 AND 240 AND retries BETWEEN 0 AND 10", name=op.f("ck_exam_rules")
        ),
        to={"station_id": "station", "training_id": "training", "made_by": "person"},
        indexes=(("station_id", "id"),),
    )
    create(
        "exam_item",
        *(number(name) for name in ("exam_id", "number")),
        one_of("kind", "drillkind", KINDS),
        text("exercise", nullable=True),
        text("text"),
        key=("exam_id", "number"),
        to={"exam_id": "exam"},
    )
    create(
        "exam_end",
        *(number(name) for name in ("exam_id", "ended_by")),
        time("ended_at"),
        key=("exam_id",),
        to={"exam_id": "exam", "ended_by": "person"},
    )
    create(
        "exam_sitting",
        *(number(name) for name in ("id", "exam_id", "person_id", "number")),
        *(time(name) for name in ("started_at", "ends_at")),
        *(time(name, nullable=True) for name in ("finished_at", "settled_at")),
        *(
            sa.Column(name, sa.Double(), nullable=True)
            for name in ("score", "score_low", "score_high")
        ),
        one_of("result", "result", RESULTS, nullable=True),
        sa.CheckConstraint(
            "settled_at IS NULL OR finished_at IS NOT NULL", name=op.f("ck_exam_sitting_finished")
        ),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (result IS NULL)", name=op.f("ck_exam_sitting_settled")
        ),
        to={"exam_id": "exam", "person_id": "person"},
        unique=(("exam_id", "person_id", "number"),),
        indexes=(("person_id",), ("started_at",)),
    )
    create(
        "exam_answer",
        *(number(name) for name in ("sitting_id", "item", "turn", "attempt_id")),
        sa.CheckConstraint("turn BETWEEN 1 AND 3", name=op.f("ck_exam_answer_turn")),
        key=("sitting_id", "item", "turn"),
        to={"sitting_id": "exam_sitting", "attempt_id": "drill_attempt"},
        unique=(("attempt_id",),),
    )
    create(
        "exam_check",
        *(number(name) for name in ("sitting_id", "number", "person_id")),
        time("at"),
        one_of("result", "result", RESULTS),
        text("text"),
        sa.CheckConstraint("result <> 'open'", name=op.f("ck_exam_check_decided")),
        key=("sitting_id", "number"),
        to={"sitting_id": "exam_sitting", "person_id": "person"},
    )
