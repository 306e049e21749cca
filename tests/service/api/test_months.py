"""Months through the API: everybody sees what is theirs, and nobody is ranked by chance."""

from __future__ import annotations

from db.people_types import Role
from service import months
from service.month_scores import Rules
from tests.service.api.test_problems import check
from tests.service.api.world import STATION, World

HERE = {"station": STATION}


def test_a_month_is_shown_as_it_was_kept(world: World) -> None:
    """Until it is made, as it is now; then with its version."""
    who = world.as_(Role.SUPERVISOR)
    now = world.client.get("/v1/months/2026-11", params=HERE, headers=who).json()
    assert (now["version"], now["made_at"]) == (None, None)
    assert {line["collector"] for line in now["collectors"]} == {"0107", "0108", "0201"}
    known, site = world.services.known, world.services.site
    rules = Rules(table=known.table, month=known.month, zone=site.time_zone)
    engine = world.services.database.writer
    assert months.make(engine, STATION, "2026-11", rules, at=world.clock())
    kept = world.client.get("/v1/months/2026-11", params=HERE, headers=who).json()
    assert kept["version"] == 1
    assert kept["collectors"] == now["collectors"]
    (row,) = world.client.get("/v1/months", headers=who).json()["items"]
    assert (row["month"], row["station"], row["version"]) == ("2026-11", STATION, 1)


def test_a_collector_sees_their_own_line(world: World) -> None:
    """And no other's, nor the station's; a leader sees the team's."""
    own = world.client.get("/v1/months/2026-11", params=HERE, headers=world.as_(Role.COLLECTOR))
    assert [line["collector"] for line in own.json()["collectors"]] == ["0107"]
    assert (own.json()["station"], own.json()["teams"], own.json()["proposed"]) == (None, [], None)
    team = world.client.get(
        "/v1/months/2026-11", params=HERE, headers=world.as_(Role.TEAM_LEADER)
    ).json()
    assert sorted(line["collector"] for line in team["collectors"]) == ["0107", "0108"]
    assert [line["team"] for line in team["teams"]] == ["甲班"]


def test_a_month_without_data_is_empty(world: World) -> None:
    """Not an error; what is no month is one, and so is a station that is not one's own."""
    who = world.as_(Role.SUPERVISOR)
    empty = world.client.get("/v1/months/2020-01", params=HERE, headers=who).json()
    assert (empty["collectors"], empty["teams"]) == ([], [])
    assert empty["station"]["why_none"] == "nothing_judged"
    for month in ("2026-13", "0000-01"):
        answer = world.client.get(f"/v1/months/{month}", params=HERE, headers=who)
        check(answer, 422, "such as 2026-11")
    other = world.client.get("/v1/months/2026-11", params={"station": "other"}, headers=who)
    check(other, 404, "no such station")


def test_stations_stand_beside_each_other(world: World) -> None:
    """With the targets that they are held to, for who sees them whole."""
    world.logins[Role.TOLL_OFFICE] = world.person(Role.TOLL_OFFICE, everywhere=True)
    who = world.as_(Role.TOLL_OFFICE)
    found = world.client.get("/v1/months/2026-11/stations", headers=who).json()
    assert {one["station"] for one in found["stations"]} == {STATION, "other"}
    assert found["targets"]["all"]["of"] == 2
    assert found["targets"]["town"] == {"reached": 0, "of": 0, "target": 100, "met": None}
    local = world.client.get(
        "/v1/months/2026-11/stations", headers=world.as_(Role.SUPERVISOR)
    ).json()
    assert [one["station"] for one in local["stations"]] == [STATION]
