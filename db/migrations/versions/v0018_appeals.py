"""Appeals against what reviews confirmed.

There is no way down: it would delete what is kept.
"""

import sqlalchemy as sa
from alembic import op

from db.migrations.making import create, number, only_blanked, refuse_insert, text, time, truth

revision = "0018"
down_revision: str | None = "0017"

OWN = """EXISTS (
    SELECT 1 FROM review_item i
    JOIN grading g ON g.id = i.grading_id
    JOIN shift s ON s.id = g.shift_id
    JOIN person p ON p.collector_id = s.collector_id
    WHERE i.id = NEW.item_id AND p.id = NEW.person_id)"""
IN_TIME = """EXISTS (
    SELECT 1 FROM review_decision d WHERE d.item_id = NEW.item_id
    AND d.verdict = 'confirmed' AND NEW.at <= d.appeal_until)"""
OTHER = """NEW.person_id IS NULL OR NOT EXISTS (
    SELECT 1 FROM review_item i
    JOIN review_decision d ON d.item_id = i.id
    JOIN grading g ON g.id = i.grading_id
    JOIN shift s ON s.id = g.shift_id
    JOIN person p ON p.id = NEW.person_id
    LEFT JOIN collector c ON c.id = p.collector_id
    WHERE i.id = NEW.item_id AND (
        d.person_id = p.id
        OR p.collector_id = s.collector_id
        OR c.team_id = s.team_id
        OR EXISTS (SELECT 1 FROM role_grant r WHERE r.person_id = p.id
            AND r.role = 'team_leader' AND r.team_id = s.team_id)
        OR EXISTS (SELECT 1 FROM shown o JOIN shown own ON own.shift_id = s.id
            WHERE o.collector_id = p.collector_id
            AND o.station_id = own.station_id AND o.day = own.day)))"""
DUE = """(NEW.person_id IS NULL) = (
    NEW.at > (SELECT a.due_at FROM appeal a WHERE a.item_id = NEW.item_id))"""


def upgrade() -> None:
    """Create the tables, and let rows be added only, by who may and in time."""
    create(
        "appeal",
        *(number(name) for name in ("item_id", "person_id")),
        *(time(name) for name in ("at", "due_at")),
        text("text"),
        key=("item_id",),
        to={"person_id": "person"},
        elsewhere=((("item_id",), "review_decision", ("item_id",)),),
        indexes=(("due_at",),),
    )
    create(
        "appeal_answer",
        number("item_id"),
        number("person_id", nullable=True),
        time("at"),
        truth("granted"),
        text("reason"),
        sa.CheckConstraint("granted OR person_id IS NOT NULL", name=op.f("ck_appeal_answer_named")),
        key=("item_id",),
        to={"person_id": "person"},
        elsewhere=((("item_id",), "appeal", ("item_id",)),),
    )
    only_blanked("appeal", "text", key=("item_id", "person_id", "at", "due_at"))
    only_blanked("appeal_answer", "reason", key=("item_id", "person_id", "at", "granted"))
    refuse_insert("appeal", "own", OWN, "only the collector appeals")
    refuse_insert("appeal", "in_time", IN_TIME, "there is nothing to appeal against any more")
    refuse_insert(
        "appeal_answer", "other", OTHER, "who reviewed it or was on the shift answers no appeal"
    )
    refuse_insert("appeal_answer", "due", DUE, "the office answers in time, and else it is granted")
