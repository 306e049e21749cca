"""Check what came from another machine, column by column, and make rows of it.

A column that is missing or unknown is a fault: what was stated must be kept whole.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, Boolean, Double, Enum, Integer, Text

from db.columns import Base, Named, Several, Utc

Check = Callable[[Any], Any]
"""Gives the value as the database takes it; ValueError if it is none for the column."""


class Unreadable(ValueError):
    """A value that cannot be kept; says of which column it is, and does not quote it."""


class Decoder:
    """Makes rows of one table."""

    def __init__(
        self, table: type[Base], *, keys: Sequence[str] = (), without: Sequence[str] = ()
    ) -> None:
        """Of `table`: `keys` are given by the caller, and nobody gives those that are `without`."""
        self.table = table
        columns = [c for c in table.__table__.columns if c.name not in (*keys, *without)]
        self.names = (*keys, *(column.name for column in columns))
        self._checks = [(column.name, _check(column)) for column in columns]

    def row(self, keys: Sequence[Any], values: Mapping[str, Any]) -> tuple[Any, ...]:
        """The row in the order of `names`; Unreadable says which column is at fault."""
        name = ""
        try:
            made = [*keys]
            for name, check in self._checks:
                made.append(check(values[name]))
        except KeyError:
            raise Unreadable(f"{self._of(name)} is missing") from None
        except ValueError:
            raise Unreadable(f"{self._of(name)} has a value that is none") from None
        if len(values) != len(self._checks):
            known = {name for name, _ in self._checks}
            unknown = next(name for name in values if name not in known)
            raise Unreadable(f"{self._of(unknown[:64])} is not known here: upgrade the centre")
        return tuple(made)

    def _of(self, name: str) -> str:
        return f"{self.table.__tablename__}.{name}"


def _check(column: Any) -> Check:
    check = _of_type(column.type)
    if not column.nullable:
        return check
    return lambda value: None if value is None else check(value)


def _of_type(kind: Any) -> Check:
    if isinstance(kind, Enum):
        allowed = frozenset(kind.enums)
        return lambda value: _known(value, allowed)
    if isinstance(kind, BigInteger):
        return lambda value: _whole(value, 2**63)
    checks: dict[type[Any], Check] = {
        Boolean: _truth,
        Integer: lambda value: _whole(value, 2**31),
        Double: _number,
        Utc: moment,
        Several: _several,
        Named: _named,
        Text: _text,
    }
    return next(check for of, check in checks.items() if isinstance(kind, of))


def _known(value: Any, allowed: frozenset[str]) -> str:
    if type(value) is str and value in allowed:
        return value
    raise ValueError


def _whole(value: Any, limit: int) -> int:
    if type(value) is int and -limit <= value < limit:
        return value
    raise ValueError


def _truth(value: Any) -> bool:
    if type(value) is bool:
        return value
    raise ValueError


def _text(value: Any) -> str:
    if type(value) is str:
        return value
    raise ValueError


def _number(value: Any) -> float:
    """A number is given as a text, for JSON's differ from program to program."""
    number = float(_text(value))
    if math.isnan(number):
        raise ValueError
    return number


def moment(value: Any) -> dt.datetime:
    """An aware time; ValueError if it is none."""
    at = dt.datetime.fromisoformat(_text(value))
    if at.utcoffset() is None:
        raise ValueError
    return at.astimezone(dt.UTC)


def _several(value: Any) -> tuple[Any, ...]:
    if type(value) is list and all(type(item) is str or type(item) is int for item in value):
        return tuple(value)
    raise ValueError


def _named(value: Any) -> dict[str, str]:
    if type(value) is dict and all(type(item) is str for item in value.values()):
        return value
    raise ValueError
