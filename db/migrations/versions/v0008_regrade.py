"""Re-grading in bulk, and the months that were reported.

There is no way down: it would delete what is kept.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision: str | None = "0007"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "regrade",
        _number("id"),
        _time("created_at"),
        *(_text(name) for name in ("by", "score_table", "table_json")),
        _time("shown_at", nullable=True),
        _text("shown_by", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regrade")),
    )
    op.create_table(
        "regrade_shift",
        _number("regrade_id"),
        _text("shift_id"),
        _number("before_id"),
        _number("after_id", nullable=True),
        _text("left", nullable=True),
        sa.PrimaryKeyConstraint("regrade_id", "shift_id", name=op.f("pk_regrade_shift")),
        _to("regrade_shift", "regrade_id", "regrade"),
        _to("regrade_shift", "shift_id", "shift", ondelete="CASCADE"),
        _to("regrade_shift", "before_id", "grading", ondelete="CASCADE"),
        _to("regrade_shift", "after_id", "grading", ondelete="CASCADE"),
    )
    op.create_index(op.f("ix_regrade_shift_shift_id"), "regrade_shift", ["shift_id"])
    op.create_table(
        "month_report",
        _number("id"),
        _number("station_id"),
        _text("month"),
        _number("number"),
        _time("made_at"),
        _text("figures"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_month_report")),
        sa.UniqueConstraint(
            "station_id", "month", "number", name=op.f("uq_month_report_station_id_month_number")
        ),
        _to("month_report", "station_id", "station"),
    )


def _to(table: str, column: str, other: str, ondelete: str | None = None) -> sa.Constraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _time(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)
