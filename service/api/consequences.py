"""Consequences: proposed of what stands, decided by a named person, and open to an appeal."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import ConfigDict, Field
from sqlalchemy import Connection, RowMapping

from db import checks as kept_checks
from db import complaints, ripe, tables
from db import consequences as kept
from db.people_types import Reach
from phrases.consequences import Sanction
from service import consequences
from service.api.access import Caller, permission
from service.api.cursor import Cursor, Limit, Page
from service.api.places import id_of, station_of
from service.api.problems import Refused, not_found
from service.api.review_models import NewAnswer, NewAppeal
from service.api.values import Code, Input, Line, Output, Prose, RowId, Utc
from service.api.wiring import Services, Shared
from service.reviews import Reviewer
from service.rights import Permission

router = APIRouter(prefix="/v1/consequences", tags=["consequences"])

Reader = Annotated[Caller, permission(Permission.CONSEQUENCES_READ)]
Proposer = Annotated[Caller, permission(Permission.CONSEQUENCES_PROPOSE)]
Decider = Annotated[Caller, permission(Permission.CONSEQUENCES_DECIDE)]
Appellant = Annotated[Caller, permission(Permission.APPEALS_MAKE)]


class NewConsequence(Input):
    """What is proposed of a check, or of a complaint."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "station": "nanchang-north",
                "collector": "0107",
                "check": 12,
                "provisions": ["appearance"],
            }
        }
    )
    station: Code
    collector: Code
    check: RowId | None = Field(None, description="that a second person stands by")
    complaint: RowId | None = Field(None, description="that is proven")
    provisions: list[Line] = Field(min_length=1, max_length=20)


class NewVerdict(Input):
    """What a named person decides."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"kind": "criticism", "reason": "首次发生，口头提醒。"}}
    )
    kind: Annotated[Sanction | None, Field(strict=False)] = Field(
        description="null: nothing follows"
    )
    amount_yuan: int | None = Field(None, ge=1, le=10_000, description="of a fine, and no other")
    reason: Prose


class Proof(Output):
    """A finding that it rests on."""

    review: int
    provision: str
    code: str
    shift: str
    position: int
    clip: str = Field(description="as it was when it was proposed")


class Further(Output):
    """The furthest that may be decided."""

    kind: Sanction = Field(description="this, or a milder step")
    beyond: list[Sanction] = Field(description="or one of these")
    repeat: bool = Field(description="a provision was broken before within a year")
    least_yuan: int
    most_yuan: int = Field(description="of a fine; 0: there is none")
    awards_lost: bool = Field(description="the year's awards are lost")


class Consequence(Output):
    """What was proposed, and what came of it."""

    id: int
    station: str
    collector: str
    draw: int | None
    check: int | None
    complaint: int | None
    proposed_at: Utc
    provisions: list[str]
    decided_at: Utc | None
    decider: str | None
    kind: Sanction | None
    amount_yuan: int | None
    reason: str | None
    appeal_until: Utc | None
    appealed_at: Utc | None
    appeal: str | None
    answer_due_at: Utc | None
    answered_at: Utc | None
    answered_by: str | None
    granted: bool | None
    answer: str | None


class WholeConsequence(Consequence):
    """The same with what it rests on, and how far one may go."""

    evidence: list[Proof]
    may: Further


@router.get("")
def listed(
    caller: Reader,
    services: Shared,
    station: Annotated[Code | None, Query()] = None,
    collector: Annotated[Code | None, Query()] = None,
    open: Annotated[bool | None, Query(description="whether nobody has decided yet")] = None,
    appealed: Annotated[bool, Query(description="only appeals that wait for an answer")] = False,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[Consequence]:
    """Consequences, the newest first: to a collector their own."""
    filters = (station, collector, open, appealed)
    key = services.cursors.read("consequences", filters, cursor)
    with services.database.reading() as connection:
        rows = kept.page(
            connection,
            caller.reach,
            station=station,
            collector=collector,
            open=open,
            appealed=appealed,
            after=None if key is None else key[0],
            limit=limit + 1,
        )
        keyed = [((row["id"],), Consequence(**_columns(connection, row))) for row in rows]
    return services.cursors.page("consequences", filters, keyed, limit)


@router.post("", status_code=201)
def propose(body: NewConsequence, caller: Proposer, services: Shared) -> WholeConsequence:
    """Propose what follows a check or a complaint; of what is heard the program does it."""
    if (body.check is None) == (body.complaint is None):
        raise Refused(HTTPStatus.BAD_REQUEST, "name either a check or a complaint")
    with services.database.writing() as connection:
        station = station_of(connection, caller, body.station)
        collector = id_of(connection, tables.Collector, "collector", station, body.collector)
        assert collector is not None
        _bears_out(connection, caller, station, collector, body)
        made = consequences.propose(
            _desk(services, connection, caller),
            station_id=station,
            collector_id=collector,
            check_id=body.check,
            complaint_id=body.complaint,
            provisions=body.provisions,
            rules=services.known.provisions,
        )
        return _whole(services, connection, _found(connection, caller.reach, made))


@router.get("/{consequence}")
def one(consequence: RowId, caller: Reader, services: Shared) -> WholeConsequence:
    """A consequence with its evidence, and how far one may go."""
    with services.database.reading() as connection:
        return _whole(services, connection, _found(connection, caller.reach, consequence))


@router.post("/{consequence}/decision", status_code=201)
def decide(
    consequence: RowId, body: NewVerdict, caller: Decider, services: Shared
) -> WholeConsequence:
    """Decide it by name, for good; 409 says who has meanwhile."""
    with services.database.writing() as connection:
        row = _found(connection, caller.reach, consequence)
        if ripe.has_part(connection, consequence, caller.person.id):
            raise Refused(HTTPStatus.FORBIDDEN, "you have a part in it: somebody else must decide")
        consequences.decide(
            _desk(services, connection, caller),
            row,
            kind=body.kind,
            amount_fen=None if body.amount_yuan is None else body.amount_yuan * 100,
            reason=body.reason,
            rules=services.known.provisions,
            appeal=dt.timedelta(days=services.site.appeal_days),
        )
        return _whole(services, connection, _found(connection, caller.reach, consequence))


@router.post("/{consequence}/appeal", status_code=201)
def appeal(
    consequence: RowId, body: NewAppeal, caller: Appellant, services: Shared
) -> WholeConsequence:
    """Appeal against what was decided of oneself; 409 if it is too late."""
    with services.database.writing() as connection:
        row = _found(connection, caller.reach, consequence)
        within = dt.timedelta(days=services.site.appeal_days)
        desk = _desk(services, connection, caller)
        consequences.appeal(desk, row, body.text or "", within)
        return _whole(services, connection, _found(connection, caller.reach, consequence))


@router.post("/{consequence}/appeal/answer", status_code=201)
def answer(
    consequence: RowId, body: NewAnswer, caller: Decider, services: Shared
) -> WholeConsequence:
    """Grant the appeal or refuse it, for good: not whoever decided it."""
    with services.database.writing() as connection:
        row = _found(connection, caller.reach, consequence)
        if row["decided_by"] == caller.person.id or ripe.has_part(
            connection, consequence, caller.person.id
        ):
            raise Refused(HTTPStatus.FORBIDDEN, "you have a part in it: somebody else must answer")
        desk = _desk(services, connection, caller)
        consequences.answer(desk, row, body.reason, granted=body.granted)
        return _whole(services, connection, _found(connection, caller.reach, consequence))


def _bears_out(
    connection: Connection, caller: Caller, station: int, collector: int, body: NewConsequence
) -> None:
    """400 for a check or a complaint that bears nothing out, 404 for what is not there."""
    own = Reach(stations=frozenset({station}))
    if body.check is not None:
        found = kept_checks.find(connection, kept_checks.reached(own), body.check)
        if found is None or found["collector_id"] != collector:
            raise not_found("check of this collector")
        if not ripe.check_holds(connection, body.check):
            raise Refused(HTTPStatus.BAD_REQUEST, "check: a second person must stand by it first")
    if body.complaint is not None:
        case = complaints.find(connection, own, caller.person.id, body.complaint)
        if case is None or case["collector_id"] != collector or case["station_id"] != station:
            raise not_found("complaint about this collector")
        if not case["proven"]:
            raise Refused(HTTPStatus.BAD_REQUEST, "complaint: it is not proven")


def _desk(services: Services, connection: Connection, caller: Caller) -> Reviewer:
    return Reviewer(connection=connection, person=caller.person, now=services.clock())


def _found(connection: Connection, reach: Reach, consequence: int) -> RowMapping:
    row = kept.find(connection, reach, consequence)
    if row is None:
        raise not_found("consequence")
    return row


def _columns(connection: Connection, row: RowMapping) -> dict[str, Any]:
    apart = {"draw", "check", "complaint", "provisions", "amount_yuan"}
    words = {"reason", "appeal", "answer"}
    same = set(Consequence.model_fields) - apart - words
    return {
        **{name: row[name] for name in same},
        **{name: row[name] or None for name in words},
        "draw": row["draw_id"],
        "check": row["check_id"],
        "complaint": row["complaint_id"],
        "provisions": kept.provisions(connection, row["id"]),
        "amount_yuan": None if row["amount_fen"] is None else row["amount_fen"] // 100,
    }


def _whole(services: Services, connection: Connection, row: RowMapping) -> WholeConsequence:
    may = consequences.most(connection, row, services.known.provisions, services.clock())
    return WholeConsequence(
        **_columns(connection, row),
        evidence=[
            Proof(
                review=each["item_id"],
                provision=each["provision"],
                code=each["code"],
                shift=each["shift_id"],
                position=each["vehicle_position"],
                clip=each["sha256"],
            )
            for each in kept.evidence(connection, row["id"])
        ],
        may=Further(
            kind=may.kind,
            beyond=sorted(may.beyond),
            repeat=may.repeat,
            least_yuan=may.least_fen // 100,
            most_yuan=may.most_fen // 100,
            awards_lost=may.awards_lost,
        ),
    )
