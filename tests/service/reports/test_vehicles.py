"""A list of vehicles is read page by page, and has each once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection

from db.figures_types import Wanted
from phrases.types import Outcome
from service.bootstrap import Knowledge, knowledge
from service.reports import vehicles
from service.reports.document import Language
from service.reports.names import Names
from tests.databases import with_tables
from tests.db.test_figures import ALWAYS, SHIFTS, store
from tests.service.api.world import site


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    """The data that ships."""
    return knowledge(site(tmp_path_factory.mktemp("known")))


def test_no_more_than_a_page_is_held(
    known: Knowledge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is read again for the next, and is closed between them."""
    monkeypatch.setattr(vehicles, "PAGE", 100)
    engine = with_tables(tmp_path / "a.db")
    store(engine, *SHIFTS)
    opened: list[Connection] = []

    @contextmanager
    def reading() -> Iterator[Connection]:
        with engine.connect() as connection:
            opened.append(connection)
            yield connection

    rows = vehicles.rows(reading, ALWAYS, Wanted(), Names(known, Language.EN))
    assert opened == []
    first = [next(rows) for _ in range(100)]
    assert len(opened) == 1
    assert opened[0].closed
    whole = [*first, *rows]
    assert len(opened) == 3
    assert len(whole) == len(set(whole)) == 260
    assert {len(row) for row in whole} == {len(vehicles.table(Names(known, Language.EN)).columns)}
    unsure = Wanted(outcome=Outcome.UNSURE)
    names = Names(known, Language.ZH)
    found = list(vehicles.rows(reading, ALWAYS, unsure, names))
    assert {row[8] for row in found} == {"存疑"}
    assert "未说：您好" in {row[10] for row in found}
    engine.dispose()
