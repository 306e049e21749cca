"""POST /v1/batches: what it takes, and what it says to everything else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import update

from db.engine import open_engine, upgrade
from db.people_tables import Device
from db.seal import Signer
from service import batch, signing
from service.api import ingest
from tests.db import samples
from tests.db.booths import lines, save
from tests.service.api.world import World
from tests.service.centre import register


def sent(
    world: World,
    body: bytes,
    signer: Signer = samples.SIGNER,
    changes: Mapping[str, str] | None = None,
) -> Any:
    """The answer to a signed batch."""
    headers = dict(batch.HEADERS)
    headers |= signing.sign(
        signer, method="POST", path=batch.PATH, headers=headers, body=body, created=1
    )
    return world.client.post(batch.PATH, content=body, headers={**headers, **(changes or {})})


@pytest.fixture
def batch_of_one_shift() -> list[bytes]:
    """What a booth sends of a shift."""
    engine = open_engine("sqlite://")
    upgrade(engine)
    save(engine, collector="0999")
    found = lines(engine)
    engine.dispose()
    return found


def test_a_batch_is_stored_and_acknowledged(world: World, batch_of_one_shift: list[bytes]) -> None:
    """And again, it is known."""
    register(world.services.database.writer)
    body = batch.pack(batch_of_one_shift)
    answer = sent(world, body)
    assert answer.status_code == 200
    assert answer.json() == {"stored": 8, "known": 0, "held": 0, "latest": 8, "faults": []}
    assert sent(world, body).json()["known"] == 8


def test_a_fault_is_of_one_message(world: World, batch_of_one_shift: list[bytes]) -> None:
    """The others are stored."""
    register(world.services.database.writer)
    body = batch.pack([b"{", *batch_of_one_shift])
    answer = sent(world, body).json()
    assert answer["stored"] == 8
    (fault,) = answer["faults"]
    assert (fault["line"], fault["seq"], fault["status"]) == (0, None, 400)


def test_who_is_not_known_is_refused(world: World, batch_of_one_shift: list[bytes]) -> None:
    """A key that nobody registered, one that was revoked, and one that signs for another."""
    body = batch.pack(batch_of_one_shift)
    assert sent(world, body).status_code == 401
    register(world.services.database.writer)
    other = Signer.new()
    register(world.services.database.writer, other, booth="4")
    assert [f["status"] for f in sent(world, body, other).json()["faults"]] == 8 * [403]
    with world.services.database.writing() as connection:
        connection.execute(update(Device).values(revoked_at=dt.datetime.now(dt.UTC)))
    answer = sent(world, body)
    assert (answer.status_code, "revoked" in answer.json()["detail"]) == (401, True)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"signature": "changshou=:AAAA:"}, 401),
        ({"signature-input": "x"}, 401),
        ({"content-digest": "sha-256=:AAAA:"}, 401),
        ({"content-type": "application/json"}, 415),
        ({"content-encoding": "br"}, 415),
    ],
)
def test_what_is_not_signed_as_it_must_be_is_refused(
    world: World, batch_of_one_shift: list[bytes], changes: dict[str, str], status: int
) -> None:
    """As a problem, with what is wrong."""
    register(world.services.database.writer)
    answer = sent(world, batch.pack(batch_of_one_shift), changes=changes)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_what_cannot_be_unpacked_is_refused(world: World, batch_of_one_shift: list[bytes]) -> None:
    """Cut, no gzip, a bomb, too large."""
    register(world.services.database.writer)
    whole = batch.pack(batch_of_one_shift)
    bomb = batch.pack([b"0" * (batch.LARGEST_PLAIN + 1)])
    for body, status in (
        (whole[:-3], 400),
        (b"no gzip", 400),
        (bomb, 413),
        (b"0" * (batch.LARGEST + 1), 413),
    ):
        answer = sent(world, body)
        assert (answer.status_code, answer.json()["status"]) == (status, status)


def test_a_full_centre_says_when_to_come_back(
    world: World, batch_of_one_shift: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before it reads anything."""
    monkeypatch.setattr(ingest, "IN_HAND", 0)
    answer = sent(world, batch.pack(batch_of_one_shift))
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == str(ingest.WAIT_S)
