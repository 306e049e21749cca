"""What a booth stores reaches the centre once, whatever the line does; over real HTTP."""

from __future__ import annotations

import datetime as dt
import json
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import Engine

from db import outbox
from db.seal import Signer
from db.verify import verify
from service import batch, sync_post
from service.api import ingest
from service.sync import LONGEST_S, Answer, Post, Sync, Unreached
from tests.databases import with_tables
from tests.db import samples
from tests.db.booths import counts, rows, save
from tests.postgres import Postgres, postgres
from tests.service.centre import BadLine, register, serving

__all__ = ["postgres"]

NOW = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
FOREVER = 10_000
"""tries that would be too many"""


@pytest.fixture
def booth(tmp_path: Path) -> Iterator[Engine]:
    """A booth's database."""
    engine = with_tables(tmp_path / "booth.db")
    yield engine
    engine.dispose()


def made(booth: Engine, post: Post, *, most: int = 500) -> Sync:
    """What sends; its clock stands, and it draws the most."""
    sent_by = samples.SIGNER
    return Sync(
        booth, sent_by, post, url="http://x", clock=lambda: NOW, draw=lambda: 1.0, most=most
    )


def until_empty(sync: Sync) -> int:
    """Try until nothing waits, without the waiting; how many tries it took."""
    for tries in range(FOREVER):
        if sync.step().idle:
            return tries
    raise AssertionError("it never ends")


def same(booth: Engine, centre: Engine) -> bool:
    """Whether the centre has each row of the booth, once."""
    with booth.connect() as here, centre.connect() as there:
        ours, theirs = rows(here), rows(there)
    return all(sorted(ours[name]) == sorted(theirs[name]) for name in ours)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_bad_line_loses_nothing_and_doubles_nothing(
    tmp_path: Path, booth: Engine, kind: str, request: pytest.FixtureRequest
) -> None:
    """A tenth lost each way, repeats, late ones, cut ones, a partition: each row is there once."""
    url = None
    if kind == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        url = server.new_database()
    with serving(tmp_path, url) as (address, centre), sync_post.connected(address, None) as post:
        register(centre)
        line = BadLine(post, seed=7)
        sync = made(booth, line, most=3)
        for number in range(6):
            save(booth, samples.long_report(20, 120), collector=f"c{number}")
            line.down = number == 3
            for _ in range(15):
                sync.step()
        line.down = False
        while outbox.backlog(booth).waiting:
            sync.step()
        assert outbox.backlog(booth).refused == 0
        assert same(booth, centre)
        assert verify(centre).problems == ()
        (own,), (chain,) = verify(booth).chains, verify(centre).chains
        assert (chain.head, chain.awaited) == (own.head, 0)


@pytest.mark.slow
def test_it_sends_until_nothing_waits(tmp_path: Path, booth: Engine) -> None:
    """Everything, what was stored before there was a centre too, and measures the clocks."""
    with serving(tmp_path) as (address, centre), sync_post.connected(address, None) as post:
        register(centre)
        save(booth)
        sync = made(booth, post)
        until_empty(sync)
        assert same(booth, centre)
        assert (sync.state.sent, sync.state.refused, sync.state.problem) == (8, 0, None)
        skew = (dt.datetime.now(dt.UTC) - NOW).total_seconds()
        assert sync.state.skew_s is not None
        assert abs(sync.state.skew_s - skew) < 60
        assert outbox.backlog(booth).sent == 8


def test_a_key_that_is_not_known_sends_nothing(tmp_path: Path, booth: Engine) -> None:
    """Nothing is stored, nothing is refused for good, and once it is registered all passes."""
    with serving(tmp_path) as (address, centre), sync_post.connected(address, None) as post:
        save(booth)
        sync = made(booth, post)
        assert sync.step().wait_s > 0
        assert "no booth has this key" in str(sync.state.problem)
        assert outbox.backlog(booth).waiting == 8
        register(centre)
        until_empty(sync)
        assert same(booth, centre)


def test_another_booths_messages_are_set_apart(tmp_path: Path, booth: Engine) -> None:
    """The others pass; the reason is kept, and they can be sent again."""
    with serving(tmp_path) as (address, centre), sync_post.connected(address, None) as post:
        register(centre)
        save(booth, booth="4")
        save(booth)
        sync = made(booth, post)
        until_empty(sync)
        assert (sync.state.sent, sync.state.refused) == (8, 8)
        assert {one.why[:3] for one in outbox.refused(booth)} == {"403"}
        register(centre, Signer.new(), booth="4")
        assert outbox.retry(booth) == 8
        until_empty(made(booth, post))
        assert outbox.backlog(booth).refused == 8
        assert counts(centre)["grading"] == 1


def test_a_full_centre_is_asked_again_later(
    tmp_path: Path, booth: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says when; nothing is lost meanwhile."""
    with serving(tmp_path) as (address, centre), sync_post.connected(address, None) as post:
        register(centre)
        save(booth)
        sync = made(booth, post)
        monkeypatch.setattr(ingest, "IN_HAND", 0)
        assert sync.step().wait_s == ingest.WAIT_S + 1.0
        assert "429" in str(sync.state.problem)
        monkeypatch.undo()
        until_empty(sync)
        assert same(booth, centre)


@pytest.mark.slow
def test_a_request_that_is_cut_off_breaks_nothing(
    tmp_path: Path, booth: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    """The booth's process was killed while it sent: the centre goes on."""
    with serving(tmp_path) as (address, centre), sync_post.connected(address, None) as post:
        register(centre)
        save(booth)

        def cut(path: str, headers: Mapping[str, str], body: bytes, /) -> Answer:
            lines = [f"POST {path} HTTP/1.1", "host: centre", f"content-length: {len(body)}"]
            lines += [f"{name}: {value}" for name, value in headers.items()]
            with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))) as wire:
                wire.sendall("\r\n".join([*lines, "", ""]).encode() + body[:-9])
            raise Unreached("cut off")

        made(booth, cut).step()
        until_empty(made(booth, post))
        assert same(booth, centre)
    assert "broke down" not in caplog.text


def test_nobody_there_is_tried_again_ever_more_seldom(booth: Engine) -> None:
    """Twice the time after each failure, up to five minutes; real sockets, nobody behind them."""
    save(booth)
    with sync_post.connected("http://127.0.0.1:1", None) as post:
        sync = made(booth, post)
        waits = [sync.step().wait_s for _ in range(11)]
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, LONGEST_S, LONGEST_S]
    assert sync.state.failures == 11
    assert outbox.backlog(booth).waiting == 8


def answering(*answers: Answer | Exception) -> Post:
    """A line at whose end somebody says this, one after another."""
    left = list(answers)

    def post(_path: str, _headers: Mapping[str, str], _body: bytes, /) -> Answer:
        answer = left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return post


def says(status: int, body: object = None, **headers: str) -> Answer:
    """An answer."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status=status, headers=named, content=json.dumps(body).encode())


OK = {"stored": 8, "known": 0, "held": 0, "latest": 8, "faults": []}


@pytest.mark.parametrize(
    ("answer", "wait_s"),
    [
        (says(503, retry_after="120"), 121),
        (says(429, retry_after="Tue, 01 Dec 2026 00:00:30 GMT"), 31),
        (says(429, retry_after="Tue, 01 Dec 2020 00:00:30 GMT"), 1),
        (says(503, retry_after="9" * 30), 3601),
        (says(503, retry_after="soon"), 1),
        (says(500), 1),
        (says(302, location="http://elsewhere"), 1),
        (says(404), 1),
        (says(400), 1),
        (says(413), 1),
        (says(401, {"detail": "x"}, content_type="application/problem+json"), 1),
        (says(200, "<html>log in to the hotel"), 1),
        (says(200, {}), 1),
        (says(200, {**OK, "faults": [{"line": 99}]}), 1),
        (says(200, {**OK, "stored": 3}), 1),
        (says(200, {**OK, "faults": "x"}), 1),
        (Unreached("no"), 1),
    ],
)
def test_an_answer_that_is_none_changes_nothing(
    booth: Engine, answer: Answer | Exception, wait_s: float
) -> None:
    """Whoever it was, all is kept, and sent again after a while."""
    save(booth)
    sync = made(booth, answering(answer))
    assert sync.step().wait_s == wait_s
    assert sync.state.problem is not None
    state = outbox.backlog(booth)
    assert (state.waiting, state.refused) == (8, 0)


def test_a_batch_that_the_centre_will_not_have_is_halved(booth: Engine) -> None:
    """Until the one message is found; the rest passes."""
    save(booth)
    sizes: list[int] = []

    def post(_path: str, _headers: Mapping[str, str], body: bytes, /) -> Answer:
        lines = batch.unpack(body)
        sizes.append(len(lines))
        seqs = [json.loads(line)["seq"] for line in lines]
        if 6 in seqs:
            problem = {"detail": "too odd"}
            return says(422, problem, content_type="application/problem+json")
        return says(200, {**OK, "stored": len(lines)})

    sync = made(booth, post)
    until_empty(sync)
    assert sizes[:3] == [8, 4, 4]
    (one,) = outbox.refused(booth)
    assert (one.seq, one.why) == (6, "422 too odd")
    assert outbox.backlog(booth).sent == 7


def test_a_database_put_back_from_a_copy_is_noticed(booth: Engine) -> None:
    """The centre has higher numbers than were ever given here: a person must look."""
    save(booth)
    sync = made(booth, answering(says(200, {**OK, "latest": 99})))
    assert sync.step().wait_s > 0
    assert "put back from a copy" in str(sync.state.problem)


def test_it_goes_on_beside_the_service_until_it_is_stopped(booth: Engine) -> None:
    """A database that fails does not end it."""
    save(booth)
    stop, sent = Event(), Event()

    def post(_path: str, _headers: Mapping[str, str], _body: bytes, /) -> Answer:
        sent.set()
        return says(200, OK)

    sync = made(booth, post)
    thread = Thread(target=sync.run, args=(stop,))
    thread.start()
    assert sent.wait(30)
    stop.set()
    thread.join(30)
    assert not thread.is_alive()
    assert sync.state.sent in (0, 8)
    with booth.begin() as connection:
        connection.exec_driver_sql("DROP TABLE outbox")
    stop.clear()
    broken = Thread(target=sync.run, args=(stop,))
    broken.start()
    while sync.state.problem is None:
        broken.join(0.01)
    stop.set()
    broken.join(30)
    assert "refused a statement" in str(sync.state.problem)
