"""The commands of whoever looks after a machine: backup and restore."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from service import backup as backups
from service import settings
from service.cli_options import Db
from service.console import note, progress
from service.errors import Failed


def backup(
    to: Annotated[
        Path, typer.Argument(metavar="FILE", help="New file, or a folder to put one in.")
    ],
    db: Db = None,
) -> None:
    """Write all that is kept into one file, while the program may go on."""
    made = backups.backup(settings.load(db=db), to, progress)
    note(f"wrote {made.file} ({made.size / 1e6:,.1f} MB, {made.files} files), and read it back")


def restore(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")], db: Db = None
) -> None:
    """Fill an empty database from a backup, and verify its ledger."""
    done = backups.restore(source, settings.load(db=db), progress)
    note(f"put back what {done.station}/{done.booth} had at {done.made_at}")
    if done.verified.problems:
        raise Failed(f"the ledger does not hold: {done.verified.problems[0]}")
    note("the ledger holds")
