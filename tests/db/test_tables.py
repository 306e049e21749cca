"""The tables that the migrations make are those of the models and of the types that flow."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, Engine, Enum, inspect

from db import tables
from db.columns import Base
from db.engine import VERSION_TABLE
from phrases import types


def test_migrations_make_the_models(engine: Engine) -> None:
    """Nothing differs between the database as upgraded and the models."""
    with engine.connect() as connection:
        options = {"version_table": VERSION_TABLE, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []


def test_migrations_know_every_value(engine: Engine) -> None:
    """Every value of an enumeration that a column holds passes the database's own check."""
    checks = {}
    for name in Base.metadata.tables:
        for check in inspect(engine).get_check_constraints(name):
            checks[check["name"]] = set(re.findall(r"'(\w+)'", check["sqltext"]))
    for table in Base.metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, Enum):
                name = f"ck_{table.name}_{column.type.name}"
                assert checks.pop(name) == set(column.type.enums), name
    # The others are rules of a table, which its model has too.
    rules = {
        str(check.name)
        for table in Base.metadata.tables.values()
        for check in table.constraints
        if isinstance(check, CheckConstraint)
    }
    assert set(checks) <= rules


@pytest.mark.parametrize(
    ("kind", "table", "elsewhere"),
    [
        (types.ShiftReport, tables.Grading, {"transactions", "utterances", "gaps", "versions"}),
        (types.Versions, tables.Grading, set()),
        (types.TransactionVerdict, tables.Vehicle, {"steps", "findings", "due"}),
        (types.Due, tables.Vehicle, {"lines"}),
        (types.DueLine, tables.Due, set()),
        (types.StepResult, tables.Step, set()),
        (types.Finding, tables.Finding, set()),
        (types.Heard, tables.Utterance, {"matches"}),
        (types.PhraseMatch, tables.Match, set()),
        (types.Gap, tables.Gap, set()),
    ],
)
def test_every_field_has_a_column(kind: type, table: type[Base], elsewhere: set[str]) -> None:
    """A field added to what flows is kept too, or this fails."""
    columns = set(table.__table__.columns.keys())
    assert {field.name for field in fields(kind)} - elsewhere <= columns
