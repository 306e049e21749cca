"""What a re-grading goes by: another score table, or a second hearing of the clips.

There is no way down: it would delete what is kept.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision: str | None = "0014"


def upgrade() -> None:
    """Add the column."""
    column = sa.Column("what", sa.Text(), nullable=False, server_default="table")
    op.add_column("regrade", column)
