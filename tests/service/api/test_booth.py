"""The booth that runs here, over HTTP: who sits there, and what the lane says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from db.people_types import Role
from tests.service.api.world import NOW, World

OWN = "0107"


def post(world: World, role: Role, path: str, body: dict[str, Any] | None = None) -> Any:
    """The answer to somebody of this role."""
    header = {**world.as_(role), "Content-Type": "application/json"}
    return world.client.post(f"/v1/{path}", content=json.dumps(body or {}), headers=header)


def test_a_collector_speaks_for_oneself(world: World) -> None:
    """Logs in and out and is relieved; of another, it is not theirs to say."""
    assert post(world, Role.COLLECTOR, "booth/logout").status_code == 404
    assert post(world, Role.COLLECTOR, "booth/login", {"collector": "0108"}).status_code == 404
    answer = post(world, Role.COLLECTOR, "booth/login", {"collector": OWN})
    assert (answer.json()["collector"], answer.json()["how"]) == (OWN, "api")
    answer = post(world, Role.COLLECTOR, "booth/relief")
    assert (answer.json()["collector"], answer.json()["how"]) == (None, "relief")
    assert post(world, Role.TEAM_LEADER, "booth/login", {"collector": "0108"}).status_code == 200
    assert post(world, Role.COLLECTOR, "booth/logout").status_code == 404
    answer = post(world, Role.TEAM_LEADER, "booth/relief", {"collector": OWN})
    assert (answer.json()["collector"], answer.json()["how"]) == (OWN, "relief")
    assert post(world, Role.COLLECTOR, "booth/logout").json()["how"] == "logout"


@pytest.mark.parametrize("collector", ["nobody", "erased:1"])
def test_an_id_that_none_may_have(world: World, collector: str) -> None:
    """Refused, whoever asks."""
    answer = post(world, Role.SUPERVISOR, "booth/login", {"collector": collector})
    assert answer.status_code == 409
    assert f"{collector!r}" not in answer.text


def test_not_me(world: World) -> None:
    """A vehicle that stands there may be somebody else's; one that never came may not."""
    events = [{"id": "1", "kind": "arrived", "at": NOW.isoformat(), "vehicle": "A1"}]
    assert post(world, Role.ADMINISTRATOR, "lane-events", {"events": events}).status_code == 200
    post(world, Role.COLLECTOR, "booth/login", {"collector": OWN})
    assert post(world, Role.COLLECTOR, "booth/not-me", {"vehicle": "A1"}).status_code == 200
    assert post(world, Role.COLLECTOR, "booth/not-me", {"vehicle": "A9"}).status_code == 409
    assert post(world, Role.COLLECTOR, "booth/not-me", {"vehicle": 1.5}).status_code == 422


def test_the_lane_is_told_what_became_of_each(world: World) -> None:
    """A batch that is sent again is taken once; what is wrong with one is flagged."""
    events = [
        {"id": "1", "kind": "arrived", "at": NOW.isoformat(), "vehicle": "A1", "axles": 2},
        {"id": "2", "kind": "left", "at": NOW.isoformat(), "vehicle": "A2"},
    ]
    answers = [
        post(world, Role.ADMINISTRATOR, "lane-events", {"events": events}).json()["events"]
        for _ in range(2)
    ]
    assert [one["flag"] for one in answers[0]] == [None, "impossible"]
    assert [one["repeated"] for one in answers[0] + answers[1]] == [False, False, True, True]
    state = world.client.get("/v1/booth/state", headers=world.as_(Role.MONITOR)).json()
    assert (state["vehicle"], state["lane_offset_ms"]) == ("A1", 0)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"events": []},
        {"events": [1]},
        {"events": [{"id": "1"}]},
        {"events": [{"id": "\0", "kind": "left", "at": NOW.isoformat(), "vehicle": 1}]},
        {"events": [{"id": "\ud800", "kind": "left", "at": NOW.isoformat(), "vehicle": 1}]},
        {"events": [{"id": "1", "kind": "left", "at": NOW.isoformat(), "vehicle": 10**30}]},
        {"events": [{"id": "1", "kind": "left", "at": "1e99", "vehicle": 1}]},
        {"events": [{"id": str(n)} for n in range(1_001)]},
    ],
)
def test_nonsense_is_refused_whole(world: World, body: dict[str, Any]) -> None:
    """With what is wrong with it, and nothing of it is taken."""
    answer = post(world, Role.ADMINISTRATOR, "lane-events", body)
    assert answer.status_code == 422
    state = world.client.get("/v1/booth/state", headers=world.as_(Role.MONITOR)).json()
    assert state["lane_offset_ms"] is None


def test_where_no_booth_runs(world: World) -> None:
    """There is none, and that is said."""
    world.services.door.booth = None
    answer = world.client.get("/v1/booth/state", headers=world.as_(Role.SUPERVISOR))
    assert answer.status_code == 404
    assert post(world, Role.SUPERVISOR, "booth/login", {"collector": OWN}).status_code == 404
