"""The commands of bulk work: worker, regrade and month."""

from __future__ import annotations

import datetime as dt
import getpass
from typing import Annotated, Any

import typer
from rich.console import Group
from rich.table import Table
from rich.text import Text

from db import months as kept
from db.regrade import Progress, What
from service import bootstrap, catalog_shelf, figures, jobs, months, report_json, settings
from service.cli_figures import day
from service.cli_options import AsJson
from service.console import note, output

regrade = typer.Typer(help="Grade stored shifts anew, in bulk.", rich_markup_mode=None)

Db = Annotated[
    str | None,
    typer.Option("--db", metavar="URL", help="Database; PostgreSQL where jobs are."),
]
Which = Annotated[int, typer.Argument(min=1, max=2**31 - 1, metavar="N", help="Its number.")]


def worker(
    once: Annotated[bool, typer.Option("--once", help="End when nothing is left to do.")] = False,
    stalled: Annotated[
        float,
        typer.Option(
            min=1, metavar="SECONDS", help="Silence after which a worker's jobs are another's."
        ),
    ] = jobs.STALLED_S,
    db: Db = None,
) -> None:
    """Do the jobs of a centre until it is stopped; as many workers as wanted."""
    jobs.work(settings.load(db=db), jobs.Work(once=once, stalled_s=stalled))


@regrade.command()
def start(
    since: Annotated[
        str, typer.Option("--from", metavar="DATE", help="The first day, of the shifts' starts.")
    ],
    until: Annotated[str, typer.Option("--to", metavar="DATE", help="The last day.")],
    station: Annotated[str | None, typer.Option(metavar="ID")] = None,
    booth: Annotated[str | None, typer.Option(metavar="ID")] = None,
    team: Annotated[str | None, typer.Option(metavar="ID")] = None,
    collector: Annotated[str | None, typer.Option(metavar="ID")] = None,
    clips: Annotated[
        bool, typer.Option("--clips", help="Hear the clips of faults and unsure vehicles again.")
    ] = False,
    db: Db = None,
) -> None:
    """Grade shifts anew by the settings' score table, without showing it yet."""
    question = figures.asked(
        since=day(since, "--from"),
        last=day(until, "--to"),
        station=station,
        booth=booth,
        team=team,
        collector=collector,
    )
    what = What.CLIPS if clips else What.TABLE
    number, shifts, wanted = jobs.start(settings.load(db=db), question, getpass.getuser(), what)
    print(number)
    if wanted:
        note(f"{wanted} clips are still at their booths and were asked for: start it again later")
    note(f"re-grading {number} of {shifts} shifts is begun: changshou regrade status {number}")


@regrade.command()
def status(which: Which, db: Db = None, as_json: AsJson = False) -> None:
    """Say how far it is, and what would change."""
    found = jobs.progress(settings.load(db=db), which)
    if as_json:
        print(report_json.dumps(_as_json(found)))
    else:
        output().print(_as_table(found))


@regrade.command()
def show(which: Which, db: Db = None) -> None:
    """Make its gradings the ones that are shown, once all are done."""
    shown, changed = jobs.show(settings.load(db=db), which, getpass.getuser())
    note(f"{shown} shifts show what was graded anew; {changed} had changed since and do not")


def month(
    which: Annotated[str, typer.Argument(metavar="MONTH", help="Such as 2026-11.")],
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """Count a month of every station, and keep it as it is reported."""
    site = settings.load(db=db)
    with bootstrap.database(site) as engine:
        by = months.rules(catalog_shelf.settled(site, engine))
        for station in months.stations(engine, which):
            if not months.make(engine, station, which, by, at=dt.datetime.now(dt.UTC)):
                note(f"{station}: kept already, and unchanged")
        with engine.connect() as connection:
            found = kept.reported(connection, which)
    if as_json:
        print("[" + ",\n".join(_month(each) for each in found) + "]")
        return
    for each in found:
        note(f"{each.station}: {which} is kept, version {each.number}; --json prints it")


def _month(each: kept.Month) -> str:
    head = {"station": each.station, "month": each.month, "version": each.number}
    made = {"made_at": each.made_at.isoformat()}
    return report_json.dumps({**head, **made})[:-1].rstrip() + f', "figures": {each.figures}}}'


def _as_json(found: Progress) -> dict[str, Any]:
    return {
        "regrade": found.regrade_id,
        "score_table": found.score_table,
        "shifts": found.shifts,
        "done": found.done,
        "waiting": found.waiting,
        "left": dict(found.left),
        "same": found.same,
        "before": dict(found.before),
        "after": dict(found.after),
        "findings": [
            {"code": code, "status": status, "before": was, "after": now}
            for (code, status), (was, now) in found.findings.items()
        ],
        "shown_at": found.shown_at and found.shown_at.isoformat(),
    }


def _as_table(found: Progress) -> Group:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("of the shifts that are done")
    for name in ("before", "after"):
        table.add_column(name, justify="right")
    for name, was in found.before.items():
        table.add_row(name, str(was), str(found.after[name]))
    for (code, status), (was, now) in found.findings.items():
        table.add_row(f"{code}, {status}", str(was), str(now))
    lines = [
        f"Re-grading {found.regrade_id} by score table {found.score_table}: {found.done} of "
        f"{found.shifts} shifts done, {found.waiting} wait; no vehicle's outcome changes in "
        f"{found.same}."
    ]
    lines += [f"Left as they are: {number} ({why})." for why, number in found.left.items()]
    lines.append("It is shown." if found.shown_at else "It is not shown yet.")
    return Group(Text("\n".join(lines)), table)
