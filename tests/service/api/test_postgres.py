"""The API on PostgreSQL: what SQLite takes and PostgreSQL does not would be met here."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from db import people
from db.people_types import Role
from service.accounts import PER_LOGIN
from service.api import wiring
from service.api.app import create_app
from service.bootstrap import Knowledge
from tests.postgres import Postgres
from tests.service.api.calls import CALLS, ask
from tests.service.api.test_rights import WITHIN, documented
from tests.service.api.test_shifts import walk
from tests.service.api.things import things
from tests.service.api.world import CHEAP, Clock, World, booth_of, fill, site

pytestmark = pytest.mark.slow


@pytest.fixture
def there(postgres: Postgres, known: Knowledge, tmp_path: Path) -> Iterator[World]:
    """The same world as elsewhere, on PostgreSQL."""
    url, clock = postgres.new_database(), Clock()
    here = site(tmp_path, url)
    with (
        wiring.services(here, known=known, passwords=CHEAP, clock=clock) as services,
        TestClient(create_app(services)) as client,
    ):
        shifts = fill(services)
        services.door.booth = booth_of(services)
        yield World(client=client, services=services, clock=clock, shifts=shifts)
    postgres.drop(url)


def test_every_endpoint_answers_there_too(there: World) -> None:
    """As a collector and as an administrator: just what the table says."""
    table, made = documented(), things(there)
    wrong = []
    for role in (Role.COLLECTOR, Role.ADMINISTRATOR):
        header = there.as_(role)
        for endpoint, call in CALLS.items():
            for whose in call.whose:
                allowed = ask(there.client, endpoint, call, made, whose, header)
                if allowed != (whose in WITHIN[table[endpoint][role]]):
                    wrong.append(f"{role.value} {endpoint} of {whose}")
    assert wrong == []


@pytest.mark.parametrize("limit", [1, 3])
def test_pages_are_the_whole_list_once_there_too(there: World, limit: int) -> None:
    """Keys of several columns, compared by the database."""
    header = there.as_(Role.SUPERVISOR)
    assert len({shift["id"] for shift in walk(there, "/v1/shifts", header, limit=limit)}) == 3
    findings = walk(there, "/v1/findings", header, limit=limit)
    assert len({(f["shift"], f["vehicle_position"], f["position"]) for f in findings}) == 12


def test_guesses_at_once_are_no_more_than_guesses_in_turn(there: World) -> None:
    """Forty at the same moment: ten are tried, and the right password is not among the rest."""
    login = there.person(Role.MONITOR)

    def guess(_: int) -> int:
        body = {"login": login, "password": "wrong"}
        return there.client.post("/v1/session", json=body).status_code

    with ThreadPoolExecutor(max_workers=8) as several:
        codes = list(several.map(guess, range(40)))
    assert set(codes) <= {401, 429}
    assert codes.count(401) <= PER_LOGIN


def test_a_code_is_taken_by_one_of_two(there: World) -> None:
    """The same code at the same moment, from two machines."""
    login = there.person(Role.MONITOR)
    with there.services.database.reading() as connection:
        row = people.secrets_of(connection, login)
    assert row is not None

    def take(_: int) -> bool:
        with there.services.database.writing() as connection:
            return people.use_step(connection, row["id"], 1_000)

    with ThreadPoolExecutor(max_workers=8) as several:
        assert sum(several.map(take, range(8))) == 1
