"""What is being said in a booth, in a turn that is not over.

There is no way down: it would delete what is kept.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision: str | None = "0009"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "live_saying",
        sa.Column("booth_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("phrase", sa.Text(), nullable=False),
        sa.Column("slots", sa.JSON(), nullable=False),
        sa.Column("start_ms", sa.BigInteger(), nullable=False),
        sa.Column("end_ms", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("booth_id", "position", name=op.f("pk_live_saying")),
        sa.ForeignKeyConstraint(["booth_id"], ["booth.id"], name=op.f("fk_live_saying_booth_id")),
    )
