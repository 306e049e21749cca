"""Catalogs through the API: drafted, looked at, replayed, published, rolled back; all or none."""

from __future__ import annotations

import time
from typing import Any

import pytest

from db.people_types import Role
from service import catalog_shelf
from tests.service.api.test_problems import check
from tests.service.api.world import World

PATH = "/v1/catalogs"
VARIANT = '[[change]]\nid = "wait"\nvariants = ["稍等片刻"]\n'


@pytest.fixture
def office(world: World) -> dict[str, str]:
    """The toll office of every station."""
    world.person(Role.TOLL_OFFICE, "of.all", everywhere=True)
    return world.log_in("of.all")


def put(world: World, who: dict[str, str], seen: int, **files: str) -> Any:
    """The answer to a draft of these files."""
    body = {"seen": seen, "files": {f"{name}.toml": text for name, text in files.items()}}
    return world.client.put(f"{PATH}/draft", json=body, headers=who)


def taken(world: World, who: dict[str, str], text: str) -> list[str]:
    """For which phrases the catalogs in use take a line."""
    answer = world.client.post(f"{PATH}/line", json={"text": text}, headers=who)
    return [one["phrase"] for one in answer.json() if one["accepted"]]


def test_a_draft_is_published_and_rolled_back(world: World, office: dict[str, str]) -> None:
    """What is in use changes at once, with who and why; the draft alone changes nothing."""
    assert put(world, office, 0, phrases=VARIANT).json()["faults"] == []
    line = world.client.post(f"{PATH}/draft/line", json={"text": "稍等片刻"}, headers=office)
    assert [one["phrase"] for one in line.json()] == ["wait"]
    assert taken(world, office, "稍等片刻") == []
    note = {"seen": 1, "note": "也这么说 <b>"}
    made = world.client.post(f"{PATH}/draft/publication", json=note, headers=office)
    assert made.status_code == 201, made.text
    assert made.json()["in_use"] == made.json()["versions"][0]["id"] == 1
    assert taken(world, office, "稍等片刻") == ["wait"]
    stamp = world.client.get(PATH, headers=office).json()["catalog"]
    assert stamp == made.json()["versions"][0]["catalog"]
    # Another process of this machine has it too, at its start.
    services = world.services
    again = catalog_shelf.settled(services.configured, services.database.reader)
    assert [path.read_text("utf-8") for path in again.catalogs] == [VARIANT]
    back = {"version": None, "reason": "误判多"}
    found = world.client.post(f"{PATH}/uses", json=back, headers=office).json()
    assert found["in_use"] is None
    assert [one["reason"] for one in found["uses"]] == ["误判多", "也这么说 <b>"]
    assert taken(world, office, "稍等片刻") == []
    check(world.client.post(f"{PATH}/uses", json=back, headers=office), 409, "it is in use already")
    missing = back | {"version": 7}
    answer = world.client.post(f"{PATH}/uses", json=missing, headers=office)
    assert answer.status_code == 404


def test_a_draft_with_faults_publishes_nothing(world: World, office: dict[str, str]) -> None:
    """All faults are told with their file and key; what is in use stays."""
    bad = '[[change]]\nid = "no.such"\noff = true\n[[phrase]]\nid = "own.one"\nzh = "[您好"\n'
    draft = put(world, office, 0, phrases=bad, score="points = 3").json()
    assert {fault["file"] for fault in draft["faults"]} == {"phrases.toml", "score.toml"}
    assert len(draft["faults"]) >= 3
    note = {"seen": 1, "note": "x"}
    refused = world.client.post(f"{PATH}/draft/publication", json=note, headers=office)
    assert refused.status_code == 400
    assert "phrases.toml" in refused.json()["detail"]
    found = world.client.get(f"{PATH}/versions", headers=office).json()
    assert (found["in_use"], found["versions"]) == (None, [])
    line = world.client.post(f"{PATH}/draft/line", json={"text": "您好"}, headers=office)
    check(line, 409, "the draft has faults: mend them first")
    answer = put(world, office, 1, other="x = 1")
    assert answer.status_code == 400
    assert "phrases.toml" in answer.json()["detail"]


def test_of_two_who_edit_at_once_the_second_is_told(world: World, office: dict[str, str]) -> None:
    """Neither a draft nor a publication goes by what somebody has changed since."""
    put(world, office, 0, phrases=VARIANT)
    told = "somebody else has changed the draft meanwhile: look again"
    check(put(world, office, 0, phrases=""), 409, told)
    note = {"seen": 0, "note": "x"}
    answer = world.client.post(f"{PATH}/draft/publication", json=note, headers=office)
    check(answer, 409, told)
    assert world.client.get(f"{PATH}/draft", headers=office).json()["number"] == 1


def test_a_phrase_is_filled_in(world: World, office: dict[str, str]) -> None:
    """Added, changed, switched off; quotes stay what they are."""
    path = f"{PATH}/draft/phrases"
    new = {"seen": 0, "id": "own.hello", "zh": '“您好”呀"', "variants": "呀您好呀\n您好呀朋友\n"}
    made = world.client.post(path, json=new, headers=office)
    assert made.status_code == 201, made.text
    assert made.json()["faults"] == []
    off = {"seen": 1, "id": "wait", "off": True}
    made = world.client.post(path, json=off, headers=office).json()
    assert 'id = "own.hello"' in made["files"]["phrases.toml"]
    assert made["files"]["phrases.toml"].endswith('id = "wait"\noff = true\n')
    none = world.client.post(path, json={"seen": 2, "id": "own.none"}, headers=office)
    check(none, 400, "no phrase has the id 'own.none': a new one needs its standard wording")


def test_a_replay_tells_what_would_change(world: World, office: dict[str, str]) -> None:
    """Whose vehicles, which findings; no result is touched, and who asked may be away."""
    put(world, office, 0, phrases='[[change]]\nid = "greet.hello"\noff = true\n')
    before = world.client.get("/v1/shifts", headers=office).json()
    days = {"seen": 1, "from": "2026-11-01", "to": "2026-11-30"}
    asked = world.client.post(f"{PATH}/replays", json=days, headers=office)
    assert asked.status_code == 202, asked.text
    one = f"{PATH}/replays/{asked.json()['id']}"
    for _ in range(200):
        found = world.client.get(one, headers=office).json()
        if found["ended_at"] is not None:
            break
        time.sleep(0.05)
    assert found["problem"] is None
    assert found["done"] == found["shifts"] > 0
    assert found["vehicles"] > 0
    assert world.client.get("/v1/shifts", headers=office).json() == before
    days["to"] = "2027-11-30"
    refused = world.client.post(f"{PATH}/replays", json=days, headers=office)
    check(refused, 400, "a replay is over 1 to 92 days")


def test_it_takes_the_role_for_every_station(world: World) -> None:
    """The catalogs are everybody's; nobody else edits them."""
    for role in (Role.TOLL_OFFICE, Role.SUPERVISOR, Role.ADMINISTRATOR):
        for path in ("draft", "versions", "replays"):
            answer = world.client.get(f"{PATH}/{path}", headers=world.as_(role))
            assert answer.status_code == 403, (role, path)


def test_a_clip_that_is_not_there_is_told(world: World, office: dict[str, str]) -> None:
    """Nothing is loaded for it; with faults in the draft no clip is opened either."""
    path, gone = f"{PATH}/draft/clip", {"clip": "0" * 64}
    assert world.client.post(path, json=gone, headers=office).status_code == 404
    put(world, office, 0, phrases="nonsense")
    answer = world.client.post(path, json=gone, headers=office)
    check(answer, 409, "the draft has faults: mend them first")
