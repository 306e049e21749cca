"""A published version is carried from one machine to another by two commands."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from service import bootstrap, catalog_shelf, months, settings
from service.cli import app
from service.month_scores import Rules
from service.months import rules

GOOD = '[[change]]\nid = "wait"\nvariants = ["稍等片刻"]\n'


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings with a database of their own."""
    monkeypatch.setenv("CHANGSHOU_CONFIG", str(tmp_path / "none.toml"))
    monkeypatch.setenv("CHANGSHOU_DB", f"sqlite:///{tmp_path / 'b.db'}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "none.toml").write_text("", "utf-8")
    return tmp_path


def run(*arguments: str) -> tuple[int, str]:
    """The exit code and what was said."""
    result = CliRunner().invoke(app, ["catalogs", *arguments])
    return result.exit_code, result.output + str(result.exception or "")


def test_what_is_published_is_exported_and_used(machine: Path) -> None:
    """And judged by: a recording graded afterwards has the new version."""
    (machine / "in").mkdir()
    (machine / "in" / "phrases.toml").write_text(GOOD, "utf-8")
    code, said = run("publish", str(machine / "in"), "--note", "稍等片刻也算")
    assert (code, "version 1" in said) == (0, True), said
    assert run("export", str(machine / "out"))[0] == 0
    assert (machine / "out" / "phrases.toml").read_text("utf-8") == GOOD
    site = settings.load()
    with bootstrap.database(site) as engine:
        settled = catalog_shelf.settled(site, engine)
    wait = bootstrap.knowledge(settled).catalog.phrases["wait"]
    assert "稍等片刻" in {form.line for form in wait.forms}


def test_a_month_is_counted_by_what_is_published(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command keeps the month as the server does: by the version's table, not the settings'."""
    shipped = catalog_shelf.shipped("month.toml")
    assert shipped
    (machine / "in").mkdir()
    (machine / "in" / "month.toml").write_text(f"# ours\n{shipped}", "utf-8")
    assert run("publish", str(machine / "in"), "--note", "x")[0] == 0
    asked = list[settings.Settings]()

    def watched(site: settings.Settings) -> Rules:
        asked.append(site)
        return rules(site)

    monkeypatch.setattr(months, "rules", watched)
    result = CliRunner().invoke(app, ["month", "2026-11"])
    assert result.exit_code == 0, result.output
    (site,) = asked
    assert site.month is not None
    assert site.month.read_text("utf-8").startswith("# ours")


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({}, "holds no .toml file"),
        ({"phrases.toml": "[[change]]\nid = 3\n"}, "phrases.toml"),
        ({"other.toml": "x = 1\n"}, "no such file"),
    ],
)
def test_bad_files_publish_nothing(machine: Path, files: dict[str, str], told: str) -> None:
    """One sentence names what is wrong, and nothing is in use afterwards."""
    folder = machine / "in"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    code, said = run("publish", str(folder), "--note", "x")
    assert code != 0
    assert told in said
    with bootstrap.database(settings.load()):
        pass
    code, said = run("export", str(machine / "out"))
    assert code != 0
    assert "nothing was published" in said
