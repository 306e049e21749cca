"""The command line: exit codes, one clear line for each bad input, and nothing stored by it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from service import cli, pipeline, settings
from tests.contract import check_grade
from tests.fakes import ears, quiet, wav
from tests.service.test_pipeline import EXIT, SPOKEN, VEHICLE, lane, request

pytestmark = pytest.mark.usefixtures("home")

EVENTS = {
    "no JSON": (b"{", "is not valid JSON"),
    "empty": (b"", "is empty"),
    "a list": (b"[]", "must be a JSON object"),
    "negative money": (
        b'{"events": [{"vehicle": 1, "arrived": 0, "toll": -5}]}',
        "events[0].toll",
    ),
    "negative time": (b'{"events": [{"vehicle": 1, "arrived": -5}]}', "events[0].arrived"),
}
CATALOGS = {
    "unknown key": ('[[phrase]]\nid = "x.y"\nzh = "请您慢行"\ncolour = "red"\n', "colour"),
    "bad slot": ('[[phrase]]\nid = "x.y"\nzh = "请您{慢行"\n', "x.y"),
    "duplicate id": ('[[phrase]]\nid = "goodbye"\nzh = "请您慢行"\n', "goodbye"),
    "no TOML": ("[[phrase", "is not valid TOML"),
}


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Runs a command that must be refused; gives the line that says why."""

    def run(*arguments: object) -> str:
        code = cli.run([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert code == 2
        assert out == ""
        lines = [line for line in err.splitlines() if not line.endswith(" %")]
        assert len(lines) == 1, err
        assert "Traceback" not in err
        assert cli.run(["shifts", "--json"]) == 0
        assert json.loads(capsys.readouterr().out) == []
        return lines[0]

    return run


def test_a_missing_file_is_named(home: Path, refused: Callable[..., str]) -> None:
    """The path, and that there is no such file."""
    assert "none.wav: no such file" in refused("grade", home / "none.wav")


def test_an_empty_file_is_named(home: Path, refused: Callable[..., str]) -> None:
    """Nothing was recorded."""
    (home / "empty.wav").touch()
    assert "empty.wav: empty" in refused("grade", home / "empty.wav")


def test_a_file_without_sound_is_named(home: Path, refused: Callable[..., str]) -> None:
    """A text is no recording, whatever it is called."""
    (home / "text.opus").write_text("您好" * 1000, encoding="utf-8")
    assert "text.opus: not a sound file" in refused("grade", home / "text.opus")


def test_a_folder_is_named(home: Path, refused: Callable[..., str]) -> None:
    """A folder is no recording."""
    assert "not a file" in refused("grade", home)


@pytest.mark.slow
def test_a_truncated_file_is_named(home: Path, refused: Callable[..., str]) -> None:
    """Its end is missing, and somebody's phrases with it."""
    path = wav(home / "cut.wav", 10)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert "cut.wav: cut short" in refused("grade", path)


def test_the_second_part_is_checked_too(home: Path, refused: Callable[..., str]) -> None:
    """All inputs are checked before any is graded."""
    good = wav(home / "good.wav", 1)
    assert "none.wav: no such file" in refused("grade", good, home / "none.wav")


def test_five_channels_are_refused(home: Path, refused: Callable[..., str]) -> None:
    """Nobody can say which of five is the collector's."""
    path = wav(home / "five.wav", 1, channels=5)
    assert "five.wav: 5 channels" in refused("grade", path)


@pytest.mark.parametrize("name", EVENTS)
def test_a_wrong_events_file_is_named(home: Path, refused: Callable[..., str], name: str) -> None:
    """The file, the place in it, and what is wrong there."""
    raw, said = EVENTS[name]
    (home / "lane.json").write_bytes(raw)
    line = refused("grade", wav(home / "a.wav", 1), "--events", home / "lane.json")
    assert "lane.json" in line
    assert said in line


@pytest.mark.parametrize(
    ("prompts", "said"),
    [
        ("none.wav", "none.wav: no such file"),
        ("silent.wav", "silent.wav: silent"),
        ("text.wav", "text.wav: not a sound file"),
        ("short.wav", "short.wav: too short"),
        ("long.wav", "long.wav: 40 s long"),
        ("empty", "empty: no prompt in this folder"),
    ],
)
def test_a_wrong_prompt_is_named(
    home: Path,
    refused: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    prompts: str,
    said: str,
) -> None:
    """A machine that could not be told from the collector is known before anybody is graded."""
    wav(home / "silent.wav", 2, level=0.0)
    wav(home / "short.wav", 0.01)
    wav(home / "long.wav", 40)
    (home / "text.wav").write_text("您好" * 1000, encoding="utf-8")
    (home / "empty").mkdir()
    (home / "changshou.toml").write_text(f'[hearing]\nprompts = ["{prompts}"]', encoding="utf-8")
    monkeypatch.setenv("CHANGSHOU_CONFIG", str(home / "changshou.toml"))
    line = refused("grade", wav(home / "a.wav", 1))
    assert "hearing.prompts" in line
    assert said in line


@pytest.mark.parametrize("name", CATALOGS)
def test_a_wrong_catalog_is_named(
    home: Path, refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The file and the key: nobody is graded by half a catalog."""
    text, said = CATALOGS[name]
    (home / "own.toml").write_text(text, encoding="utf-8")
    (home / "changshou.toml").write_text('[judging]\ncatalogs = ["own.toml"]', encoding="utf-8")
    monkeypatch.setenv("CHANGSHOU_CONFIG", str(home / "changshou.toml"))
    line = refused("grade", wav(home / "a.wav", 1))
    assert "own.toml" in line
    assert said in line


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://nobody@127.0.0.1:1/none", "cannot be reached"),
        ("sqlite:////dev/null/x.db", "cannot be"),
        ("nonsense", "URL"),
        ("mysql://a@b/c", "not supported"),
    ],
)
def test_a_database_that_cannot_be_used_is_named(
    home: Path, refused: Callable[..., str], url: str, said: str
) -> None:
    """Before anything is listened to."""
    assert said in refused("grade", wav(home / "a.wav", 1), "--db", url)


def test_a_file_that_is_no_database_is_left_alone(home: Path, refused: Callable[..., str]) -> None:
    """Somebody's letter is not overwritten."""
    letter = home / "letter.txt"
    letter.write_text("dear all, " * 100, encoding="utf-8")
    refused("grade", wav(home / "a.wav", 1), "--db", f"sqlite:///{letter}")
    assert letter.read_text(encoding="utf-8") == "dear all, " * 100


def test_a_model_that_is_none_is_named(
    home: Path, refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder, and what it lacks."""
    (home / "model").mkdir()
    monkeypatch.setenv("CHANGSHOU_MODEL", str(home / "model"))
    assert "lacks model.bin" in refused("grade", wav(home / "a.wav", 1))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["grade"], "AUDIO"),
        (["grade", "a.wav", "--lane", "air"], "--lane"),
        (["grade", "a.wav", "--collector-channel", "2"], "--collector-channel"),
        (["grade", "a.wav", "--started-at", "today"], "--started-at"),
        (["grade", "a.wav", "--started-at", "2026-11-24"], "--started-at"),
        (["grade", "a.wav", "--weather", "rain,hail"], "--weather"),
        (["grade", "a.wav", "--profile", "calm"], "--profile"),
        (["grade", "a.wav", "--colour"], "--colour"),
        (["sing"], "sing"),
        ([], "name a command"),
        (["report", "0123"], "there is no"),
        (["shifts", "--from", "soon"], "--from"),
        (["evaluate", "none.tsv"], "none.tsv"),
        (["check-catalogs", "none.toml"], "none.toml"),
    ],
)
def test_bad_usage_is_one_line(
    refused: Callable[..., str], arguments: list[str], said: str
) -> None:
    """It names the option or the thing."""
    if arguments[:1] == ["check-catalogs"]:
        assert cli.run(arguments) == 2
        return
    assert said in refused(*arguments)


def test_check_catalogs_lists_every_fault(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of every file, with file and key, one a line."""
    for name, (text, _) in CATALOGS.items():
        (home / f"{name}.toml").write_text(text, encoding="utf-8")
    files = [str(home / f"{name}.toml") for name in CATALOGS]
    assert cli.run(["check-catalogs", *files]) == 2
    err = capsys.readouterr().err
    assert all(f"{name}.toml" in err for name in CATALOGS)


def test_check_catalogs_passes_what_ships(capsys: pytest.CaptureFixture[str]) -> None:
    """And lists the pairs that are easily confused."""
    assert cli.run(["check-catalogs"]) == 0
    out = capsys.readouterr().out
    assert "no faults" in out
    assert "card.take / ticket.take" in out


def test_the_examples_of_the_documents_pass() -> None:
    """A station that copies them has files that work."""
    examples = Path(__file__).parents[2] / "docs" / "examples"
    files = sorted(map(str, examples.glob("*.toml")))
    assert files
    for file in files:
        assert cli.run(["check-catalogs", file]) == 0


def test_report_prints_what_grade_printed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A stored shift again, as the same object, and in the list."""
    site = settings.load()
    asked = request(home, events=lane(home, VEHICLE))
    pipeline.grade(asked, site, progress=quiet, ears=ears(SPOKEN, EXIT))
    assert cli.run(["report", "latest", "--json"]) == 0
    first = json.loads(capsys.readouterr().out)
    check_grade(first)
    assert cli.run(["report", first["shift"]["id"][:6], "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == first
    assert cli.run(["shifts", "--json"]) == 0
    (listed,) = json.loads(capsys.readouterr().out)
    assert listed == {k: v for k, v in first["shift"].items() if k != "warnings"}


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ([], 1),
        (["--station", "s1"], 1),
        (["--station", "s2"], 0),
        (["--collector", "c1"], 1),
        (["--collector", "c2"], 0),
        (["--team", "t1"], 0),
        (["--from", "2026-11-24"], 1),
        (["--from", "2026-11-25"], 0),
        (["--to", "2026-11-24"], 1),
        (["--to", "2026-11-23"], 0),
        (["--to", "2026-11-24T10:00:00"], 0),
        (["--to", "2026-11-24T02:00:01Z"], 1),
    ],
)
def test_shifts_are_filtered(
    home: Path, capsys: pytest.CaptureFixture[str], filters: list[str], count: int
) -> None:
    """By where, who and when; a day alone counts whole."""
    asked = request(home, events=lane(home, VEHICLE))
    pipeline.grade(asked, settings.load(), progress=quiet, ears=ears([], {}))
    assert cli.run(["shifts", "--json", *filters]) == 0
    assert len(json.loads(capsys.readouterr().out)) == count


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """What the versions of a grading name."""
    assert cli.run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("changshou ")


def test_an_internal_error_tells_no_secrets(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 1, where it broke, and not the text of the error, which might hold what was said."""

    def broken(*_: object, **__: object) -> None:
        raise AssertionError("您好，老李")

    monkeypatch.setattr(pipeline, "stored_shifts", broken)
    assert cli.run(["shifts"]) == 1
    err = capsys.readouterr().err
    assert "AssertionError at test_cli.py" in err
    assert "老李" not in err
    assert home.exists()
