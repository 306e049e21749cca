"""Checks by hand: plans, samples drawn at random, what was seen, and what was said to it."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import Connection, RowMapping

from db import checks as kept
from db import places, tables
from db.check_types import NewPlan, Remark
from db.people_types import Role
from phrases.checks import Cadence, Method
from phrases.types import Lane
from service import checks
from service.api.access import Caller, permission
from service.api.check_models import (
    Check,
    Drawn,
    Item,
    Items,
    Mark,
    NewCheck,
    NewComment,
    NewPlanOfChecks,
    NewSample,
    Plan,
    Said,
    Sample,
    WholeCheck,
    WholeSample,
    Word,
)
from service.api.cursor import Cursor, Limit, Page
from service.api.places import id_of, station_of
from service.api.problems import Refused, not_found
from service.api.values import Code, Day, RowId
from service.api.wiring import Services, Shared
from service.checks import Inspector, Seen
from service.rights import Permission, reach

router = APIRouter(prefix="/v1/checks", tags=["checks"])

Anybody = Annotated[Caller, permission(Permission.CATALOGS_READ)]
Reader = Annotated[Caller, permission(Permission.CHECKS_READ)]
Writer = Annotated[Caller, permission(Permission.CHECKS_WRITE)]
Planner = Annotated[Caller, permission(Permission.CHECKS_PLAN)]
Commenter = Annotated[Caller, permission(Permission.CHECKS_COMMENT)]
OUTSIDE = (Method.MYSTERY, Method.THIRD_PARTY)
"""ways to check of those who are not of the station; they hear no clips"""


@router.get("/items")
def items(caller: Anybody, services: Shared, lane: Lane = Lane.EXIT) -> Items:  # noqa: ARG001
    """What a check asks for: the steps that weigh something, and what is seen."""
    found = checks.asked(services.known, lane)
    return Items(
        items=[Item(id=i.id, part=i.part, zh=i.zh, en=i.en, points=i.points) for i in found],
        points=services.known.month.points,
    )


@router.get("/plans")
def plans(caller: Planner, services: Shared) -> list[Plan]:
    """Plans that are not over, the oldest first."""
    day = _today(services)
    with services.database.reading() as connection:
        rows = kept.plans(connection, caller.reach)
        return [_plan(connection, row, day) for row in rows]


@router.post("/plans", status_code=201)
def plan(body: NewPlanOfChecks, caller: Planner, services: Shared) -> Plan:
    """Plan checks."""
    with services.database.writing() as connection:
        new = NewPlan(
            station_id=station_of(connection, caller, body.station),
            cadence=body.cadence,
            method=body.method,
            size=body.size,
        )
        made = checks.plan(_inspector(connection, caller, services), new)
        (row,) = kept.plans(connection, caller.reach, plan=made)
        return _plan(connection, row, _today(services))


@router.post("/plans/{plan}/end", status_code=204)
def end_plan(plan: RowId, caller: Planner, services: Shared) -> None:
    """End a plan; 409 if it was ended before."""
    with services.database.writing() as connection:
        rows = kept.plans(connection, caller.reach, plan=plan, ended=True)
        if not rows:
            raise not_found("plan")
        checks.end_plan(_inspector(connection, caller, services), rows[0])


@router.post("/samples", status_code=201, response_model_by_alias=True)
def draw(body: NewSample, caller: Planner, services: Shared) -> WholeSample:
    """Draw vehicles whose clips are kept: day and night, rain or not, each booth and outcome."""
    with services.database.writing() as connection:
        station = station_of(connection, caller, body.station)
        made = checks.draw(
            _inspector(connection, caller, services),
            services.known,
            station_id=station,
            since=body.since,
            last=body.last,
            size=body.size,
            plan_id=_plan_id(connection, caller, station, body.plan),
        )
        return _whole_sample(connection, caller, made)


@router.get("/samples", response_model_by_alias=True)
def samples(
    caller: Planner, services: Shared, limit: Limit = 100, cursor: Cursor = None
) -> Page[Sample]:
    """Samples, the newest first, and how far each is."""
    key = services.cursors.read("checks.samples", (), cursor)
    with services.database.reading() as connection:
        rows = kept.samples(
            connection, caller.reach, after=None if key is None else key[0], limit=limit + 1
        )
        far = kept.progress_of(connection, [row["id"] for row in rows])
    keyed = [((row["id"],), Sample(**_sampled(row, *far[row["id"]]))) for row in rows]
    return services.cursors.page("checks.samples", (), keyed, limit)


@router.get("/samples/{sample}", response_model_by_alias=True)
def sample(sample: RowId, caller: Planner, services: Shared) -> WholeSample:
    """A sample, and which of its vehicles were checked."""
    with services.database.reading() as connection:
        return _whole_sample(connection, caller, sample)


@router.get("/mine")
def mine(
    caller: Writer, services: Shared, limit: Limit = 100, cursor: Cursor = None
) -> Page[Check]:
    """Checks that the caller wrote, the newest first."""
    key = services.cursors.read("checks.mine", caller.person.id, cursor)
    with services.database.reading() as connection:
        rows = kept.page(
            connection,
            kept.written_by(caller.person.id),
            after=None if key is None else key[0],
            limit=limit + 1,
        )
    keyed = [((row["id"],), _check(row, caller)) for row in rows]
    return services.cursors.page("checks.mine", caller.person.id, keyed, limit)


@router.get("")
def listed(
    caller: Reader,
    services: Shared,
    station: Annotated[Code | None, Query()] = None,
    since: Annotated[Day | None, Query(alias="from")] = None,
    last: Annotated[Day | None, Query(alias="to", description="last day")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[Check]:
    """Checks, the newest first; a collector sees their own, and the looks of their team."""
    filters = (station, since, last)
    key = services.cursors.read("checks", filters, cursor)
    with services.database.reading() as connection:
        rows = kept.page(
            connection,
            kept.team_look(caller.reach),
            station=station,
            since=since,
            until=None if last is None else last + dt.timedelta(days=1),
            after=None if key is None else key[0],
            limit=limit + 1,
        )
    keyed = [((row["id"],), _check(row, caller)) for row in rows]
    return services.cursors.page("checks", filters, keyed, limit)


@router.post("", status_code=201)
def write(body: NewCheck, caller: Writer, services: Shared) -> WholeCheck:
    """Write down what was seen on the spot or heard."""
    if body.day > _today(services):
        raise Refused(HTTPStatus.BAD_REQUEST, "day is in the future")
    grants = caller.person.grants
    if body.method not in OUTSIDE and all(grant.role is Role.EXTERNAL for grant in grants):
        raise Refused(HTTPStatus.FORBIDDEN, "from outside one checks as mystery or third_party")
    with services.database.writing() as connection:
        station = _within(connection, caller, body)
        seen = Seen(
            station_id=station,
            method=body.method,
            lane=body.lane,
            day=body.day,
            booth_id=id_of(connection, tables.Booth, "booth", station, body.booth),
            collector_id=id_of(connection, tables.Collector, "collector", station, body.collector),
            team_id=id_of(connection, tables.Team, "team", station, body.team),
            plan_id=_plan_id(connection, caller, station, body.plan),
            sample_id=_sample_id(connection, station, body.sample),
            shift=body.shift,
            position=body.position,
        )
        made = checks.write(
            _inspector(connection, caller, services),
            services.known,
            seen,
            body.marks,
            body.text,
        )
        return _whole(connection, _written(connection, made), caller)


@router.get("/{check}")
def one(check: RowId, caller: Reader, services: Shared) -> WholeCheck:
    """A check with its marks and what was said to it."""
    with services.database.reading() as connection:
        row = kept.find(connection, kept.team_look(caller.reach), check)
        if row is None:
            raise not_found("check")
        return _whole(connection, row, caller)


@router.post("/{check}/comments", status_code=201)
def comment(check: RowId, body: NewComment, caller: Commenter, services: Shared) -> WholeCheck:
    """Say something to it as the collector, a colleague or the leader (自查、互评、点评)."""
    with services.database.writing() as connection:
        row = kept.find(connection, kept.team_look(caller.reach), check)
        if row is None:
            raise not_found("check")
        who = _inspector(connection, caller, services)
        checks.comment(who, row, body.seen, Remark(body.kind), body.text)
        return _whole(connection, row, caller)


@router.post("/{check}/confirmation", status_code=201)
def confirm(check: RowId, body: Word, caller: Planner, services: Shared) -> WholeCheck:
    """Stand by a check as a second person."""
    with services.database.writing() as connection:
        row = kept.find(connection, kept.reached(caller.reach), check)
        if row is None:
            raise not_found("check")
        checks.confirm(_inspector(connection, caller, services), row, body.seen, body.text)
        return _whole(connection, row, caller)


@router.post("/{check}/withdrawal", status_code=201)
def withdraw(check: RowId, body: Word, caller: Writer, services: Shared) -> WholeCheck:
    """Have it count nowhere: its author, or who plans the station's checks."""
    person = caller.person
    planner = reach(person.grants, person.collector_id, Permission.CHECKS_PLAN)
    with services.database.writing() as connection:
        row = kept.find(connection, kept.written_by(person.id), check) or kept.find(
            connection, kept.reached(planner), check
        )
        if row is None:
            raise not_found("check")
        checks.withdraw(_inspector(connection, caller, services), row, body.seen, body.text)
        return _whole(connection, _written(connection, check), caller)


def _inspector(connection: Connection, caller: Caller, services: Services) -> Inspector:
    return Inspector(connection=connection, person=caller.person, now=services.clock())


def _today(services: Services) -> dt.date:
    return services.clock().astimezone(services.site.time_zone).date()


def _within(connection: Connection, caller: Caller, body: NewCheck) -> int:
    """The station's id: it, or the team of whom is checked, is within the caller's reach."""
    station = places.find(connection, tables.Station, code=body.station)
    may = caller.reach
    if station is not None:
        if may.everything or station in may.stations:
            return station
        if body.shift is not None:
            team = places.team_of_shift(connection, station, body.shift)
        else:
            team = places.team_of_collector(connection, station, body.collector or "")
        if team in may.teams:
            return station
    raise not_found("station or team")


def _plan_id(connection: Connection, caller: Caller, station: int, plan: int | None) -> int | None:
    if plan is None:
        return None
    rows = kept.plans(connection, caller.reach, plan=plan)
    if not rows or rows[0]["station_id"] != station:
        raise not_found("plan")
    return plan


def _sample_id(connection: Connection, station: int, sample: int | None) -> int | None:
    if sample is None:
        return None
    if kept.station_of_sample(connection, sample) != station:
        raise not_found("sample")
    return sample


def _plan(connection: Connection, row: RowMapping, day: dt.date) -> Plan:
    found = checks.progress(connection, row, day)
    scheduled = row["cadence"] is not Cadence.UNSCHEDULED
    same = ("id", "station", "cadence", "method", "size", "made_at")
    # A plan owes nothing for a period that was over when it was made.
    owed = scheduled and row["made_at"].date() < found.since
    return Plan(
        **{name: row[name] for name in same},
        since=found.since if scheduled else None,
        until=found.until if scheduled else None,
        done=found.done,
        before=found.before,
        overdue=owed and found.before < row["size"],
    )


def _sampled(row: RowMapping, drawn: int, checked: int) -> dict[str, Any]:
    values = {name: row[name] for name in ("id", "station", "size", "drawn_at")}
    values |= {"from": row["since"], "to": row["until"] - dt.timedelta(days=1)}
    return values | {"plan": row["plan_id"], "drawn": drawn, "checked": checked}


def _whole_sample(connection: Connection, caller: Caller, sample: int) -> WholeSample:
    row = kept.sample(connection, caller.reach, sample)
    if row is None:
        raise not_found("sample")
    vehicles = [_drawn(each) for each in kept.drawn(connection, sample)]
    checked = sum(each.check is not None for each in vehicles)
    values = _sampled(row, len(vehicles), checked)
    return WholeSample(**values, seed=row["seed"], vehicles=vehicles)


def _drawn(row: RowMapping) -> Drawn:
    apart = {"position", "vehicle"}
    return Drawn(
        **{name: row[name] for name in Drawn.model_fields if name not in apart},
        position=row["vehicle_position"],
        vehicle=int(row["vehicle"]) if row["is_number"] else row["vehicle"],
    )


def _written(connection: Connection, check: int) -> RowMapping:
    row = kept.find(connection, kept.anybodys(), check)
    assert row is not None
    return row


def _check(row: RowMapping, caller: Caller) -> Check:
    return Check(**_columns(row, caller))


def _columns(row: RowMapping, caller: Caller) -> dict[str, Any]:
    apart = {"plan", "sample", "position", "by"}
    return {
        **{name: row[name] for name in Check.model_fields if name not in apart},
        "plan": row["plan_id"],
        "sample": row["sample_id"],
        "position": row["vehicle_position"],
        "by": None if _hidden(row, caller) else row["by"],
    }


def _hidden(row: RowMapping, caller: Caller) -> bool:
    """Whom a mystery visit is about is not told who came."""
    own = caller.person.collector_id
    return row["method"] is Method.MYSTERY and own is not None and own == row["collector_id"]


def _whole(connection: Connection, row: RowMapping, caller: Caller) -> WholeCheck:
    said = kept.remarks(connection, row["id"])
    columns = _columns(row, caller) | {"remarks": said[-1]["number"] if said else 0}
    hidden = _hidden(row, caller)
    return WholeCheck(
        **columns,
        marks=[Mark(**dict(mark)) for mark in kept.marks(connection, row["id"])],
        said=[
            Said(
                number=each["number"],
                at=each["at"],
                person=None
                if hidden and each["person_id"] == row["written_by"]
                else each["person"],
                kind=each["kind"],
                text=each["text"] or None,
            )
            for each in said
        ],
    )
