"""Every endpoint is described with an example of what is asked and answered, as it really is.

`CHANGSHOU_RECORD=1 python -m pytest tests/service/api/test_examples.py` writes the file anew.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from unittest.mock import Mock, patch

import numpy as np
import pyotp
import pytest
from jsonschema_rs import Draft202012Validator

from db.people_types import Role
from service import catalog_clip, try_line
from service.api import examples
from service.api.app import create_app, operations
from tests.service.api.calls import APART, CALLS
from tests.service.api.test_list_files import ended
from tests.service.api.things import Things, things
from tests.service.api.world import PASSWORD, World

FILE = Path(examples.__file__).with_name("examples.json")
ASKED_BY = (
    *(Role.SUPERVISOR, Role.ADMINISTRATOR, Role.COLLECTOR, Role.TOLL_OFFICE, Role.INSPECTOR),
    Role.TRAINER,
)
NO_JSON = {
    ("GET", "/metrics"),
    ("POST", "/v1/batches"),
    ("POST", "/v1/asked"),
    ("POST", "/v1/clip-files"),
    ("POST", "/v1/drills/attempts"),
    ("POST", "/v1/exams/answers"),
}
"""signed by booths, or answered in another format: their bodies are described in words"""
MOST = 2
"""items of a list that are shown"""


def short(value: Any) -> Any:
    """The same with no more than the first items of each list."""
    if isinstance(value, dict):
        return {key: short(item) for key, item in value.items()}
    return [short(item) for item in value[:MOST]] if isinstance(value, list) else value


class Record:
    """What was asked and answered."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.found: dict[str, dict[str, Any]] = {}

    def ask(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, body: Any = None,
        names: Any = None, query: Any = None, content: bytes | None = None,
    ) -> Any:  # fmt: skip
        """Ask, and keep it if it was answered well."""
        address = path.format(**(names or {}))
        answer = self.world.client.request(
            method, address, headers=headers, json=body, params=query, content=content
        )
        if answer.status_code >= 300:
            return None
        kept: dict[str, Any] = {} if body is None else {"body": short(body)}
        kind = answer.headers.get("content-type", "")
        told = bool(answer.content) and kind.startswith("application/json")
        if told:
            kept["answer"] = short(answer.json())
        self.found.setdefault(f"{method} {path}", kept)
        return answer.json() if told else True


def every(world: World, made: Things) -> dict[str, dict[str, Any]]:
    """An example of each endpoint, in the order of the description."""
    record = Record(world)
    for (method, path), call in CALLS.items():
        for role in ASKED_BY:
            for whose in call.whose:
                if f"{method} {path}" in record.found:
                    break
                names, body = call.names(made, whose), call.body(made, whose)
                query = call.query(made, whose)
                record.ask(
                    method, path, headers=world.as_(role), body=body, names=names, query=query
                )
    record.ask("GET", "/healthz")
    apart(record, made)
    order = [f"{method} {path}" for method, path, *_ in operations()]
    return {name: record.found[name] for name in order if name in record.found}


def apart(record: Record, made: Things) -> None:
    """Of those endpoints that need a hand."""
    world = record.world
    login = world.person(Role.MONITOR, "somebody.else")
    asked = {"login": login, "password": PASSWORD, "bearer": True}
    opened = record.ask("POST", "/v1/session", body=asked)
    mine = {"Authorization": f"Bearer {opened['token']}"}
    secret = record.ask(
        "POST", "/v1/session/second-factor", headers=mine, body={"password": PASSWORD}
    )
    now = world.clock()
    code = pyotp.TOTP(secret["secret"]).at(now)
    record.ask("PUT", "/v1/session/second-factor", headers=mine, body={"code": code})
    world.clock.pass_(seconds=30)
    code = pyotp.TOTP(secret["secret"]).at(world.clock())
    drop = {"password": PASSWORD, "code": code}
    record.ask("POST", "/v1/session/second-factor/drop", headers=mine, body=drop)
    new = {"old": PASSWORD, "new": "four words and 5"}
    record.ask("PUT", "/v1/session/password", headers=mine, body=new)
    record.ask("DELETE", "/v1/session", headers=mine)
    seat, own = world.as_(Role.SUPERVISOR), world.as_(Role.COLLECTOR)
    record.ask("POST", "/v1/booth/login", headers=seat, body={"collector": "0107"})
    arrived = {"id": "4711", "kind": "arrived", "at": now.isoformat(), "vehicle": 7}
    controller = world.as_(Role.ADMINISTRATOR)
    record.ask("POST", "/v1/lane-events", headers=controller, body={"events": [arrived]})
    record.ask("POST", "/v1/booth/not-me", headers=own, body={"vehicle": 7})
    record.ask("POST", "/v1/booth/relief", headers=seat, body={"collector": "0108"})
    record.ask("POST", "/v1/booth/logout", headers=seat)
    record.ask("GET", "/v1/checks/mine", headers=seat)
    period = {"from": "2026-11-24", "to": "2026-11-24"}
    record.ask("GET", "/v1/reports/vehicles", headers=seat, query=period)
    listed(record, seat, period)
    check = record.ask("POST", "/v1/checks", headers=seat, body=made.new_check("station"))
    names = {"check": check["id"]}
    withdrawal = {"text": "写错了", "seen": 1}
    record.ask("POST", "/v1/checks/{check}/withdrawal", headers=seat, body=withdrawal, names=names)
    drilled(record, own)
    catalogs(record, made)
    world.person(Role.ADMINISTRATOR, "of.all", everywhere=True)
    record.ask("POST", "/v1/stations", headers=world.log_in("of.all"), body={"station": "南昌东"})


def listed(record: Record, seat: dict[str, str], period: dict[str, str]) -> None:
    """A list that is written, fetched and dropped."""
    path = "/v1/reports/files"
    asked = record.ask("POST", "/v1/reports/vehicles/files", headers=seat, query=period)
    ended(record.world, seat, asked["id"])
    record.ask("GET", path, headers=seat)
    names = {"file": asked["id"]}
    record.ask("GET", path + "/{file}", headers=seat, names=names)
    record.ask("DELETE", path + "/{file}", headers=seat, names=names)


def catalogs(record: Record, made: Things) -> None:
    """A wording that is drafted, replayed, published and taken back."""
    record.world.person(Role.TOLL_OFFICE, "of.catalogs", everywhere=True)
    office, path = record.world.log_in("of.catalogs"), "/v1/catalogs"
    files = {"phrases.toml": '[[change]]\nid = "wait"\nvariants = ["稍等片刻"]\n'}
    record.ask("PUT", f"{path}/draft", headers=office, body={"seen": 0, "files": files})
    new = {"seen": 1, "id": "wait", "variants": "请您稍候一下"}
    record.ask("POST", f"{path}/draft/phrases", headers=office, body=new)
    record.ask("GET", f"{path}/draft", headers=office)
    record.ask("POST", f"{path}/draft/line", headers=office, body={"text": "稍等片刻"})
    known = record.world.services.known
    heard = Mock(return_value=try_line.tried("您好收您五十元", known))
    with (
        patch.object(catalog_clip, "heard", heard),
        patch.object(record.world.services, "recognizer", lambda: None),
    ):
        # What hears is tested with real weights: tests/service/test_catalog_clip.py.
        clip = {"clip": made.clips["station"]}
        record.ask("POST", f"{path}/draft/clip", headers=office, body=clip)
    days = {"seen": 2, "from": "2026-11-01", "to": "2026-11-30"}
    asked = record.ask("POST", f"{path}/replays", headers=office, body=days)
    record.ask("GET", f"{path}/replays", headers=office)
    names = {"replay": asked["id"]}
    record.ask("GET", f"{path}/replays/{{replay}}", headers=office, names=names)
    note = {"seen": 2, "note": "稍等片刻也算"}
    record.ask("POST", f"{path}/draft/publication", headers=office, body=note)
    record.ask("GET", f"{path}/versions", headers=office)
    back = {"version": None, "reason": "误判多"}
    record.ask("POST", f"{path}/uses", headers=office, body=back)


def drilled(record: Record, own: dict[str, str]) -> None:
    """Two tries: one that is kept, and one that is deleted."""
    path, bare = "/v1/drills/attempts", {"content-type": "audio/L16;rate=16000"}
    sound = np.full(16_000, 3_000, "<i2").tobytes()
    query = {"exercise": "phrase:ticket.take", "keep": "true"}
    made = record.ask("POST", path, headers=own | bare, content=sound, query=query)
    names = {"attempt": made["id"]}
    record.ask("POST", path + "/{attempt}/keep", headers=own, names=names)
    assert record.world.services.judge.wait(30)
    record.ask("GET", path + "/{attempt}", headers=own, names=names)
    record.ask("GET", path + "/{attempt}/sound", headers=own, names=names)
    record.found.pop("GET " + path)
    for name in ("attempts", "today", "progress"):
        record.found.pop(f"GET /v1/drills/{name}", None)
        record.ask("GET", f"/v1/drills/{name}", headers=own)
    record.ask("DELETE", path + "/{attempt}/sound", headers=own, names=names)
    record.ask("DELETE", path + "/{attempt}", headers=own, names=names)
    sittings = record.ask("GET", "/v1/exams/sittings", headers=own)
    names = {"sitting": sittings["items"][0]["id"]}
    query = {"sitting": str(names["sitting"]), "item": "1"}
    answers = "/v1/exams/answers"
    assert record.ask("POST", answers, headers=own | bare, content=sound, query=query)
    assert record.world.services.judge.wait(30)
    record.ask("POST", "/v1/exams/sittings/{sitting}/finish", headers=own, names=names)
    record.ask("GET", "/v1/exams/sittings/{sitting}", headers=own, names=names)
    record.ask("GET", "/v1/trainings/mine", headers=own)
    record.ask("DELETE", path, headers=own)


def shape(value: Any) -> Any:
    """The names in it, without what they hold."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    return [shape(item) for item in value[:1]] if isinstance(value, list) else None


@pytest.mark.slow
def test_every_endpoint_has_an_example_that_fits(world: World) -> None:
    """Recorded from the API itself; new or changed ones are to be recorded again."""
    found = every(world, things(world))
    if os.environ.get("CHANGSHOU_RECORD"):
        text = json.dumps(found, ensure_ascii=False, indent=1)
        FILE.write_text(text + "\n", encoding="utf-8")
        examples.recorded.cache_clear()
    known = examples.recorded()
    wanted = {f"{method} {path}" for method, path in {*CALLS, *APART}}
    assert wanted <= set(found), "an endpoint was not asked well"
    stale = [name for name in found if shape(found[name]) != shape(known.get(name))]
    assert stale == [], "record the examples anew"
    described = create_app(world.services).openapi()
    for method, path, route, _ in operations():
        if (method, path) in NO_JSON:
            continue
        operation = described["paths"][path][method.lower()]
        for content in operation.get("requestBody", {}).get("content", {}).values():
            fits(content["example"], content["schema"], described)
        for status, response in operation["responses"].items():
            content = response.get("content", {}).get("application/json")
            usual = status in ("200", "201", str(route.status_code))
            if usual and content is not None and content["schema"]:
                fits(content["example"], content["schema"], described)


def fits(example: Any, schema: dict[str, Any], described: dict[str, Any]) -> None:
    """Hold an example against its schema."""
    whole = {**schema, "components": described["components"]}
    Draft202012Validator(whole).validate(example)
