"""Insert a row that may be there already: SQLAlchemy has ON CONFLICT for each dialect apart."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite


def insert_on(dialect: str, table: Any) -> postgresql.Insert | sqlite.Insert:
    """An insert into the table (or a mapped class) that takes `on_conflict_…`, for this dialect."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def insert_new(connection: Connection, table: Any) -> postgresql.Insert | sqlite.Insert:
    """An insert that leaves a row as it is where one of its keys is there already."""
    return insert_on(connection.dialect.name, table).on_conflict_do_nothing()
