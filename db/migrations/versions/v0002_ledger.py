"""The ledger: chains, seals and salts; what was stored before it is marked as such.

There is no way down: it would delete what is kept.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"


def upgrade() -> None:
    """Create the ledger's tables, and note which grading was the last without it."""
    op.create_table(
        "ledger_writer",
        _number("id"),
        _text("name"),
        _large("seq"),
        _text("hash"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_writer")),
        sa.UniqueConstraint("name", name=op.f("uq_ledger_writer_name")),
    )
    op.create_table(
        "ledger_entry",
        *_of_writer(),
        *(_text(name) for name in ("kind", "body", "at")),
        _large("monotonic_ns"),
        *(_text(name) for name in ("boot", "previous", "hash")),
        *_keys("ledger_entry"),
    )
    op.create_table(
        "ledger_words",
        *_of_writer(),
        _number("place"),
        _text("hash"),
        sa.Column("salt", sa.Text(), nullable=True),
        *_keys("ledger_words", "place", to="ledger_entry"),
    )
    op.create_table(
        "ledger_key",
        *_of_writer(),
        _text("public_key"),
        *_keys("ledger_key", to="ledger_entry"),
    )
    op.create_index(
        op.f("ix_ledger_key_writer_id_public_key"),
        "ledger_key",
        ["writer_id", "public_key"],
        unique=True,
    )
    op.create_table(
        "ledger_seal",
        *_of_writer(),
        _large("first_seq"),
        _number("grading_id"),
        *(_text(name) for name in ("root", "public_key", "signature")),
        *_keys("ledger_seal"),
    )
    op.create_index(op.f("ix_ledger_seal_grading_id"), "ledger_seal", ["grading_id"])
    op.create_table(
        "ledger_start",
        _number("grading_id"),
        sa.PrimaryKeyConstraint("grading_id", name=op.f("pk_ledger_start")),
    )
    op.execute(
        "INSERT INTO ledger_start (grading_id) "
        "SELECT last FROM (SELECT MAX(id) AS last FROM grading) AS g WHERE last IS NOT NULL"
    )


def _of_writer() -> list[sa.Column[int]]:
    return [_number("writer_id"), _large("seq")]


def _keys(table: str, *more: str, to: str = "ledger_writer") -> list[sa.Constraint]:
    """The primary key, and the foreign key to the writer or to the entry."""
    ours = ["writer_id", "seq"] if to == "ledger_entry" else ["writer_id"]
    theirs = [f"{to}.{name}" for name in (ours if to == "ledger_entry" else ["id"])]
    name = f"fk_{table}_{'_'.join(ours) if len(ours) > 1 else ours[0]}"
    return [
        sa.PrimaryKeyConstraint("writer_id", "seq", *more, name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(ours, theirs, name=op.f(name)),
    ]


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _large(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)
