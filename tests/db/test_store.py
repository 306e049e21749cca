"""Gradings are stored whole or not at all, added and never overwritten."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import replace
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, delete, event, func, select, text, update
from sqlalchemy.exc import IntegrityError

from db import reads, tables
from db.columns import Base
from db.store import Store, kept
from db.types import StoreError
from phrases.types import Decision, ShiftReport, Side, TimeSource
from tests.db import samples
from tests.postgres import Postgres

SECRET = "昨天他说的话"


def save(engine: Engine, report: ShiftReport | None = None, **changes: object) -> str:
    """Store one grading of the sample shift."""
    with Store(engine, samples.SIGNER) as unit:
        shift = unit.save(
            samples.identity(**changes), samples.recording(), report or samples.report()
        )
        unit.commit()
    return shift


def count(engine: Engine, table: type[Base]) -> int:
    """Rows of a table."""
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def counts(engine: Engine) -> dict[str, int]:
    """Rows of every table."""
    with engine.connect() as connection:
        return {
            name: connection.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
        }


def test_what_is_stored_comes_back(engine: Engine) -> None:
    """A report is read exactly as it was graded, down to the zone of its start."""
    report = samples.report()
    back = reads.report(engine, save(engine, report))
    assert back.report == report
    assert back.report.started_at.utcoffset() == dt.timedelta(hours=8)
    assert back.identity == samples.identity()
    assert back.identity.started_at.utcoffset() == dt.timedelta(hours=8)
    assert back.recording == samples.recording()
    assert [type(verdict.vehicle) for verdict in back.report.transactions] == [int, str, str]


def test_a_shift_in_which_nothing_happened_comes_back(engine: Engine) -> None:
    """No vehicles, no speech, no score."""
    score = replace(samples.report().score, value=None, low=None, high=None)
    report = samples.report(transactions=(), utterances=(), gaps=(), warnings=(), score=score)
    assert reads.report(engine, save(engine, report)).report == report


@pytest.mark.parametrize(
    "zone", [dt.UTC, dt.timezone(dt.timedelta(hours=-3, minutes=-30)), samples.CHINA]
)
def test_starts_are_kept_in_utc(engine: Engine, zone: dt.timezone) -> None:
    """Whatever the site's clock shows, the database has the instant."""
    start = samples.START.astimezone(zone)
    shift = save(engine, samples.report(started_at=start), started_at=start)
    shown = "to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')"
    if engine.dialect.name == "sqlite":
        shown = "substr(started_at, 1, 19)"
    with engine.connect() as connection:
        raw = connection.scalar(text(f"SELECT {shown} FROM shift"))
    assert raw == "2026-11-24 02:00:00"
    assert reads.report(engine, shift).report.started_at.isoformat() == start.isoformat()


def test_grading_again_adds_a_grading(engine: Engine) -> None:
    """Nothing else is doubled, and the newer grading is shown."""
    shift = save(engine)
    before = counts(engine)
    newer = samples.report(warnings=("another",))
    assert save(engine, newer) == shift
    after = counts(engine)
    for table in ("station", "booth", "team", "collector", "shift", "recording", "part"):
        assert after[table] == before[table]
    assert after["grading"] == 2
    assert after["vehicle"] == 2 * before["vehicle"]
    shown = reads.report(engine, shift)
    assert (shown.grading.number, shown.grading.of) == (2, 2)
    assert shown.report == newer
    assert reads.report(engine, shift, grading=1).report == samples.report()


def test_a_stopped_run_hides_no_finished_one(engine: Engine) -> None:
    """The newest complete grading is shown, and the newest of all while none is complete."""
    stopped = samples.report(complete=False, transactions=samples.report().transactions[:1])
    shift = save(engine, stopped)
    assert reads.report(engine, shift).report == stopped
    save(engine)
    save(engine, stopped)
    shown = reads.report(engine, shift).grading
    assert (shown.number, shown.of, shown.complete) == (2, 3, True)
    (listed,) = reads.shifts(engine)
    assert listed.grading == shown
    assert listed.vehicles == 3


def test_a_start_guessed_from_the_file_makes_no_second_shift(engine: Engine) -> None:
    """Copying a file changes its time; the same recording stays the same shift."""
    guessed = samples.report(time_source=TimeSource.FILE)
    first = save(engine, guessed)
    later = samples.START + dt.timedelta(days=3)
    copied = replace(guessed, started_at=later)
    assert save(engine, copied, started_at=later) == first
    assert reads.report(engine, first).report == copied
    assert save(engine, replace(copied, time_source=TimeSource.GIVEN), started_at=later) != first
    assert save(engine, copied, started_at=later, collector="0108") != first


def test_without_commit_nothing_is_kept(engine: Engine) -> None:
    """Leaving the block early leaves the database as it was."""
    with Store(engine, samples.SIGNER) as unit:
        unit.save(samples.identity(), samples.recording(), samples.report())
    assert not any(counts(engine).values())


def test_an_exception_keeps_nothing_since_the_last_commit(engine: Engine) -> None:
    """Ctrl-C in the middle of storing leaves whole gradings only."""

    def interrupted() -> None:
        with Store(engine, samples.SIGNER) as unit:
            unit.save(samples.identity(), samples.recording(), samples.report())
            unit.commit()
            unit.save(samples.identity(booth="4"), samples.recording(), samples.report())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    (only,) = reads.shifts(engine)
    assert only.identity.booth == "3"


def test_the_clock_is_the_callers(engine: Engine) -> None:
    """When a grading was made is said by the clock that was given."""
    now = dt.datetime(2026, 12, 1, 7, 0, tzinfo=samples.CHINA)
    with Store(engine, samples.SIGNER, clock=lambda: now) as unit:
        shift = unit.save(samples.identity(), samples.recording(), samples.report())
        unit.commit()
    created = reads.report(engine, shift).grading.created_at
    assert created == now
    assert created.tzinfo is dt.UTC


def test_far_speech_is_kept_without_words() -> None:
    """Of a driver, only that somebody spoke."""
    far = kept(samples.heard(side=Side.FAR, text=SECRET))
    assert (far.text, far.matches) == (None, ())
    assert (far.start_ms, far.end_ms) == (3_000, 6_000)


def test_near_speech_that_matches_nothing_is_kept_without_words() -> None:
    """A collector's private words are nobody's business."""
    assert kept(samples.heard(text=SECRET, matches=())).text is None
    rejected = samples.match(text=SECRET, decision=Decision.REJECTED)
    assert kept(samples.heard(text=SECRET, matches=(rejected,))).text is None
    assert kept(samples.heard(text=SECRET, matches=(rejected,))).matches == ()
    assert kept(samples.heard()) == samples.heard()


def test_withheld_words_are_nowhere_in_the_database(sqlite_engine: Engine) -> None:
    """Not in any table, index or page of the file."""
    quiet = (
        samples.heard(side=Side.FAR, text=SECRET),
        samples.heard(utterance=1, text=SECRET, matches=()),
    )
    save(sqlite_engine, samples.report(utterances=quiet))
    with sqlite_engine.connect() as connection:
        dump = "\n".join(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]
    assert SECRET not in dump
    assert "收您五十元" in dump


def test_teams_belong_to_shifts_and_to_collectors(engine: Engine) -> None:
    """A shift keeps its team; one without takes the collector's latest."""
    day = dt.timedelta(days=1)
    save(engine, team="乙班", started_at=samples.START + day)
    save(engine, team="甲班")
    save(engine, team=None, started_at=samples.START + 2 * day)
    teams = [row.identity.team for row in reads.shifts(engine)]
    assert teams == ["乙班", "乙班", "甲班"]


def test_grading_again_without_a_team_keeps_it(engine: Engine) -> None:
    """Leaving the team out is not taking it away."""
    save(engine, team="甲班")
    shift = save(engine, team=None)
    assert reads.report(engine, shift).identity.team == "甲班"


@pytest.mark.parametrize(
    ("report", "where"),
    [
        (samples.report(warnings=(f"{SECRET}\0",)), r"grading\.warnings holds a NUL"),
        (samples.report(transactions=(samples.verdict("赣\0"),)), r"vehicle\.vehicle holds a NUL"),
        (
            samples.report(utterances=(samples.heard(text="\ud800" + SECRET),)),
            r"utterance\.text holds a character",
        ),
        (
            samples.report(
                utterances=(samples.heard(matches=(samples.match(slots={"a": "\0"}),)),)
            ),
            r"match\.slots holds a NUL",
        ),
        (
            samples.report(utterances=(samples.heard(snr_db=float("nan")),)),
            r"utterance\.snr_db is not a number",
        ),
    ],
)
def test_values_that_cannot_be_kept_are_named(
    engine: Engine, report: ShiftReport, where: str
) -> None:
    """PostgreSQL refuses NUL and SQLite loses NaN: both refuse them clearly, quoting nothing."""
    with Store(engine, samples.SIGNER) as unit, pytest.raises(StoreError, match=where) as caught:
        unit.save(samples.identity(), samples.recording(), report)
    assert SECRET not in str(caught.value)


def test_infinite_scores_come_back(engine: Engine) -> None:
    """A log-probability may be minus infinity."""
    odd = samples.heard(matches=(samples.match(acoustic_score=float("-inf")),))
    report = samples.report(utterances=(odd,))
    assert reads.report(engine, save(engine, report)).report == report


def test_a_full_disk_keeps_what_was_stored(sqlite_engine: Engine) -> None:
    """The shift that does not fit leaves no trace, and those before it stay."""
    shift = save(sqlite_engine)
    with sqlite_engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 5}")
    before = counts(sqlite_engine)
    with pytest.raises(StoreError, match=r"disk is full.*what was stored before is safe"):
        save(sqlite_engine, samples.long_report(200, 1_000), booth="4")
    assert counts(sqlite_engine) == before
    assert reads.report(sqlite_engine, shift).report == samples.report()
    with sqlite_engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    save(sqlite_engine, booth="4")


@pytest.mark.parametrize(
    ("code", "said"), [("53100", "server's disk is full"), ("57P01", "shutting down")]
)
def test_a_server_that_refuses_keeps_what_was_stored(
    postgres: Postgres, opened: Callable[[str], Engine], code: str, said: str
) -> None:
    """PostgreSQL's refusal in the middle of a shift is told by its code, and undone whole."""
    engine = opened(postgres.new_database())
    shift = save(engine)
    with engine.begin() as connection:
        connection.execute(
            text(
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{SECRET}' USING ERRCODE = '{code}'; END $$"
            )
        )
        connection.execute(
            text("CREATE TRIGGER t BEFORE INSERT ON match FOR EACH ROW EXECUTE FUNCTION refuse()")
        )
    before = counts(engine)
    with pytest.raises(StoreError, match=said) as caught:
        save(engine, booth="4")
    assert SECRET not in str(caught.value)
    assert counts(engine) == before
    assert reads.report(engine, shift).report == samples.report()


def test_errors_and_logs_quote_nothing(
    url: str, opened: Callable[[str], Engine], caplog: pytest.LogCaptureFixture
) -> None:
    """A row that the database refuses is not in the error, nor in a log above DEBUG."""
    caplog.set_level(logging.INFO, "sqlalchemy.engine")
    engine = opened(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE UNIQUE INDEX once ON utterance (text)"))
    twice = (samples.heard(text=SECRET), samples.heard(text=SECRET, utterance=1))
    with pytest.raises(StoreError, match="refused a statement") as caught:
        save(engine, samples.report(utterances=twice))
    assert caught.value.__suppress_context__
    assert SECRET not in str(caught.value)
    assert "INSERT INTO utterance" in caplog.text
    assert SECRET not in caplog.text


def test_two_writers_of_one_shift_number_after_one_another(
    postgres: Postgres, opened: Callable[[str], Engine]
) -> None:
    """On PostgreSQL, machines that grade the same shift at once each add a grading."""
    url = postgres.new_database()
    engines = [opened(url) for _ in range(4)]
    start = Barrier(len(engines))

    def write(engine: Engine) -> None:
        start.wait()
        save(engine)

    threads = [Thread(target=write, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(engines[0], tables.Shift) == 1
    assert count(engines[0], tables.Part) == 2
    with engines[0].connect() as connection:
        numbers = connection.scalars(select(tables.Grading.number).order_by("number")).all()
    assert numbers == [1, 2, 3, 4]


def test_a_long_shift_takes_no_more_statements_than_a_short_one(engine: Engine) -> None:
    """Else the eight hours of a shift would take minutes to store."""
    sent = 0

    def note(*_: object) -> None:
        nonlocal sent
        sent += 1

    event.listen(engine, "before_cursor_execute", note)
    counts = []
    for number, (vehicles, utterances) in enumerate([(2, 2), (300, 2_000)]):
        sent = 0
        start = samples.START + dt.timedelta(hours=number)
        shift = save(engine, samples.long_report(vehicles, utterances), started_at=start)
        assert len(reads.report(engine, shift).report.utterances) == utterances
        counts.append(sent)
    assert counts[1] <= counts[0] + 40


def test_an_id_that_is_another_shifts_is_refused(engine: Engine) -> None:
    """Two shifts never merge, even if their ids should meet."""
    save(engine)
    with engine.begin() as connection:
        other = samples.START + dt.timedelta(hours=1)
        connection.execute(update(tables.Shift).values(started_at=other))
    with pytest.raises(StoreError, match="another shift's"):
        save(engine)


def test_erasing_a_grading_erases_what_is_below_it(engine: Engine) -> None:
    """The database itself takes the rest along."""
    save(engine)
    with engine.begin() as connection:
        connection.execute(delete(tables.Grading))
    left = counts(engine)
    assert not any(
        left[table.__tablename__] for table in (tables.Vehicle, tables.Match, tables.Gap)
    )


def test_a_store_is_used_in_a_with_statement(engine: Engine) -> None:
    """Outside of one there is nothing to save into."""
    with pytest.raises(RuntimeError, match="with statement"):
        Store(engine, samples.SIGNER).commit()


def test_the_database_refuses_unknown_values(engine: Engine) -> None:
    """A reason that the program does not know cannot be put in by hand either."""
    save(engine)
    row = "INSERT INTO gap SELECT id, 99, 0, 1, 'bored' FROM grading"
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(text(row))
