"""Stations, booths, devices and rosters are made once, and clash with nothing."""

from __future__ import annotations

import pytest

from db.people_types import Role
from tests.service.api.test_problems import check
from tests.service.api.world import World

KEY = "ab" * 32


def test_only_who_administers_all_makes_a_station(world: World) -> None:
    """And then its booths and teams, each once."""
    local = world.as_(Role.ADMINISTRATOR)
    body = {"station": "new"}
    refused = world.client.post("/v1/stations", json=body, headers=local)
    check(refused, 403, "an administrator of every station")
    world.person(Role.ADMINISTRATOR, "chief", everywhere=True)
    chief = world.log_in("chief")
    assert world.client.post("/v1/stations", json=body, headers=chief).status_code == 201
    check(world.client.post("/v1/stations", json=body, headers=chief), 409, "such a station")
    for kind in ("booth", "team"):
        path = "/v1/booths" if kind == "booth" else "/v1/teams"
        assert world.client.post(path, json=body | {kind: "1"}, headers=chief).status_code == 201
        check(
            world.client.post(path, json=body | {kind: "1"}, headers=chief), 409, f"such a {kind}"
        )
        listed = world.client.get(path, params=body, headers=chief).json()["items"]
        assert [(item["station"], item[kind]) for item in listed] == [("new", "1")]


def test_a_key_is_registered_once_and_revoked_for_good(world: World) -> None:
    """The moment of the first revocation stays."""
    header = world.as_(Role.ADMINISTRATOR)
    body = {"station": "南昌西", "booth": "3", "public_key": KEY}
    made = world.client.post("/v1/devices", json=body, headers=header)
    assert made.status_code == 201, made.text
    assert made.json()["revoked_at"] is None
    check(world.client.post("/v1/devices", json=body, headers=header), 409, "registered before")
    path = f"/v1/devices/{made.json()['id']}/revoke"
    first = world.client.post(path, headers=header).json()["revoked_at"]
    world.clock.pass_(minutes=5)
    assert first == "2026-11-25T08:00:00Z"
    assert world.client.post(path, headers=header).json()["revoked_at"] == first
    check(world.client.post("/v1/devices", json=body, headers=header), 409, "registered before")
    nowhere = body | {"booth": "99", "public_key": "cd" * 32}
    check(world.client.post("/v1/devices", json=nowhere, headers=header), 404, "no such booth")


ROSTER = {
    "station": "南昌西",
    "booth": "3",
    "collector": "0107",
    "team": "甲班",
    "starts_at": "2026-11-26T08:00:00+08:00",
    "ends_at": "2026-11-26T16:00:00+08:00",
}


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"collector": "0108"}, 409, "the booth has another"),
        ({"booth": "4"}, 409, "the collector another booth"),
        ({"booth": "4", "collector": "0108"}, 201, ""),
        ({"starts_at": "2026-11-26T16:00:00+08:00", "ends_at": "2026-11-26T16:30:00Z"}, 201, ""),
        ({"ends_at": "2026-11-26T00:00:00Z"}, 400, "must be after starts_at"),
        ({"ends_at": "2026-11-27T08:00:01+08:00"}, 400, "within 24 hours"),
        ({"ends_at": "2026-11-26T16:00:00"}, 422, "body.ends_at"),
        ({"team": "丙班"}, 404, "no such team"),
        ({"station": "other"}, 404, "no such station"),
    ],
)
def test_nobody_sits_in_two_places(
    world: World, changes: dict[str, str], status: int, said: str
) -> None:
    """Nor two in one booth; one may follow another at the minute."""
    admin = world.as_(Role.ADMINISTRATOR)
    booth = {"station": "南昌西", "booth": "4"}
    assert world.client.post("/v1/booths", json=booth, headers=admin).status_code == 201
    header = world.as_(Role.TEAM_LEADER) if "team" not in changes else admin
    made = world.client.post("/v1/rosters", json=ROSTER, headers=header)
    assert made.status_code == 201, made.text
    assert made.json()["starts_at"] == "2026-11-26T00:00:00Z"
    answer = world.client.post("/v1/rosters", json=ROSTER | changes, headers=header)
    if status == 201:
        assert answer.status_code == 201, answer.text
    else:
        check(answer, status, said)
    listed = world.client.get(
        "/v1/rosters", params={"to": "2026-11-26T00:00:01Z"}, headers=header
    ).json()["items"]
    assert made.json() in listed
    assert world.client.delete(f"/v1/rosters/{made.json()['id']}", headers=header).is_success
