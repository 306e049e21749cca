"""Answer what supervisors ask, from the figures that were counted when things were stored."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, false, func, or_, select

from db import tables
from db.facts_tables import FactFinding, FactHour, FactStep, FactTotal, Shown
from db.figures_types import Answer, Asked, By, Deaf, Figure, Miss, Rate, ShiftSums
from db.types import NOBODY
from phrases.interval import wilson, worth
from phrases.places import alike, places
from phrases.types import FindingStatus, GapReason, StepOutcome

_VEHICLES = ("vehicles", "compliant", "fault", "unsure")
_STEPS = tuple(outcome.value for outcome in StepOutcome)
_PLACES = (By.STATION, By.BOOTH, By.TEAM, By.COLLECTOR)
"""what has a place in an order, where the intervals allow one"""
_DAYS = (By.DAY, By.WEEK, By.MONTH)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Source:
    """Where the figures of a question are."""

    table: Any
    keys: tuple[Any, ...]
    counts: tuple[str, ...] = _VEHICLES
    good: str = "compliant"
    judged: tuple[str, ...] = ("compliant", "fault")


def _source(by: By) -> _Source:
    if by is By.STEP:
        return _Source(
            table=FactStep,
            keys=(FactStep.lane, FactStep.step),
            counts=_STEPS,
            good="said",
            judged=("said", "missing", "wrong"),
        )
    keys: Mapping[By, Any] = {
        By.STATION: Shown.station_id,
        By.BOOTH: Shown.booth_id,
        By.TEAM: Shown.team_id,
        By.COLLECTOR: Shown.collector_id,
        By.LANE: FactTotal.lane,
        By.HOUR: FactHour.hour,
        By.PROFILE: FactHour.profile,
        By.WEATHER: FactHour.weather,
    }
    own = keys.get(by, Shown.day)
    if by is By.TEAM:
        return _Source(table=FactTotal, keys=(Shown.station_id, own))
    hourly = by in (By.HOUR, By.PROFILE, By.WEATHER)
    return _Source(table=FactHour if hourly else FactTotal, keys=(own,))


@dataclass(kw_only=True, slots=True)
class _Sums:
    """What is added up of one line."""

    counts: Counter[str] = field(default_factory=Counter)
    spread: Counter[str] = field(default_factory=Counter)
    """the numbers that a rate and its interval are made of"""

    def add(self, counts: Mapping[str, int], spread: Mapping[str, int]) -> None:
        """Add a row of the database."""
        self.counts.update(counts)
        self.spread.update(spread)


def compliance(connection: Connection, by: By, asked: Asked) -> Answer:
    """How many vehicles were compliant, or steps said, told apart by one thing.

    Stations, booths, teams and collectors come with the highest rate first, and say where they
    cannot be told apart; everything else comes in its own order.
    """
    source = _source(by)
    where = conditions(connection, asked, source.table)
    if by is By.STEP:
        where.append(FactStep.mandatory.is_(True))
    lines: defaultdict[tuple[Any, ...], _Sums] = defaultdict(_Sums)
    everything = _Sums()
    for row in connection.execute(_sums(source, where)).mappings():
        key = _key(by, tuple(row[f"key{place}"] for place in range(len(source.keys))))
        counts = {name: int(row[name]) for name in source.counts}
        spread = {name: int(row[name]) for name in _SPREAD}
        lines[key].add(counts, spread)
        everything.add(counts, spread)
    shifts = _shifts(connection, by, asked) if by in (*_PLACES, *_DAYS) else {}
    names = _names(connection, by, lines)
    figures = [
        _figure(names(key), sums, source, [shifts[key]] if key in shifts else [])
        for key, sums in lines.items()
    ]
    if by in _PLACES:
        figures = _placed(figures)
    else:
        figures.sort(key=lambda figure: tuple(figure.key.values()))
    return Answer(
        by=by, lines=figures, total=_figure({}, everything, source, list(shifts.values()))
    )


def misses(connection: Connection, asked: Asked) -> list[Miss]:
    """Every code of which there was a finding, the commonest fault first."""
    number = func.sum(FactFinding.findings)
    query = (
        select(FactFinding.code, FactFinding.status, number.label("number"))
        .join(Shown, Shown.grading_id == FactFinding.grading_id)
        .where(*conditions(connection, asked, FactFinding))
        .group_by(FactFinding.code, FactFinding.status)
    )
    found: defaultdict[str, Counter[FindingStatus]] = defaultdict(Counter)
    for row in connection.execute(query):
        found[row.code][row.status] += int(row.number)
    if not found:
        return []
    vehicles = select(func.sum(FactTotal.vehicles)).join(
        Shown, Shown.grading_id == FactTotal.grading_id
    )
    whole = int(connection.scalar(vehicles.where(*conditions(connection, asked, FactTotal))) or 0)
    listed = [
        Miss(
            code=code,
            fault=number[FindingStatus.FAULT],
            unsure=number[FindingStatus.UNSURE],
            remark=number[FindingStatus.REMARK],
            share=_share(number[FindingStatus.FAULT], whole - number[FindingStatus.UNSURE]),
        )
        for code, number in found.items()
    ]
    return sorted(listed, key=lambda m: (-m.fault, -m.unsure, -m.remark, m.code))


def deaf(connection: Connection, asked: Asked) -> list[Deaf]:
    """How long each booth could not be listened to, the longest first."""
    where = conditions(connection, replace(asked, lane=None), None)
    whole = (
        select(
            Shown.booth_id,
            func.count().label("shifts"),
            func.sum(tables.Grading.listened_ms).label("listened_ms"),
            func.sum(tables.Grading.gap_ms).label("gap_ms"),
        )
        .join(tables.Grading, tables.Grading.id == Shown.grading_id)
        .where(*where)
        .group_by(Shown.booth_id)
    )
    length = func.sum(tables.Gap.end_ms - tables.Gap.start_ms)
    by_reason = (
        select(Shown.booth_id, tables.Gap.reason, length.label("ms"))
        .join(tables.Gap, tables.Gap.grading_id == Shown.grading_id)
        .where(*where)
        .group_by(Shown.booth_id, tables.Gap.reason)
    )
    reasons: defaultdict[int, dict[GapReason, int]] = defaultdict(dict)
    for booth_id, reason, ms in connection.execute(by_reason):
        reasons[booth_id][reason] = int(ms)
    rows = connection.execute(whole).all()
    names = _names(connection, By.BOOTH, [(row.booth_id,) for row in rows])
    found = []
    for row in rows:
        place = names((row.booth_id,))
        found.append(
            Deaf(
                station=str(place["station"]),
                booth=str(place["booth"]),
                shifts=row.shifts,
                listened_ms=int(row.listened_ms),
                gap_ms=int(row.gap_ms),
                reasons=dict(sorted(reasons[row.booth_id].items())),
            )
        )
    return sorted(found, key=lambda d: (-d.gap_ms, d.station, d.booth))


_SPREAD = ("good", "judged", "groups", "good_good", "good_judged", "judged_judged")


def _sums(source: _Source, where: Sequence[ColumnElement[bool]]) -> Any:
    """The counts of each line, and how far the shifts in it differ."""
    own = source.table
    good = getattr(own, source.good)
    judged = sum((getattr(own, name) for name in source.judged[1:]), getattr(own, source.judged[0]))
    keys = [key.label(f"key{place}") for place, key in enumerate(source.keys)]
    return (
        select(
            *keys,
            *(func.sum(getattr(own, name)).label(name) for name in source.counts),
            func.sum(good).label("good"),
            func.sum(judged).label("judged"),
            func.sum(case((judged > 0, 1), else_=0)).label("groups"),
            func.sum(good * good).label("good_good"),
            func.sum(good * judged).label("good_judged"),
            func.sum(judged * judged).label("judged_judged"),
        )
        .join(Shown, Shown.grading_id == own.grading_id)
        .where(*where)
        .group_by(*source.keys)
    )


def conditions(connection: Connection, asked: Asked, table: Any) -> list[ColumnElement[bool]]:
    """What makes a row one of those asked for; `table` is what has the lane, if anything."""
    found: list[ColumnElement[bool]] = [Shown.day >= asked.since, Shown.day < asked.until]
    may = asked.reach
    if not may.everything:
        ours = (
            (Shown.station_id, may.stations),
            (Shown.team_id, may.teams),
            (Shown.collector_id, may.collectors),
        )
        found.append(or_(false(), *(column.in_(sorted(ids)) for column, ids in ours if ids)))
    for column, kind, code in (
        (Shown.station_id, tables.Station, asked.station),
        (Shown.booth_id, tables.Booth, asked.booth),
        (Shown.team_id, tables.Team, asked.team),
        (Shown.collector_id, tables.Collector, asked.collector),
    ):
        if code is not None:
            own: Any = kind
            ids = connection.scalars(select(own.id).where(own.code == code)).all()
            found.append(column.in_(ids))
    if asked.lane is not None and table is not None:
        found.append(table.lane == asked.lane)
    return found


def _shifts(
    connection: Connection, by: By, asked: Asked
) -> dict[tuple[Any, ...], Mapping[str, float]]:
    """Sums over whole shifts, whatever lane is asked for."""
    keys = _source(by).keys
    grading = tables.Grading
    judged = grading.compliant + grading.fault
    scored = case((grading.score.is_not(None), judged), else_=0)
    query = (
        select(
            *(key.label(f"key{place}") for place, key in enumerate(keys)),
            func.count().label("shifts"),
            func.sum(func.coalesce(grading.score, 0.0) * scored).label("points"),
            func.sum(scored).label("scored"),
            func.sum(grading.listened_ms).label("listened_ms"),
            func.sum(grading.gap_ms).label("gap_ms"),
        )
        .join(grading, grading.id == Shown.grading_id)
        .where(*conditions(connection, asked, None))
        .group_by(*keys)
    )
    found: dict[tuple[Any, ...], Mapping[str, float]] = {}
    for row in connection.execute(query).mappings():
        key = _key(by, tuple(row[f"key{place}"] for place in range(len(keys))))
        before = found.get(key, {})
        found[key] = {name: before.get(name, 0) + float(row[name]) for name in _SHIFTS}
    return found


_SHIFTS = ("shifts", "points", "scored", "listened_ms", "gap_ms")


def _figure(
    key: Mapping[str, str | int | None],
    sums: _Sums,
    source: _Source,
    shifts: Sequence[Mapping[str, float]],
) -> Figure:
    counts = {name: sums.counts[name] for name in source.counts}
    spread = sums.spread
    rate = _share(spread["good"], spread["judged"])
    if rate.value is not None:
        count = worth(
            spread["good"],
            spread["judged"],
            groups=spread["groups"],
            good_good=spread["good_good"],
            good_judged=spread["good_judged"],
            judged_judged=spread["judged_judged"],
        )
        low, high = wilson(rate.value, count)
        rate = replace(rate, low=low, high=high)
    if not shifts:
        return Figure(key=key, counts=counts, rate=rate)
    whole = {name: sum(each[name] for each in shifts) for name in _SHIFTS}
    return Figure(
        key=key,
        counts=counts,
        rate=rate,
        sums=ShiftSums(
            shifts=int(whole["shifts"]),
            score=whole["points"] / whole["scored"] if whole["scored"] else None,
            listened_ms=int(whole["listened_ms"]),
            gap_ms=int(whole["gap_ms"]),
        ),
    )


def _share(good: int, judged: int) -> Rate:
    """A share of things that do not hang together."""
    if judged <= 0:
        return Rate(good=good, judged=0, value=None, low=None, high=None)
    low, high = wilson(good / judged, judged)
    return Rate(good=good, judged=judged, value=good / judged, low=low, high=high)


def _placed(figures: Sequence[Figure]) -> list[Figure]:
    """By rate, the highest first, each with the places that its interval leaves it."""
    judged = [f for f in figures if f.rate.value is not None and not _is_nobody(f)]
    judged.sort(key=lambda f: (-_sure(f.rate.value), *_texts(f)))
    intervals = [(_sure(figure.rate.low), _sure(figure.rate.high)) for figure in judged]
    placed = [
        replace(
            figure,
            best_place=place.best,
            worst_place=place.worst,
            like_next=after is not None and alike(own, after),
        )
        for figure, place, own, after in zip_longest(
            judged, places(intervals), intervals, intervals[1:]
        )
    ]
    rest = [f for f in figures if f.rate.value is None or _is_nobody(f)]
    return placed + sorted(rest, key=_texts)


def _is_nobody(figure: Figure) -> bool:
    """Whether it is of the vehicles that are nobody's, which have no place among people's."""
    return figure.key.get("collector") == NOBODY


def _sure(value: float | None) -> float:
    assert value is not None
    return value


def _texts(figure: Figure) -> tuple[str, ...]:
    return tuple(str(value or "") for value in figure.key.values())


def _key(by: By, values: tuple[Any, ...]) -> tuple[Any, ...]:
    """A row's key; days as the week or the month that they are in."""
    if by is By.WEEK:
        day: dt.date = values[0]
        return (day - dt.timedelta(days=day.weekday()),)
    if by is By.MONTH:
        return (values[0].replace(day=1),)
    return values


def _names(
    connection: Connection, by: By, keys: Collection[tuple[Any, ...]]
) -> Callable[[tuple[Any, ...]], Mapping[str, str | int | None]]:
    """What gives the key for people of each of these keys."""
    if by is By.STATION:
        stations = _codes(connection, tables.Station, keys)
        return lambda key: {"station": stations[key[0]][0]}
    if by is By.TEAM:
        stations = _codes(connection, tables.Station, keys)
        teams = _codes(connection, tables.Team, [key[1:] for key in keys])
        return lambda key: {
            "station": stations[key[0]][0],
            "team": None if key[1] is None else teams[key[1]][0],
        }
    if by in (By.BOOTH, By.COLLECTOR):
        found = _codes(connection, tables.Booth if by is By.BOOTH else tables.Collector, keys)
        return lambda key: {"station": found[key[0]][1], by.value: found[key[0]][0]}
    if by is By.STEP:
        return lambda key: {"lane": key[0].value, "step": key[1]}
    if by is By.WEATHER:
        return lambda key: {"weather": ", ".join(re.findall(r'"([^"]+)"', key[0]))}
    if by is By.MONTH:
        return lambda key: {"month": f"{key[0]:%Y-%m}"}
    if by in (By.DAY, By.WEEK):
        return lambda key: {by.value: key[0].isoformat()}
    if by is By.HOUR:
        return lambda key: {"hour": key[0]}
    return lambda key: {by.value: key[0].value}


def _codes(
    connection: Connection, table: Any, keys: Collection[tuple[Any, ...]]
) -> dict[int, tuple[str, str]]:
    """Code, and the station's code, of each id that comes first in a key."""
    ids = sorted({key[0] for key in keys if key[0] is not None})
    station = tables.Station
    query = select(table.id, table.code, station.code.label("station")).where(table.id.in_(ids))
    if table is not station:
        query = query.join(station, station.id == table.station_id)
    return {row.id: (row.code, row.station) for row in connection.execute(query)}
