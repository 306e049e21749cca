"""Ask the whole API for what its description allows and for what it does not, as every role.

Requests are made by schemathesis from /v1/openapi.json: half of them by who administers every
station, for they get furthest, the rest by each role of a station and by nobody. An answer must
not be the server's fault (5xx), must be as the description says, and must be no access that
service/rights.py forbids.
"""

from __future__ import annotations

import gzip
import hashlib
import secrets
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import checks
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok

from audio.types import RATE
from audio.write import flac
from db import people
from db.people_types import Grant, Role
from service.api import wiring
from service.api.app import create_app
from service.rights import RIGHTS, Permission
from tests.fakes import coach
from tests.service.api.things import Things, things
from tests.service.api.world import CHEAP, Clock, World, fill, site

Told = Callable[[int], None]
MOST_SHOWN = 20
"""faults whose text is kept"""
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]


@schemathesis.serializer("application/x-ndjson")
def _lines(_: schemathesis.SerializationContext, value: object) -> bytes:
    """A batch of the booths, as far as it can be made without a key."""
    return gzip.compress(str(value).encode(errors="replace"))


@schemathesis.serializer("application/vnd.changshou.clip")
def _clip(_: schemathesis.SerializationContext, value: object) -> bytes:
    """A clip of a booth, likewise."""
    return str(value).encode(errors="replace")


@schemathesis.serializer("audio/wav", "audio/webm")
def _sound(_: schemathesis.SerializationContext, value: object) -> bytes:
    """Half a second of noise, or what is no sound."""
    raw = str(value).encode(errors="replace")
    if not raw:
        return raw
    chance = np.random.default_rng(list(raw[:8]))
    return flac(0.1 * chance.standard_normal((1, RATE // 2)).astype(np.float32), RATE)


@schemathesis.serializer("audio/L16")
def _samples(_: schemathesis.SerializationContext, value: object) -> bytes:
    """Bare samples, whatever they are."""
    return str(value).encode(errors="replace")


@dataclass(frozen=True, kw_only=True, slots=True)
class Asker:
    """In whose name requests are made."""

    name: str
    role: Role | None
    """None: nobody is logged in"""
    everywhere: bool = False


ASKERS = (
    Asker(name="administrator of all", role=Role.ADMINISTRATOR, everywhere=True),
    *(Asker(name=role.value, role=role) for role in Role),
    Asker(name="nobody", role=None),
)


@dataclass(kw_only=True, slots=True)
class Tally:
    """What came of the requests."""

    requests: Counter[str] = field(default_factory=Counter)
    """by who asked"""
    answers: Counter[str] = field(default_factory=Counter)
    """by the first digit of the status"""
    faults: list[str] = field(default_factory=list)
    forbidden: list[str] = field(default_factory=list)


def api(
    times: int,
    told: Told,
    *,
    askers: tuple[Asker, ...] = ASKERS,
    under: str = "/",
) -> dict[str, Any]:
    """Make about so many requests in all, to what is under that path; what came of them."""
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        here = site(Path(folder))
        with wiring.services(here, passwords=CHEAP, clock=Clock(), coach=coach) as services:
            app = create_app(services)
            schema = schemathesis.openapi.from_asgi("/v1/openapi.json", app)
            world = World(
                client=TestClient(app),
                services=services,
                clock=Clock(),
                shifts=fill(services),
            )
            made = things(world)
            operations: list[Any] = [
                found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)
            ]
            operations = [each for each in operations if each.path.startswith(under)]
            for asker, share in _shares(askers, times):
                who = _Person(world, asker)
                for operation in operations:
                    each = max(1, -(-share // (2 * len(operations))))
                    for mode in schemathesis.GenerationMode:
                        _ask(operation, mode, each, who, made, tally)
                        told(min(times, sum(tally.requests.values())))
    return {
        "requests": sum(tally.requests.values()),
        "operations": len(operations),
        "by": dict(tally.requests),
        "answers": dict(sorted(tally.answers.items())),
        "faults": len(tally.faults),
        "forbidden": len(tally.forbidden),
        "first": " | ".join((tally.faults + tally.forbidden)[:MOST_SHOWN]),
    }


def _shares(askers: tuple[Asker, ...], times: int) -> list[tuple[Asker, int]]:
    """The first asks half of all, the others the rest; alone it asks all."""
    first, *others = askers
    if not others:
        return [(first, times)]
    return [(first, times // 2), *((other, times // 2 // len(others)) for other in others)]


class _Person:
    """Somebody whose session goes on whatever their requests did to it."""

    def __init__(self, world: World, asker: Asker) -> None:
        self._world = world
        self.name = asker.name
        self.role = asker.role
        self._id: int | None = None
        if asker.role is not None:
            login = world.person(
                asker.role, f"asker.{asker.name}".replace(" ", "."), everywhere=asker.everywhere
            )
            with world.services.database.reading() as connection:
                row = people.secrets_of(connection, login)
                assert row is not None
                found = people.find(connection, row["id"])
            assert found is not None
            self._id, self._grants = found.id, found.grants

    def may(self, permission: str | None) -> bool:
        """Whether the table lets them."""
        if permission is None:
            return True
        return self.role is not None and Permission(permission) in RIGHTS[self.role]

    def header(self) -> dict[str, str]:
        """Of a session that has just begun, with the roles they had at first."""
        if self._id is None:
            return {}
        token = secrets.token_urlsafe(32)
        now = self._world.clock()
        kept = hashlib.sha256(token.encode()).hexdigest()
        grants = [
            Grant(role=g.role, station_id=g.station_id, team_id=g.team_id) for g in self._grants
        ]
        with self._world.services.database.writing() as connection:
            people.change(connection, self._id, disabled_at=None)
            people.set_grants(connection, self._id, grants)
            people.end_sessions(connection, self._id)
            people.open_session(connection, self._id, kept, now, now.replace(year=2100))
        return {"Authorization": f"Bearer {token}"}


def _ask(operation: Any, mode: Any, times: int, who: _Person, made: Things, tally: Tally) -> None:
    """So many requests to one endpoint, half of them for things that are there."""
    header = who.header()
    named = st.sampled_from(["own", "other", None])

    @settings(
        max_examples=times,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), whose=named)
    def request(case: Any, whose: str | None) -> None:
        nonlocal header
        if whose is not None and mode is schemathesis.GenerationMode.POSITIVE:
            _name(case, made, whose)
        answer = case.call(headers=header)
        tally.requests[who.name] += 1
        tally.answers[f"{answer.status_code // 100}xx"] += 1
        said = f"{who.name}: {operation.method.upper()} {operation.path}"
        allowed = who.may(operation.definition.raw.get("x-permission"))
        if answer.status_code < 400 and not allowed:
            tally.forbidden.append(said)
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as group:
            tally.faults += [
                f"{said}: {fault.title}: {fault.message}" for fault in group.exceptions
            ]
        if answer.status_code == 401 or operation.method.upper() == "DELETE":
            header = who.header()

    try:
        request()
    except Unsatisfiable:
        # An endpoint that takes nothing cannot be asked wrongly.
        return


def _name(case: Any, made: Things, whose: str) -> None:
    """Put what is there into the path."""
    station = "other" if whose == "other" else "station"
    there = {
        "shift": made.shifts[whose],
        "position": 0,
        "roster": made.rosters[whose],
        "person": made.people[station],
        "device": made.devices[station],
    }
    for name in case.path_parameters or ():
        if name in there:
            case.path_parameters[name] = there[name]
