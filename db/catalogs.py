"""Keep catalogs that a station edits: the draft, what was published, what is in use, replays."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from db.catalog_tables import CatalogDraft, CatalogReplay, CatalogUse, CatalogVersion
from db.facts_tables import Shown
from db.insert import insert_new
from db.people_tables import Person
from db.types import ConflictError

Files = Mapping[str, str]
"""name to the text of a TOML file"""


def draft(connection: Connection) -> RowMapping | None:
    """The last draft: number, at, person (a name) and files; None: there never was one."""
    own = CatalogDraft
    query = (
        select(own.number, own.at, Person.name.label("person"), own.files)
        .outerjoin(Person, Person.id == own.person_id)
        .order_by(own.number.desc())
        .limit(1)
    )
    return connection.execute(query).mappings().one_or_none()


def save(
    connection: Connection, seen: int, files: Files, *, by: int | None, at: dt.datetime
) -> int:
    """The draft's next number, after the one that was seen. ConflictError if there is another."""
    last = connection.scalar(select(func.max(CatalogDraft.number))) or 0
    made = None
    if last == seen:
        made = connection.execute(
            insert_new(connection, CatalogDraft)
            .values(number=seen + 1, at=at, person_id=by, files=_json(files))
            .returning(CatalogDraft.number)
        ).scalar_one_or_none()
    if made is None:
        raise ConflictError("somebody else has changed the draft meanwhile: look again")
    return seen + 1


def publish(
    connection: Connection,
    files: Files,
    catalog: str,
    *,
    note: str,
    by: int | None,
    at: dt.datetime,
) -> int:
    """A new version, which is in use from now on; its id."""
    made = connection.execute(
        insert(CatalogVersion)
        .values(at=at, person_id=by, note=note, files=_json(files), catalog=catalog)
        .returning(CatalogVersion.id)
    ).scalar_one()
    use(connection, made, reason=note, by=by, at=at)
    return int(made)


def use(
    connection: Connection, version: int | None, *, reason: str, by: int | None, at: dt.datetime
) -> None:
    """Have a version in use from now on; None: what ships. ConflictError if it is in use."""
    last = _last_use(connection)
    if (None if last is None else last["version_id"]) == version:
        raise ConflictError("it is in use already")
    number = 1 if last is None else last["number"] + 1
    made = connection.execute(
        insert_new(connection, CatalogUse)
        .values(number=number, at=at, person_id=by, version_id=version, reason=reason)
        .returning(CatalogUse.number)
    ).scalar_one_or_none()
    if made is None:
        raise ConflictError("somebody else has put a version in use meanwhile: look again")


def in_use(connection: Connection) -> tuple[int, Files] | None:
    """The version in use and its files; None: what ships, and the settings' files."""
    last = _last_use(connection)
    if last is None or last["version_id"] is None:
        return None
    found = version(connection, last["version_id"])
    assert found is not None
    return last["version_id"], json.loads(found["files"])


def version(connection: Connection, key: int) -> RowMapping | None:
    """A version; None: there is no such."""
    query = _versions().where(CatalogVersion.id == key)
    return connection.execute(query).mappings().one_or_none()


def versions(connection: Connection) -> Sequence[RowMapping]:
    """All of them, the newest first."""
    query = _versions().order_by(CatalogVersion.id.desc())
    return connection.execute(query).mappings().all()


def uses(connection: Connection) -> Sequence[RowMapping]:
    """What was in use from when on, the newest first."""
    own = CatalogUse
    query = (
        select(own.number, own.at, Person.name.label("person"), own.version_id, own.reason)
        .outerjoin(Person, Person.id == own.person_id)
        .order_by(own.number.desc())
    )
    return connection.execute(query).mappings().all()


def ask_replay(
    connection: Connection,
    number: int,
    days: tuple[dt.date, dt.date],
    *,
    by: int | None,
    at: dt.datetime,
) -> int:
    """Have a draft replayed over days (the first, and the one after the last); the replay's id."""
    made = connection.execute(
        insert(CatalogReplay)
        .values(
            draft=number,
            at=at,
            person_id=by,
            since=days[0],
            until=days[1],
            shifts=len(shifts(connection, days)),
            done=0,
            ended_at=None,
            result="{}",
            problem="",
        )
        .returning(CatalogReplay.id)
    ).scalar_one()
    return int(made)


def shifts(connection: Connection, days: tuple[dt.date, dt.date]) -> Sequence[str]:
    """Ids of the shifts of those days, in the order of their ids."""
    query = select(Shown.shift_id).where(Shown.day >= days[0], Shown.day < days[1])
    return connection.scalars(query.order_by(Shown.shift_id)).all()


def replays(
    connection: Connection, *, key: int | None = None, waiting: bool = False
) -> Sequence[RowMapping]:
    """All replays, the newest first, with the files that they try; that one; those not done."""
    own = CatalogReplay
    query = (
        select(*own.__table__.c, Person.name.label("person"), CatalogDraft.files)
        .join(CatalogDraft, CatalogDraft.number == own.draft)
        .outerjoin(Person, Person.id == own.person_id)
        .order_by(own.id.desc())
    )
    if key is not None:
        query = query.where(own.id == key)
    if waiting:
        query = query.where(own.ended_at.is_(None))
    return connection.execute(query).mappings().all()


def note_replay(connection: Connection, key: int, **values: Any) -> None:
    """Write down how far a replay is."""
    connection.execute(update(CatalogReplay).where(CatalogReplay.id == key).values(**values))


def _last_use(connection: Connection) -> RowMapping | None:
    own = CatalogUse
    query = select(own.number, own.version_id).order_by(own.number.desc()).limit(1)
    return connection.execute(query).mappings().one_or_none()


def _versions() -> Any:
    own = CatalogVersion
    return select(
        own.id, own.at, Person.name.label("person"), own.note, own.files, own.catalog
    ).outerjoin(Person, Person.id == own.person_id)


def _json(files: Files) -> str:
    return json.dumps(dict(files), ensure_ascii=False, sort_keys=True)
