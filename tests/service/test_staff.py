"""People looked after from the machine itself, by the commands."""

from __future__ import annotations

import io
import json

import pytest

from service import cli

pytestmark = pytest.mark.slow

GOOD = "three words and 4"


def type_(monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    """What comes on standard input."""
    monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))


@pytest.mark.usefixtures("home")
def test_the_first_administrator(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Made by a command, with a password of their own; a second by the same name is refused."""
    for attempt in (0, 2):
        type_(monkeypatch, GOOD)
        assert cli.run(["admin", "create", "Li.Hua"]) == attempt
    out, err = capsys.readouterr()
    assert out == ""
    assert GOOD not in err
    assert cli.run(["people", "list", "--json"]) == 0
    (person,) = json.loads(capsys.readouterr().out)
    assert person["login"] == "li.hua"
    assert person["roles"] == [{"role": "administrator", "station": None, "team": None}]
    assert cli.run(["people", "list"]) == 0
    assert capsys.readouterr().out == "li.hua: administrator of every station\n"


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("password", ["", "short", "aaaaaaaaaaaaaaaa", "li.hua li.hua", "x" * 201])
def test_there_is_no_weak_or_default_password(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], password: str
) -> None:
    """Exit code 2, nobody made."""
    type_(monkeypatch, password)
    assert cli.run(["admin", "create", "li.hua"]) == 2
    assert "the password" in capsys.readouterr().err
    assert cli.run(["people", "list"]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("home")
def test_who_cannot_help_themselves(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A new password, the attempts forgotten, or out for good."""
    type_(monkeypatch, GOOD)
    assert cli.run(["admin", "create", "li.hua"]) == 0
    type_(monkeypatch, "another four 5")
    assert cli.run(["people", "password", "li.hua"]) == 0
    assert cli.run(["people", "unlock", "LI.HUA"]) == 0
    assert cli.run(["people", "disable", "li.hua"]) == 0
    assert cli.run(["people", "unlock", "li.hua"]) == 2
    assert cli.run(["people", "list"]) == 0
    out, err = capsys.readouterr()
    assert out == "li.hua (disabled): administrator of every station\n"
    assert "nobody has this login" in err
