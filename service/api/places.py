"""Stations, their booths and their teams."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field
from sqlalchemy import Connection, RowMapping

from db import audit, places, tables
from db.columns import Base
from db.people_types import Deed
from db.statements import ERASED
from service.api.access import Caller, permission
from service.api.cursor import Cursor, Limit, Page
from service.api.problems import Refused, not_found
from service.api.values import Code, Input, Output, Utc
from service.api.wiring import Services, Shared
from service.rights import Permission

router = APIRouter(prefix="/v1", tags=["places"])

Reader = Annotated[Caller, permission(Permission.PLACES_READ)]
Writer = Annotated[Caller, permission(Permission.PLACES_WRITE)]


class Station(Output):
    """A toll station."""

    id: int
    station: str


class Booth(Station):
    """A booth of a station."""

    booth: str
    seen_at: Utc | None = Field(
        default=None, description="when it last sent its results here; null: never, or it is new"
    )


class Team(Station):
    """A team of a station."""

    team: str


class NewStation(Input):
    """A station to be."""

    station: Code


class NewBooth(NewStation):
    """A booth to be."""

    booth: Code


class NewTeam(NewStation):
    """A team to be."""

    team: Code


@router.get("/stations")
def stations(
    caller: Reader, services: Shared, limit: Limit = 100, cursor: Cursor = None
) -> Page[Station]:
    """Stations."""
    after = _after(services, "stations", None, cursor)
    with services.database.reading() as connection:
        rows = places.stations(connection, caller.reach, after=after, limit=limit + 1)
    keyed = [((row["id"],), Station(id=row["id"], station=row["code"])) for row in rows]
    return services.cursors.page("stations", None, keyed, limit)


@router.post("/stations", status_code=201)
def add_station(body: NewStation, caller: Writer, services: Shared) -> Station:
    """Make a station; only who administers every station may."""
    if not caller.reach.everything:
        raise Refused(HTTPStatus.FORBIDDEN, "only an administrator of every station may")
    with services.database.writing() as connection:
        made = _add(services, connection, caller, tables.Station, code=body.station)
    return Station(id=made, station=body.station)


@router.get("/booths")
def booths(
    caller: Reader,
    services: Shared,
    station: Annotated[Code | None, Query()] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[Booth]:
    """Booths."""
    after = _after(services, "booths", station, cursor)
    with services.database.reading() as connection:
        rows = places.booths(connection, caller.reach, station, after=after, limit=limit + 1)
    keyed = [((row["id"],), _booth(row)) for row in rows]
    return services.cursors.page("booths", station, keyed, limit)


@router.post("/booths", status_code=201)
def add_booth(body: NewBooth, caller: Writer, services: Shared) -> Booth:
    """Make a booth of a station."""
    with services.database.writing() as connection:
        key = station_of(connection, caller, body.station)
        made = _add(services, connection, caller, tables.Booth, station_id=key, code=body.booth)
    return Booth(id=made, station=body.station, booth=body.booth)


@router.get("/teams")
def teams(
    caller: Reader,
    services: Shared,
    station: Annotated[Code | None, Query()] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[Team]:
    """Teams."""
    after = _after(services, "teams", station, cursor)
    with services.database.reading() as connection:
        rows = places.teams(connection, caller.reach, station, after=after, limit=limit + 1)
    keyed = [
        ((row["id"],), Team(id=row["id"], station=row["station"], team=row["code"])) for row in rows
    ]
    return services.cursors.page("teams", station, keyed, limit)


@router.post("/teams", status_code=201)
def add_team(body: NewTeam, caller: Writer, services: Shared) -> Team:
    """Make a team of a station."""
    with services.database.writing() as connection:
        key = station_of(connection, caller, body.station)
        made = _add(services, connection, caller, tables.Team, station_id=key, code=body.team)
    return Team(id=made, station=body.station, team=body.team)


def station_of(connection: Connection, caller: Caller, code: str) -> int:
    """The id of a station that the caller may do this for."""
    found = places.station(connection, code, caller.reach)
    if found is None:
        raise not_found("station")
    return found


def _add(
    services: Services,
    connection: Connection,
    caller: Caller,
    table: type[Base],
    *,
    code: str,
    station_id: int | None = None,
) -> int:
    key = {"code": code} if station_id is None else {"code": code, "station_id": station_id}
    made = places.add(connection, table, **key)
    name = table.__tablename__
    if made is None:
        raise Refused(HTTPStatus.CONFLICT, f"there is such a {name} already")
    deed = Deed(
        action=f"{name}.added",
        person_id=caller.person.id,
        thing=str(made),
        station_id=made if station_id is None else station_id,
    )
    audit.note(connection, deed, services.clock())
    return made


def _after(services: Services, name: str, filters: object, cursor: str | None) -> int | None:
    key = services.cursors.read(name, filters, cursor)
    return None if key is None else key[0]


def _booth(row: RowMapping) -> Booth:
    return Booth(id=row["id"], station=row["station"], booth=row["code"], seen_at=row["seen_at"])


def id_of(
    connection: Connection, table: Any, what: str, station: int, code: str | None
) -> int | None:
    """The id of a station's booth, team or collector; None for None, 404 if there is none."""
    if code is None:
        return None
    found = places.find(connection, table, station_id=station, code=code)
    if found is None or code.startswith(ERASED):
        raise not_found(what)
    return found
