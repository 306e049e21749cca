"""Hold what a review, an appeal, a complaint or a consequence rests on, beyond its days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, insert, or_, select, update

from db.keeping_tables import Hold, HoldReason

AFTER_FINAL = dt.timedelta(days=365)
"""how long it is held once nothing can be done about it any more"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """What of a grading must stay."""

    everything: bool = False
    vehicles: frozenset[int] = frozenset()
    """the places of its vehicles that are held"""

    def __bool__(self) -> bool:
        return self.everything or bool(self.vehicles)

    def covers(self, place: int) -> bool:
        """Whether this vehicle is held."""
        return self.everything or place in self.vehicles


def place(
    connection: Connection,
    grading_id: int,
    vehicle_position: int | None,
    *,
    reason: HoldReason,
    by: str,
    at: dt.datetime,
) -> int:
    """Hold a vehicle, or with None all of a grading, until it is settled; the hold's id."""
    row = {
        "grading_id": grading_id,
        "vehicle_position": vehicle_position,
        "reason": reason,
        "placed_by": by,
        "placed_at": at,
        "until": None,
    }
    return connection.execute(insert(Hold).values(row).returning(Hold.id)).scalar_one()


def settle(connection: Connection, hold_id: int, final_at: dt.datetime) -> None:
    """Say when what it was held for became final: a year later the hold ends."""
    values = {"until": final_at + AFTER_FINAL}
    connection.execute(update(Hold).where(Hold.id == hold_id).values(values))


def unsettle(connection: Connection, hold_id: int) -> None:
    """Hold it again: what it was held for is open once more."""
    connection.execute(update(Hold).where(Hold.id == hold_id).values(until=None))


def held(connection: Connection, gradings: Iterable[int], at: dt.datetime) -> dict[int, Held]:
    """What is held of these gradings at a moment, by grading; nothing of those not in it."""
    found: dict[int, set[int | None]] = {}
    wanted = sorted(set(gradings))
    for start in range(0, len(wanted), 500):
        query = select(Hold.grading_id, Hold.vehicle_position).where(
            Hold.grading_id.in_(wanted[start : start + 500]),
            or_(Hold.until.is_(None), Hold.until > at),
        )
        for row in connection.execute(query):
            found.setdefault(row.grading_id, set()).add(row.vehicle_position)
    return {
        grading: Held(
            everything=None in places, vehicles=frozenset(p for p in places if p is not None)
        )
        for grading, places in found.items()
    }
