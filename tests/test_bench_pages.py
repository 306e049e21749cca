"""The benchmark of the pages runs, and every page that it names is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.engine import open_engine, upgrade
from scripts import bench_pages
from scripts.fill import fill
from service.console import progress


@pytest.mark.slow
def test_every_page_answers(tmp_path: Path) -> None:
    """With what it shows; what does not answer ends the benchmark."""
    url = f"sqlite:///{tmp_path / 'small.db'}"
    engine = open_engine(url)
    upgrade(engine)
    fill(engine, 2_000, 1, progress=progress)
    engine.dispose()
    made = bench_pages.run(vehicles=0, times=1, url=url)
    assert made["vehicles"] == 2_000
    pages = {each["page"] for each in made["pages"]}
    assert {"/", "/shifts", "/ask", "/shifts/ID/N"} <= pages
    assert all(each["bytes"] > 0 for each in made["pages"])
