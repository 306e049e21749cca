"""`changshou serve`: over a real socket, and what it refuses before it begins."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import httpx2
import pytest

from service import cli


def free_port() -> int:
    """A port that nobody has."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.mark.slow
def test_it_serves_until_it_is_stopped(home: Path) -> None:
    """A process of its own: first administrator, login, and an orderly end."""
    environment = {**os.environ, "HOME": str(home)}
    command = [sys.executable, "-c", "from service.cli import main; main()"]
    subprocess.run(
        [*command, "admin", "create", "li.hua"],
        input=b"three words and 4\n",
        env=environment,
        check=True,
    )
    port = free_port()
    with subprocess.Popen([*command, "serve", "--port", str(port)], env=environment) as process:
        # Tried again for about a minute, with longer and longer waits.
        transport = httpx2.HTTPTransport(retries=8)
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", transport=transport) as client:
            assert client.get("/healthz", timeout=60).status_code == 200
            login = {"login": "li.hua", "password": "three words and 4"}
            assert client.post("/v1/session", json=login).status_code == 201
            assert client.get("/v1/session").json()["login"] == "li.hua"
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--host", "0.0.0.0"], "passwords would pass in the clear"),
        (["--host", "0.0.0.0", "--certificate", "a.pem"], "both --certificate and --key"),
        (["--certificate", "no.pem", "--key", "no.key"], "no.pem: no such file"),
        (["--host", "not a host"], "without --certificate"),
    ],
)
def test_what_cannot_be_served_is_refused(
    capsys: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    """One line, exit code 2, before anything is opened."""
    assert cli.run(["serve", *options]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.usefixtures("home")
def test_a_port_that_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    """Named at once."""
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        assert cli.run(["serve", "--port", str(other.getsockname()[1])]) == 2
    assert "cannot listen on 127.0.0.1" in capsys.readouterr().err


@pytest.mark.usefixtures("home")
def test_a_certificate_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Named, not a breakdown."""
    for name in ("a.pem", "a.key"):
        (tmp_path / name).write_text("none", encoding="utf-8")
    files = ["--certificate", str(tmp_path / "a.pem"), "--key", str(tmp_path / "a.key")]
    assert cli.run(["serve", "--port", str(free_port()), *files]) == 2
    assert "cannot be used" in capsys.readouterr().err
