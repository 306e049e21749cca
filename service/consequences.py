"""Propose consequences of what stands, have a named person decide each, and hear the appeal.

The rules are `phrases/consequences`'; the database refuses what goes past them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Connection, Engine, RowMapping

from db import audit, consequences, ripe, standings
from db.consequences import Decided, Evidence, NewRule, Proposal
from db.explain import plainly
from db.holds import AFTER_FINAL
from db.people_types import Deed
from db.types import ConflictError, UsageError
from phrases import consequences as rule
from phrases.complaint import CannotError
from phrases.consequences import Most, Rules, Sanction, Warn, Yuan
from phrases.review import Fate
from phrases.standing import Standing
from service.appeals import fate_of
from service.reviews import Reviewer

LATEST = dt.timedelta(days=90)
"""how old a draw may be that something is still proposed of"""
OPEN = (Fate.OPEN, Fate.CONFIRMED, Fate.APPEALED)
"""what may still change"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Month:
    """What a month's fines come to for one collector."""

    station: str
    collector: str
    amount_fen: int
    waits_fen: int
    """of it, of which the time to appeal is not over"""
    warnings: tuple[Warn, ...]


def propose_due(engine: Engine, now: dt.datetime, rules: Rules) -> int:
    """Propose of each draw and collector what stands, once nothing of it may change; how many."""
    made = 0
    with plainly(engine), engine.begin() as connection:
        rows = ripe.reviews(connection, now - LATEST)
        for (draw, collector), group in groupby(
            rows, key=lambda row: (row["draw_id"], row["collector_id"])
        ):
            found = list(group)
            if any(fate_of(row, now) in OPEN for row in found):
                continue
            evidence = _evidence(connection, found, now, rules)
            if not evidence:
                continue
            station = found[0]["station_id"]
            new = Proposal(station_id=station, collector_id=collector, draw_id=draw)
            broken = {one.provision for one in evidence}
            one = consequences.propose(connection, new, broken, evidence, now)
            _trace(connection, "consequence.proposed", one, collector, station, None, now)
            made += 1
    return made


def propose(
    desk: Reviewer,
    *,
    station_id: int,
    collector_id: int,
    check_id: int | None,
    complaint_id: int | None,
    provisions: Collection[str],
    rules: Rules,
) -> int:
    """Propose of a check that a second person stands by, or of a complaint that is proven; its id.

    UsageError for a provision that the station has not adopted.
    """
    if not provisions or not set(provisions) <= rules.known:
        raise UsageError("provisions: name at least one, and only what the station has adopted")
    if collector_id == desk.person.collector_id:
        raise UsageError("it is about you: somebody else must propose it")
    new = Proposal(
        station_id=station_id,
        collector_id=collector_id,
        check_id=check_id,
        complaint_id=complaint_id,
        proposed_by=desk.person.id,
    )
    made = consequences.propose(desk.connection, new, provisions, (), desk.now)
    _done(desk, "consequence.proposed", made, collector_id, station_id)
    return made


def most(connection: Connection, row: RowMapping, rules: Rules, now: dt.datetime) -> Most:
    """The furthest that somebody may go with one that was found."""
    amounts, rules = _amounts(connection, row["station_id"], rules)
    return rule.most(
        consequences.provisions(connection, row["id"]),
        consequences.past(connection, row["collector_id"]),
        now,
        rules,
        amounts=amounts is not None,
        grave=bool(row["complaint_id"] is not None and row["harm"]),
    )


def decide(
    desk: Reviewer,
    row: RowMapping,
    *,
    kind: Sanction | None,
    amount_fen: int | None,
    reason: str,
    rules: Rules,
    appeal: dt.timedelta,
) -> None:
    """Decide it by name, for good; kind None: nothing follows.

    UsageError for more than may be; ConflictError if somebody has meanwhile.
    """
    may = most(desk.connection, row, rules, desk.now)
    if kind is not None:
        try:
            rule.check(kind, amount_fen, may)
        except CannotError as error:
            raise UsageError(str(error)) from None
    elif amount_fen is not None:
        raise UsageError("only a fine has an amount")
    by, _ = _amounts(desk.connection, row["station_id"], rules)
    new = Decided(
        person_id=desk.person.id,
        kind=kind,
        amount_fen=amount_fen,
        rule_number=by if kind is Sanction.FINE else None,
        appeal_until=desk.now + appeal,
        reason=reason,
    )
    consequences.decide(desk.connection, row["id"], new, desk.now)
    action = "consequence.dropped" if kind is None else f"consequence.{kind.value}"
    _done(desk, action, row["id"], row["collector_id"], row["station_id"])


def appeal(desk: Reviewer, row: RowMapping, text: str, within: dt.timedelta) -> None:
    """Whom it is about does not accept it. ConflictError if there is nothing, or it is too late."""
    if desk.person.collector_id is None or desk.person.collector_id != row["collector_id"]:
        raise UsageError("it is not about you: only whom it is about appeals")
    if not row["imposed"] or row["granted"]:
        raise ConflictError("nothing stands against you here: there is nothing to appeal")
    if row["appealed_at"] is None and desk.now > row["appeal_until"]:
        raise ConflictError("the time to appeal is over")
    consequences.appeal(
        desk.connection, row["id"], desk.person.id, text, at=desk.now, due_at=desk.now + within
    )
    _done(desk, "consequence.appealed", row["id"], row["collector_id"], row["station_id"])


def answer(desk: Reviewer, row: RowMapping, reason: str, *, granted: bool) -> None:
    """The last word: not by who decided it."""
    if row["appealed_at"] is None:
        raise ConflictError("nobody has appealed against it")
    if row["decided_by"] == desk.person.id:
        raise UsageError("you decided it: somebody else must answer the appeal")
    if row["answered_at"] is None and desk.now > row["answer_due_at"]:
        raise ConflictError("nobody answered in time: it is decided for the collector")
    consequences.answer(
        desk.connection, row["id"], desk.person.id, reason, granted=granted, at=desk.now
    )
    action = "consequence.overturned" if granted else "consequence.upheld"
    _done(desk, action, row["id"], row["collector_id"], row["station_id"])


def grant_overdue(engine: Engine, now: dt.datetime) -> int:
    """Decide for whom it is about what nobody answered in time; how many."""
    with plainly(engine), engine.begin() as connection:
        rows = consequences.overdue(connection, now)
        for row in rows:
            consequences.answer(connection, row["id"], None, "", granted=True, at=now)
            _trace(
                connection,
                "consequence.lapsed",
                row["id"],
                row["collector_id"],
                row["station_id"],
                None,
                now,
            )
    return len(rows)


def switch(
    desk: Reviewer,
    station_id: int,
    seen: int,
    *,
    enabled: bool,
    cited: str,
    adopted_on: dt.date | None,
    pay_fen: int | None,
    minimum_fen: int | None,
    rules: Rules,
) -> int:
    """Switch amounts on by the station's adopted rule, or off; the new rule's number."""
    if enabled and (not cited.strip() or adopted_on is None):
        raise UsageError("rule: cite the station's adopted rule, and when it was adopted")
    new = NewRule(
        enabled=enabled,
        rule=cited,
        adopted_on=adopted_on,
        provision_fen=rules.yuan.provision * 100,
        grave_least_fen=rules.yuan.grave_least * 100,
        grave_most_fen=rules.yuan.grave_most * 100,
        pay_fen=pay_fen,
        minimum_fen=minimum_fen,
    )
    made = consequences.set_rule(desk.connection, station_id, seen, new, desk.person.id, desk.now)
    action = "amounts.on" if enabled else "amounts.off"
    deed = Deed(action=action, person_id=desk.person.id, thing=str(made), station_id=station_id)
    audit.note(desk.connection, deed, desk.now)
    return made


def months(
    connection: Connection, rows: Sequence[RowMapping], now: dt.datetime, rules: Rules
) -> list[Month]:
    """What fines come to, by collector, with what is to be warned of."""
    found: list[Month] = []
    for (station, _), group in groupby(
        rows, key=lambda row: (row["station_id"], row["collector_id"])
    ):
        own = list(group)
        total = sum(row["amount_fen"] for row in own)
        waits = sum(row["amount_fen"] for row in own if _may_change(row, now))
        said = consequences.rules(connection, station)
        pay, least = (said[0]["pay_fen"], said[0]["minimum_fen"]) if said else (None, None)
        found.append(
            Month(
                station=own[0]["station"],
                collector=own[0]["collector"],
                amount_fen=total,
                waits_fen=waits,
                warnings=rule.warned(total, pay, least, rules),
            )
        )
    return found


def forget(engine: Engine, now: dt.datetime, word_days: int) -> int:
    """Let the words go of what has been decided for long enough; of how many."""
    kept = max(dt.timedelta(days=word_days), AFTER_FINAL)
    with plainly(engine), engine.begin() as connection:
        return consequences.blank(connection, now - kept)


def _may_change(row: RowMapping, now: dt.datetime) -> bool:
    """Whether an appeal may still be made, or waits."""
    if row["granted"] is not None:
        return False
    return row["appealed_at"] is not None or bool(now <= row["appeal_until"])


def _evidence(
    connection: Connection, rows: Sequence[RowMapping], now: dt.datetime, rules: Rules
) -> list[Evidence]:
    """What of a draw stands, of phrases past advisory, of an adopted provision, with its clip."""
    found: list[Evidence] = []
    for row in rows:
        provision = rules.broken(row["code"])
        if provision is None or row["sha256"] is None or fate_of(row, now) is not Fate.STANDS:
            continue
        stands = standings.last(connection, row["station_id"], row["code"])
        if stands is None or stands["standing"] is not Standing.PROPOSING:
            continue
        found.append(
            Evidence(
                item_id=row["id"],
                provision=provision.id,
                sha256=row["sha256"],
                grading_id=row["grading_id"],
                vehicle_position=row["vehicle_position"],
            )
        )
    return found


def _amounts(connection: Connection, station_id: int, rules: Rules) -> tuple[int | None, Rules]:
    """The number of the rule of amounts in force (None: they are off), and the rules by it."""
    said = consequences.rules(connection, station_id)
    if not said or not said[0]["enabled"]:
        return None, rules
    last = said[0]
    yuan = Yuan(
        provision=last["provision_fen"] // 100,
        grave_least=last["grave_least_fen"] // 100,
        grave_most=last["grave_most_fen"] // 100,
    )
    return last["number"], rules.model_copy(update={"yuan": yuan})


def _done(desk: Reviewer, action: str, one: int, collector_id: int, station_id: int) -> None:
    _trace(desk.connection, action, one, collector_id, station_id, desk.person.id, desk.now)


def _trace(
    connection: Connection,
    action: str,
    one: int,
    collector_id: int,
    station_id: int,
    person_id: int | None,
    now: dt.datetime,
) -> None:
    deed = Deed(
        action=action,
        person_id=person_id,
        thing=str(one),
        collector_id=collector_id,
        station_id=station_id,
    )
    audit.note(connection, deed, now)
