"""Have two people hear the same clips blind, and say how far they agree and how right we are."""

from __future__ import annotations

import datetime as dt
import secrets

from sqlalchemy import Connection, RowMapping

from db import audit, doubles
from db.doubles import NewSample
from db.people_types import Deed
from db.types import UsageError
from phrases.agreement import Agreement, Program, agreement, drawn, mixed
from phrases.review import Verdict
from service import standings
from service.reviews import Reviewer


def draw(
    desk: Reviewer,
    station_id: int,
    code: str,
    *,
    since: dt.date,
    until: dt.date,
    size: int,
    others: int,
) -> int:
    """Draw a sample of a code: faults, unsure ones, and vehicles of which nothing was said; its id.

    UsageError if there is nothing to hear.
    """
    found = doubles.found(desk.connection, station_id, code, since, until)
    seed = secrets.token_hex(16)
    picked = {
        key: program
        for program, (_, keys) in found.items()
        for key in drawn(keys, size if program is Program.FAULT else others, seed)
    }
    if not picked:
        raise UsageError("no clip of these days is kept that the code is about: nothing to hear")
    new = NewSample(
        station_id=station_id,
        code=code,
        since=since,
        until=until,
        size=size,
        others=others,
        faults=found[Program.FAULT][0],
        unsures=found[Program.UNSURE][0],
        silents=found[Program.SILENT][0],
        seed=seed,
    )
    order = [(key, picked[key]) for key in mixed(picked, seed)]
    made = doubles.keep(desk.connection, new, order, by=desk.person.id, at=desk.now)
    _trace(desk, "double.drawn", made, station_id)
    return made


def label(desk: Reviewer, row: RowMapping, verdict: Verdict) -> int:
    """Say whether the clip is as the code says; whether this was the first label or the second.

    The second settles how the code stands. ConflictError if they, or two others, have labelled it.
    """
    if doubles.was_there(desk.connection, row["id"], desk.person.id):
        raise UsageError("you were on the shift: somebody who was not must label it")
    number = doubles.label(desk.connection, row["id"], desk.person.id, verdict, desk.now)
    _trace(desk, "double.labelled", row["id"], row["station_id"])
    if number == 2:
        standings.settle(desk.connection, row["station_id"], row["code"], desk.now)
    return number


def result(connection: Connection, sample: RowMapping) -> Agreement:
    """What a sample says so far."""
    return agreement(doubles.pairs(connection, sample))


def _trace(desk: Reviewer, action: str, thing: int, station_id: int) -> None:
    deed = Deed(action=action, person_id=desk.person.id, thing=str(thing), station_id=station_id)
    audit.note(desk.connection, deed, desk.now)
