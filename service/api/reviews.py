"""Reviews: findings that were drawn, each confirmed or dismissed once by who was not there."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import Connection, RowMapping

from db import reviews as kept
from db.reviews import Wanted
from phrases.review import Rate, Verdict
from service import appeals, report_json, reviews
from service.api.access import Caller, permission
from service.api.cursor import Cursor, Limit, Page
from service.api.findings import FindingCode
from service.api.places import station_of
from service.api.problems import Refused, not_found
from service.api.review_models import CodeRate, NewAnswer, NewAppeal, NewDecision, Rates, Review
from service.api.values import Code, Day, RowId
from service.api.wiring import Shared
from service.reviews import Reviewer
from service.rights import Permission

router = APIRouter(prefix="/v1/reviews", tags=["reviews"])

Reader = Annotated[Caller, permission(Permission.REVIEWS_READ)]
Appellant = Annotated[Caller, permission(Permission.APPEALS_MAKE)]
Office = Annotated[Caller, permission(Permission.APPEALS_ANSWER)]
Decider = Annotated[Caller, permission(Permission.REVIEWS_DECIDE)]


@router.get("")
def listed(
    caller: Reader,
    services: Shared,
    station: Annotated[Code | None, Query()] = None,
    collector: Annotated[Code | None, Query()] = None,
    code: Annotated[FindingCode | None, Query()] = None,
    verdict: Annotated[Verdict | None, Query()] = None,
    open: Annotated[bool | None, Query(description="neither decided nor lapsed")] = None,
    appealed: Annotated[bool, Query(description="only appeals that wait for an answer")] = False,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[Review]:
    """Reviews, the newest first: to a collector their own."""
    wanted = Wanted(
        station=station,
        collector=collector,
        code=code,
        verdict=verdict,
        open=open,
        appealed=appealed,
    )
    key = services.cursors.read("reviews", wanted, cursor)
    now = services.clock()
    with services.database.reading() as connection:
        rows = kept.page(
            connection,
            caller.reach,
            wanted,
            now=now,
            after=None if key is None else key[0],
            limit=limit + 1,
        )
    keyed = [((row["id"],), told(row, now)) for row in rows]
    return services.cursors.page("reviews", wanted, keyed, limit)


@router.get("/queue")
def queue(
    caller: Decider,
    services: Shared,
    station: Annotated[Code | None, Query()] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[Review]:
    """What waits for the caller, in the order drawn: nothing of a shift that they were on."""
    filters = (caller.person.id, station)
    key = services.cursors.read("reviews.queue", filters, cursor)
    now = services.clock()
    with services.database.reading() as connection:
        rows = kept.queue(
            connection,
            caller.reach,
            caller.person.id,
            station=station,
            now=now,
            after=None if key is None else key[0],
            limit=limit + 1,
        )
    keyed = [((row["id"],), told(row, now)) for row in rows]
    return services.cursors.page("reviews.queue", filters, keyed, limit)


@router.get("/rates")
def rates(
    caller: Decider,
    services: Shared,
    station: Annotated[Code, Query()],
    since: Annotated[Day, Query(alias="from")],
    last: Annotated[Day, Query(alias="to", description="last day")],
) -> Rates:
    """How many faults there are of each code, and how many are true by what was reviewed."""
    with services.database.reading() as connection:
        key = station_of(connection, caller, station)
        found = reviews.rates(connection, key, since, last + dt.timedelta(days=1))
    return Rates(station=station, codes=[_rate(code, rate) for code, rate in found.items()])


@router.get("/{review}")
def one(review: RowId, caller: Reader, services: Shared) -> Review:
    """A review."""
    with services.database.reading() as connection:
        return told(found(connection, caller, review), services.clock())


@router.post("/{review}/decision", status_code=201)
def decide(review: RowId, body: NewDecision, caller: Decider, services: Shared) -> Review:
    """Confirm or dismiss it; 409 says who has meanwhile, or that it has lapsed."""
    now = services.clock()
    with services.database.writing() as connection:
        row = found(connection, caller, review)
        if kept.was_there(connection, review, caller.person.id):
            raise Refused(HTTPStatus.FORBIDDEN, "you were on the shift: somebody else reviews it")
        reviews.decide(
            Reviewer(connection=connection, person=caller.person, now=now),
            row,
            body.verdict,
            reason=body.reason,
            heard=body.heard,
            appeal=dt.timedelta(days=services.site.appeal_days),
            phrases=services.known.catalog.phrases,
        )
        return told(found(connection, caller, review), now)


@router.post("/{review}/appeal", status_code=201)
def appeal(review: RowId, body: NewAppeal, caller: Appellant, services: Shared) -> Review:
    """Appeal against what was confirmed of oneself; 409 if it is too late."""
    now = services.clock()
    with services.database.writing() as connection:
        desk = Reviewer(connection=connection, person=caller.person, now=now)
        within = dt.timedelta(days=services.site.appeal_days)
        appeals.appeal(desk, found(connection, caller, review), body.text or "", within)
        return told(found(connection, caller, review), now)


@router.post("/{review}/appeal/answer", status_code=201)
def answer(review: RowId, body: NewAnswer, caller: Office, services: Shared) -> Review:
    """Grant the appeal or refuse it, for good; 409 says who has meanwhile, or that it is late."""
    now = services.clock()
    with services.database.writing() as connection:
        row = found(connection, caller, review)
        if row["decided_by"] == caller.person.id:
            raise Refused(HTTPStatus.FORBIDDEN, "you reviewed it: somebody else must answer")
        desk = Reviewer(connection=connection, person=caller.person, now=now)
        appeals.answer(desk, row, body.reason, granted=body.granted)
        return told(found(connection, caller, review), now)


def found(connection: Connection, caller: Caller, review: int) -> RowMapping:
    """The review, if it is the caller's to see."""
    row = kept.find(connection, caller.reach, review)
    if row is None:
        raise not_found("review")
    return row


def told(row: RowMapping, now: dt.datetime) -> Review:
    """A review as it is told."""
    same = set(Review.model_fields) & set(row) - {
        "heard",
        "vehicle",
        "position",
        "reason",
        "appeal",
        "answer",
    }
    return Review(
        **{name: row[name] for name in same},
        position=row["vehicle_position"],
        vehicle=int(row["vehicle"]) if row["is_number"] else row["vehicle"],
        finding=row["position"],
        heard=row["program_heard"],
        program=row["program_reason"],
        at_s=report_json.seconds(row["at_ms"]),
        clip_s=report_json.seconds(row["clip_start_ms"]) if row["clip"] else None,
        fate=appeals.fate_of(row, now),
        reason=row["reason"] or None,
        says=row["heard"] or None,
        appeal=row["appeal"] or None,
        answer=row["answer"] or None,
    )


def _rate(code: str, rate: Rate) -> CodeRate:
    true, low, high = rate.corrected or (None, None, None)
    same = ("findings", "confirmed", "dismissed", "precision", "low", "high")
    return CodeRate(
        code=code,
        **{name: getattr(rate, name) for name in same},
        true=true,
        true_low=low,
        true_high=high,
    )
