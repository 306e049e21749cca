"""A booth in simulated time: its shifts are stored as they happen, and are what grading makes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from db import reads
from db.live_reads import left_out, saying
from db.types import NOBODY, StoredReport
from db.verify import verify
from phrases.types import GapReason, Heard, Lane, LaneLog, TimeSource
from service.bootstrap import Knowledge
from service.errors import BadInput, Failed
from service.hearing import SoFar
from service.lane_book import Flag
from service.live_seat import How, Sitter
from service.live_types import Judged, QueueDue, Seated, Unstored
from service.pipeline import Listened, judged
from tests.databases import with_tables
from tests.phrases.scene import event, hear
from tests.phrases.test_live import Shift, made
from tests.service.booths import TUESDAY, Booth, Clock, known, play

ANN, BEN = Sitter(collector="ann"), Sitter(collector="ben")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    """The data that ships."""
    return known(tmp_path_factory.mktemp("data"))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A database with its tables."""
    made_engine = with_tables(tmp_path / "booth.db")
    yield made_engine
    made_engine.dispose()


def stored(engine: Engine) -> dict[str, list[StoredReport]]:
    """The shifts by collector, in the order in which they began."""
    found: dict[str, list[StoredReport]] = {}
    for row in reversed(reads.shifts(engine)):
        found.setdefault(row.identity.collector, []).append(reads.report(engine, row.shift_id))
    return found


def graded(shift: Shift, data: Knowledge) -> tuple[object, ...]:
    """What `grade` makes of it."""
    report = judged(
        Listened(heard=shift.heard, gaps=shift.gaps, faint=shift.faint, until_ms=None),
        LaneLog(
            lane=Lane.EXIT,
            started_at=TUESDAY,
            time_source=TimeSource.GIVEN,
            events=shift.events,
        ),
        data,
        duration_ms=shift.duration_ms,
        model="fake",
    )
    return report.transactions, report.score, report.listened_ms, report.versions


@pytest.mark.parametrize(("seed", "events"), [(1, True), (2, True), (3, False)])
def test_a_shift_is_what_grading_makes_of_it(
    engine: Engine, data: Knowledge, seed: int, events: bool
) -> None:
    """Verdicts, score, time listened to: stored live, and graded from a recording."""
    shift = made(seed, events=events, vehicles=10)
    shift = replace(shift, duration_ms=shift.duration_ms // 500 * 500)
    booth = Booth(engine, data, lane_events=events)
    booth.keeper.start(ANN)
    booth.keeper.listening()
    play(
        booth,
        heard=shift.heard,
        gaps=shift.gaps,
        faint=shift.faint,
        events=shift.events or (),
        duration_ms=shift.duration_ms,
    )
    booth.keeper.finish()
    (live,) = stored(engine)["ann"]
    report = live.report
    assert (report.transactions, report.score, report.listened_ms, report.versions) == graded(
        shift, data
    )
    assert live.grading.complete
    assert report.duration_ms == shift.duration_ms
    assert sorted(report.gaps, key=lambda gap: gap.start_ms) == list(shift.gaps)
    assert verify(engine).problems == ()
    judged_live = [one for one in booth.told if isinstance(one, Judged)]
    assert [one.verdict for one in judged_live] == list(report.transactions)
    assert all(one.somebodys for one in judged_live)


SCENE = hear(
    [
        *("11 greet.hello", "13 flow.received=50", "15 flow.change=35", "17 ticket.take"),
        *("19 flow.thanks", "41 greet.hello", "43 flow.received=20", "45 flow.change=5"),
        *("47 ticket.take", "49 flow.thanks", "71 greet.hello", "73 flow.received=20"),
        *("75 flow.change=5", "77 ticket.take", "79 flow.thanks"),
    ]
)
EVENTS = [
    event(vehicle="A1", arrived=10, left=20, toll=15, tendered=50),
    event(vehicle="A2", arrived=40, left=50, toll=15, tendered=20),
    event(vehicle="A3", arrived=70, left=80, toll=15, tendered=20),
]


def test_what_is_being_said_is_stored_before_its_turn_is_over(
    engine: Engine, data: Knowledge
) -> None:
    """Beside the shifts, in the booth's time; a turn that a crash cut off leaves nothing."""
    (heard,) = hear(["11 greet.hello"])
    for run in range(2):
        booth = Booth(engine, data, lane_events=True)
        booth.keeper.start(ANN)
        booth.keeper.listening()
        base_ms = booth.keeper.now_ms
        assert bool(run) is bool(saying(engine, "s1", "b1"))
        booth.keeper.take([SoFar(matches=(), end_ms=1_000)])
        assert saying(engine, "s1", "b1") == []
        booth.keeper.take([SoFar(matches=heard.matches, end_ms=heard.end_ms)])
        (match,) = heard.matches
        assert saying(engine, "s1", "b1") == [("greet.hello", base_ms + match.end_ms)]
    booth.keeper.take([heard])
    assert saying(engine, "s1", "b1") == []


def begun(engine: Engine, data: Knowledge, clock: Clock | None = None) -> Booth:
    """A booth that listens, with a lane controller and nobody in it."""
    booth = Booth(engine, data, clock=clock, lane_events=True)
    booth.keeper.start()
    booth.keeper.listening()
    return booth


def part(booth: Booth, from_s: int, to_s: int) -> None:
    """Let so much of the scene happen."""
    start, end = from_s * 1_000, to_s * 1_000
    play(
        booth,
        heard=[one for one in SCENE if start <= one.start_ms < end],
        events=[one for one in EVENTS if start <= one.arrived_ms < end],
        from_ms=start,
        duration_ms=end,
    )


def vehicles(engine: Engine) -> dict[str, list[str]]:
    """The names of the vehicles by collector."""
    return {
        who: [str(t.vehicle) for shift in shifts for t in shift.report.transactions]
        for who, shifts in stored(engine).items()
    }


def test_words_only_propose(engine: Engine, data: Knowledge) -> None:
    """From 交班 to the login a vehicle is nobody's; nobody is charged with it."""
    booth = begun(engine, data)
    booth.keeper.login(ANN)
    part(booth, 0, 30)
    (word,) = hear(["30.5 handover.give"])
    booth.hear(word)
    assert booth.keeper.state.how is How.PROPOSAL
    part(booth, 30, 60)
    booth.keeper.login(BEN)
    part(booth, 60, 110)
    booth.keeper.finish()
    assert vehicles(engine) == {"ann": ["A1"], NOBODY: ["A2"], "ben": ["A3"]}
    assert all(shift.grading.complete for shifts in stored(engine).values() for shift in shifts)
    assert verify(engine).problems == ()
    hows = [one.how for one in booth.told if isinstance(one, Seated)]
    assert hows == [How.LOGIN, How.PROPOSAL, How.LOGIN]
    (nobodys,) = [one for one in booth.told if isinstance(one, Judged) and not one.somebodys]
    assert nobodys.verdict.vehicle == "A2"


def test_a_vehicle_over_a_relief_is_nobodys(engine: Engine, data: Knowledge) -> None:
    """One began it, another ended it."""
    booth = begun(engine, data)
    booth.keeper.login(ANN)
    part(booth, 0, 45)
    booth.keeper.relief(BEN)
    part(booth, 45, 110)
    booth.keeper.finish()
    assert vehicles(engine) == {"ann": ["A1"], "ben": ["A3"], NOBODY: ["A2"]}


def test_shifts_close_when_their_last_vehicle_is_judged(engine: Engine, data: Knowledge) -> None:
    """Not before, though somebody else sits there already."""
    booth = begun(engine, data)
    booth.keeper.login(ANN)
    part(booth, 0, 21)
    booth.keeper.logout()
    assert not stored(engine)["ann"][0].grading.complete
    part(booth, 21, 60)
    (shift,) = stored(engine)["ann"]
    assert shift.grading.complete
    assert [t.vehicle for t in shift.report.transactions] == ["A1"]
    assert shift.report.score.value == 100.0
    assert 20_500 <= shift.report.duration_ms <= 21_500


def test_not_me(engine: Engine, data: Knowledge) -> None:
    """A vehicle that is not theirs is kept and not counted; one that stands there too."""
    booth = begun(engine, data)
    with pytest.raises(BadInput, match="log in"):
        booth.keeper.not_me("A1")
    booth.keeper.login(ANN)
    part(booth, 0, 45)
    with pytest.raises(BadInput, match="no such vehicle"):
        booth.keeper.not_me("A9")
    booth.keeper.not_me("A1")
    booth.keeper.not_me("A2")
    part(booth, 45, 110)
    booth.keeper.finish()
    (row,) = reads.shifts(engine, collector="ann")
    assert (row.vehicles, row.compliant) == (1, 1)
    assert vehicles(engine)["ann"] == ["A1", "A2", "A3"]
    assert left_out(engine, 1) == {0, 1}
    assert verify(engine).problems == ()


@pytest.mark.parametrize("who", [NOBODY, "erased:1", "", "x" * 99])
def test_an_id_that_none_may_have(engine: Engine, data: Knowledge, who: str) -> None:
    """Refused, and nothing is changed."""
    booth = begun(engine, data)
    for seat in (booth.keeper.login, booth.keeper.relief):
        with pytest.raises(BadInput):
            seat(Sitter(collector=who))
    assert booth.keeper.state.how is How.START


def again(booth: Booth, engine: Engine, data: Knowledge) -> Booth:
    """The booth after its program was killed: what was in memory is gone."""
    after = Booth(engine, data, clock=booth.clock, lane_events=booth.place.lane_events)
    after.number = booth.number
    after.keeper.start()
    after.keeper.listening()
    return after


def moved(heard: Heard, ms: int) -> Heard:
    """As the ears tell it, that were opened at this moment."""
    matches = tuple(
        replace(m, start_ms=m.start_ms - ms, end_ms=m.end_ms - ms) for m in heard.matches
    )
    return replace(heard, start_ms=heard.start_ms - ms, end_ms=heard.end_ms - ms, matches=matches)


@pytest.mark.parametrize("at_s", range(5, 100, 15))
def test_it_goes_on_after_a_crash(engine: Engine, data: Knowledge, at_s: int) -> None:
    """At whatever moment: the time between is a gap, nothing is twice, and nothing is missing."""
    booth = begun(engine, data)
    booth.keeper.login(ANN)
    part(booth, 0, at_s)
    before = reads.shifts(engine)[0].vehicles
    booth.clock.pass_ms(4_000)
    after = again(booth, engine, data)
    assert after.keeper.state.sitter == ANN
    opened = (at_s + 4) * 1_000
    heard = [moved(one, opened) for one in SCENE if one.start_ms >= opened]
    origin = after.clock.now() - dt.timedelta(milliseconds=opened)
    for now in range(opened, 110_000, 500):
        for one in EVENTS:
            for at, kind in ((one.arrived_ms, "arrived"), (one.left_ms or 0, "left")):
                # What the lane said while nobody listened, it says again.
                if at_s * 1_000 <= at <= now and (at, kind, one.vehicle) not in said(after):
                    said(after).add((at, kind, one.vehicle))
                    more = {"toll": 15, "tendered": (one.tendered_fen or 0) // 100}
                    moment = origin + dt.timedelta(milliseconds=at)
                    after.say(kind, one.vehicle, moment, **(more if kind == "arrived" else {}))
        fit = [one for one in heard if now - 2_500 <= one.start_ms + opened < now - 2_000]
        after.hear(*fit, until_ms=now - opened)
        after.clock.pass_ms(500)
    after.keeper.finish()
    (shift,) = stored(engine)["ann"]
    names = [t.vehicle for t in shift.report.transactions]
    assert len(names) == len(set(names)) >= before
    assert set(names) == {"A1", "A2", "A3"}
    assert not [f for t in shift.report.transactions for f in t.findings if f.status == "fault"]
    (gap,) = [gap for gap in shift.report.gaps if gap.reason is GapReason.RESTART]
    assert gap.end_ms == opened
    assert opened - 40_000 <= gap.start_ms <= at_s * 1_000
    numbers = [one.utterance for one in shift.report.utterances]
    assert len(numbers) == len(set(numbers))
    assert verify(engine).problems == ()


def said(booth: Booth) -> set[tuple[int, str, int | str]]:
    """What the lane has said to it."""
    kept: set[tuple[int, str, int | str]] = booth.__dict__.setdefault("said", set())
    return kept


def test_nothing_is_lost_on_a_full_disk(engine: Engine, data: Knowledge) -> None:
    """What cannot be stored waits, is told, and is stored when there is room again."""
    booth = begun(engine, data)
    booth.keeper.login(ANN)
    part(booth, 0, 12)
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        connection.rollback()
    with pytest.raises(Failed, match="waits to be stored"):
        part(booth, 12, 60)
    assert booth.keeper.state.unstored
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
        connection.rollback()
    part(booth, 60, 110)
    booth.keeper.finish()
    problems = [one.problem for one in booth.told if isinstance(one, Unstored)]
    assert problems[0] is not None
    assert problems[-1] is None
    assert verify(engine).problems == ()
    assert vehicles(engine)["ann"] == ["A1", "A2", "A3"]


@pytest.mark.parametrize("by", [dt.timedelta(days=1), dt.timedelta(days=-1), None])
def test_a_clock_that_is_set(engine: Engine, data: Knowledge, by: dt.timedelta | None) -> None:
    """A day forward, a day back, to 1970: the order is kept, and nothing hangs on the clock."""
    booth = begun(engine, data)
    booth.keeper.login(ANN)
    part(booth, 0, 35)
    wall = booth.clock.wall
    booth.clock.set(by or dt.datetime(1970, 1, 1, tzinfo=dt.UTC) - wall)
    play(
        booth,
        heard=[one for one in SCENE if one.start_ms >= 35_000],
        events=[],
        from_ms=35_000,
        duration_ms=36_000,
    )
    assert not booth.keeper.state.clock_trusted
    booth.keeper.finish()
    (shift,) = stored(engine)["ann"]
    assert shift.report.time_source is TimeSource.FILE
    assert any("clock" in warning for warning in shift.report.warnings)
    assert shift.identity.started_at == TUESDAY
    assert shift.report.duration_ms == pytest.approx(36_000, abs=500)
    numbers = [one.start_ms for one in shift.report.utterances]
    assert numbers == sorted(numbers)


def test_a_clock_without_a_battery(engine: Engine, data: Knowledge) -> None:
    """It begins in 1970: nothing hangs on it from the start."""
    booth = begun(engine, data, Clock(dt.datetime(1970, 1, 1, tzinfo=dt.UTC)))
    assert not booth.keeper.state.clock_trusted
    booth.keeper.login(ANN)
    booth.keeper.finish()
    (shift,) = stored(engine)["ann"]
    assert shift.report.time_source is TimeSource.FILE


@pytest.mark.parametrize("keeps_time", [True, False])
def test_after_a_power_cut(engine: Engine, data: Knowledge, keeps_time: bool) -> None:
    """Another boot: the shift goes on; how long it was off is a gap, if a clock knows it."""
    booth = begun(engine, data)
    booth.keeper.login(ANN)
    part(booth, 0, 30)
    booth.clock.reboot(dt.timedelta(minutes=10), keeps_time=keeps_time)
    after = again(booth, engine, data)
    assert after.keeper.state.clock_trusted is keeps_time
    after.keeper.finish()
    (shift,) = stored(engine)["ann"]
    gaps = [gap for gap in shift.report.gaps if gap.reason is GapReason.RESTART]
    assert sum(gap.end_ms - gap.start_ms > 600_000 for gap in gaps) == keeps_time
    assert verify(engine).problems == ()


def test_the_lane_is_heard(engine: Engine, data: Knowledge) -> None:
    """Messages are kept once; what is wrong with one is flagged; a long queue is told."""
    booth = begun(engine, data)
    booth.keeper.login(ANN)
    part(booth, 0, 60)
    taken = booth.say("paid", "A1", booth.clock.now(), tendered=20)
    assert taken.flag is Flag.LATE
    assert left_out(engine, 1) == {0}
    assert booth.say("left", "Z", booth.clock.now()).flag is Flag.IMPOSSIBLE
    booth.number -= 1
    assert booth.say("left", "Z2", booth.clock.now()).flag is Flag.CONTRADICTORY
    booth.say("queue", None, booth.clock.now(), waiting=23)
    booth.say("queue", None, booth.clock.now(), waiting=24)
    assert [one.waiting for one in booth.told if isinstance(one, QueueDue)] == [23]
    state = booth.keeper.state
    assert state.averages.toll_s == 10.0
    assert state.lane_offset_ms == 0
    booth.keeper.finish()
    assert vehicles(engine)["ann"] == ["A1", "A2"]


def test_a_repeated_message_is_taken_once(engine: Engine, data: Knowledge) -> None:
    """Before and after a restart."""
    booth = begun(engine, data)
    now = booth.clock.now()
    assert not booth.say("arrived", 1, now).repeated
    for _ in range(2):
        booth.number -= 1
        assert booth.say("arrived", 1, now).repeated
    booth = again(booth, engine, data)
    booth.number -= 1
    assert booth.say("arrived", 1, now).repeated


def test_a_lane_that_is_not_set_up(engine: Engine, data: Knowledge) -> None:
    """Its messages are refused: vehicles are inferred from the speech."""
    booth = Booth(engine, data, lane_events=False)
    booth.keeper.start(ANN)
    with pytest.raises(BadInput, match="no lane controller"):
        booth.say("arrived", 1, booth.clock.now())
