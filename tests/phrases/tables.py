"""Read the tables of test data: what a data file of the same name must do."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"


def rows(file: str, table: str) -> list[dict[str, Any]]:
    """The rows of one table of a test-data file."""
    found = tomllib.loads((DATA / f"{file}.toml").read_text(encoding="utf-8"))[table]
    assert isinstance(found, list)
    assert found
    return found
