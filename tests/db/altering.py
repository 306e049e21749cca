"""Change one thing in a database behind the program's back, drawn at random or as told."""

from __future__ import annotations

import datetime as dt
import enum
import math
from random import Random
from typing import Any

import pytest
from sqlalchemy import Column, Connection, Engine, Table, delete, func, select, text, update
from sqlalchemy.exc import DBAPIError

from db import clip_tables, codec, ledger_tables, statements, tables
from db.columns import Base

UNSTATED = {"shift.id", "shift.team_id", "collector.team_id", "station.id", "booth.id"}
UNSTATED |= {"collector.id", "collector.station_id", "recording.id", "grading.id"}
UNSTATED |= {"ledger_writer.id"}
"""a team may be named later; the rest are keys by which rows find each other,
and whatever stands for an erased person"""
ALTERED: tuple[type[Base], ...] = (
    ledger_tables.LedgerWriter,
    ledger_tables.LedgerEntry,
    ledger_tables.LedgerWords,
    ledger_tables.LedgerKey,
    ledger_tables.LedgerSeal,
    tables.Station,
    tables.Booth,
    tables.Collector,
    tables.Shift,
    tables.Recording,
    tables.Part,
    tables.Grading,
    *codec.CHILDREN,
    clip_tables.Clip,
    clip_tables.ClipKey,
)


def alter(connection: Connection, random: Random) -> str:
    """Change a value of a row, or delete a row; what was done, by table and column."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    while True:
        table: Table = random.choice(ALTERED).__table__  # type: ignore[assignment]
        count = connection.scalar(select(func.count()).select_from(table)) or 0
        if not count:
            continue
        query = select(table).order_by(*table.primary_key).offset(random.randrange(count)).limit(1)
        row = connection.execute(query).mappings().one()
        this = [key == row[key.name] for key in table.primary_key]
        try:
            with connection.begin_nested():
                if random.random() < 0.15:
                    connection.execute(delete(table).where(*this))
                    return f"{table.name} deleted"
                column = random.choice(list(table.columns))
                name = f"{table.name}.{column.name}"
                if name in UNSTATED or str(row[column.name]).startswith(statements.ERASED):
                    continue
                value = other(column, row[column.name], random)
                connection.execute(update(table).where(*this).values({column.name: value}))
                return name
        except DBAPIError:
            # The database itself forbids it.
            continue


def other(column: Column[Any], value: Any, random: Random) -> Any:
    """Another value for the column."""
    kind = column.type.python_type
    if column.nullable and value is not None and random.random() < 0.3:
        return None
    if issubclass(kind, enum.Enum):
        return random.choice([member for member in kind if member is not value])
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + random.choice((-1, 1, 2, 1000))
    if isinstance(value, float):
        return random.choice((math.nextafter(value, 1e9), value + 1, -value - 1))
    if isinstance(value, dt.datetime):
        return value + dt.timedelta(microseconds=random.choice((-1, 1, 3_600_000_000)))
    if isinstance(value, tuple):
        return (*value, 7 if value and isinstance(value[0], int) else "x")
    if isinstance(value, dict):
        return {**value, "x": "y"}
    if isinstance(value, str):
        return _other_text(value, random)
    return 1.5 if issubclass(kind, float) else 1 if issubclass(kind, int) else "x"


def _other_text(value: str, random: Random) -> str:
    if not value or random.random() < 0.2:
        return f"{value} "
    place = random.randrange(len(value))
    new = random.choice([char for char in "0123456789abcdefF收" if char != value[place]])
    return random.choice((value[:place] + new + value[place + 1 :], value[:place]))


def erase(connection: Connection, grading_id: int) -> None:
    """Delete the words of a grading together with their salts, as the ledger's rules want it."""
    for table, blank in (
        (tables.Step, {"heard": None, "why": ""}),
        (tables.Finding, {"heard": None, "reason": ""}),
        (tables.Utterance, {"text": None}),
        (tables.Match, {"text": "", "why": "", "remark": None}),
    ):
        rows: Any = table.__table__
        connection.execute(update(rows).where(rows.c.grading_id == grading_id).values(**blank))
    vehicle = tables.Vehicle
    connection.execute(
        update(vehicle)
        .where(vehicle.grading_id == grading_id, vehicle.is_number.is_(False))
        .values(vehicle="")
    )
    grading = tables.Grading
    connection.execute(update(grading).where(grading.id == grading_id).values(warnings=()))
    recording = select(grading.recording_id).where(grading.id == grading_id).scalar_subquery()
    connection.execute(
        update(tables.Part).where(tables.Part.recording_id == recording).values(name="")
    )
    clip, key = clip_tables.Clip, clip_tables.ClipKey
    connection.execute(delete(key).where(key.grading_id == grading_id))
    connection.execute(update(clip).where(clip.grading_id == grading_id).values(sha256=None))
    connection.execute(update(tables.Collector).values(code=f"{statements.ERASED}1"))
    connection.execute(update(ledger_tables.LedgerWords).values(salt=None))


def only_added_to(engine: Engine, subtests: pytest.Subtests, *statements: str) -> None:
    """The database refuses each of these, for what is there stays."""
    for statement in statements:
        with (
            subtests.test(statement),
            pytest.raises(DBAPIError, match="only added to"),
            engine.begin() as connection,
        ):
            connection.execute(text(statement))
