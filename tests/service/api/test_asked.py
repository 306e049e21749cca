"""The centre asks a booth for a clip that somebody is to hear, and to erase what it erased."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from db import erase, erasure_wants, holds, outbox, tables
from db.clip_tables import Clip, ClipKey, ClipWanted
from db.keeping_tables import Erasure, HoldReason
from db.people_types import Role
from db.seal import Signer
from db.store import Store
from db.vault import Vault, open_vault
from db.verify import verify
from service import asked, bootstrap, settings, signing
from service import erase as erase_service
from service.asked import Asked
from service.sync import Answer, Unreached
from tests.databases import with_tables
from tests.db import samples
from tests.db.booths import lines, take
from tests.service.api.world import World
from tests.service.centre import register

NOW = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """The booth's clips."""
    return open_vault(tmp_path / "booth-clips", tmp_path / "booth.key")


@pytest.fixture
def booth(tmp_path: Path, vault: Vault) -> Iterator[Engine]:
    """A booth with a shift, one of whose clips is kept."""
    engine = with_tables(tmp_path / "booth.db")
    with Store(engine, samples.SIGNER, outbox=True) as unit:
        begun = samples.START + dt.timedelta(hours=1)
        identity = samples.identity(collector="0107", started_at=begun)
        recording = samples.recording("of the booth")
        unit.save(identity, recording, samples.report(), samples.clips(vault))
        unit.commit()
    yield engine
    engine.dispose()


def clip_of(booth: Engine) -> str:
    """The name of the booth's clip."""
    with booth.connect() as connection:
        return str(connection.scalars(select(Clip.sha256).where(Clip.sha256.is_not(None))).one())


def posting(world: World, booth: Engine, vault: Vault | None, signer: Signer) -> Asked:
    """What sends clips, over the world's own wire."""

    def post(path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        answer = world.client.post(path, content=body, headers=dict(headers))
        return Answer(
            status=answer.status_code, headers=dict(answer.headers), content=answer.content
        )

    return Asked(
        booth,
        lambda: vault,
        signer,
        post,
        url="http://x",
        clock=lambda: NOW,
        draw=lambda: 0.5,
    )


@pytest.fixture
def arrived(world: World, booth: Engine) -> str:
    """The name of the clip, of which the centre knows."""
    register(world.services.database.writer)
    assert take(world.services.database.writer, lines(booth)).faults == ()
    return clip_of(booth)


def heard(world: World, clip: str, role: Role = Role.SUPERVISOR) -> Any:
    """The answer to whoever asks for the clip's sound."""
    return world.client.get(f"/v1/clips/{clip}", headers=world.as_(role))


def test_a_clip_is_there_after_it_was_asked_for(
    world: World, booth: Engine, vault: Vault, arrived: str
) -> None:
    """First 202 and when to come back; then the sound, under the centre's key, and proved."""
    sender = posting(world, booth, vault, samples.SIGNER)
    assert sender.step() == 0
    answer = heard(world, arrived)
    assert (answer.status_code, answer.headers["retry-after"]) == (202, "10")
    assert heard(world, arrived).status_code == 202
    assert sender.step() == 1
    assert sender.step() == 0
    answer = heard(world, arrived)
    assert (answer.status_code, answer.content) == (200, samples.SOUND)
    writer = world.services.database.writer
    own = bootstrap.kept_vault(world.services.site, writer)
    assert own is not None
    assert own.wrapped_by != vault.wrapped_by
    assert verify(writer, own).problems == ()
    (chain,) = (one for one in verify(writer, own).chains if one.writer.count("/") == 2)
    assert (chain.clips, chain.clips_elsewhere) == (1, 0)
    deeds = world.client.get("/v1/audit", headers=world.as_(Role.COLLECTOR)).json()["items"]
    asked = [one["action"] for one in deeds if one["thing"] == arrived]
    assert sorted(asked) == ["clip.ask", "clip.ask", "clip.read"]


def test_an_erased_clip_does_not_come_back(
    world: World, booth: Engine, vault: Vault, arrived: str
) -> None:
    """Erased at the centre between the asking and the coming, or after it came."""
    sender = posting(world, booth, vault, samples.SIGNER)
    heard(world, arrived)
    assert sender.step() == 1
    with world.services.database.writing() as connection:
        grading = connection.scalars(select(Clip.grading_id).where(Clip.sha256 == arrived)).one()
        assert erase.clips(connection, grading, None) == [arrived]
        keys = select(ClipKey.wrapped).where(ClipKey.grading_id == grading)
        assert connection.execute(keys).all() == []
    assert heard(world, arrived).status_code == 404
    assert sender.step() == 0
    assert sent(world, asked.packed(arrived, vault_body(booth, vault, arrived))) == (200, False)


def test_a_booth_that_has_it_no_longer_says_so(world: World, booth: Engine, arrived: str) -> None:
    """Whoever asked is told; asking again asks again, for a disk may have been put back."""
    sender = posting(world, booth, None, samples.SIGNER)
    assert heard(world, arrived).status_code == 202
    assert sender.step() == 1
    answer = heard(world, arrived)
    assert answer.status_code == 404
    assert "the booth has it no longer" in answer.json()["detail"]
    assert sender.step() == 1


def vault_body(booth: Engine, vault: Vault, clip: str) -> bytes:
    """The clip's key and file."""
    with booth.connect() as connection:
        wrapped = connection.scalars(select(ClipKey.wrapped)).one()
    return vault.hand(clip, wrapped)


def sent(
    world: World,
    body: bytes,
    signer: Signer = samples.SIGNER,
    changes: Mapping[str, str] | None = None,
) -> tuple[int, Any]:
    """Status and answer to a signed body."""
    path, headers = asked.FILES, {**asked.HEADERS, **(changes or {})}
    headers |= signing.sign(signer, method="POST", path=path, headers=headers, body=body, created=1)
    answer = world.client.post(path, content=body, headers=headers)
    return answer.status_code, answer.json().get("kept", answer.json().get("detail"))


def test_only_what_was_asked_for_is_kept(
    world: World, booth: Engine, vault: Vault, arrived: str
) -> None:
    """Nobody fills the centre's disk; another booth's key brings nothing of this one's."""
    body = asked.packed(arrived, vault_body(booth, vault, arrived))
    assert sent(world, body) == (200, False)
    heard(world, arrived)
    other = Signer.new()
    assert sent(world, body, other)[0] == 401
    register(world.services.database.writer, other, booth="another")
    assert sent(world, body, other) == (200, False)
    own = bootstrap.vault(world.services.site, world.services.database.writer)
    assert arrived not in {name for name, _ in own.files()}
    assert sent(world, body) == (200, True)
    assert arrived in {name for name, _ in own.files()}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"G" * 64, 400),
        (b"\xff" * 200, 400),
        ("name,key", 400),
        ("name,key,file", 422),
        ("name,cut", 422),
        ("name,other key", 422),
    ],
)
def test_a_body_that_is_no_clip_is_refused(
    world: World, booth: Engine, vault: Vault, arrived: str, body: bytes | str, status: int
) -> None:
    """What is wrong is said, and it is still asked for."""
    heard(world, arrived)
    whole = vault_body(booth, vault, arrived)
    bodies = {
        "name,key": arrived.encode() + whole[:32],
        "name,key,file": arrived.encode() + whole[:32] + b"x" * 500,
        "name,cut": arrived.encode() + whole[:-1],
        "name,other key": arrived.encode() + bytes(32) + whole[32:],
    }
    answer = sent(world, bodies[body] if isinstance(body, str) else body)
    assert answer[0] == status
    assert isinstance(answer[1], str)
    with world.services.database.reading() as connection:
        assert connection.scalars(select(ClipWanted.problem)).all() == [None]


def test_another_type_is_refused(world: World, arrived: str) -> None:
    """A batch is no clip."""
    changes = {"content-type": "application/x-ndjson"}
    assert sent(world, arrived.encode(), changes=changes)[0] == 415


def test_what_no_booth_sent_is_asked_of_nobody(world: World) -> None:
    """A clip of the centre's own, whose key is gone, will not come."""
    header = world.as_(Role.SUPERVISOR)
    items = world.client.get("/v1/clips", headers=header).json()["items"]
    clip = next(item["id"] for item in items if item["id"])
    with world.services.database.writing() as connection:
        connection.execute(ClipKey.__table__.delete())  # type: ignore[attr-defined]
    answer = world.client.get(f"/v1/clips/{clip}", headers=header)
    assert answer.status_code == 404
    assert "no booth" in answer.json()["detail"]


def test_a_centre_that_is_none_is_told(booth: Engine, vault: Vault) -> None:
    """A hotel's page is no list of clips."""

    def page(path: str, headers: Mapping[str, str], body: bytes) -> Answer:  # noqa: ARG001
        return Answer(status=200, headers={}, content=b"<html>")

    sender = Asked(
        booth,
        lambda: vault,
        samples.SIGNER,
        page,
        url="http://x/a",
        clock=lambda: NOW,
        draw=lambda: 0.5,
    )
    with pytest.raises(Unreached, match="none of a centre's"):
        sender.step()


def erasures(engine: Engine, grading_id: int = 1) -> list[tuple[str, int | None, bool, bool]]:
    """What is known to be erased: what, which vehicle, whether an entry states it, if it waits."""
    with engine.connect() as connection:
        rows = connection.execute(
            select(Erasure.__table__).where(Erasure.grading_id == grading_id).order_by(Erasure.id)
        ).mappings()
        return [
            (str(row["what"]), row["vehicle_position"], row["seq"] is not None, row["waits"])
            for row in rows
        ]


def delivered(world: World, booth: Engine) -> None:
    """Have all that the booth has to send taken in, and out of its outbox."""
    while outbox.fill(booth, at=NOW):
        pass
    waiting = outbox.waiting(booth, count=1_000, size=1 << 30)
    assert take(world.services.database.writer, [one.line for one in waiting]).faults == ()
    outbox.settle(booth, waiting[0].epoch, stored=[one.seq for one in waiting], refused={})


def words(engine: Engine, grading_id: int) -> set[str | None]:
    """What is kept of what was said in a grading."""
    with engine.connect() as connection:
        query = select(tables.Utterance.text).where(tables.Utterance.grading_id == grading_id)
        return {text for text in connection.scalars(query) if text}


def booths(world: World, clip: str) -> int:
    """The booth's grading at the centre."""
    with world.services.database.reading() as connection:
        return connection.scalars(select(Clip.grading_id).where(Clip.sha256 == clip)).one()


@pytest.mark.parametrize("what", ["vehicle", "collector"])
def test_what_is_erased_at_the_centre_is_erased_at_the_booth(
    world: World, booth: Engine, vault: Vault, arrived: str, what: str
) -> None:
    """Once all that waited was sent; the booth's own entry says that it is done."""
    sender = posting(world, booth, vault, samples.SIGNER)
    grading, writer = booths(world, arrived), world.services.database.writer
    site, now = world.services.site, world.clock()
    if what == "vehicle":
        with world.services.database.reading() as connection:
            car = tables.Vehicle
            shift, name = connection.execute(
                select(tables.Grading.shift_id, car.vehicle)
                .join(car, car.grading_id == tables.Grading.id)
                .where(tables.Grading.id == grading, car.position == 0)
            ).one()
        erase_service.vehicle_in(site, writer, shift, name, now)
    else:
        erase_service.collector_in(site, writer, "南昌西", "0107", now)
    asked_for = [(one, place) for one, place, *_ in erasures(writer, grading)]
    assert asked_for
    assert {one for one, _ in asked_for} == {what}
    assert sender.step() == 0  # it waits to be sent
    assert words(booth, 1)
    delivered(world, booth)
    assert sender.step() == len(asked_for)
    assert sender.step() == 0  # it is done, though the centre does not know yet
    assert erasures(booth) == [(one, place, True, False) for one, place in asked_for]
    if what == "collector":
        assert words(booth, 1) == set()
        with booth.connect() as connection:
            code = connection.scalars(
                select(tables.Collector.code).join(
                    tables.Shift, tables.Shift.collector_id == tables.Collector.id
                )
            ).one()
        assert code.startswith("erased:")
    delivered(world, booth)
    with world.services.database.reading() as connection:
        (station,) = connection.scalars(
            select(tables.Booth.id)
            .join(tables.Station)
            .where(tables.Booth.code == "3", tables.Station.code == "南昌西")
        )
        assert erasure_wants.wanted(connection, station) == []
    assert verify(booth, vault).problems == ()
    assert verify(writer).problems == ()


def test_what_is_erased_at_the_booth_is_erased_at_the_centre(
    world: World, booth: Engine, vault: Vault, arrived: str, tmp_path: Path
) -> None:
    """At once, or when nothing holds it there any more; the booth is not asked for it again."""
    delivered(world, booth)
    grading, writer = booths(world, arrived), world.services.database.writer
    with world.services.database.writing() as connection:
        hold = holds.place(connection, grading, None, reason=HoldReason.APPEAL, by="7", at=NOW)
    (tmp_path / "booth.toml").write_text('[database]\nseal_key = "k"\n', encoding="utf-8")
    env = {"CHANGSHOU_CONFIG": str(tmp_path / "booth.toml")}
    own = settings.load(env, db=f"sqlite:///{tmp_path / 'booth.db'}")
    erase_service.collector_in(own, booth, "南昌西", "0107", NOW)
    delivered(world, booth)
    assert erasures(writer, grading) == [("collector", None, True, True)]
    assert words(writer, grading)
    with world.services.database.writing() as connection:
        holds.settle(connection, hold, NOW - dt.timedelta(days=400))
    assert erase_service.tidied(world.services.site, writer, NOW).gradings == 1
    assert erasures(writer, grading) == [("collector", None, True, False)]
    assert words(writer, grading) == set()
    assert posting(world, booth, vault, samples.SIGNER).step() == 0
    assert verify(writer).problems == ()


@pytest.mark.parametrize(
    "answer",
    [
        b"[]",
        b"{}",
        b'{"clips": [1], "erasures": []}',
        b'{"clips": [], "erasures": [{"epoch": 1, "opened": 1, "vehicle": null}]}',
        b'{"clips": [], "erasures": [{"epoch": "a", "opened": 0, "vehicle": null}]}',
        b'{"clips": [], "erasures": [{"epoch": "a", "opened": 1, "vehicle": -1}]}',
        b'{"clips": [], "erasures": [{"epoch": "a", "opened": 1}]}',
    ],
)
def test_an_answer_that_is_none_erases_nothing(booth: Engine, vault: Vault, answer: bytes) -> None:
    """Nor is anything sent."""

    def post(path: str, headers: Mapping[str, str], body: bytes) -> Answer:  # noqa: ARG001
        assert path == "/v1/asked"
        return Answer(status=200, headers={}, content=answer)

    sender = Asked(
        booth,
        lambda: vault,
        samples.SIGNER,
        post,
        url="http://x",
        clock=lambda: NOW,
        draw=lambda: 0.5,
    )
    with pytest.raises(Unreached, match="none of a centre's"):
        sender.step()
    assert erasures(booth) == []
