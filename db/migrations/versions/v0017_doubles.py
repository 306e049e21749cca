"""Blind double listening, and what phrases may do by it.

There is no way down: it would delete what is kept.
"""

import sqlalchemy as sa
from alembic import op

from db.migrations.making import add_only, create, number, one_of, refuse_insert, text, time

revision = "0017"
down_revision: str | None = "0016"

PROGRAM = ("fault", "unsure", "silent")
VERDICTS = ("confirmed", "dismissed", "cannot_tell")
STANDINGS = ("advisory", "proposing")
REASONS = ("few", "below", "reviews", "shown")
VEHICLE = ("grading_id", "vehicle_position")
NOT_ON_SHIFT = """NOT EXISTS (
    SELECT 1 FROM double_item i
    JOIN grading g ON g.id = i.grading_id
    JOIN shift s ON s.id = g.shift_id
    JOIN person p ON p.id = NEW.person_id
    LEFT JOIN collector c ON c.id = p.collector_id
    WHERE i.id = NEW.item_id AND (
        p.collector_id = s.collector_id
        OR c.team_id = s.team_id
        OR EXISTS (SELECT 1 FROM role_grant r WHERE r.person_id = p.id
            AND r.role = 'team_leader' AND r.team_id = s.team_id)
        OR EXISTS (SELECT 1 FROM shown o JOIN shown own ON own.shift_id = s.id
            WHERE o.collector_id = p.collector_id
            AND o.station_id = own.station_id AND o.day = own.day)))"""
LABELLED = """NEW.standing = 'advisory' OR NEW.confirmed <= (
    SELECT COUNT(*) FROM double_item i
    JOIN double_sample s ON s.id = i.sample_id
    JOIN double_label a ON a.item_id = i.id AND a.number = 1
    JOIN double_label b ON b.item_id = i.id AND b.number = 2
    WHERE s.station_id = NEW.station_id AND s.code = NEW.code AND i.program = 'fault'
    AND a.verdict = 'confirmed' AND b.verdict = 'confirmed')"""


def upgrade() -> None:
    """Create the tables, and let rows be added only, by who may."""
    create(
        "double_sample",
        number("id"),
        number("station_id"),
        text("code"),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        *(number(name) for name in ("size", "others", "faults", "unsures", "silents")),
        text("seed"),
        number("drawn_by"),
        time("drawn_at"),
        to={"station_id": "station", "drawn_by": "person"},
        indexes=(("station_id", "code"),),
    )
    create(
        "double_item",
        number("id"),
        number("sample_id"),
        *(number(name) for name in VEHICLE),
        one_of("program", "program", PROGRAM),
        number("hold_id"),
        to={"sample_id": "double_sample", "hold_id": "hold"},
        unique=(("sample_id", *VEHICLE),),
        indexes=(("grading_id",),),
        elsewhere=((VEHICLE, "vehicle", ("grading_id", "position")),),
    )
    create(
        "double_label",
        *(number(name) for name in ("item_id", "number", "person_id")),
        time("at"),
        one_of("verdict", "verdict", VERDICTS),
        sa.CheckConstraint("number IN (1, 2)", name=op.f("ck_double_label_two")),
        key=("item_id", "number"),
        to={"item_id": "double_item", "person_id": "person"},
        unique=(("item_id", "person_id"),),
    )
    create(
        "phrase_standing",
        number("station_id"),
        text("code"),
        number("number"),
        time("at"),
        one_of("standing", "standing", STANDINGS),
        one_of("reason", "reason", REASONS),
        number("clips"),
        number("confirmed"),
        sa.Column("low", sa.Double(), nullable=True),
        *(text(name) for name in ("model", "thresholds")),
        sa.CheckConstraint(
            "standing = 'advisory' OR (clips >= 200 AND low >= 0.98)",
            name=op.f("ck_phrase_standing_shown"),
        ),
        key=("station_id", "code", "number"),
        to={"station_id": "station"},
    )
    for table in ("double_sample", "double_item", "double_label", "phrase_standing"):
        add_only(table)
    refuse_insert(
        "double_label", "not_there", NOT_ON_SHIFT, "whoever was on the shift labels none of it"
    )
    refuse_insert(
        "phrase_standing", "labelled", LABELLED, "two people have not confirmed so many clips"
    )
