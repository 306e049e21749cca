"""Rosters: who should sit where and when."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from sqlalchemy import Connection, RowMapping

from db import audit, places, rosters, tables
from db.people_types import Deed
from service.api.access import Caller, permission
from service.api.cursor import Cursor, Limit, Page
from service.api.problems import Refused, not_found
from service.api.values import Code, Input, Moment, Output, RowId, Utc
from service.api.wiring import Shared
from service.rights import Permission

router = APIRouter(prefix="/v1/rosters", tags=["rosters"])

Reader = Annotated[Caller, permission(Permission.ROSTERS_READ)]
Writer = Annotated[Caller, permission(Permission.ROSTERS_WRITE)]
LONGEST = dt.timedelta(hours=24)
"""a shift"""


class NewRoster(Input):
    """Who should sit where and when."""

    station: Code
    booth: Code
    collector: Code
    team: Code | None = None
    starts_at: Moment
    ends_at: Moment = Field(description="at most 24 hours later")


class Roster(Output):
    """Who should sit where and when."""

    id: int
    station: str
    booth: str
    collector: str
    team: str | None
    starts_at: Utc
    ends_at: Utc


@router.get("")
def listed(
    caller: Reader,
    services: Shared,
    station: Annotated[Code | None, Query()] = None,
    collector: Annotated[Code | None, Query()] = None,
    since: Annotated[Moment | None, Query(alias="from", description="ends after then")] = None,
    until: Annotated[Moment | None, Query(alias="to", description="starts before then")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[Roster]:
    """Who should sit where, in the order of time."""
    filters = (station, collector, since, until)
    after = services.cursors.read("rosters", filters, cursor)
    with services.database.reading() as connection:
        rows = rosters.page(
            connection,
            caller.reach,
            station=station,
            collector=collector,
            since=since,
            until=until,
            after=None if after is None else (after[0], after[1]),
            limit=limit + 1,
        )
    keyed = [((row["starts_at"], row["id"]), _roster(row)) for row in rows]
    return services.cursors.page("rosters", filters, keyed, limit)


@router.post("", status_code=201)
def add(body: NewRoster, caller: Writer, services: Shared) -> Roster:
    """Put a collector on the roster; 409 if booth or collector are taken in that time."""
    if not dt.timedelta() < body.ends_at - body.starts_at <= LONGEST:
        raise Refused(
            HTTPStatus.BAD_REQUEST, "ends_at must be after starts_at, and within 24 hours of it"
        )
    now = services.clock()
    with services.database.writing() as connection:
        station, booth, team = _place(connection, caller, body)
        collector = places.collector(connection, station, body.collector)
        made = rosters.add(
            connection,
            booth_id=booth,
            collector_id=collector,
            team_id=team,
            starts_at=body.starts_at,
            ends_at=body.ends_at,
        )
        if made is None:
            raise Refused(
                HTTPStatus.CONFLICT,
                "the booth has another collector in that time, or the collector another booth",
            )
        deed = Deed(
            action="roster.added",
            person_id=caller.person.id,
            thing=str(made),
            collector_id=collector,
            station_id=station,
        )
        audit.note(connection, deed, now)
        row = rosters.find(connection, made, caller.reach)
    assert row is not None
    return _roster(row)


@router.delete("/{roster}", status_code=204)
def remove(roster: RowId, caller: Writer, services: Shared) -> None:
    """Take a row off the roster."""
    now = services.clock()
    with services.database.writing() as connection:
        row = rosters.find(connection, roster, caller.reach)
        if row is None:
            raise not_found("roster")
        rosters.remove(connection, roster)
        deed = Deed(
            action="roster.removed",
            person_id=caller.person.id,
            thing=str(roster),
            collector_id=row["collector_id"],
            station_id=row["station_id"],
        )
        audit.note(connection, deed, now)


def _place(connection: Connection, caller: Caller, body: NewRoster) -> tuple[int, int, int | None]:
    """Ids of station, booth and team, which are within the caller's reach."""
    station = places.find(connection, tables.Station, code=body.station)
    team = None
    if station is not None and body.team is not None:
        team = places.find(connection, tables.Team, station_id=station, code=body.team)
        if team is None:
            raise not_found("team")
    reach = caller.reach
    if station is None or not (
        reach.everything or station in reach.stations or team in reach.teams
    ):
        raise not_found("station or team")
    booth = places.find(connection, tables.Booth, station_id=station, code=body.booth)
    if booth is None:
        raise not_found("booth")
    return station, booth, team


def _roster(row: RowMapping) -> Roster:
    return Roster(**{name: row[name] for name in Roster.model_fields})
