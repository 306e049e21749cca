"""What is said later of what is stored: which entry states it, what of it was sent.

There is no way down: it would delete what is kept.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision: str | None = "0012"


def upgrade() -> None:
    """Add the columns and tables."""
    with op.batch_alter_table("vehicle_mark") as table:
        # A booth's mark may come to the centre before its vehicle.
        both = op.f("fk_vehicle_mark_grading_id_vehicle_position")
        table.drop_constraint(both, type_="foreignkey")
        one = op.f("fk_vehicle_mark_grading_id")
        table.create_foreign_key(one, "grading", ["grading_id"], ["id"], ondelete="CASCADE")
    with op.batch_alter_table("lane_message") as table:
        table.add_column(_number("came", default="0"))
        # A box that takes another's place may use the same ids.
        table.drop_constraint(op.f("uq_lane_message_booth_id_event"), type_="unique")
        columns = ["booth_id", "event", "came"]
        table.create_unique_constraint(op.f("uq_lane_message_booth_id_event_came"), columns)
    op.add_column("erasure", sa.Column("vehicle_position", sa.Integer(), nullable=True))
    op.add_column(
        "erasure", sa.Column("waits", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    for name in ("vehicle_mark", "lane_message", "erasure"):
        op.add_column(name, sa.Column("writer_id", sa.Integer(), nullable=True))
        op.add_column(name, sa.Column("seq", sa.BigInteger(), nullable=True))
        op.create_index(op.f(f"ix_{name}_writer_id_seq"), name, ["writer_id", "seq"])
    op.create_table(
        "outbox_remark",
        _number("writer_id"),
        _large("seq"),
        _number("epoch_id"),
        sa.Column("grading_id", sa.Integer(), nullable=True),
        _large("message"),
        sa.PrimaryKeyConstraint("writer_id", "seq", name=op.f("pk_outbox_remark")),
        _to("outbox_remark", "epoch_id", "outbox_epoch.id"),
    )
    op.create_index(op.f("ix_outbox_remark_grading_id"), "outbox_remark", ["grading_id"])


def _number(name: str, default: str | None = None) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, server_default=default)


def _large(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _to(table: str, ours: str, theirs: str) -> sa.Constraint:
    return sa.ForeignKeyConstraint([ours], [theirs], name=op.f(f"fk_{table}_{ours}"))
