"""Shifts and findings: what is shown, page by page, and what a wrong question is told."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from db import reads
from db.people_types import Role
from db.store import Store
from service import report_json
from tests.db import samples
from tests.service.api.test_problems import check
from tests.service.api.world import NOW, World


def more_shifts(world: World, number: int) -> None:
    """So many more of the first collector, an hour apart, two of them at the same moment."""
    with Store(world.services.database.writer, samples.SIGNER) as unit:
        for hour in range(number):
            for booth in ("4", "5") if hour == 0 else ("4",):
                start = samples.START + dt.timedelta(hours=hour + 1)
                identity = samples.identity(booth=booth, started_at=start)
                unit.save(identity, samples.recording(f"{hour} {booth}"), samples.report())
        unit.commit()


def walk(world: World, path: str, header: dict[str, str], **query: Any) -> list[dict[str, Any]]:
    """All items of a list, page by page."""
    items: list[dict[str, Any]] = []
    while True:
        answer = world.client.get(path, params=query, headers=header)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert len(page["items"]) <= query["limit"]
        items += page["items"]
        if page["next"] is None:
            return items
        assert page["items"]
        query["cursor"] = page["next"]


@pytest.mark.parametrize("limit", [1, 2, 3, 500])
def test_pages_are_the_whole_list_once(world: World, limit: int) -> None:
    """Newest first, nothing doubled, nothing left out, whatever their size."""
    more_shifts(world, 3)
    header = world.as_(Role.SUPERVISOR)
    shifts = walk(world, "/v1/shifts", header, limit=limit)
    assert len({shift["id"] for shift in shifts}) == len(shifts) == 7
    starts = [shift["started_at"] for shift in shifts]
    assert starts == sorted(starts, reverse=True)
    assert starts[-1] == "2026-11-24T02:00:00.123456Z"
    findings = walk(world, "/v1/findings", header, limit=limit)
    places = [(f["shift"], f["vehicle_position"], f["position"]) for f in findings]
    assert len(set(places)) == len(places) == 7 * 4
    only = walk(world, "/v1/findings", header, limit=limit, status="fault", code="missing.thanks")
    assert len(only) == 7 * 2
    assert only[-1]["at"] == "2026-11-24T02:00:18.023456Z"


def test_what_is_stored_meanwhile_moves_no_page(world: World) -> None:
    """A new shift comes first, and hides none of the second page."""
    header = world.as_(Role.SUPERVISOR)
    first = world.client.get("/v1/shifts", params={"limit": 2}, headers=header).json()
    more_shifts(world, 2)
    rest = walk(world, "/v1/shifts", header, limit=2, cursor=first["next"])
    assert len({s["id"] for s in first["items"] + rest}) == 3


def test_a_report_is_that_of_the_command_line(world: World) -> None:
    """Field by field the object of docs/command-line.md; only moments are told in UTC."""
    header = world.as_(Role.COLLECTOR)
    path = f"/v1/shifts/{world.shifts['own']}"
    told = world.client.get(f"{path}/report", headers=header).json()
    stored = report_json.shift_report(
        reads.report(world.services.database.reader, world.shifts["own"])
    )
    for shift in (told["shift"], stored["shift"]):
        for name in ("started_at", "graded_at"):
            shift[name] = dt.datetime.fromisoformat(shift[name])
    for heard in stored["utterances"]:
        heard.setdefault("withheld", False)
    assert told == stored
    for name, key in (("vehicles", "transactions"), ("utterances", "utterances")):
        items = walk(world, f"{path}/{name}", header, limit=2)
        assert [item.pop("position") for item in items] == list(range(len(items)))
        assert items == stored[key]
    second = world.client.get(f"{path}/vehicles/1", headers=header).json()
    assert second.pop("position") == 1
    assert second == stored["transactions"][1]
    check(world.client.get(f"{path}/vehicles/3", headers=header), 404, "no such vehicle")
    check(world.client.get(f"{path}/report?grading=2", headers=header), 404, "no such grading")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"station": "南昌西"}, 3),
        ({"station": "南昌西", "team": "甲班"}, 2),
        ({"collector": "0107"}, 2),
        ({"booth": "9"}, 0),
        ({"from": "2026-11-24T10:00:00+08:00"}, 4),
        ({"from": "2026-11-24T02:00:00.2Z"}, 0),
        ({"to": "2026-11-24T02:00:01Z"}, 4),
        ({"to": "2026-11-23T21:00:00-05:00"}, 0),
    ],
)
def test_a_list_is_narrowed(world: World, query: dict[str, str], found: int) -> None:
    """By place, by whom, by when, whatever the offset."""
    world.person(Role.TOLL_OFFICE, "office", everywhere=True)
    header = world.log_in("office")
    items = world.client.get("/v1/shifts", params=query, headers=header).json()["items"]
    assert len(items) == found


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ({"from": "2026-11-24T10:00:00"}, 422, "has no offset"),
        ({"from": "2026-11-24T10:00:00 08:00"}, 422, "%2B"),
        ({"from": "0001-01-01T00:00:00+14:00"}, 422, "too far away"),
        ({"from": "1700000000"}, 422, "ISO 8601"),
        ({"from": "2026-02-30T10:00:00Z"}, 422, "query.from"),
        ({"limit": "0"}, 422, "query.limit"),
        ({"colector": "0107"}, 422, "query.colector: is not known here"),
        ({"limit": "9" * 5000}, 422, "query.limit"),
        ({"station": "a\0b"}, 422, "control characters"),
        ({"station": ""}, 422, "query.station"),
        ({"cursor": "x"}, 400, "the cursor is not one of this list"),
        ({"cursor": "\0"}, 400, "the cursor is not one of this list"),
        ({"cursor": "A" * 3000}, 422, "query.cursor"),
    ],
)
def test_a_question_that_makes_no_sense(
    world: World, query: dict[str, str], status: int, said: str
) -> None:
    """Says which part of it, and what would."""
    header = world.as_(Role.SUPERVISOR)
    check(world.client.get("/v1/shifts", params=query, headers=header), status, said)


def test_a_cursor_is_good_for_its_own_list_only(world: World) -> None:
    """Not changed, not with other filters, not elsewhere."""
    header = world.as_(Role.SUPERVISOR)
    query: dict[str, str] = {"limit": "1", "station": "南昌西"}
    cursor = world.client.get("/v1/shifts", params=query, headers=header).json()["next"]
    good = world.client.get("/v1/shifts", params=query | {"cursor": cursor}, headers=header)
    assert good.status_code == 200
    other = "B" if cursor[-9] == "A" else "A"
    changed = cursor[:-9] + other + cursor[-8:]
    for path, params in (
        ("/v1/shifts", query | {"cursor": changed}),
        ("/v1/shifts", {"limit": "1", "cursor": cursor}),
        ("/v1/findings", query | {"cursor": cursor}),
    ):
        check(world.client.get(path, params=params, headers=header), 400, "start again without it")


def test_a_collector_without_a_seat_sees_nothing(world: World) -> None:
    """The role alone is nobody's results."""
    login = world.person(Role.MONITOR, "li.hua")
    header = world.log_in(login)
    check(world.client.get("/v1/shifts", headers=header), 403, "your roles do not allow")
    assert world.clock() == NOW


def test_a_report_without_what_was_said(world: World) -> None:
    """All else is there: the timeline of a long shift need not wait for its words."""
    header = world.as_(Role.SUPERVISOR)
    shift = world.client.get("/v1/shifts", headers=header).json()["items"][0]["id"]
    address = f"/v1/shifts/{shift}/report"
    whole = world.client.get(address, headers=header).json()
    assert whole["utterances"]
    without = world.client.get(address, params={"said": "false"}, headers=header).json()
    assert without == whole | {"utterances": []}
