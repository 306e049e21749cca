"""Reviews through the API: decided once, the other told, and only what is one's own is seen."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from db.people_types import Role
from service import reviews
from tests.service.api.test_problems import check
from tests.service.api.things import Things, things
from tests.service.api.world import STATION, World

REASON = "听到了“谢谢”🙂 <b>&'\"; DROP TABLE review_item; --\n=1+1"


@pytest.fixture
def made(world: World) -> Things:
    """A review of each."""
    return things(world)


def decide(world: World, who: dict[str, str], review: int, **changes: object) -> Any:
    """The answer to a decision."""
    body = {"verdict": "dismissed", "reason": REASON, "heard": "flow.received=50"} | changes
    return world.client.post(f"/v1/reviews/{review}/decision", json=body, headers=who)


def test_one_decides_and_the_other_is_told_who_and_when(world: World, made: Things) -> None:
    """409 names the first one's name, time and verdict; what they said stays as they wrote it."""
    first, second = world.as_(Role.INSPECTOR), world.as_(Role.SUPERVISOR)
    done = decide(world, first, made.reviews["own"])
    assert done.status_code == 201, done.text
    told = done.json()
    assert (told["verdict"], told["reason"], told["says"]) == (
        "dismissed",
        REASON,
        "flow.received=50",
    )
    assert (told["decider"], told["appeal_until"]) == ("somebody", None)
    again = decide(world, second, made.reviews["own"], verdict="confirmed")
    check(again, 409, "decided already by somebody at 2026-11-25T08:00:00Z: dismissed")
    kept = world.client.get(f"/v1/reviews/{made.reviews['own']}", headers=second).json()
    assert kept == told


def test_a_collector_sees_their_own_and_until_when_to_appeal(world: World, made: Things) -> None:
    """What was confirmed of them, by whom and why; not their colleagues'."""
    confirmed = decide(world, world.as_(Role.INSPECTOR), made.reviews["own"], verdict="confirmed")
    assert confirmed.json()["appeal_until"] == "2026-12-02T08:00:00Z"
    own = world.as_(Role.COLLECTOR)
    listed = world.client.get("/v1/reviews", headers=own).json()["items"]
    assert {one["collector"] for one in listed} == {"0107"}
    (seen,) = (one for one in listed if one["id"] == made.reviews["own"])
    assert (seen["id"], seen["verdict"], seen["reason"]) == (
        made.reviews["own"],
        "confirmed",
        REASON,
    )
    check(
        world.client.get(f"/v1/reviews/{made.reviews['team']}", headers=own), 404, "no such review"
    )
    deeds = world.client.get("/v1/audit", headers=own).json()["items"]
    assert "review.confirmed" in {deed["action"] for deed in deeds}


def test_what_is_drawn_and_not_decided_lapses(world: World, made: Things) -> None:
    """It waits for nobody, and cannot be decided any more."""
    who = world.as_(Role.INSPECTOR)
    waits = world.client.get("/v1/reviews/queue", headers=who).json()["items"]
    assert {one["id"] for one in waits} >= {made.reviews["own"], made.reviews["team"]}
    world.clock.pass_(days=8)
    who = world.as_(Role.INSPECTOR)
    assert world.client.get("/v1/reviews/queue", headers=who).json()["items"] == []
    check(decide(world, who, made.reviews["own"]), 409, "lapsed")
    (open_, lapsed) = (
        world.client.get("/v1/reviews", params={"open": value}, headers=who).json()["items"]
        for value in ("true", "false")
    )
    assert open_ == []
    assert {one["fate"] for one in lapsed if one["verdict"] is None} == {"lapsed"}


def test_what_no_clip_can_hold_is_refused(world: World, made: Things) -> None:
    """A label of a phrase that there is not, a verdict that is none, and no reason."""
    who, one = world.as_(Role.INSPECTOR), made.reviews["own"]
    check(decide(world, who, one, heard="no.phrase"), 400, "by its id")
    check(decide(world, who, one, verdict="guilty"), 422, "verdict")
    check(decide(world, who, one, reason=" "), 422, "reason")
    assert world.client.get(f"/v1/reviews/{one}", headers=who).json()["verdict"] is None


def test_a_session_that_ends_in_the_middle_decides_nothing(world: World, made: Things) -> None:
    """401, and the finding waits as before."""
    who = world.as_(Role.INSPECTOR)
    assert world.client.delete("/v1/session", headers=who).status_code == 204
    check(decide(world, who, made.reviews["own"]), 401, "nobody is logged in")
    waits = world.client.get("/v1/reviews/queue", headers=world.as_(Role.SUPERVISOR)).json()
    assert made.reviews["own"] in {one["id"] for one in waits["items"]}


def test_rates_say_how_many_are_true_and_a_month_without_data_has_none(
    world: World, made: Things
) -> None:
    """Of six faults of the station's day four were heard; of another month there are none."""
    who = world.as_(Role.INSPECTOR)
    decide(world, who, made.reviews["own"], verdict="confirmed")

    def rates(day: str) -> Any:
        period = {"station": STATION, "from": day, "to": day}
        return world.client.get("/v1/reviews/rates", params=period, headers=who).json()["codes"]

    (thanks,) = rates("2026-11-24")
    assert (thanks["code"], thanks["findings"], thanks["confirmed"]) == ("missing.thanks", 6, 4)
    assert thanks["true"] == 6.0
    assert thanks["true_low"] < 4
    assert rates("2026-01-01") == []


def test_the_days_work_draws_from_a_day_that_is_over_once(world: World) -> None:
    """One for each collector who has a fault that can be heard; the next night nothing is left."""
    site, engine = world.services.site, world.services.database.writer
    # A shift of yesterday may still go on.
    assert reviews.draw_due(site, engine, world.clock()) == 0
    world.clock.pass_(days=1)
    assert reviews.draw_due(site, engine, world.clock()) == 4
    assert reviews.draw_due(site, engine, world.clock()) == 0
    world.clock.pass_(days=1)
    assert reviews.draw_due(site, engine, world.clock()) == 0
    items = world.client.get("/v1/reviews", headers=world.as_(Role.SUPERVISOR)).json()["items"]
    assert {(one["collector"], one["why"], one["probability"]) for one in items} == {
        ("0107", "chance", 1.0),
        ("0108", "chance", 1.0),
        ("0201", "chance", 1.0),
    }
    assert reviews.lapse(engine, world.clock() + dt.timedelta(days=9)) == 4


def test_a_complaints_vehicle_is_drawn_whatever_its_day(world: World) -> None:
    """Also where chance no longer reaches its day; and once."""
    world.clock.pass_(days=60)
    who = world.as_(Role.DUTY_LEADER)
    new = {
        "station": STATION,
        "channel": "phone",
        "received_at": world.clock().isoformat(),
        "text": "没有说谢谢",
    }
    made = world.client.post("/v1/complaints", json=new, headers=who).json()
    link = {"event": "linked", "seen": 1, "shift": world.shifts["own"], "position": 0}
    address = f"/v1/complaints/{made['id']}/entries"
    assert world.client.post(address, json=link, headers=who).status_code == 201
    site, engine = world.services.site, world.services.database.writer
    assert reviews.draw_due(site, engine, world.clock()) == 1
    (one,) = world.client.get("/v1/reviews", headers=world.as_(Role.INSPECTOR)).json()["items"]
    assert (one["why"], one["shift"], one["position"]) == ("complaint", world.shifts["own"], 0)
    world.clock.pass_(days=1)
    assert reviews.draw_due(site, engine, world.clock()) == 0
