"""Settings: the file, then the environment, then the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from service import settings
from service.errors import BadInput


def write(tmp_path: Path, text: str) -> dict[str, str]:
    """An environment that names a settings file with this text."""
    path = tmp_path / "changshou.toml"
    path.write_text(text, encoding="utf-8")
    return {"CHANGSHOU_CONFIG": str(path), "HOME": str(tmp_path)}


def test_defaults_need_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any file the program runs, and keeps its database in the user's data folder."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    loaded = settings.load({})
    assert loaded.source is None
    assert loaded.station == loaded.booth == loaded.collector == "demo"
    assert loaded.database is None
    assert loaded.threads >= 1
    assert str(loaded.time_zone) == "Asia/Shanghai"


def test_the_file_then_the_environment_then_the_command_line(tmp_path: Path) -> None:
    """What is nearer to the user wins."""
    env = write(tmp_path, '[database]\nurl = "sqlite:///a.db"\n[site]\nstation = "north"\n')
    assert settings.load(env).database == "sqlite:///a.db"
    assert settings.load(env).station == "north"
    env |= {"CHANGSHOU_DB": "sqlite:///b.db", "CHANGSHOU_STATION": "south"}
    assert settings.load(env).database == "sqlite:///b.db"
    assert settings.load(env).station == "south"
    assert settings.load(env, db="sqlite:///c.db").database == "sqlite:///c.db"


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    """A station's files lie beside its settings."""
    env = write(tmp_path, '[judging]\ncatalogs = ["own.toml"]\ncalendar = "days.toml"\n')
    loaded = settings.load(env)
    assert loaded.catalogs == (tmp_path / "own.toml",)
    assert loaded.calendar == tmp_path / "days.toml"


def test_prompts_are_relative_to_the_file(tmp_path: Path) -> None:
    """The recordings of the lane's machines lie beside the settings; none need be named."""
    assert settings.load(write(tmp_path, "")).prompts == ()
    loaded = settings.load(write(tmp_path, '[hearing]\nprompts = ["prompts", "fare.wav"]\n'))
    assert loaded.prompts == (tmp_path / "prompts", tmp_path / "fare.wav")


def test_every_unknown_key_and_wrong_value_is_named(tmp_path: Path) -> None:
    """A misspelt key is refused, and so is all else that is wrong, at once."""
    env = write(tmp_path, '[site]\nstaton = "x"\n[hearing]\nthreads = "two"\n')
    with pytest.raises(BadInput) as caught:
        settings.load(env)
    assert "changshou.toml: site.staton" in str(caught.value)
    assert "changshou.toml: hearing.threads" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [("CHANGSHOU_THREADS", "-1"), ("CHANGSHOU_THREADS", "many"), ("CHANGSHOU_TIME_ZONE", "Mars/X")],
)
def test_a_wrong_variable_is_refused(tmp_path: Path, name: str, value: str) -> None:
    """A variable that makes no sense is a fault, not ignored."""
    with pytest.raises(BadInput):
        settings.load(write(tmp_path, "") | {name: value})


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    """A settings file that was asked for and is not there is a fault."""
    with pytest.raises(BadInput, match="cannot be read"):
        settings.load({"CHANGSHOU_CONFIG": str(tmp_path / "none.toml")})


def test_a_microphone_is_chosen_in_the_file_or_by_a_variable(tmp_path: Path) -> None:
    """A booth names its own; numbers may be whole where seconds are meant."""
    loaded = settings.load(write(tmp_path, ""))
    assert (loaded.device, loaded.channels, loaded.lookahead_ms) == (None, 1, 600)
    env = write(
        tmp_path,
        '[listening]\ndevice = "USB 1"\nchannels = 2\nsilence_s = 0\nlookahead_s = 1.5\n',
    )
    loaded = settings.load(env)
    assert (loaded.device, loaded.channels) == ("USB 1", 2)
    assert (loaded.silence_s, loaded.lookahead_ms) == (0.0, 1_500)
    assert settings.load(env | {"CHANGSHOU_DEVICE": "USB 2"}).device == "USB 2"


@pytest.mark.parametrize("line", ["channels = 3", "stalled_s = 0", "spill_mb = -1", "depth = 1"])
def test_a_microphone_cannot_be_listened_to_anyhow(tmp_path: Path, line: str) -> None:
    """What makes no sense is refused and named."""
    with pytest.raises(BadInput, match=f"listening.{line.split()[0]}"):
        settings.load(write(tmp_path, f"[listening]\n{line}\n"))


def test_results_go_to_a_centre_and_never_in_the_clear(tmp_path: Path) -> None:
    """HTTPS, or this machine; the certificates' file lies beside the settings."""
    text = '[centre]\nurl = "https://centre.example:8443/"\nauthority = "ca.pem"\n'
    loaded = settings.load(write(tmp_path, text))
    assert loaded.centre == "https://centre.example:8443"
    assert loaded.authority == tmp_path / "ca.pem"
    assert settings.load({}).centre is None
    assert settings.load({"CHANGSHOU_CENTRE": "http://localhost:1"}).centre == "http://localhost:1"
    for bad in ("http://centre.example", "centre.example", "https://", "ftp://x", "https://x:y"):
        with pytest.raises(BadInput, match=r"centre\.url"):
            settings.load({"CHANGSHOU_CENTRE": bad})
    for bad in ("https://a@b", "https://a/?b", "https://a/#b"):
        with pytest.raises(BadInput, match="no user"):
            settings.load({"CHANGSHOU_CENTRE": bad})
