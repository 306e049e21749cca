"""Complaints, whose history is only added to.

There is no way down: it would delete what is kept.
"""

from db.migrations.making import (
    add_only,
    create,
    number,
    one_of,
    only_blanked,
    text,
    time,
    truth,
)

revision = "0011"
down_revision: str | None = "0010"

CHANNELS = ("phone", "letter", "visit", "press")
LEVELS = ("collector", "duty_leader", "office")
EVENTS = ("taken", "noted", "linked", "escalated", "answered", "reopened")
ENTRY = ("complaint_id", "number")


def upgrade() -> None:
    """Create the tables, and let rows be added only."""
    create(
        "complaint",
        number("id"),
        number("station_id"),
        one_of("channel", "channel", CHANNELS),
        time("received_at"),
        time("taken_at"),
        number("taken_by"),
        number("collector_id", nullable=True),
        number("about_id", nullable=True),
        truth("harm"),
        to={
            "station_id": "station",
            "taken_by": "person",
            "collector_id": "collector",
            "about_id": "complaint",
        },
        unique=(("about_id",),),
        indexes=(("station_id", "id"), ("collector_id",)),
    )
    create(
        "complaint_entry",
        *(number(name) for name in ENTRY),
        time("at"),
        number("person_id", nullable=True),
        one_of("event", "event", EVENTS),
        one_of("level", "level", LEVELS),
        time("due_at"),
        *(time(name, nullable=True) for name in ("escalates_at", "answered_at")),
        *(truth(name, nullable=True) for name in ("proven", "apologised")),
        key=ENTRY,
        to={"complaint_id": "complaint", "person_id": "person"},
    )
    create(
        "complaint_text",
        *(number(name) for name in ENTRY),
        *(text(name) for name in ("text", "contact")),
        key=ENTRY,
        whole={ENTRY: "complaint_entry"},
    )
    create(
        "complaint_link",
        *(number(name) for name in ENTRY),
        number("grading_id"),
        number("vehicle_position", nullable=True),
        number("hold_id"),
        key=ENTRY,
        to={"grading_id": "grading", "hold_id": "hold"},
        whole={ENTRY: "complaint_entry"},
        indexes=(("grading_id",),),
    )
    for table in ("complaint", "complaint_entry", "complaint_link"):
        add_only(table)
    only_blanked("complaint_text", "text", "contact", key=ENTRY)
