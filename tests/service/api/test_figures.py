"""Figures over HTTP: each sees their own, and a question that is none is refused."""

from __future__ import annotations

from typing import Any

import pytest

from db.people_types import Role
from tests.service.api.world import OTHER, STATION, World

ALL = {"from": "2026-11-01", "to": "2026-11-30"}
ADDRESSES = ("compliance", "misses", "deaf", "vehicles")


def get(world: World, what: str, header: dict[str, str], **query: str) -> Any:
    """An answer, with its status looked at."""
    answer = world.client.get(f"/v1/figures/{what}", headers=header, params={**ALL, **query})
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize(
    ("role", "shifts"),
    [
        (Role.COLLECTOR, {(STATION, "0107")}),
        (Role.TEAM_LEADER, {(STATION, "0107"), (STATION, "0108")}),
        (Role.SUPERVISOR, {(STATION, "0107"), (STATION, "0108"), (STATION, "0201")}),
    ],
)
def test_each_counts_their_own(world: World, role: Role, shifts: set[tuple[str, str]]) -> None:
    """Own, the team's, the station's: in every answer."""
    header = world.as_(role)
    answer = get(world, "compliance", header, by="collector")
    assert {(x["key"]["station"], x["key"]["collector"]) for x in answer["lines"]} == shifts
    assert answer["total"]["counts"]["vehicles"] == 3 * len(shifts)
    assert answer["total"]["shifts"] == len(shifts)
    listed = get(world, "vehicles", header)["items"]
    assert {(v["station"], v["collector"]) for v in listed} == shifts
    assert len(listed) == 3 * len(shifts)
    assert sum(b["shifts"] for b in get(world, "deaf", header)["booths"]) == len(shifts)
    (thanks,) = [c for c in get(world, "misses", header)["codes"] if c["code"] == "missing.thanks"]
    assert thanks["fault"] == 2 * len(shifts)
    assert get(world, "vehicles", header, station=OTHER)["items"] == []


def test_the_toll_office_counts_every_station(world: World) -> None:
    """A grant without a station reaches all."""
    header = world.as_(Role.TOLL_OFFICE, everywhere=True)
    answer = get(world, "compliance", header, by="station")
    assert {line["key"]["station"] for line in answer["lines"]} == {STATION, OTHER}
    assert (answer["from"], answer["to"], answer["by"]) == (ALL["from"], ALL["to"], "station")


@pytest.mark.parametrize("what", ADDRESSES)
@pytest.mark.parametrize("role", [Role.MONITOR, Role.FINANCE, Role.ADMINISTRATOR, Role.EXTERNAL])
def test_who_may_see_no_results(world: World, what: str, role: Role) -> None:
    """Has no figures either; nor has nobody."""
    answer = world.client.get(f"/v1/figures/{what}", headers=world.as_(role), params=ALL)
    assert answer.status_code == 403
    assert world.client.get(f"/v1/figures/{what}", params=ALL).status_code == 401


def test_pages_of_vehicles_join(world: World) -> None:
    """By a cursor that is good for the same question only."""
    header = world.as_(Role.SUPERVISOR)
    whole = get(world, "vehicles", header)["items"]
    first = get(world, "vehicles", header, limit="4")
    rest = get(world, "vehicles", header, limit="5", cursor=first["next"])
    assert first["items"] + rest["items"] == whole
    assert rest["next"] is None
    other = world.client.get(
        "/v1/figures/vehicles",
        headers=header,
        params={**ALL, "cursor": first["next"], "outcome": "fault"},
    )
    assert other.status_code == 400


def test_filters_of_vehicles(world: World) -> None:
    """By outcome, finding and arrival."""
    header = world.as_(Role.COLLECTOR)
    (one,) = get(world, "vehicles", header, outcome="unsure")["items"]
    assert one["vehicle"] == "赣A12345"
    assert one["arrived_at"] == "2026-11-24T02:00:01.123456Z"
    assert len(get(world, "vehicles", header, code="missing.thanks")["items"]) == 2
    assert get(world, "vehicles", header, code="slow", status="fault")["items"] == []
    late = {"arrived_from": "2026-11-24T10:00:02+08:00"}
    assert get(world, "vehicles", header, **late)["items"] == []


@pytest.mark.parametrize("what", ADDRESSES)
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"from": "2026-11-02", "to": "2026-11-01"}, "before it begins"),
        ({"from": "0001-01-01", "to": "9999-12-31"}, "longer than"),
        ({"from": "1", "to": "2"}, "must be a date"),
        ({"from": "2026-02-30", "to": "2026-03-01"}, "query.from"),
        ({"to": "2026-03-01"}, "query.from"),
        ({**ALL, "station": "\0"}, "query.station"),
        ({**ALL, "lane": "sideways"}, "query.lane"),
    ],
)
def test_questions_that_are_none(world: World, what: str, query: dict[str, str], said: str) -> None:
    """422, and what is wrong."""
    answer = world.client.get(
        f"/v1/figures/{what}", headers=world.as_(Role.SUPERVISOR), params=query
    )
    assert answer.status_code == 422
    assert said in answer.json()["detail"]
