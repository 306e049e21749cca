"""Requests of every kind to the whole API; the long run is `scripts/faults api`'s."""

from __future__ import annotations

import pytest

from db import places
from db.people_types import Role
from scripts.faults_api import Asker, api
from service import rights
from service.rights import Permission, Scope

pytestmark = pytest.mark.slow

ADMINISTRATOR = Asker(name="administrator", role=Role.ADMINISTRATOR, everywhere=True)
COLLECTOR = Asker(name="collector", role=Role.COLLECTOR)
NOBODY = Asker(name="nobody", role=None)


def ignore(done: int) -> None:
    """Nobody watches."""


def test_no_request_is_too_much() -> None:
    """No 5xx, nothing that the description does not say, nothing that the table forbids."""
    found = api(1, ignore, askers=(ADMINISTRATOR, COLLECTOR, NOBODY))
    assert (found["faults"], found["forbidden"]) == (0, 0), found["first"]
    assert found["requests"] > 3 * found["operations"]
    assert found["answers"]["2xx"] > 20
    assert set(found["answers"]) == {"2xx", "4xx"}


def test_a_breakdown_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the test above could not fail."""

    def broken(*_: object, **__: object) -> None:
        raise ValueError("broken")

    monkeypatch.setattr(places, "stations", broken)
    found = api(1, ignore, askers=(ADMINISTRATOR,), under="/v1/stations")
    assert found["faults"] > 0
    assert "GET /v1/stations: Server error" in found["first"]


def test_an_access_that_the_table_forbids_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the endpoints allow is held against the table, not against themselves."""
    right = rights.RIGHTS[Role.COLLECTOR]
    wider = {**rights.RIGHTS, Role.COLLECTOR: {**right, Permission.PEOPLE_READ: Scope.ALL}}
    monkeypatch.setattr(rights, "RIGHTS", wider)
    found = api(1, ignore, askers=(COLLECTOR,), under="/v1/people")
    assert found["forbidden"] > 0
    assert "collector: GET /v1/people" in found["first"]
