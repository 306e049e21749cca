"""Shifts are found by their ids, or parts of them, and listed by who, where and when."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import Engine

from db import reads
from db.store import Store
from db.types import ShiftRow, UsageError
from phrases.types import Outcome
from tests.db import samples

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def three(engine: Engine) -> list[str]:
    """Three shifts an hour apart, the last at another station; their ids, newest first."""
    with Store(engine, samples.SIGNER) as unit:
        ids = [
            unit.save(samples.identity(**changes), samples.recording(), samples.report())
            for changes in (
                {"started_at": samples.START + 2 * HOUR, "station": "庐山", "team": None},
                {"started_at": samples.START + HOUR, "collector": "0108", "team": "乙班"},
                {},
            )
        ]
        unit.commit()
    return ids


def ids(rows: list[ShiftRow]) -> list[str]:
    """Their shift ids."""
    return [row.shift_id for row in rows]


def test_shifts_are_listed_newest_first(engine: Engine, three: list[str]) -> None:
    """All of them, or as many as wanted."""
    assert ids(reads.shifts(engine)) == three
    assert ids(reads.shifts(engine, limit=2)) == three[:2]


def test_shifts_are_filtered(engine: Engine, three: list[str]) -> None:
    """By station, collector and team, each alone and together."""
    assert ids(reads.shifts(engine, station="庐山")) == three[:1]
    assert ids(reads.shifts(engine, collector="Z0107")) == [three[0], three[2]]
    assert ids(reads.shifts(engine, team="乙班")) == [three[1]]
    assert ids(reads.shifts(engine, station="南昌西", collector="Z0107")) == [three[2]]
    assert reads.shifts(engine, station="庐山' OR 1=1 --") == []


def test_shifts_are_filtered_by_start(engine: Engine, three: list[str]) -> None:
    """From a moment on, to before another, in any zone."""
    since = (samples.START + HOUR).astimezone(dt.UTC)
    assert ids(reads.shifts(engine, since=since)) == three[:2]
    assert ids(reads.shifts(engine, until=since)) == three[2:]
    assert ids(reads.shifts(engine, since=since, until=since + HOUR)) == [three[1]]


def test_a_listed_shift_has_its_figures(engine: Engine, three: list[str]) -> None:
    """Those of the report, without reading the report."""
    row = reads.shifts(engine)[2]
    report = samples.report()
    assert row.shift_id == three[2]
    assert row.identity == samples.identity()
    assert (row.vehicles, row.compliant, row.fault, row.unsure) == (
        len(report.transactions),
        *(report.count(outcome) for outcome in (Outcome.COMPLIANT, Outcome.FAULT, Outcome.UNSURE)),
    )
    assert (row.score, row.versions, row.lane) == (report.score, report.versions, report.lane)
    assert (row.duration_ms, row.listened_ms, row.gap_ms) == (3_600_000, 3_590_000, 10_000)
    assert row.time_source is report.time_source
    assert (row.grading.number, row.grading.of, row.grading.complete) == (1, 1, True)


def test_part_of_an_id_is_enough(engine: Engine, three: list[str]) -> None:
    """While it is one shift's only."""
    for shift in three:
        short = next(
            shift[:length]
            for length in range(1, 17)
            if sum(other.startswith(shift[:length]) for other in three) == 1
        )
        assert reads.report(engine, short.upper()).shift_id == shift
        assert reads.report(engine, f" {shift}\n").shift_id == shift


def test_an_ambiguous_id_is_refused(engine: Engine) -> None:
    """More of it is asked for."""
    with Store(engine, samples.SIGNER) as unit:
        for number in range(17):
            unit.save(
                samples.identity(booth=str(number)),
                samples.recording(),
                samples.report(transactions=(), utterances=()),
            )
        unit.commit()
    first = [shift[0] for shift in ids(reads.shifts(engine))]
    twice = next(letter for letter in first if first.count(letter) > 1)
    with pytest.raises(UsageError, match=r"several shifts begin with .*: give more"):
        reads.report(engine, twice)


@pytest.mark.parametrize("wanted", ["", "%", "_", "ffffffffffffffff0", "nothing", "'; --", "\0"])
def test_an_unknown_shift_is_refused(engine: Engine, three: list[str], wanted: str) -> None:
    """The way to the right one is named; wildcards are none."""
    assert three
    with pytest.raises(UsageError, match=r"there is no shift .* 'changshou shifts' lists them"):
        reads.report(engine, wanted)


@pytest.mark.parametrize("number", [0, 2, -1])
def test_an_unknown_grading_is_refused(engine: Engine, three: list[str], number: int) -> None:
    """The line says which there are."""
    with pytest.raises(UsageError, match=f"has no grading {number}: it has 1 to 1"):
        reads.report(engine, three[0], grading=number)


def test_parts_come_back_in_order(engine: Engine, three: list[str]) -> None:
    """The recording as it was graded."""
    assert reads.report(engine, three[0]).recording == samples.recording()
