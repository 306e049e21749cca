"""The parts of a report that are rates: by phrase, week, day, hour, weather, team and booth."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from db.types import NOBODY
from service.reports.document import (
    Bars,
    Cell,
    Column,
    Kind,
    Lines,
    Section,
    Series,
    Table,
    between,
    span,
)
from service.reports.names import Names
from service.reports.scores import places

MOST_FINDINGS = 20
"""codes of findings; the commonest come first"""

Json = Mapping[str, Any]


def people(answer: Json, names: Names) -> Iterator[Section]:
    """Collectors by their rate, each with the places that the interval leaves."""
    if not answer["lines"]:
        return
    columns = (
        names.column("collector", Kind.TEXT, 1.6),
        names.column("place", Kind.TEXT),
        *_counted(names),
    )
    rows = tuple((_who(line, names), places(line), *_counts(line)) for line in answer["lines"])
    yield Section(title=names.word("collector_rates"), table=Table(columns=columns, rows=rows))


def teams(answer: Json, before: Json, names: Names) -> Iterator[Section]:
    """Teams, beside the period before."""
    lines = [line for line in answer["lines"] if line["key"]["team"] is not None]
    if not lines:
        return
    was = {line["key"]["team"]: line["rate"]["value"] for line in before["lines"]}
    columns = (
        names.column("team", Kind.TEXT, 1.6),
        names.column("place", Kind.TEXT),
        *_counted(names),
        names.column("before", Kind.PERCENT),
    )
    rows = tuple(
        (line["key"]["team"], places(line), *_counts(line), was.get(line["key"]["team"]))
        for line in lines
    )
    chart = Bars(
        labels=tuple(line["key"]["team"] for line in lines),
        series=_beside(lines, [was.get(line["key"]["team"]) for line in lines], names),
        top=100,
    )
    table = Table(columns=columns, rows=rows)
    yield Section(title=names.word("team_rates"), table=table, chart=chart)


def steps(answer: Json, before: Json, names: Names) -> Iterator[Section]:
    """How often each phrase was said where it was due, beside the period before."""
    lines = answer["lines"]
    if not lines:
        return
    was = {_key(line): line["rate"]["value"] for line in before["lines"]}
    columns = (
        names.column("step", Kind.TEXT, 1.8),
        names.column("lane", Kind.TEXT),
        *(names.column(name) for name in ("said", "missing", "wrong", "unsure")),
        names.column("rate", Kind.PERCENT),
        names.column("interval", Kind.TEXT, 1.3),
        names.column("before", Kind.PERCENT),
    )
    rows = tuple(
        (
            names.step(line["key"]["lane"], line["key"]["step"]),
            names.lane(line["key"]["lane"]),
            *(line["counts"][name] for name in ("said", "missing", "wrong", "unsure")),
            line["rate"]["value"],
            between(line["rate"]["low"], line["rate"]["high"], scale=100),
            was.get(_key(line)),
        )
        for line in lines
    )
    chart = Bars(
        labels=tuple(_step(line, names) for line in lines),
        series=_beside(lines, [was.get(_key(line)) for line in lines], names),
        top=100,
    )
    table = Table(columns=columns, rows=rows)
    yield Section(title=names.word("steps"), table=table, chart=chart)


def weeks(answer: Json, found: Json, names: Names) -> Iterator[Section]:
    """Each phrase's rate week by week."""
    if len(found) < 2 or not answer["lines"]:
        return
    rates = {
        week: {_key(line): line["rate"]["value"] for line in each["lines"]}
        for week, each in found.items()
    }
    columns = (
        names.column("step", Kind.TEXT, 1.8),
        *(Column(title=week, kind=Kind.PERCENT) for week in rates),
    )
    own = {
        _step(line, names): [each.get(_key(line)) for each in rates.values()]
        for line in answer["lines"]
    }
    chart = Lines(
        labels=tuple(rates),
        series=tuple(Series(name=name, values=_hundreds(values)) for name, values in own.items()),
        top=100,
    )
    table = Table(columns=columns, rows=tuple((name, *values) for name, values in own.items()))
    yield Section(title=names.word("weeks"), table=table, chart=chart)


def misses(answer: Json, names: Names) -> Iterator[Section]:
    """The commonest findings."""
    codes = answer["codes"][:MOST_FINDINGS]
    if not codes:
        return
    columns = (
        names.column("finding", Kind.TEXT, 2.5),
        *(names.column(name) for name in ("fault", "unsure", "remark")),
        names.column("of_vehicles", Kind.PERCENT),
        names.column("interval", Kind.TEXT, 1.3),
    )
    rows = tuple(
        (
            names.code(one["code"]),
            one["fault"],
            one["unsure"],
            one["remark"],
            one["share"]["value"],
            between(one["share"]["low"], one["share"]["high"], scale=100),
        )
        for one in codes
    )
    yield Section(title=names.word("misses"), table=Table(columns=columns, rows=rows))


def days(answer: Json, names: Names) -> Iterator[Section]:
    """Day by day."""

    def line_of(rates: Series, labels: tuple[str, ...]) -> Lines:
        return Lines(labels=tuple(label[5:] for label in labels), series=(rates,), top=100)

    yield from _trend("day", answer["lines"], names, line_of)


def hours(answer: Json, names: Names) -> Iterator[Section]:
    """Hour by hour of the day."""

    def bars_of(rates: Series, labels: tuple[str, ...]) -> Bars:
        return Bars(labels=labels, series=(rates,), top=100)

    yield from _trend("hour", answer["lines"], names, bars_of)


def weather(answer: Json, names: Names) -> Iterator[Section]:
    """By the lines that the weather asked for."""
    lines = answer["lines"]
    if not lines:
        return
    columns = (names.column("weather_key", Kind.TEXT, 3.0), *_counted(names))
    rows = tuple((names.weather(line["key"]["weather"]), *_counts(line)) for line in lines)
    yield Section(title=names.word("weather"), table=Table(columns=columns, rows=rows))


def booths(answer: Json, names: Names) -> Iterator[Section]:
    """How long each booth could not be listened to."""
    if not answer["booths"]:
        return
    columns = (
        names.column("booth", Kind.TEXT),
        names.column("shifts"),
        names.column("listened", Kind.SECONDS),
        names.column("deaf", Kind.SECONDS),
        names.column("reason", Kind.TEXT, 2.5),
    )
    rows = tuple(
        (
            one["booth"],
            one["shifts"],
            one["listened_s"],
            one["gap_s"],
            ", ".join(
                f"{names.word(f'gap.{reason}')} {span(length)}"
                for reason, length in one["reasons"].items()
            ),
        )
        for one in answer["booths"]
    )
    yield Section(title=names.word("booths"), table=Table(columns=columns, rows=rows))


def _trend(
    key: str,
    lines: Sequence[Json],
    names: Names,
    chart: Callable[[Series, tuple[str, ...]], Bars | Lines],
) -> Iterator[Section]:
    if not lines:
        return
    labels = tuple(str(line["key"][key]) for line in lines)
    rows = tuple((label, *_counts(line)) for label, line in zip(labels, lines, strict=True))
    columns = (names.column(key, Kind.TEXT, 1.3), *_counted(names))
    yield Section(
        title=names.word(f"{key}s"),
        table=Table(columns=columns, rows=rows),
        chart=chart(_rates(lines, names), labels),
    )


def _who(line: Json, names: Names) -> str:
    code = line["key"]["collector"]
    return names.word("of_nobody") if code == NOBODY else str(code)


def _counted(names: Names) -> tuple[Column, ...]:
    return (
        *(names.column(name) for name in ("vehicles", "compliant", "fault", "unsure")),
        names.column("rate", Kind.PERCENT),
        names.column("interval", Kind.TEXT, 1.3),
    )


def _counts(line: Json) -> tuple[Cell, ...]:
    counts, rate = line["counts"], line["rate"]
    return (
        *(counts[name] for name in ("vehicles", "compliant", "fault", "unsure")),
        rate["value"],
        between(rate["low"], rate["high"], scale=100),
    )


def _step(line: Json, names: Names) -> str:
    key = line["key"]
    return f"{names.step(key['lane'], key['step'])} ({names.lane(key['lane'])})"


def _key(line: Json) -> tuple[str, str]:
    return line["key"]["lane"], line["key"]["step"]


def _rates(lines: Sequence[Json], names: Names) -> Series:
    values = _hundreds([line["rate"]["value"] for line in lines])
    return Series(name=names.word("rate"), values=values)


def _beside(lines: Sequence[Json], was: Sequence[float | None], names: Names) -> tuple[Series, ...]:
    """The rates, and those of the period before where there are any."""
    own = _rates(lines, names)
    if all(rate is None for rate in was):
        return (own,)
    return own, Series(name=names.word("before"), values=_hundreds(was))


def _hundreds(rates: Sequence[float | None]) -> tuple[float | None, ...]:
    return tuple(None if rate is None else 100 * rate for rate in rates)
