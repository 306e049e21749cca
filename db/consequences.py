"""Keep consequences: what is proposed and on what, what a named person decided, and the appeal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, insert, or_, select, update
from sqlalchemy.orm import aliased

from db import holds, tables
from db.complaint_tables import Complaint
from db.consequence_tables import (
    AmountRule,
    Consequence,
    ConsequenceAnswer,
    ConsequenceAppeal,
    ConsequenceDecision,
    ConsequenceEvidence,
    ConsequenceProvision,
)
from db.insert import insert_new
from db.keeping_tables import HoldReason
from db.people_tables import Person
from db.people_types import Reach
from db.reach import within
from db.review_tables import ReviewItem
from db.reviews import same_finding
from db.types import ConflictError
from phrases.consequences import Past, Sanction


@dataclass(frozen=True, kw_only=True, slots=True)
class NewRule:
    """That amounts are switched on, by what rule, or off."""

    enabled: bool
    rule: str
    adopted_on: dt.date | None
    provision_fen: int
    grave_least_fen: int
    grave_most_fen: int
    pay_fen: int | None
    minimum_fen: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """A finding that stands."""

    item_id: int
    provision: str
    sha256: str
    grading_id: int
    vehicle_position: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """What is proposed, of one inspection."""

    station_id: int
    collector_id: int
    draw_id: int | None = None
    check_id: int | None = None
    complaint_id: int | None = None
    proposed_by: int | None = None
    """None: the program"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Decided:
    """What a named person decides."""

    person_id: int
    kind: Sanction | None
    """None: nothing follows"""
    amount_fen: int | None
    rule_number: int | None
    appeal_until: dt.datetime
    reason: str


def set_rule(
    connection: Connection, station_id: int, after: int, new: NewRule, by: int, at: dt.datetime
) -> int:
    """Switch amounts on or off after the rule `after`; its number. ConflictError if it is not."""
    values = {field.name: getattr(new, field.name) for field in fields(new)}
    row = {"station_id": station_id, "number": after + 1, "at": at, "person_id": by, **values}
    made: int | None = connection.execute(
        insert_new(connection, AmountRule).values(row).returning(AmountRule.number)
    ).scalar_one_or_none()
    if made is None:
        raise ConflictError("somebody else has changed it meanwhile: look again")
    return made


def rules(connection: Connection, station_id: int) -> Sequence[RowMapping]:
    """What was ever said of a station's amounts, the last first, and by whom."""
    own = AmountRule
    query = (
        select(own.__table__, Person.name.label("person"))
        .join(Person, Person.id == own.person_id)
        .where(own.station_id == station_id)
        .order_by(own.number.desc())
    )
    return connection.execute(query).mappings().all()


def propose(
    connection: Connection,
    new: Proposal,
    provisions: Collection[str],
    evidence: Sequence[Evidence],
    at: dt.datetime,
) -> int:
    """Write down a proposal, and hold what it rests on; its id.

    ConflictError if there is one of the same inspection: it is one violation.
    """
    row = {field.name: getattr(new, field.name) for field in fields(new)}
    made: int | None = connection.execute(
        insert_new(connection, Consequence).values(**row, proposed_at=at).returning(Consequence.id)
    ).scalar_one_or_none()
    if made is None:
        raise ConflictError("there is a proposal of this inspection: all of it is one violation")
    for provision in sorted(set(provisions)):
        connection.execute(
            insert(ConsequenceProvision).values(consequence_id=made, provision=provision)
        )
    for one in evidence:
        hold = holds.place(
            connection,
            one.grading_id,
            one.vehicle_position,
            reason=HoldReason.CONSEQUENCE,
            by="program" if new.proposed_by is None else str(new.proposed_by),
            at=at,
        )
        connection.execute(
            insert(ConsequenceEvidence).values(
                item_id=one.item_id,
                consequence_id=made,
                provision=one.provision,
                sha256=one.sha256,
                hold_id=hold,
            )
        )
    return made


def decide(connection: Connection, one: int, new: Decided, at: dt.datetime) -> None:
    """Write down what was decided. ConflictError says who has meanwhile, and when."""
    row = {field.name: getattr(new, field.name) for field in fields(new)}
    own = ConsequenceDecision
    made = connection.execute(
        insert_new(connection, own)
        .values(consequence_id=one, at=at, imposed=new.kind is not None, **row)
        .returning(own.consequence_id)
    ).scalar_one_or_none()
    if made is None:
        _taken(connection, own, one, "decided")
    _settle(connection, one, at if new.kind is None else new.appeal_until)


def appeal(
    connection: Connection, one: int, by: int, text: str, *, at: dt.datetime, due_at: dt.datetime
) -> None:
    """Write down that whom it is about does not accept it. ConflictError if it is there."""
    own = ConsequenceAppeal
    made = connection.execute(
        insert_new(connection, own)
        .values(consequence_id=one, person_id=by, at=at, due_at=due_at, text=text)
        .returning(own.consequence_id)
    ).scalar_one_or_none()
    if made is None:
        raise ConflictError("you have appealed against it already")
    for hold in _held(connection, one):
        holds.unsettle(connection, hold)


def answer(
    connection: Connection, one: int, by: int | None, reason: str, *, granted: bool, at: dt.datetime
) -> None:
    """Write down what became of the appeal. ConflictError says who was before, and when."""
    own = ConsequenceAnswer
    made = connection.execute(
        insert_new(connection, own)
        .values(consequence_id=one, person_id=by, at=at, granted=granted, reason=reason)
        .returning(own.consequence_id)
    ).scalar_one_or_none()
    if made is None:
        _taken(connection, own, one, "answered")
    _settle(connection, one, at)


def find(connection: Connection, reach: Reach, one: int) -> RowMapping | None:
    """One of them with what was decided; None: there is none within reach."""
    query = _listed().where(_reached(reach), Consequence.id == one)
    return connection.execute(query).mappings().one_or_none()


def page(
    connection: Connection,
    reach: Reach,
    *,
    station: str | None = None,
    collector: str | None = None,
    open: bool | None = None,
    appealed: bool = False,
    after: int | None,
    limit: int,
) -> Sequence[RowMapping]:
    """Consequences, the newest first; `open`: whether nobody has decided yet."""
    query = _listed().where(_reached(reach))
    if station is not None:
        query = query.where(tables.Station.code == station)
    if collector is not None:
        query = query.where(tables.Collector.code == collector)
    if open is not None:
        undecided = ConsequenceDecision.consequence_id.is_(None)
        query = query.where(undecided if open else ~undecided)
    if appealed:
        waits = ConsequenceAnswer.consequence_id.is_(None)
        query = query.where(ConsequenceAppeal.consequence_id.is_not(None), waits)
    if after is not None:
        query = query.where(Consequence.id < after)
    return connection.execute(query.order_by(Consequence.id.desc()).limit(limit)).mappings().all()


def provisions(connection: Connection, one: int) -> list[str]:
    """What was broken."""
    own = ConsequenceProvision
    query = select(own.provision).where(own.consequence_id == one).order_by(own.provision)
    return list(connection.scalars(query))


def evidence(connection: Connection, one: int) -> Sequence[RowMapping]:
    """The findings that it rests on."""
    own, item, found = ConsequenceEvidence, ReviewItem, tables.Finding
    query = (
        select(own.item_id, own.provision, own.sha256, found.code, tables.Grading.shift_id)
        .add_columns(item.vehicle_position)
        .join(item, item.id == own.item_id)
        .join(found, same_finding(item))
        .join(tables.Grading, tables.Grading.id == item.grading_id)
        .where(own.consequence_id == one)
        .order_by(own.item_id)
    )
    return connection.execute(query).mappings().all()


def past(connection: Connection, collector_id: int) -> list[Past]:
    """What was imposed on somebody and was not overturned."""
    done, answered = ConsequenceDecision, ConsequenceAnswer
    query = (
        select(Consequence.id, done.at, done.kind)
        .join(done, done.consequence_id == Consequence.id)
        .outerjoin(answered, answered.consequence_id == Consequence.id)
        .where(
            Consequence.collector_id == collector_id,
            done.kind.is_not(None),
            or_(answered.granted.is_(None), answered.granted.is_(False)),
        )
    )
    return [
        Past(at=row.at, kind=row.kind, provisions=frozenset(provisions(connection, row.id)))
        for row in connection.execute(query).all()
        if row.kind is not None
    ]


def fines(
    connection: Connection, reach: Reach, since: dt.datetime, until: dt.datetime
) -> Sequence[RowMapping]:
    """Fines decided in a period that were not overturned, with the time to appeal of each."""
    done, answered, tried = ConsequenceDecision, ConsequenceAnswer, ConsequenceAppeal
    query = (
        select(
            Consequence.id,
            Consequence.collector_id,
            Consequence.station_id,
            tables.Station.code.label("station"),
            tables.Collector.code.label("collector"),
            done.at,
            done.amount_fen,
            done.appeal_until,
            tried.at.label("appealed_at"),
            answered.granted,
        )
        .join(done, done.consequence_id == Consequence.id)
        .join(tables.Station, tables.Station.id == Consequence.station_id)
        .join(tables.Collector, tables.Collector.id == Consequence.collector_id)
        .outerjoin(tried, tried.consequence_id == Consequence.id)
        .outerjoin(answered, answered.consequence_id == Consequence.id)
        .where(
            within(reach, station=Consequence.station_id),
            done.amount_fen.is_not(None),
            done.at >= since,
            done.at < until,
            or_(answered.granted.is_(None), answered.granted.is_(False)),
        )
        .order_by(tables.Station.code, tables.Collector.code, done.at)
    )
    return connection.execute(query).mappings().all()


def overdue(connection: Connection, now: dt.datetime) -> Sequence[RowMapping]:
    """Appeals that nobody answered in time."""
    own = ConsequenceAppeal
    query = (
        select(Consequence.id, Consequence.collector_id, Consequence.station_id)
        .join(own, own.consequence_id == Consequence.id)
        .outerjoin(ConsequenceAnswer, ConsequenceAnswer.consequence_id == Consequence.id)
        .where(own.due_at < now, ConsequenceAnswer.consequence_id.is_(None))
        .order_by(Consequence.id)
    )
    return connection.execute(query).mappings().all()


def about(connection: Connection, collector_id: int) -> Sequence[RowMapping]:
    """All that was proposed against a collector, without who did or decided it."""
    apart = {"owner", "decider", "answered_by", "proposed_by", "decided_by"}
    query = _listed().where(Consequence.collector_id == collector_id).order_by(Consequence.id)
    names = [column.name for column in query.selected_columns if column.name not in apart]
    rows = query.subquery()
    return connection.execute(select(*(rows.c[name] for name in names))).mappings().all()


def blank(connection: Connection, before: dt.datetime) -> int:
    """Let the words go of what was decided by then; of how many."""
    return _blank(connection, ConsequenceDecision.at <= before)


def blank_of(connection: Connection, collector_id: int) -> None:
    """Let the words go of what was decided about somebody."""
    own = select(Consequence.id).where(Consequence.collector_id == collector_id)
    _blank(connection, ConsequenceDecision.consequence_id.in_(own))


def _blank(connection: Connection, which: Any) -> int:
    own = ConsequenceDecision
    listed = list(connection.scalars(select(own.consequence_id).where(which)))
    words: tuple[tuple[Any, Any], ...] = (
        (ConsequenceAppeal, ConsequenceAppeal.text),
        (ConsequenceAnswer, ConsequenceAnswer.reason),
    )
    for start in range(0, len(listed), 500):
        some = listed[start : start + 500]
        for table, column in words:
            of = table.consequence_id.in_(some), column != ""
            connection.execute(update(table).where(*of).values({column.key: ""}))
    gone = update(own).where(which, own.reason != "").values(reason="")
    return connection.execute(gone).rowcount


def _taken(connection: Connection, table: Any, one: int, what: str) -> None:
    query = select(table.at, Person.name).outerjoin(Person, Person.id == table.person_id)
    row = connection.execute(query.where(table.consequence_id == one)).one()
    who = row.name or "nobody, for its time was over,"
    raise ConflictError(f"{what} already by {who} at {row.at:%Y-%m-%dT%H:%M:%SZ}")


def _held(connection: Connection, one: int) -> Sequence[int]:
    own = ConsequenceEvidence
    return connection.scalars(select(own.hold_id).where(own.consequence_id == one)).all()


def _settle(connection: Connection, one: int, final_at: dt.datetime) -> None:
    for hold in _held(connection, one):
        holds.settle(connection, hold, final_at)


def _reached(reach: Reach) -> Any:
    own = Consequence
    return within(reach, station=own.station_id, collector=own.collector_id)


def _listed() -> Select[Any]:
    own, done = Consequence, ConsequenceDecision
    tried, answered = ConsequenceAppeal, ConsequenceAnswer
    decider, answerer = aliased(Person), aliased(Person)
    columns: list[Any] = [
        *own.__table__.columns,
        tables.Station.code.label("station"),
        tables.Collector.code.label("collector"),
        Complaint.harm,
        done.person_id.label("decided_by"),
        decider.name.label("decider"),
        done.at.label("decided_at"),
        *(getattr(done, name) for name in ("imposed", "kind", "amount_fen", "appeal_until")),
        done.reason,
        tried.at.label("appealed_at"),
        tried.due_at.label("answer_due_at"),
        tried.text.label("appeal"),
        answered.at.label("answered_at"),
        answerer.name.label("answered_by"),
        answered.granted,
        answered.reason.label("answer"),
    ]
    return (
        select(*columns)
        .select_from(own)
        .join(tables.Station, tables.Station.id == own.station_id)
        .join(tables.Collector, tables.Collector.id == own.collector_id)
        .outerjoin(Complaint, Complaint.id == own.complaint_id)
        .outerjoin(done, done.consequence_id == own.id)
        .outerjoin(decider, decider.id == done.person_id)
        .outerjoin(tried, tried.consequence_id == own.id)
        .outerjoin(answered, answered.consequence_id == own.id)
        .outerjoin(answerer, answerer.id == answered.person_id)
    )
