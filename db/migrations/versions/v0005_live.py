"""What a box that listens keeps beside its gradings.

There is no way down: it would delete what is kept.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision: str | None = "0004"


def upgrade() -> None:
    """Create the tables of live listening."""
    op.create_table(
        "live_session",
        _number("booth_id"),
        _time("origin"),
        _large("origin_ns"),
        _text("boot"),
        _large("known_ms"),
        _large("suspect_ms", nullable=True),
        _number("lane_before"),
        sa.PrimaryKeyConstraint("booth_id", name=op.f("pk_live_session")),
        _to("live_session", ["booth_id"], ["booth.id"]),
    )
    op.create_table(
        "live_grading",
        _number("grading_id"),
        _number("booth_id"),
        _text("how"),
        _large("from_ms"),
        _large("until_ms", nullable=True),
        _time("closed_at", nullable=True),
        sa.PrimaryKeyConstraint("grading_id", name=op.f("pk_live_grading")),
        _to("live_grading", ["grading_id"], ["grading.id"], within=True),
        _to("live_grading", ["booth_id"], ["booth.id"]),
    )
    _index("live_grading", "booth_id", "closed_at")
    op.create_table(
        "vehicle_mark",
        _number("id"),
        _number("grading_id"),
        _number("vehicle_position"),
        _text("kind"),
        _text("by"),
        _time("at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vehicle_mark")),
        _to(
            "vehicle_mark",
            ["grading_id", "vehicle_position"],
            ["vehicle.grading_id", "vehicle.position"],
            within=True,
        ),
    )
    _index("vehicle_mark", "grading_id", "vehicle_position")
    op.create_table(
        "lane_message",
        _number("id"),
        _number("booth_id"),
        _text("event"),
        _time("received_at"),
        _large("received_ms"),
        _large("at_ms", nullable=True),
        _text("body"),
        sa.Column("flag", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lane_message")),
        sa.UniqueConstraint("booth_id", "event", name=op.f("uq_lane_message_booth_id_event")),
        _to("lane_message", ["booth_id"], ["booth.id"]),
    )


def _to(table: str, ours: list[str], theirs: list[str], *, within: bool = False) -> sa.Constraint:
    name = op.f(f"fk_{table}_{'_'.join(ours)}")
    return sa.ForeignKeyConstraint(ours, theirs, name=name, ondelete="CASCADE" if within else None)


def _index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns))


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _large(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)
