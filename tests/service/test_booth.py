"""A booth that runs: its socket, the lane's lines, the command line, a microphone, a crash."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from audio.capture import Microphone
from audio.types import Faint, Passed, Utterance
from db import reads
from db.engine import open_engine
from db.types import StoreError
from db.verify import verify
from phrases.types import Gap, GapReason
from service import booth, booth_socket, bootstrap, cli, listen_view, settings
from service.booth import Booth
from service.errors import BadInput
from service.hearing import Hearer
from service.listen import Ended, Request, listen
from service.listen_view import Shown
from service.live_seat import Sitter
from service.live_types import Seated
from tests.fakes import FakeEar, ears, quiet, utterance
from tests.scripted import command
from tests.service.booths import Clock

pytestmark = [pytest.mark.slow, pytest.mark.alone]

SCRIPT: list[Utterance | Gap | Faint | Passed] = [
    utterance(0, 200, 700),
    utterance(1, 2_000, 2_500),
    Gap(start_ms=2_600, end_ms=2_900, reason=GapReason.TOO_NOISY),
]
WORDS = {0: "您好", 1: "收您五十元"}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


@pytest.fixture
def site(home: Path, monkeypatch: pytest.MonkeyPatch) -> settings.Settings:
    """The settings of a booth with a lane controller."""
    own = home / "changshou.toml"
    own.write_text(
        f"""
        [database]
        seal_key = "key"
        [listening]
        lane_events = true
        lane_lateness_s = 0.5
        lane_port = {free_port()}
        socket = "booth.sock"
        """,
        encoding="utf-8",
    )
    monkeypatch.setenv("CHANGSHOU_CONFIG", str(own))
    return settings.load()


@contextmanager
def running(site: settings.Settings, clock: Clock, told: list[Any]) -> Iterator[Booth]:
    """A booth without ears."""
    known = bootstrap.knowledge(site)
    with (
        bootstrap.database(site) as engine,
        booth.kept(
            engine,
            bootstrap.signer(site),
            site,
            booth.Request(),
            "fake",
            known,
            show=told.append,
            clock=clock,
        ) as one,
    ):
        one.listening(clock.monotonic_ns())
        yield one


def lane_line(number: int, kind: str, clock: Clock, **more: Any) -> bytes:
    """A message of the lane as a line."""
    tree = {"id": f"m{number}", "kind": kind, "at": clock.now().isoformat(), **more}
    return json.dumps(tree).encode() + b"\n"


def test_the_box_is_asked_over_its_socket(
    site: settings.Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """Log in, be relieved, say "not me"; only its owner may ask."""
    clock, told = Clock(), list[Any]()
    with running(site, clock, told):
        assert stat.S_IMODE(site.socket.stat().st_mode) == 0o600
        assert cli.run(["booth", "login", "ann", "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["how"] == "login"
        clock.pass_ms(1_000)
        assert cli.run(["booth", "relief"]) == 0
        assert "nobody (relief since" in capsys.readouterr().out
        clock.pass_ms(1_000)
        assert cli.run(["booth", "login", "ben"]) == 0
        assert cli.run(["booth", "not-me", "7"]) == 2
        assert "no such vehicle" in capsys.readouterr().err
        clock.pass_ms(1_000)
        assert cli.run(["booth", "logout"]) == 0
        with pytest.raises(BadInput, match="not a request"):
            booth_socket.ask(site.socket, {"do": "dance"})
        # Who only reads needs no leave.
        assert cli.run(["shifts", "--json"]) == 0
        capsys.readouterr()
        # Who writes beside it is told whose the database is.
        assert cli.run(["listen", "--store", "--seconds", "1"]) == 2
        assert f"pid {os.getpid()}" in capsys.readouterr().err
    assert not site.socket.exists()
    assert cli.run(["booth", "state"]) == 2
    assert "no box listens here" in capsys.readouterr().err
    assert [one.how for one in told if isinstance(one, Seated)] == [
        "login",
        "relief",
        "login",
        "logout",
    ]


@pytest.mark.parametrize("line", [b"", b"[]", b"{", b"\xff", b"[" * 9_000, b"x" * 20_000])
def test_nonsense_on_the_socket(site: settings.Settings, line: bytes) -> None:
    """Is answered, and the box goes on."""
    with running(site, Clock(), []), socket.socket(socket.AF_UNIX) as channel:
        channel.connect(str(site.socket))
        channel.sendall(line + b"\n" + b'{"do": "state"}\n')
        source = channel.makefile("rb")
        answers = [json.loads(source.readline()) for _ in range(2 if line else 1)]
        assert "done" in answers[-1]
        assert all("bad" in answer for answer in answers[:-1])


def test_the_lane_speaks_in_lines(site: settings.Settings) -> None:
    """Each is answered; nonsense does not end the connection."""
    clock = Clock()
    with running(site, clock, []):
        assert site.lane_port is not None
        with socket.create_connection(("127.0.0.1", site.lane_port)) as channel:
            source = channel.makefile("rb")
            said = [
                lane_line(1, "arrived", clock, vehicle="A1", toll="15"),
                lane_line(1, "arrived", clock, vehicle="A1", toll="15"),
                b"nonsense\n",
                b"x" * 30_000 + b"\n",
                b'{"id": "z", "kind": "paid"}\n',
                lane_line(2, "left", clock, vehicle="B"),
                b"\n",
                lane_line(3, "left", clock, vehicle="A1"),
            ]
            channel.sendall(b"".join(said))
            answers = [source.readline().decode().strip() for _ in range(7)]
    assert answers[:2] == ["OK m1", "OK m1 repeated"]
    assert answers[2] == "NO - is not JSON in UTF-8"
    assert answers[3] == "NO - longer than 8192 bytes"
    assert answers[4].startswith("NO - at: ")
    assert answers[5:] == ["OK m2 impossible", "OK m3"]


def test_a_lane_is_replayed_from_a_file(
    site: settings.Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """From CSV, for tries and for what was written down while the line was cut."""
    rows = tmp_path / "lane.csv"
    rows.write_text(
        "id,kind,at,vehicle,toll,tendered,payment,ticket,waiting\n"
        "1,arrived,2026-11-24T10:00:00+08:00,1,15,,,,\n"
        "2,paid,2026-11-24T10:00:00+08:00,1,,50,cash,false,\n"
        "3,queue,2026-11-24T10:00:00+08:00,,,,,,21\n",
        encoding="utf-8",
    )
    with running(site, Clock(), []) as one:
        assert cli.run(["replay-lane", str(rows)]) == 0
        assert capsys.readouterr().out.splitlines() == ["OK 1", "OK 2", "OK 3"]
        state = one.keeper.state
        assert (state.vehicle, state.waiting, state.report_due) == (1, 21, True)
        rows.write_text("id,kind\n9,left\n", encoding="utf-8")
        assert cli.run(["replay-lane", str(rows)]) == 2
        assert cli.run(["replay-lane", str(tmp_path / "none.csv")]) == 2
    assert "No such file" in capsys.readouterr().err


def listened(site: settings.Settings, plan: Path, *, close: bool, seconds: float) -> list[Shown]:
    """What a booth with a scripted microphone and scripted ears tells."""
    shown: list[Shown] = []
    with bootstrap.database(site) as engine:
        request = booth.Request(sitter=Sitter(collector="ann"), close=close)
        signer = bootstrap.signer(site)
        listen(
            Request(seconds=seconds),
            site,
            show=shown.append,
            progress=quiet,
            ears=ears(SCRIPT, WORDS),
            microphone=partial(Microphone, command=command(plan, [{"say": 100}])),
            keeping=partial(booth.kept, engine, signer, site, request, show=shown.append),
        )
        assert verify(engine).problems == ()
    return shown


@pytest.mark.slow
def test_what_is_listened_to_is_kept(home: Path, site: settings.Settings) -> None:
    """In one shift that goes on over two runs, the time between a gap; then it is closed."""
    shown = listened(site, home / "one.json", close=False, seconds=3.5)
    assert isinstance(shown[-1], Ended)
    shown = listened(site, home / "two.json", close=True, seconds=3.5)
    lines = [told for event in shown if (told := listen_view.as_json(event))]
    assert {"phrase", "gap", "ended"} <= {line["kind"] for line in lines}
    assert all(listen_view.as_line(event) or True for event in shown)
    engine = open_engine(site.database, read_only=True)
    (row,) = reads.shifts(engine)
    report = reads.report(engine, row.shift_id).report
    assert row.identity.collector == "ann"
    assert row.grading.complete
    assert [said.utterance for said in report.utterances] == [0, 1, 2, 3]
    reasons = sorted(str(gap.reason) for gap in report.gaps)
    assert reasons == ["restart", "too_noisy", "too_noisy"]
    assert report.duration_ms == pytest.approx(7_000, abs=3_000)
    engine.dispose()


PROGRAM = """
import sys
from functools import partial
from pathlib import Path
from audio.capture import Microphone
from service import booth, bootstrap, settings
from service.listen import Request, listen
from service.live_seat import Sitter
from tests.fakes import quiet
from tests.scripted import command
from tests.service.test_booth import speaking
site = settings.load()
with bootstrap.database(site) as engine:
    listen(
        Request(), site, show=lambda _: None, progress=quiet, ears=speaking,
        microphone=partial(Microphone, command=command(Path(sys.argv[1]), [{"say": 600}])),
        keeping=partial(
            booth.kept, engine, bootstrap.signer(site), site,
            booth.Request(sitter=Sitter(collector="ann"), close=False), show=lambda _: None,
        ),
    )
"""


def speaking(site: Any, known: Any, progress: Any) -> Hearer:  # noqa: ARG001
    """Ears that hear something every two seconds, for as long as there is sound."""

    def cut(chunks: Any, **_: Any) -> Iterator[Any]:
        number = 0
        for chunk in chunks:
            while chunk.start_ms > 2_000 * number + 1_000:
                yield utterance(number, 2_000 * number + 100, 2_000 * number + 600)
                number += 1
            yield Passed(at_ms=max(0, chunk.start_ms - 500), gaps_ms=max(0, chunk.start_ms - 500))

    return Hearer(FakeEar(dict.fromkeys(range(999), "您好")), known.catalog, cutter=cut)


def utterances(site: settings.Settings) -> int:
    """How many are stored so far."""
    if bootstrap.is_new(site):
        return 0
    try:
        engine = open_engine(site.database, read_only=True)
        rows = reads.shifts(engine)
        found = len(reads.report(engine, rows[0].shift_id).report.utterances) if rows else 0
        engine.dispose()
    except StoreError:  # its tables are being made
        return 0
    return found


@pytest.mark.slow
def test_a_booth_that_is_killed(home: Path, site: settings.Settings) -> None:
    """SIGKILL at whatever moment: what was stored stays, the shift goes on, the ledger holds."""
    said = [0]
    for number in range(3):
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(home / f"{number}.json")], start_new_session=True
        )
        end = time.monotonic() + 60
        while utterances(site) <= said[-1] and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(number * 0.3)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        engine = open_engine(site.database, read_only=True)
        (row,) = reads.shifts(engine)
        report = reads.report(engine, row.shift_id).report
        said.append(len(report.utterances))
        numbers = [one.utterance for one in report.utterances]
        assert numbers == list(range(len(numbers)))
        assert sum(gap.reason is GapReason.RESTART for gap in report.gaps) == number
        assert verify(engine).problems == ()
        engine.dispose()
        site.socket.unlink()
    assert said[0] < said[1] < said[2] < said[3]
