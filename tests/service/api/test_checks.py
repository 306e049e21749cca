"""Checks through the API: planned, drawn, written, commented on, and put right."""

from __future__ import annotations

from typing import Any

import pytest

from db.people_types import Role
from tests.service.api.test_problems import check
from tests.service.api.world import STATION, World

Who = dict[str, str]
SPOT: dict[str, object] = {
    "station": STATION,
    "method": "spot",
    "day": "2026-11-24",
    "collector": "0107",
    "marks": {"speech.greet": 20, "appearance.badge": 0, "gestures.hands": None},
    "text": "未佩戴工号牌 <b>&'\" 🚗",
}


def send(world: World, who: Who, path: str, body: dict[str, object], status: int = 201) -> Any:
    """What the API answers."""
    answer = world.client.post(f"/v1/{path}", json=body, headers=who)
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


def test_the_items_are_the_steps_and_what_is_seen(world: World) -> None:
    """Anybody may know by what they are judged; the month's points make 100."""
    found = world.client.get("/v1/checks/items", headers=world.as_(Role.COLLECTOR)).json()
    assert {item["part"] for item in found["items"]} == set(found["points"])
    assert sum(found["points"].values()) == 100


def test_a_check_is_written_read_and_answered(world: World) -> None:
    """The collector sees marks and words, and says something to it; a second person confirms."""
    inspector = world.as_(Role.INSPECTOR)
    made = send(world, inspector, "checks", SPOT)
    assert made["by"] == "somebody"
    assert {m["item"]: m["given"] for m in made["marks"]} == SPOT["marks"]
    collector = world.as_(Role.COLLECTOR)
    address = f"checks/{made['id']}"
    said = send(
        world,
        collector,
        f"{address}/comments",
        {"kind": "self", "seen": 1, "text": "工号牌送修"},
    )
    assert [each["kind"] for each in said["said"]] == ["report", "self"]
    late = {"seen": 1, "text": "属实"}
    supervisor = world.as_(Role.SUPERVISOR)
    check(
        world.client.post(f"/v1/{address}/confirmation", json=late, headers=supervisor),
        409,
        "look again",
    )
    send(world, supervisor, f"{address}/confirmation", {"seen": 2, "text": "属实"})
    check(
        world.client.post(
            f"/v1/{address}/confirmation", json={"seen": 3, "text": "!"}, headers=inspector
        ),
        400,
        "neither its author",
    )


def test_whoever_comes_from_outside_sees_their_own_only(world: World) -> None:
    """A mystery inspector writes a report; whom it is about is not told who came."""
    external = world.as_(Role.EXTERNAL)
    made = send(world, external, "checks", SPOT | {"method": "mystery"})
    mine = world.client.get("/v1/checks/mine", headers=external).json()["items"]
    assert [each["id"] for each in mine] == [made["id"]]
    assert world.client.get(f"/v1/checks/{made['id']}", headers=external).status_code == 403
    refused = world.client.post("/v1/checks", json=SPOT, headers=external)
    check(refused, 403, "mystery or third_party")
    collector = world.as_(Role.COLLECTOR)
    seen = world.client.get(f"/v1/checks/{made['id']}", headers=collector).json()
    assert (seen["by"], seen["said"][0]["person"]) == (None, None)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"marks": {"speech.sing": 1}}, "not asked for"),
        ({"marks": {"appearance.badge": 4}}, "give 0 to 3 points"),
        ({"marks": {"appearance.badge": None}}, "gives no points"),
        ({"marks": {}}, "gives no points"),
        ({"collector": None}, "whom you saw"),
        ({"method": "recording", "collector": None}, "name the shift"),
        ({"day": "2026-11-26"}, "in the future"),
        ({"method": "team", "collector": None}, "name the shift"),
    ],
)
def test_what_does_not_fit_together_is_refused(
    world: World, changes: dict[str, object], says: str
) -> None:
    """One clear error, and nothing is written."""
    who = world.as_(Role.INSPECTOR)
    check(world.client.post("/v1/checks", json=SPOT | changes, headers=who), 400, says)
    assert world.client.get("/v1/checks", headers=who).json()["items"] == []


def test_a_sample_is_drawn_and_heard(world: World) -> None:
    """What was drawn stays the same, and says what of it was checked."""
    who = world.as_(Role.INSPECTOR)
    plan = send(
        world,
        who,
        "checks/plans",
        {"station": STATION, "cadence": "weekly", "method": "recording", "size": 2},
    )
    body = {
        "station": STATION,
        "from": "2026-11-23",
        "to": "2026-11-29",
        "size": 2,
        "plan": plan["id"],
    }
    drawn = send(world, who, "checks/samples", body)
    first = drawn["vehicles"][0]
    heard = {
        **SPOT,
        "method": "recording",
        "collector": None,
        "shift": first["shift"],
        "position": first["position"],
        "sample": drawn["id"],
        "plan": plan["id"],
    }
    made = send(world, who, "checks", heard)
    assert made["collector"] == first["collector"]
    again = world.client.get(f"/v1/checks/samples/{drawn['id']}", headers=who).json()
    assert again["vehicles"][0]["check"] == made["id"]
    assert [v | {"check": None} for v in again["vehicles"]] == drawn["vehicles"]
    (line,) = world.client.get("/v1/checks/samples", headers=who).json()["items"]
    assert line == {name: again[name] for name in line}
    assert (line["drawn"], line["checked"], line["plan"]) == (2, 1, plan["id"])
    (row,) = world.client.get("/v1/checks/plans", headers=who).json()
    assert (row["done"], row["overdue"]) == (1, False)
    world.clock.pass_(days=7)
    who = world.as_(Role.INSPECTOR)
    (row,) = world.client.get("/v1/checks/plans", headers=who).json()
    assert (row["done"], row["before"], row["overdue"]) == (0, 1, True)
    send(world, who, f"checks/plans/{plan['id']}/end", {}, 204)
    again = world.client.post(f"/v1/checks/plans/{plan['id']}/end", headers=who)
    check(again, 409, "ended before")
    assert world.client.get("/v1/checks/plans", headers=who).json() == []


def test_an_empty_sample_is_no_error(world: World) -> None:
    """Of days without shifts there is nothing to hear; of days in the wrong order it is refused."""
    who = world.as_(Role.INSPECTOR)
    body: dict[str, object] = {"station": STATION, "from": "2025-01-01", "to": "2025-01-31"}
    assert send(world, who, "checks/samples", body | {"size": 5})["vehicles"] == []
    turned = body | {"from": "2025-02-01", "size": 5}
    check(world.client.post("/v1/checks/samples", json=turned, headers=who), 400, "1 to 366 days")


def test_the_team_looks_at_a_recording(world: World) -> None:
    """The leader opens it; the collector, a colleague and the leader each say something."""
    leader = world.as_(Role.TEAM_LEADER)
    body = {
        "station": STATION,
        "method": "team",
        "day": "2026-11-24",
        "shift": world.shifts["team"],
        "position": 0,
        "text": "看昨日录像",
    }
    made = send(world, leader, "checks", body)
    path = f"checks/{made['id']}/comments"
    colleague = world.as_(Role.COLLECTOR)
    wrong = {"kind": "self", "seen": 1, "text": "好"}
    check(world.client.post(f"/v1/{path}", json=wrong, headers=colleague), 400, "whom the check")
    wrong["kind"] = "leader"
    check(world.client.post(f"/v1/{path}", json=wrong, headers=colleague), 400, "team's leader")
    send(world, colleague, path, {"kind": "peer", "seen": 1, "text": "声音清楚"})
    done = send(world, leader, path, {"kind": "leader", "seen": 2, "text": "继续保持"})
    assert [each["kind"] for each in done["said"]] == ["report", "peer", "leader"]
    marked = body | {"marks": {"speech.greet": 20}}
    check(world.client.post("/v1/checks", json=marked, headers=leader), 400, "no points")
    other = body | {"shift": world.shifts["station"]}
    check(world.client.post("/v1/checks", json=other, headers=leader), 404, "station or team")


def test_a_check_made_by_mistake_is_withdrawn(world: World) -> None:
    """By its author or who plans; once; it stays to be read."""
    duty = world.as_(Role.DUTY_LEADER)
    made = send(world, duty, "checks", SPOT)
    path = f"checks/{made['id']}/withdrawal"
    stranger = world.as_(Role.TEAM_LEADER)
    word = {"seen": 1, "text": "误录"}
    check(world.client.post(f"/v1/{path}", json=word, headers=stranger), 404, "no such check")
    assert send(world, duty, path, word)["withdrawn"] is True
    again = {"seen": 2, "text": "误录"}
    office = world.as_(Role.TOLL_OFFICE)
    check(world.client.post(f"/v1/{path}", json=again, headers=office), 409, "withdrawn before")


def test_what_was_found_is_put_right_and_looked_at_again(world: World) -> None:
    """By whom it is about, then by somebody else, who may send it back."""
    inspector = world.as_(Role.INSPECTOR)
    found = send(world, inspector, "checks", SPOT)
    body = {"station": STATION, "collector": "0107", "check": found["id"], "text": "佩戴工号牌"}
    made = send(world, inspector, "rectifications", body)
    assert (made["due_at"], made["check"]) == ("2026-12-02T08:00:00Z", found["id"])
    path = f"rectifications/{made['id']}"
    look = {"right": True, "seen": 1, "text": "属实"}
    early = world.client.post(f"/v1/{path}/looks", json=look, headers=inspector)
    check(early, 409, "not put right yet")
    world.clock.pass_(days=8)
    duty = world.as_(Role.DUTY_LEADER)
    late = world.client.get("/v1/rectifications", params={"overdue": True}, headers=duty)
    assert [each["id"] for each in late.json()["items"]] == [made["id"]]
    collector = world.as_(Role.COLLECTOR)
    send(world, collector, f"{path}/entries", {"move": "done", "seen": 1, "text": "已佩戴"})
    inspector = world.as_(Role.INSPECTOR)
    back = send(world, inspector, f"{path}/looks", look | {"right": False, "seen": 2})
    assert (back["done_at"], back["closed_at"]) == (None, None)
    send(world, collector, f"{path}/entries", {"move": "done", "seen": 3, "text": "已佩戴"})
    closed = send(world, inspector, f"{path}/looks", look | {"seen": 4})
    assert [each["move"] for each in closed["history"]] == [
        "opened",
        "done",
        "failed",
        "done",
        "passed",
    ]
    assert closed["closed_at"] is not None
    stale = {"move": "done", "seen": 3, "text": "!"}
    check(
        world.client.post(f"/v1/{path}/entries", json=stale, headers=collector), 409, "look again"
    )
