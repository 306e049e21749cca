"""The installed command, real weights, real sound, real databases: what a user gets."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import psycopg
import pytest

from tests import contract
from tests.fakes import wav
from tests.postgres import Postgres, postgres

__all__ = ["postgres"]

pytestmark = pytest.mark.slow

RECORDINGS = Path(__file__).parent.parent / "recordings"
DEMO = RECORDINGS / "demo.opus"
DEMO_EVENTS = RECORDINGS / "demo.events.json"
SHORT = RECORDINGS / "quiet.opus"
SHORT_EVENTS = RECORDINGS / "quiet.events.json"
BESIDE = Path(sys.executable).parent / "changshou"
PROGRAM = (
    [str(BESIDE)]
    if BESIDE.exists()
    else [sys.executable, "-c", "from service.cli import main; main()"]
)

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """A user of their own; the cache stays, so that weights are joined once."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("CHANGSHOU_")}
    (tmp_path / "empty.toml").touch()
    return kept | {
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "CHANGSHOU_CONFIG": str(tmp_path / "empty.toml"),
        "CHANGSHOU_DB": f"sqlite:///{tmp_path / 'shifts.db'}",
        "LC_ALL": "C",
    }


@pytest.fixture
def changshou(env: dict[str, str]) -> Run:
    """Runs the command as a user does."""

    def run(*arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*PROGRAM, *map(str, arguments)],
            env=env | more,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=600,
            check=False,
        )

    return run


def tree(done: subprocess.CompletedProcess[str]) -> Any:
    """Standard output as the one JSON value that it must be."""
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def clip(path: Path, start_s: float, end_s: float) -> Path:
    """A stretch of the demo as a file of its own."""
    rows = []
    with av.open(str(DEMO)) as container:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=16_000)
        for frame in container.decode(audio=0):
            rows += [part.to_ndarray()[0] for part in resampler.resample(frame)]
    samples = np.concatenate(rows)[round(start_s * 16_000) : round(end_s * 16_000)]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(samples.astype("<i2").tobytes())
    return path


def test_a_shift_from_recording_to_report(changshou: Run) -> None:
    """Graded, stored, and printed again the same."""
    done = changshou("grade", DEMO, "--events", DEMO_EVENTS, "--collector", "李", "--json")
    grade = contract.check_grade(tree(done))
    wanted = json.loads(DEMO_EVENTS.read_text(encoding="utf-8"))["events"]
    assert sorted(t.vehicle for t in grade.transactions) == sorted(e["vehicle"] for e in wanted)
    assert grade.shift.time_source == "given"
    assert not any(t.inferred for t in grade.transactions)
    assert any(m.accepted for u in grade.utterances for m in u.matches)
    again = contract.check_grade(tree(changshou("report", grade.shift.id, "--json")))
    assert again == grade


def test_the_same_recording_again_is_the_same_shift(changshou: Run) -> None:
    """A grading is added, nothing is doubled, and the same words give the same verdicts."""
    command = ("grade", SHORT, "--events", SHORT_EVENTS, "--json")
    first = contract.check_grade(tree(changshou(*command)))
    second = contract.check_grade(tree(changshou(*command)))
    assert second.shift.id == first.shift.id
    assert second.transactions == first.transactions
    (listed,) = tree(changshou("shifts", "--json"))
    assert (listed["id"], listed["gradings"]) == (first.shift.id, 2)


def test_without_events_the_report_says_that_vehicles_are_inferred(changshou: Run) -> None:
    """And every transaction is marked."""
    grade = contract.check_grade(tree(changshou("grade", SHORT, "--json")))
    assert grade.transactions
    assert all(t.inferred for t in grade.transactions)
    assert grade.shift.time_source == "file"
    for transaction in grade.transactions:
        of_clock = [f for f in transaction.findings if f.code.startswith("context.")]
        assert all(f.status != "fault" for f in of_clock)
    assert "inferred from the speech" in changshou("report", "latest").stdout


def test_a_silent_recording_is_a_gap(changshou: Run, tmp_path: Path) -> None:
    """Digital silence: the microphone was lost, every event is unsure, exit 0."""
    events = tmp_path / "lane.json"
    vehicles = [{"vehicle": "a", "arrived": 1, "left": 9, "toll": 5, "tendered": 10}]
    events.write_text(json.dumps({"events": vehicles}), encoding="utf-8")
    silent = wav(tmp_path / "silent.wav", 20, level=0)
    grade = contract.check_grade(tree(changshou("grade", silent, "--events", events, "--json")))
    assert {g.reason for g in grade.gaps} == {"mic_lost"}
    assert [t.outcome for t in grade.transactions] == ["unsure"]
    assert grade.shift.score is None


@pytest.mark.parametrize(
    ("rate", "channels", "level"),
    [(16_000, 1, 0.05), (8_000, 1, 0.02), (48_000, 2, 0.02), (44_100, 1, 2.0)],
    ids=["loud noise", "8 kHz", "48 kHz on two channels", "clipped"],
)
def test_noise_alone_is_a_shift_without_vehicles(
    changshou: Run, tmp_path: Path, rate: int, channels: int, level: float
) -> None:
    """A readable recording always ends with exit 0."""
    noise = wav(tmp_path / "noise.wav", 12, rate=rate, channels=channels, level=level)
    grade = contract.check_grade(tree(changshou("grade", noise, "--json")))
    assert grade.transactions == []
    assert not any(m.accepted for u in grade.utterances for m in u.matches)


def test_samples_that_are_no_numbers_are_a_gap(changshou: Run, tmp_path: Path) -> None:
    """NaN is time in which nothing could be heard."""
    samples = np.full(5 * 16_000, np.nan, "<f4")
    header = b"RIFF" + (36 + samples.nbytes).to_bytes(4, "little") + b"WAVEfmt "
    for value, size in ((16, 4), (3, 2), (1, 2), (16_000, 4), (64_000, 4), (4, 2), (32, 2)):
        header += value.to_bytes(size, "little")
    path = tmp_path / "nan.wav"
    path.write_bytes(header + b"data" + samples.nbytes.to_bytes(4, "little") + samples.tobytes())
    grade = contract.check_grade(tree(changshou("grade", path, "--json")))
    assert grade.shift.gap_s == 5.0


def test_ctrl_c_keeps_what_was_heard_and_a_second_run_completes_it(
    changshou: Run, env: dict[str, str]
) -> None:
    """Exit 1 and an incomplete grading, whose unheard vehicles are unsure; then a whole one."""
    command = ["grade", str(DEMO), "--events", str(DEMO_EVENTS)]
    process = subprocess.Popen(
        [*PROGRAM, *command], env=env, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    for line in process.stderr:
        if "listening: 30 %" in line:
            process.send_signal(signal.SIGINT)
            break
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 1, errors
    assert "run the same command again" in errors
    stopped = tree(changshou("report", "latest", "--json"))
    contract.check_grade(stopped)
    assert stopped["shift"]["complete"] is False
    assert stopped["gaps"][-1]["reason"] == "restart"
    assert stopped["transactions"][-1]["outcome"] == "unsure"
    whole = tree(changshou(*command, "--json"))
    assert whole["shift"]["complete"] is True
    assert whole["shift"]["id"] == stopped["shift"]["id"]
    assert whole["shift"]["gradings"] == 2


def test_labelled_clips_are_evaluated(changshou: Run, tmp_path: Path) -> None:
    """Clips of the demo, by its own truth, as the contract has it."""
    truth = json.loads((RECORDINGS / "demo.truth.json").read_text(encoding="utf-8"))
    lines = [line for vehicle in truth["vehicles"] for line in vehicle["lines"]]
    said = [line for line in lines if line["who"] == "collector" and line["phrases"]][:6]
    rows = ["file\texpected\tnote"]
    for n, line in enumerate(said):
        clip(tmp_path / f"{n}.wav", line["start_s"] - 0.3, line["end_s"] + 0.4)
        labels = [
            p["phrase"] + (f"={p['amount']}" if "amount" in p else "") for p in line["phrases"]
        ]
        rows.append(f"{n}.wav\t{'+'.join(labels)}\tx")
    wav(tmp_path / "noise.wav", 3)
    rows.append("noise.wav\t-\tx")
    manifest = tmp_path / "m.tsv"
    manifest.write_text("\n".join(rows), encoding="utf-8")
    done = contract.Evaluation.model_validate(tree(changshou("evaluate", manifest, "--json")))
    assert done.clips == len(done.results) == 7
    assert done.recall is not None
    assert done.recall >= 0.5
    assert done.false_accepts == 0
    assert done.seconds_compute > 0
    assert "recall" in changshou("evaluate", manifest).stdout


def test_a_shift_in_postgresql(changshou: Run, tmp_path: Path, postgres: Postgres) -> None:
    """The same commands, by another URL."""
    url = postgres.new_database()
    noise = wav(tmp_path / "noise.wav", 5)
    first = tree(changshou("grade", noise, "--db", url, "--json"))
    assert tree(changshou("report", first["shift"]["id"], "--db", url, "--json")) == first
    assert postgres.password not in changshou("grade", noise, "--db", url).stderr


def test_a_read_only_database_is_met_before_anything_is_heard(
    changshou: Run, tmp_path: Path, postgres: Postgres
) -> None:
    """Exit 2, one line, and not after hours of listening."""
    url = postgres.new_database()
    noise = wav(tmp_path / "noise.wav", 5)
    tree(changshou("grade", noise, "--db", url, "--json"))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE ROLE onlooker LOGIN PASSWORD 'looks'")
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO onlooker")
    reading = url.replace(f"postgres:{postgres.password}", "onlooker:looks")
    refused = changshou("grade", noise, "--db", reading)
    assert refused.returncode == 2
    assert "does not give this user the right" in refused.stderr
    assert "listening" not in refused.stderr
    (listed,) = tree(changshou("shifts", "--db", url, "--json"))
    assert listed["gradings"] == 1


def test_two_at_once_into_one_file_are_told_who_writes(changshou: Run, env: dict[str, str]) -> None:
    """One writer: the second is refused with the owner's name, the first goes on."""
    command = [*PROGRAM, "grade", str(DEMO), "--events", str(DEMO_EVENTS), "--json"]
    first = subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    database = Path(env["CHANGSHOU_DB"].removeprefix("sqlite:///"))
    while not database.exists() and first.poll() is None:
        time.sleep(0.05)
    second = changshou(*command[len(PROGRAM) :])
    assert second.returncode == 2
    assert f"pid {first.pid}" in second.stderr
    out, errors = first.communicate(timeout=300)
    assert first.returncode == 0, errors
    contract.check_grade(json.loads(out))


def test_a_reader_that_goes_away_is_no_internal_error(env: dict[str, str]) -> None:
    """`changshou … | head -1` says nothing odd."""
    process = subprocess.Popen(
        [*PROGRAM, "check-catalogs"], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    errors = process.stderr.read()
    process.stderr.close()
    process.wait(timeout=60)
    assert b"Traceback" not in errors
    assert b"broke down" not in errors
