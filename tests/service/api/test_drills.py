"""Drills through the API: today's queue, tries of every kind, and whose they are."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select

from db import drills
from db.drill_tables import DrillAttempt, DrillCard, DrillReview
from db.people_types import Role
from service import bootstrap, erase, export
from service.api.wiring import Services
from service.drill_judge import PROBLEMS
from tests.service.api.test_problems import check
from tests.service.api.world import STATION, World

Who = dict[str, str]
PATH = "/v1/drills/attempts"
TICKET = {"exercise": "phrase:ticket.take"}
BARE = {"content-type": "audio/L16;rate=16000"}


def sound(level: float, seconds: float = 1.0) -> bytes:
    """Bare samples that tests/fakes.py judges by their level."""
    return np.full(int(16_000 * seconds), int(level * 32_767), "<i2").tobytes()


def send(world: World, who: Who, level: float = 0.1, **query: object) -> Any:
    """A try, judged."""
    asked = {name: str(value) for name, value in (TICKET | query).items()}
    answer = world.client.post(PATH, content=sound(level), params=asked, headers=who | BARE)
    assert answer.status_code == 201, answer.text
    assert world.services.judge.wait(30)
    return get(world, who, f"attempts/{answer.json()['id']}")


def get(world: World, who: Who, path: str, status: int = 200) -> Any:
    """What the API answers."""
    answer = world.client.get(f"/v1/drills/{path}", headers=who)
    assert answer.status_code == status, answer.text
    return answer.json()


def reviews(services: Services) -> int:
    """How many there are, of whomever."""
    with services.database.reading() as connection:
        return len(connection.execute(select(DrillReview.number)).all())


def files(services: Services) -> set[str]:
    """The names of the sounds that lie there for drills."""
    vault = [path.name for path in services.site.source.parent.glob("*-clips/*")]  # type: ignore[union-attr]
    with services.database.reading() as connection:
        return drills.known_sounds(connection, vault)


def test_a_try_is_judged_and_makes_a_card(world: World) -> None:
    """It says what was heard, is due again later, and its sound is gone."""
    who = world.as_(Role.TRAINEE)
    first = get(world, who, "today")["tasks"][0]
    made = send(world, who, exercise=first["exercise"])
    assert made["state"] == "judged"
    assert made["score"] == 100
    assert "".join(one["char"] for one in made["chars"]) == first["text"]
    assert made["advice"]["en"].startswith("Well said")
    assert (made["kept_until"], made["ahead"]) == (None, None)
    assert get(world, who, f"attempts/{made['id']}/sound", 404)["status"] == 404
    assert files(world.services) == set()
    today = get(world, who, "today")
    assert first["exercise"] not in [task["exercise"] for task in today["tasks"]]
    assert (today["done"], today["new_left"]) == (1, world.services.site.new_a_day - 1)
    progress = get(world, who, "progress")
    assert (progress["days"], progress["today"], progress["tries"]) == (1, True, 1)
    assert [card["exercise"] for card in progress["cards"]] == [first["exercise"]]
    world.clock.pass_(days=3)
    who = world.as_(Role.TRAINEE)
    again = get(world, who, "today")["tasks"][0]
    assert (again["exercise"], again["why"]) == (first["exercise"], "due")
    assert get(world, who, "progress")["days"] == 1


def test_what_could_not_be_judged_counts_for_nothing(world: World) -> None:
    """No score, no review, no card, no day; a sentence that helps."""
    who = world.as_(Role.TRAINEE)
    made = send(world, who, 0.0)
    assert (made["state"], made["score"], made["problem"]) == ("unjudged", None, "no_speech")
    assert "microphone" in made["advice"]["en"]
    assert reviews(world.services) == 0
    today, progress = get(world, who, "today"), get(world, who, "progress")
    assert (today["done"], progress["tries"], progress["cards"]) == (0, 0, [])


def test_every_reason_has_a_code() -> None:
    """Pages say it in the visitor's language by it."""
    assert len(set(PROBLEMS.values())) == len(PROBLEMS) == 8


def test_a_wrong_try_comes_back_soon(world: World) -> None:
    """The line is due again within the day."""
    who = world.as_(Role.TRAINEE)
    made = send(world, who, 0.9, exercise="phrase:greet.hello")
    assert made["chars"][0]["heard"] == "wrong"
    world.clock.pass_(minutes=30)
    task = get(world, who, "today")["tasks"][0]
    assert (task["exercise"], task["why"]) == ("phrase:greet.hello", "due")


def test_new_cards_are_capped_by_the_day(world: World) -> None:
    """What was begun today takes its place; tomorrow lets in more."""
    who = world.as_(Role.TRAINEE)
    cap = world.services.site.new_a_day
    tasks = get(world, who, "today")["tasks"]
    assert len(tasks) == cap
    for task in tasks[:2]:
        send(world, who, exercise=task["exercise"])
    assert sum(t["why"] == "new" for t in get(world, who, "today")["tasks"]) == cap - 2
    world.clock.pass_(days=1)
    who = world.as_(Role.TRAINEE)
    assert sum(t["why"] == "new" for t in get(world, who, "today")["tasks"]) == cap


def test_own_misses_come_first_and_only_to_whom_they_are_of(world: World) -> None:
    """The collector's shift lacked lines: they are first in that collector's queue, nobody's else.

    No row of a drill says where it came from.
    """
    own = world.as_(Role.COLLECTOR)
    tasks = get(world, own, "today")["tasks"]
    missed = [task for task in tasks if task["why"] == "own"]
    assert missed
    assert tasks[: len(missed)] == missed
    for role in (Role.TRAINEE, Role.TRAINER, Role.TEAM_LEADER):
        others = get(world, world.as_(role), "today")["tasks"]
        assert {task["why"] for task in others} == {"new"}
    assert (
        world.client.get("/v1/drills/today", headers=world.as_(Role.SUPERVISOR)).status_code == 403
    )
    send(world, own, exercise=missed[0]["exercise"])
    later = get(world, own, "today")["tasks"]
    assert missed[0]["exercise"] not in [task["exercise"] for task in later]
    assert "own" not in {column.name for column in DrillCard.__table__.columns}


def test_a_trainee_keeps_a_sound_and_lets_it_go(world: World) -> None:
    """It is theirs alone to hear, for the days of the settings."""
    who = world.as_(Role.TRAINEE)
    made = send(world, who, keep="true")
    until = world.clock.now + dt.timedelta(days=world.services.site.sound_days)
    assert made["kept_until"] == until.isoformat().replace("+00:00", "Z")
    address = f"{PATH}/{made['id']}"
    heard = world.client.get(f"{address}/sound", headers=who)
    assert (heard.status_code, heard.content[:4]) == (200, b"fLaC")
    assert len(files(world.services)) == 1
    for role in (Role.TRAINER, Role.COLLECTOR, Role.TEAM_LEADER):
        other = world.as_(role)
        for method, path in (
            ("GET", address), ("GET", f"{address}/sound"), ("DELETE", address),
            ("DELETE", f"{address}/sound"), ("POST", f"{address}/keep"),
        ):  # fmt: skip
            answer = world.client.request(method, path, headers=other)
            assert answer.status_code == 404, (role, method, path)
        assert get(world, other, "attempts")["items"] == []
    assert world.client.delete(f"{address}/sound", headers=who).status_code == 204
    assert files(world.services) == set()
    check(world.client.post(f"{address}/keep", headers=who), 409, "keep=true")
    assert world.client.delete(address, headers=who).status_code == 204
    assert get(world, who, "attempts")["items"] == []
    assert reviews(world.services) == 1


@pytest.mark.parametrize(
    ("query", "body", "kind", "status", "says"),
    [
        (TICKET, b"text", "audio/wav", 400, "send WAV"),
        (TICKET, b"", "audio/webm", 400, "send WAV"),
        (TICKET, b"\0" * 8, "audio/L16;rate=48000", 400, "send 16000 Hz"),
        (TICKET, b"\0" * 7, BARE["content-type"], 400, "half a sample"),
        (TICKET, b"\0" * 1_920_002, BARE["content-type"], 400, "longer than 60 s"),
        ({}, b"", "", 400, "either exercise or text"),
        (TICKET | {"text": "您好"}, b"", "", 400, "either exercise or text"),
        ({"exercise": "phrase:none"}, b"", "", 400, "no such exercise"),
        ({"text": "hello"}, b"", "", 400, "Chinese characters"),
        ({"text": "您好", "kind": "vehicle"}, b"", "", 400, "amount or phrase"),
        ({"text": "您好", "kind": "sing"}, b"", "", 422, "query.kind"),
    ],
)
def test_what_is_no_try_is_refused_with_what_helps(
    world: World, query: dict[str, str], body: bytes, kind: str, status: int, says: str
) -> None:
    """And nothing of it is stored."""
    who = world.as_(Role.TRAINEE)
    answer = world.client.post(
        PATH, content=body, params=query, headers=who | {"content-type": kind}
    )
    check(answer, status, says)
    assert get(world, who, "attempts")["items"] == []


def test_a_sum_is_read_aloud(world: World) -> None:
    """Digits are spelt as they are said; it makes no card."""
    who = world.as_(Role.TRAINEE)
    answer = world.client.post(
        PATH, content=sound(0.1), params={"text": "收您200元找您2元"}, headers=who | BARE
    )
    assert answer.json()["text"] == "收您两百元找您两元"
    assert answer.json()["kind"] == "amount"
    assert world.services.judge.wait(30)
    assert get(world, who, f"attempts/{answer.json()['id']}")["score"] == 100
    assert get(world, who, "progress")["cards"] == []


def test_what_is_over_its_days_goes(world: World) -> None:
    """Kept sound after the settings' days, tries after those of words; neither is a stray."""
    who = world.as_(Role.TRAINEE)
    site, engine = world.services.site, world.services.database.writer
    send(world, who, keep="true")
    vault = bootstrap.vault(site, engine)
    assert erase.sweep(engine, vault, -1.0) == 0
    assert len(files(world.services)) == 1
    days = dt.timedelta(days=1)
    assert erase.tidied(site, engine, world.clock.now + days * 29).tries == 0
    assert erase.tidied(site, engine, world.clock.now + days * 30).tries == 1
    assert files(world.services) == set()
    assert len(get(world, who, "attempts")["items"]) == 1
    assert erase.tidied(site, engine, world.clock.now + days * 365).tries == 1
    assert get(world, who, "attempts")["items"] == []
    assert len(get(world, who, "progress")["cards"]) == 1


def test_a_collector_gets_a_copy_and_is_erased(world: World, tmp_path: Path) -> None:
    """Tries and cards are in the copy; afterwards nothing of them is left."""
    site = world.services.site
    send(world, world.as_(Role.COLLECTOR), keep="true")
    export.person(site, STATION, "0107", tmp_path / "copy")
    assert "phrase:ticket.take" in (tmp_path / "copy/drills.csv").read_text("utf-8-sig")
    assert "phrase:ticket.take" in (tmp_path / "copy/drill_cards.csv").read_text("utf-8-sig")
    erase.collector_in(
        site, world.services.database.writer, STATION, "0107", world.clock.now, forced="asked"
    )
    assert files(world.services) == set()
    assert reviews(world.services) == 0
    with world.services.database.reading() as connection:
        assert connection.execute(select(DrillAttempt.id)).all() == []
        assert connection.execute(select(DrillCard.id)).all() == []


def test_a_trainee_begins_anew(world: World) -> None:
    """All tries, sounds and cards go; another's stay."""
    who, other = world.as_(Role.TRAINEE), world.as_(Role.COLLECTOR)
    for caller in (who, who, other):
        send(world, caller, keep="true")
    assert world.client.delete(PATH, headers=who).status_code == 204
    assert get(world, who, "attempts")["items"] == []
    assert get(world, who, "progress")["cards"] == []
    assert len(get(world, other, "attempts")["items"]) == 1
    assert len(files(world.services)) == 1
