"""The commands of whoever answers for personal data: tidy, erase, export."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from service import bootstrap, daily, erase, export, pipeline, settings
from service.cli_options import Db
from service.console import note
from service.errors import BadInput, Failed


def tidy(db: Db = None) -> None:
    """Delete clips and words that are over their days, but for what is held."""
    done = erase.tidy(settings.load(db=db), _now())
    note(
        f"erased {done.clips} clips, the words of {done.gradings} gradings, {done.messages} "
        f"messages of the lane and {done.tries} tries or sounds of drills; swept {done.swept} "
        f"stray files; held: some of {done.held} gradings"
    )


def daily_(db: Db = None) -> None:
    """Do what `serve` does each night: tidy, send up late complaints, make last month."""
    site = settings.load(db=db)
    with bootstrap.database(site) as engine:
        if not daily.once(site, engine, _now()):
            raise Failed("not all could be done: it says above what")
    note("done; what is over its days is gone, what is late went up, last month is made")


def erase_(
    collector: Annotated[
        str | None, typer.Option(metavar="ID", help="Whom: all that is kept of them.")
    ] = None,
    station: Annotated[
        str | None, typer.Option(metavar="ID", help="Where; default: the settings'.")
    ] = None,
    vehicle: Annotated[
        str | None, typer.Option(metavar="SHIFT:N", help="Only one vehicle of a shift.")
    ] = None,
    force: Annotated[
        str | None, typer.Option(metavar="REASON", help="Erase what is held too, and why.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    db: Db = None,
) -> None:
    """Erase what is kept of a collector or of a vehicle; it cannot be brought back."""
    site = settings.load(db=db)
    if (collector is None) == (vehicle is None):
        raise BadInput("name either --collector or --vehicle")
    if force is not None and not force.strip():
        raise BadInput("--force: say why")
    if bootstrap.is_new(site):
        raise BadInput("nothing is stored yet")
    shift, _, name = (vehicle or "").partition(":")
    if vehicle is not None:
        if not name:
            raise BadInput("--vehicle: write SHIFT:N, such as 1a2b:7")
        shift = pipeline.stored_report(site, shift).shift_id
    if not yes:
        typer.confirm("Erase it for good?", abort=True, err=True)
    if collector is not None:
        done = erase.collector(site, station or site.station, collector, _now(), forced=force)
    else:
        done = erase.vehicle(site, shift, name, _now(), forced=force)
    note(f"erased words of {done.gradings} gradings and {done.clips} clips; the ledger still holds")


def export_person(
    collector: Annotated[str, typer.Option(metavar="ID", help="Whom.")],
    out: Annotated[
        Path, typer.Option(metavar="FOLDER|ZIP", help="New folder, or new file ending with .zip.")
    ],
    station: Annotated[
        str | None, typer.Option(metavar="ID", help="Where; default: the settings'.")
    ] = None,
    db: Db = None,
) -> None:
    """Write out all that is kept of a collector, sound included, for them to read."""
    site = settings.load(db=db)
    made = export.person(site, station or site.station, collector, out)
    note(f"wrote {made.gradings} gradings and {made.clips} clips to {made.to}")
    if made.unreadable:
        raise Failed(
            f"{made.unreadable} clips are not on this machine or do not open: their rows are in "
            "clips.csv; export them where they were kept"
        )


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
