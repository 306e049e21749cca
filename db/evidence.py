"""Read all that one vehicle's evidence card shows, of one and the same grading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, select

from db import codec, proof, reads, tables
from db.columns import Base
from db.people_types import Reach
from db.proof import Proof
from db.reach import shifts_within
from db.statements import writer
from db.types import ShiftRow
from phrases.types import Gap, Heard, TransactionVerdict

AROUND_MS = 2_000
"""milliseconds before and after the vehicle within which what was heard is shown with it"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """A vehicle as it was judged, and what that rests on."""

    shift: ShiftRow
    warnings: tuple[str, ...]
    verdict: TransactionVerdict
    utterances: tuple[Heard, ...]
    """what was heard while it was there, and just around"""
    gaps: tuple[Gap, ...]
    proof: Proof | None
    """None: no entry of the ledger states it (yet)"""


def evidence(connection: Connection, reach: Reach, shift_id: str, position: int) -> Evidence | None:
    """That of one vehicle, by its place in the shown grading; None if there is none in reach."""
    query = reads.gradings().where(
        reads.is_shown(),
        tables.Shift.id == shift_id,
        shifts_within(reach),
    )
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        return None
    # From here on by the grading's id: another one may be shown meanwhile.
    vehicle = _vehicle(connection, row["id"], position)
    if not vehicle[tables.Vehicle]:
        return None
    (verdict,) = codec.verdicts_of(vehicle)
    low, high = verdict.start_ms - AROUND_MS, verdict.end_ms + AROUND_MS
    heard, gaps = (
        _during(connection, table, row["id"], low, high) for table in (tables.Utterance, tables.Gap)
    )
    first, last = (heard[0]["position"], heard[-1]["position"]) if heard else (0, -1)
    match = tables.Match.__table__
    said = select(match).where(
        match.c.grading_id == row["id"], match.c.utterance_position.between(first, last)
    )
    matches = connection.execute(said.order_by(*match.primary_key)).mappings().all()
    return Evidence(
        shift=reads.shift_row(row),
        warnings=tuple(row["warnings"]),
        verdict=verdict,
        utterances=codec.heard_of(heard, matches),
        gaps=codec.gaps_of(gaps),
        proof=proof.prove(connection, writer(row["station"], row["booth"]), row["id"], vehicle),
    )


def _vehicle(
    connection: Connection, grading_id: int, position: int
) -> dict[type[Base], Sequence[RowMapping]]:
    """The rows of one vehicle by table."""
    found: dict[type[Base], Sequence[RowMapping]] = {}
    for table in (tables.Vehicle, tables.Due, tables.Step, tables.Finding):
        rows = table.__table__
        place = rows.c.position if table is tables.Vehicle else rows.c.vehicle_position
        query = select(rows).where(rows.c.grading_id == grading_id, place == position)
        found[table] = connection.execute(query.order_by(*rows.primary_key)).mappings().all()
    return found


def _during(
    connection: Connection, table: type[Base], grading_id: int, low: int, high: int
) -> Sequence[RowMapping]:
    """The rows of a grading that share time with the stretch, in their order."""
    rows = table.__table__
    query = select(rows).where(
        rows.c.grading_id == grading_id, rows.c.start_ms <= high, rows.c.end_ms >= low
    )
    return connection.execute(query.order_by(rows.c.position)).mappings().all()
