"""Reports through the API: each sees what is theirs, as the file that was asked for."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from db.people_types import Role
from service import months
from service.errors import Failed
from service.month_scores import Rules
from service.reports import files
from service.reports.files import TYPES, Format
from tests.service.api.test_problems import check
from tests.service.api.world import STATION, World

MONTH, DAY = "/v1/reports/months/2026-11", "/v1/reports/days/2026-11-24"
LIST = "/v1/reports/vehicles"
HERE = {"station": STATION}
PERIOD = {"from": "2026-11-01", "to": "2026-11-30"}
HEARD = "DROP TABLE"
"""in what was heard in the tests' shifts"""


def shift(world: World, whose: str = "own") -> str:
    """The address of a shift's report."""
    return f"/v1/reports/shifts/{world.shifts[whose]}"


def names(report: Any) -> set[Any]:
    """What stands in the first column of any table."""
    return {row[0] for section in report["sections"] for row in section["rows"]}


@pytest.mark.parametrize("form", [Format.PDF, Format.XLSX, Format.CSV])
def test_a_report_is_the_file_that_was_asked_for(world: World, form: Format) -> None:
    """With its type, a plain name, its title for browsers that can, and never kept on the way."""
    who = world.as_(Role.SUPERVISOR)
    for address, query in ((MONTH, HERE), (DAY, HERE), (shift(world), {})):
        answer = world.client.get(address, params={**query, "format": form}, headers=who)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == TYPES[form]
        named = answer.headers["content-disposition"]
        assert named.startswith('attachment; filename="changshou-')
        assert f".{form}\"; filename*=UTF-8''%E6%96%87" in named
        assert named.isascii()
        assert answer.headers["cache-control"] == "no-store"
        start = {Format.PDF: b"%PDF", Format.XLSX: b"PK", Format.CSV: b"\xef\xbb\xbf"}[form]
        assert answer.content.startswith(start)


def test_what_was_heard_is_not_in_it_unless_asked_for(world: World) -> None:
    """A report goes from hand to hand."""
    who = world.as_(Role.SUPERVISOR)
    assert HEARD not in world.client.get(shift(world), headers=who).text
    assert HEARD in world.client.get(shift(world), params={"words": True}, headers=who).text


def test_a_month_says_its_version(world: World) -> None:
    """Of what was kept, to who may see all of the station; a leader has their team's, as it is."""
    known, site = world.services.known, world.services.site
    rules = Rules(table=known.table, month=known.month, zone=site.time_zone)
    assert months.make(world.services.database.writer, STATION, "2026-11", rules, at=world.clock())
    whole = world.client.get(MONTH, params=HERE, headers=world.as_(Role.SUPERVISOR)).json()
    assert {"name": "版本", "value": "1"} in whole["facts"]
    assert {"0107", "0108", "0201", "甲班", "乙班"} <= names(whole)
    team = world.client.get(MONTH, params=HERE, headers=world.as_(Role.TEAM_LEADER)).json()
    assert {"name": "版本", "value": "未固定，当前数据"} in team["facts"]
    assert names(team) & {"0107", "0108", "0201", "甲班", "乙班"} == {"0107", "0108", "甲班"}
    assert {"name": "班次", "value": "2"} in team["facts"]
    own = world.client.get(MONTH, params=HERE, headers=world.as_(Role.COLLECTOR)).json()
    assert names(own) & {"0107", "0108", "0201", "甲班", "乙班"} == {"0107", "甲班"}
    assert {"name": "班次", "value": "1"} in own["facts"]


def test_a_period_without_data_is_a_report_that_says_so(world: World) -> None:
    """In every form, and no error."""
    who = world.as_(Role.SUPERVISOR)
    for address in ("/v1/reports/months/2020-01", "/v1/reports/days/2020-01-01"):
        for form in Format:
            query = {**HERE, "format": form, "language": "en"}
            answer = world.client.get(address, params=query, headers=who)
            assert answer.status_code == 200
            if form is Format.JSON:
                assert answer.json()["sections"] == []
                assert answer.json()["empty"].startswith("No shift began in it")


def test_what_is_no_period_is_refused(world: World) -> None:
    """And so is a station that is not one's own, or a shift."""
    who = world.as_(Role.SUPERVISOR)
    get = world.client.get
    check(get("/v1/reports/months/2026-13", params=HERE, headers=who), 422, "such as 2026-11")
    check(get("/v1/reports/days/9999-12-31", params=HERE, headers=who), 422, "is longer than")
    check(get(MONTH, params={"station": "other"}, headers=who), 404, "no such station")
    check(get(DAY, params={"station": "none"}, headers=who), 404, "no such station")
    check(get(shift(world, "other"), headers=who), 404, "no such shift")
    answer = get(shift(world), params={"grading": 9}, headers=who)
    check(answer, 404, "no such grading")


def test_a_list_of_vehicles_has_them_all(world: World) -> None:
    """Page after page, within reach, by outcome and finding; of none there are the titles."""
    who = world.as_(Role.SUPERVISOR)

    def rows(**query: str) -> list[list[str]]:
        answer = world.client.get(LIST, params={**PERIOD, **query}, headers=who)
        assert answer.headers["content-type"] == TYPES[Format.CSV]
        return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))

    titles, *found = rows(language="en")
    assert titles[:4] == ["Arrived", "Station", "Booth", "Collector"]
    assert {row[3] for row in found} == {"0107", "0108", "0201"}
    assert {row[1] for row in found} == {STATION}
    assert {row[8] for row in rows(outcome="fault")[1:]} == {"待核查"}
    assert {row[9] for row in rows(code="missing.thanks", status="fault")[1:]} == {"未说：谢谢"}
    assert len(rows(code="missing.thanks", status="remark")) == 1
    assert len(rows(collector="nobody-like-this")) == 1
    book = world.client.get(LIST, params={**PERIOD, "format": "xlsx"}, headers=who)
    assert book.headers["content-type"] == TYPES[Format.XLSX]
    check(world.client.get(LIST, params={**PERIOD, "format": "pdf"}, headers=who), 422, "format")


def test_without_a_font_the_problem_says_what_to_install(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503, for it is the machine's fault and not the request's."""

    def none(*_: object) -> object:
        raise Failed("install fonts-droid-fallback")

    monkeypatch.setattr(files, "made", none)
    query = {**HERE, "format": "pdf"}
    answer = world.client.get(MONTH, params=query, headers=world.as_(Role.SUPERVISOR))
    check(answer, 503, "fonts-droid-fallback")
