"""The API over a real database, with a clock that a test moves."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from service.api import wiring
from service.api.app import create_app
from service.bootstrap import Knowledge, knowledge
from tests.fakes import coach
from tests.postgres import postgres
from tests.service.api.world import CHEAP, Clock, World, booth_of, fill, site

__all__ = ["postgres"]


@pytest.fixture(scope="session")
def known(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    """The data that ships, read once."""
    return knowledge(site(tmp_path_factory.mktemp("known")))


@pytest.fixture(scope="session")
def filled(known: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database that has shifts, to be copied."""
    folder = tmp_path_factory.mktemp("filled")
    with wiring.services(site(folder), known=known, passwords=CHEAP) as services:
        shifts = fill(services)
    (folder / "shifts.json").write_text(json.dumps(shifts), encoding="utf-8")
    return folder


@pytest.fixture
def world(known: Knowledge, filled: Path, tmp_path: Path) -> Iterator[World]:
    """Two stations with their shifts; nobody has an account yet."""
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    clock = Clock()
    shifts = json.loads((filled / "shifts.json").read_text(encoding="utf-8"))
    with (
        wiring.services(
            site(tmp_path), known=known, passwords=CHEAP, clock=clock, coach=coach
        ) as services,
        TestClient(create_app(services)) as client,
    ):
        services.door.booth = booth_of(services)
        yield World(client=client, services=services, clock=clock, shifts=shifts)
