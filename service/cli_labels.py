"""The command that writes out what people said of findings."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from service import labels as written
from service import settings
from service.cli_figures import day
from service.cli_options import Db
from service.console import note

labels = typer.Typer(help="What people said of findings.", rich_markup_mode=None)


@labels.callback()
def root() -> None:
    """Hold the commands together, though there is one."""


@labels.command()
def export(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="New folder.")],
    station: Annotated[str | None, typer.Option(metavar="ID", help="Where; default: all.")] = None,
    since: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="The first day of the shifts.")
    ] = None,
    until: Annotated[str | None, typer.Option("--to", metavar="DATE", help="The last day.")] = None,
    db: Db = None,
) -> None:
    """Write the manifest that calibrate reads, and the clips that still exist."""
    made = written.export(
        settings.load(db=db),
        folder,
        station=station,
        since=None if since is None else day(since, "--from"),
        until=None if until is None else day(until, "--to") + dt.timedelta(days=1),
    )
    note(
        f"wrote {made.clips} clips to {folder}, of {made.labels} labels; of {made.gone} vehicles "
        f"the clip is not here any more, of {made.open} nobody wrote down what was said"
    )
