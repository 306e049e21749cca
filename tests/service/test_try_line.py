"""A typed line is tried against the catalogs, and against a draft before it is used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from service import cli

pytestmark = pytest.mark.usefixtures("home")
DRAFT = '[[phrase]]\nid = "own.slow"\nzh = "请您慢行注意安全"\n'


def tried(capsys: pytest.CaptureFixture[str], *arguments: object) -> list[dict[str, object]]:
    """What the line would be taken for."""
    assert cli.run(["try-line", *map(str, arguments), "--json"]) == 0
    found: list[dict[str, object]] = json.loads(capsys.readouterr().out)
    return found


def test_each_phrase_of_a_line_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """In its order, with its amount; a line that is none is none."""
    found = tried(capsys, "您好收您五十元")
    assert [(one["phrase"], one["accepted"]) for one in found] == [
        ("greet.hello", True),
        ("flow.received", True),
    ]
    assert found[1]["slots"] == {"amount": "50"}
    assert tried(capsys, "今天天气不错") == []
    assert cli.run(["try-line", "您好"]) == 0
    assert "greet.hello  您好" in capsys.readouterr().out


def test_a_draft_is_tried_before_it_is_used(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With it the line is a phrase, and without it none; one with faults is refused."""
    draft = home / "draft.toml"
    draft.write_text(DRAFT, encoding="utf-8")
    assert [one["phrase"] for one in tried(capsys, "请您慢行注意安全", draft)] == ["own.slow"]
    assert tried(capsys, "请您慢行注意安全") == []
    draft.write_text(DRAFT.replace("own.slow", "goodbye"), encoding="utf-8")
    assert cli.run(["try-line", "您好", str(draft)]) == 2
    assert "goodbye" in capsys.readouterr().err
    assert cli.run(["try-line", "您好", str(home / "none.toml")]) == 2
    assert "cannot be read" in capsys.readouterr().err
