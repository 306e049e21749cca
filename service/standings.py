"""Have each phrase stand as its labels show: up once they show it, down by itself."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, Engine

from db import standings
from db.explain import plainly
from phrases import standing as rule
from phrases.agreement import confirmed
from phrases.standing import Standing, Way


def way(connection: Connection, station_id: int, code: str) -> Way:
    """How far a code has come, by what the station's ears of now found."""
    by = standings.ears(connection, station_id)
    if by is None:
        return rule.way(0, 0)
    both, told = confirmed(standings.labelled(connection, station_id, code, by))
    reviewed, true = standings.reviewed(connection, station_id, code, by)
    return rule.way(told, both, reviewed, true)


def settle(connection: Connection, station_id: int, code: str, now: dt.datetime) -> Way:
    """Write down how a code stands, if that has changed; how far it has come."""
    found = way(connection, station_id, code)
    last = standings.last(connection, station_id, code)
    stood = Standing.ADVISORY if last is None else last["standing"]
    by = standings.ears(connection, station_id)
    if by is not None and found.standing is not stood:
        number = 0 if last is None else last["number"]
        standings.add(connection, station_id, code, number, found, by, now)
    return found


def settle_all(engine: Engine, now: dt.datetime) -> int:
    """The same of every code of every station: new ears start anew. How many were looked at."""
    with plainly(engine), engine.connect() as connection:
        listed = [
            (station, code)
            for station in standings.stations(connection)
            for code in standings.codes(connection, station)
        ]
    for station, code in listed:
        with plainly(engine), engine.begin() as connection:
            settle(connection, station, code, now)
    return len(listed)
