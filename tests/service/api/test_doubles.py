"""Blind double listening through the API: nothing tells what was said, and two agree or not."""

from __future__ import annotations

import pytest

from db.people_types import Role
from tests.service.api.test_problems import check
from tests.service.api.things import Things, things
from tests.service.api.world import STATION, World


@pytest.fixture
def made(world: World) -> Things:
    """A clip to be labelled of each."""
    return things(world)


def test_two_hear_what_neither_is_told(world: World, made: Things) -> None:
    """Neither whose it is, nor what the program or the other said; then the sample says its own."""
    who = world.as_(Role.SUPERVISOR)
    new = {"station": STATION, "code": "missing.thanks", "from": "2026-11-24", "to": "2026-11-24"}
    drawn = world.client.post("/v1/doubles", json=new, headers=who)
    assert drawn.status_code == 201, drawn.text
    assert (drawn.json()["vehicles"], drawn.json()["pairs"], drawn.json()["kappa"]) == (3, 0, None)
    queue = world.client.get("/v1/doubles/queue", headers=who).json()["items"]
    assert {frozenset(one) for one in queue} == {
        frozenset({"id", "station", "code", "lane", "clip"})
    }
    one = queue[-1]["id"]
    address = f"/v1/doubles/{one}/labels"
    first = world.client.post(address, json={"verdict": "confirmed"}, headers=who)
    assert first.json() == {"id": one, "number": 1}
    again = world.client.post(address, json={"verdict": "confirmed"}, headers=who)
    check(again, 409, "you have labelled this clip")
    other = world.as_(Role.INSPECTOR)
    second = world.client.post(address, json={"verdict": "confirmed"}, headers=other)
    assert second.json()["number"] == 2
    third = world.client.post(
        address, json={"verdict": "confirmed"}, headers=world.as_(Role.TOLL_OFFICE)
    )
    check(third, 409, "two people have labelled this clip")
    listed = world.client.get("/v1/doubles", headers=world.as_(Role.SUPERVISOR)).json()
    assert (listed[0]["pairs"], listed[0]["precision"]["value"]) == (1, 1.0)
    assert listed[0]["precision"]["low"] < 0.3
    assert listed[0]["recall"]["value"] == 1.0
    assert made.doubles["own"] in {each["id"] for each in queue}


def test_everybody_of_the_station_sees_how_far_a_phrase_is(world: World, made: Things) -> None:
    """The collector too: what is found by it is advice until then."""
    for role in (Role.INSPECTOR, Role.SUPERVISOR):
        address = f"/v1/doubles/{made.doubles['team']}/labels"
        body = {"verdict": "confirmed"}
        assert world.client.post(address, json=body, headers=world.as_(role)).status_code == 201
    answer = world.client.get(
        "/v1/standings", params={"station": STATION}, headers=world.as_(Role.COLLECTOR)
    )
    assert (answer.json()["target"], answer.json()["least"]) == (0.98, 200)
    (code,) = answer.json()["codes"]
    assert (code["code"], code["standing"], code["reason"]) == (
        "missing.thanks",
        "advisory",
        "few",
    )
    assert (code["clips"], code["confirmed"], code["history"]) == (1, 1, [])


def test_where_there_is_nothing_to_hear_nothing_is_drawn(world: World) -> None:
    """A month without data is said to be one."""
    new = {"station": STATION, "code": "missing.thanks", "from": "2026-01-01", "to": "2026-01-31"}
    who = world.as_(Role.SUPERVISOR)
    check(world.client.post("/v1/doubles", json=new, headers=who), 400, "nothing to hear")
    assert world.client.get("/v1/doubles", headers=who).json() == []
