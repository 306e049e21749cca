"""Appeals: the collector's own, in time, answered once by who had no part in it, and never lost."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from db import appeals, holds, people, review_rates, reviews, tables
from db.types import ConflictError
from phrases.review import Verdict
from tests.db import test_reviews
from tests.db.altering import only_added_to
from tests.db.test_reviews import ALL, AT, DAY, ONE, WEEK, decision, item, person

station = test_reviews.station
WORDS = "说了 🙂 <b>O'Brien\"; DROP TABLE appeal; --"


def confirmed(connection: Connection, station: int) -> tuple[int, int, int]:
    """A review that was confirmed, its collector's account, and the reviewer."""
    one, by = item(connection, station), person(connection)
    reviews.decide(connection, one, decision(by), AT)
    collector = connection.execute(tables.Collector.__table__.select()).one().id
    own = people.add(
        connection, login="own", name="x", password="!", grants=[], collector_id=collector, at=AT
    )
    return one, own, by


def appeal(connection: Connection, one: int, own: int, at: dt.datetime = AT) -> None:
    """The collector appeals."""
    appeals.make(connection, one, own, WORDS, at=at, due_at=at + WEEK)


def test_it_is_held_until_it_is_answered_and_a_year_more(engine: Engine, station: int) -> None:
    """And what was confirmed is not so any more, if the office says so."""
    with engine.begin() as connection:
        one, own, _ = confirmed(connection, station)
        reviews.settle(connection, one, AT)
        appeal(connection, one, own)
        assert holds.held(connection, [1], AT + 500 * ONE)
        wanted = reviews.Wanted(appealed=True)
        (row,) = reviews.page(connection, ALL, wanted, now=AT, after=None, limit=9)
        assert (row["appeal"], row["answer_due_at"]) == (WORDS, AT + WEEK)
        with pytest.raises(ConflictError, match="already"):
            appeal(connection, one, own)
        assert review_rates.judged(connection, station, DAY, DAY + ONE)[0][1] is True
        office = person(connection, "office")
        appeals.answer(connection, one, office, "听到了", granted=True, at=AT + ONE)
        assert review_rates.judged(connection, station, DAY, DAY + ONE)[0][1] is False
        assert reviews.page(connection, ALL, wanted, now=AT, after=None, limit=9) == []
        assert holds.held(connection, [1], AT + 365 * ONE)
        assert holds.held(connection, [1], AT + 367 * ONE) == {}


def test_what_nobody_answers_is_the_collectors_and_says_nothing(
    engine: Engine, station: int
) -> None:
    """Granted from its time on, by nobody; no rate is made of it."""
    with engine.begin() as connection:
        one, own, _ = confirmed(connection, station)
        appeal(connection, one, own)
        assert appeals.overdue(connection, AT + WEEK) == []
        late = AT + WEEK + dt.timedelta(seconds=1)
        (row,) = appeals.overdue(connection, late)
        assert row["item_id"] == one
        appeals.answer(connection, one, None, "", granted=True, at=late)
        assert appeals.overdue(connection, late) == []
        assert review_rates.judged(connection, station, DAY, DAY + ONE) == []
        with pytest.raises(ConflictError, match="nobody, for its time was over"):
            appeals.answer(connection, one, None, "", granted=True, at=late)


def test_two_who_answer_at_the_same_moment(engine: Engine, station: int) -> None:
    """Over connections of their own: one answers, the other is told who and when."""
    with engine.begin() as connection:
        one, own, _ = confirmed(connection, station)
        appeal(connection, one, own)
        both = [person(connection, f"office{n}") for n in range(2)]
    gate = Barrier(2)

    def work(by: int) -> str:
        gate.wait()
        try:
            with engine.begin() as connection:
                appeals.answer(connection, one, by, "听了", granted=False, at=AT)
        except ConflictError as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(2) as several:
        won, told = sorted(several.map(work, both))
    assert won == ""
    assert told == "answered already by somebody at 2026-11-25T04:20:00Z: refused"


@pytest.mark.parametrize(
    ("who", "late", "said"),
    [
        ("reviewer", False, "reviewed it or was on the shift"),
        ("own", False, "reviewed it or was on the shift"),
        ("office", True, "answers in time"),
        ("nobody", False, "answers in time"),
        ("nobody refuses", True, "ck_appeal_answer_named|CHECK"),
    ],
)
def test_the_database_refuses_any_other_answer(
    engine: Engine, station: int, who: str, late: bool, said: str
) -> None:
    """The reviewer's, the collector's own, one that is late, and one that nobody gave too early."""
    with engine.begin() as connection:
        one, own, reviewer = confirmed(connection, station)
        appeal(connection, one, own)
        people_ = {"reviewer": reviewer, "own": own, "office": person(connection, "office")}
    at = AT + 8 * ONE if late else AT
    granted = who != "nobody refuses"
    with pytest.raises(DBAPIError, match=said), engine.begin() as connection:
        appeals.answer(connection, one, people_.get(who), "x", granted=granted, at=at)


@pytest.mark.parametrize("what", ["another's", "late", "dismissed"])
def test_the_database_refuses_any_other_appeal(engine: Engine, station: int, what: str) -> None:
    """By anybody else, after its time, and against what is for the collector anyway."""
    with engine.begin() as connection:
        if what == "dismissed":
            one, by = item(connection, station), person(connection)
            reviews.decide(connection, one, decision(by, Verdict.DISMISSED), AT)
            collector = connection.execute(tables.Collector.__table__.select()).one().id
            own = person(connection, "own", collector_id=collector)
        else:
            one, own, reviewer = confirmed(connection, station)
            own = reviewer if what == "another's" else own
    at = AT + 8 * ONE if what == "late" else AT
    with (
        pytest.raises(DBAPIError, match=r"only the collector|nothing to appeal"),
        engine.begin() as connection,
    ):
        appeal(connection, one, own, at)


def test_nothing_is_changed_or_deleted(
    engine: Engine, station: int, subtests: pytest.Subtests
) -> None:
    """What was said and decided stays; words may go, with those of the review."""
    with engine.begin() as connection:
        one, own, _ = confirmed(connection, station)
        appeal(connection, one, own)
        appeals.answer(connection, one, person(connection, "office"), "听了", granted=False, at=AT)
    only_added_to(
        engine,
        subtests,
        "DELETE FROM appeal",
        "UPDATE appeal SET due_at = at",
        "UPDATE appeal SET text = 'another'",
        "DELETE FROM appeal_answer",
        "UPDATE appeal_answer SET granted = NOT granted",
        "UPDATE appeal_answer SET reason = '', person_id = NULL",
    )
    with engine.begin() as connection:
        reviews.blank_of(connection, [1], 0)
        row = reviews.find(connection, ALL, one)
        assert row is not None
        assert (row["appeal"], row["answer"], row["granted"]) == ("", "", False)
