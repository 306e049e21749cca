"""Clips that a centre asks its booths for, and whose key opens those that came.

There is no way down: it would delete what is kept.
"""

import sqlalchemy as sa
from alembic import op

from db.migrations.making import create, text, time

revision = "0014"
down_revision: str | None = "0013"


def upgrade() -> None:
    """Add the column and the table."""
    op.add_column("clip_key", sa.Column("wrapped_by", sa.Text(), nullable=True))
    create(
        "clip_wanted",
        text("sha256"),
        time("asked_at"),
        text("problem", nullable=True),
        key=["sha256"],
    )
