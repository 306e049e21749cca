"""A shift is stored while it lasts: each piece at once, stated, and nothing twice."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import Engine, func, select, text

from db import reads
from db.facts_tables import FactTotal
from db.live import LiveStore
from db.live_reads import booth_time, lane_messages, left_out, open_shifts, remembered, saying
from db.live_types import BoothTime, Figures, Open
from db.store import Store
from db.types import NOBODY, Clip, ClipReason, UsageError
from db.verify import verify
from phrases.types import Score, ShiftReport, Span
from tests.db import samples

NO_SCORE = Score(value=None, low=None, high=None)
FIGURES = Figures(duration_ms=60_000, gap_ms=10_001, score=NO_SCORE, warnings=("one",))
CLIP = Clip(
    start_ms=0,
    end_ms=9_000,
    vehicle_position=0,
    reason=ClipReason.SAMPLE,
    silenced=(Span(start_ms=1, end_ms=2),),
    sha256=None,
    codec="flac",
    wrapped_by="none",
    problem="a clip cannot be written",
)
TIME = BoothTime(origin=samples.START, origin_ns=5, boot="b")


def empty() -> ShiftReport:
    """A shift of which nothing is known yet."""
    return samples.report(transactions=(), utterances=(), gaps=(), warnings=(), score=NO_SCORE)


def begun(engine: Engine, **changes: object) -> Open:
    """An open shift."""
    with LiveStore(engine, samples.SIGNER) as unit:
        unit.begin("南昌西", "3", TIME)
        shift = unit.open_shift(samples.identity(**changes), empty(), how="login", from_ms=0)
        unit.commit()
    return shift


def fill(engine: Engine, shift: Open) -> None:
    """Add all pieces of the sample, a few at a time; the ledger holds after each."""
    whole = samples.report()
    with LiveStore(engine, samples.SIGNER) as unit:
        for heard in whole.utterances[:2]:
            unit.add_heard(shift, heard)
        unit.commit()
    assert verify(engine).problems == ()
    with LiveStore(engine, samples.SIGNER) as unit:
        unit.add_gap(shift, whole.gaps[0])
        place = unit.add_vehicle(shift, whole.transactions[0])
        unit.add_clip(shift, place, CLIP)
        for heard in whole.utterances[2:]:
            unit.add_heard(shift, heard)
        unit.figures(shift, FIGURES)
        unit.commit()
    assert verify(engine).problems == ()
    with LiveStore(engine, samples.SIGNER) as unit:
        for verdict in whole.transactions[1:]:
            unit.add_vehicle(shift, verdict)
        unit.add_gap(shift, whole.gaps[1])
        unit.commit()


def test_a_live_shift_is_what_the_same_shift_graded_is(engine: Engine) -> None:
    """Piece by piece or at once: the same report is read back."""
    shift = begun(engine)
    fill(engine, shift)
    so_far = reads.report(engine, shift.shift_id)
    assert not so_far.grading.complete
    with LiveStore(engine, samples.SIGNER) as unit:
        unit.close_shift(shift, FIGURES)
        unit.commit()
    live = reads.report(engine, shift.shift_id)
    with Store(engine, samples.SIGNER) as unit:
        unit.save(samples.identity(), samples.recording(), samples.report())
        unit.commit()
    graded = reads.report(engine, shift.shift_id, 2)
    assert live.report.transactions == graded.report.transactions
    assert live.report.utterances == graded.report.utterances
    assert live.report.gaps == graded.report.gaps
    assert (live.report.listened_ms, live.report.warnings) == (49_999, ("one",))
    assert live.grading.complete
    (row,) = reads.shifts(engine)
    assert (row.vehicles, row.compliant, row.fault, row.unsure) == (3, 1, 1, 1)
    assert verify(engine).problems == ()
    assert open_shifts(engine, "南昌西", "3") == []


def test_what_was_not_committed_was_not_added(engine: Engine) -> None:
    """And nothing of it is in the ledger."""
    shift = begun(engine)
    with LiveStore(engine, samples.SIGNER) as unit:
        unit.add_vehicle(shift, samples.verdict())
    assert reads.report(engine, shift.shift_id).report.transactions == ()
    assert verify(engine).problems == ()


def test_two_shifts_may_be_open_at_once(engine: Engine) -> None:
    """The last vehicles of one are judged while the next has begun; their entries mix."""
    first, second = begun(engine), begun(engine, collector=NOBODY, team=None)
    for shift in (first, second, first):
        with LiveStore(engine, samples.SIGNER) as unit:
            unit.add_vehicle(shift, samples.verdict(str(shift.grading_id)))
            unit.commit()
    assert [one.shift_id for one in open_shifts(engine, "南昌西", "3")] == [
        first.shift_id,
        second.shift_id,
    ]
    with LiveStore(engine, samples.SIGNER) as unit:
        unit.close_shift(first, FIGURES)
        unit.add_vehicle(second, samples.verdict())
        unit.commit()
    assert verify(engine).problems == ()
    (left,) = open_shifts(engine, "南昌西", "3")
    assert left == second


def test_nobody_is_no_collector(engine: Engine) -> None:
    """Nobody may be graded under the name of vehicles that are nobody's."""
    with Store(engine, samples.SIGNER) as unit, pytest.raises(UsageError, match="nobody"):
        unit.save(samples.identity(collector=NOBODY), samples.recording(), samples.report())


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("UPDATE step SET outcome = 'missing' WHERE vehicle_position = 1", "steps"),
        ("DELETE FROM gap WHERE position = 1", "gap"),
        ("UPDATE utterance SET side = 'far' WHERE position = 0", "side"),
        ("UPDATE finding SET reason = 'x' WHERE position = 0", "words"),
        ("UPDATE gap SET end_ms = end_ms + 1 WHERE position = 0", "end_ms"),
        ("UPDATE grading SET fault = 0", "fault"),
        ("UPDATE live_grading SET closed_at = NULL", "reopened"),
        (
            "INSERT INTO gap (grading_id, position, start_ms, end_ms, reason)"
            " VALUES (1, 9, 0, 1, 'restart')",
            "in no entry",
        ),
    ],
)
def test_a_change_shows(sqlite_engine: Engine, change: str, what: str) -> None:
    """Of whichever piece."""
    shift = begun(sqlite_engine)
    fill(sqlite_engine, shift)
    with LiveStore(sqlite_engine, samples.SIGNER) as unit:
        unit.close_shift(shift, FIGURES)
        unit.commit()
    assert verify(sqlite_engine).problems == ()
    with sqlite_engine.begin() as connection:
        connection.execute(text(change))
    (problem,) = verify(sqlite_engine).problems
    assert what in problem.what


def test_a_piece_without_its_entry_shows_while_the_shift_is_open(sqlite_engine: Engine) -> None:
    """Nothing can be slipped into an open shift."""
    shift = begun(sqlite_engine)
    fill(sqlite_engine, shift)
    with sqlite_engine.begin() as connection:
        connection.execute(text("INSERT INTO gap VALUES (1, 7, 0, 1, 'restart')"))
    assert verify(sqlite_engine).problems


def test_a_marked_vehicle_is_not_counted(engine: Engine) -> None:
    """Kept and flagged, until a person decides that it counts."""
    shift = begun(engine)
    fill(engine, shift)

    def marked(kind: str) -> tuple[int, int]:
        with LiveStore(engine, samples.SIGNER) as unit:
            unit.mark(shift.grading_id, 0, kind, "Z0107")
            unit.commit()
        (row,) = reads.shifts(engine)
        return row.vehicles, row.fault

    assert marked("not_me") == (2, 0)
    assert left_out(engine, shift.grading_id) == {0}
    assert marked("counts") == (3, 1)
    assert marked("lane") == (2, 0)
    with LiveStore(engine, samples.SIGNER) as unit:
        unit.close_shift(shift, FIGURES)
        unit.commit()
    (row,) = reads.shifts(engine)
    assert (row.vehicles, row.compliant, row.fault) == (2, 1, 0)
    assert len(reads.report(engine, shift.shift_id).report.transactions) == 3
    assert verify(engine).problems == ()


def test_what_is_stored_is_remembered(engine: Engine) -> None:
    """After a restart it goes on from there, in the same time."""
    assert booth_time(engine, "南昌西", "3") is None
    shift = begun(engine)
    fill(engine, shift)
    with LiveStore(engine, samples.SIGNER) as unit:
        unit.know("南昌西", "3", 50_000, 40_000)
        unit.commit()
    known = booth_time(engine, "南昌西", "3")
    assert known == BoothTime(
        origin=samples.START, origin_ns=5, boot="b", known_ms=50_000, suspect_ms=40_000
    )
    found = remembered(engine, "南昌西", "3", 0)
    whole = reads.report(engine, shift.shift_id).report
    assert found.heard == whole.utterances
    assert found.gaps == whole.gaps
    assert found.vehicles == (1, "1", "赣A12345")
    assert (found.count, found.utterances, found.judged_ms) == (3, 4, 1_000)
    assert remembered(engine, "南昌西", "3", 30_000).gaps == whole.gaps[1:]
    with LiveStore(engine, samples.SIGNER) as unit:
        later = samples.START + dt.timedelta(hours=8)
        unit.begin("南昌西", "3", BoothTime(origin=later, origin_ns=9, boot="c"))
        unit.commit()
    assert remembered(engine, "南昌西", "3", 0).count == 0


def test_the_lane_s_messages_are_kept_once(engine: Engine) -> None:
    """By their id; of an earlier time of the booth none come back."""
    begun(engine)

    def message(event: str) -> bool:
        with LiveStore(engine, samples.SIGNER) as unit:
            new = unit.lane_message(
                "南昌西",
                "3",
                {
                    "event": event,
                    "received_at": samples.START,
                    "received_ms": 1_000,
                    "at_ms": 900,
                    "body": '{"vehicle": 1}',
                    "flag": None,
                },
            )
            unit.commit()
        return new

    assert [message("a"), message("b"), message("a")] == [True, True, False]
    assert [row["event"] for row in lane_messages(engine, "南昌西", "3", 0)] == ["a", "b"]
    assert lane_messages(engine, "南昌西", "3", 2_000) == []
    begun(engine, started_at=samples.START + dt.timedelta(hours=1))
    assert lane_messages(engine, "南昌西", "3", 0) == []


def test_figures_follow_a_live_shift(engine: Engine) -> None:
    """Each vehicle is counted when it is stored; a mark takes it out, even after the shift."""
    shift = begun(engine)
    assert [row.vehicles for row in reads.shifts(engine)] == [0]
    fill(engine, shift)

    def counted() -> int | None:
        with engine.connect() as connection:
            return connection.scalar(select(func.sum(FactTotal.vehicles)))

    assert counted() == 3
    with LiveStore(engine, samples.SIGNER) as unit:
        unit.close_shift(shift, FIGURES)
        unit.commit()
    assert counted() == 3
    for kind, expected in (("not_me", 2), ("not_me", 2), ("counts", 3)):
        with LiveStore(engine, samples.SIGNER) as unit:
            unit.mark(shift.grading_id, 0, kind, "Z0107")
            unit.commit()
        assert counted() == expected


def test_what_is_being_said_is_kept_until_it_is_said(engine: Engine) -> None:
    """In place of what was kept before; no ledger and no figure knows of it."""
    shift = begun(engine)
    first, second = [m for heard in samples.report().utterances for m in heard.matches][:2]
    for said in ((first,), (first, second), ()):
        with LiveStore(engine, samples.SIGNER) as unit:
            unit.saying("南昌西", "3", said)
            unit.commit()
        expected = [(one.phrase, one.end_ms) for one in said]
        assert saying(engine, "南昌西", "3") == expected
        assert saying(engine, "南昌西", "4") == []
        assert verify(engine).problems == ()
    assert reads.report(engine, shift.shift_id).report.utterances == ()
