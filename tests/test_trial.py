"""What docs/operate.md says, done: a shift is spoken at a booth, and asked for at its centre.

Every part is real: programs of their own, PulseAudio's null sink as the microphone, Whisper, TLS
with a certificate of one's own, PostgreSQL.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pytest

from audio.files import stream
from audio.types import RATE
from audio.write import write
from tests import pulse
from tests.postgres import Postgres, postgres
from tests.service.test_booth import free_port

__all__ = ["postgres"]

pytestmark = [pytest.mark.slow, pytest.mark.alone]

RECORDINGS = Path(__file__).parent / "recordings"
SAID_S = 48.0
"""seconds of the demo that are spoken: three vehicles, of which two are surely over"""
PROGRAM = [sys.executable, "-c", "from service.cli import main; main()"]
PASSWORD = "three words and 4"
STATION, BOOTH, COLLECTOR = "nanchang-north", "exit-3", "0107"
LONGEST_S = 120.0
ROOM_DBFS = -70.0
"""how loud an empty booth is: nothing but zeros would be a microphone that has gone deaf"""


class Machine:
    """A machine: a folder with settings, and what runs there."""

    def __init__(self, folder: Path, settings: str, **env: str) -> None:
        folder.mkdir()
        self.folder = folder
        (folder / "changshou.toml").write_text(settings, encoding="utf-8")
        own = {"HOME": str(folder), "CHANGSHOU_CONFIG": str(folder / "changshou.toml")}
        # The weights are joined once for all machines here.
        cache = os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache"))
        self.env = {**os.environ, **own, "XDG_CACHE_HOME": cache, **env}

    def run(self, *arguments: str, said: str = "") -> str:
        """A command; what it prints."""
        done = subprocess.run(
            [*PROGRAM, *arguments],
            env=self.env,
            input=said,
            capture_output=True,
            text=True,
            timeout=LONGEST_S,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextmanager
    def serving(self, *options: str) -> Iterator[None]:
        """`changshou serve`, for the block; it ends well when asked to."""
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [*PROGRAM, "serve", *options], env=self.env, stdout=log, stderr=log
            )
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            status = process.wait(LONGEST_S)
        assert status == 0, (self.folder / "log").read_text(encoding="utf-8")


def until(ask: Callable[[], Any], wanted: Callable[[Any], bool] = bool) -> Any:
    """Ask until the answer is as wanted."""
    end, answer = time.monotonic() + LONGEST_S, None
    while time.monotonic() < end:
        try:
            answer = ask()
        except httpx2.TransportError:
            answer = None
        if answer is not None and wanted(answer):
            return answer
        time.sleep(0.2)
    raise AssertionError(f"it did not come to that: {answer}")


class Centre:
    """A centre's API, as somebody who is logged in."""

    def __init__(self, client: httpx2.Client, login: str) -> None:
        body = {"login": login, "password": PASSWORD, "bearer": True}
        answer = client.post("/v1/session", json=body)
        assert answer.status_code == 201, answer.text
        self._client = client
        self._headers = {"Authorization": f"Bearer {answer.json()['token']}"}

    def post(self, path: str, **body: Any) -> Any:
        """Make something."""
        answer = self._client.post(f"/v1/{path}", json=body, headers=self._headers)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def get(self, path: str, **query: str) -> httpx2.Response:
        """Ask for something."""
        return self._client.get(f"/v1/{path}", params=query, headers=self._headers)


def certificate(folder: Path) -> Path:
    """One of the centre's own, as docs/operate.md makes it; beside its key."""
    made = folder / "centre.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-nodes", "-days", "825"),
            *("-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", "/CN=centre"),
            *("-addext", "subjectAltName=DNS:localhost"),
            *("-keyout", str(folder / "centre.key"), "-out", str(made)),
        ],
        check=True,
        capture_output=True,
    )
    return made


def speak(system: pulse.Pulse, folder: Path, lane: Callable[[dict[str, Any]], None]) -> None:
    """Say the first vehicles into the microphone, while the lane tells of them."""
    sound = np.concatenate([chunk.samples for chunk in stream([RECORDINGS / "demo.opus"])])
    write(folder / "said.wav", sound[: round(SAID_S * RATE)].T, RATE)
    events = json.loads((RECORDINGS / "demo.events.json").read_text(encoding="utf-8"))["events"]
    told = sorted(
        (event[key], key, event)
        for event in events
        for key in ("arrived", "left")
        if event[key] < SAID_S
    )
    with system.playing(folder / "said.wav") as player:
        began = time.monotonic()
        for number, (at_s, kind, event) in enumerate(told):
            time.sleep(max(0.0, began + at_s - time.monotonic()))
            money = {key: event[key] for key in ("toll", "tendered", "payment") if key in event}
            message = {"id": f"m{number}", "kind": kind, "vehicle": event["vehicle"]}
            lane({**message, **(money if kind == "arrived" else {})})
        player.wait(LONGEST_S)


def room(system: pulse.Pulse, folder: Path) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """What a microphone hears where nobody speaks, for as long as the test may last."""
    rng = np.random.default_rng(7)
    noise = rng.normal(0, 10 ** (ROOM_DBFS / 20), (1, round(5 * LONGEST_S * RATE)))
    write(folder / "room.wav", noise.astype(np.float32), RATE)
    return system.playing(folder / "room.wav")


@contextmanager
def line(port: int) -> Iterator[Callable[[dict[str, Any]], None]]:
    """The lane controller: a line of its own over TCP."""
    with (
        socket.create_connection(("127.0.0.1", port)) as wire,
        wire.makefile("rw", encoding="utf-8") as file,
    ):

        def tell(message: dict[str, Any]) -> None:
            now = dt.datetime.now(dt.UTC).isoformat()
            file.write(json.dumps({**message, "at": now}) + "\n")
            file.flush()
            assert file.readline().startswith(f"OK {message['id']}")

        yield tell


def test_a_shift_that_is_spoken_is_asked_for_at_the_centre(
    tmp_path: Path, postgres: Postgres
) -> None:
    """Keys, accounts, listening, sending, results, a clip, the proof; then both end in order."""
    port, booth_port, lane_port = free_port(), free_port(), free_port()
    centre = Machine(
        tmp_path / "centre",
        f'[database]\nurl = "{postgres.new_database()}"\nseal_key = "ledger.key"\n'
        '[keeping]\nclip_key = "clips.key"\nfolder = "clips"\n',
    )
    made = certificate(centre.folder)
    centre.run("admin", "create", "admin", said=f"{PASSWORD}\n")
    with ExitStack() as stack:
        options = ("--certificate", str(made), "--key", str(centre.folder / "centre.key"))
        stack.enter_context(centre.serving("--role", "centre", "--port", str(port), *options))
        authority = ssl.create_default_context(cafile=str(made))
        client = stack.enter_context(
            httpx2.Client(base_url=f"https://localhost:{port}", verify=authority, trust_env=False)
        )
        until(lambda: client.get("/healthz").status_code == 200)
        system = stack.enter_context(pulse.running())
        stack.enter_context(room(system, tmp_path))
        booth = Machine(
            tmp_path / "booth",
            f"""
            [site]
            station = "{STATION}"
            booth = "{BOOTH}"
            [listening]
            lane_events = true
            lane_lateness_s = 1
            lane_port = {lane_port}
            [keeping]
            share = 1.0
            [centre]
            url = "https://localhost:{port}"
            authority = "{made}"
            """,
            **system.env,
        )
        admin = Centre(client, "admin")
        admin.post("stations", station=STATION)
        admin.post("booths", station=STATION, booth=BOOTH)
        key = booth.run("sync", "--key").strip()
        admin.post("devices", station=STATION, booth=BOOTH, public_key=key)
        role = {"role": "supervisor", "station": STATION}
        admin.post("people", login="wang", name="W", password=PASSWORD, roles=[role])

        stack.enter_context(booth.serving("--role", "booth", "--port", str(booth_port)))
        here = stack.enter_context(httpx2.Client(base_url=f"http://127.0.0.1:{booth_port}"))
        until(lambda: here.get("/healthz").status_code == 200)
        booth.run("booth", "login", COLLECTOR)
        with line(lane_port) as lane:
            speak(system, tmp_path, lane)

        wang = Centre(client, "wang")
        shift = until(
            lambda: wang.get("shifts", collector=COLLECTOR).json()["items"],
            lambda items: bool(items) and items[0]["vehicles"] >= 2,
        )[0]
        vehicles = until(
            lambda: wang.get(f"shifts/{shift['id']}/vehicles").json()["items"],
            lambda items: len(items) >= 2,
        )
        assert [one["vehicle"] for one in vehicles[:2]] == [1, 2]
        said = {
            step["step"]: step["outcome"]
            for step in wang.get(f"shifts/{shift['id']}/vehicles/0").json()["steps"]
        }
        assert said["received"] == said["change"] == "said"
        clip = until(lambda: [one["id"] for one in wang.get("clips").json()["items"] if one["id"]])[
            0
        ]
        assert wang.get(f"clips/{clip}").status_code == 202
        sound = until(lambda: wang.get(f"clips/{clip}"), lambda got: got.status_code == 200)
        assert sound.content.startswith(b"fLaC")
        assert here.get("/healthz").json()["problems"] == {}
        assert "changshou_outbox_refused 0.0" in here.get("/metrics").text
    assert f"{STATION}/{BOOTH}" in booth.run("verify-ledger")
    assert f"{STATION}/{BOOTH}/" in centre.run("verify-ledger")
