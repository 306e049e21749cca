"""The commands of who prints reports, or takes them into a spreadsheet."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine

from db.explain import plainly
from db.figures_types import Wanted as Which
from phrases.types import FindingStatus, Outcome
from service import bootstrap, figures, months, pipeline, report_json, settings
from service.cli_figures import day as day_of
from service.cli_options import Db
from service.console import note
from service.errors import BadInput
from service.reports import files, gather, period, text, vehicles
from service.reports import shift as shifts
from service.reports.document import Document, Language
from service.reports.files import Format
from service.reports.gather import Wanted
from service.reports.names import Names

reports = typer.Typer(
    help="Write reports of a shift, a day or a month, and lists of vehicles.",
    rich_markup_mode=None,
)

As = Annotated[Format, typer.Option("--format", help="As what.")]
In = Annotated[Language, typer.Option("--language", help="Of all that is not a name.")]
Out = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Where to; default: a name of its own, here. -: output."),
]
Make = Callable[[], Iterable[bytes]]
"""makes a file's pieces, once there is a place for them"""
Station = Annotated[str | None, typer.Option(metavar="ID", help="Default: the settings'.")]


@reports.command(name="shift")
def shift_(
    which: Annotated[str, typer.Argument(metavar="SHIFT", help="Id of the shift, or: latest.")],
    words: Annotated[
        bool, typer.Option("--words", help="With what was heard, beside the findings.")
    ] = False,
    grading: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Which grading; default: the shown one.")
    ] = None,
    form: As = Format.PDF,
    language: In = Language.ZH,
    out: Out = None,
    db: Db = None,
) -> None:
    """Write a shift: each vehicle with its findings, and what was not heard."""
    site = settings.load(db=db)
    stored = pipeline.stored_report(site, which, grading)
    known = bootstrap.knowledge(site)
    document = shifts.document(
        stored,
        Names(known, language),
        guide=known.table.points.guide,
        made_at=_now().astimezone(site.time_zone),
        words=words,
    )
    _put(document, form, out)


@reports.command()
def day(
    which: Annotated[str, typer.Argument(metavar="DATE", help="Such as 2026-11-24.")],
    station: Station = None,
    form: As = Format.PDF,
    language: In = Language.ZH,
    out: Out = None,
    db: Db = None,
) -> None:
    """Write a station's day."""
    site = settings.load(db=db)
    wanted = Wanted(station=station or site.station, at=_now())
    with _connected(site) as engine, engine.connect() as connection:
        found = gather.day(connection, wanted, day_of(which, "DATE"), site.time_zone)
    _put(period.document(found, Names(bootstrap.knowledge(site), language)), form, out)


@reports.command()
def month(
    which: Annotated[str, typer.Argument(metavar="MONTH", help="Such as 2026-11.")],
    station: Station = None,
    form: As = Format.PDF,
    language: In = Language.ZH,
    out: Out = None,
    db: Db = None,
) -> None:
    """Write a station's month, as it was kept if it was made."""
    site = settings.load(db=db)
    wanted = Wanted(station=station or site.station, at=_now())
    rules = months.rules(site)
    with _connected(site) as engine, engine.connect() as connection:
        found = gather.month(connection, wanted, which, rules)
    _put(period.document(found, Names(bootstrap.knowledge(site), language)), form, out)


@reports.command(name="vehicles")
def vehicles_(
    since: Annotated[
        str, typer.Option("--from", metavar="DATE", help="The first day, of the shifts' starts.")
    ],
    until: Annotated[str, typer.Option("--to", metavar="DATE", help="The last day.")],
    station: Annotated[str | None, typer.Option(metavar="ID")] = None,
    booth: Annotated[str | None, typer.Option(metavar="ID")] = None,
    team: Annotated[str | None, typer.Option(metavar="ID")] = None,
    collector: Annotated[str | None, typer.Option(metavar="ID")] = None,
    outcome: Annotated[Outcome | None, typer.Option(help="Only those of which it is.")] = None,
    code: Annotated[
        str | None, typer.Option(metavar="CODE", help="Only those with this finding.")
    ] = None,
    status: Annotated[
        FindingStatus | None, typer.Option(help="Only those with such a finding.")
    ] = None,
    form: As = Format.CSV,
    language: In = Language.ZH,
    out: Out = None,
    db: Db = None,
) -> None:
    """List every vehicle of a period, however many, as CSV or XLSX."""
    if form not in (Format.CSV, Format.XLSX):
        raise BadInput(f"--format: vehicles are listed as csv or xlsx, not {form.value}")
    first, last = day_of(since, "--from"), day_of(until, "--to")
    question = figures.asked(
        since=first, last=last, station=station, booth=booth, team=team, collector=collector
    )
    site = settings.load(db=db)
    names = Names(bootstrap.knowledge(site), language)
    wanted = Which(outcome=outcome, code=code, status=status)
    with _connected(site) as engine:
        rows = vehicles.rows(engine.connect, question, wanted, names)
        table = vehicles.table(names)
        make = partial(files.listed, table, rows, names.word("vehicles"), form)
        _write(make, files.name(f"changshou-vehicles-{first}-{last}", form), out)


@contextmanager
def _connected(site: settings.Settings) -> Iterator[Engine]:
    with bootstrap.database(site, read_only=True) as engine, plainly(engine):
        try:
            yield engine
        except LookupError as error:
            raise BadInput(f"--station: {error}; changshou shifts lists them") from None


def _put(document: Document, form: Format, out: Path | None) -> None:
    make: Make = partial(files.made, document, form)
    if form is Format.JSON:
        made = text.json_of(document)
        line = report_json.dumps({**made, "made_at": document.made_at.isoformat()})
        make = partial(iter, [f"{line}\n".encode()])
    _write(make, files.name(document.name, form), out)


def _write(make: Make, name: str, out: Path | None) -> None:
    """Write a file that its owner alone may read; one that is there is not written over."""
    if out == Path("-"):
        with os.fdopen(os.dup(1), "wb") as output:
            output.writelines(make())
        return
    path = out or Path(name)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BadInput(f"{path}: is there already; name another file with --out") from None
    except OSError as error:
        raise BadInput(f"{path}: cannot be written: {error.strerror}") from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(make())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    note(f"written to {path}")


_now = partial(dt.datetime.now, dt.UTC)
