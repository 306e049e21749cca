"""Take a collector's appeal, answer it for good, and grant what nobody answered in time."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Engine, RowMapping

from db import appeals, audit, reviews
from db.explain import plainly
from db.people_types import Deed
from db.types import ConflictError, UsageError
from phrases.review import Fate, fate
from service import standings
from service.reviews import Reviewer


def fate_of(row: RowMapping, now: dt.datetime) -> Fate:
    """How it stands with a review that was found."""
    return fate(
        row["verdict"],
        now=now,
        due_at=row["due_at"],
        appeal_until=row["appeal_until"],
        appealed=row["appealed_at"] is not None,
        granted=row["granted"],
    )


def appeal(desk: Reviewer, row: RowMapping, text: str, within: dt.timedelta) -> None:
    """The collector does not accept it: one tap, with words or without.

    ConflictError if there is nothing to appeal against, or not any more.
    """
    if desk.person.collector_id is None or desk.person.collector_id != row["collector_id"]:
        raise UsageError("it is not about you: only the collector appeals")
    match fate_of(row, desk.now):
        case Fate.CONFIRMED | Fate.APPEALED:
            pass
        case Fate.STANDS if row["answered_at"] is None:
            raise ConflictError("the time to appeal is over")
        case _:
            raise ConflictError("nothing stands against you here: there is nothing to appeal")
    appeals.make(
        desk.connection, row["id"], desk.person.id, text, at=desk.now, due_at=desk.now + within
    )
    _trace(desk, "appeal.made", row)


def answer(desk: Reviewer, row: RowMapping, reason: str, *, granted: bool) -> None:
    """The office's last word: not by who reviewed it, nor by who was there.

    ConflictError if there is no appeal, it was answered, or its time is over.
    """
    if row["appealed_at"] is None:
        raise ConflictError("nobody has appealed against it")
    if row["decided_by"] == desk.person.id:
        raise UsageError("you reviewed it: somebody else must answer the appeal")
    if reviews.was_there(desk.connection, row["id"], desk.person.id):
        raise UsageError("you were on the shift: somebody who was not must answer the appeal")
    if row["answered_at"] is None and desk.now > row["answer_due_at"]:
        raise ConflictError("nobody answered in time: it is decided for the collector")
    appeals.answer(desk.connection, row["id"], desk.person.id, reason, granted=granted, at=desk.now)
    standings.settle(desk.connection, row["station_id"], row["code"], desk.now)
    _trace(desk, "appeal.granted" if granted else "appeal.refused", row)


def grant_overdue(engine: Engine, now: dt.datetime) -> int:
    """Decide for the collector what nobody answered in time; how many."""
    with plainly(engine), engine.begin() as connection:
        rows = appeals.overdue(connection, now)
        for row in rows:
            appeals.answer(connection, row["item_id"], None, "", granted=True, at=now)
            deed = Deed(
                action="appeal.lapsed",
                thing=str(row["item_id"]),
                collector_id=row["collector_id"],
                station_id=row["station_id"],
            )
            audit.note(connection, deed, now)
    return len(rows)


def _trace(desk: Reviewer, action: str, row: RowMapping) -> None:
    deed = Deed(
        action=action,
        person_id=desk.person.id,
        thing=str(row["id"]),
        collector_id=row["collector_id"],
        station_id=row["station_id"],
    )
    audit.note(desk.connection, deed, desk.now)
