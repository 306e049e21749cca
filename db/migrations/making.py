"""What the newer revisions make their tables of, and the triggers that keep rows as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op


def number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    """A column of whole numbers."""
    return sa.Column(name, sa.Integer(), nullable=nullable)


def text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    """A column of texts."""
    return sa.Column(name, sa.Text(), nullable=nullable)


def time(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    """A column of moments."""
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def truth(name: str, *, nullable: bool = False) -> sa.Column[bool]:
    """A column of yes or no."""
    return sa.Column(name, sa.Boolean(), nullable=nullable)


def one_of(
    name: str, kind: str, values: Sequence[str], *, nullable: bool = False
) -> sa.Column[str]:
    """A column of one of these, held by a check; `kind` is the enumeration's name in lower case."""
    kept = sa.Enum(*values, name=kind, native_enum=False, create_constraint=True, length=16)
    return sa.Column(name, kept, nullable=nullable)


def create(
    table: str,
    *columns: sa.Column[Any] | sa.CheckConstraint,
    key: Sequence[str] = ("id",),
    to: Mapping[str, str] | None = None,
    whole: Mapping[Sequence[str], str] | None = None,
    unique: Sequence[Sequence[str]] = (),
    indexes: Sequence[Sequence[str]] = (),
    elsewhere: Sequence[tuple[Sequence[str], str, Sequence[str]]] = (),
) -> None:
    """Create a table.

    Args:
        table: its name.
        columns: its columns.
        key: the columns of its primary key.
        to: column to the table whose id it is.
        whole: columns that are the primary key of another table, under the same names there.
        unique: sets of columns that no two rows share.
        indexes: sets of columns to look up by.
        elsewhere: columns, another table, and what they are called there.
    """
    constraints: list[sa.Constraint] = [sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{table}"))]
    for columns_, other, theirs in (
        *(((column,), other, ("id",)) for column, other in (to or {}).items()),
        *((tuple(names), other, tuple(names)) for names, other in (whole or {}).items()),
        *((tuple(names), other, tuple(theirs)) for names, other, theirs in elsewhere),
    ):
        constraints.append(
            sa.ForeignKeyConstraint(
                columns_,
                [f"{other}.{name}" for name in theirs],
                name=op.f(f"fk_{table}_{'_'.join(columns_)}"),
            )
        )
    constraints += [
        sa.UniqueConstraint(*names, name=op.f(f"uq_{table}_{'_'.join(names)}")) for names in unique
    ]
    op.create_table(table, *columns, *constraints)
    for names in indexes:
        op.create_index(op.f(f"ix_{table}_{'_'.join(names)}"), table, list(names))


def add_only(table: str) -> None:
    """Refuse to change or delete a row, whoever asks and however."""
    if _sqlite():
        for what in ("UPDATE", "DELETE"):
            _refuse(table, what, f"{table} is only added to")
        return
    op.execute(
        f"CREATE TRIGGER {table}_add_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        # Of revision 0003.
        "FOR EACH STATEMENT EXECUTE FUNCTION changshou_add_only()"
    )


def only_blanked(table: str, *words: str, key: Sequence[str]) -> None:
    """Let these columns be made empty; refuse to change `key`, and to delete a row."""
    equal = "IS" if _sqlite() else "IS NOT DISTINCT FROM"
    same = [f"NEW.{name} {equal} OLD.{name}" for name in key]
    blank = [f"(NEW.{name} = OLD.{name} OR NEW.{name} = '')" for name in words]
    allowed = " AND ".join((*same, *blank))
    message = f"{table} is only added to and blanked"
    if _sqlite():
        _refuse(table, "DELETE", message)
        _refuse(table, "UPDATE", message, f"WHEN NOT ({allowed}) ")
        return
    op.execute(
        f"CREATE FUNCTION {table}_only_blanked() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF TG_OP = 'UPDATE' THEN IF {allowed} THEN RETURN NEW; END IF; END IF; "
        f"RAISE EXCEPTION '{message}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_only_blanked BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_only_blanked()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION changshou_add_only()"
    )


def final(table: str, column: str) -> None:
    """Refuse to change a row once this column has a value, and to delete any."""
    message = f"{table} is not changed once it is settled"
    if _sqlite():
        _refuse(table, "DELETE", message)
        _refuse(table, "UPDATE", message, f"WHEN OLD.{column} IS NOT NULL ")
        return
    op.execute(
        f"CREATE FUNCTION {table}_final() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF TG_OP = 'UPDATE' THEN IF OLD.{column} IS NULL THEN RETURN NEW; END IF; "
        f"END IF; RAISE EXCEPTION '{message}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_final BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_final()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION changshou_add_only()"
    )


def refuse_insert(table: str, name: str, unless: str, message: str) -> None:
    """Refuse a new row (NEW in `unless`, a condition that both databases read) that does not fit.

    A condition that is NULL refuses too.
    """
    if _sqlite():
        op.execute(
            f"CREATE TRIGGER {table}_{name} BEFORE INSERT ON {table} "
            f"WHEN ({unless}) IS NOT TRUE BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {table}_{name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF ({unless}) IS NOT TRUE THEN RAISE EXCEPTION '{message}'; END IF; "
        "RETURN NEW; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_{name} BEFORE INSERT ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_{name}()"
    )


def _refuse(table: str, what: str, message: str, when: str = "") -> None:
    op.execute(
        f"CREATE TRIGGER {table}_no_{what.lower()} BEFORE {what} ON {table} "
        f"{when}BEGIN SELECT RAISE(ABORT, '{message}'); END"
    )


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
