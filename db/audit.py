"""Write down who read or decided what: rows are only ever added."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, insert

from db.people_tables import Audit
from db.people_types import Deed


def note(connection: Connection, deed: Deed, at: dt.datetime) -> None:
    """Add a row in the caller's transaction, so that the deed and its trace are kept together."""
    connection.execute(
        insert(Audit).values(
            at=at,
            person_id=deed.person_id,
            action=deed.action,
            thing=deed.thing,
            collector_id=deed.collector_id,
            station_id=deed.station_id,
            detail=deed.detail,
        )
    )
