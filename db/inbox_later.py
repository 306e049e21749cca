"""Keep what a booth says later of what it sent: marks, flags of the lane's messages, erasures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, insert, select

from db import erase, facts, holds
from db.keeping_tables import Erasure
from db.live_tables import LaneMessage, VehicleMark

Remark = tuple[str, int | None, int, Mapping[str, Any]]
"""kind, grading, entry, and the columns of its row"""


def keep(connection: Connection, booth_id: int, writer_id: int, remarks: Sequence[Remark]) -> None:
    """Store the rows, each as the chain's entry states it."""
    for kind, grading_id, seq, values in remarks:
        row = {**values, "writer_id": writer_id, "seq": seq}
        if kind == "lane":
            row |= {"booth_id": booth_id, "came": writer_id}
            connection.execute(insert(LaneMessage), [row])
            continue
        assert grading_id is not None
        row["grading_id"] = grading_id
        if kind == "erased":
            # It waits until it is done below.
            connection.execute(insert(Erasure), [{**row, "waits": True}])
            continue
        places = [row["vehicle_position"]]
        facts.remove(connection, grading_id, places)
        connection.execute(insert(VehicleMark), [row])
        facts.count(connection, grading_id, places)


def erased(connection: Connection, gradings: Iterable[int], at: dt.datetime) -> None:
    """Erase of these gradings what was erased before, or is to be: pieces may come after it."""
    wanted = sorted(set(gradings))
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        query = select(Erasure.id, Erasure.grading_id, Erasure.what, Erasure.vehicle_position)
        rows = connection.execute(query.where(Erasure.grading_id.in_(some))).all()
        for row in rows:
            held = holds.held(connection, [row.grading_id], at).get(row.grading_id)
            done = erase.again(connection, row.grading_id, row.what, row.vehicle_position, held)
            erase.settle(connection, row.id, waits=not done)
        erase.unnamed(connection, some)
