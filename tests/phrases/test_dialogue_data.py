"""The dialogues and the score table that ship, and what is refused."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from phrases.catalog import load
from phrases.dialogue_data import (
    Dialogue,
    ScoreTable,
    check,
    covers,
    load_dialogues,
    load_table,
    version,
)
from phrases.source import DATA, DataError
from phrases.types import FindingStatus, Lane, Profile
from tests.phrases.scene import DIALOGUES, TABLE, found, play

WANTED = tomllib.loads((Path(__file__).parent / "data/score.toml").read_text(encoding="utf-8"))
EXIT = (DATA / "dialogues" / "exit.toml").read_text(encoding="utf-8")
SCORE = (DATA / "score.toml").read_text(encoding="utf-8")


def test_the_dialogues_fit_the_catalog_and_the_table() -> None:
    """Every phrase that a dialogue names exists, every mandatory step has a weight."""
    assert check(DIALOGUES, TABLE, load().phrases) == ()


def test_the_mandatory_steps_are_the_handbooks() -> None:
    """Which steps count in which profile is the handbook's table."""
    mandatory = {
        (lane, profile): [s.id for s in dialogue.steps if profile in s.mandatory]
        for lane, dialogue in DIALOGUES.items()
        for profile in Profile
    }
    assert mandatory == {
        (Lane.EXIT, Profile.NORMAL): ["greet", "received", "change", "ticket", "thanks"],
        (Lane.EXIT, Profile.PEAK): ["greet", "received", "change"],
        (Lane.ENTRY, Profile.NORMAL): ["greet", "go_well"],
        (Lane.ENTRY, Profile.PEAK): ["greet"],
        (Lane.PHONE, Profile.NORMAL): ["open", "close"],
        (Lane.PHONE, Profile.PEAK): ["open", "close"],
        (Lane.HANDOVER, Profile.NORMAL): [],
        (Lane.HANDOVER, Profile.PEAK): [],
    }


@pytest.mark.parametrize("lane", ["exit", "entry"])
def test_the_weights_are_the_handbooks(lane: str) -> None:
    """What each step weighs is the handbook's table."""
    assert TABLE.weights[Lane(lane)] == WANTED["weights"][lane]


@pytest.mark.parametrize("code", WANTED["worth"])
def test_worth(code: str) -> None:
    """Each code is worth what the contract says by default."""
    assert TABLE.worth(code) == FindingStatus(WANTED["worth"][code])


def test_an_exact_code_wins_over_its_family() -> None:
    """A station can raise one line of the day and leave the others."""
    status = {**TABLE.status, "context.weather": FindingStatus.FAULT}
    table = TABLE.model_copy(update={"status": status})
    assert table.worth("context.weather") is FindingStatus.FAULT
    assert table.worth("context.weekend") is FindingStatus.REMARK


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("greet.*", "greet.hello", True),
        ("greet.*", "greet", False),
        ("greet.*", "greeting.hello", False),
        ("weekend", "weekend", True),
        ("weekend", "weekend.long", False),
    ],
)
def test_covers(pattern: str, name: str, expected: bool) -> None:
    """A family covers what stands below its dot, an id only itself."""
    assert covers(pattern, name) is expected


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("lane =", "road =", "road"),
        ('id = "change"', 'id = "received"', "steps.received"),
        ('after = ["received"]', 'after = ["recieved"]', "'recieved'"),
        ('after = ["greet"]', 'after = ["thanks"]', "does not stand before it"),
        ('opening = ["greet"]', 'opening = ["hello"]', "'hello'"),
        ('closing = ["ticket", "thanks"]', "closing = []", "closing"),
        ('then = "change"', 'then = "exchange"', "'exchange'"),
        ('"non_cash"', '"no_cash"', "excused_by"),
        ('mandatory = ["normal"]', 'mandatory = ["often"]', "mandatory"),
        ("shortest_ms = 500", "shortest_ms = 0", "shortest_ms"),
        ("early_ms = 3000", "early_ms = -1", "early_ms"),
        ('amount = "change"', 'amount = "received"', "two steps"),
        ('"greet.*", "festival.*"', '"greet*", "festival.*"', "fills"),
        ('lane = "exit"', 'lane = "exit', "not valid TOML"),
    ],
)
def test_a_faulty_dialogue_is_refused(tmp_path: Path, old: str, new: str, fault: str) -> None:
    """Whatever cannot be judged by is named with its file and key."""
    assert old in EXIT
    path = _write(tmp_path / "own.toml", EXIT.replace(old, new))
    with pytest.raises(DataError, match=r"own\.toml") as error:
        load_dialogues(station=[path])
    assert fault in str(error.value)


def test_all_faults_of_all_dialogues_are_listed(tmp_path: Path) -> None:
    """Somebody who edits two files gets all their faults at once."""
    one = _write(tmp_path / "one.toml", EXIT.replace('opening = ["greet"]', 'opening = ["a"]'))
    two = _write(tmp_path / "two.toml", EXIT.replace("lane =", "road ="))
    with pytest.raises(DataError) as error:
        load_dialogues(station=[one, two])
    assert {fault.file for fault in error.value.faults} == {"one.toml", "two.toml"}


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A station's file that is not there is a fault, not a default."""
    with pytest.raises(DataError, match=r"gone\.toml: cannot be read"):
        load_dialogues(station=[tmp_path / "gone.toml"])


def test_a_station_adds_a_step_without_code(tmp_path: Path) -> None:
    """A step of a station's own is judged like those that ship."""
    step = """
[[steps]]
id = "parting"
wording = "再见"
fills = ["goodbye"]
mandatory = ["normal"]
after = ["greet"]
late_ms = 5000
shortest_ms = 300

[[order]]
first = "greet"
"""
    path = _write(tmp_path / "own.toml", EXIT.replace('\n[[order]]\nfirst = "greet"\n', step, 1))
    dialogues = load_dialogues(station=[path])
    scene = {
        "events": [{"arrived": 1.0, "left": 12.0, "payment": "etc"}],
        "said": ["2.0 greet.hello", "6.0 flow.thanks"],
    }
    assert found(play(scene, dialogues=dialogues)[0]) == ["missing.parting:fault"]
    scene["said"] = ["2.0 greet.hello", "6.0 flow.thanks", "8.0 goodbye"]
    assert found(play(scene, dialogues=dialogues)[0]) == []
    weightless = check(dialogues, TABLE, load().phrases)
    assert [fault.key for fault in weightless] == ["weights.exit"]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('slow = "remark"', 'slow = "fault"', "status.slow: can be nothing but a remark"),
        ('order = "remark"', 'order = "unsure"', "status.order: can be nothing but a remark"),
        ('order = "remark"', '"context.clock" = "fault"', "status.context.clock"),
        ('order = "remark"', 'ordr = "remark"', "status.ordr: is no code"),
        ('"missing.*" = "fault"', "", "status: has no 'missing.*'"),
        ('"amount.*" = "fault"', '"amount.*" = "guilty"', "status.amount.*"),
        ("greet = 20", "greet = -20", "weights"),
        ("[caps]", "[caps]\ngreeting = 5", "caps.greeting: is no code"),
        ("[weights.phone]", "[weights.phones]", "weights"),
        ("proof_ms", "prof_ms", "listening"),
    ],
)
def test_a_faulty_table_is_refused(tmp_path: Path, old: str, new: str, fault: str) -> None:
    """A table that raises what may not be raised, or misspells a code, is refused."""
    assert old in SCORE
    path = _write(tmp_path / "table.toml", SCORE.replace(old, new, 1))
    with pytest.raises(DataError, match=r"table\.toml") as error:
        load_table(path)
    assert fault in str(error.value)


def _without_weight(table: ScoreTable) -> ScoreTable:
    weights = {**table.weights, Lane.ENTRY: {"greet": 50.0}}
    return table.model_copy(update={"weights": weights})


def _with_weight(table: ScoreTable) -> ScoreTable:
    weights = {**table.weights, Lane.ENTRY: {"greet": 50.0, "go_well": 40.0, "smile": 10.0}}
    return table.model_copy(update={"weights": weights})


@pytest.mark.parametrize(
    ("change", "problem"), [(_without_weight, "go_well"), (_with_weight, "smile")]
)
def test_steps_and_weights_must_fit(
    change: Callable[[ScoreTable], ScoreTable], problem: str
) -> None:
    """A mandatory step without a weight is a fault, and so is a weight without a step."""
    faults = check(DIALOGUES, change(TABLE), load().phrases)
    assert len(faults) == 1
    assert problem in faults[0].problem


def test_a_phrase_that_nobody_has_is_found() -> None:
    """A dialogue that names a phrase which the catalog lacks is a fault."""
    phrases = [phrase for phrase in load().phrases if phrase != "ticket.take"]
    assert [(f.file, f.key) for f in check(DIALOGUES, TABLE, phrases)] == [
        ("exit.toml", "steps.ticket.fills")
    ]


def test_the_version_tells_contents_apart() -> None:
    """The same contents have the same version, other contents another."""
    again: dict[str, Any] = DIALOGUES[Lane.EXIT].model_dump()
    assert version(Dialogue.model_validate(again)) == version(DIALOGUES[Lane.EXIT])
    assert version(DIALOGUES[Lane.ENTRY]) != version(DIALOGUES[Lane.EXIT])
    assert version(*DIALOGUES.values()) != version(*DIALOGUES.values(), TABLE)
    assert len(version(TABLE)) == 12
