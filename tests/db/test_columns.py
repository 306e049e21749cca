"""What columns give back is what they were given."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect

from db.columns import Named, Several, Utc

DIALECTS: list[Dialect] = [sqlite.dialect(), postgresql.dialect()]  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_time_without_a_zone_is_refused(dialect: Dialect) -> None:
    """It would be read as another instant."""
    with pytest.raises(ValueError, match="without a zone"):
        Utc().process_bind_param(dt.datetime(2026, 1, 1), dialect)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_times_come_back_in_utc(dialect: Dialect) -> None:
    """Whatever zone they were given in."""
    given = dt.datetime(2026, 1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    back = Utc().process_result_value(Utc().process_bind_param(given, dialect), dialect)
    assert back == given
    assert back is not None
    assert back.tzinfo is dt.UTC


@pytest.mark.parametrize("dialect", DIALECTS)
def test_tuples_and_names_come_back(dialect: Dialect) -> None:
    """Tuples as tuples; and nothing as nothing."""
    several, named = Several(), Named()
    kept = several.process_bind_param(("收", "找"), dialect)
    assert several.process_result_value(kept, dialect) == ("收", "找")
    assert several.process_bind_param(None, dialect) is None
    assert several.process_result_value(None, dialect) is None
    assert named.process_bind_param({"amount": "50"}, dialect) == {"amount": "50"}
    assert named.process_bind_param(None, dialect) is None
