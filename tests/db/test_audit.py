"""The audit log: what was noted stays."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError

from db import audit
from db.people_tables import Audit
from db.people_types import Deed
from tests.db.samples import START


@pytest.mark.parametrize("statement", ["UPDATE audit SET thing = 'other'", "DELETE FROM audit"])
def test_rows_are_only_added(engine: Engine, statement: str) -> None:
    """Neither a mistake of ours nor anybody's statement changes or deletes one."""
    with engine.begin() as connection:
        audit.note(connection, Deed(action="clip.read", thing="1", detail={"role": "x"}), START)
    with pytest.raises(DBAPIError, match="only added to"), engine.begin() as connection:
        connection.execute(text(statement))
    with engine.connect() as connection:
        (row,) = connection.execute(select(Audit.__table__)).mappings()
    assert (row["action"], row["thing"], row["at"]) == ("clip.read", "1", START)
    assert row["detail"] == {"role": "x"}
    assert row["person_id"] is row["collector_id"] is None
