"""A trainee is heard through a WebSocket; who may not, or sends nonsense, is told and goes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.testclient import WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from audio.files import stream
from audio.types import RATE, Samples
from db.people_types import Role
from service.api.access import COOKIE
from service.api.drill_listen import PATH
from tests.service.api.world import World

DEMO = Path(__file__).parents[2] / "recordings" / "demo.opus"
OWN = {"origin": "http://testserver", "host": "testserver"}


@pytest.fixture
def cookie(world: World) -> str:
    """A trainee's session, as a browser has it."""
    token = world.as_(Role.TRAINEE)["Authorization"].removeprefix("Bearer ")
    return f"{COOKIE}={token}"


def opened(world: World, cookie: str, **headers: str) -> Any:
    """A connection as a browser makes it."""
    return world.client.websocket_connect(PATH, headers={**OWN, "cookie": cookie, **headers})


@pytest.fixture
def line(world: World, cookie: str) -> Iterator[WebSocketTestSession]:
    """A trainee's connection."""
    with opened(world, cookie) as one:
        yield one


def until(line: WebSocketTestSession, *last: str) -> list[dict[str, Any]]:
    """What is told, to the first message of such a kind."""
    told: list[dict[str, Any]] = []
    while not told or told[-1]["is"] not in last:
        told.append(line.receive_json())
    return told


def pcm(samples: Samples) -> bytes:
    """As a browser sends it."""
    return (np.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes()


def ticks(pace: float, seconds: int) -> list[list[float]]:
    """A browser's clock beside the sound of a microphone that is so fast."""
    return [[1000.0 * at, 1000.0 * pace * at] for at in range(seconds + 1)]


def kept(world: World) -> list[dict[str, Any]]:
    """The trainee's tries."""
    answer = world.client.get("/v1/drills/attempts", headers=world.as_(Role.TRAINEE))
    return list(answer.json()["items"])


def closed(line: Any) -> int:
    """The code with which a connection is closed at once."""
    with pytest.raises(WebSocketDisconnect) as error, line as one:
        one.receive_json()
    return int(error.value.code)


def test_only_from_our_own_page_and_only_signed_in(world: World, cookie: str) -> None:
    """A browser lets any page open a WebSocket, and sends the cookie along."""
    assert closed(opened(world, cookie, origin="https://elsewhere.example")) == 4403
    assert closed(opened(world, "")) == 4401
    assert closed(opened(world, f"{COOKIE}=nonsense")) == 4401


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ("no json", "JSON"),
        ('{"do": "sing"}', "do"),
        ('{"do": "vehicle", "rate": 4000}', "rate"),
        ('{"do": "vehicle", "more": 1}', "more"),
        ("[" * 5_000, "JSON"),
    ],
)
def test_nonsense_is_told(line: WebSocketTestSession, sent: str, why: str) -> None:
    """In one sentence; then the connection is closed."""
    line.send_text(sent)
    told = line.receive_json()
    assert told["is"] == "refused"
    assert why in told["detail"]
    with pytest.raises(WebSocketDisconnect):
        line.receive_json()


@pytest.mark.slow
def test_a_vehicle_at_another_rate(line: WebSocketTestSession) -> None:
    """48 kHz as well as 16: the scene, the driver, each step, the end; then another try."""
    line.send_json({"do": "vehicle", "rate": 48_000, "seed": 4, "level": 1})
    scene, driver = line.receive_json(), line.receive_json()
    assert (scene["is"], scene["seed"], scene["level"]) == ("scene", 4, 1)
    assert driver["moment"] == "arrive"
    said = np.concatenate([chunk.samples for chunk in stream([DEMO])])[:, 0][: 6 * RATE]
    line.send_bytes(pcm(np.repeat(said, 3)))
    standing = until(line, "standing")[-1]
    assert {"name": "greet", "state": "said"}.items() <= standing["lights"][0].items()
    line.send_json({"do": "end"})
    left = until(line, "left")[-1]
    assert left["outcome"] in ("fault", "unsure")
    assert 5.5 < left["spent_s"] < 6.5
    line.send_json({"do": "english", "phrase": "no.such"})
    assert "no English form" in until(line, "refused")[-1]["detail"]


@pytest.mark.slow
def test_the_level_follows_how_it_went(line: WebSocketTestSession) -> None:
    """Two that went well make the next one harder."""
    line.send_json({"do": "amount", "level": 2, "results": [True, None, True]})
    scene = line.receive_json()
    assert scene["level"] == 3
    assert scene["asks"] == ["received", "change"]
    assert scene["money"]["payment"] == "cash"
    line.send_json({"do": "end"})
    left = until(line, "left")[-1]
    assert left["points"] is None


@pytest.mark.slow
def test_who_closes_the_tab_is_not_judged(world: World, cookie: str) -> None:
    """And leaves the room, so that others can come in."""
    with opened(world, cookie) as line:
        line.send_json({"do": "vehicle"})
        until(line, "driver")
        line.send_bytes(pcm(np.zeros(RATE, np.float32)))
    end = time.monotonic() + 60
    while world.services.room.playing and time.monotonic() < end:
        time.sleep(0.05)
    assert world.services.room.playing == 0


@pytest.mark.slow
def test_english_that_is_none(line: WebSocketTestSession) -> None:
    """Silence and a minute of it are told apart, and neither is counted."""
    for seconds, what in ((1, "silence"), (61, "too long")):
        line.send_json({"do": "english", "phrase": "help"})
        assert line.receive_json()["text"] == "May I help you?"
        for _ in range(seconds):
            line.send_bytes(bytes(2 * RATE))
        line.send_json({"do": "end"})
        told = until(line, "judged" if seconds == 1 else "trouble")[-1]
        assert what in told["advice"]["en"]
        assert told.get("score") is None


def test_a_microphone_that_lies_about_its_rate(line: WebSocketTestSession, world: World) -> None:
    """By the browser's own clock: it is told what to do, and nothing is stored."""
    for pace in (0.85, 1.3):
        line.send_json({"do": "phrase", "exercise": "phrase:flow.received", "rate": 48_000})
        assert line.receive_json()["is"] == "listening"
        line.send_bytes(bytes(2 * 48_000))
        line.send_json({"do": "end", "clock": ticks(pace, 4)})
        told = line.receive_json()
        assert (told["is"], told["what"]) == ("trouble", "wrong_rate")
        assert "48 kHz" in told["advice"]["en"]
    assert kept(world) == []


@pytest.mark.slow
def test_a_vehicle_by_a_microphone_that_lies(line: WebSocketTestSession, world: World) -> None:
    """It ends with what to do, and is nowhere; a stretch that catches up is a busy browser."""
    second = np.random.default_rng(1).normal(0, 1e-3, RATE).astype(np.float32)
    for do, clock, wrong in (
        ("amount", ticks(1.3, 4), True),
        ("vehicle", ticks(0.85, 4), True),
        ("amount", [*ticks(0.7, 3), [4_300.0, 3_500.0]], False),
        ("vehicle", ticks(1.0, 4), False),
    ):
        line.send_json({"do": do, "seed": 4})
        for at in range(1, len(clock)):
            line.send_bytes(pcm(second))
            line.send_json({"do": "clock", "clock": clock[: at + 1]})
        line.send_json({"do": "end"})
        told = until(line, "trouble", "left")[-1]
        assert (told["is"], told.get("what")) == (
            ("trouble", "wrong_rate") if wrong else ("left", None)
        )
        if wrong:
            assert kept(world) == []
            # On its way when the try ended: of no other.
            line.send_json({"do": "clock", "clock": clock})
            line.send_json({"do": "end", "clock": clock})
    assert [one["kind"] for one in kept(world)] == ["vehicle", "amount"]


@pytest.mark.slow
def test_a_vehicle_whose_time_is_over_by_a_microphone_that_lies(
    line: WebSocketTestSession, world: World
) -> None:
    """Nobody need say that it is over; nothing of the try before is held against the next."""
    second = np.random.default_rng(1).normal(0, 1e-3, RATE).astype(np.float32)
    for pace, last in ((1.3, "trouble"), (None, "left")):
        line.send_json({"do": "amount", "seed": 4})
        limit = line.receive_json()["limit_s"]
        if pace is not None:
            line.send_json({"do": "clock", "clock": ticks(pace, 4)})
        for _ in range(int(limit) + 1):
            line.send_bytes(pcm(second))
        assert until(line, "trouble", "left")[-1]["is"] == last
        assert len(kept(world)) == (last == "left")
        line.send_json({"do": "end"})


@pytest.mark.slow
def test_a_line_that_is_sent_again_is_one_try(line: WebSocketTestSession, world: World) -> None:
    """As a browser does whose connection broke while it waited; it is stored and judged once."""
    said = np.concatenate([chunk.samples for chunk in stream([DEMO])])[:, 0]
    found = []
    for _ in range(2):
        line.send_json({"do": "phrase", "exercise": "phrase:flow.received"})
        assert line.receive_json()["text"] == "收您五十元"
        # Sent at once, as after a stall: only the browser's clock counts.
        line.send_bytes(pcm(said[round(8.2 * RATE) : round(9.9 * RATE)]))
        line.send_json({"do": "end", "clock": ticks(1.0, 3)})
        found.append(until(line, "judged")[-1])
    assert found[0]["id"] == found[1]["id"]
    assert found[0]["chars"][0]["char"] == "收"
    assert found[0]["model"] is None
    assert [one["kind"] for one in kept(world)] == ["phrase"]
    line.send_json({"do": "phrase", "exercise": "no.such"})
    assert "no such exercise" in until(line, "refused")[-1]["detail"]
