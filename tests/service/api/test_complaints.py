"""Complaints through the API: owned by who takes them, answered in time, and never lost."""

from __future__ import annotations

from typing import Any

import pytest

from db.people_types import Role
from service import complaints
from service.complaints import deadlines
from tests.service.api.test_problems import check
from tests.service.api.world import NOW, STATION, World

NEW = {
    "station": STATION,
    "channel": "phone",
    "received_at": NOW.isoformat(),
    "collector": "0108",
    "text": "没有找零\n也没有说话",
    "contact": "王先生 <b>&'\" 🚗",
}


def take(world: World, who: dict[str, str], **changes: object) -> Any:
    """A complaint that was taken."""
    answer = world.client.post("/v1/complaints", json=NEW | changes, headers=who)
    assert answer.status_code == 201, answer.text
    return answer.json()


def do(world: World, who: dict[str, str], made: Any, event: str, **body: object) -> Any:
    """The answer to something done about it."""
    seen = body.pop("seen", made["entries"])
    whole = {"event": event, "seen": seen, "text": "已核查", **body}
    return world.client.post(f"/v1/complaints/{made['id']}/entries", json=whole, headers=who)


def test_the_first_who_takes_it_owns_it_to_the_answer(world: World) -> None:
    """A collector takes one about a colleague, follows it up and answers; each step stays."""
    who = world.as_(Role.COLLECTOR)
    made = take(world, who)
    assert (made["level"], made["overdue"], made["answered_at"]) == ("collector", False, None)
    assert made["due_at"] == "2026-12-02T08:00:00Z"
    shift = world.shifts["team"]
    linked = do(world, who, made, "linked", shift=shift, position=0, text=None)
    assert linked.status_code == 201, linked.text
    done = do(world, who, linked.json(), "answered", proven=True, apologised=True).json()
    assert (done["proven"], done["apologised"], done["entries"]) == (True, True, 3)
    assert [line["event"] for line in done["history"]] == ["taken", "linked", "answered"]
    assert done["history"][0]["contact"] == NEW["contact"]
    assert done["history"][0]["text"] == NEW["text"]
    assert (done["history"][1]["shift"], done["history"][1]["position"]) == (shift, 0)
    assert do(world, who, done, "noted").status_code == 201
    again = do(world, who, done, "answered", proven=True, apologised=True, seen=4)
    check(again, 409, "answered already")


def test_who_decides_on_what_has_changed_is_told(world: World) -> None:
    """Two at once: one wins, the other must look again."""
    who = world.as_(Role.DUTY_LEADER)
    made = take(world, who)
    assert do(world, who, made, "noted").status_code == 201
    check(do(world, world.as_(Role.TOLL_OFFICE), made, "escalated"), 409, "look again")


def test_what_is_late_goes_up_and_is_seen(world: World) -> None:
    """To the duty leader, then to the office, who alone can answer it then."""
    who = world.as_(Role.COLLECTOR)
    made = take(world, who)
    site, engine = world.services.site, world.services.database.writer
    within = deadlines(site)
    assert complaints.send_up(engine, world.clock(), within) == 0
    world.clock.pass_(days=10)
    assert complaints.send_up(engine, world.clock(), within) == 1
    assert complaints.send_up(engine, world.clock(), within) == 0
    duty = world.as_(Role.DUTY_LEADER)
    late = world.client.get("/v1/complaints", params={"overdue": True}, headers=duty).json()
    (row,) = late["items"]
    assert (row["id"], row["level"], row["overdue"]) == (made["id"], "office", True)
    whole = world.client.get(f"/v1/complaints/{made['id']}", headers=duty).json()
    assert [(h["event"], h["level"], h["person"] is None) for h in whole["history"]] == [
        ("taken", "collector", False),
        ("escalated", "duty_leader", True),
        ("escalated", "office", True),
    ]
    answer = {"proven": False, "apologised": False}
    check(do(world, duty, whole, "answered", **answer), 400, "somebody of its level")
    office = world.as_(Role.TOLL_OFFICE)
    assert do(world, office, whole, "answered", **answer).status_code == 201


def test_nobody_handles_what_is_about_themselves(world: World) -> None:
    """A collector may take it, sees it without who complained, and does nothing about it."""
    who = world.as_(Role.COLLECTOR)
    own = take(world, who, collector="0107")
    assert own["level"] == "duty_leader"
    check(do(world, who, own, "noted"), 403, "about you")
    about = take(world, world.as_(Role.DUTY_LEADER), collector="0107")
    seen = world.client.get(f"/v1/complaints/{about['id']}", headers=who).json()
    assert (seen["history"][0]["contact"], seen["history"][0]["text"]) == (None, NEW["text"])
    check(do(world, who, about, "noted"), 404, "no such complaint")


def test_mishandling_is_a_case_of_its_own(world: World) -> None:
    """Somebody else's to open, once, about who owned it; and not theirs to handle."""
    who = world.as_(Role.COLLECTOR)
    made = take(world, who)
    address = f"/v1/complaints/{made['id']}/mishandling"
    body = {"text": "拖延，媒体报道", "harm": True}
    check(world.client.post(address, json=body, headers=who), 403, "do not allow")
    duty = world.as_(Role.DUTY_LEADER)
    case = world.client.post(address, json=body, headers=duty).json()
    assert (case["about"], case["harm"], case["collector"]) == (made["id"], True, "0107")
    check(world.client.post(address, json=body, headers=duty), 409, "a case already")
    own = take(world, duty)
    address = f"/v1/complaints/{own['id']}/mishandling"
    check(world.client.post(address, json=body, headers=duty), 400, "your own handling")
    office = world.as_(Role.TOLL_OFFICE)
    other = world.client.post(address, json=body, headers=office).json()
    check(do(world, duty, other, "noted"), 403, "about you")


@pytest.mark.parametrize(
    ("changes", "status", "says"),
    [
        ({"received_at": "2026-11-25T09:00:00Z"}, 400, "in the future"),
        ({"collector": "9999"}, 404, "no such collector"),
        ({"station": "other"}, 404, "no such station"),
        ({"channel": "fax"}, 422, "channel"),
        ({"text": "  "}, 422, "text"),
        ({"text": "a\x00b"}, 422, "text"),
    ],
)
def test_what_makes_no_sense_is_refused(
    world: World, changes: dict[str, object], status: int, says: str
) -> None:
    """One clear error, and nothing is stored."""
    who = world.as_(Role.DUTY_LEADER)
    check(world.client.post("/v1/complaints", json=NEW | changes, headers=who), status, says)
    assert world.client.get("/v1/complaints", headers=who).json()["items"] == []


def test_what_is_linked_must_be_there(world: World) -> None:
    """Another station's shift, and a vehicle that the shift has not, are refused."""
    who = world.as_(Role.DUTY_LEADER)
    made = take(world, who)
    for shift, place, says in (
        (world.shifts["other"], None, "no such shift"),
        (world.shifts["team"], 999, "no vehicle"),
    ):
        answer = do(world, who, made, "linked", shift=shift, position=place)
        check(answer, 400, says)


def test_every_step_is_in_the_audit_log(world: World) -> None:
    """The collector whom it concerns sees who did what."""
    duty = world.as_(Role.DUTY_LEADER)
    made = take(world, duty, collector="0107")
    do(world, duty, made, "escalated")
    own = world.client.get("/v1/audit", headers=world.as_(Role.COLLECTOR)).json()["items"]
    assert [(deed["action"], deed["thing"]) for deed in own[:2]] == [
        ("complaint.escalated", str(made["id"])),
        ("complaint.taken", str(made["id"])),
    ]


def test_pages_go_on_where_they_ended(world: World) -> None:
    """Newest first, none twice, none left out."""
    who = world.as_(Role.DUTY_LEADER)
    made = [take(world, who)["id"] for _ in range(3)]
    first = world.client.get("/v1/complaints", params={"limit": 2}, headers=who).json()
    rest = world.client.get(
        "/v1/complaints", params={"limit": 2, "cursor": first["next"]}, headers=who
    ).json()
    assert [item["id"] for item in first["items"] + rest["items"]] == made[::-1]
    assert rest["next"] is None
