"""Consequences through the API: a named person decides, no further than may be, and once."""

from __future__ import annotations

from typing import Any

import pytest

from db.people_types import Role
from service import consequences
from tests.service.api.test_problems import check
from tests.service.api.things import Things, things
from tests.service.api.world import STATION, World

REASON = "首次发生 🙂 <b>&'\"</b>\n=1+1"
RULE = {
    "station": STATION,
    "seen": 0,
    "enabled": True,
    "rule": "《管理办法》第十二条",
    "adopted_on": "2026-03-01",
    "pay_yuan": 900,
    "minimum_yuan": 800,
}


@pytest.fixture
def made(world: World) -> Things:
    """Consequences at every stage, of each."""
    return things(world)


def decide(world: World, one: int, who: dict[str, str], **body: object) -> Any:
    """The answer to a decision."""
    whole = {"kind": "criticism", "reason": REASON} | body
    return world.client.post(f"/v1/consequences/{one}/decision", json=whole, headers=who)


def test_one_decides_by_name_and_the_other_is_told(world: World, made: Things) -> None:
    """And whom it is about reads who, what and why."""
    one = made.consequences["own"]
    done = decide(world, one, world.as_(Role.TOLL_OFFICE))
    assert done.status_code == 201, done.text
    assert (done.json()["kind"], done.json()["decider"]) == ("criticism", "somebody")
    second = world.log_in(world.person(Role.TOLL_OFFICE, "second"))
    again = decide(world, one, second, kind=None)
    check(again, 409, "decided already by somebody at 2026-11-25T08:00:00Z")
    seen = world.client.get(f"/v1/consequences/{one}", headers=world.as_(Role.COLLECTOR)).json()
    assert (seen["reason"], seen["appeal_until"]) == (REASON, "2026-12-02T08:00:00Z")
    assert seen["provisions"] == ["appearance"]


def test_nobody_goes_further_than_may_be(world: World, made: Things) -> None:
    """No fine while amounts are off, none out of turn, and no other amount than the rule's."""
    who, one = world.as_(Role.TOLL_OFFICE), made.consequences["own"]
    # Twice criticised this year already: tests/service/api/follow.py.
    may = world.client.get(f"/v1/consequences/{one}", headers=who).json()["may"]
    assert (may["kind"], may["repeat"], may["most_yuan"]) == ("interview", True, 0)
    check(decide(world, one, who, kind="fine", amount_yuan=200), 400, "milder steps come first")
    check(decide(world, one, who, kind="interview", amount_yuan=200), 400, "only a fine")
    check(decide(world, one, who, kind="dismissal"), 400, "milder steps")
    check(decide(world, one, who, kind="sorcery"), 422, "kind")
    check(decide(world, one, who, reason="\x07"), 422, "reason")
    assert decide(world, one, who, kind="circulation").status_code == 201


def test_amounts_are_off_until_the_rule_is_cited(world: World, made: Things) -> None:
    """By name; then a fine is 200 yuan after an admonition, and finance sees it with warnings."""
    office = world.as_(Role.TOLL_OFFICE)
    asked = {"station": STATION}
    off = world.client.get("/v1/amounts/rules", params=asked, headers=office).json()
    assert (off["enabled"], off["rules"]) == (False, [])
    bare = RULE | {"rule": None}
    check(world.client.post("/v1/amounts/rules", json=bare, headers=office), 400, "cite")
    on = world.client.post("/v1/amounts/rules", json=RULE, headers=office)
    assert on.status_code == 201, on.text
    assert (on.json()["enabled"], on.json()["rules"][0]["person"]) == (True, "somebody")
    check(world.client.post("/v1/amounts/rules", json=RULE, headers=office), 409, "meanwhile")
    for check_, kind in ((made.to_propose["team"], "interview"), (made.checks["team"], None)):
        new = {"station": STATION, "collector": "0108", "check": check_} | {
            "provisions": ["appearance"]
        }
        proposed = world.client.post("/v1/consequences", json=new, headers=office)
        if kind is None:
            check(proposed, 400, "a second person must stand by it")
        else:
            done = decide(world, proposed.json()["id"], office, kind=kind)
            assert done.status_code == 201, done.text
    one = made.consequences["team"]
    assert decide(world, one, office, kind="admonition").status_code == 201
    month = world.client.get("/v1/amounts/2026-11", headers=world.as_(Role.FINANCE)).json()
    assert month == {"month": "2026-11", "deductions": []}


def test_a_week_without_an_answer_decides_for_the_collector(world: World, made: Things) -> None:
    """And it counts in no later step."""
    world.clock.pass_(days=8)
    office = world.as_(Role.TOLL_OFFICE)
    address = f"/v1/consequences/{made.protested['own']}/appeal/answer"
    body = {"granted": False, "reason": REASON}
    check(world.client.post(address, json=body, headers=office), 409, "decided for the collector")
    assert consequences.grant_overdue(world.services.database.writer, world.clock()) == 4
    seen = world.client.get(
        f"/v1/consequences/{made.protested['own']}", headers=world.as_(Role.COLLECTOR)
    ).json()
    assert (seen["granted"], seen["answered_by"]) == (True, None)
    late = world.client.post(
        f"/v1/consequences/{made.imposed['own']}/appeal",
        json={},
        headers=world.as_(Role.COLLECTOR),
    )
    check(late, 409, "time to appeal is over")


def test_what_the_station_has_not_adopted_carries_nothing(world: World, made: Things) -> None:
    """Nor a complaint that is not proven, nor two things at once."""
    who = world.as_(Role.SUPERVISOR)
    new = {
        "station": STATION,
        "collector": "0107",
        "check": made.to_propose["own"],
        "provisions": ["forbidden"],
    }
    check(world.client.post("/v1/consequences", json=new, headers=who), 400, "adopted")
    both = new | {"complaint": made.complaints["own"], "provisions": ["complaint"]}
    check(world.client.post("/v1/consequences", json=both, headers=who), 400, "name either")
    case = {name: both[name] for name in ("station", "collector", "complaint", "provisions")}
    check(world.client.post("/v1/consequences", json=case, headers=who), 400, "not proven")
    another = new | {"check": made.to_propose["team"], "provisions": ["appearance"]}
    check(world.client.post("/v1/consequences", json=another, headers=who), 404, "check of this")
    good = new | {"provisions": ["appearance"]}
    assert world.client.post("/v1/consequences", json=good, headers=who).status_code == 201
    check(world.client.post("/v1/consequences", json=good, headers=who), 409, "one violation")
