"""Clips: what sound is kept of which vehicle, and the keys to it.

There is no way down: it would delete what is kept.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision: str | None = "0005"


def upgrade() -> None:
    """Create the tables of clips."""
    op.create_table(
        "clip",
        *_of_vehicle(),
        sa.Column(
            "reason",
            sa.Enum(
                *("fault", "unsure", "sample"),
                name="clipreason",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("start_ms", sa.BigInteger(), nullable=False),
        sa.Column("end_ms", sa.BigInteger(), nullable=False),
        sa.Column("silenced", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("codec", sa.Text(), nullable=False),
        sa.Column("wrapped_by", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        *_keys("clip", "vehicle", "position"),
    )
    op.create_index(op.f("ix_clip_sha256"), "clip", ["sha256"], unique=True)
    op.create_index(op.f("ix_clip_kept_at"), "clip", ["kept_at"])
    op.create_table(
        "clip_key",
        *_of_vehicle(),
        sa.Column("wrapped", sa.Text(), nullable=False),
        *_keys("clip_key", "clip", "vehicle_position"),
    )


def _of_vehicle() -> list[sa.Column[int]]:
    names = ("grading_id", "vehicle_position")
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _keys(table: str, parent: str, place: str) -> list[sa.Constraint]:
    """The primary key, and the foreign key to the row that it goes with."""
    return [
        sa.PrimaryKeyConstraint("grading_id", "vehicle_position", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(
            ["grading_id", "vehicle_position"],
            [f"{parent}.grading_id", f"{parent}.{place}"],
            name=op.f(f"fk_{table}_grading_id_vehicle_position"),
            ondelete="CASCADE",
        ),
    ]
