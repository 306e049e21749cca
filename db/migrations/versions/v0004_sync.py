"""The booth's outbox and the centre's inbox.

There is no way down: it would delete what is kept.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision: str | None = "0003"


def upgrade() -> None:
    """Create the tables of both, for one database may be either."""
    _outbox()
    _inbox()


def _outbox() -> None:
    op.create_table(
        "outbox_epoch",
        _number("id"),
        _text("epoch"),
        _time("began_at"),
        *(_large(name) for name in ("seq", "sent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_epoch")),
        sa.UniqueConstraint("epoch", name=op.f("uq_outbox_epoch_epoch")),
    )
    state = sa.Enum(
        *("ready", "refused"),
        name="messagestate",
        native_enum=False,
        create_constraint=True,
        length=16,
    )
    op.create_table(
        "outbox",
        _number("epoch_id"),
        _large("seq"),
        _text("kind"),
        _number("grading_id", nullable=True),
        _bytes("body"),
        _number("size"),
        _text("sha256"),
        sa.Column("state", state, nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        _time("stored_at"),
        sa.PrimaryKeyConstraint("epoch_id", "seq", name=op.f("pk_outbox")),
        _to("outbox", ["epoch_id"], ["outbox_epoch.id"]),
    )
    op.create_table(
        "outbox_grading",
        _number("grading_id"),
        _number("epoch_id"),
        _large("opened"),
        sa.PrimaryKeyConstraint("grading_id", name=op.f("pk_outbox_grading")),
        _to("outbox_grading", ["grading_id"], ["grading.id"], cascade=True),
        _to("outbox_grading", ["epoch_id"], ["outbox_epoch.id"]),
    )


def _inbox() -> None:
    op.create_table(
        "inbox_stream",
        *(_number("id"), _number("booth_id"), _text("epoch"), _number("writer_id")),
        *(_large("latest"), _number("held"), _time("first_at"), _time("last_at")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_stream")),
        _to("inbox_stream", ["booth_id"], ["booth.id"]),
        _to("inbox_stream", ["writer_id"], ["ledger_writer.id"]),
        sa.UniqueConstraint("booth_id", "epoch", name=op.f("uq_inbox_stream_booth_id_epoch")),
        sa.UniqueConstraint("writer_id", name=op.f("uq_inbox_stream_writer_id")),
    )
    op.create_table(
        "inbox",
        *(_number("stream_id"), _large("seq"), _bytes("sha256")),
        sa.PrimaryKeyConstraint("stream_id", "seq", name=op.f("pk_inbox")),
        _to("inbox", ["stream_id"], ["inbox_stream.id"]),
    )
    op.create_table(
        "inbox_held",
        *(_number("stream_id"), _large("seq"), _large("needs"), _bytes("body")),
        sa.PrimaryKeyConstraint("stream_id", "seq", name=op.f("pk_inbox_held")),
        _to("inbox_held", ["stream_id", "seq"], ["inbox.stream_id", "inbox.seq"]),
    )
    op.create_index(op.f("ix_inbox_held_stream_id_needs"), "inbox_held", ["stream_id", "needs"])
    op.create_table(
        "inbox_grading",
        *(_number("grading_id"), _number("stream_id"), _large("opened"), _number("number")),
        sa.PrimaryKeyConstraint("grading_id", name=op.f("pk_inbox_grading")),
        _to("inbox_grading", ["grading_id"], ["grading.id"], cascade=True),
        _to("inbox_grading", ["stream_id"], ["inbox_stream.id"]),
        sa.UniqueConstraint("stream_id", "opened", name=op.f("uq_inbox_grading_stream_id_opened")),
    )
    op.create_table(
        "inbox_alarm",
        *(_number("id"), _number("stream_id"), _large("seq"), _bytes("sha256")),
        *(_time("at"), _number("status"), _text("why")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_alarm")),
        _to("inbox_alarm", ["stream_id"], ["inbox_stream.id"]),
        sa.UniqueConstraint(
            *("stream_id", "seq", "sha256"), name=op.f("uq_inbox_alarm_stream_id_seq_sha256")
        ),
    )


def _to(
    table: str, ours: Sequence[str], theirs: Sequence[str], *, cascade: bool = False
) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ours,
        theirs,
        name=op.f(f"fk_{table}_{'_'.join(ours)}"),
        ondelete="CASCADE" if cascade else None,
    )


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _large(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _bytes(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def _time(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)
