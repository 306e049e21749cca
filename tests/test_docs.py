"""The documents keep up with the program: an option or setting that is not described fails."""

from __future__ import annotations

import re
from pathlib import Path

import typer

from db.columns import Base
from service import cli, settings

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


def text(name: str) -> str:
    """A document."""
    return (DOCS / name).read_text(encoding="utf-8")


def commands() -> dict[str, set[str]]:
    """Command, with the group that it is in, to its options, as typer has them."""
    found = {}
    group = typer.main.get_command(cli.app)
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        for under, inner in getattr(command, "commands", {"": command}).items():
            options = {o for p in inner.params for o in p.opts if o.startswith("--")}
            found[f"{name} {under}".strip()] = options
    return found


def test_every_command_and_option_is_documented() -> None:
    """What one can type stands in docs/command-line.md, under its command."""
    sections = re.split(r"^## ", text("command-line.md"), flags=re.M)
    for name, options in commands().items():
        section = next((s for s in sections if s.startswith(f"`changshou {name}")), None)
        assert section is not None, f"changshou {name}"
        for option in options - {"--help"}:
            assert option in section, f"changshou {name} {option}"


def test_every_documented_option_exists() -> None:
    """The document promises nothing that is not there."""
    known = {option for options in commands().values() for option in options}
    known |= {"--help", "--version"}
    assert set(re.findall(r"`(--[a-z-]+)", text("command-line.md"))) <= known


def test_every_setting_is_documented() -> None:
    """Each key and each variable stands in docs/settings.md, and no others do."""
    keys = {
        f"{table}.{key}"
        for table, field in settings.SettingsFile.model_fields.items()
        for key in field.annotation.model_fields  # type: ignore[union-attr]
    }
    documented = set(re.findall(r"^\| `([a-z_]+\.[a-z_]+)`", text("settings.md"), flags=re.M))
    assert documented == keys
    variables = set(re.findall(r"`(CHANGSHOU_[A-Z_]+)`", text("settings.md")))
    assert variables == {*settings.VARIABLES, "CHANGSHOU_CONFIG", "CHANGSHOU_TRACEBACK"}


def test_every_column_is_in_the_map_of_data() -> None:
    """Whoever adds a column says in docs/privacy.md what it is, how long it stays, how it goes."""
    row = r"^\| `(\w+)` \| ((?:`\w+`(?:, )?)+) \| (.+) \| (.+) \|$"
    rows = re.findall(row, text("privacy.md"), re.M)
    mapped = {table: re.findall(r"`(\w+)`", columns) for table, columns, _, _ in rows}
    kept = {table.name: list(table.columns.keys()) for table in Base.metadata.sorted_tables}
    assert mapped == kept


def test_every_link_between_documents_leads_somewhere() -> None:
    """A document that names another has the right name."""
    for path in [*DOCS.rglob("*.md"), *ROOT.glob("*.md"), *(ROOT / "scripts").glob("*.md")]:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_every_script_is_described() -> None:
    """scripts/README.md has a line for each command."""
    readme = (ROOT / "scripts" / "README.md").read_text(encoding="utf-8")
    commands = {p.name for p in (ROOT / "scripts").iterdir() if p.is_file() and not p.suffix}
    assert {name for name in commands if f"`{name}`" not in readme} == set()


def test_every_decision_is_listed() -> None:
    """docs/decisions/README.md names each page, and the README names each document."""
    folder = DOCS / "decisions"
    listed = (folder / "README.md").read_text(encoding="utf-8")
    pages = {p.name for p in folder.glob("*.md")} - {"README.md"}
    assert {page for page in pages if f"({page})" not in listed} == set()
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {p.name for p in DOCS.glob("*.md") if f"(docs/{p.name})" not in readme} == set()


def test_the_architecture_names_files_that_are_there() -> None:
    """A stage that was renamed or split is renamed in the picture too."""
    named = set(re.findall(r"`((?:audio|phrases|db|service)/[a-z_]+)`", text("architecture.md")))
    assert len(named) > 20
    missing = {n for n in named if not (ROOT / f"{n}.py").exists() and not (ROOT / n).is_dir()}
    assert missing == set()
