"""Grade a recording: check all inputs, listen, judge, store, and read back what was stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path

from sqlalchemy import Engine

from audio import files
from audio.files import AudioError, AudioInfo
from audio.types import AudioChunk, Faint
from db import drills, reads
from db.seal import Signer
from db.store import Store
from db.types import (
    Clip,
    Part,
    Recording,
    ShiftIdentity,
    ShiftRow,
    StoredReport,
    StoreError,
    UsageError,
)
from phrases import notified
from phrases.context import due_for
from phrases.judge import judge
from phrases.score import shift_score
from phrases.types import (
    Due,
    Gap,
    GapReason,
    Heard,
    LaneEvent,
    LaneLog,
    ShiftReport,
    Span,
    TimeSource,
)
from phrases.warned import warning
from service import bootstrap, catalog_shelf, clips
from service.bootstrap import Knowledge
from service.errors import BadInput, Failed
from service.hearing import Amounts, Hearer, Progress, Stopped
from service.lane_log import LaneFile, Options, lane_log, read_file
from service.settings import Settings
from service.stop import stoppable

NEARLY_MS = 5_000
"""milliseconds before it arrives and after it left in which a vehicle's amounts may be said"""
OUTLASTS_MS = 1_000
"""milliseconds by which a vehicle may outlast the recording without a warning"""
IDLE_MS = 600_000
"""milliseconds of recording after the last vehicle that make one wonder"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What is asked to be graded."""

    audio: tuple[Path, ...]
    """consecutive parts of one recording"""
    events: Path | None
    options: Options
    collector_channel: int
    collector: str
    station: str
    booth: str
    team: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Graded:
    """What came of it, as it stands in the database."""

    stored: StoredReport
    database: str
    """its name for people"""
    alarms: tuple[str, ...]
    """what could not be kept beside it, for people"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Listened:
    """All that was heard of a recording."""

    heard: tuple[Heard, ...]
    gaps: tuple[Gap, ...]
    faint: tuple[Span, ...]
    until_ms: int | None
    """milliseconds at which listening was stopped; None: it came to the end"""


def grade(
    request: Request,
    site: Settings,
    *,
    progress: bootstrap.Progress,
    ears: bootstrap.Ears = bootstrap.hearer,
    draw: clips.Draw = clips.DRAW,
) -> Graded:
    """Grade the recording, store the grading, and give it as it was stored.

    Ctrl-C while listening keeps what was heard so far, in a report that is not complete. `draw`
    says which vehicles are sampled.

    Raises:
        BadInput: anything given cannot be used; nothing was listened to and nothing stored.
        Failed: the result could not be stored, or the installed weights are broken.
    """
    for path in request.audio:
        _audio(files.probe, path)
    file = read_file(request.events, site.time_zone) if request.events else LaneFile()
    # Faults of the station's files are told before anything is opened.
    known = bootstrap.knowledge(site)
    with bootstrap.database(site) as engine:
        if (settled := catalog_shelf.settled(site, engine)) is not site:
            site, known = settled, bootstrap.knowledge(settled)
        signer = bootstrap.signer(site)
        vault = bootstrap.vault(site, engine) if site.clips else None
        hearer = ears(site, known, progress)
        recording, infos = _checked(request, progress)
        log = lane_log(file, request.options, file_start=_file_start(infos[0], site))
        identity = _identity(request, log)
        nothing = Listened(heard=(), gaps=(), faint=(), until_ms=0)
        no_vehicles = replace(log, events=())
        empty = judged(nothing, no_vehicles, known, duration_ms=0, model=hearer.model_id)
        _no_drill(engine, recording)
        _can_store(engine, signer, identity, recording, empty)
        with stoppable() as stop, progress("listening", recording.duration_ms) as bar:
            try:
                listened = listen(
                    hearer,
                    files.stream(request.audio),
                    duration_ms=recording.duration_ms,
                    collector_channel=request.collector_channel,
                    stop=stop,
                    bar=bar,
                    due=lambda start_ms, end_ms: amounts_due(log.events or (), start_ms, end_ms),
                )
            except AudioError as error:
                raise Failed(f"{error} (it was sound when it was checked)") from None
            report = judged(
                listened,
                log,
                known,
                duration_ms=recording.duration_ms,
                model=hearer.model_id,
                warnings=(*file.warnings, *_warnings(log, recording.duration_ms)),
            )
            kept: tuple[Clip, ...] = ()
            if vault is not None:
                kept = clips.of_recording(
                    vault,
                    report,
                    files.stream(request.audio),
                    channel=request.collector_channel,
                    choice=clips.Choice(share=site.share, draw=draw),
                    progress=progress,
                )
            alarms = tuple(clips.alarms(kept))
            report = replace(report, warnings=(*report.warnings, *alarms))
            with Store(engine, signer, outbox=site.centre is not None) as unit:
                shift = unit.save(identity, recording, report, kept)
                unit.commit()
        newest = reads.report(engine, shift).grading.of
        stored = reads.report(engine, shift, newest)
        return Graded(stored=stored, database=bootstrap.database_name(engine), alarms=alarms)


def listen(
    hearer: Hearer,
    chunks: Iterable[AudioChunk],
    *,
    duration_ms: int,
    collector_channel: int = 0,
    stop: Callable[[], bool] = lambda: False,
    bar: Callable[[int], None] = lambda _: None,
    due: Amounts = lambda _start_ms, _end_ms: (),
) -> Listened:
    """Hear the recording to its end, or until `stop` says so."""
    heard: list[Heard] = []
    gaps: list[Gap] = []
    faint: list[Span] = []
    stopped_ms: int | None = None
    for item in hearer.listen(chunks, collector_channel=collector_channel, stop=stop, due=due):
        match item:
            case Heard():
                heard.append(item)
            case Gap():
                gaps.append(item)
            case Faint():
                faint.append(item)
            case Progress():
                bar(item.done_ms)
            case Stopped():
                stopped_ms = item.at_ms
    if stopped_ms is None:
        bar(duration_ms)
    else:
        gaps.append(Gap(start_ms=stopped_ms, end_ms=duration_ms, reason=GapReason.RESTART))
    return Listened(
        heard=tuple(sorted(heard, key=lambda h: (h.start_ms, h.utterance))),
        gaps=tuple(sorted(gaps, key=lambda g: (g.start_ms, g.end_ms))),
        faint=tuple(sorted(faint, key=lambda f: f.start_ms)),
        until_ms=stopped_ms,
    )


def amounts_due(events: Sequence[LaneEvent], start_ms: int, end_ms: int) -> set[int]:
    """Toll, note and change, in fen, of the vehicles that are there or nearly so at that time."""
    amounts: set[int] = set()
    for event, following in zip_longest(events, events[1:]):
        left_ms = event.left_ms
        if left_ms is None and following is not None:
            left_ms = following.arrived_ms
        gone = left_ms is not None and left_ms + NEARLY_MS < start_ms
        if gone or event.arrived_ms - NEARLY_MS > end_ms:
            continue
        toll, tendered = event.toll_fen, event.tendered_fen
        change = tendered - toll if toll is not None and tendered is not None else None
        amounts |= {fen for fen in (toll, tendered, change) if fen}
    return amounts


def judged(
    listened: Listened,
    log: LaneLog,
    known: Knowledge,
    *,
    duration_ms: int,
    model: str,
    warnings: Sequence[str] = (),
) -> ShiftReport:
    """The shift's report: every vehicle judged, and the score."""

    def due(arrived_ms: int, left_ms: int) -> Due:
        return due_at(log, known, arrived_ms, left_ms)

    verdicts = judge(
        log=log,
        duration_ms=duration_ms,
        heard=listened.heard,
        gaps=listened.gaps,
        faint=listened.faint,
        dialogues=known.dialogues,
        table=known.table,
        due=due,
        parts=known.catalog.parts,
        wording=known.wording,
        same=notified.same,
        advisory=known.thresholds.advisory,
    )
    gap_ms = covered_ms(listened.gaps, duration_ms)
    said = [*warnings, *known.calendar.warnings]
    said += [each for verdict in verdicts for each in verdict.due.warnings]
    return ShiftReport(
        lane=log.lane,
        started_at=log.started_at,
        time_source=log.time_source,
        duration_ms=duration_ms,
        listened_ms=duration_ms - gap_ms,
        gap_ms=gap_ms,
        transactions=verdicts,
        utterances=listened.heard,
        gaps=listened.gaps,
        score=shift_score(verdicts, known.table),
        versions=known.versions(model),
        complete=listened.until_ms is None,
        warnings=tuple(dict.fromkeys(said)),
    )


def due_at(log: LaneLog, known: Knowledge, arrived_ms: int, left_ms: int) -> Due:
    """What is due for a vehicle that arrived and left then, milliseconds from the log's start."""
    return due_for(
        arrived_at=log.started_at + dt.timedelta(milliseconds=arrived_ms),
        arrived_ms=arrived_ms,
        left_ms=left_ms,
        log=log,
        calendar=known.calendar,
        settings=known.context,
    )


def covered_ms(gaps: Iterable[Gap], duration_ms: int) -> int:
    """Milliseconds of the recording that lie in a gap, each counted once."""
    total = end = 0
    for gap in sorted(gaps, key=lambda g: g.start_ms):
        start, stop = max(gap.start_ms, end, 0), min(gap.end_ms, duration_ms)
        if stop > start:
            total += stop - start
        end = max(end, stop)
    return total


def stored_report(site: Settings, shift: str, grading: int | None = None) -> StoredReport:
    """A stored shift again; `latest` is the one that started last. BadInput if there is none."""
    with bootstrap.database(site, read_only=True) as engine:
        try:
            if shift == "latest":
                rows = reads.shifts(engine, limit=1)
                if not rows:
                    raise BadInput("no shift is stored yet")
                shift = rows[0].shift_id
            return reads.report(engine, shift, grading)
        except UsageError as error:
            raise BadInput(error) from None


def stored_shifts(
    site: Settings,
    *,
    station: str | None = None,
    collector: str | None = None,
    team: str | None = None,
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
) -> Sequence[ShiftRow]:
    """The stored shifts that fit, newest first; none if nothing was ever stored."""
    if bootstrap.is_new(site):
        return ()
    with bootstrap.database(site, read_only=True) as engine:
        return reads.shifts(
            engine, station=station, collector=collector, team=team, since=since, until=until
        )


def _audio(ask: Callable[[Path], AudioInfo], path: Path) -> AudioInfo:
    try:
        return ask(path)
    except AudioError as error:
        raise BadInput(error) from None


def _checked(
    request: Request, progress: bootstrap.Progress
) -> tuple[Recording, tuple[AudioInfo, ...]]:
    """Every part decoded to its end, and what they are together."""
    infos: list[AudioInfo] = []
    parts: list[Part] = []
    with progress("checking the recording", len(request.audio)) as bar:
        for n, path in enumerate(request.audio):
            info = _audio(files.check, path)
            if infos and info.channels != infos[0].channels:
                raise BadInput(
                    f"{path}: {info.channels} channels, but {request.audio[0]} has "
                    f"{infos[0].channels}: grade them apart"
                )
            if request.collector_channel >= info.channels:
                raise BadInput(
                    f"{path}: has one channel, so --collector-channel {request.collector_channel} "
                    "names none of it"
                )
            infos.append(info)
            parts.append(
                Part(name=path.name, sha256=files.sha256(path), duration_ms=info.duration_ms)
            )
            bar(n + 1)
    return Recording.of(tuple(parts)), tuple(infos)


def _file_start(first: AudioInfo, site: Settings) -> dt.datetime:
    """The file's time less its length, to the second, in the site's zone."""
    start = first.modified_at - dt.timedelta(milliseconds=first.duration_ms)
    return start.replace(microsecond=0).astimezone(site.time_zone)


def _identity(request: Request, log: LaneLog) -> ShiftIdentity:
    try:
        return ShiftIdentity(
            station=request.station,
            booth=request.booth,
            collector=request.collector,
            team=request.team,
            started_at=log.started_at,
        )
    except StoreError as error:
        raise BadInput(error) from None


def _no_drill(engine: Engine, recording: Recording) -> None:
    """Refuse what was sent as a try at a drill: the database would, without naming the file."""
    with engine.connect() as connection:
        for part in recording.parts:
            if drills.sent(connection, part.sha256):
                raise BadInput(f"{part.name}: was sent as a drill, and drills are not work")


def _can_store(
    engine: Engine,
    signer: Signer,
    identity: ShiftIdentity,
    recording: Recording,
    empty: ShiftReport,
) -> None:
    """Save an empty report and take it back.

    A database that may not be written is met now, and not after hours of listening.
    """
    try:
        with Store(engine, signer) as unit:
            unit.save(identity, recording, empty)
    except StoreError as error:
        raise BadInput(error) from None


def _warnings(log: LaneLog, duration_ms: int) -> Iterable[str]:
    """What the reader of the report should know of times and lane events."""
    if log.time_source is TimeSource.FILE:
        yield warning("file_clock")
    if log.events is None:
        yield warning("inferred")
        return
    late = [e for e in log.events if max(e.arrived_ms, e.left_ms or 0) > duration_ms + OUTLASTS_MS]
    for event in late:
        yield warning("still_there", vehicle=event.vehicle)
    last = max((max(e.arrived_ms, e.left_ms or 0) for e in log.events), default=0)
    if log.events and duration_ms - last > IDLE_MS:
        yield warning("goes_on", minutes=(duration_ms - last) // 60_000)
