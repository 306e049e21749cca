"""People: who may log in, with which roles."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import ConfigDict, Field
from sqlalchemy import Connection

from db import audit, people, places, tables
from db import people_types as types
from db.people_types import Deed, Grant, Role
from service import accounts, staff
from service.api.access import Caller, permission
from service.api.cursor import Cursor, Limit, Page
from service.api.places import station_of
from service.api.problems import Refused, not_found
from service.api.session import Granted, Me, Secret, as_me
from service.api.values import Code, Input, Line, RowId, Utc
from service.api.wiring import Shared
from service.passwords import weakness
from service.rights import Permission

router = APIRouter(prefix="/v1/people", tags=["people"])

Reader = Annotated[Caller, permission(Permission.PEOPLE_READ)]
Writer = Annotated[Caller, permission(Permission.PEOPLE_WRITE)]


class Person(Me):
    """Somebody who may log in."""

    disabled: bool
    created_at: Utc


class NewRole(Input):
    """A role, and where it holds."""

    role: Annotated[Role, Field(strict=False)]
    station: Code | None = Field(None, description="null: every station")
    team: Code | None = Field(None, description="a team leader's, and nobody else's")


class Seat(Input):
    """The collector that a person is."""

    station: Code
    collector: Code


Roles = Annotated[list[NewRole], Field(max_length=20)]


class NewPerson(Input):
    """Somebody to be let in."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "login": "li.hua",
                "name": "李华",
                "password": "three words and 4",
                "roles": [{"role": "collector", "station": "nanchang-north"}],
                "seat": {"station": "nanchang-north", "collector": "0107"},
            }
        }
    )
    login: Line
    name: Line
    password: Secret
    roles: Roles
    seat: Seat | None = Field(None, description="a collector's own results are of this one")


class Change(Input):
    """What to change; what is null or left out stays."""

    name: Line | None = None
    password: Secret | None = None
    roles: Roles | None = None
    disabled: bool | None = None
    second_factor: Annotated[bool | None, Field(description="false drops it")] = None


@router.get("")
def listed(
    caller: Reader, services: Shared, limit: Limit = 100, cursor: Cursor = None
) -> Page[Person]:
    """People with a role, or a collector, within reach."""
    key = services.cursors.read("people", None, cursor)
    after = None if key is None else key[0]
    with services.database.reading() as connection:
        rows = people.page(connection, caller.reach, after=after, limit=limit + 1)
    return services.cursors.page("people", None, [((p.id,), _person(p)) for p in rows], limit)


@router.get("/{person}")
def one(person: RowId, caller: Reader, services: Shared) -> Person:
    """One of them."""
    with services.database.reading() as connection:
        return _person(_within(connection, caller, person))


@router.post("", status_code=201)
def add(body: NewPerson, caller: Writer, services: Shared) -> Person:
    """Let somebody in; 400 if the login or the collector is another's."""
    login = accounts.folded(body.login)
    if (problem := staff.unfit(login) or weakness(body.password, login)) is not None:
        raise Refused(HTTPStatus.BAD_REQUEST, problem)
    kept = services.passwords.hash(body.password)
    now = services.clock()
    with services.database.writing() as connection:
        grants = _grants(connection, caller, body.roles)
        seat = None
        if body.seat is not None:
            station = station_of(connection, caller, body.seat.station)
            seat = places.collector(connection, station, body.seat.collector)
        made = people.add(
            connection,
            login=login,
            name=body.name,
            password=kept,
            grants=grants,
            collector_id=seat,
            at=now,
        )
        _note(connection, caller, "person.added", made, grants, now)
        person = people.find(connection, made)
    assert person is not None
    return _person(person)


@router.patch("/{person}")
def change(person: RowId, body: Change, caller: Writer, services: Shared) -> Person:
    """Change somebody. A new password, other roles and being disabled end their sessions.

    Whoever has a role elsewhere is changed by an administrator of every station only.
    """
    now = services.clock()
    kept = None
    with services.database.reading() as connection:
        known = _whole(connection, caller, person)
    if body.password is not None:
        if (problem := weakness(body.password, known.login)) is not None:
            raise Refused(HTTPStatus.BAD_REQUEST, problem)
        kept = services.passwords.hash(body.password)
    with services.database.writing() as connection:
        known = _whole(connection, caller, person)
        administered = people.any_administrator(connection)
        values: dict[str, Any] = {}
        if body.name is not None:
            values["name"] = body.name
        if kept is not None:
            values["password"] = kept
        if body.disabled is not None:
            values["disabled_at"] = now if body.disabled else None
        if body.second_factor is False:
            values |= {"totp_secret": None, "totp_confirmed": False}
        if values:
            people.change(connection, person, **values)
        if body.roles is not None:
            people.set_grants(connection, person, _grants(connection, caller, body.roles))
        if administered and not people.any_administrator(connection):
            raise Refused(
                HTTPStatus.CONFLICT, "nobody would administer every station any more: not done"
            )
        if kept is not None or body.roles is not None or body.disabled:
            people.end_sessions(connection, person)
        _note(connection, caller, "person.changed", person, known.grants, now)
        changed = people.find(connection, person)
    assert changed is not None
    return _person(changed)


def _within(connection: Connection, caller: Caller, person: int) -> types.Person:
    found = people.find(connection, person)
    if found is None or not people.is_within(connection, person, caller.reach):
        raise not_found("person")
    return found


def _whole(connection: Connection, caller: Caller, person: int) -> types.Person:
    """The person, whose collector and all of whose roles are within the caller's reach."""
    found = _within(connection, caller, person)
    reach = caller.reach
    seated = found.station is None or places.station(connection, found.station, reach) is not None
    granted = reach.everything or all(g.station_id in reach.stations for g in found.grants)
    if not (seated and granted):
        raise Refused(
            HTTPStatus.FORBIDDEN,
            "they have a role or a seat elsewhere: only an administrator of every station may",
        )
    return found


def _grants(connection: Connection, caller: Caller, roles: Sequence[NewRole]) -> list[Grant]:
    """The roles with ids; nobody grants beyond their own reach."""
    grants = []
    for given in roles:
        if (given.role is Role.TEAM_LEADER) != (given.team is not None):
            raise Refused(HTTPStatus.BAD_REQUEST, "a team leader has a team, and nobody else has")
        if given.station is None:
            if given.team is not None or not caller.reach.everything:
                raise Refused(
                    HTTPStatus.FORBIDDEN,
                    "name a station: a role for every one is given by an administrator of all, "
                    "and is never a team leader's",
                )
            grants.append(Grant(role=given.role))
            continue
        station = station_of(connection, caller, given.station)
        team = None
        if given.team is not None:
            team = places.find(connection, tables.Team, station_id=station, code=given.team)
            if team is None:
                raise not_found("team")
        grants.append(Grant(role=given.role, station_id=station, team_id=team))
    return grants


def _note(
    connection: Connection,
    caller: Caller,
    action: str,
    person: int,
    grants: Sequence[Grant],
    at: Any,
) -> None:
    station = next((grant.station_id for grant in grants), None)
    deed = Deed(action=action, person_id=caller.person.id, thing=str(person), station_id=station)
    audit.note(connection, deed, at)


def _person(person: types.Person) -> Person:
    return Person(
        **as_me(person).model_dump(exclude={"roles"}),
        roles=[Granted(role=g.role.value, station=g.station, team=g.team) for g in person.grants],
        disabled=person.disabled,
        created_at=person.created_at,
    )
