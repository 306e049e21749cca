"""Trainings through the API: planned, attended, ended, and a month at a glance."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from db.people_types import Role
from service.trainings import LEAST, weeks
from tests.service.api.test_drills import send
from tests.service.api.test_problems import check
from tests.service.api.world import NOW, STATION, World

Who = dict[str, str]
BODY: dict[str, object] = {
    "station": STATION,
    "course": "唱收唱付 <b>&'\"",
    "place": "会议室",
    "starts_at": NOW.isoformat(),
    "ends_at": (NOW + dt.timedelta(hours=2)).isoformat(),
    "cost_fen": 20_050,
}


def call(
    world: World, who: Who, method: str, path: str, body: object = None, status: int = 200
) -> Any:
    """What the API answers."""
    answer = world.client.request(method, f"/v1/trainings{path}", json=body, headers=who)
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


def pupil(world: World) -> tuple[int, Who]:
    """A trainee's id, and who they are."""
    who = world.as_(Role.TRAINEE)
    trainer = world.as_(Role.TRAINER)
    (one,) = call(world, trainer, "GET", f"/people?station={STATION}")
    return int(one["id"]), who


def test_a_training_is_planned_and_attended(world: World) -> None:
    """Whoever is invited sees it; the last word of who was there counts."""
    person, who = pupil(world)
    trainer = world.as_(Role.TRAINER)
    made = call(world, trainer, "POST", "", BODY | {"people": [person]}, 201)
    assert [one["present"] for one in made["people"]] == [None]
    assert [one["id"] for one in call(world, who, "GET", "/mine")["items"]] == [made["id"]]
    address = f"/{made['id']}/presence"
    for present, field in ((True, "present"), (False, "absent")):
        told = call(world, trainer, "POST", address, {field: [person]})
        assert [one["present"] for one in told["people"]] == [present]
    refused = {"present": [person + 99]}
    check(
        world.client.post(f"/v1/trainings{address}", json=refused, headers=trainer),
        400,
        "was not invited",
    )
    check(world.client.post(f"/v1/trainings{address}", json={}, headers=trainer), 400, "somebody")
    call(world, trainer, "POST", f"/{made['id']}/end", status=204)
    ended = world.client.post(f"/v1/trainings/{made['id']}/end", headers=trainer)
    check(ended, 409, "ended before")
    late = world.client.post(f"/v1/trainings{address}", json={"present": [person]}, headers=trainer)
    check(late, 400, "did not take place")


@pytest.mark.parametrize(
    ("changes", "status", "says"),
    [
        ({"ends_at": NOW.isoformat()}, 400, "not after starts_at"),
        ({"people": [9_999]}, 400, "not trained here"),
        ({"course": ""}, 422, "body.course"),
        ({"station": "other"}, 404, "no such station"),
    ],
)
def test_what_does_not_fit_together_is_refused(
    world: World, changes: dict[str, object], status: int, says: str
) -> None:
    """One clear error, and nothing is planned."""
    trainer = world.as_(Role.TRAINER)
    check(world.client.post("/v1/trainings", json=BODY | changes, headers=trainer), status, says)
    assert call(world, trainer, "GET", "")["items"] == []


def test_who_was_there_is_said_when_it_has_begun(world: World) -> None:
    """Nobody was at what is still to come."""
    person, _ = pupil(world)
    trainer = world.as_(Role.TRAINER)
    later = {
        "starts_at": (NOW + dt.timedelta(hours=1)).isoformat(),
        "ends_at": (NOW + dt.timedelta(hours=2)).isoformat(),
        "people": [person],
    }
    made = call(world, trainer, "POST", "", BODY | later, 201)
    early = world.client.post(
        f"/v1/trainings/{made['id']}/presence", json={"present": [person]}, headers=trainer
    )
    check(early, 400, "not begun yet")


def test_a_month_is_a_page_and_files(world: World) -> None:
    """JSON, XLSX, PDF and CSV of the same; a month without anything says so."""
    person, _ = pupil(world)
    trainer = world.as_(Role.TRAINER)
    path = f"/months/2026-11?station={STATION}"
    assert call(world, trainer, "GET", path)["empty"]
    made = call(world, trainer, "POST", "", BODY | {"people": [person]}, 201)
    call(world, trainer, "POST", f"/{made['id']}/presence", {"present": [person]})
    page = call(world, trainer, "GET", path)
    (section,) = page["sections"]
    assert section["rows"] == [
        [BODY["course"], "会议室", "2026-11-25 16:00", 1, 1, "200.50", "按计划"]
    ]
    facts = {one["name"]: one["value"] for one in page["facts"]}
    assert (facts["培训"], facts["到课率"], facts["考试人次"]) == ("1", "100.0 %", "0")
    for form, begins in (("pdf", b"%PDF"), ("xlsx", b"PK"), ("csv", "\ufeff".encode())):
        file = world.client.get(f"/v1/trainings{path}&format={form}", headers=trainer)
        assert file.content.startswith(begins), form
        assert "attachment" in file.headers["content-disposition"]
    assert call(world, trainer, "GET", f"/months/2026-13?station={STATION}", status=422)


def test_what_the_team_finds_hard_singles_nobody_out(world: World) -> None:
    """Of whole weeks that are over, and of what three people tried at least."""
    lines = [world.person(Role.TRAINEE, f"pupil{number}") for number in range(LEAST)]
    for number, login in enumerate(lines):
        who = world.log_in(login)
        send(world, who, 0.9 if number else 0.1)
        if number:
            send(world, who, 0.1, exercise="phrase:greet.hello")
    trainer = world.as_(Role.TRAINER)
    path = f"/hard?station={STATION}"
    assert call(world, trainer, "GET", path)["items"] == []
    world.clock.pass_(days=7)
    trainer = world.as_(Role.TRAINER)
    found = call(world, trainer, "GET", path)
    (one,) = found["items"]
    assert (one["exercise"], one["people"], found["least"]) == ("phrase:ticket.take", 3, 3)
    assert 60 < one["score"] < 100
    assert one["lines"] == ["请拿好通行票"]


def test_weeks_are_whole_and_over() -> None:
    """From Monday to Monday by the site's clock: a day more or less changes nobody's figure."""
    zone = dt.timezone(dt.timedelta(hours=8))
    sunday, monday = (
        weeks(dt.datetime(2026, 11, day, 12, tzinfo=zone), zone)  # type: ignore[arg-type]
        for day in (29, 30)
    )
    assert (sunday[0].date(), sunday[1].date()) == (dt.date(2026, 10, 26), dt.date(2026, 11, 23))
    assert (monday[0].date(), monday[1].date()) == (dt.date(2026, 11, 2), dt.date(2026, 11, 30))
