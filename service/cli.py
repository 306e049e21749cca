"""The command line: what users type, and what they get back (docs/command-line.md)."""

from __future__ import annotations

import datetime as dt
import os
import sys
import traceback
from collections.abc import Callable, Iterable
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Protocol, runtime_checkable

import typer

from db.types import StoredReport
from phrases.types import Lane, Profile
from service import (
    booth,
    bootstrap,
    calibrate,
    catalog_shelf,
    cli_booth,
    cli_catalogs,
    cli_drill,
    cli_drill_mic,
    cli_figures,
    cli_jobs,
    cli_keeping,
    cli_labels,
    cli_operate,
    cli_people,
    cli_reports,
    cli_sync,
    evaluate,
    lane_log,
    ledger,
    listen,
    listen_view,
    pipeline,
    report_json,
    report_table,
    serve,
    settings,
    syncing,
    try_line,
)
from service.cli_options import AsJson, Db
from service.console import note, output, progress, utf8
from service.errors import BadInput, Failed, one_line
from service.live_seat import Sitter
from service.log import place

app = typer.Typer(
    help="Listen to a toll booth and grade what the collector says (唱收唱付).",
    add_completion=False,
    rich_markup_mode=None,
)

app.add_typer(cli_booth.booth, name="booth")
app.command()(cli_booth.replay_lane)
app.add_typer(cli_people.admin, name="admin")
app.add_typer(cli_people.people, name="people")
app.command(name="drill-score")(cli_drill.score)
app.add_typer(cli_drill_mic.drill, name="drill")
app.command()(cli_figures.figures)
app.command()(cli_jobs.worker)
app.add_typer(cli_jobs.regrade, name="regrade")
app.command()(cli_jobs.month)
app.add_typer(cli_reports.reports, name="reports")
app.add_typer(cli_labels.labels, name="labels")
app.add_typer(cli_catalogs.catalogs, name="catalogs")
app.command()(cli_operate.backup)
app.command()(cli_operate.restore)
app.command()(cli_sync.sync)
app.command()(cli_keeping.tidy)
app.command(name="daily")(cli_keeping.daily_)
app.command(name="erase")(cli_keeping.erase_)
app.command()(cli_keeping.export_person)


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Listen to a toll booth and grade what the collector says (唱收唱付)."""
    if version:
        print(f"changshou {bootstrap.program_version()}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        raise BadInput("name a command, such as grade; changshou --help lists them")


@app.command()
def grade(
    audio: Annotated[
        list[Path],
        typer.Argument(
            metavar="AUDIO...", help="Sound file; several are consecutive parts of one recording."
        ),
    ],
    lane: Annotated[Lane | None, typer.Option(help="Which dialogue; default: exit.")] = None,
    events: Annotated[Path | None, typer.Option(metavar="FILE", help="Lane events, JSON.")] = None,
    started_at: Annotated[
        str | None, typer.Option(metavar="ISO8601", help="When the recording began.")
    ] = None,
    weather: Annotated[
        str, typer.Option(metavar="LIST", help="rain,fog,ice,snow: for the whole recording.")
    ] = "",
    profile: Annotated[
        Profile | None, typer.Option(help="For the whole recording; default: normal.")
    ] = None,
    collector_channel: Annotated[
        int, typer.Option(min=0, max=1, help="Of two channels, the collector's.")
    ] = 0,
    collector: Annotated[str | None, typer.Option(metavar="ID", help="Who.")] = None,
    station: Annotated[str | None, typer.Option(metavar="ID", help="Where.")] = None,
    booth: Annotated[str | None, typer.Option(metavar="ID", help="Where.")] = None,
    team: Annotated[str | None, typer.Option(metavar="ID", help="Whose.")] = None,
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """Grade the recording of a shift, store the result and print the report."""
    site = settings.load(db=db)
    request = pipeline.Request(
        audio=tuple(audio),
        events=events,
        options=lane_log.Options(
            lane=lane,
            started_at=_moment(started_at, "--started-at", site) if started_at else None,
            weather=_weather(weather),
            profile=profile,
        ),
        collector_channel=collector_channel,
        collector=collector or site.collector,
        station=station or site.station,
        booth=booth or site.booth,
        team=team or site.team,
    )
    guide = bootstrap.guide(site)
    graded = pipeline.grade(request, site, progress=progress)
    _show(graded.stored, guide, as_json)
    note(f"stored in {graded.database}")
    if graded.alarms:
        raise Failed(f"the verdicts are stored, but {'; '.join(graded.alarms)}")
    if not graded.stored.report.complete:
        raise Failed(
            "stopped in the middle: what was heard is stored as an incomplete grading; "
            "run the same command again to complete it"
        )


@app.command(name="evaluate")
def evaluate_(
    manifest: Annotated[
        Path, typer.Argument(metavar="MANIFEST", help="TSV with the columns file and expected.")
    ],
    as_json: AsJson = False,
) -> None:
    """Hear labelled clips, and count what was found and what was taken for a phrase."""
    result = evaluate.evaluate(manifest, settings.load(), progress=progress)
    if as_json:
        print(report_json.dumps(evaluate.as_json(result)))
    else:
        output().print(evaluate.as_table(result))


@app.command(name="calibrate")
def calibrate_(
    manifest: Annotated[
        Path, typer.Argument(metavar="MANIFEST", help="TSV with the columns file and expected.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where to keep the set; default: your data folder."),
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Clips alike in it are left out together."),
    ] = None,
    max_false_accepts: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Share of other speech taken, at most.")
    ] = 0.01,
    min_precision: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="A phrase certainly under it is advisory.")
    ] = 0.9,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Start from nought, not from the set in use.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Fit the thresholds to a station's own labelled clips, and keep them as a new set."""
    made = calibrate.calibrate(
        manifest,
        settings.load(),
        out=out,
        split=split,
        targets=calibrate.Targets(
            false_accepts=max_false_accepts,
            impure=max_false_accepts,
            precision=min_precision,
            fresh=fresh,
        ),
        today=dt.date.today(),
        progress=progress,
    )
    if as_json:
        print(report_json.dumps(calibrate.as_json(made)))
    else:
        output().print(calibrate.as_table(made))


@app.command()
def report(
    shift: Annotated[str, typer.Argument(metavar="SHIFT", help="Id of the shift, or: latest.")],
    grading: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Which grading; default: the newest.")
    ] = None,
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """Print a stored shift again."""
    site = settings.load(db=db)
    _show(pipeline.stored_report(site, shift, grading), bootstrap.guide(site), as_json)


@app.command()
def shifts(
    station: Annotated[str | None, typer.Option(metavar="ID")] = None,
    collector: Annotated[str | None, typer.Option(metavar="ID")] = None,
    team: Annotated[str | None, typer.Option(metavar="ID")] = None,
    since: Annotated[
        str | None, typer.Option("--from", metavar="ISO8601", help="Started then or later.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", metavar="ISO8601", help="Started before then.")
    ] = None,
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """List the stored shifts."""
    site = settings.load(db=db)
    rows = pipeline.stored_shifts(
        site,
        station=station,
        collector=collector,
        team=team,
        since=_moment(since, "--from", site) if since else None,
        until=_moment(until, "--to", site, end=True) if until else None,
    )
    if as_json:
        print(report_json.dumps([report_json.shift(row) for row in rows]))
    else:
        output().print(report_table.shifts(rows))


@app.command()
def devices(as_json: AsJson = False) -> None:
    """List the microphones."""
    found = listen.microphones()
    if as_json:
        print(report_json.dumps(listen_view.as_devices(found)))
    else:
        output().print(listen_view.as_table(found))


@app.command(name="listen")
def listen_(
    device: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Microphone, or a part of its name; see devices."),
    ] = None,
    channels: Annotated[
        int | None, typer.Option(min=1, max=2, help="How many; default: the settings', else 1.")
    ] = None,
    collector_channel: Annotated[
        int, typer.Option(min=0, max=1, help="Of two channels, the collector's.")
    ] = 0,
    seconds: Annotated[
        float | None, typer.Option(min=0.1, metavar="N", help="End after so many.")
    ] = None,
    store: Annotated[
        bool, typer.Option("--store", help="Keep the shift: judge and store each vehicle.")
    ] = False,
    collector: Annotated[
        str | None, typer.Option(metavar="ID", help="With --store: who sits there from now on.")
    ] = None,
    team: Annotated[str | None, typer.Option(metavar="ID", help="With --store: whose.")] = None,
    db: Db = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a line of JSON for each event, and nothing else.")
    ] = False,
) -> None:
    """Listen to a microphone and show the phrases as they are said."""
    request = listen.Request(
        device=device, channels=channels, collector_channel=collector_channel, seconds=seconds
    )
    site = settings.load(db=db)
    if not store and (collector or team):
        raise BadInput("--collector and --team go with --store: without it nothing is kept")
    with listen_view.shown(as_json) as show:
        if not store:
            listen.listen(request, site, show=show, progress=progress)
            return
        sitter = Sitter(collector=collector, team=team or site.team) if collector else None
        with bootstrap.database(site) as engine, syncing.running(site, engine):
            site = catalog_shelf.settled(site, engine)
            keeping = partial(
                booth.kept,
                engine,
                bootstrap.signer(site),
                site,
                booth.Request(sitter=sitter, outbox=site.centre is not None),
                show=show,
            )
            listen.listen(request, site, show=show, progress=progress, keeping=keeping)


@app.command(name="serve")
def serve_(
    role: Annotated[serve.Part, typer.Option(help="What this server is for.")] = serve.Part.CENTRE,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8443,
    certificate: Annotated[
        Path | None, typer.Option(metavar="FILE", help="PEM, with its chain.")
    ] = None,
    key: Annotated[Path | None, typer.Option(metavar="FILE", help="PEM.")] = None,
    db: Db = None,
) -> None:
    """Serve the API until it is stopped."""
    request = serve.Request(part=role, host=host, port=port, certificate=certificate, key=key)
    serve.serve(request, settings.load(db=db))


@app.command()
def verify_ledger(db: Db = None, as_json: AsJson = False) -> None:
    """Check that nothing stored was changed: every chain, every seal, and the rows they state."""
    verified = ledger.verified(settings.load(db=db))
    if as_json:
        print(report_json.dumps(ledger.as_json(verified)))
    else:
        for line in ledger.lines(verified):
            print(line)
    if verified.problems:
        raise Failed(f"the ledger does not hold: {verified.problems[0]}")


@app.command()
def check_catalogs(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]...", help="A station's own files, beside the settings'."),
    ] = None,
) -> None:
    """List every fault of the data files, and the lines that are easily confused."""
    site = settings.load()
    checked = bootstrap.check_catalogs(site, tuple(files or ()))
    if checked.faults:
        for fault in checked.faults:
            note(fault)
        raise BadInput(_faults(len(checked.faults)))
    for line in checked.lines():
        print(line)


@app.command(name="try-line")
def try_line_(
    line: Annotated[str, typer.Argument(metavar="LINE", help="What somebody might say.")],
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]...", help="Files of the station's that are not in use yet."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say for which phrases a typed line would be taken."""
    known = bootstrap.knowledge(bootstrap.with_files(settings.load(), tuple(files or ())))
    found = try_line.tried(line, known)
    if as_json:
        print(report_json.dumps(found))
        return
    for one in found:
        slots = "".join(f" {name}={value}" for name, value in one["slots"].items())
        sure = "accepted" if one["accepted"] else "unsure"
        print(f"{sure} {one['score']:.2f}  {one['phrase']}{slots}  {one['line']}")
    if not found:
        note("it would be taken for no phrase")


def _show(stored: StoredReport, guide: float, as_json: bool) -> None:
    if as_json:
        print(report_json.dumps(report_json.shift_report(stored)))
    else:
        output().print(report_table.report(stored, guide=guide))


def main() -> None:
    """Run the command line and end the process with the exit code of docs/command-line.md."""
    utf8()
    sys.exit(run(sys.argv[1:]))


def run(arguments: Iterable[str]) -> int:
    """Run one command; its exit code: 0 done, 2 bad usage or input, 1 anything else."""
    try:
        code = _commands()(list(arguments), prog_name="changshou", standalone_mode=False)
    except BadInput as error:
        note(error)
        return 2
    except Failed as error:
        note(error)
        return 1
    except (KeyboardInterrupt, typer.Abort):
        note("stopped; nothing was stored")
        return 1
    except BrokenPipeError:
        # Whoever read the output has gone; there is nobody to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if isinstance(error, _Usage):
            note(f"{error.format_message()} (changshou --help says more)")
            return 2
        note(_internal(error))
        return 1
    return code if isinstance(code, int) else 0


@cache
def _commands() -> Callable[..., object]:
    """Every command, put together once: there are fifty."""
    return typer.main.get_command(app)


@runtime_checkable
class _Usage(Protocol):
    """What typer raises for bad usage: its classes are not public, this method is."""

    def format_message(self) -> str: ...


def _internal(error: Exception) -> str:
    """Where the program broke; not the text of the error, which might hold what was said."""
    where = place(error.__traceback__)
    if os.environ.get("CHANGSHOU_TRACEBACK"):
        traceback.print_exception(error)
    return f"broke down: {type(error).__name__} at {where}; please report it"


def _moment(text: str, option: str, site: settings.Settings, *, end: bool = False) -> dt.datetime:
    """A time of the command line; a date alone is its first moment, or with `end` its last."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        try:
            return lane_log.when(text, site.time_zone)
        except ValueError as error:
            raise BadInput(f"{option}: {error}") from None
    if option == "--started-at":
        raise BadInput(f"{option}: give the time of day too, such as {day}T08:00:00")
    if end:
        day += dt.timedelta(days=1)
    return dt.datetime.combine(day, dt.time(), site.time_zone)


def _weather(text: str) -> tuple[str, ...]:
    kinds = tuple(dict.fromkeys(kind.strip() for kind in text.split(",") if kind.strip()))
    for kind in kinds:
        if kind not in lane_log.WEATHER:
            raise BadInput(f"--weather: {one_line(kind)}: not one of {', '.join(lane_log.WEATHER)}")
    return kinds


def _faults(count: int) -> str:
    return "1 fault" if count == 1 else f"{count} faults"
