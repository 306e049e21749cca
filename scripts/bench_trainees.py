"""Say how long trainees wait who all speak at once, and whether a try is lost.

A server with the installed weights runs in this process over real HTTP; each trainee has a session
of their own and sends a line of the deck at the same moment as all others, then asks until it is
judged, as a page does. Lines are said by the reference voice (synthetic speech).
"""

from __future__ import annotations

import http.client
import json
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import uvicorn
from sqlalchemy import insert

from audio.types import RATE
from audio.voice import RATE as VOICE_RATE
from audio.voice import Kokoro
from db import people, tables
from db.people_types import Grant, Role
from scripts.resample import resample
from scripts.tone_takes import VOICES
from service import settings
from service.api import wiring
from service.api.app import create_app
from service.api.wiring import Services
from service.passwords import Passwords

PATH = "/v1/drills/attempts"
ASK_S = 0.3
"""seconds between two looks at a try"""
PATIENCE_S = 120.0
PASSWORD = "three words and 4"


@dataclass(kw_only=True)
class Seen:
    """What came of the tries."""

    waited_s: list[float] = field(default_factory=list)
    ahead: list[int] = field(default_factory=list)
    unjudged: int = 0
    lost: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


def run(trainees: int, rounds: int, told: Callable[[int], None]) -> dict[str, Any]:
    """So many trainees say a line at once, so often."""
    with tempfile.TemporaryDirectory() as folder, _served(Path(folder)) as (services, port):
        tokens = [_session(services, port, number) for number in range(trainees)]
        lines = _lines(services, trainees)
        # The weights are loaded at the first try.
        _try(port, tokens[0], *lines[0], Seen())
        seen = Seen()
        for number in range(rounds):
            at_once = threading.Barrier(trainees)

            def one(who: int, start: threading.Barrier = at_once) -> None:
                start.wait()
                _try(port, tokens[who], *lines[who], seen)

            with ThreadPoolExecutor(trainees) as pool:
                list(pool.map(one, range(trainees)))
            told(number + 1)
    return {
        "trainees": trainees,
        "tries": trainees * rounds,
        "speech": "synthetic",
        "seconds_of_speech": round(sum(len(said) for _, said in lines) / 2 / RATE / trainees, 2),
        "lost": seen.lost,
        "unjudged": seen.unjudged,
        "most_ahead": max(seen.ahead),
        "seconds_p50": round(float(np.quantile(seen.waited_s, 0.5)), 2),
        "seconds_p95": round(float(np.quantile(seen.waited_s, 0.95)), 2),
        "seconds_most": round(max(seen.waited_s), 2),
    }


@contextmanager
def _served(folder: Path) -> Iterator[tuple[Services, int]]:
    """A server with an empty database, and its port."""
    file = folder / "s.toml"
    file.write_text(
        '[database]\nseal_key = "ledger.key"\n[keeping]\nclip_key = "clips.key"\n', "utf-8"
    )
    site = settings.load({"CHANGSHOU_CONFIG": str(file)}, db=f"sqlite:///{folder / 'd.db'}")
    with (
        wiring.services(site, passwords=Passwords(memory_kib=8, rounds=1)) as services,
        socket.create_server(("127.0.0.1", 0)) as listening,
    ):
        server = uvicorn.Server(
            uvicorn.Config(create_app(services), log_level="error", access_log=False)
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            while not server.started:
                time.sleep(0.02)
            yield services, int(listening.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join()


def _session(services: Services, port: int, number: int) -> str:
    login = f"trainee{number}"
    with services.database.writing() as connection:
        if number == 0:
            connection.execute(insert(tables.Station).values(code="bench"))
        people.add(
            connection,
            login=login,
            name=login,
            password=services.passwords.hash(PASSWORD),
            grants=[Grant(role=Role.TRAINEE, station_id=1)],
            at=services.clock(),
        )
    body = json.dumps({"login": login, "password": PASSWORD, "bearer": True})
    headers = {"content-type": "application/json"}
    return str(_ask(port, "POST", "/v1/session", body.encode(), headers)["token"])


def _lines(services: Services, count: int) -> list[tuple[str, bytes]]:
    """Cards of the deck, and each as it is said."""
    speaker, cards = Kokoro(threads=2), list(services.deck.values())
    found = []
    for number in range(count):
        card, voice = cards[number % len(cards)], VOICES[number % len(VOICES)]
        said = resample(speaker.say(card.text, voice), RATE, VOICE_RATE)
        found.append((card.key, (np.clip(said, -1, 1) * 32_767).astype("<i2").tobytes()))
    return found


def _try(port: int, token: str, card: str, said: bytes, seen: Seen) -> None:
    headers = {"authorization": f"Bearer {token}", "content-type": f"audio/L16;rate={RATE}"}
    began = time.monotonic()
    made = _ask(port, "POST", f"{PATH}?exercise={card.replace('|', '%7C')}", said, headers)
    ahead = made["ahead"] or 0
    while made["state"] == "waiting" and time.monotonic() - began < PATIENCE_S:
        time.sleep(ASK_S)
        made = _ask(port, "GET", f"{PATH}/{made['id']}", None, headers)
    with seen.lock:
        seen.waited_s.append(time.monotonic() - began)
        seen.ahead.append(ahead)
        seen.lost += made["state"] == "waiting"
        seen.unjudged += made["state"] == "unjudged"


def _ask(
    port: int, method: str, path: str, body: bytes | None, headers: dict[str, str]
) -> dict[str, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        found: dict[str, Any] = json.loads(answer.read())
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {found.get('detail')}")
        return found
    finally:
        connection.close()
