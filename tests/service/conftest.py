"""A user whose settings and data are nobody else's."""

from __future__ import annotations

from pathlib import Path

import pytest

from service import settings


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user of their own, with a database of their own."""
    for name in [*settings.VARIABLES, "CHANGSHOU_CONFIG"]:
        monkeypatch.delenv(name, raising=False)
    for name in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.delenv(f"XDG_{name}_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CHANGSHOU_DB", f"sqlite:///{tmp_path / 'shifts.db'}")
    return tmp_path
