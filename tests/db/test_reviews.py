"""Reviews: drawn from what can be heard, decided once by who was not there, and never changed."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.exc import DBAPIError

from db import appeals, holds, month_scores, people, review_draws, review_rates, reviews, tables
from db.people_types import Grant, Reach, Role
from db.review_draws import NewDraw
from db.review_tables import ReviewItem
from db.reviews import DecidedError, Decision
from db.store import Store
from db.vault import Vault
from phrases.review import Drawn, Verdict, Why
from phrases.types import StepOutcome, StepResult
from tests.db import samples
from tests.db.altering import only_added_to

AT = dt.datetime(2026, 11, 25, 4, 20, tzinfo=dt.UTC)
DAY = dt.date(2026, 11, 24)
ONE = dt.timedelta(days=1)
WEEK = dt.timedelta(days=7)
ALL = Reach(everything=True)
WORDS = "没听到 🙂 <b>O'Brien\"; DROP TABLE review_item; --"


@pytest.fixture
def station(engine: Engine, vault: Vault) -> int:
    """The sample's station with a shift of which one fault can be heard, and another cannot."""
    with Store(engine, samples.SIGNER) as unit:
        unit.save(samples.identity(), samples.recording(), samples.report(), samples.clips(vault))
        unit.commit()
    with engine.connect() as connection:
        return connection.scalars(select(tables.Station.id)).one()


def person(connection: Connection, login: str = "inspector", **more: object) -> int:
    """Somebody who reviews."""
    grants: list[Grant] = more.pop("grants", [])  # type: ignore[assignment]
    return people.add(
        connection,
        login=login,
        name="somebody",
        password="!",
        grants=grants,
        at=AT,
        **more,  # type: ignore[arg-type]
    )


def drawn(connection: Connection, station: int, until: dt.date = DAY + ONE) -> int:
    """What can be reviewed of the day, drawn; how many."""
    found = review_draws.candidates(connection, station, DAY, until)
    new = NewDraw(
        station_id=station, since=DAY, until=until, size=9, findings=len(found), seed="0" * 32
    )
    every = tuple(Drawn(key=key, probability=0.5) for key, _, _ in found)
    return review_draws.keep_draw(
        connection, new, {Why.CHANCE: every, Why.COMPLAINT: every}, at=AT, due_at=AT + WEEK
    )


def item(connection: Connection, station: int) -> int:
    """The one review."""
    assert drawn(connection, station) == 1
    return connection.scalars(select(ReviewItem.id)).one()


def decision(by: int, verdict: Verdict = Verdict.CONFIRMED) -> Decision:
    """What somebody decides."""
    until = AT + WEEK if verdict is Verdict.CONFIRMED else None
    return Decision(
        person_id=by, verdict=verdict, appeal_until=until, reason=WORDS, heard="flow.received=50"
    )


def test_only_what_can_be_heard_is_drawn_and_once(engine: Engine, station: int) -> None:
    """A fault with a clip, of nobody's seat else; the same days are drawn from once."""
    with engine.begin() as connection:
        ((key, _, code),) = review_draws.candidates(connection, station, DAY, DAY + ONE)
        assert (key[1], key[2], code) == (0, 0, "missing.thanks")
        assert review_draws.candidates(connection, station, DAY + ONE, DAY + WEEK) == []
        assert drawn(connection, station) == 1
        assert review_draws.candidates(connection, station, DAY, DAY + ONE) == []
        assert drawn(connection, station) == 0
        assert drawn(connection, station, DAY + WEEK) == 0
        (row,) = reviews.page(
            connection, ALL, reviews.Wanted(open=True), now=AT, after=None, limit=9
        )
        assert (row["why"], row["probability"], row["clip"] is None) == (Why.CHANCE, 0.5, False)
        (line,) = review_draws.stations(connection)
        assert (line["until"], line["reviewers"]) == (DAY + WEEK, 0)
        person(connection, grants=[Grant(role=Role.INSPECTOR)])
        (line,) = review_draws.stations(connection)
        assert line["reviewers"] == 1


def test_what_was_drawn_is_held_until_a_year_after(engine: Engine, station: int) -> None:
    """Or, if nobody decided it in time, no longer."""
    with engine.begin() as connection:
        one = item(connection, station)
        grading = connection.scalars(select(tables.Grading.id)).one()
        assert holds.held(connection, [grading], AT + 100 * ONE)[grading].vehicles == {0}
        assert reviews.lapse(connection, AT + WEEK) == 0
        reviews.settle(connection, one, AT)
        assert holds.held(connection, [grading], AT + 364 * ONE)
        assert reviews.lapse(connection, AT + 8 * ONE) == 0
        reviews.settle(connection, one, AT - 366 * ONE)
        assert holds.held(connection, [grading], AT + ONE) == {}


def test_what_nobody_decides_lapses(engine: Engine, station: int) -> None:
    """It is held no longer, and the database itself takes no decision any more."""
    with engine.begin() as connection:
        one, by = item(connection, station), person(connection)
        grading = connection.scalars(select(tables.Grading.id)).one()
        later = AT + WEEK + dt.timedelta(seconds=1)
        assert reviews.lapse(connection, later) == 1
        assert holds.held(connection, [grading], later) == {}
        assert reviews.queue(connection, ALL, by, now=later, limit=9) == []
    with pytest.raises(DBAPIError, match="lapsed"), engine.begin() as connection:
        reviews.decide(connection, one, decision(by), later)


def test_one_of_two_wins_and_the_other_is_told(engine: Engine, station: int) -> None:
    """Who decided, when and how; what was decided first stays."""
    with engine.begin() as connection:
        one = item(connection, station)
        first, second = person(connection), person(connection, "second")
        reviews.decide(connection, one, decision(first), AT)
        with pytest.raises(DecidedError, match=r"by somebody at 2026-11-25T04:20:00Z: confirmed"):
            reviews.decide(connection, one, decision(second, Verdict.DISMISSED), AT + ONE)
        row = reviews.find(connection, ALL, one)
        assert row is not None
        assert (row["verdict"], row["decided_by"], row["reason"]) == (
            Verdict.CONFIRMED,
            first,
            WORDS,
        )


def test_two_at_the_same_moment(engine: Engine, station: int) -> None:
    """Over two connections of their own: one decision, and one who is told."""
    with engine.begin() as connection:
        one = item(connection, station)
        both = [person(connection, f"p{n}") for n in range(2)]
    gate = Barrier(2)

    def decide(by: int) -> str:
        gate.wait()
        try:
            with engine.begin() as connection:
                reviews.decide(connection, one, decision(by), AT)
        except DecidedError:
            return "told"
        return "won"

    with ThreadPoolExecutor(2) as two:
        assert sorted(two.map(decide, both)) == ["told", "won"]


@pytest.mark.parametrize("how", ["collector", "mate", "leader", "at work"])
def test_nobody_reviews_a_shift_that_they_were_on(engine: Engine, station: int, how: str) -> None:
    """Not its collector, nobody of the team, nor who was at work: it waits for others only."""
    with engine.begin() as connection:
        one = item(connection, station)
        collector, team = connection.execute(
            select(tables.Collector.id, tables.Collector.team_id)
        ).one()
        if how == "collector":
            by = person(connection, collector_id=collector)
        elif how == "leader":
            leads = Grant(role=Role.TEAM_LEADER, station_id=station, team_id=team)
            by = person(connection, grants=[leads])
        elif how == "mate":
            new = insert(tables.Collector).values(station_id=station, code="Z2", team_id=team)
            made = connection.execute(new.returning(tables.Collector.id)).scalar_one()
            by = person(connection, collector_id=made)
    if how == "at work":
        with Store(engine, samples.SIGNER) as unit:
            other = samples.identity(collector="Z0500", team="乙班", booth="9")
            unit.save(other, samples.recording("two"), samples.report())
            unit.commit()
        with engine.begin() as connection:
            own = select(tables.Collector.id).where(tables.Collector.code == "Z0500")
            by = person(connection, collector_id=connection.scalars(own).one())
    with engine.begin() as connection:
        assert reviews.was_there(connection, one, by)
        assert reviews.queue(connection, ALL, by, now=AT, limit=9) == []
        other_one = person(connection, "stranger")
        assert not reviews.was_there(connection, one, other_one)
        assert len(reviews.queue(connection, ALL, other_one, now=AT, limit=9)) == 1
    with pytest.raises(DBAPIError, match="on the shift"), engine.begin() as connection:
        reviews.decide(connection, one, decision(by), AT)


def test_nothing_is_changed_or_deleted(
    engine: Engine, station: int, subtests: pytest.Subtests
) -> None:
    """What was drawn and decided stays, whoever asks."""
    with engine.begin() as connection:
        one, by = item(connection, station), person(connection)
        reviews.decide(connection, one, decision(by), AT)
    only_added_to(
        engine,
        subtests,
        "DELETE FROM review_draw",
        "UPDATE review_draw SET seed = 'mine'",
        "DELETE FROM review_item",
        "UPDATE review_item SET probability = 1",
        "DELETE FROM review_decision",
        "UPDATE review_decision SET verdict = 'dismissed'",
        "UPDATE review_decision SET reason = 'another'",
        "UPDATE review_decision SET reason = '', person_id = 9",
        "UPDATE review_decision SET appeal_until = NULL",
    )


def test_words_go_and_the_decision_stays(engine: Engine, station: int) -> None:
    """When its days are over, or with the vehicle or the person that it is about."""
    with engine.begin() as connection:
        one, by = item(connection, station), person(connection)
        grading = connection.scalars(select(tables.Grading.id)).one()
        reviews.decide(connection, one, decision(by), AT)
        assert reviews.blank(connection, AT - ONE) == 0
        reviews.blank_of(connection, [grading], 7)
        (said,) = reviews.about(connection, connection.scalars(select(tables.Collector.id)).one())
        assert (said["reason"], said["verdict"]) == (WORDS, Verdict.CONFIRMED)
        reviews.blank_of(connection, [grading], 0)
        row = reviews.find(connection, ALL, one)
        assert row is not None
        assert (row["reason"], row["heard"], row["verdict"]) == ("", "", Verdict.CONFIRMED)
        assert reviews.blank(connection, AT) == 0


def test_rates_count_all_faults_and_what_was_judged(engine: Engine, station: int) -> None:
    """Both faults of the shift, and the one that was confirmed; of no other days."""
    with engine.begin() as connection:
        one, by = item(connection, station), person(connection)
        assert review_rates.judged(connection, station, DAY, DAY + ONE) == []
        reviews.decide(connection, one, decision(by), AT)
        assert review_rates.judged(connection, station, DAY, DAY + ONE) == [
            ("missing.thanks", True, 0.5)
        ]
        assert review_rates.faults(connection, station, DAY, DAY + ONE) == {"missing.thanks": 2}
        assert review_rates.faults(connection, station, DAY + ONE, DAY + WEEK) == {}


@pytest.mark.parametrize(
    ("verdict", "appealed", "expected"),
    [
        (Verdict.CONFIRMED, False, (0, 2, 0)),
        (Verdict.DISMISSED, False, (1, 1, 0)),
        (Verdict.CANNOT_TELL, False, (0, 1, 1)),
        (Verdict.CONFIRMED, True, (1, 1, 0)),
    ],
)
def test_a_month_is_scored_by_what_stands(
    engine: Engine, vault: Vault, verdict: Verdict, appealed: bool, expected: tuple[int, int, int]
) -> None:
    """What was dismissed or overturned was said; what could not be told is unsure."""
    missing = StepResult(step="thanks", mandatory=True, outcome=StepOutcome.MISSING)
    cars = tuple(samples.verdict(n, steps=(missing,)) for n in (1, 2))
    kept, _ = samples.clips(vault)
    with Store(engine, samples.SIGNER) as unit:
        report = samples.report(transactions=cars)
        unit.save(samples.identity(), samples.recording(), report, [kept])
        unit.commit()
    with engine.begin() as connection:
        station = connection.scalars(select(tables.Station.id)).one()
        one, by = item(connection, station), person(connection)
        reviews.decide(connection, one, decision(by, verdict), AT)
        if appealed:
            collector = connection.scalars(select(tables.Collector.id)).one()
            own = person(connection, "own", collector_id=collector)
            appeals.make(connection, one, own, "", at=AT, due_at=AT + WEEK)
            late = AT + WEEK + ONE
            appeals.answer(connection, one, None, "", granted=True, at=late)
        (shift,) = month_scores.shifts(connection, station, DAY, DAY + ONE)
        (steps,) = shift.steps
        assert (steps.said, steps.missing, steps.unsure) == expected
