"""People are let in, changed and put out by who may, and nobody gives what they do not have."""

from __future__ import annotations

from typing import Any

import pytest

from db.people_types import Role
from tests.service.api.test_problems import check
from tests.service.api.world import PASSWORD, World

LI = {
    "login": "Li.Hua",
    "name": "李华",
    "password": PASSWORD,
    "roles": [{"role": "collector", "station": "南昌西"}],
    "seat": {"station": "南昌西", "collector": "0108"},
}


def new(world: World, header: dict[str, str], **changes: Any) -> Any:
    """The answer to making somebody."""
    return world.client.post("/v1/people", json=LI | changes, headers=header)


def test_a_collector_is_made_and_sees_their_own(world: World) -> None:
    """From the administrator's form to the collector's shifts."""
    header = world.as_(Role.ADMINISTRATOR)
    made = new(world, header)
    assert made.status_code == 201, made.text
    person = made.json()
    assert (person["login"], person["collector"]) == ("li.hua", "0108")
    shifts = world.client.get("/v1/shifts", headers=world.log_in("LI.HUA")).json()["items"]
    assert [shift["id"] for shift in shifts] == [world.shifts["team"]]
    check(new(world, header), 400, "another person's")
    check(new(world, header, login="other"), 400, "another person's")


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"roles": [{"role": "monitor", "station": "other"}]}, 404, "no such station"),
        ({"roles": [{"role": "administrator"}]}, 403, "name a station"),
        ({"roles": [{"role": "team_leader", "station": "南昌西"}]}, 400, "has a team"),
        ({"roles": [{"role": "monitor", "station": "南昌西", "team": "甲班"}]}, 400, "nobody else"),
        ({"roles": [{"role": "king", "station": "南昌西"}]}, 422, "body.roles.0.role"),
        ({"seat": {"station": "other", "collector": "0107"}}, 404, "no such station"),
        ({"seat": {"station": "南昌西", "collector": "erased:1"}}, 400, "give another"),
        ({"password": "short"}, 400, "fewer than 12"),
        ({"login": "li hua"}, 400, "no spaces"),
        ({"login": "li\u0000hua"}, 422, "body.login"),
        ({"colour": "red"}, 422, "body.colour"),
    ],
)
def test_who_cannot_be_made(world: World, changes: Any, status: int, said: str) -> None:
    """A station's administrator gives roles of that station only."""
    header = world.as_(Role.ADMINISTRATOR)
    check(new(world, header, **changes), status, said)
    people = world.client.get("/v1/people", headers=header).json()["items"]
    assert [person["login"] for person in people] == ["administrator"]


def test_who_is_changed_is_logged_out(world: World) -> None:
    """A new password, other roles, or the end: no session goes on with what is no more."""
    admin = world.as_(Role.ADMINISTRATOR)
    path = f"/v1/people/{new(world, admin).json()['id']}"
    changes: tuple[dict[str, Any], ...] = (
        {"roles": [{"role": "supervisor", "station": "南昌西"}]},
        {"password": "another four 5"},
        {"disabled": True},
    )
    password = PASSWORD
    for change in changes:
        header = world.log_in("li.hua", password)
        assert world.client.patch(path, json={"name": "X"}, headers=admin).status_code == 200
        assert world.client.get("/v1/session", headers=header).status_code == 200
        assert world.client.patch(path, json=change, headers=admin).status_code == 200
        assert world.client.get("/v1/session", headers=header).status_code == 401
        password = change.get("password", password)
    body = {"login": "li.hua", "password": password}
    check(world.client.post("/v1/session", json=body), 401, "is wrong")
    assert world.client.patch(path, json={"disabled": False}, headers=admin).status_code == 200
    world.log_in("li.hua", password)


def test_a_station_does_not_rule_who_rules_more(world: World) -> None:
    """Else its administrator would set the password of the administrator of all."""
    world.person(Role.ADMINISTRATOR, "chief", everywhere=True)
    chief = world.log_in("chief")
    local = world.as_(Role.ADMINISTRATOR)
    ids = {
        p["login"]: p["id"] for p in world.client.get("/v1/people", headers=chief).json()["items"]
    }
    path = f"/v1/people/{ids['chief']}"
    change = {"password": "another four 5"}
    check(world.client.patch(path, json=change, headers=local), 404, "no such person")
    roles = [{"role": "administrator"}, {"role": "supervisor", "station": "南昌西"}]
    assert world.client.patch(path, json={"roles": roles}, headers=chief).status_code == 200
    check(world.client.patch(path, json=change, headers=local), 403, "a role or a seat elsewhere")


def test_somebody_always_administers_all(world: World) -> None:
    """The last one can neither be disabled nor lose the role."""
    world.person(Role.ADMINISTRATOR, "chief", everywhere=True)
    chief = world.log_in("chief")
    me = world.client.get("/v1/session", headers=chief).json()
    changes: tuple[dict[str, Any], ...] = ({"disabled": True}, {"roles": []})
    for change in changes:
        answer = world.client.patch(f"/v1/people/{me['id']}", json=change, headers=chief)
        check(answer, 409, "nobody would administer")
    assert world.client.get("/v1/session", headers=chief).status_code == 200


def test_what_an_administrator_does_is_noted(world: World) -> None:
    """Who, what and to whom, for the station to see."""
    header = world.as_(Role.ADMINISTRATOR)
    made = new(world, header).json()
    deeds = world.client.get("/v1/audit", headers=header).json()["items"]
    assert [(d["action"], d["thing"], d["station"]) for d in deeds] == [
        ("person.added", str(made["id"]), "南昌西")
    ]
    assert deeds[0]["person"] == "somebody"
