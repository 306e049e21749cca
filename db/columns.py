"""What a column can hold that the databases do not agree on, and the base of every table."""

from __future__ import annotations

import datetime as dt
import enum
import json
from collections.abc import Mapping
from typing import Annotated, Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    ColumnElement,
    DateTime,
    Dialect,
    Double,
    Enum,
    MetaData,
    Text,
    TypeDecorator,
    cast,
    func,
)
from sqlalchemy.orm import DeclarativeBase, mapped_column


class Utc(TypeDecorator[dt.datetime]):
    """An aware time, kept in UTC: SQLite would lose the zone and PostgreSQL give its own."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> Any:
        """The time in UTC; ValueError if it has no zone."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError("a time without a zone cannot be kept")
        value = value.astimezone(dt.UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        """The time in UTC, aware."""
        if value is None:
            return None
        if dialect.name == "sqlite":
            return value.replace(tzinfo=dt.UTC)  # type: ignore[no-any-return]
        return value.astimezone(dt.UTC)  # type: ignore[no-any-return]


class Several(TypeDecorator[tuple[Any, ...]]):
    """A tuple of texts or numbers, kept as a JSON list."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: tuple[Any, ...] | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """The list."""
        return None if value is None else list(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[Any, ...] | None:  # noqa: ARG002
        """The tuple."""
        return None if value is None else tuple(value)


class Named(TypeDecorator[Mapping[str, str]]):
    """Values by name, kept as a JSON object."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, str] | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """The object."""
        return None if value is None else dict(value)


def epoch_ms(column: Any, dialect: str) -> ColumnElement[int]:
    """The whole milliseconds from 1970 to a time that `Utc` keeps, in the database."""
    if dialect == "postgresql":
        return cast(func.floor(func.extract("epoch", column) * 1000), BigInteger)
    # As SQLAlchemy writes it, YYYY-MM-DD HH:MM:SS.ffffff: read by hand, since SQLite rounds.
    written = cast(column, Text)
    seconds = cast(func.strftime("%s", func.substr(written, 1, 19)), BigInteger)
    return seconds * 1000 + cast(func.substr(written, 21, 3), BigInteger)


to_json = json.JSONEncoder(ensure_ascii=False).encode
"""how engines write JSON: Chinese stays readable, and can be searched"""

Ms = Annotated[int, mapped_column(BigInteger)]
"""milliseconds"""


class Base(DeclarativeBase):
    """Every table."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012
        bool: Boolean,
        str: Text,
        float: Double,
        dt.datetime: Utc,
        tuple[str, ...]: Several,
        tuple[int, ...]: Several,
        Mapping[str, str]: Named,
        enum.Enum: Enum(
            enum.Enum,
            native_enum=False,
            create_constraint=True,
            length=16,
            values_callable=lambda members: [member.value for member in members],
        ),
    }
