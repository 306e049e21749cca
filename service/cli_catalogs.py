"""Commands that carry published catalogs from one machine to another."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from db import catalogs as kept
from db.explain import plainly
from db.types import UsageError
from service import bootstrap, catalog_shelf, settings
from service.catalog_shelf import Writer
from service.cli_options import Db
from service.console import note
from service.errors import BadInput

catalogs = typer.Typer(help="Published catalogs.", rich_markup_mode=None)


@catalogs.command()
def export(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="New folder.")],
    db: Db = None,
) -> None:
    """Write the files of the version in use, to be published on another machine."""
    site = settings.load(db=db)
    if folder.exists():
        raise BadInput(f"{folder}: exists already; name another folder")
    with (
        bootstrap.database(site, read_only=True) as engine,
        plainly(engine),
        engine.connect() as connection,
    ):
        found = kept.in_use(connection)
    if found is None:
        raise BadInput("nothing was published: in use is what ships, and the settings' files")
    version, files = found
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    note(f"wrote version {version} to {folder}: {', '.join(files) or 'no files, as it ships'}")


@catalogs.command()
def publish(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The files.")],
    why: Annotated[str, typer.Option("--note", metavar="TEXT", help="Why, for who reads it.")],
    db: Db = None,
) -> None:
    """Publish a folder's files here: shifts that begin after the next start are judged by them.

    With any fault in them nothing is published.
    """
    site = settings.load(db=db)
    if not folder.is_dir():
        raise BadInput(f"{folder}: is no folder; give one that holds the files")
    try:
        files = {path.name: path.read_text("utf-8") for path in sorted(folder.glob("*.toml"))}
    except (OSError, UnicodeDecodeError):
        raise BadInput(f"{folder}: its files cannot be read as text") from None
    if not files:
        raise BadInput(f"{folder}: holds no .toml file")
    with bootstrap.database(site) as engine, plainly(engine), engine.begin() as connection:
        who = Writer(connection=connection, person_id=None, now=dt.datetime.now(dt.UTC))
        last = kept.draft(connection)
        try:
            seen = catalog_shelf.save(who, 0 if last is None else last["number"], files)
            made, _, _ = catalog_shelf.publish(who, site, seen, why)
        except UsageError as error:
            raise BadInput(error) from None
    note(f"published as version {made}; what runs takes it at its next start")
