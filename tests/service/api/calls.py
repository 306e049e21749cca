"""How to ask each endpoint for something that is one's own, the team's, the station's or another's.

A new endpoint needs a line here, or tests/service/api/test_rights.py fails.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi.testclient import TestClient

from tests.service.api.things import Things

Headers = Mapping[str, str]

Asks = Callable[[Things, str], Any]


def _nothing(_: Things, __: str) -> None:
    return None


def _no_names(_: Things, __: str) -> dict[str, object]:
    return {}


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request for something of `whose`, and whether the answer means that it was allowed."""

    names: Asks = _no_names
    """what stands for the names in braces of the path"""
    query: Asks = _no_names
    body: Asks = _nothing
    shows: Callable[[Things, str, Any], bool] | None = None
    """of a list: whether it holds the thing"""
    whose: tuple[str, ...] = ("own", "team", "station", "other")
    """of which there is one to ask for"""


def ask(
    client: TestClient,
    endpoint: tuple[str, str],
    call: Call,
    things: Things,
    whose: str,
    who: Headers,
) -> bool:
    """Whether it was allowed; AssertionError for an answer that is neither yes nor no."""
    method, path = endpoint
    address = path.format(**call.names(things, whose))
    body = call.body(things, whose)
    query = dict(call.query(things, whose))
    answer = client.request(method, address, params=query, json=body, headers=dict(who))
    said = f"{method} {address} of {whose}: {answer.status_code} {answer.text[:300]}"
    if answer.status_code in (403, 404):
        return False
    assert answer.status_code in (200, 201, 204), said
    return call.shows is None or call.shows(things, whose, answer.json())


def _shift(things: Things, whose: str) -> Mapping[str, object]:
    return {"shift": things.shifts[whose], "position": 0}


def _listed(things: Things, whose: str, answer: Any) -> bool:
    """The list holds something of the station and, where it is told, of the collector."""
    station, _, collector = things.whose[whose]
    return any(
        item["station"] == station and item.get("collector", collector) == collector
        for item in answer["items"]
    )


def _of_a_station(name: str) -> Callable[[Things, str, Any], bool]:
    """The list of this name holds something of the station."""
    return lambda things, whose, answer: (
        things.whose[whose][0] in {item["station"] for item in answer[name]}
    )


def _counted_of(things: Things, whose: str) -> dict[str, str]:
    station, _, collector = things.whose[whose]
    period = {"from": "2026-01-01", "to": "2026-12-31"}
    return {**period, "station": station, "collector": collector}


def _counts(name: str) -> Call:
    """A figure of one collector: there is one if and only if they may be counted."""
    return Call(query=_counted_of, shows=lambda _, __, answer: bool(answer[name]))


def _reported(things: Things, whose: str, answer: Any) -> bool:
    """The report names the collector in a table."""
    rows = [row for section in answer["sections"] for row in section["rows"]]
    return any(row[0] == things.whose[whose][2] for row in rows)


def _renamed(_: Things, __: str) -> dict[str, object]:
    return {"name": "another"}


def _of_station(things: Things, whose: str) -> dict[str, str]:
    return {"station": things.whose[whose][0]}


def _complaint(things: Things, whose: str) -> dict[str, int]:
    return {"complaint": things.complaints[whose]}


def _review(things: Things, whose: str) -> dict[str, int]:
    return {"review": things.reviews[whose]}


def _sitting(things: Things, whose: str) -> dict[str, int]:
    return {"sitting": things.sat[whose]}


def _exam(things: Things, whose: str) -> dict[str, int]:
    return {"exam": things.exams[whose]}


_STATION = ("station", "other")
_OTHERS = ("team", "station", "other")
"""what is about oneself is somebody else's to do: tests/service/api/test_complaints.py"""
_ANY = Call(whose=("own", "other"))

CALLS: Mapping[tuple[str, str], Call] = {
    ("GET", "/v1/session"): _ANY,
    ("GET", "/v1/catalogs"): _ANY,
    ("POST", "/v1/catalogs/line"): Call(
        whose=("own", "other"), body=lambda _, __: {"text": "您好收您五十元"}
    ),
    ("GET", "/v1/shifts"): Call(shows=_listed),
    ("GET", "/v1/shifts/{shift}"): Call(names=_shift),
    ("GET", "/v1/shifts/{shift}/report"): Call(names=_shift),
    ("GET", "/v1/shifts/{shift}/vehicles"): Call(names=_shift),
    ("GET", "/v1/shifts/{shift}/vehicles/{position}"): Call(names=_shift),
    ("GET", "/v1/shifts/{shift}/vehicles/{position}/evidence"): Call(names=_shift),
    ("GET", "/v1/shifts/{shift}/utterances"): Call(names=_shift),
    ("GET", "/v1/findings"): Call(shows=_listed),
    ("GET", "/v1/figures/compliance"): _counts("lines"),
    ("GET", "/v1/figures/misses"): _counts("codes"),
    ("GET", "/v1/figures/deaf"): _counts("booths"),
    ("GET", "/v1/figures/vehicles"): _counts("items"),
    ("GET", "/v1/clips"): Call(shows=_listed),
    ("GET", "/v1/clips/{clip}"): Call(names=lambda things, whose: {"clip": things.clips[whose]}),
    ("GET", "/v1/stations"): Call(whose=_STATION, shows=_listed),
    ("GET", "/v1/booths"): Call(whose=_STATION, shows=_listed),
    ("GET", "/v1/teams"): Call(whose=_STATION, shows=_listed),
    ("POST", "/v1/booths"): Call(
        whose=_STATION,
        body=lambda things, whose: _of_station(things, whose) | {"booth": things.new()},
    ),
    ("POST", "/v1/teams"): Call(
        whose=_STATION,
        body=lambda things, whose: _of_station(things, whose) | {"team": things.new()},
    ),
    ("GET", "/v1/rosters"): Call(shows=_listed),
    ("POST", "/v1/rosters"): Call(
        whose=("team", "station", "other"), body=lambda things, whose: things.new_roster(whose)
    ),
    ("DELETE", "/v1/rosters/{roster}"): Call(
        names=lambda things, whose: {"roster": things.rosters[whose]}
    ),
    ("GET", "/v1/people"): Call(
        whose=_STATION,
        shows=lambda things, whose, answer: (
            things.people[whose] in {item["id"] for item in answer["items"]}
        ),
    ),
    ("GET", "/v1/people/{person}"): Call(
        whose=_STATION, names=lambda things, whose: {"person": things.people[whose]}
    ),
    ("POST", "/v1/people"): Call(
        whose=_STATION, body=lambda things, whose: things.new_person(whose)
    ),
    ("PATCH", "/v1/people/{person}"): Call(
        whose=_STATION,
        names=lambda things, whose: {"person": things.people[whose]},
        body=_renamed,
    ),
    ("GET", "/v1/devices"): Call(whose=_STATION, shows=_listed),
    ("GET", "/v1/alarms"): Call(whose=_STATION, shows=_listed),
    ("POST", "/v1/devices"): Call(
        whose=_STATION,
        body=lambda things, whose: (
            _of_station(things, whose) | {"booth": "3", "public_key": things.new_key()}
        ),
    ),
    ("POST", "/v1/devices/{device}/revoke"): Call(
        whose=_STATION, names=lambda things, whose: {"device": things.devices[whose]}
    ),
    ("GET", "/v1/booth/state"): Call(whose=("station",)),
    ("POST", "/v1/booth/login"): Call(
        whose=("own", "team", "station"),
        body=lambda things, whose: {"collector": things.whose[whose][2]},
    ),
    ("POST", "/v1/lane-events"): Call(
        whose=("station",), body=lambda things, _: things.new_events()
    ),
    ("GET", "/v1/complaints"): Call(shows=_listed),
    ("POST", "/v1/complaints"): Call(body=lambda things, whose: things.new_complaint(whose)),
    ("GET", "/v1/complaints/{complaint}"): Call(names=_complaint),
    ("POST", "/v1/complaints/{complaint}/entries"): Call(
        whose=_OTHERS,
        names=_complaint,
        body=lambda _, __: {"event": "noted", "seen": 1, "text": "已联系"},
    ),
    ("POST", "/v1/complaints/{complaint}/mishandling"): Call(
        whose=_OTHERS, names=_complaint, body=lambda _, __: {"text": "拖延未处理"}
    ),
    ("GET", "/v1/months"): Call(whose=("own", "other"), shows=_of_a_station("items")),
    ("GET", "/v1/months/{month}"): Call(
        names=lambda _, __: {"month": "2026-11"},
        query=_of_station,
        shows=lambda things, whose, answer: (
            things.whose[whose][2] in {line["collector"] for line in answer["collectors"]}
        ),
    ),
    ("GET", "/v1/months/{month}/stations"): Call(
        whose=_STATION, names=lambda _, __: {"month": "2026-11"}, shows=_of_a_station("stations")
    ),
    ("GET", "/v1/reports/shifts/{shift}"): Call(names=_shift),
    ("GET", "/v1/reports/days/{day}"): Call(
        names=lambda _, __: {"day": "2026-11-24"}, query=_of_station, shows=_reported
    ),
    ("GET", "/v1/reports/months/{month}"): Call(
        names=lambda _, __: {"month": "2026-11"}, query=_of_station, shows=_reported
    ),
    ("GET", "/v1/checks/items"): _ANY,
    ("GET", "/v1/checks/plans"): Call(
        whose=_STATION,
        shows=lambda things, whose, answer: (
            things.whose[whose][0] in {plan["station"] for plan in answer}
        ),
    ),
    ("POST", "/v1/checks/plans"): Call(
        whose=_STATION,
        body=lambda things, whose: (
            _of_station(things, whose) | {"cadence": "weekly", "method": "spot", "size": 2}
        ),
    ),
    ("POST", "/v1/checks/plans/{plan}/end"): Call(
        whose=_STATION, names=lambda things, whose: {"plan": things.plans[whose]}
    ),
    ("POST", "/v1/checks/samples"): Call(
        whose=_STATION,
        body=lambda things, whose: (
            _of_station(things, whose) | {"from": "2026-11-24", "to": "2026-11-24", "size": 2}
        ),
    ),
    ("GET", "/v1/checks/samples"): Call(
        whose=_STATION,
        shows=lambda things, whose, answer: (
            things.samples[whose] in {each["id"] for each in answer["items"]}
        ),
    ),
    ("GET", "/v1/checks/samples/{sample}"): Call(
        whose=_STATION, names=lambda things, whose: {"sample": things.samples[whose]}
    ),
    ("GET", "/v1/checks"): Call(shows=_listed),
    ("POST", "/v1/checks"): Call(body=lambda things, whose: things.new_check(whose)),
    ("GET", "/v1/checks/{check}"): Call(
        names=lambda things, whose: {"check": things.checks[whose]}
    ),
    ("POST", "/v1/checks/{check}/comments"): Call(
        whose=("own", "station", "other"),
        names=lambda things, whose: {"check": things.checks[whose]},
        body=lambda _, __: {"kind": "improvement", "seen": 1, "text": "注意"},
    ),
    ("POST", "/v1/checks/{check}/confirmation"): Call(
        names=lambda things, whose: {"check": things.confirmed[whose]},
        body=lambda _, __: {"seen": 1, "text": "属实"},
    ),
    ("GET", "/v1/rectifications"): Call(shows=_listed),
    ("POST", "/v1/rectifications"): Call(
        whose=_STATION,
        body=lambda things, whose: _of_station(things, whose) | {"text": "工号牌"},
    ),
    ("GET", "/v1/rectifications/{rectification}"): Call(
        names=lambda things, whose: {"rectification": things.rectifications[whose]}
    ),
    ("POST", "/v1/rectifications/{rectification}/entries"): Call(
        names=lambda things, whose: {"rectification": things.rectifications[whose]},
        body=lambda _, __: {"move": "done", "seen": 1, "text": "已佩戴"},
    ),
    ("POST", "/v1/rectifications/{rectification}/looks"): Call(
        names=lambda things, whose: {"rectification": things.put_right[whose]},
        body=lambda _, __: {"right": True, "seen": 2, "text": "属实"},
    ),
    ("GET", "/v1/reviews"): Call(shows=_listed),
    ("GET", "/v1/reviews/queue"): Call(shows=_listed),
    ("GET", "/v1/reviews/rates"): Call(
        whose=_STATION,
        query=lambda things, whose: (
            _of_station(things, whose) | {"from": "2026-11-24", "to": "2026-11-24"}
        ),
    ),
    ("GET", "/v1/reviews/{review}"): Call(names=_review),
    ("POST", "/v1/reviews/{review}/decision"): Call(
        names=_review, body=lambda _, __: {"verdict": "confirmed", "reason": "没听到"}
    ),
    ("POST", "/v1/reviews/{review}/appeal"): Call(
        names=lambda things, whose: {"review": things.against[whose]},
        body=lambda _, __: {"text": "说了"},
    ),
    ("POST", "/v1/reviews/{review}/appeal/answer"): Call(
        names=lambda things, whose: {"review": things.appealed[whose]},
        body=lambda _, __: {"granted": False, "reason": "没有听到"},
    ),
    ("GET", "/v1/doubles"): Call(
        whose=_STATION,
        shows=lambda things, whose, answer: (
            things.whose[whose][0] in {sample["station"] for sample in answer}
        ),
    ),
    ("POST", "/v1/doubles"): Call(
        whose=_STATION,
        body=lambda things, whose: (
            _of_station(things, whose)
            | {"code": "missing.thanks", "from": "2026-11-24", "to": "2026-11-24"}
        ),
    ),
    ("GET", "/v1/doubles/queue"): Call(whose=_STATION, shows=_listed),
    ("POST", "/v1/doubles/{double}/labels"): Call(
        names=lambda things, whose: {"double": things.doubles[whose]},
        body=lambda _, __: {"verdict": "confirmed"},
    ),
    ("GET", "/v1/standings"): Call(whose=_STATION, query=_of_station),
    ("GET", "/v1/consequences"): Call(shows=_listed),
    ("POST", "/v1/consequences"): Call(
        body=lambda things, whose: {
            "station": things.whose[whose][0],
            "collector": things.whose[whose][2],
            "check": things.to_propose[whose],
            "provisions": ["appearance"],
        },
    ),
    ("GET", "/v1/consequences/{consequence}"): Call(
        names=lambda things, whose: {"consequence": things.consequences[whose]}
    ),
    ("POST", "/v1/consequences/{consequence}/decision"): Call(
        names=lambda things, whose: {"consequence": things.consequences[whose]},
        body=lambda _, __: {"kind": "criticism", "reason": "提醒"},
    ),
    ("POST", "/v1/consequences/{consequence}/appeal"): Call(
        names=lambda things, whose: {"consequence": things.imposed[whose]},
        body=lambda _, __: {"text": "有误"},
    ),
    ("POST", "/v1/consequences/{consequence}/appeal/answer"): Call(
        names=lambda things, whose: {"consequence": things.protested[whose]},
        body=lambda _, __: {"granted": False, "reason": "属实"},
    ),
    ("GET", "/v1/amounts/rules"): Call(whose=_STATION, query=_of_station),
    ("POST", "/v1/amounts/rules"): Call(
        whose=_STATION,
        body=lambda things, whose: (
            _of_station(things, whose)
            | {"seen": 0, "enabled": True, "rule": "第十二条", "adopted_on": "2026-03-01"}
        ),
    ),
    ("GET", "/v1/amounts/{month}"): Call(
        whose=("station",), names=lambda _, __: {"month": "2026-11"}
    ),
    ("GET", "/v1/drills/deck"): _ANY,
    ("GET", "/v1/drills/today"): _ANY,
    ("GET", "/v1/drills/progress"): _ANY,
    ("GET", "/v1/drills/attempts"): _ANY,
    ("GET", "/v1/exams"): Call(whose=_STATION, shows=_listed),
    ("POST", "/v1/exams"): Call(whose=_STATION, body=lambda things, whose: things.new_exam(whose)),
    ("GET", "/v1/exams/archive"): Call(whose=_STATION, shows=_of_a_station("items")),
    ("GET", "/v1/exams/archive/sample"): Call(
        whose=_STATION,
        query=lambda things, whose: _of_station(things, whose) | {"month": "2026-11"},
    ),
    ("GET", "/v1/exams/archive/{sitting}"): Call(whose=_STATION, names=_sitting),
    ("GET", "/v1/exams/archive/{sitting}/report"): Call(whose=_STATION, names=_sitting),
    ("GET", "/v1/exams/archive/{sitting}/items/{item}/sound"): Call(
        whose=_STATION, names=lambda things, whose: _sitting(things, whose) | {"item": 1}
    ),
    ("POST", "/v1/exams/archive/{sitting}/looks"): Call(
        whose=_STATION,
        names=_sitting,
        body=lambda _, __: {"result": "passed", "seen": 0, "text": "属实"},
    ),
    ("GET", "/v1/exams/{exam}"): Call(whose=_STATION, names=_exam),
    ("GET", "/v1/exams/{exam}/items"): Call(whose=_STATION, names=_exam),
    ("POST", "/v1/exams/{exam}/sittings"): Call(whose=_STATION, names=_exam),
    ("POST", "/v1/exams/{exam}/end"): Call(
        whose=_STATION, names=lambda things, whose: {"exam": things.to_end[whose]}
    ),
    ("GET", "/v1/trainings"): Call(whose=_STATION, shows=_listed),
    ("POST", "/v1/trainings"): Call(
        whose=_STATION, body=lambda things, whose: things.new_training(whose)
    ),
    ("GET", "/v1/trainings/people"): Call(whose=_STATION, query=_of_station),
    ("GET", "/v1/trainings/hard"): Call(whose=_STATION, query=_of_station),
    ("GET", "/v1/trainings/months/{month}"): Call(
        whose=_STATION, names=lambda _, __: {"month": "2026-11"}, query=_of_station
    ),
    ("GET", "/v1/trainings/{training}"): Call(
        whose=_STATION, names=lambda things, whose: {"training": things.trainings[whose]}
    ),
    ("POST", "/v1/trainings/{training}/presence"): Call(
        whose=_STATION,
        names=lambda things, whose: {"training": things.trainings[whose]},
        body=lambda things, whose: {"present": [things.pupils[whose]]},
    ),
    ("POST", "/v1/trainings/{training}/end"): Call(
        whose=_STATION, names=lambda things, whose: {"training": things.to_cancel[whose]}
    ),
    ("GET", "/v1/audit"): Call(whose=("own", "station", "other"), shows=_listed),
}
"""method and path of each endpoint that is for somebody who is logged in"""

APART: Mapping[tuple[str, str], str] = {
    ("DELETE", "/v1/session"): "ends the session: tests/service/api/test_session.py",
    ("PUT", "/v1/session/password"): "the same",
    ("POST", "/v1/session/second-factor"): "the same",
    ("PUT", "/v1/session/second-factor"): "the same",
    ("POST", "/v1/session/second-factor/drop"): "the same",
    ("POST", "/v1/booth/logout"): "of who sits there: tests/service/api/test_booth.py",
    ("POST", "/v1/booth/relief"): "the same",
    ("POST", "/v1/booth/not-me"): "the same",
    ("GET", "/v1/checks/mine"): "of the caller: tests/service/api/test_checks.py",
    ("POST", "/v1/checks/{check}/withdrawal"): "of its author, or who plans: the same",
    ("POST", "/v1/drills/attempts"): "a sound: tests/service/api/test_drills.py",
    ("GET", "/v1/drills/attempts/{attempt}"): "of the caller: the same",
    ("DELETE", "/v1/drills/attempts"): "the same",
    ("DELETE", "/v1/drills/attempts/{attempt}"): "the same",
    ("POST", "/v1/drills/attempts/{attempt}/keep"): "the same",
    ("GET", "/v1/drills/attempts/{attempt}/sound"): "the same",
    ("DELETE", "/v1/drills/attempts/{attempt}/sound"): "the same",
    ("GET", "/v1/exams/sittings"): "of the caller: tests/service/api/test_exams.py",
    ("GET", "/v1/exams/sittings/{sitting}"): "the same",
    ("POST", "/v1/exams/sittings/{sitting}/finish"): "the same",
    ("POST", "/v1/exams/answers"): "a sound: the same",
    ("GET", "/v1/trainings/mine"): "of the caller: tests/service/api/test_trainings.py",
    ("GET", "/v1/reports/vehicles"): "a file: tests/service/api/test_reports.py",
    ("POST", "/v1/reports/vehicles/files"): "of the caller: tests/service/api/test_list_files.py",
    ("GET", "/v1/reports/files"): "the same",
    ("GET", "/v1/reports/files/{file}"): "the same",
    ("DELETE", "/v1/reports/files/{file}"): "the same",
    ("GET", "/v1/catalogs/draft"): "of every station: tests/service/api/test_catalog_drafts.py",
    ("PUT", "/v1/catalogs/draft"): "the same",
    ("POST", "/v1/catalogs/draft/phrases"): "the same",
    ("POST", "/v1/catalogs/draft/line"): "the same",
    ("POST", "/v1/catalogs/draft/clip"): "the same, and tests/service/test_catalog_clip.py",
    ("POST", "/v1/catalogs/draft/publication"): "the same",
    ("GET", "/v1/catalogs/versions"): "the same",
    ("POST", "/v1/catalogs/uses"): "the same",
    ("POST", "/v1/catalogs/replays"): "the same",
    ("GET", "/v1/catalogs/replays"): "the same",
    ("GET", "/v1/catalogs/replays/{replay}"): "the same",
    ("POST", "/v1/stations"): "of no station yet: tests/service/api/test_places.py",
}
"""endpoints that are asked elsewhere, and where"""
