"""Answers are what a person would count, and places are given only where intervals allow."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import Engine, select, update

from db import figures, tables
from db.figures_types import Asked, By, Figure
from db.people_types import Reach
from db.store import Store
from db.types import NOBODY
from phrases.types import (
    Due,
    DueLine,
    Finding,
    FindingStatus,
    Gap,
    GapReason,
    Lane,
    Outcome,
    Profile,
    Score,
    StepOutcome,
    StepResult,
    TransactionVerdict,
)
from tests.db import samples

DAY = dt.date(2026, 11, 24)
ALWAYS = Asked(since=dt.date(2026, 1, 1), until=dt.date(2027, 1, 1))


@dataclass(frozen=True, kw_only=True)
class Sat:
    """A shift to be stored: vehicles of each outcome."""

    station: str = "west"
    booth: str = "1"
    collector: str = "a"
    team: str | None = "甲"
    day: dt.date = DAY
    hour: int = 9
    compliant: int = 0
    fault: int = 0
    unsure: int = 0
    lane: Lane = Lane.EXIT
    rain: bool = False


SHIFTS = (
    Sat(compliant=90, fault=10, unsure=5),
    Sat(compliant=40, fault=2, day=DAY + dt.timedelta(days=7), rain=True),
    Sat(collector="b", booth="2", compliant=50, fault=50, hour=22),
    Sat(collector="b", station="east", team=None, compliant=9, fault=1, lane=Lane.ENTRY),
    Sat(collector="c", station="east", team="乙", unsure=3, day=dt.date(2026, 12, 1)),
)


def vehicle(number: int, outcome: Outcome, sat: Sat) -> TransactionVerdict:
    """One vehicle, a minute after the one before."""
    lacking = {Outcome.FAULT: StepOutcome.MISSING, Outcome.UNSURE: StepOutcome.UNSURE}
    lines = (DueLine(code="context.weather", phrases=("w.rain", "w.fog"), reason="rain"),)
    steps = (
        StepResult(step="greet", mandatory=True, outcome=lacking.get(outcome, StepOutcome.SAID)),
        StepResult(step="card", mandatory=False, outcome=StepOutcome.MISSING),
    )
    status = {Outcome.FAULT: FindingStatus.FAULT, Outcome.UNSURE: FindingStatus.UNSURE}
    found = [Finding(code="slow", status=FindingStatus.REMARK, reason="")] if number == 0 else []
    if outcome in status:
        code = "amount.received" if number % 5 == 4 else "missing.greet"
        found.append(Finding(code=code, status=status[outcome], step="greet", reason=""))
    return samples.verdict(
        number,
        start_ms=number * 10_000,
        end_ms=number * 10_000 + 9_000,
        lane=sat.lane,
        outcome=outcome,
        steps=steps,
        findings=tuple(found),
        profile=Profile.NORMAL,
        due=Due(lines=lines if sat.rain else (), clock=(), clock_sure=True, rule_version="1"),
    )


def store(engine: Engine, *shifts: Sat, shown: bool = True) -> None:
    """Store them, each with a score of its share of compliant vehicles."""
    for sat in shifts:
        start = dt.datetime.combine(sat.day, dt.time(sat.hour), samples.CHINA)
        outcomes = [Outcome.COMPLIANT] * sat.compliant + [Outcome.FAULT] * sat.fault
        outcomes += [Outcome.UNSURE] * sat.unsure
        judged = sat.compliant + sat.fault
        report = samples.report(
            started_at=start,
            lane=sat.lane,
            transactions=tuple(vehicle(n, o, sat) for n, o in enumerate(outcomes)),
            utterances=(),
            gaps=(
                Gap(start_ms=1_000, end_ms=6_000, reason=GapReason.MIC_LOST),
                Gap(start_ms=4_000, end_ms=7_000, reason=GapReason.TOO_NOISY),
            ),
            listened_ms=60_000,
            gap_ms=6_000,
            score=Score(value=100 * sat.compliant / judged if judged else None, low=0, high=100),
        )
        identity = samples.identity(
            station=sat.station, booth=sat.booth, collector=sat.collector, team=sat.team,
            started_at=start,
        )  # fmt: skip
        with Store(engine, samples.SIGNER) as unit:
            unit.save(identity, samples.recording(), report, shown=shown)
            unit.commit()


def lines(engine: Engine, by: By, asked: Asked = ALWAYS) -> dict[tuple[object, ...], Figure]:
    """The answer's lines by what they are of."""
    with engine.connect() as connection:
        answer = figures.compliance(connection, by, asked)
    return {tuple(line.key.values()): line for line in answer.lines}


def by_hand(*names: str) -> dict[tuple[object, ...], Counter[str]]:
    """The vehicles of SHIFTS by these of their fields."""
    found: dict[tuple[object, ...], Counter[str]] = {}
    for sat in SHIFTS:
        counts = found.setdefault(tuple(getattr(sat, name) for name in names), Counter())
        for outcome in Outcome:
            counts[outcome.value] += getattr(sat, outcome.value)
            counts["vehicles"] += getattr(sat, outcome.value)
    return found


@pytest.mark.parametrize(
    ("by", "names"),
    [
        (By.STATION, ("station",)),
        (By.BOOTH, ("station", "booth")),
        (By.TEAM, ("station", "team")),
        (By.COLLECTOR, ("station", "collector")),
        (By.HOUR, ("hour",)),
    ],
)
def test_vehicles_are_told_apart(engine: Engine, by: By, names: tuple[str, ...]) -> None:
    """Each line has its own vehicles, and all lines together all."""
    store(engine, *SHIFTS)
    found = lines(engine, by)
    assert {key: dict(line.counts) for key, line in found.items()} == by_hand(*names)
    with engine.connect() as connection:
        total = figures.compliance(connection, by, ALWAYS).total
    assert total.counts["vehicles"] == 260
    assert total.rate.value == (90 + 40 + 50 + 9) / (100 + 42 + 100 + 10)
    if by is not By.HOUR:
        assert total.sums is not None
        assert total.sums.shifts == 5
        assert total.sums.gap_ms == 5 * 6_000
        assert total.sums.score == pytest.approx(100 * 189 / 252)


def test_lanes_weather_and_steps(engine: Engine) -> None:
    """Steps that were not mandatory make no rate; weather is what it asked for."""
    store(engine, *SHIFTS)
    assert {k: v.counts["vehicles"] for k, v in lines(engine, By.LANE).items()} == {
        ("exit",): 250, ("entry",): 10,
    }  # fmt: skip
    assert {k: v.counts["vehicles"] for k, v in lines(engine, By.WEATHER).items()} == {
        ("",): 218, ("w.rain, w.fog",): 42,
    }  # fmt: skip
    steps = lines(engine, By.STEP)
    assert set(steps) == {("exit", "greet"), ("entry", "greet")}
    exit_greet = steps["exit", "greet"]
    assert exit_greet.counts == {
        "said": 180, "missing": 62, "wrong": 0, "unsure": 8, "excused": 0,
    }  # fmt: skip
    assert (exit_greet.rate.good, exit_greet.rate.judged) == (180, 242)


def test_trends(engine: Engine) -> None:
    """By day, by week from Monday, and by month, in the order of time."""
    store(engine, *reversed(SHIFTS))
    vehicles = [(k, v.counts["vehicles"]) for k, v in lines(engine, By.DAY).items()]
    assert vehicles == [(("2026-11-24",), 215), (("2026-12-01",), 45)]
    assert list(lines(engine, By.WEEK)) == [("2026-11-23",), ("2026-11-30",)]
    months = lines(engine, By.MONTH)
    assert list(months) == [("2026-11",), ("2026-12",)]
    assert months["2026-12",].sums is not None
    assert months["2026-12",].sums.shifts == 2
    assert months["2026-12",].sums.score == pytest.approx(100 * 40 / 42)


def test_only_what_is_asked_for(engine: Engine) -> None:
    """Days, codes and a lane narrow the question; what is not there has no line."""
    store(engine, *SHIFTS)

    def vehicles(**changes: object) -> int:
        asked = replace(ALWAYS, **changes)  # type: ignore[arg-type]
        return sum(line.counts["vehicles"] for line in lines(engine, By.BOOTH, asked).values())

    assert vehicles(until=DAY + dt.timedelta(days=1)) == 215
    assert vehicles(since=DAY + dt.timedelta(days=1)) == 45
    assert vehicles(station="west") == 247
    assert vehicles(team="乙") == 3
    assert vehicles(collector="b") == 110
    assert vehicles(collector="b", station="east") == 10
    assert vehicles(lane=Lane.ENTRY) == 10
    assert vehicles(station="nowhere") == 0


def test_nobody_counts_what_is_not_theirs_to_see(engine: Engine) -> None:
    """Own, the team's or the station's; of nobody's there is nothing."""
    store(engine, *SHIFTS)
    with engine.connect() as connection:
        ids = {
            table: {row.code: row.id for row in connection.execute(select(table.code, table.id))}
            for table in (tables.Station, tables.Team)
        }
        west = connection.scalar(select(tables.Collector.id).where(tables.Collector.code == "a"))
    assert west is not None

    def vehicles(reach: Reach) -> int:
        asked = replace(ALWAYS, reach=reach)
        return sum(line.counts["vehicles"] for line in lines(engine, By.STATION, asked).values())

    assert vehicles(Reach(everything=True)) == 260
    assert vehicles(Reach(stations=frozenset({ids[tables.Station]["east"]}))) == 13
    assert vehicles(Reach(teams=frozenset({ids[tables.Team]["乙"]}))) == 3
    assert vehicles(Reach(collectors=frozenset({west}))) == 147
    both = Reach(teams=frozenset({ids[tables.Team]["乙"]}), collectors=frozenset({west}))
    assert vehicles(both) == 150
    assert vehicles(Reach()) == 0


def test_places_only_where_intervals_are_apart(engine: Engine) -> None:
    """The highest rate comes first, and says that it may as well stand lower."""
    store(
        engine,
        Sat(collector="sure", compliant=98, fault=2),
        Sat(collector="few", compliant=4, fault=1, hour=10),
        Sat(collector="low", compliant=20, fault=80, hour=11),
        Sat(collector="deaf", unsure=9, hour=12),
    )
    found = lines(engine, By.COLLECTOR)
    places = {key[1]: (line.best_place, line.worst_place) for key, line in found.items()}
    assert list(places) == ["sure", "few", "low", "deaf"]
    assert places == {"sure": (1, 2), "few": (1, 2), "low": (3, 3), "deaf": (None, None)}
    assert [line.like_next for line in found.values()] == [True, False, False, False]
    deaf = found["west", "deaf"]
    assert (deaf.rate.value, deaf.rate.judged, deaf.counts["unsure"]) == (None, 0, 9)


def test_nobody_has_no_place(engine: Engine) -> None:
    """Vehicles that are nobody's are counted, and compared with no collector."""
    store(engine, Sat(collector="z", compliant=9), Sat(compliant=9, fault=1, hour=15))
    with engine.begin() as connection:
        # As live listening does: a recording cannot be graded for nobody.
        own = tables.Collector.code == "z"
        connection.execute(update(tables.Collector).where(own).values(code=NOBODY))
    found = lines(engine, By.COLLECTOR)
    assert [key[1] for key in found] == ["a", NOBODY]
    assert [line.worst_place for line in found.values()] == [1, None]


def test_shifts_that_differ_widen_the_interval(engine: Engine) -> None:
    """A hundred vehicles of a good day and a hundred of a bad one are not two hundred."""
    store(engine, Sat(compliant=98, fault=2), Sat(compliant=10, fault=90, hour=18))
    store(engine, Sat(collector="even", compliant=54, fault=46))
    store(engine, Sat(collector="even", compliant=54, fault=46, hour=18))
    found = lines(engine, By.COLLECTOR)
    uneven, even = found["west", "a"].rate, found["west", "even"].rate
    assert uneven.value == even.value == 0.54
    assert even.low == pytest.approx(0.4708, abs=1e-4)
    assert even.high == pytest.approx(0.6077, abs=1e-4)
    assert uneven.low is not None
    assert uneven.low < 0.2


def test_the_commonest_misses(engine: Engine) -> None:
    """By code, faults first; a vehicle of which it is unsure is left out of the share."""
    store(engine, *SHIFTS)
    with engine.connect() as connection:
        found = figures.misses(connection, ALWAYS)
    codes = {m.code: (m.fault, m.unsure, m.remark) for m in found}
    assert list(codes) == ["missing.greet", "amount.received", "slow"]
    assert codes == {
        "missing.greet": (50, 7, 0), "amount.received": (13, 1, 0), "slow": (0, 0, 5),
    }  # fmt: skip
    assert (found[0].share.good, found[0].share.judged) == (50, 253)


def test_deaf_time(engine: Engine) -> None:
    """Each moment once in the whole, and under each of its reasons."""
    store(engine, *SHIFTS)
    with engine.connect() as connection:
        found = figures.deaf(connection, ALWAYS)
    assert [(d.station, d.booth, d.shifts, d.gap_ms) for d in found] == [
        ("east", "1", 2, 12_000), ("west", "1", 2, 12_000), ("west", "2", 1, 6_000),
    ]  # fmt: skip
    assert found[0].reasons == {GapReason.MIC_LOST: 10_000, GapReason.TOO_NOISY: 6_000}


def test_a_grading_that_is_not_shown_counts_nowhere(engine: Engine) -> None:
    """Neither a re-grade that waits, nor the grading that another took the place of."""
    store(engine, Sat(compliant=5))
    store(engine, Sat(fault=5), shown=False)
    assert lines(engine, By.STATION)["west",].counts["fault"] == 0
    store(engine, Sat(compliant=4, fault=1))
    assert dict(lines(engine, By.STATION)["west",].counts) == {
        "vehicles": 5, "compliant": 4, "fault": 1, "unsure": 0,
    }  # fmt: skip
