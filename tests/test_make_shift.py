"""Rules of made-up shifts: scripts, truth, time line, sound, and the recordings that ship."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audio.room import active_rms, rms
from audio.voice import RATE
from phrases.catalog import load
from phrases.source import DataError
from scripts.make_shift import events, main, make, truth
from scripts.shift_script import Line, Scene, Script, amount_of, read_script
from scripts.shift_stage import losses, sound, stage
from scripts.shift_truth import findings_of, steps_of
from tests.speakers import Buzzer

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
SCRIPTS = sorted((ROOT / "scripts" / "shifts").glob("*.toml"))
RECORDINGS = ROOT / "tests" / "recordings"

HEAD = """
seed = 1
lane = "exit"
started_at = 2026-11-24T10:00:00+08:00
room = "booth"
noise = { snr_db = 15.0, kinds = { ventilation = 0.0 } }
[voices]
collector = "zf_xiaobei"
drivers = ["zm_yunxi", "zm_yunyang"]
"""
BODY = """
[[scene]]
vehicle = 1
toll = 15
tendered = 50
findings = ["missing.thanks"]
lines = [
  { say = "您好", phrases = ["greet.hello"] },
  { who = "driver", say = "给你五十" },
  { say = "收您五十元", phrases = ["flow.received=50"] },
  { say = "找您三十五元,|请拿好通行票", phrases = ["flow.change=35", "ticket.take"] },
]
[[scene]]
lines = [{ say = "吃饭了吗" }]
[[scene]]
vehicle = "B"
lane = "entry"
lines = [
  { say = "您好", phrases = ["greet.hello"], over = "drowned" },
  { say = "请拿好通行卡", phrases = ["card.take"], over = "dead", gap_s = 2.0 },
  { say = "请走好", phrases = ["flow.go_well"], gap_s = 3.0 },
]
"""


def script(tmp_path: Path, text: str = HEAD + BODY) -> Script:
    """A script read from a file."""
    path = tmp_path / "s.toml"
    path.write_text(text, encoding="utf-8")
    return read_script(path)


def scene(*phrases: str, over: str | None = None, **fields: Any) -> Scene:
    """A vehicle whose collector says one phrase a line; `over` holds for the last."""
    lines = [Line(say="话", phrases=[phrase]) for phrase in phrases]
    if over:
        lines[-1] = Line.model_validate({"say": "话", "phrases": [phrases[-1]], "over": over})
    return Scene(vehicle=1, lines=lines, **fields)


def states(made: Scene, lane: str = "exit") -> dict[str, str]:
    """Step to its state."""
    return {step.step: step.state for step in steps_of(made, lane)}


# The script


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("seed = 1", "sead = 1", "sead"),
        ('room = "booth"', 'room = "cellar"', "no room 'cellar'"),
        ("ventilation = 0.0", "thunder = 0.0", "no such noise"),
        ('"zf_xiaobei"', '"xiaobei"', "voices: voice 'xiaobei'"),
        ("+08:00", "", "started_at: has no offset"),
        ('vehicle = "B"', "vehicle = 1", "is there twice"),
        ('{ say = "吃饭了吗" }', '{ say = "吃|饭" }', "2 parts but 0 phrases"),
        ('say = "给你五十"', 'say = "好", phrases = ["wait"]', "only the collector's"),
        ('drivers = ["zm_yunxi", "zm_yunyang"]', "", "no voice for a driver"),
    ],
)
def test_a_faulty_script_is_refused_with_its_key(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    """A misspelt script makes no recording; the message has the key."""
    with pytest.raises(DataError, match=said):
        script(tmp_path, (HEAD + BODY).replace(old, new))


def test_all_faults_are_listed_at_once(tmp_path: Path) -> None:
    """Who edits a script wants every fault."""
    text = (HEAD + BODY).replace('"booth"', '"cellar"').replace("ventilation", "thunder")
    with pytest.raises(DataError) as caught:
        script(tmp_path, text)
    assert len(caught.value.faults) == 2


# The truth


def test_what_is_said_is_said_and_what_is_not_is_missing() -> None:
    """A step is filled by the phrases of the handbook, and by no others."""
    made = scene("greet.morning", "flow.received=50", "thanks.cooperation", toll=15, tendered=50)
    assert states(made) == {
        "greet": "said",
        "received": "said",
        "change": "missing",
        "ticket": "missing",
        "thanks": "said",
    }
    assert findings_of(steps_of(made, "exit")) == {"missing.change", "missing.ticket"}


def test_another_amount_is_wrong_not_missing() -> None:
    """收 must be the note, 找 the difference; a correction stands."""
    wrong = scene("flow.received=20", "flow.change=5", toll=15, tendered=50)
    assert findings_of(steps_of(wrong, "exit")) >= {"amount.received", "amount.change"}
    mended = scene("flow.received=20", "flow.received=50", toll=15, tendered=50)
    assert states(mended)["received"] == "said"
    unknown_note = scene("flow.received=100", "flow.change=5", toll=95)
    assert states(unknown_note)["change"] == "said"


@pytest.mark.parametrize(
    ("fields", "excused"),
    [
        ({"toll": 40, "tendered": 40}, {"change"}),
        ({"toll": 40, "payment": "mobile"}, {"received", "change"}),
        ({"toll": 40, "payment": "etc"}, {"received", "change", "ticket"}),
        ({"toll": 0, "payment": "free"}, {"received", "change", "ticket"}),
        ({"toll": 40, "tendered": 50, "ticket": False}, {"ticket"}),
        (
            {"toll": 40, "tendered": 50, "excuse": "dispute"},
            {"greet", "received", "change", "ticket", "thanks"},
        ),
    ],
)
def test_what_is_not_due_is_excused(fields: dict[str, Any], excused: set[str]) -> None:
    """Payment kinds, exact money and excuses leave nothing to accuse of."""
    made = states(scene("wait", **fields))
    assert {step for step, state in made.items() if state == "excused"} == excused


def test_a_lost_line_is_unheard_and_makes_the_rest_unknown() -> None:
    """Who could not listen cannot say that something was not said."""
    made = scene("greet.hello", "flow.received=50", over="dead", toll=15, tendered=50)
    found = states(made)
    assert found["received"] == "unheard"
    assert found["greet"] == "said"
    assert found["ticket"] == "unknown"
    assert not findings_of(steps_of(made, "exit"))


def test_money_that_nobody_logged_is_unknown() -> None:
    """Without payment or note the lane does not say that cash was taken."""
    assert states(scene("greet.hello", toll=15))["received"] == "unknown"


def test_at_peak_less_is_mandatory() -> None:
    """Ticket and thanks do not count at peak."""
    made = scene("greet.hello", toll=15, tendered=15)
    assert findings_of(steps_of(made, "exit", peak=True)) == {"missing.received"}


def test_a_line_of_the_day_sends_off() -> None:
    """A wish that follows the greeting fills go_well, one that is the greeting does not."""
    assert states(scene("greet.hello", "weekend"), "entry")["go_well"] == "said"
    assert states(scene("weekend", "card.take"), "entry")["go_well"] == "missing"


def test_a_script_that_contradicts_itself_is_refused(tmp_path: Path) -> None:
    """Stated findings and lines must agree, or the truth would be none."""
    lying = script(tmp_path, (HEAD + BODY).replace("missing.thanks", "missing.ticket"))
    with pytest.raises(DataError, match=r"vehicle 1: .*missing\.ticket.*missing\.thanks"):
        make(lying, "s.toml", tmp_path / "o.wav", Buzzer())
    assert not (tmp_path / "o.wav").exists()


# Time line and sound


def test_a_line_lies_within_its_vehicle(tmp_path: Path) -> None:
    """Vehicles follow each other, lines lie between arrival and leaving, in their order."""
    staged = stage(script(tmp_path), Buzzer())
    assert [s.scene.vehicle for s in staged] == [1, None, "B"]
    for one, two in pairwise(staged):
        assert one.left < two.arrived
    for vehicle in staged:
        times = [t for said in vehicle.lines for t in (said.start, said.end)]
        assert times == sorted(times)
        assert vehicle.arrived <= times[0]
        assert times[-1] <= vehicle.left


def test_voices_are_those_of_the_script(tmp_path: Path) -> None:
    """The collector keeps one voice, drivers change from scene to scene."""
    buzzer = Buzzer()
    stage(script(tmp_path), buzzer)
    assert {v for text, v, _ in buzzer.asked if text != "给你五十"} == {"zf_xiaobei"}
    assert ("给你五十", "zm_yunxi", 1.0) in [(t, v, 1.0) for t, v, _ in buzzer.asked]
    assert all("|" not in text for text, _, _ in buzzer.asked)


def test_dead_is_digital_silence_and_drowned_is_loud(tmp_path: Path) -> None:
    """A dead microphone gives zeros, a lorry is far over the voice, with some room around."""
    made = script(tmp_path)
    staged = stage(made, Buzzer())
    samples = sound(made, staged, Buzzer())[0]
    drowned, dead = losses(staged)
    assert (drowned.how, dead.how) == ("drowned", "dead")
    assert not samples[dead.start : dead.end].any()
    assert samples[dead.end : dead.end + 100].any()
    assert rms(samples[drowned.start : drowned.end]) > 3 * 0.1
    line = staged[2].lines[1]
    assert dead.start < line.start < line.end < dead.end


@pytest.mark.parametrize("snr_db", [8.0, 20.0])
def test_the_noise_is_as_loud_as_stated(tmp_path: Path, snr_db: float) -> None:
    """SNR is that of the collector's speech over the noise."""
    made = script(tmp_path, (HEAD + BODY).replace("snr_db = 15.0", f"snr_db = {snr_db}"))
    staged = stage(made, Buzzer())
    samples = sound(made, staged, Buzzer())[0]
    greeting = staged[0].lines[0]
    noise = rms(samples[: staged[0].arrived])
    voice = active_rms(samples[greeting.start : greeting.end], RATE)
    found = 10 * np.log10(voice**2 / noise**2 - 1)
    assert found == pytest.approx(snr_db, abs=2.5)


def test_the_driver_is_fainter_than_the_collector(tmp_path: Path) -> None:
    """One microphone: near and far differ by level."""
    made = script(tmp_path, (HEAD + BODY).replace("snr_db = 15.0", "snr_db = 40.0"))
    staged = stage(made, Buzzer())
    samples = sound(made, staged, Buzzer())[0]
    near, far = (active_rms(samples[s.start : s.end], RATE) for s in staged[0].lines[:2])
    assert 6 < 20 * np.log10(near / far) < 16


def test_two_channels_keep_the_two_apart(tmp_path: Path) -> None:
    """The collector is louder on channel 0, the driver on channel 1."""
    text = (HEAD + BODY).replace("15.0", "40.0").replace("seed = 1", "seed = 1\nchannels = 2")
    made = script(tmp_path, text)
    staged = stage(made, Buzzer())
    samples = sound(made, staged, Buzzer())
    assert samples.shape[0] == 2
    collector, driver = (samples[:, s.start : s.end] for s in staged[0].lines[:2])
    assert rms(collector[0]) > 4 * rms(collector[1])
    assert rms(driver[1]) > 2 * rms(driver[0])


def test_a_script_makes_the_same_recording_each_time(tmp_path: Path) -> None:
    """The seed decides everything that is drawn."""
    made = script(tmp_path)
    for name in ("one", "two"):
        make(made, "s.toml", tmp_path / f"{name}.opus", Buzzer())
    for suffix in (".opus", ".events.json", ".truth.json"):
        one, two = ((tmp_path / f"{name}{suffix}").read_bytes() for name in ("one", "two"))
        assert one == two


def test_babble_is_spoken_by_the_speaker(tmp_path: Path) -> None:
    """A crowd is made of speech."""
    made = script(tmp_path, (HEAD + BODY).replace("ventilation", "babble"))
    buzzer = Buzzer()
    sound(made, stage(made, Buzzer()), buzzer)
    assert len({voice for _, voice, _ in buzzer.asked}) == 4


# What is written


def test_events_are_what_a_lane_knows(tmp_path: Path) -> None:
    """The events file has the contract's keys, and not a word of what was said."""
    made = script(tmp_path)
    found = events(made, stage(made, Buzzer()))
    assert found["lane"] == "exit"
    assert found["started_at"] == "2026-11-24T10:00:00+08:00"
    first, second = found["events"]
    assert first | {"arrived": 0, "left": 0} == {
        "vehicle": 1,
        "arrived": 0,
        "left": 0,
        "toll": 15,
        "tendered": 50,
    }
    assert second["vehicle"] == "B"
    assert second["lane"] == "entry"
    assert "您好" not in json.dumps(found, ensure_ascii=False)


def test_the_truth_has_every_step_and_every_phrase_with_its_time(tmp_path: Path) -> None:
    """Phrases of one breath share its time by their length."""
    made = script(tmp_path)
    found = truth(made, stage(made, Buzzer()), 60.0)
    first, second = found["vehicles"]
    assert first["findings"] == ["missing.thanks"]
    assert first["unheard"] == []
    assert second["unheard"] == ["missing.greet"]
    breath = first["lines"][3]
    change, ticket = breath["phrases"]
    assert change["amount"] == "35"
    assert breath["start_s"] == change["start_s"] < change["end_s"] == ticket["start_s"]
    assert ticket["end_s"] == pytest.approx(breath["end_s"], abs=0.02)
    assert [line["text"] for line in found["between"]] == ["吃饭了吗"]
    assert [gap["how"] for gap in found["gaps"]] == ["drowned", "dead"]


def test_the_command_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A bad script ends with 2 and one line on standard error."""
    bad = tmp_path / "bad.toml"
    bad.write_text("seed = 'one'", encoding="utf-8")
    assert main([str(bad), str(tmp_path / "o.wav")]) == 2
    said = capsys.readouterr().err
    assert said.startswith("make_shift: bad.toml: ")
    assert said.count("\n") == 1


# What ships


@pytest.fixture(scope="module")
def known() -> set[str]:
    """The ids of the catalog."""
    return set(load().phrases)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_shipped_script_is_true(path: Path, known: set[str]) -> None:
    """It reads, it does not contradict itself, and its phrases are in the catalog."""
    made = read_script(path)
    for each in made.scene:
        said = {amount_of(p)[0] for line in each.lines for p in line.phrases} - {"-"}
        assert said <= known
        if each.vehicle is not None:
            stated = {c for c in each.findings if c.startswith(("missing.", "amount."))}
            assert stated == findings_of(steps_of(each, each.lane or made.lane))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_shipped_recording_is_its_script(path: Path) -> None:
    """Events and truth beside a recording are those that its script makes, times apart."""
    made = read_script(path)
    staged = stage(made, Buzzer())
    kept = [
        json.loads((RECORDINGS / f"{path.stem}.{k}.json").read_text()) for k in ("events", "truth")
    ]
    fresh = [events(made, staged), truth(made, staged, 0.0)]
    assert [timeless(entry) for entry in kept] == [timeless(entry) for entry in fresh]
    limit = 4_000_000 if path.stem == "demo" else 400_000
    assert (RECORDINGS / f"{path.stem}.opus").stat().st_size < limit


def test_the_demo_has_all_that_a_demo_needs() -> None:
    """Ten vehicles and more, every kind of payment and fault, a driver's and a machine's voice."""
    made = read_script(ROOT / "scripts" / "shifts" / "demo.toml")
    vehicles = [each for each in made.scene if each.vehicle is not None]
    assert len(vehicles) >= 10
    assert {each.lane for each in vehicles} >= {None, "entry"}
    assert {each.payment for each in vehicles} >= {"cash", "mobile", "etc", "free"}
    assert any(each.toll == each.tendered != None for each in vehicles)  # noqa: E711
    assert {code for each in vehicles for code in each.findings} >= {
        *(f"missing.{step}" for step in ("greet", "received", "change", "ticket", "thanks")),
        "missing.go_well",
        "amount.received",
        "amount.change",
        "order",
        "forbidden",
        "context.festival",
        "context.weather",
        "context.clock",
    }
    assert max(len(line.phrases) for each in vehicles for line in each.lines) >= 5
    assert {line.who for each in vehicles for line in each.lines} >= {"driver", "machine"}


def timeless(value: Any) -> Any:
    """The same without what depends on how long the voice took."""
    times = {"arrived", "left", "start_s", "end_s", "duration_s", "peak"}
    if isinstance(value, dict):
        return {k: timeless(v) for k, v in value.items() if k not in times and k != "gaps"}
    return [timeless(entry) for entry in value] if isinstance(value, list) else value
