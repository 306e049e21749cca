"""Every endpoint, as every role, for what is own, of the team, the station and another."""

from __future__ import annotations

import re

import pytest

from db.people_types import Role
from scripts import rights
from service.api.app import create_app, operations
from service.rights import RIGHTS, Permission
from tests.service.api.calls import APART, CALLS, ask
from tests.service.api.things import things
from tests.service.api.world import World

WITHIN = {
    "own": {"own"},
    "team": {"own", "team"},
    "station": {"own", "team", "station"},
    "all": {"own", "team", "station", "other"},
    rights.NOBODY: set(),
}
"""whose things a cell of the table is for"""


def documented() -> dict[tuple[str, str], dict[Role, str]]:
    """The table of docs/api.md: endpoint to role to scope."""
    page = rights.PAGE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([A-Z]+) (\S+)` \| (.*) \|$", page, flags=re.M)
    return {
        (method, path): dict(zip(Role, cells.split(" | "), strict=True))
        for method, path, cells in rows
    }


def test_the_document_has_the_table() -> None:
    """`scripts/rights` writes it; it was forgotten if this fails."""
    page = rights.PAGE.read_text(encoding="utf-8")
    assert rights.written(page) == page


@pytest.mark.slow
@pytest.mark.parametrize("role", Role)
def test_a_role_may_what_the_table_says_and_nothing_else(world: World, role: Role) -> None:
    """Not one endpoint more, not one less, and not of another station."""
    table = documented()
    made = things(world)
    header = world.as_(role)
    wrong = []
    for endpoint, call in CALLS.items():
        scope = table[endpoint][role]
        for whose in call.whose:
            allowed = ask(world.client, endpoint, call, made, whose, header)
            if allowed != (whose in WITHIN[scope]):
                wrong.append(f"{endpoint} of {whose}: {scope}, but {allowed}")
    assert wrong == []


def test_nobody_may_anything(world: World) -> None:
    """401, whatever is asked for, even what is not there."""
    made = things(world)
    for method, path in [*CALLS, *APART]:
        names = {"shift": made.shifts["own"], "clip": made.clips["own"]}
        numbers = ("position", "roster", "person", "device", "complaint", "plan", "sample", "check")
        more = ("rectification", "review", "double", "consequence", "attempt", "exam")
        school = ("sitting", "item", "training", "replay")
        names |= dict.fromkeys((*numbers, *more, *school), "1")
        names |= {"month": "2026-11", "day": "2026-11-24", "file": "0123456789abcdef"}
        address = path.format(**names)
        assert world.client.request(method, address, json={}).status_code in (401, 422), path


def test_every_endpoint_is_asked() -> None:
    """An endpoint that is new needs a line in tests/service/api/calls.py."""
    guarded = {(method, path) for method, path, _, needed in operations() if needed is not None}
    assert guarded == {*CALLS, *APART}
    public = {(method, path) for method, path, _, needed in operations() if needed is None}
    # Booths have keys instead: tests/service/api/test_ingest.py, test_asked.py.
    booths = {("POST", path) for path in ("/v1/batches", "/v1/asked", "/v1/clip-files")}
    anybody = {("GET", "/healthz"), ("GET", "/metrics"), ("POST", "/v1/session")}
    assert public == anybody | booths


def test_every_permission_is_used() -> None:
    """What no endpoint needs is no right; what no role has is no endpoint."""
    needed = {permission for *_, permission in operations() if permission is not None}
    assert needed == set(Permission)
    assert {p for role in RIGHTS.values() for p in role} == set(Permission)
    assert set(RIGHTS) == set(Role)


def test_the_description_names_each_permission(world: World) -> None:
    """Whoever writes a program against it sees what it needs."""
    paths = create_app(world.services).openapi()["paths"]
    for method, path, _, needed in operations():
        said = paths[path][method.lower()].get("x-permission")
        assert said == (needed.value if needed else None)
