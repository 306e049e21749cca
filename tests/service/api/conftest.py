"""The API over a real database, with a clock that a test moves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from service.api import wiring
from service.api.app import create_app
from tests.service.api.world import CHEAP, Clock, World, fill, site


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Two stations with their shifts; nobody has an account yet."""
    clock = Clock()
    with (
        wiring.services(site(tmp_path), passwords=CHEAP, clock=clock) as services,
        TestClient(create_app(services)) as client,
    ):
        yield World(client=client, services=services, clock=clock, shifts=fill(services))
