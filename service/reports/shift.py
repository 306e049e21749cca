"""Write the report of a shift: each vehicle with its steps and findings, and what was not heard."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator

from db.types import StoredReport
from phrases.types import Finding, StepOutcome, TransactionVerdict
from service.reports.document import (
    Bars,
    Cell,
    Document,
    Kind,
    Language,
    Section,
    Series,
    Table,
    between,
    span,
)
from service.reports.names import Names

BINS = 12
"""parts of the shift in the chart"""
_SIGNS = {
    StepOutcome.SAID: "√",
    StepOutcome.MISSING: "×",
    StepOutcome.WRONG: "≠",
    StepOutcome.UNSURE: "?",
    StepOutcome.EXCUSED: "–",
}
_OUTCOMES = ("compliant", "fault", "unsure")


def document(
    stored: StoredReport,
    names: Names,
    *,
    guide: float,
    made_at: dt.datetime,
    words: bool = False,
) -> Document:
    """The whole report.

    Args:
        stored: the shift.
        names: what things are called.
        guide: the line of the score to look at, 0..100.
        made_at: aware, in the site's zone.
        words: whether what was heard stands beside the findings.
    """
    report, who = stored.report, stored.identity
    empty = not report.transactions and not report.gaps
    sections = (
        *_timeline(stored, names),
        *_steps(stored, names),
        *_vehicles(stored, names, words),
        _gaps(stored, names),
        _versions(stored, names),
    )
    return Document(
        title=f"{names.word('shift_title')} · {who.station} · {stored.shift_id}",
        name=f"changshou-shift-{stored.shift_id}",
        language=names.language,
        made_at=made_at,
        facts=tuple(_facts(stored, names, guide)),
        sections=() if empty else sections,
        notes=(
            names.word("note_advice"),
            names.word("note_guide", guide=guide),
            names.word("note_unsure"),
        ),
        empty=names.word("no_vehicles") if empty else None,
    )


def _facts(stored: StoredReport, names: Names, guide: float) -> Iterator[tuple[str, str]]:
    report, who, score = stored.report, stored.identity, stored.report.score
    yield names.word("station"), who.station
    yield names.word("booth"), who.booth
    yield names.word("collector"), who.collector
    yield names.word("team"), who.team or "–"
    yield names.word("started"), f"{report.started_at:%Y-%m-%d %H:%M:%S}"
    yield names.word("length"), span(report.duration_ms / 1000)
    yield names.word("listened"), span(report.listened_ms / 1000)
    yield names.word("deaf"), span(report.gap_ms / 1000)
    yield names.word("vehicles"), str(len(report.transactions))
    counts = Counter(vehicle.outcome.value for vehicle in report.transactions)
    for outcome in _OUTCOMES:
        yield names.word(outcome), str(counts[outcome])
    told = "–"
    if score.value is not None:
        told = f"{score.value:.1f} ({between(score.low, score.high)})"
    yield names.word("score"), told
    yield names.word("guide"), f"{guide:g}"
    yield names.word("grading"), f"{stored.grading.number} / {stored.grading.of}"
    if not report.complete:
        yield names.word("incomplete"), names.word("incomplete_how")


def _steps(stored: StoredReport, names: Names) -> Iterator[Section]:
    """How often each mandatory step was said."""
    found: dict[tuple[str, str], Counter[StepOutcome]] = {}
    for vehicle in stored.report.transactions:
        for step in vehicle.steps:
            if step.mandatory:
                key = vehicle.lane.value, step.step
                found.setdefault(key, Counter())[step.outcome] += 1
    if not found:
        return
    columns = (
        names.column("step", Kind.TEXT, 2),
        names.column("lane", Kind.TEXT),
        *(names.column(outcome.value) for outcome in StepOutcome),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (names.step(lane, step), names.lane(lane), *(counts[o] for o in StepOutcome))
        for (lane, step), counts in found.items()
    )
    yield Section(title=names.word("steps"), table=Table(columns=columns, rows=rows))


def _timeline(stored: StoredReport, names: Names) -> Iterator[Section]:
    """The vehicles of each part of the shift by outcome."""
    report = stored.report
    if not report.transactions:
        return
    width = max(1, -(-report.duration_ms // BINS))
    bins = [Counter[str]() for _ in range(BINS)]
    for vehicle in report.transactions:
        place = min(BINS - 1, max(0, vehicle.start_ms // width))
        bins[place][vehicle.outcome.value] += 1
    starts = [report.started_at + dt.timedelta(milliseconds=n * width) for n in range(BINS)]
    chart = Bars(
        labels=tuple(f"{start:%H:%M}" for start in starts),
        series=tuple(
            Series(name=names.word(name), values=tuple(float(b[name]) for b in bins))
            for name in _OUTCOMES
        ),
    )
    yield Section(title=names.word("timeline"), chart=chart)


def _vehicles(stored: StoredReport, names: Names, words: bool) -> Iterator[Section]:
    report = stored.report
    if not report.transactions:
        return
    columns = (
        names.column("vehicle", Kind.TEXT, 0.9),
        names.column("time", Kind.TEXT, 0.9),
        names.column("lane", Kind.TEXT, 0.7),
        names.column("outcome", Kind.TEXT, 1.1),
        names.column("steps", Kind.TEXT, 2.8),
        names.column("findings", Kind.TEXT, 4),
    )
    rows = tuple(_vehicle(each, stored, names, words) for each in report.transactions)
    signs = "  ".join(f"{sign} {names.word(outcome.value)}" for outcome, sign in _SIGNS.items())
    yield Section(
        title=names.word("vehicles"), table=Table(columns=columns, rows=rows), text=(signs,)
    )


def _vehicle(
    verdict: TransactionVerdict, stored: StoredReport, names: Names, words: bool
) -> tuple[Cell, ...]:
    at = stored.report.started_at + dt.timedelta(milliseconds=verdict.start_ms)
    lane = verdict.lane.value
    steps = [
        f"{_SIGNS[step.outcome]}{names.step(lane, step.step)}"
        for step in verdict.steps
        if step.mandatory or step.outcome is not StepOutcome.MISSING
    ]
    return (
        str(verdict.vehicle),
        f"{at:%H:%M:%S}",
        names.lane(lane),
        names.word(verdict.outcome.value),
        "  ".join(steps),
        "\n".join(_finding(one, names, words) for one in verdict.findings),
    )


def _finding(found: Finding, names: Names, words: bool) -> str:
    said = [names.pair(found.status.value, names.code(found.code))]
    if found.expected and not found.code.startswith("missing."):
        said.append(f"{names.word('expected')} {found.expected}")
    if found.heard and words:
        said.append(f"{names.word('heard')} {found.heard}")
    # Reasons are the program's own sentences, which are English.
    if found.reason and names.language is Language.EN:
        said.append(found.reason)
    return "; ".join(said)


def _gaps(stored: StoredReport, names: Names) -> Section:
    report = stored.report
    if not report.gaps:
        return Section(title=names.word("gaps"), text=(names.word("gap_none"),))
    columns = (
        names.column("time", Kind.TEXT),
        names.column("length", Kind.SECONDS),
        names.column("reason", Kind.TEXT),
    )
    rows = tuple(
        (
            f"{report.started_at + dt.timedelta(milliseconds=gap.start_ms):%H:%M:%S}",
            (gap.end_ms - gap.start_ms) / 1000,
            names.word(f"gap.{gap.reason.value}"),
        )
        for gap in report.gaps
    )
    return Section(title=names.word("gaps"), table=Table(columns=columns, rows=rows))


def _versions(stored: StoredReport, names: Names) -> Section:
    own = stored.report.versions
    lines = [
        f"changshou {own.program}",
        f"{names.word('catalog')} {own.catalog}",
        f"{names.word('score_table')} {own.score_table}",
        f"{names.word('model')} {own.model}",
    ]
    return Section(title=names.word("versions"), text=(" · ".join(lines),))
