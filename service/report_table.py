"""Show a shift to people: a line of time, a row per vehicle, findings in words, the score."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from db.types import ShiftRow, StoredReport
from phrases.types import (
    Finding,
    FindingStatus,
    Lane,
    Outcome,
    ShiftReport,
    StepOutcome,
    StepResult,
    TransactionVerdict,
)

_OUTCOME = {
    Outcome.COMPLIANT: ("compliant", "green"),
    Outcome.FAULT: ("fault", "bold red"),
    Outcome.UNSURE: ("unsure", "yellow"),
}
_STEP = {
    StepOutcome.SAID: ("✓", "green"),
    StepOutcome.MISSING: ("✗", "bold red"),
    StepOutcome.WRONG: ("≠", "bold red"),
    StepOutcome.UNSURE: ("?", "yellow"),
    StepOutcome.EXCUSED: ("–", "dim"),
}
_STATUS = {
    FindingStatus.FAULT: "red",
    FindingStatus.UNSURE: "yellow",
    FindingStatus.REMARK: "cyan",
}
_GAP_REASON = {
    "overrun": "sound was lost while recording",
    "mic_lost": "no sound came from the microphone",
    "too_noisy": "noise drowned what was said",
    "asr_failed": "the recogniser failed",
    "restart": "not listened to: stopped in the middle",
}
_STRIP = 60
"""characters in the line of time"""


def report(stored: StoredReport, *, guide: float) -> RenderableType:
    """A whole shift; `guide` is the handbook's line, 0..100, never a reason by itself."""
    shown = stored.report
    parts: list[RenderableType] = [_head(stored), _strip(shown)]
    for lane in dict.fromkeys(t.lane for t in shown.transactions):
        parts.append(_vehicles(shown, lane))
    if shown.transactions:
        legend = "✓ said  ✗ missing  ≠ wrong amount  ? unsure  – excused  · optional, not said"
        parts.append(Text(legend, style="dim"))
    parts.append(_summary(shown, guide))
    parts.extend(_notes(stored))
    return Group(*parts)


def shifts(rows: Sequence[ShiftRow]) -> RenderableType:
    """The list of stored shifts."""
    if not rows:
        return Text("No shift is stored that fits.")
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("shift", "started"):
        table.add_column(name, no_wrap=True)
    for name in ("station / booth", "collector", "team"):
        table.add_column(name, overflow="fold")
    table.add_column("lane", no_wrap=True)
    for name in ("vehicles", "fault", "unsure", "score", "deaf", "grading"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        who = row.identity
        number = f"{row.grading.number} of {row.grading.of}"
        table.add_row(
            row.shift_id,
            f"{who.started_at:%Y-%m-%d %H:%M}",
            f"{who.station} / {who.booth}",
            who.collector,
            who.team or "",
            row.lane.value,
            str(row.vehicles),
            str(row.fault),
            str(row.unsure),
            "–" if row.score.value is None else f"{row.score.value:.1f}",
            span(row.gap_ms),
            number if row.grading.complete else f"{number}, incomplete",
        )
    return table


def span(ms: int) -> str:
    """A length of time: 4:05, or 1:02:03 from an hour on."""
    minutes, seconds = divmod(round(ms / 1000), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _head(stored: StoredReport) -> Text:
    who, shown = stored.identity, stored.report
    text = Text()
    text.append(f"Shift {stored.shift_id}", style="bold")
    names = [f"station {who.station}", f"booth {who.booth}", f"collector {who.collector}"]
    if who.team:
        names.append(f"team {who.team}")
    text.append("  " + " · ".join(names) + "\n")
    end = shown.started_at + dt.timedelta(milliseconds=shown.duration_ms)
    text.append(
        f"{shown.started_at:%Y-%m-%d %H:%M:%S} to {end:%H:%M:%S} ({span(shown.duration_ms)})"
        f" · {shown.lane.value} lane · grading {stored.grading.number} of {stored.grading.of}"
    )
    return text


def _strip(shown: ShiftReport) -> Text:
    """The recording as a line: vehicles in their colours, gaps as holes."""
    line = Text("│")
    step = max(shown.duration_ms, 1) / _STRIP
    for n in range(_STRIP):
        start, end = int(n * step), int((n + 1) * step)
        vehicle = next((t for t in shown.transactions if t.overlaps(start, end)), None)
        if any(g.overlaps(start, end) for g in shown.gaps):
            line.append("╳", style="magenta")
        elif vehicle is not None:
            line.append("█", style=_OUTCOME[vehicle.outcome][1])
        else:
            line.append("·", style="dim")
    line.append("│")
    if shown.gaps:
        line.append("  ╳ not heard", style="dim")
    return line


def _vehicles(shown: ShiftReport, lane: Lane) -> Table:
    """The vehicles of one lane, which share their steps."""
    verdicts = [t for t in shown.transactions if t.lane is lane]
    names = list(dict.fromkeys(s.step for t in verdicts for s in t.steps))
    table = Table(
        title=f"{lane.value} lane",
        title_justify="left",
        header_style="bold",
        box=SIMPLE_HEAD,
        pad_edge=False,
    )
    table.add_column("vehicle")
    table.add_column("time", justify="right")
    table.add_column("outcome")
    for name in names:
        table.add_column(name, justify="center")
    table.add_column("findings", min_width=30, overflow="fold")
    for verdict in verdicts:
        steps = {s.step: s for s in verdict.steps}
        word, style = _OUTCOME[verdict.outcome]
        table.add_row(
            str(verdict.vehicle),
            span(verdict.start_ms),
            Text(word, style=style),
            *(_mark(steps.get(name)) for name in names),
            _findings(verdict),
        )
    return table


def _mark(result: StepResult | None) -> Text:
    if result is None:
        return Text("")
    if result.outcome is StepOutcome.MISSING and not result.mandatory:
        return Text("·", style="dim")
    sign, style = _STEP[result.outcome]
    return Text(sign, style=style)


def _findings(verdict: TransactionVerdict) -> Text:
    lines: list[Text] = []
    for found in verdict.findings:
        line = Text(found.code, style=_STATUS[found.status])
        line.append(f" {words(found)}", style="default")
        lines.append(line)
    return Text("\n").join(lines)


def words(found: Finding) -> str:
    """A finding in words: what was expected and heard, why, and when; a due line in short."""
    due_line = found.status is FindingStatus.REMARK and found.code.startswith("context.")
    if due_line and found.expected and not found.heard:
        return f"not heard: {found.expected}"
    parts: list[str] = []
    if found.expected:
        parts.append(f"expected {found.expected}")
    if found.heard:
        parts.append(f"heard {found.heard}")
    said = ", ".join(parts)
    text = f"{said}: {found.reason}" if said else found.reason
    return f"{text} ({span(found.at_ms)})" if found.at_ms is not None else text


def _summary(shown: ShiftReport, guide: float) -> Text:
    counts = [
        f"{len(shown.transactions)} vehicles",
        *(f"{shown.count(outcome)} {_OUTCOME[outcome][0]}" for outcome in Outcome),
    ]
    text = Text(" · ".join(counts) + "\n")
    score = shown.score
    if score.value is None:
        text.append("No score: nothing could be judged.\n", style="yellow")
    else:
        text.append(f"Score {score.value:.1f} of 100", style="bold")
        if score.low is not None and score.high is not None:
            text.append(f" (95 % interval {score.low:.1f} to {score.high:.1f})")
        text.append(f", {_against(guide, score.low, score.high)}.\n")
    text.append(f"Listened to {span(shown.listened_ms)}, could not to {span(shown.gap_ms)}")
    text.append("." if not shown.gaps else f": {_reasons(shown)}.")
    return text


def _against(guide: float, low: float | None, high: float | None) -> str:
    """Where the interval lies against the guide: a score alone says too much."""
    if low is not None and low >= guide:
        return f"above the guide of {guide:g}"
    if high is not None and high < guide:
        return f"below the guide of {guide:g}"
    return f"not surely above or below the guide of {guide:g}"


def _reasons(shown: ShiftReport) -> str:
    reasons = dict.fromkeys(g.reason.value for g in shown.gaps)
    return "; ".join(_GAP_REASON[reason] for reason in reasons)


def _notes(stored: StoredReport) -> Iterable[Text]:
    """What the reader must know beside the figures."""
    shown = stored.report
    if not shown.complete:
        yield Text("Incomplete: stopped in the middle; grade it again to complete it.", "yellow")
    for warning in shown.warnings:
        yield Text(f"! {warning}", "yellow")
    v = shown.versions
    yield Text(
        f"changshou {v.program} · catalog {v.catalog} · dialogue {v.dialogue} · score table "
        f"{v.score_table} · calendar {v.calendar} · model {v.model} · thresholds {v.thresholds}",
        "dim",
    )
    yield Text("Findings are advice: only a person decides a consequence.", "dim")
