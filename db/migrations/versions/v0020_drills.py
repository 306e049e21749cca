"""Drills: tries, their sound, cards; and that nothing of them becomes a result at work.

There is no way down: it would delete what is kept.
"""

import sqlalchemy as sa
from alembic import op

from db.migrations.making import create, number, one_of, refuse_insert, text, time, truth

revision = "0020"
down_revision: str | None = "0019"

KINDS = ("phrase", "pair", "amount", "vehicle", "english")
JUDGED = """EXISTS (
    SELECT 1 FROM drill_attempt a JOIN drill_card c ON c.id = NEW.card_id
    WHERE a.id = NEW.attempt_id AND a.person_id = c.person_id
    AND a.exercise = c.exercise AND a.score IS NOT NULL)"""
NO_RECORDING = "NOT EXISTS (SELECT 1 FROM drill_attempt a WHERE a.digest = NEW.sha256)"
NO_CLIP = """NEW.sha256 IS NULL
    OR NOT EXISTS (SELECT 1 FROM drill_sound s WHERE s.sha256 = NEW.sha256)"""


def upgrade() -> None:
    """Create the tables, and close the ways from a drill to a result."""
    _tables()
    refuse_insert("drill_review", "judged", JUDGED, "a review is of a try that was judged")
    # What was sent as a drill cannot be graded as a shift, nor stand as evidence,
    refuse_insert("part", "no_drill", NO_RECORDING, "a drill is not work")
    refuse_insert("clip", "no_drill", NO_CLIP, "a drill is not work")
    # nor is a drill or an exam something that a check gives points for or a provision is about.
    for table, column in (("hand_mark", "item"), ("consequence_provision", "provision")):
        unless = f"NEW.{column} NOT LIKE 'drill%' AND NEW.{column} NOT LIKE 'exam%'"
        refuse_insert(table, "no_drill", unless, "drills and exams are not work")


def _tables() -> None:
    create(
        "drill_attempt",
        *(number(name) for name in ("id", "person_id")),
        time("at"),
        one_of("kind", "drillkind", KINDS),
        text("exercise", nullable=True),
        text("text"),
        truth("helped"),
        text("digest"),
        time("judged_at", nullable=True),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        text("problem", nullable=True),
        sa.Column("versions", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "score IS NULL OR score BETWEEN 0 AND 100", name=op.f("ck_drill_attempt_score")
        ),
        sa.CheckConstraint(
            "judged_at IS NOT NULL OR score IS NULL", name=op.f("ck_drill_attempt_judged")
        ),
        to={"person_id": "person"},
        indexes=(("person_id", "id"), ("digest",), ("judged_at",)),
    )
    create(
        "drill_sound",
        number("attempt_id"),
        text("sha256"),
        number("size"),
        *(text(name) for name in ("wrapped", "wrapped_by")),
        time("until", nullable=True),
        key=("attempt_id",),
        to={"attempt_id": "drill_attempt"},
        indexes=(("until",),),
    )
    op.create_index(op.f("ix_drill_sound_sha256"), "drill_sound", ["sha256"], unique=True)
    create(
        "drill_card",
        *(number(name) for name in ("id", "person_id")),
        text("exercise"),
        time("made_at"),
        number("state"),
        number("step", nullable=True),
        *(sa.Column(name, sa.Double(), nullable=True) for name in ("stability", "difficulty")),
        time("due"),
        time("last_review", nullable=True),
        to={"person_id": "person"},
        unique=(("person_id", "exercise"),),
        indexes=(("person_id", "due"),),
    )
    create(
        "drill_review",
        *(number(name) for name in ("card_id", "number")),
        number("attempt_id", nullable=True),
        time("at"),
        number("rating"),
        sa.CheckConstraint("rating BETWEEN 1 AND 4", name=op.f("ck_drill_review_rating")),
        key=("card_id", "number"),
        to={"card_id": "drill_card", "attempt_id": "drill_attempt"},
        indexes=(("attempt_id",),),
    )
