"""Reviews: findings drawn to be looked at, each decided once by who was not on the shift.

There is no way down: it would delete what is kept.
"""

import sqlalchemy as sa

from db.migrations.making import (
    add_only,
    create,
    number,
    one_of,
    only_blanked,
    refuse_insert,
    text,
    time,
)

revision = "0016"
down_revision: str | None = "0015"

WHY = ("chance", "complaint", "forbidden")
VERDICTS = ("confirmed", "dismissed", "cannot_tell")
FINDING = ("grading_id", "vehicle_position", "position")
DECISION = ("item_id", "person_id", "at", "verdict", "appeal_until")
NOT_ON_SHIFT = """NOT EXISTS (
    SELECT 1 FROM review_item i
    JOIN grading g ON g.id = i.grading_id
    JOIN shift s ON s.id = g.shift_id
    JOIN booth b ON b.id = s.booth_id
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
"""the new row's person is not the collector, not of the team, and was not at work that day"""
IN_TIME = "NEW.at <= (SELECT due_at FROM review_item WHERE id = NEW.item_id)"


def upgrade() -> None:
    """Create the tables, and let rows be added only, by who may."""
    create(
        "review_draw",
        number("id"),
        number("station_id"),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        number("size"),
        number("findings"),
        text("seed"),
        time("drawn_at"),
        to={"station_id": "station"},
        unique=(("station_id", "until"),),
    )
    create(
        "review_item",
        number("id"),
        number("draw_id"),
        *(number(name) for name in FINDING),
        one_of("why", "why", WHY),
        sa.Column("probability", sa.Double(), nullable=False),
        time("due_at"),
        number("hold_id"),
        to={"draw_id": "review_draw", "hold_id": "hold"},
        whole={FINDING: "finding"},
        unique=(FINDING,),
        indexes=(("draw_id",), ("due_at",)),
    )
    create(
        "review_decision",
        number("item_id"),
        number("person_id"),
        time("at"),
        one_of("verdict", "verdict", VERDICTS),
        time("appeal_until", nullable=True),
        *(text(name) for name in ("reason", "heard")),
        key=("item_id",),
        to={"item_id": "review_item", "person_id": "person"},
        indexes=(("person_id",), ("at",)),
    )
    for table in ("review_draw", "review_item"):
        add_only(table)
    only_blanked("review_decision", "reason", "heard", key=DECISION)
    refuse_insert(
        "review_decision", "not_there", NOT_ON_SHIFT, "whoever was on the shift reviews none of it"
    )
    refuse_insert(
        "review_decision", "in_time", IN_TIME, "it has lapsed: nobody decides it any more"
    )
