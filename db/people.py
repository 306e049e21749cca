"""Keep who may log in: accounts, roles, sessions, and logins that were refused.

Each function works in the caller's transaction. A person who is disabled is as good as absent.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, delete, func, insert, or_, select, update

from db import tables
from db.insert import insert_new
from db.people_tables import LoginFailure, Person, RoleGrant, Secret, Session
from db.people_types import Grant, Reach, Role
from db.people_types import Person as PersonRow
from db.types import UsageError


def add(
    connection: Connection,
    *,
    login: str,
    name: str,
    password: str,
    grants: Iterable[Grant],
    collector_id: int | None = None,
    at: dt.datetime,
) -> int:
    """Make a person; their id. UsageError if the login or the collector is another's.

    `password` is a hash.
    """
    made: int | None = connection.execute(
        insert_new(connection, Person)
        .values(
            login=login,
            name=name,
            password=password,
            collector_id=collector_id,
            totp_confirmed=False,
            totp_used=-1,
            created_at=at,
        )
        .returning(Person.id)
    ).scalar_one_or_none()
    if made is None:
        raise UsageError("the login, or the collector, is another person's: give another")
    set_grants(connection, made, grants)
    return made


def set_grants(connection: Connection, person_id: int, grants: Iterable[Grant]) -> None:
    """These roles and no others."""
    connection.execute(delete(RoleGrant).where(RoleGrant.person_id == person_id))
    for grant in dict.fromkeys(grants):
        connection.execute(
            insert(RoleGrant).values(
                person_id=person_id,
                role=grant.role,
                station_id=grant.station_id,
                team_id=grant.team_id,
            )
        )


def change(connection: Connection, person_id: int, **values: Any) -> None:
    """Set columns of a person."""
    connection.execute(update(Person).where(Person.id == person_id).values(**values))


def find(connection: Connection, person_id: int) -> PersonRow | None:
    """The person with this id, disabled or not."""
    row = connection.execute(_people().where(Person.id == person_id)).mappings().one_or_none()
    return None if row is None else _person(row, _grants(connection, [person_id]))


def page(
    connection: Connection, within: Reach, *, after: int | None, limit: int
) -> list[PersonRow]:
    """People of whom a role or the collector is within reach, by id."""
    query = _people().where(_within(within)).order_by(Person.id).limit(limit)
    if after is not None:
        query = query.where(Person.id > after)
    rows = connection.execute(query).mappings().all()
    grants = _grants(connection, [row["id"] for row in rows])
    return [_person(row, grants) for row in rows]


def is_within(connection: Connection, person_id: int, within: Reach) -> bool:
    """Whether this person is within reach."""
    query = select(Person.id).where(Person.id == person_id, _within(within))
    return connection.scalar(query.select_from(Person).outerjoin(tables.Collector)) is not None


def secrets_of(connection: Connection, login: str) -> RowMapping | None:
    """What a login is checked against: id, password, totp_secret, totp_confirmed."""
    columns = (Person.id, Person.password, Person.totp_secret, Person.totp_confirmed)
    query = select(*columns).where(Person.login == login, Person.disabled_at.is_(None))
    return connection.execute(query).mappings().one_or_none()


def use_step(connection: Connection, person_id: int, step: int) -> bool:
    """Take a one-time code's step; False if it, or a later one, was taken before."""
    taken = connection.execute(
        update(Person).where(Person.id == person_id, Person.totp_used < step).values(totp_used=step)
    )
    return taken.rowcount == 1


def secret(connection: Connection, name: str, new: str) -> str:
    """The secret of that name, which is `new` if there was none."""
    connection.execute(insert_new(connection, Secret).values(name=name, value=new))
    return connection.scalars(select(Secret.value).where(Secret.name == name)).one()


def open_session(
    connection: Connection, person_id: int, token_hash: str, at: dt.datetime, until: dt.datetime
) -> None:
    """Begin a session, and forget those that are over."""
    connection.execute(delete(Session).where(Session.expires_at <= at))
    connection.execute(
        insert(Session).values(
            token_hash=token_hash, person_id=person_id, created_at=at, seen_at=at, expires_at=until
        )
    )


def session(connection: Connection, token_hash: str) -> RowMapping | None:
    """The session with this token (id, person_id, seen_at, expires_at) of one not disabled."""
    query = (
        select(Session.__table__)
        .join(Person, Person.id == Session.person_id)
        .where(Session.token_hash == token_hash, Person.disabled_at.is_(None))
    )
    return connection.execute(query).mappings().one_or_none()


def touch(connection: Connection, session_id: int, at: dt.datetime) -> None:
    """Note that it was used."""
    connection.execute(update(Session).where(Session.id == session_id).values(seen_at=at))


def end_session(connection: Connection, session_id: int) -> None:
    """Log out."""
    connection.execute(delete(Session).where(Session.id == session_id))


def end_sessions(connection: Connection, person_id: int, *, but: int | None = None) -> None:
    """Log out everywhere, but in the session `but`."""
    query = delete(Session).where(Session.person_id == person_id)
    connection.execute(query if but is None else query.where(Session.id != but))


def fail(connection: Connection, keys: Iterable[str], at: dt.datetime) -> list[int]:
    """Count an attempt to log in under each key; the rows, to take back if it succeeds."""
    return [
        connection.execute(
            insert(LoginFailure).values(key=key, at=at).returning(LoginFailure.id)
        ).scalar_one()
        for key in keys
    ]


def failures(
    connection: Connection, key: str, since: dt.datetime
) -> tuple[int, dt.datetime | None]:
    """How many attempts there were, and when the first was."""
    query = select(func.count(), func.min(LoginFailure.at))
    count, first = connection.execute(
        query.where(LoginFailure.key == key, LoginFailure.at > since)
    ).one()
    return count, first


def take_back(connection: Connection, ids: Iterable[int], key: str | None = None) -> None:
    """Forget these attempts, and all under `key`."""
    own = LoginFailure.id.in_(list(ids))
    connection.execute(
        delete(LoginFailure).where(own if key is None else or_(own, LoginFailure.key == key))
    )


def forget_failures(connection: Connection, before: dt.datetime) -> None:
    """What is older says nothing any more."""
    connection.execute(delete(LoginFailure).where(LoginFailure.at <= before))


def any_administrator(connection: Connection) -> bool:
    """Whether somebody may administer every station, and can log in."""
    query = (
        select(RoleGrant.id)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            RoleGrant.role == Role.ADMINISTRATOR,
            RoleGrant.station_id.is_(None),
            Person.disabled_at.is_(None),
        )
    )
    return connection.scalar(query.limit(1)) is not None


def _people() -> Select[Any]:
    return (
        select(
            Person.__table__,
            tables.Collector.code.label("collector"),
            tables.Station.code.label("station"),
        )
        .select_from(Person)
        .outerjoin(tables.Collector, tables.Collector.id == Person.collector_id)
        .outerjoin(tables.Station, tables.Station.id == tables.Collector.station_id)
    )


def _within(reach: Reach) -> Any:
    if reach.everything:
        return Person.id.is_not(None)
    granted = select(RoleGrant.person_id).where(
        or_(RoleGrant.station_id.in_(reach.stations), RoleGrant.team_id.in_(reach.teams))
    )
    return or_(
        Person.id.in_(granted),
        tables.Collector.station_id.in_(reach.stations),
        tables.Collector.team_id.in_(reach.teams),
        Person.collector_id.in_(reach.collectors),
    )


def accounts_of(connection: Connection, collector_id: int) -> Sequence[int]:
    """The ids of the people who log in as a collector."""
    return connection.scalars(select(Person.id).where(Person.collector_id == collector_id)).all()


def _grants(connection: Connection, people: Iterable[int]) -> dict[int, list[Grant]]:
    found = defaultdict(list)
    query = (
        select(
            RoleGrant.__table__,
            tables.Station.code.label("station"),
            tables.Team.code.label("team"),
        )
        .select_from(RoleGrant)
        .outerjoin(tables.Station, tables.Station.id == RoleGrant.station_id)
        .outerjoin(tables.Team, tables.Team.id == RoleGrant.team_id)
        .where(RoleGrant.person_id.in_(list(people)))
        .order_by(RoleGrant.id)
    )
    for row in connection.execute(query).mappings():
        grant = Grant(
            role=row["role"],
            station_id=row["station_id"],
            team_id=row["team_id"],
            station=row["station"],
            team=row["team"],
        )
        found[row["person_id"]].append(grant)
    return found


def _person(row: RowMapping, grants: dict[int, list[Grant]]) -> PersonRow:
    return PersonRow(
        id=row["id"],
        login=row["login"],
        name=row["name"],
        collector_id=row["collector_id"],
        collector=row["collector"],
        station=row["station"],
        grants=tuple(grants.get(row["id"], ())),
        second_factor=row["totp_confirmed"],
        disabled=row["disabled_at"] is not None,
        created_at=row["created_at"],
    )
