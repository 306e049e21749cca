"""Lists that are written meanwhile, through the API: asked for, fetched, dropped; nobody else's."""

from __future__ import annotations

import csv
import io
import threading
import time
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from db import people, tables
from db.people_tables import Person
from db.people_types import Grant, Role
from service.list_files import KEPT
from service.reports import vehicles
from service.reports.files import TYPES, Format
from tests.service.api.test_problems import check
from tests.service.api.world import STATION, World

ASK, FILES = "/v1/reports/vehicles/files", "/v1/reports/files"
PERIOD = {"from": "2026-11-01", "to": "2026-11-30"}
PATIENCE_S = 20.0


def asked(world: World, who: dict[str, str], **query: str) -> Any:
    """The answer to somebody who asks."""
    return world.client.post(ASK, params={**PERIOD, **query}, headers=who)


def ended(world: World, who: dict[str, str], file: str) -> Any:
    """What is told of it once it is over."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        (one,) = (o for o in world.client.get(FILES, headers=who).json() if o["id"] == file)
        if one["ended_at"] is not None:
            return one
        time.sleep(0.01)
    raise AssertionError("it did not end")


def fetched(world: World, who: dict[str, str], file: str) -> Any:
    """The answer to somebody who fetches it."""
    return world.client.get(f"{FILES}/{file}", headers=who)


@pytest.fixture
def shut(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """No row comes before it is set."""
    made, real = threading.Event(), vehicles.rows

    def rows(*asked: Any) -> Any:
        assert made.wait(PATIENCE_S)
        yield from real(*asked)

    monkeypatch.setattr(vehicles, "rows", rows)
    yield made
    made.set()


@pytest.mark.parametrize("form", [Format.CSV, Format.XLSX])
def test_it_is_the_file_that_comes_at_once(world: World, form: Format) -> None:
    """By the same filters, as the same file; a spreadsheet unless something else is said."""
    who = world.as_(Role.SUPERVISOR)
    query = {"language": "en", "outcome": "fault"}
    named = query if form is Format.XLSX else {**query, "format": form}
    answer = asked(world, who, **named)
    assert answer.status_code == 202, answer.text
    name = f"changshou-vehicles-2026-11-01-2026-11-30.{form}"
    assert (answer.json()["name"], answer.json()["format"]) == (name, form)
    assert answer.json()["filters"] == {"outcome": "fault"}
    one = ended(world, who, answer.json()["id"])
    assert one["done"] == one["of"] > 0
    assert (one["ahead"], one["problem"]) == (0, None)
    file = fetched(world, who, one["id"])
    assert file.status_code == 200
    assert file.headers["content-type"] == TYPES[form]
    assert name in file.headers["content-disposition"]
    assert file.headers["content-length"] == str(one["bytes"]) == str(len(file.content))
    assert file.headers["cache-control"] == "no-store"
    straight = world.client.get(
        "/v1/reports/vehicles", params={**PERIOD, **query, "format": form}, headers=who
    )
    if form is Format.CSV:
        assert file.content == straight.content
        rows = list(csv.reader(io.StringIO(file.text.removeprefix("\ufeff"))))
        assert len(rows) == 1 + one["of"]
        assert {row[1] for row in rows[1:]} == {STATION}
    else:
        sheet = "xl/worksheets/sheet1.xml"
        books = [zipfile.ZipFile(io.BytesIO(each.content)) for each in (file, straight)]
        assert books[0].read(sheet) == books[1].read(sheet)
    assert world.client.delete(f"{FILES}/{one['id']}", headers=who).status_code == 204
    check(fetched(world, who, one["id"]), 404, "no such file")


def test_what_is_not_written_yet(world: World, shut: threading.Event) -> None:
    """It says so; how far it is stands in the list; three are enough."""
    who = world.as_(Role.SUPERVISOR)
    first, second, _ = (asked(world, who).json() for _ in range(3))
    check(fetched(world, who, first["id"]), 409, "not written yet")
    told = world.client.get(FILES, headers=who).json()
    assert [one["ahead"] for one in told] == [0, 1, 2]
    assert {one["ended_at"] for one in told} == {None}
    check(asked(world, who), 409, "drop one")
    assert world.client.delete(f"{FILES}/{first['id']}", headers=who).status_code == 204
    assert asked(world, who).status_code == 202
    shut.set()
    assert ended(world, who, second["id"])["problem"] is None
    for one in world.client.get(FILES, headers=who).json():
        ended(world, who, one["id"])
    world.clock.pass_(seconds=KEPT.total_seconds())
    again = world.log_in("supervisor")
    assert world.client.get(FILES, headers=again).json() == []


def test_trouble_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a sentence that says what to do."""

    def rows(*_: object) -> Any:
        raise RuntimeError("somebody's name")

    monkeypatch.setattr(vehicles, "rows", rows)
    who = world.as_(Role.SUPERVISOR)
    one = ended(world, who, asked(world, who).json()["id"])
    assert one["problem"] == "the program failed at it; it was logged"
    assert one["bytes"] is None
    check(fetched(world, who, one["id"]), 409, "it was logged")


def test_nobody_else_has_it(world: World) -> None:
    """Whatever they may see; to them there is none."""
    who, more = world.as_(Role.SUPERVISOR), world.as_(Role.TOLL_OFFICE, everywhere=True)
    file = asked(world, who).json()["id"]
    ended(world, who, file)
    assert world.client.get(FILES, headers=more).json() == []
    check(fetched(world, more, file), 404, "no such file")
    check(world.client.delete(f"{FILES}/{file}", headers=more), 404, "no such file")
    check(fetched(world, world.as_(Role.TRAINER), file), 403, "results.read")
    check(world.client.get(FILES), 401, "nobody is logged in")
    assert fetched(world, who, file).status_code == 200


def test_it_is_gone_with_the_reach(world: World) -> None:
    """Whoever had the station and now has the team gets the team's alone."""
    login = world.person(Role.SUPERVISOR)
    who = world.log_in(login)
    file = asked(world, who, format="csv").json()["id"]
    ended(world, who, file)
    assert "0201" in fetched(world, who, file).text
    with world.services.database.writing() as connection:
        person = connection.scalars(select(Person.id).where(Person.login == login)).one()
        team = connection.execute(
            select(tables.Team.id, tables.Team.station_id)
            .join(tables.Station, tables.Station.id == tables.Team.station_id)
            .where(tables.Station.code == STATION, tables.Team.code == "甲班")
        ).one()
        grant = Grant(role=Role.TEAM_LEADER, station_id=team.station_id, team_id=team.id)
        people.set_grants(connection, person, [grant])
    who = world.log_in(login)
    check(fetched(world, who, file), 404, "no such file")
    again = asked(world, who, format="csv").json()["id"]
    ended(world, who, again)
    content = fetched(world, who, again).text
    assert "0108" in content
    assert "0201" not in content


def test_what_does_not_fit_is_refused(world: World) -> None:
    """As where it comes at once."""
    who = world.as_(Role.SUPERVISOR)
    check(asked(world, who, format="pdf"), 422, "format")
    check(asked(world, who, colour="red"), 422, "colour")
    check(world.client.post(ASK, headers=who), 422, "query.from")
    check(fetched(world, who, "1"), 422, "file")
    check(fetched(world, who, "0123456789abcdef"), 404, "no such file")
    assert world.client.get(FILES, headers=who).json() == []
