"""Live listening: phrases and gaps come as they happen, in lines that programs and people read."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from audio.capture import Microphone
from audio.child import devices
from audio.files import stream
from audio.types import RATE, Faint, Passed, Utterance
from audio.write import write
from phrases.types import Gap, GapReason
from service import cli, listen_view, settings
from service.errors import BadInput
from service.listen import Ended, Event, Level, NotHeard, Request, Said, Started, State, listen
from tests import pulse
from tests.fakes import ears, quiet, utterance
from tests.pulse import Pulse
from tests.scripted import command

pytestmark = [pytest.mark.slow, pytest.mark.alone]  # each waits for what is live: seconds each

RECORDINGS = Path(__file__).parents[1] / "recordings"
MINUTE_S = 60
LONG = [{"say": 100}]
HEARD: list[Utterance | Gap | Faint | Passed] = [
    utterance(0, 200, 700),
    Gap(start_ms=800, end_ms=1_400, reason=GapReason.TOO_NOISY),
]
WORDS = {0: "收您五十元"}


@pytest.fixture
def site(tmp_path: Path) -> settings.Settings:
    """Settings of nobody's."""
    (tmp_path / "changshou.toml").write_text("", encoding="utf-8")
    return settings.load({"CHANGSHOU_CONFIG": str(tmp_path / "changshou.toml")})


def session(
    site: settings.Settings,
    plan: Path,
    *runs: list[dict[str, Any]],
    request: Request | None = None,
    items: list[Utterance | Gap | Faint | Passed] | None = None,
    act: Callable[[Event], None] = lambda _: None,
) -> list[Event]:
    """Everything that is shown of a scripted microphone and scripted ears."""
    shown = list[Event]()

    def show(event: Event) -> None:
        shown.append(event)
        act(event)

    listen(
        request or Request(seconds=1.5),
        site,
        show=show,
        progress=quiet,
        ears=ears(HEARD if items is None else items, WORDS),
        microphone=partial(Microphone, command=command(plan, *runs)),
    )
    return shown


def test_phrases_and_gaps_are_shown(site: settings.Settings, tmp_path: Path) -> None:
    """With their times, between a beginning and an end; the level five times a second."""
    shown = session(site, tmp_path / "plan.json", LONG)
    assert isinstance(shown[0], Started)
    assert isinstance(shown[-1], Ended)
    (said,) = [event for event in shown if isinstance(event, Said)]
    assert (said.match.phrase, said.match.slots) == ("flow.received", {"amount": "50"})
    assert (said.at - shown[0].at).total_seconds() == pytest.approx(0.2)
    assert "五十" in said.wording or "50" in said.wording
    (gap,) = [event.gap for event in shown if isinstance(event, NotHeard)]
    assert gap == HEARD[1]
    levels = [event.dbfs for event in shown if isinstance(event, Level)]
    assert len(levels) >= 5
    assert all(level is not None and -12 < level < -9 for level in levels)
    assert shown[-1].phrases == 1
    assert shown[-1].gap_ms == 600
    assert shown[-1].duration_ms == pytest.approx(1_500, abs=250)


def test_a_gap_is_told_once(site: settings.Settings, tmp_path: Path) -> None:
    """What capture lost, the ears find again in the sound: it is one gap."""
    again = Gap(start_ms=480, end_ms=1_024, reason=GapReason.MIC_LOST)
    longer = Gap(start_ms=480, end_ms=1_300, reason=GapReason.MIC_LOST)
    script: list[dict[str, Any]] = [{"say": 0.5}, {"lose": 0.5}, {"say": 99}]
    shown = session(site, tmp_path / "plan.json", script, items=[again, longer])
    gaps = [event.gap for event in shown if isinstance(event, NotHeard)]
    assert gaps == [Gap(start_ms=500, end_ms=1_000, reason=GapReason.OVERRUN), longer]


def test_a_microphone_that_stays_lost_is_shown(site: settings.Settings, tmp_path: Path) -> None:
    """And that it is heard again: nobody waits for the end of the gap to know."""
    away: list[dict[str, Any]] = [{"fail": "there is no such microphone"}]
    gone: list[dict[str, Any]] = [{"say": 1}, {"fail": "the microphone has gone"}]
    stop = partial(os.kill, os.getpid(), signal.SIGTERM)
    states = list[str | None]()

    def act(event: Event) -> None:
        if isinstance(event, State):
            states.append(event.trouble)
            if event.trouble is None:
                stop()

    shown = session(
        site,
        tmp_path / "plan.json",
        *(gone, away, away, away, LONG),
        request=Request(seconds=60),
        items=[],
        act=act,
    )
    assert states == ["gone", None]
    assert isinstance(shown[-1], Ended)
    assert shown[-1].restarts == 4
    assert [event.gap.reason for event in shown if isinstance(event, NotHeard)] == [
        GapReason.MIC_LOST
    ]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_when_asked(
    site: settings.Settings, tmp_path: Path, number: signal.Signals
) -> None:
    """What was heard is shown, and the sums."""

    def act(event: Event) -> None:
        if isinstance(event, Level) and event.at.timestamp() > 0 and not asked:
            asked.append(True)
            os.kill(os.getpid(), number)

    asked = list[bool]()
    shown = session(site, tmp_path / "plan.json", LONG, request=Request(), act=act)
    assert isinstance(shown[-1], Ended)
    assert shown[-1].phrases == 1
    assert signal.getsignal(number) is not None


def test_a_channel_that_is_not_there_is_refused(site: settings.Settings, tmp_path: Path) -> None:
    """One channel has no second one."""
    with pytest.raises(BadInput, match="--collector-channel 1"):
        session(site, tmp_path / "plan.json", LONG, request=Request(collector_channel=1))


def test_a_microphone_that_is_not_there_is_refused(site: settings.Settings, tmp_path: Path) -> None:
    """In one line."""
    with pytest.raises(BadInput, match="USB 1: there is no such microphone"):
        session(site, tmp_path / "plan.json", [{"fail": "USB 1: there is no such microphone"}])


def test_events_are_lines_for_programs(site: settings.Settings, tmp_path: Path) -> None:
    """Each a JSON object with its kind and its time; levels are left out."""
    shown = session(site, tmp_path / "plan.json", LONG)
    lines = [told for event in shown if (told := listen_view.as_json(event))]
    kinds = [line["kind"] for line in lines]
    assert [kind for kind in kinds if kind != "gap"] == ["started", "saying", "phrase", "ended"]
    assert kinds.count("gap") == 1  # it comes by its own way: before or after what is said
    assert all(re.match(r"\d{4}-\d\d-\d\dT.*\+08:00$", line["at"]) for line in lines)
    saying, phrase = lines[kinds.index("saying")], lines[kinds.index("phrase")]
    assert saying["phrases"][0]["phrase"] == phrase["phrase"]
    assert phrase["start_s"] == 0.2
    assert json.loads(json.dumps(lines)) == lines


@pytest.mark.parametrize("terminal", [True, False])
def test_events_are_lines_for_people(
    site: settings.Settings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    terminal: bool,
) -> None:
    """On a terminal with a level under them."""
    shown = session(site, tmp_path / "plan.json", LONG)
    out = StringIO()
    console = Console(file=out, force_terminal=terminal, width=120)
    with listen_view.shown(False, console) as show:
        for event in shown:
            show(event)
            time.sleep(0.05)
    text = out.getvalue() if terminal else capsys.readouterr().out
    assert ("dBFS" in text) is terminal
    assert "not heard for 0.6 s: too_noisy" in text
    assert "flow.received amount=50" in text
    assert "1 phrase" in text


@pytest.fixture
def sound_system(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Pulse]:
    """PulseAudio, which every process of the test meets."""
    with pulse.running() as running:
        for name, value in running.env.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("CHANGSHOU_CONFIG", raising=False)
        monkeypatch.setenv("CHANGSHOU_DB", f"sqlite:///{tmp_path / 'never.db'}")
        yield running


@pytest.mark.slow
def test_devices_lists_them(sound_system: Pulse, capsys: pytest.CaptureFixture[str]) -> None:
    """For programs and for people."""
    assert sound_system.channels == 1
    assert cli.run(["devices", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert {"name", "channels", "rate", "default"} == set(listed[0])
    assert cli.run(["devices"]) == 0
    assert "pulse" in capsys.readouterr().out


@pytest.mark.parametrize("said", ["PortAudio is missing: install it", "there is no microphone"])
def test_devices_says_that_there_is_none(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    """One line on standard error, exit 2."""
    answer: dict[str, Any] = {"error": said} if "PortAudio" in said else {"devices": []}
    script = [sys.executable, "-c", f"print({json.dumps(answer)!r})"]
    monkeypatch.setattr("service.listen.devices", partial(devices, script))
    assert cli.run(["devices"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert len(err.splitlines()) == 1


@pytest.mark.slow
def test_what_is_spoken_is_heard_live(sound_system: Pulse, tmp_path: Path) -> None:
    """Installed weights and a real microphone path: the demo's first minute, as it is said."""
    sound = np.concatenate([chunk.samples for chunk in stream([RECORDINGS / "demo.opus"])])
    write(tmp_path / "said.wav", sound[: MINUTE_S * RATE].T, RATE)
    process = subprocess.Popen(
        [sys.executable, "-c", "from service.cli import main; main()", "listen", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    started = json.loads(process.stdout.readline())
    assert started["kind"] == "started"
    with sound_system.playing(tmp_path / "said.wav") as playing:
        playing.wait()
    time.sleep(5)
    process.send_signal(signal.SIGINT)
    rest, error = process.communicate(timeout=400)
    assert process.returncode == 0, error
    lines = [json.loads(line) for line in rest.splitlines()]
    assert lines[-1]["kind"] == "ended"
    heard = [line["phrase"] for line in lines if line["kind"] == "phrase"]
    truth = json.loads((RECORDINGS / "demo.truth.json").read_text(encoding="utf-8"))
    said = [
        phrase["phrase"]
        for vehicle in truth["vehicles"]
        for line in vehicle["lines"]
        for phrase in line["phrases"]
        if line["who"] == "collector" and line["end_s"] < MINUTE_S - 1
    ]
    assert len(said) > 10
    found = SequenceMatcher(None, heard, said, autojunk=False).get_matching_blocks()
    assert sum(block.size for block in found) >= 0.7 * len(said)
    assert not (tmp_path / "never.db").exists()
    assert "元" not in error
