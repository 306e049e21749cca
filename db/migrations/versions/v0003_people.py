"""People, roles, sessions, the audit log, booths' devices and rosters.

There is no way down: it would delete what is kept.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision: str | None = "0002"

ROLES = (
    *("collector", "trainee", "trainer", "team_leader", "duty_leader", "monitor"),
    *("inspector", "external", "supervisor", "toll_office", "finance", "administrator"),
)


def upgrade() -> None:
    """Create the tables, and let rows of the audit log be added only."""
    _create(
        "person",
        _number("id"),
        *(_text(name) for name in ("login", "name", "password")),
        _number("collector_id", nullable=True),
        _text("totp_secret", nullable=True),
        sa.Column("totp_confirmed", sa.Boolean(), nullable=False),
        sa.Column("totp_used", sa.BigInteger(), nullable=False),
        _time("disabled_at", nullable=True),
        _time("created_at"),
        unique=("login", "collector_id"),
        to={"collector_id": "collector"},
    )
    role = sa.Enum(*ROLES, name="role", native_enum=False, create_constraint=True, length=16)
    _create(
        "role_grant",
        _number("id"),
        _number("person_id"),
        sa.Column("role", role, nullable=False),
        _number("station_id", nullable=True),
        _number("team_id", nullable=True),
        to={"person_id": "person", "station_id": "station", "team_id": "team"},
    )
    _create(
        "session",
        _number("id"),
        _text("token_hash"),
        _number("person_id"),
        *(_time(name) for name in ("created_at", "seen_at", "expires_at")),
        unique=("token_hash",),
        to={"person_id": "person"},
    )
    _create("login_failure", _number("id"), _text("key"), _time("at"))
    _create(
        "audit",
        _number("id"),
        _time("at"),
        _number("person_id", nullable=True),
        *(_text(name) for name in ("action", "thing")),
        _number("collector_id", nullable=True),
        _number("station_id", nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        to={"person_id": "person", "collector_id": "collector", "station_id": "station"},
    )
    _create(
        "device",
        _number("id"),
        _number("booth_id"),
        _text("public_key"),
        _time("registered_at"),
        _time("revoked_at", nullable=True),
        unique=("public_key",),
        to={"booth_id": "booth"},
    )
    _create(
        "roster",
        *(_number(name) for name in ("id", "booth_id", "collector_id")),
        _number("team_id", nullable=True),
        *(_time(name) for name in ("starts_at", "ends_at")),
        to={"booth_id": "booth", "collector_id": "collector", "team_id": "team"},
    )
    _create("secret", _text("name"), _text("value"), key="name")
    for table, *columns in (
        ("role_grant", "person_id"),
        ("session", "person_id"),
        ("login_failure", "key", "at"),
        ("login_failure", "at"),
        ("audit", "collector_id", "id"),
        ("audit", "person_id", "id"),
        ("audit", "station_id", "id"),
        ("device", "booth_id"),
        ("roster", "booth_id", "starts_at"),
        ("roster", "collector_id", "starts_at"),
    ):
        op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns)
    _add_only("audit")


def _add_only(table: str) -> None:
    """Refuse to change or delete a row, whoever asks and however."""
    if op.get_bind().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{what.lower()} BEFORE {what} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is only added to'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION changshou_add_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'this table is only added to'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_add_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION changshou_add_only()"
    )


def _create(
    table: str,
    *columns: sa.Column[Any],
    key: str = "id",
    unique: Sequence[str] = (),
    to: dict[str, str] | None = None,
) -> None:
    """`unique`: columns each of which is; `to`: columns that name a row of another table."""
    constraints: list[sa.Constraint] = [sa.PrimaryKeyConstraint(key, name=op.f(f"pk_{table}"))]
    for column in unique:
        constraints.append(sa.UniqueConstraint(column, name=op.f(f"uq_{table}_{column}")))
    for column, other in (to or {}).items():
        name = op.f(f"fk_{table}_{column}")
        constraints.append(sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name))
    op.create_table(table, *columns, *constraints)


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _time(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)
