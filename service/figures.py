"""Ask for figures, and show them: as JSON, or as a table for people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from db import figures
from db.figures_types import EVERYBODY, Answer, Asked, By, Deaf, Figure, Miss, Rate
from phrases.types import Lane
from service import bootstrap
from service.errors import BadInput
from service.report_table import span
from service.settings import Settings

LONGEST_DAYS = 3_700
"""days that one question may be about: ten years"""


def asked(
    *,
    since: dt.date,
    last: dt.date,
    station: str | None = None,
    booth: str | None = None,
    team: str | None = None,
    collector: str | None = None,
    lane: Lane | None = None,
) -> Asked:
    """A question about the shifts that began from `since` to `last`, both with them.

    BadInput if that is no period.
    """
    if last < since:
        raise BadInput(f"the period ends on {last}, before it begins on {since}")
    if (last - since).days >= LONGEST_DAYS or last == dt.date.max:
        raise BadInput(f"the period from {since} to {last} is longer than {LONGEST_DAYS} days")
    return Asked(
        since=since,
        until=last + dt.timedelta(days=1),
        reach=EVERYBODY,
        station=station,
        booth=booth,
        team=team,
        collector=collector,
        lane=lane,
    )


def compliance(site: Settings, by: By, question: Asked) -> Answer:
    """The answer from the settings' database; BadInput if it cannot be read."""
    with bootstrap.database(site, read_only=True) as engine, engine.connect() as connection:
        return figures.compliance(connection, by, question)


def misses(site: Settings, question: Asked) -> list[Miss]:
    """Every code of which there was a finding, the commonest fault first."""
    with bootstrap.database(site, read_only=True) as engine, engine.connect() as connection:
        return figures.misses(connection, question)


def deaf(site: Settings, question: Asked) -> list[Deaf]:
    """How long each booth could not be listened to, the longest first."""
    with bootstrap.database(site, read_only=True) as engine, engine.connect() as connection:
        return figures.deaf(connection, question)


def as_json(answer: Answer, question: Asked) -> dict[str, Any]:
    """The answer as docs/figures.md has it."""
    return {
        "by": answer.by.value,
        **_period(question),
        "total": _figure(answer.total),
        "lines": [_figure(line) for line in answer.lines],
    }


def misses_as_json(found: Sequence[Miss], question: Asked) -> dict[str, Any]:
    """The misses as docs/figures.md has them."""
    return {
        **_period(question),
        "codes": [
            {
                "code": miss.code,
                "fault": miss.fault,
                "unsure": miss.unsure,
                "remark": miss.remark,
                "share": _rate(miss.share),
            }
            for miss in found
        ],
    }


def deaf_as_json(found: Sequence[Deaf], question: Asked) -> dict[str, Any]:
    """The booths' deaf time as docs/figures.md has it."""
    return {
        **_period(question),
        "booths": [
            {
                "station": booth.station,
                "booth": booth.booth,
                "shifts": booth.shifts,
                "listened_s": booth.listened_ms / 1000,
                "gap_s": booth.gap_ms / 1000,
                "reasons": {reason.value: ms / 1000 for reason, ms in booth.reasons.items()},
            }
            for booth in found
        ],
    }


def _period(question: Asked) -> dict[str, str]:
    last = question.until - dt.timedelta(days=1)
    return {"from": question.since.isoformat(), "to": last.isoformat()}


def _figure(figure: Figure) -> dict[str, Any]:
    sums = figure.sums
    return {
        "key": dict(figure.key),
        "counts": dict(figure.counts),
        "rate": _rate(figure.rate),
        "shifts": sums and sums.shifts,
        "score": sums and sums.score,
        "listened_s": sums and sums.listened_ms / 1000,
        "gap_s": sums and sums.gap_ms / 1000,
        "best_place": figure.best_place,
        "worst_place": figure.worst_place,
        "like_next": figure.like_next,
    }


def _rate(rate: Rate) -> dict[str, Any]:
    return {
        "good": rate.good,
        "judged": rate.judged,
        "value": rate.value,
        "low": rate.low,
        "high": rate.high,
    }


def as_table(answer: Answer) -> RenderableType:
    """The lines, and all together."""
    if not answer.lines:
        return Text("No shift is stored that fits.")
    counts = list(answer.total.counts)
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in answer.lines[0].key:
        table.add_column(name, overflow="fold")
    placed = answer.lines[0].best_place is not None
    for name in ("place",) * placed + (*counts, "rate", "95 % interval"):
        table.add_column(name, justify="right", no_wrap=True)
    whole = answer.total.sums is not None
    for name in ("shifts", "score", "deaf") * whole:
        table.add_column(name, justify="right", no_wrap=True)
    for line in (*answer.lines, answer.total):
        names = ["" if value is None else str(value) for value in line.key.values()]
        if not line.key:
            table.add_section()
            names = ["all", *[""] * (len(answer.lines[0].key) - 1)]
        place = [_place(line)] if placed else []
        numbers = [str(line.counts[name]) for name in counts]
        table.add_row(*names, *place, *numbers, *_percent(line.rate), *_sums(line))
    notes = ["Unsure ones are in no rate."]
    if any(line.like_next for line in answer.lines):
        notes.append("A place such as 1–3 may be any of them: the intervals overlap.")
    return Group(table, Text(" ".join(notes), style="dim"))


def misses_as_table(found: Sequence[Miss]) -> RenderableType:
    """A row for each code."""
    if not found:
        return Text("No finding is stored that fits.")
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("code")
    for name in ("fault", "unsure", "remark", "of vehicles", "95 % interval"):
        table.add_column(name, justify="right", no_wrap=True)
    for miss in found:
        numbers = (str(number) for number in (miss.fault, miss.unsure, miss.remark))
        table.add_row(miss.code, *numbers, *_percent(miss.share))
    return table


def deaf_as_table(found: Sequence[Deaf]) -> RenderableType:
    """A row for each booth."""
    if not found:
        return Text("No shift is stored that fits.")
    reasons = sorted({reason for booth in found for reason in booth.reasons})
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("station / booth", overflow="fold")
    for name in ("shifts", "listened", "deaf", *(reason.value for reason in reasons)):
        table.add_column(name, justify="right", no_wrap=True)
    for booth in found:
        times = (booth.listened_ms, booth.gap_ms, *(booth.reasons.get(r, 0) for r in reasons))
        table.add_row(
            f"{booth.station} / {booth.booth}", str(booth.shifts), *(span(ms) for ms in times)
        )
    return table


def _place(line: Figure) -> str:
    if line.best_place is None:
        return ""
    if line.best_place == line.worst_place:
        return str(line.best_place)
    return f"{line.best_place}–{line.worst_place}"


def _percent(rate: Rate) -> tuple[str, str]:
    if rate.value is None or rate.low is None or rate.high is None:
        return "–", ""
    return f"{100 * rate.value:.1f} %", f"{100 * rate.low:.1f} to {100 * rate.high:.1f}"


def _sums(line: Figure) -> tuple[str, ...]:
    if line.sums is None:
        return ()
    score = "–" if line.sums.score is None else f"{line.sums.score:.1f}"
    return str(line.sums.shifts), score, span(line.sums.gap_ms)
