"""Figures: which grading a shift shows, and what is counted of every grading.

There is no way down: it would delete which grading was chosen to be shown.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from db import facts

revision = "0007"
down_revision: str | None = "0006"

LANES = ("exit", "entry", "phone", "handover")
JUDGED = ("compliant", "fault", "unsure")


def upgrade() -> None:
    """Create the tables, and count what is stored already."""
    _create_shown()
    _create("fact_total", (), ("vehicles", *JUDGED))
    _create(
        "fact_hour",
        (_number("hour"), _one_of("profile", ("normal", "peak")), _text("weather")),
        ("vehicles", *JUDGED),
    )
    _create(
        "fact_step",
        (_text("step"), sa.Column("mandatory", sa.Boolean(), nullable=False)),
        ("said", "missing", "wrong", "unsure", "excused"),
    )
    status = _one_of("status", ("fault", "unsure", "remark"), kind="findingstatus")
    _create("fact_finding", (_text("code"), status), ("findings",))
    op.create_index(op.f("ix_fact_finding_code_grading_id"), "fact_finding", ["code", "grading_id"])
    # As the program counts today. Who changes what is counted counts anew in a migration of their
    # own, so a database that comes through both ends with the same figures.
    facts.rebuild(op.get_bind())


def _create_shown() -> None:
    others = ("station", "booth", "collector", "team")
    op.create_table(
        "shown",
        _text("shift_id"),
        _number("grading_id"),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(f"{name}_id", sa.Integer(), nullable=name == "team") for name in others),
        sa.PrimaryKeyConstraint("shift_id", name=op.f("pk_shown")),
        _to("shown", "shift_id", "shift", ondelete="CASCADE"),
        _to("shown", "grading_id", "grading", ondelete="CASCADE"),
        *(_to("shown", f"{name}_id", name) for name in others),
    )
    op.create_index(op.f("ix_shown_grading_id"), "shown", ["grading_id"], unique=True)
    for columns in (["day"], *([f"{name}_id", "day"] for name in others)):
        op.create_index(op.f(f"ix_shown_{'_'.join(columns)}"), "shown", columns)
    op.create_index(op.f("ix_shown_started_at_grading_id"), "shown", ["started_at", "grading_id"])


def _create(table: str, keys: Sequence[sa.Column[Any]], measures: Sequence[str]) -> None:
    key = ["grading_id", "lane", *(column.name for column in keys)]
    op.create_table(
        table,
        _number("grading_id"),
        _one_of("lane", LANES),
        *keys,
        *map(_number, measures),
        sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{table}")),
        _to(table, "grading_id", "grading", ondelete="CASCADE"),
    )


def _to(table: str, column: str, other: str, ondelete: str | None = None) -> sa.Constraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _one_of(name: str, values: Sequence[str], *, kind: str | None = None) -> sa.Column[str]:
    kept = sa.Enum(*values, name=kind or name, native_enum=False, create_constraint=True, length=16)
    return sa.Column(name, kept, nullable=False)
