"""What follows for a collector: a check to propose of, and consequences at every stage."""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from sqlalchemy import Connection, select

from db import checks, consequences, people
from db.check_types import NewCheck, Remark
from db.consequences import Decided, Proposal
from db.people_tables import Person
from phrases.checks import Method
from phrases.consequences import Sanction
from phrases.types import Lane
from tests.service.api.world import NOW

WEEK = dt.timedelta(days=7)


class Made(Protocol):
    """Where the ids go."""

    to_propose: dict[str, int]
    consequences: dict[str, int]
    imposed: dict[str, int]
    protested: dict[str, int]


def follow(
    connection: Connection, made: Made, whose: str, ids: tuple[int, int | None, int]
) -> None:
    """Make one of each; `ids` are those of station, team and collector."""
    station, _, collector = ids
    author, second, decider = (
        people.add(
            connection, login=f"{what}.{whose}", name="somebody", password="!", grants=[], at=NOW
        )
        for what in ("author", "second", "decider")
    )
    own = [_check(connection, ids, author, second) for _ in range(4)]
    made.to_propose[whose] = own[0]
    for kept, check in zip((made.consequences, made.imposed, made.protested), own[1:], strict=True):
        new = Proposal(
            station_id=station, collector_id=collector, check_id=check, proposed_by=author
        )
        kept[whose] = consequences.propose(connection, new, ["appearance"], (), NOW)
    for one in (made.imposed[whose], made.protested[whose]):
        decision = Decided(
            person_id=decider, kind=Sanction.CRITICISM, amount_fen=None, rule_number=None,
            appeal_until=NOW + WEEK, reason="提醒",
        )  # fmt: skip
        consequences.decide(connection, one, decision, NOW)
    account = select(Person.id).where(Person.collector_id == collector)
    by = connection.scalars(account).one()
    consequences.appeal(connection, made.protested[whose], by, "有误", at=NOW, due_at=NOW + WEEK)


def _check(
    connection: Connection, ids: tuple[int, int | None, int], author: int, second: int
) -> int:
    station, team, collector = ids
    seen = NewCheck(
        station_id=station, method=Method.SPOT, lane=Lane.EXIT, day=dt.date(2026, 11, 23),
        items="1", team_id=team, collector_id=collector, text="未佩戴",
    )  # fmt: skip
    made = checks.add(connection, seen, author, NOW)
    checks.remark(connection, made, 1, Remark.CONFIRMED, "属实", by=second, at=NOW)
    return made
