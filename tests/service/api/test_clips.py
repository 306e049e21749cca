"""A clip is heard by whoever may, and only after it was written down who heard it."""

from __future__ import annotations

from sqlalchemy import select

from db import erase
from db.clip_tables import Clip
from db.people_tables import Audit
from db.people_types import Role
from service import bootstrap
from tests.db.samples import SOUND
from tests.service.api.world import World


def of(world: World, whose: str) -> str:
    """The id of the clip of somebody's shift."""
    answer = world.client.get(
        "/v1/clips",
        params={"shift": world.shifts[whose]},
        headers=world.as_(Role.SUPERVISOR, everywhere=True),
    )
    assert answer.status_code == 200, answer.text
    kept, lost = answer.json()["items"]
    assert (lost["id"], lost["vehicle"]) == (None, "赣A12345")
    assert "No space left" in lost["problem"]
    assert kept["silenced"] == [[0.9, 1.4], [5.0, 6.0]]
    return str(kept["id"])


def deeds(world: World) -> list[tuple[str, str]]:
    """What was written down, in order."""
    with world.services.database.reading() as connection:
        rows = connection.execute(select(Audit.action, Audit.thing).order_by(Audit.id)).all()
    return [(row.action, row.thing) for row in rows if row.action == "clip.read"]


def test_a_clip_is_heard_and_the_collector_sees_by_whom(world: World) -> None:
    """The sound as it was kept; the deed with the clip's id."""
    clip = of(world, "own")
    answer = world.client.get(f"/v1/clips/{clip}", headers=world.as_(Role.INSPECTOR))
    assert (answer.status_code, answer.content) == (200, SOUND)
    assert answer.headers["content-type"] == "audio/flac"
    assert answer.headers["cache-control"] == "no-store"
    assert deeds(world) == [("clip.read", clip)]
    seen = world.client.get("/v1/audit", headers=world.as_(Role.COLLECTOR)).json()["items"]
    assert [(deed["action"], deed["thing"]) for deed in seen if deed["action"] == "clip.read"] == [
        ("clip.read", clip)
    ]


def test_what_one_may_not_hear_is_as_if_it_were_not(world: World) -> None:
    """Another's, another station's, one that never was; and nothing is written down."""
    header = world.as_(Role.COLLECTOR)
    for clip in (of(world, "team"), of(world, "other"), "0" * 64):
        assert world.client.get(f"/v1/clips/{clip}", headers=header).status_code == 404
    mine = world.client.get("/v1/clips", headers=header).json()["items"]
    assert {item["shift"] for item in mine} == {world.shifts["own"]}
    assert deeds(world) == []


def test_an_id_that_is_none_is_refused(world: World) -> None:
    """Before anything is looked for."""
    header = world.as_(Role.SUPERVISOR)
    for clip in ("x", "A" * 64, "0" * 63, f"{'0' * 64}%00"):
        assert world.client.get(f"/v1/clips/{clip}", headers=header).status_code == 422


def test_the_reading_is_written_down_though_the_file_is_gone(world: World) -> None:
    """First the trace, then the sound; what went wrong is said."""
    clip = of(world, "own")
    vault = bootstrap.kept_vault(world.services.site, world.services.database.writer)
    assert vault is not None
    vault.remove(clip)
    answer = world.client.get(f"/v1/clips/{clip}", headers=world.as_(Role.SUPERVISOR))
    assert answer.status_code == 503
    assert deeds(world) == [("clip.read", clip)]


def test_an_erased_clip_is_listed_without_its_id(world: World) -> None:
    """That there was one is no secret; what it was is gone."""
    clip = of(world, "own")
    with world.services.database.writing() as connection:
        grading = connection.scalars(select(Clip.grading_id).where(Clip.sha256 == clip)).one()
        erase.clips(connection, grading, None)
    header = world.as_(Role.SUPERVISOR)
    assert world.client.get(f"/v1/clips/{clip}", headers=header).status_code == 404
    params = {"shift": world.shifts["own"]}
    items = world.client.get("/v1/clips", params=params, headers=header).json()["items"]
    assert [item["id"] for item in items] == [None, None]


def test_clips_come_page_by_page(world: World) -> None:
    """Each once."""
    header = world.as_(Role.SUPERVISOR)
    found, cursor = list[tuple[str, int]](), None
    while True:
        params = {"limit": 1, **({"cursor": cursor} if cursor else {})}
        page = world.client.get("/v1/clips", params=params, headers=header).json()
        found += [(item["shift"], item["vehicle_position"]) for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(found) == len(set(found)) == 6
