"""Appeals through the API: one tap, one last word, and what nobody answers is the collector's."""

from __future__ import annotations

from typing import Any

import pytest

from db.people_types import Role
from service import appeals
from tests.service.api.test_problems import check
from tests.service.api.things import Things, things
from tests.service.api.world import World

REASON = "能听到“谢谢”🙂 <b>&'\"</b>\n=1+1"


@pytest.fixture
def made(world: World) -> Things:
    """A finding that was confirmed, and one that is appealed against, of each."""
    return things(world)


def appeal(world: World, review: int, who: dict[str, str], **body: object) -> Any:
    """The answer to an appeal."""
    return world.client.post(f"/v1/reviews/{review}/appeal", json=body, headers=who)


def answer(world: World, review: int, who: dict[str, str], *, granted: bool) -> Any:
    """The answer to the office's."""
    body = {"granted": granted, "reason": REASON}
    return world.client.post(f"/v1/reviews/{review}/appeal/answer", json=body, headers=who)


def test_one_tap_is_enough_and_the_office_has_the_last_word(world: World, made: Things) -> None:
    """Without words; then nobody decides it again, and the collector reads why."""
    own, office = world.as_(Role.COLLECTOR), world.as_(Role.TOLL_OFFICE)
    one = made.against["own"]
    tapped = appeal(world, one, own)
    assert tapped.status_code == 201, tapped.text
    assert (tapped.json()["fate"], tapped.json()["appeal"]) == ("appealed", None)
    assert tapped.json()["answer_due_at"] == "2026-12-02T08:00:00Z"
    check(appeal(world, one, own, text="再说一次"), 409, "already")
    waits = world.client.get("/v1/reviews", params={"appealed": "true"}, headers=office).json()
    assert one in {each["id"] for each in waits["items"]}
    done = answer(world, one, office, granted=True)
    assert (done.json()["fate"], done.json()["answer"]) == ("overturned", REASON)
    check(answer(world, one, office, granted=False), 409, "answered already by somebody at")
    seen = world.client.get(f"/v1/reviews/{one}", headers=own).json()
    assert (seen["granted"], seen["answer"], seen["answered_by"]) == (True, REASON, "somebody")
    check(appeal(world, one, own), 409, "nothing to appeal")


def test_a_week_without_an_answer_decides_for_the_collector(world: World, made: Things) -> None:
    """By the nightly work; the office comes too late, also before that has run."""
    one = made.appealed["own"]
    world.clock.pass_(days=8)
    office = world.as_(Role.TOLL_OFFICE)
    check(answer(world, one, office, granted=False), 409, "decided for the collector")
    engine = world.services.database.writer
    assert appeals.grant_overdue(engine, world.clock()) == 4
    assert appeals.grant_overdue(engine, world.clock()) == 0
    seen = world.client.get(f"/v1/reviews/{one}", headers=world.as_(Role.COLLECTOR)).json()
    assert (seen["fate"], seen["answered_by"]) == ("overturned", None)
    deeds = world.client.get("/v1/audit", headers=world.as_(Role.COLLECTOR)).json()["items"]
    assert ("appeal.lapsed", None) in {(deed["action"], deed["person"]) for deed in deeds}


def test_after_a_week_it_stands(world: World, made: Things) -> None:
    """Who did not appeal in time cannot any more."""
    world.clock.pass_(days=8)
    own = world.as_(Role.COLLECTOR)
    check(appeal(world, made.against["own"], own), 409, "time to appeal is over")
    seen = world.client.get(f"/v1/reviews/{made.against['own']}", headers=own).json()
    assert seen["fate"] == "stands"


def test_who_reviewed_it_does_not_answer(world: World, made: Things) -> None:
    """The office's own review is answered by another of the office; without an appeal nobody."""
    office, own = world.as_(Role.TOLL_OFFICE), world.as_(Role.COLLECTOR)
    one = made.reviews["own"]
    body = {"verdict": "confirmed", "reason": "没听到"}
    assert (
        world.client.post(f"/v1/reviews/{one}/decision", json=body, headers=office).status_code
        == 201
    )
    other = world.log_in(world.person(Role.TOLL_OFFICE, "second"))
    check(answer(world, one, other, granted=True), 409, "nobody has appealed")
    assert appeal(world, one, own, text=REASON).json()["appeal"] == REASON
    check(answer(world, one, office, granted=True), 403, "you reviewed it")
    refused = answer(world, one, other, granted=False).json()
    assert refused["fate"] == "stands"
