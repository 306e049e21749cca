"""Checks by hand, samples drawn for them, and what is to be put right.

There is no way down: it would delete what is kept.
"""

import sqlalchemy as sa

from db.migrations.making import add_only, create, number, one_of, only_blanked, text, time, truth

revision = "0012"
down_revision: str | None = "0011"

METHODS = ("recording", "spot", "mystery", "third_party", "team")
CADENCES = ("daily", "weekly", "monthly", "unscheduled")
REMARKS = ("report", "self", "peer", "leader", "improvement", "confirmed", "withdrawn")
MOVES = ("opened", "noted", "done", "passed", "failed")
LANES = ("exit", "entry", "phone", "handover")
OUTCOMES = ("compliant", "fault", "unsure")


def upgrade() -> None:
    """Create the tables, and let rows be added only."""
    _plans()
    _checks()
    _rectifications()
    for table in (
        "check_plan",
        "check_plan_end",
        "check_sample",
        "check_drawn",
        "hand_check",
        "hand_mark",
        "rectification",
    ):
        add_only(table)


def _plans() -> None:
    create(
        "check_plan",
        number("id"),
        number("station_id"),
        one_of("cadence", "cadence", CADENCES),
        one_of("method", "method", METHODS),
        number("size"),
        number("made_by"),
        time("made_at"),
        to={"station_id": "station", "made_by": "person"},
        indexes=(("station_id",),),
    )
    create(
        "check_plan_end",
        number("plan_id"),
        number("ended_by"),
        time("ended_at"),
        key=("plan_id",),
        to={"plan_id": "check_plan", "ended_by": "person"},
    )
    create(
        "check_sample",
        number("id"),
        number("station_id"),
        number("plan_id", nullable=True),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("since", "until")),
        number("size"),
        text("seed"),
        number("drawn_by"),
        time("drawn_at"),
        to={"station_id": "station", "plan_id": "check_plan", "drawn_by": "person"},
        indexes=(("station_id", "id"),),
    )
    create(
        "check_drawn",
        *(number(name) for name in ("sample_id", "position", "grading_id", "vehicle_position")),
        *(truth(name) for name in ("night", "rain")),
        one_of("outcome", "outcome", OUTCOMES),
        number("of"),
        key=("sample_id", "position"),
        to={"sample_id": "check_sample", "grading_id": "grading"},
    )


def _checks() -> None:
    named = ("booth_id", "collector_id", "team_id", "plan_id", "sample_id", "grading_id")
    create(
        "hand_check",
        number("id"),
        number("station_id"),
        one_of("method", "method", METHODS),
        one_of("lane", "lane", LANES),
        sa.Column("day", sa.Date(), nullable=False),
        *(number(name, nullable=True) for name in (*named, "vehicle_position")),
        text("items"),
        number("written_by"),
        time("written_at"),
        to={
            "station_id": "station",
            "booth_id": "booth",
            "collector_id": "collector",
            "team_id": "team",
            "plan_id": "check_plan",
            "sample_id": "check_sample",
            "grading_id": "grading",
            "written_by": "person",
        },
        indexes=(
            ("station_id", "id"),
            ("collector_id", "day"),
            ("station_id", "day"),
            ("written_by", "id"),
        ),
    )
    create(
        "hand_mark",
        number("check_id"),
        text("item"),
        sa.Column("points", sa.Double(), nullable=False),
        sa.Column("given", sa.Double(), nullable=True),
        key=("check_id", "item"),
        to={"check_id": "hand_check"},
    )
    create(
        "hand_remark",
        *(number(name) for name in ("check_id", "number")),
        time("at"),
        number("person_id"),
        one_of("kind", "remark", REMARKS),
        text("text"),
        key=("check_id", "number"),
        to={"check_id": "hand_check", "person_id": "person"},
    )
    only_blanked("hand_remark", "text", key=("check_id", "number", "at", "person_id", "kind"))


def _rectifications() -> None:
    create(
        "rectification",
        number("id"),
        number("station_id"),
        *(number(name, nullable=True) for name in ("team_id", "collector_id", "check_id")),
        number("opened_by"),
        time("opened_at"),
        to={
            "station_id": "station",
            "team_id": "team",
            "collector_id": "collector",
            "check_id": "hand_check",
            "opened_by": "person",
        },
        indexes=(("station_id", "id"), ("collector_id",)),
    )
    create(
        "rectification_entry",
        *(number(name) for name in ("rectification_id", "number")),
        time("at"),
        number("person_id"),
        one_of("move", "move", MOVES),
        time("due_at"),
        time("done_at", nullable=True),
        number("done_by", nullable=True),
        time("closed_at", nullable=True),
        text("text"),
        key=("rectification_id", "number"),
        to={
            "rectification_id": "rectification",
            "person_id": "person",
            "done_by": "person",
        },
    )
    only_blanked(
        "rectification_entry",
        "text",
        key=(
            *("rectification_id", "number", "at", "person_id", "move"),
            *("due_at", "done_at", "done_by", "closed_at"),
        ),
    )
