"""Consequences: the database takes none without evidence that stands and somebody who answers."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert, select, text
from sqlalchemy.exc import DBAPIError

from db import appeals, checks, consequences, holds, reviews, ripe, tables
from db.check_types import NewCheck, Remark
from db.complaint_tables import Complaint, ComplaintEntry
from db.consequence_tables import AmountRule
from db.consequences import Decided, Evidence, NewRule, Proposal
from db.people_tables import Person
from db.people_types import Reach
from db.types import ConflictError
from phrases.checks import Method
from phrases.complaint import Channel, Event, Level
from phrases.consequences import Sanction, load
from phrases.review import Verdict
from phrases.types import Lane
from service import consequences as service
from service import standings as settled
from tests.db import test_doubles
from tests.db.altering import only_added_to
from tests.db.test_doubles import drawn as doubled
from tests.db.test_doubles import label, two
from tests.db.test_reviews import decision, item, person

AT, ONE, DAY = test_doubles.AT, test_doubles.ONE, test_doubles.DAY
CODE, ALL = test_doubles.CODE, test_doubles.ALL
LATER = AT + 8 * ONE
"""when the time to appeal is over"""
station = test_doubles.station
WORDS = "情节轻微 🙂 <b>O'Brien\"; DROP TABLE consequence; --"


@dataclass(kw_only=True)
class Case:
    """A finding, and who has to do with it."""

    review: int
    draw: int
    station: int
    collector: int
    own: int
    """the collector's account"""
    reviewer: int
    office: int
    sha256: str


@pytest.fixture
def case(engine: Engine, station: int) -> Case:
    """A confirmed finding of a phrase that is past advisory."""
    with engine.begin() as connection:
        both = two(connection)
        label(connection, doubled(connection, station, both[0], 200), both, Verdict.CONFIRMED)
        settled.settle(connection, station, CODE, AT)
        one, reviewer = item(connection, station), person(connection)
        reviews.decide(connection, one, decision(reviewer), AT)
        collector = connection.scalars(select(tables.Collector.id)).one()
        row = reviews.find(connection, ALL, one)
        assert row is not None
        return Case(
            review=one,
            draw=row["draw_id"],
            station=station,
            collector=collector,
            own=person(connection, "own", collector_id=collector),
            reviewer=reviewer,
            office=person(connection, "office"),
            sha256=row["clip"],
        )


def evidence(case: Case, **changes: Any) -> Evidence:
    """The finding as evidence."""
    values = {
        "item_id": case.review, "provision": "farewell", "sha256": case.sha256, "grading_id": 1,
        "vehicle_position": 0,
    }  # fmt: skip
    return Evidence(**{**values, **changes})


def proposed(connection: Connection, case: Case, at: dt.datetime = LATER, **changes: Any) -> int:
    """What is proposed of it."""
    new = Proposal(station_id=case.station, collector_id=case.collector, draw_id=case.draw)
    return consequences.propose(connection, new, ["farewell"], [evidence(case, **changes)], at)


def decided(
    connection: Connection, one: int, by: int, kind: Sanction | None = Sanction.CRITICISM,
    at: dt.datetime = LATER, **changes: Any,
) -> None:  # fmt: skip
    """What somebody decides."""
    values = {"amount_fen": None, "rule_number": None, "reason": WORDS, **changes}
    new = Decided(person_id=by, kind=kind, appeal_until=at + 7 * ONE, **values)
    consequences.decide(connection, one, new, at)


def switched(connection: Connection, case: Case, *, enabled: bool = True, after: int = 0) -> int:
    """Amounts on, or off."""
    new = NewRule(
        enabled=enabled, rule="第十二条", adopted_on=DAY, provision_fen=20_000,
        grave_least_fen=20_000, grave_most_fen=50_000, pay_fen=None, minimum_fen=None,
    )  # fmt: skip
    return consequences.set_rule(connection, case.station, after, new, case.office, LATER)


def test_what_stands_is_proposed_once_nothing_may_change(engine: Engine, case: Case) -> None:
    """Not while the collector may appeal; then once, with its clip, which is held."""
    rules = load()
    assert service.propose_due(engine, AT + 6 * ONE, rules) == 0
    assert service.propose_due(engine, LATER, rules) == 1
    assert service.propose_due(engine, LATER, rules) == 0
    with engine.begin() as connection:
        (row,) = consequences.page(connection, ALL, open=True, after=None, limit=9)
        assert (row["draw_id"], row["proposed_by"], row["collector"]) == (case.draw, None, "Z0107")
        assert consequences.provisions(connection, row["id"]) == ["farewell"]
        (proof,) = consequences.evidence(connection, row["id"])
        assert (proof["item_id"], proof["sha256"]) == (case.review, case.sha256)
        assert service.most(connection, row, rules, LATER).kind is Sanction.CRITICISM
        decided(connection, row["id"], case.office)
        assert [each.kind for each in consequences.past(connection, case.collector)] == [
            Sanction.CRITICISM
        ]
        assert holds.held(connection, [1], LATER + 370 * ONE)
        assert consequences.page(connection, ALL, open=True, after=None, limit=9) == []


def test_one_inspection_is_one_violation(engine: Engine, case: Case) -> None:
    """Whatever the number of vehicles: a second proposal of the draw is refused."""
    with engine.begin() as connection:
        proposed(connection, case)
        with pytest.raises(ConflictError, match="one violation"):
            proposed(connection, case)


@pytest.mark.parametrize(
    "why",
    ["too early", "other clip", "advisory", "dismissed", "appealed", "granted", "lapsed", "other"],
)
def test_evidence_that_does_not_stand_is_refused(engine: Engine, case: Case, why: str) -> None:
    """By the database, whoever writes: only a confirmed fault past advisory, with its clip."""
    changes: dict[str, Any] = {}
    at = LATER
    with engine.begin() as connection:
        match why:
            case "too early":
                at = AT + ONE
            case "other clip":
                changes = {"sha256": "0" * 64}
            case "advisory":
                both = list(connection.scalars(select(Person.id).order_by(Person.id).limit(2)))
                more = doubled(connection, case.station, both[0], test_doubles.VEHICLES)
                label(connection, more[200:], both, Verdict.DISMISSED)
                settled.settle(connection, case.station, CODE, AT)
            case "appealed" | "granted":
                appeals.make(connection, case.review, case.own, "", at=AT, due_at=AT + 20 * ONE)
                if why == "granted":
                    appeals.answer(connection, case.review, case.office, "x", granted=True, at=AT)
            case "dismissed" | "lapsed":
                again = text(
                    "INSERT INTO review_item SELECT 99, draw_id, grading_id, 1, 0, why, "
                    "probability, due_at, hold_id FROM review_item"
                )
                connection.execute(again)
                changes = {"item_id": 99, "vehicle_position": 1}
                if why == "dismissed":
                    by = decision(case.reviewer, Verdict.DISMISSED)
                    reviews.decide(connection, 99, by, AT)
            case "other":
                new = insert(tables.Collector).values(station_id=case.station, code="Z2")
                made = connection.execute(new.returning(tables.Collector.id)).scalar_one()
                case.collector = made
    with (
        pytest.raises(DBAPIError, match="evidence is a confirmed finding"),
        engine.begin() as connection,
    ):
        proposed(connection, case, at, **changes)


def test_nothing_follows_from_no_evidence(engine: Engine, case: Case) -> None:
    """Nor from a phrase that dropped meanwhile; that nothing follows can always be decided."""
    with engine.begin() as connection:
        new = Proposal(station_id=case.station, collector_id=case.collector, draw_id=case.draw)
        bare = consequences.propose(connection, new, ["farewell"], (), LATER)
    with pytest.raises(DBAPIError, match="bears it out"), engine.begin() as connection:
        decided(connection, bare, case.office)
    with engine.begin() as connection:
        decided(connection, bare, case.office, None)


def test_a_phrase_that_dropped_carries_nothing_any_more(engine: Engine, case: Case) -> None:
    """Also what was proposed before."""
    with engine.begin() as connection:
        one = proposed(connection, case)
        both = list(connection.scalars(select(Person.id).order_by(Person.id).limit(2)))
        more = doubled(connection, case.station, both[0], test_doubles.VEHICLES)
        label(connection, more[200:], both, Verdict.DISMISSED)
        settled.settle(connection, case.station, CODE, LATER)
    with pytest.raises(DBAPIError, match="bears it out"), engine.begin() as connection:
        decided(connection, one, case.office)


def test_whom_it_is_about_decides_nothing(engine: Engine, case: Case) -> None:
    """Nor their team; the trigger and the question say the same."""
    with engine.begin() as connection:
        one = proposed(connection, case)
        assert ripe.has_part(connection, one, case.own)
        assert not ripe.has_part(connection, one, case.office)
    for kind in (Sanction.CRITICISM, None):
        with pytest.raises(DBAPIError, match="has a part"), engine.begin() as connection:
            decided(connection, one, case.own, kind)


def test_two_who_decide_at_the_same_moment(engine: Engine, case: Case) -> None:
    """Over connections of their own: one decides, the other is told who and when."""
    with engine.begin() as connection:
        one = proposed(connection, case)
        both = [case.office, person(connection, "office2")]
    gate = Barrier(2)

    def work(by: int) -> str:
        gate.wait()
        try:
            with engine.begin() as connection:
                decided(connection, one, by)
        except ConflictError as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(2) as several:
        won, told = sorted(several.map(work, both))
    assert won == ""
    assert told == "decided already by somebody at 2026-12-03T04:20:00Z"


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("off", "amount wants the rule"),
        ("switched off again", "amount wants the rule"),
        ("too much", "amount wants the rule"),
        ("milder first", "amount wants the rule"),
        ("without a rule", "amount wants the rule"),
        ("without an amount", "consequence_decision_fine"),
        ("criticism", "consequence_decision_fine"),
    ],
)
def test_an_amount_wants_the_rule_in_force(engine: Engine, case: Case, how: str, said: str) -> None:
    """200 yuan by provision, after an admonition, by a rule that a named person cited."""
    with engine.begin() as connection:
        earlier = proposed(connection, case)
        mild = Sanction.CRITICISM if how == "milder first" else Sanction.ADMONITION
        decided(connection, earlier, case.office, mild)
        number = 0 if how == "off" else switched(connection, case)
        if how == "switched off again":
            switched(connection, case, enabled=False, after=1)
        check = checked(connection, case)
        new = Proposal(
            station_id=case.station, collector_id=case.collector, check_id=check,
            proposed_by=case.reviewer,
        )  # fmt: skip
        one = consequences.propose(connection, new, ["appearance"], (), LATER)
    values: dict[str, Any] = {
        "kind": Sanction.FINE,
        "amount_fen": 20_000,
        "rule_number": max(number, 1),
    }
    wrong: dict[str, dict[str, Any]] = {
        "too much": {"amount_fen": 40_000},
        "without a rule": {"rule_number": None},
        "without an amount": {"amount_fen": None},
        "criticism": {"kind": Sanction.CRITICISM},
    }
    with pytest.raises(DBAPIError, match=said), engine.begin() as connection:
        decided(connection, one, case.office, **{**values, **wrong.get(how, {})})
    if how == "too much":
        with engine.begin() as connection:
            decided(connection, one, case.office, **values)
            start = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
            rows = consequences.fines(connection, ALL, start, start + 31 * ONE)
            assert [row["amount_fen"] for row in rows] == [20_000]
            assert consequences.fines(connection, Reach(), start, start + 31 * ONE) == []
            assert consequences.fines(connection, ALL, start + 31 * ONE, start + 60 * ONE) == []


def checked(connection: Connection, case: Case, *, confirmed: bool = True) -> int:
    """A check by hand, that a second person stands by."""
    new = NewCheck(
        station_id=case.station, method=Method.SPOT, lane=Lane.EXIT, day=DAY, items="1",
        collector_id=case.collector, marks={"appearance.badge": (3.0, 0.0)}, text="未佩戴",
    )  # fmt: skip
    made = checks.add(connection, new, case.reviewer, AT)
    if confirmed:
        checks.remark(connection, made, 1, Remark.CONFIRMED, "属实", by=case.office, at=AT)
    return made


def test_a_check_wants_a_second_person(engine: Engine, case: Case) -> None:
    """And nobody who withdraws it; who wrote it does not decide."""
    with engine.begin() as connection:
        alone = checked(connection, case, confirmed=False)
        withdrawn, whole = checked(connection, case), checked(connection, case)
        checks.remark(connection, withdrawn, 2, Remark.WITHDRAWN, "误", by=case.reviewer, at=AT)
        assert [ripe.check_holds(connection, one) for one in (alone, withdrawn, whole)] == [
            False,
            False,
            True,
        ]

    def of(check: int) -> int:
        new = Proposal(
            station_id=case.station, collector_id=case.collector, check_id=check,
            proposed_by=case.reviewer,
        )  # fmt: skip
        with engine.begin() as connection:
            return consequences.propose(connection, new, ["appearance"], (), AT)

    for check in (alone, withdrawn):
        with pytest.raises(DBAPIError, match="wants a second person"):
            of(check)
    one = of(whole)
    with pytest.raises(DBAPIError, match="has a part"), engine.begin() as connection:
        decided(connection, one, case.reviewer)
    with engine.begin() as connection:
        checks.remark(connection, whole, 2, Remark.WITHDRAWN, "误", by=case.reviewer, at=AT)
    with pytest.raises(DBAPIError, match="bears it out"), engine.begin() as connection:
        decided(connection, one, case.office)


@pytest.mark.parametrize("proven", [True, False])
def test_a_complaint_wants_to_be_proven(engine: Engine, case: Case, proven: bool) -> None:
    """200 to 500 yuan for one that did harm in public; who answered it does not decide."""
    with engine.begin() as connection:
        made = connection.execute(
            insert(Complaint).values(
                station_id=case.station, channel=Channel.PRESS, received_at=AT, taken_at=AT,
                taken_by=case.reviewer, collector_id=case.collector, harm=True,
            ).returning(Complaint.id)
        ).scalar_one()  # fmt: skip
        connection.execute(
            insert(ComplaintEntry).values(
                complaint_id=made, number=1, at=AT, person_id=case.reviewer, event=Event.ANSWERED,
                level=Level.OFFICE, due_at=AT, answered_at=AT, proven=proven, apologised=True,
            )
        )  # fmt: skip
        rule = switched(connection, case)
    new = Proposal(
        station_id=case.station, collector_id=case.collector, complaint_id=made,
        proposed_by=case.reviewer,
    )  # fmt: skip
    if not proven:
        with pytest.raises(DBAPIError, match="to be proven"), engine.begin() as connection:
            consequences.propose(connection, new, ["complaint"], (), AT)
        return
    with engine.begin() as connection:
        one = consequences.propose(connection, new, ["complaint"], (), AT)
        assert ripe.has_part(connection, one, case.reviewer)
    for by, amount, said in (
        (case.reviewer, 30_000, "has a part"),
        (case.office, 50_001, "amount wants"),
        (case.office, 19_999, "amount wants"),
    ):
        with pytest.raises(DBAPIError, match=said), engine.begin() as connection:
            decided(connection, one, by, Sanction.FINE, amount_fen=amount, rule_number=rule)
    with engine.begin() as connection:
        decided(connection, one, case.office, Sanction.FINE, amount_fen=50_000, rule_number=rule)


def test_an_appeal_is_answered_by_another_or_granted(engine: Engine, case: Case) -> None:
    """In time by somebody who did not decide; later by nobody, and then it is past no more."""
    with engine.begin() as connection:
        one = proposed(connection, case)
        decided(connection, one, case.office)
    for by, at in ((case.office, LATER), (case.own, LATER + 8 * ONE)):
        with (
            pytest.raises(DBAPIError, match=r"only the collector|nothing to appeal"),
            engine.begin() as connection,
        ):
            consequences.appeal(connection, one, by, "", at=at, due_at=at + ONE)
    due = LATER + 7 * ONE
    with engine.begin() as connection:
        consequences.appeal(connection, one, case.own, WORDS, at=LATER, due_at=due)
        with pytest.raises(ConflictError, match="already"):
            consequences.appeal(connection, one, case.own, "", at=LATER, due_at=due)
    for answerer, at, said in (
        (case.office, LATER, "who decided it"),
        (case.own, LATER, "who decided it"),
        (None, LATER, "answers in time"),
        (case.reviewer, due + ONE, "answers in time"),
    ):
        with pytest.raises(DBAPIError, match=said), engine.begin() as connection:
            consequences.answer(connection, one, answerer, "x", granted=True, at=at)
    assert service.grant_overdue(engine, due) == 0
    assert service.grant_overdue(engine, due + ONE) == 1
    with engine.begin() as connection:
        assert consequences.past(connection, case.collector) == []
        with pytest.raises(ConflictError, match="nobody, for its time was over"):
            consequences.answer(connection, one, None, "", granted=True, at=due + ONE)
        (row,) = consequences.about(connection, case.collector)
        assert (row["kind"], row["granted"], row["appeal"]) == (Sanction.CRITICISM, True, WORDS)
        assert "decider" not in row
        consequences.blank_of(connection, case.collector)
        gone = consequences.find(connection, ALL, one)
        assert gone is not None
        assert (gone["reason"], gone["appeal"], gone["kind"]) == ("", "", Sanction.CRITICISM)


def test_nothing_is_changed_or_deleted(
    engine: Engine, case: Case, subtests: pytest.Subtests
) -> None:
    """What was proposed, cited and decided stays."""
    with engine.begin() as connection:
        one = proposed(connection, case)
        decided(connection, one, case.office)
        switched(connection, case)
    only_added_to(
        engine,
        subtests,
        "DELETE FROM amount_rule",
        "UPDATE amount_rule SET enabled = NOT enabled",
        "DELETE FROM consequence",
        "UPDATE consequence SET collector_id = 2",
        "DELETE FROM consequence_provision",
        "DELETE FROM consequence_evidence",
        "UPDATE consequence_evidence SET sha256 = 'x'",
        "DELETE FROM consequence_decision",
        "UPDATE consequence_decision SET kind = 'dismissal'",
        "UPDATE consequence_decision SET reason = 'another'",
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"rule": ""},
        {"adopted_on": None},
        {"provision_fen": 20_001},
        {"grave_most_fen": 50_001},
        {"grave_least_fen": 50_001},
    ],
)
def test_a_rule_is_cited_and_no_dearer_than_the_handbook(
    engine: Engine, station: int, changes: dict[str, Any]
) -> None:
    """Without its title or its day amounts stay off; 200 and 500 yuan are the most."""
    values = {
        "station_id": station, "number": 1, "at": AT, "enabled": True, "rule": "第十二条",
        "adopted_on": DAY, "provision_fen": 20_000, "grave_least_fen": 20_000,
        "grave_most_fen": 50_000,
    } | changes  # fmt: skip
    with engine.begin() as connection:
        by = person(connection)
    with pytest.raises(DBAPIError, match="ck_amount_rule"), engine.begin() as connection:
        connection.execute(insert(AmountRule).values(**values, person_id=by))
