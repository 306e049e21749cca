"""Exams through the API: set, sat once and without hints, settled, heard and looked at again."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from db.people_types import Role
from service import exams
from tests.service.api.test_drills import BARE, files, sound
from tests.service.api.test_problems import check
from tests.service.api.world import STATION, World

Who = dict[str, str]
BODY: dict[str, object] = {
    "station": STATION,
    "title": "十一月考试",
    "items": [{"exercise": "phrase:ticket.take"}, {"text": "收您100元找您85元"}],
    "pass_mark": 80,
    "minutes": 15,
    "retries": 1,
    "sound_days": 30,
}


def call(
    world: World, who: Who, method: str, path: str, body: object = None, status: int = 200
) -> Any:
    """What the API answers."""
    answer = world.client.request(method, f"/v1/exams{path}", json=body, headers=who)
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


def setting(world: World, **changes: object) -> int:
    """An exam that a trainer has set."""
    made = call(world, world.as_(Role.TRAINER), "POST", "", BODY | changes, 201)
    return int(made["id"])


def say(
    world: World, who: Who, sitting: int, item: int, level: float = 0.1, status: int = 201
) -> Any:
    """An answer, judged."""
    query = {"sitting": str(sitting), "item": str(item)}
    answer = world.client.post(
        "/v1/exams/answers", content=sound(level), params=query, headers=who | BARE
    )
    assert answer.status_code == status, answer.text
    assert world.services.judge.wait(30)
    return answer.json()


def test_an_exam_is_sat_settled_and_filed(world: World) -> None:
    """No line is shown and nothing told before it is settled; then the sheet says all."""
    exam = setting(world)
    who = world.as_(Role.TRAINEE)
    assert [one["id"] for one in call(world, who, "GET", "")["items"]] == [exam]
    begun = call(world, who, "POST", f"/{exam}/sittings", status=201)
    sitting = begun["id"]
    assert [one["text"] for one in begun["items"]] == [None, None]
    assert [one["phrases"] for one in begun["items"]] == [["ticket.take"], []]
    say(world, who, sitting, 1)
    going = call(world, who, "GET", f"/sittings/{sitting}")
    first = going["items"][0]
    assert (first["state"], first["score"], first["chars"], first["advice"]) == (
        "answered",
        None,
        [],
        None,
    )
    check(
        world.client.post(
            "/v1/exams/answers",
            content=sound(0.1),
            params={"sitting": str(sitting), "item": "1"},
            headers=who | BARE,
        ),
        409,
        "go on to the next",
    )
    say(world, who, sitting, 2)
    sheet = call(world, who, "POST", f"/sittings/{sitting}/finish")
    assert (sheet["result"], sheet["score"], sheet["score_low"]) == ("passed", 100, 100)
    assert sheet["items"][0]["text"] == "请拿好通行票"
    assert "".join(one["char"] for one in sheet["items"][1]["chars"]) == "收您一百元找您八十五元"
    check(world.client.post(f"/v1/exams/{exam}/sittings", headers=who), 409, "you have passed it")
    mine = world.client.get("/v1/drills/attempts", headers=who).json()["items"]
    assert mine == []
    trainer = world.as_(Role.TRAINER)
    (row,) = call(world, trainer, "GET", "/archive?month=2026-11")["items"]
    assert (row["id"], row["result"], row["looks"]) == (sitting, "passed", 0)
    assert call(world, trainer, "GET", "/archive?month=2026-10")["items"] == []
    heard = world.client.get(f"/v1/exams/archive/{sitting}/items/1/sound", headers=trainer)
    assert heard.content[:4] == b"fLaC"
    audit = world.client.get("/v1/audit", headers=world.as_(Role.ADMINISTRATOR)).json()["items"]
    assert audit[0]["action"] == "exam.heard"
    (drawn,) = call(world, trainer, "GET", f"/archive/sample?station={STATION}&month=2026-11")
    assert drawn["id"] == sitting
    report = call(world, trainer, "GET", f"/archive/{sitting}/report")
    (section,) = report["sections"]
    assert section["rows"][0] == [1, "请拿好通行票", 1, 100, 0, "很好，没有需要改的地方。"]
    assert {"name": "结果", "value": "合格"} in report["facts"]
    pdf = f"/v1/exams/archive/{sitting}/report?format=pdf&language=en"
    assert world.client.get(pdf, headers=trainer).content.startswith(b"%PDF")
    assert world.client.delete("/v1/drills/attempts", headers=who).status_code == 204
    assert call(world, who, "GET", f"/sittings/{sitting}")["items"][0]["score"] == 100
    looked = {"result": "passed", "seen": 0, "text": "与录音相符"}
    sheet = call(world, trainer, "POST", f"/archive/{sitting}/looks", looked, 201)
    assert [one["text"] for one in sheet["said"]] == ["与录音相符"]
    assert call(world, trainer, "GET", f"/archive/sample?station={STATION}&month=2026-11") == []
    check(
        world.client.post(f"/v1/exams/archive/{sitting}/looks", json=looked, headers=trainer),
        409,
        "look again",
    )


def test_what_could_not_be_judged_may_be_said_again_and_fails_nobody(world: World) -> None:
    """Three times; then it is left out, and where it could tip the result a trainer hears it."""
    exam = setting(world)
    who = world.as_(Role.TRAINEE)
    sitting = call(world, who, "POST", f"/{exam}/sittings", status=201)["id"]
    for turn in (1, 2, 3):
        say(world, who, sitting, 1, 0.0)
        one = call(world, who, "GET", f"/sittings/{sitting}")["items"][0]
        assert one["turn"] == turn
        assert (one["state"], one["problem"]) == ("again" if turn < 3 else "answered", "no_speech")
        assert "microphone" in one["advice"]["en"]
    say(world, who, sitting, 2)
    sheet = call(world, who, "POST", f"/sittings/{sitting}/finish")
    assert (sheet["result"], sheet["score"]) == ("open", 100)
    assert (sheet["score_low"], sheet["score_high"]) == (50, 100)
    refused = world.client.post(f"/v1/exams/{exam}/sittings", headers=who)
    check(refused, 409, "a trainer is to hear")
    trainer = world.as_(Role.TRAINER)
    look = {"result": "failed", "seen": 0, "text": "没有声音"}
    call(world, trainer, "POST", f"/archive/{sitting}/looks", look, 201)
    assert call(world, who, "GET", f"/sittings/{sitting}")["result"] == "failed"
    assert call(world, who, "POST", f"/{exam}/sittings", status=201)["number"] == 2


def test_a_microphone_that_lies_about_its_rate_costs_no_answer(world: World) -> None:
    """It is told what to do, and nothing is stored; as often as it may be said is left."""
    exam = setting(world)
    who = world.as_(Role.TRAINEE)
    sitting = call(world, who, "POST", f"/{exam}/sittings", status=201)["id"]

    def said(sound_ms: list[int]) -> Any:
        clock = [f"{1000 * at}:{sound}" for at, sound in enumerate(sound_ms)]
        asked = {"sitting": str(sitting), "item": "1", "clock": clock}
        return world.client.post(
            "/v1/exams/answers", content=sound(0.1), params=asked, headers=who | BARE
        )

    for sound_ms in ([0, 1300, 2600, 3900], [0, 850, 1700]):
        check(said(sound_ms), 422, "or 48 kHz, in the system, then try again")
        one = call(world, who, "GET", f"/sittings/{sitting}")["items"][0]
        assert (one["state"], one["turn"], one["sound"]) == ("unsaid", 0, False)
    assert files(world.services) == set()
    check(said([-1, 0]), 422, "query.clock")
    # It fell behind once, and caught up: a browser that was busy.
    busy = said([0, 800, 1600, 3000])
    assert (busy.status_code, busy.json()["turn"]) == (201, 1)


def test_time_runs_out(world: World) -> None:
    """What was not said by then was not said; nothing is taken afterwards; night settles it."""
    exam = setting(world, retries=0)
    who = world.as_(Role.TRAINEE)
    sitting = call(world, who, "POST", f"/{exam}/sittings", status=201)["id"]
    say(world, who, sitting, 1)
    world.clock.pass_(minutes=15, seconds=11)
    say(world, who, sitting, 2, status=409)
    sheet = call(world, who, "GET", f"/sittings/{sitting}")
    assert (sheet["result"], sheet["score"], sheet["finished_at"]) == (
        "failed",
        50,
        sheet["ends_at"],
    )
    assert sheet["items"][1]["state"] == "unsaid"
    refused = world.client.post(f"/v1/exams/{exam}/sittings", headers=who)
    check(refused, 409, "as often as it may")
    other = setting(world)
    call(world, who, "POST", f"/{other}/sittings", status=201)
    later = world.clock.now + dt.timedelta(minutes=16)
    assert exams.settle_due(world.services.database.writer, later) == 1
    assert exams.settle_due(world.services.database.writer, later) == 0


def test_an_exam_that_is_over_or_ones_own_is_not_sat(world: World) -> None:
    """Each with a sentence that says why."""
    trainer, who = world.as_(Role.TRAINER), world.as_(Role.TRAINEE)
    late = (world.clock.now + dt.timedelta(days=1)).isoformat()
    early = setting(world, opens_at=late)
    for caller, exam, says in (
        (who, early, "not open yet"),
        (trainer, setting(world), "somebody else sits it"),
    ):
        check(world.client.post(f"/v1/exams/{exam}/sittings", headers=caller), 409, says)
    ended = setting(world)
    call(world, trainer, "POST", f"/{ended}/end", status=204)
    check(world.client.post(f"/v1/exams/{ended}/end", headers=trainer), 409, "ended before")
    check(world.client.post(f"/v1/exams/{ended}/sittings", headers=who), 409, "is over")
    going = setting(world)
    sitting = call(world, who, "POST", f"/{going}/sittings", status=201)["id"]
    check(world.client.post(f"/v1/exams/{going}/sittings", headers=who), 409, "goes on")
    other = world.log_in(world.person(Role.TRAINEE, "another"))
    for path in (f"/sittings/{sitting}", f"/archive/{sitting}"):
        assert world.client.get(f"/v1/exams{path}", headers=other).status_code in (403, 404)
    say(world, other, sitting, 1, status=404)
    say(world, who, sitting, 9, status=404)
    assert files(world.services) == set()


@pytest.mark.parametrize(
    ("changes", "status", "says"),
    [
        ({"items": [{}]}, 400, "item 1: name either"),
        ({"items": [{"exercise": "none"}]}, 400, "item 1: no such exercise"),
        ({"items": [{"text": "hello"}]}, 400, "item 1: the line must be Chinese"),
        ({"items": []}, 422, "body.items"),
        ({"pass_mark": 0}, 422, "body.pass_mark"),
        ({"closes_at": "2026-11-01T00:00:00Z"}, 400, "closes_at is not after"),
        ({"training": 99}, 404, "no such training"),
        ({"station": "other"}, 404, "no such station"),
    ],
)
def test_what_does_not_fit_together_is_refused(
    world: World, changes: dict[str, object], status: int, says: str
) -> None:
    """One clear error, and no exam."""
    trainer = world.as_(Role.TRAINER)
    check(world.client.post("/v1/exams", json=BODY | changes, headers=trainer), status, says)
    assert call(world, trainer, "GET", "")["items"] == []
    assert call(world, trainer, "GET", "/archive?month=2026-13", status=422)


def test_nobody_who_may_punish_sees_an_exam(world: World) -> None:
    """Whoever checks, reviews, proposes or decides reads no archive, and no month of trainings."""
    for role in (
        Role.INSPECTOR, Role.EXTERNAL, Role.SUPERVISOR, Role.TOLL_OFFICE, Role.FINANCE,
        Role.DUTY_LEADER, Role.MONITOR, Role.ADMINISTRATOR, Role.TEAM_LEADER,
    ):  # fmt: skip
        who = world.as_(role)
        for path in ("/v1/exams/archive", "/v1/trainings", f"/v1/trainings/hard?station={STATION}"):
            assert world.client.get(path, headers=who).status_code == 403, (role, path)
