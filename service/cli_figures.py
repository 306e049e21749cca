"""The command of who asks how many were compliant, and where."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from db.figures_types import By
from phrases.types import Lane
from service import figures as asking
from service import report_json, settings
from service.cli_options import AsJson, Db
from service.console import output
from service.errors import BadInput


def figures(
    since: Annotated[
        str, typer.Option("--from", metavar="DATE", help="The first day, of the shifts' starts.")
    ],
    until: Annotated[str, typer.Option("--to", metavar="DATE", help="The last day.")],
    by: Annotated[By, typer.Option(help="What to tell apart.")] = By.STATION,
    misses: Annotated[
        bool, typer.Option("--misses", help="The commonest findings instead.")
    ] = False,
    deaf: Annotated[
        bool, typer.Option("--deaf", help="Instead, how long booths could not be listened to.")
    ] = False,
    station: Annotated[str | None, typer.Option(metavar="ID")] = None,
    booth: Annotated[str | None, typer.Option(metavar="ID")] = None,
    team: Annotated[str | None, typer.Option(metavar="ID")] = None,
    collector: Annotated[str | None, typer.Option(metavar="ID")] = None,
    lane: Annotated[Lane | None, typer.Option(help="Vehicles of this lane only.")] = None,
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """Count compliant vehicles, or steps said, over a period."""
    if misses and deaf:
        raise BadInput("--misses and --deaf: ask for one of them at a time")
    question = asking.asked(
        since=day(since, "--from"),
        last=day(until, "--to"),
        station=station,
        booth=booth,
        team=team,
        collector=collector,
        lane=lane,
    )
    site = settings.load(db=db)
    if misses:
        found = asking.misses(site, question)
        made, shown = asking.misses_as_json(found, question), asking.misses_as_table(found)
    elif deaf:
        booths = asking.deaf(site, question)
        made, shown = asking.deaf_as_json(booths, question), asking.deaf_as_table(booths)
    else:
        answer = asking.compliance(site, by, question)
        made, shown = asking.as_json(answer, question), asking.as_table(answer)
    if as_json:
        print(report_json.dumps(made))
    else:
        output().print(shown)


def day(text: str, option: str) -> dt.date:
    """A date of the command line."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{option}: not a date such as 2026-11-24") from None
