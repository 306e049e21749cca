"""What must stay and what went: holds, and the traces of erasures.

There is no way down: it would delete what is kept.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision: str | None = "0008"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "hold",
        *_of_grading(),
        sa.Column("vehicle_position", sa.Integer(), nullable=True),
        _one_of("reason", "holdreason", ("review", "appeal", "complaint", "consequence")),
        sa.Column("placed_by", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        *_keys("hold"),
    )
    op.create_index(op.f("ix_hold_grading_id"), "hold", ["grading_id"])
    op.create_table(
        "erasure",
        *_of_grading(),
        _one_of("what", "erasedwhat", ("words", "vehicle", "collector")),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("forced", sa.Text(), nullable=True),
        *_keys("erasure"),
    )
    op.create_index(op.f("ix_erasure_grading_id"), "erasure", ["grading_id"])


def _of_grading() -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in ("id", "grading_id")]


def _one_of(name: str, kind: str, values: tuple[str, ...]) -> sa.Column[str]:
    kept = sa.Enum(*values, name=kind, native_enum=False, create_constraint=True, length=16)
    return sa.Column(name, kept, nullable=False)


def _keys(table: str) -> list[sa.Constraint]:
    return [
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(
            ["grading_id"],
            ["grading.id"],
            name=op.f(f"fk_{table}_grading_id"),
            ondelete="CASCADE",
        ),
    ]
