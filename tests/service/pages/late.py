"""A complaint and something to be put right that nobody has seen to for long."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection

from db import complaints, rectifications
from db.check_types import NewRectification
from phrases import complaint, rectify

UNSEEN = "一个月前的投诉"
UNDONE = "一个月前要整改的"


def late(connection: Connection, station: int, by: int, at: dt.datetime) -> None:
    """Put them in, as they were at a time."""
    complaints.take(
        connection,
        complaints.Taken(
            station_id=station, channel=complaint.Channel.PHONE, received_at=at, taken_by=by
        ),
        complaints.Entry(
            event=complaint.Event.TAKEN,
            state=complaint.taken(complaint.Level.COLLECTOR, at, complaint.Deadlines()),
            person_id=by,
            text=UNSEEN,
        ),
        at,
    )
    opened = rectifications.Entry(
        move=rectify.Move.OPENED, state=rectify.opened(at, 7), person_id=by, text=UNDONE
    )
    rectifications.open_(connection, NewRectification(station_id=station), opened, at)
