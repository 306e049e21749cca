"""What is said later of what is stored: marks, flags of the lane's messages, erasures.

Each is an entry of a chain, in the transaction that stores its row and under a seal that is of no
grading. The same code reads the row when it is stated and when the ledger is verified.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select, update

from db import ledger, tables
from db.inbox_tables import InboxGrading, InboxStream
from db.keeping_tables import ErasedWhat, Erasure
from db.ledger_tables import LedgerEntry, LedgerSeal, LedgerWriter
from db.live_tables import LaneMessage, VehicleMark
from db.messages import REMARKS, Hidden
from db.seal import Signer
from db.statements import Statement, Words, facts_of, words_of, writer

OF_NONE = 0
"""what a seal over remarks has for a grading's number"""
TABLES: Mapping[str, Any] = dict(zip(REMARKS, (VehicleMark, LaneMessage, Erasure), strict=True))
"""the row that each kind of entry states"""
DECIDED = (ErasedWhat.VEHICLE, ErasedWhat.COLLECTOR)
"""erasures that a person decides; what goes when its days are over is not stated"""
_NOT_STATED = ("id", "grading_id", "booth_id", "writer_id", "seq", "came", "waits")
_HIDDEN = {"mark": ("by",), "lane": ("event", "body"), "erased": ("forced",)}
"""columns that are stated as salted hashes, each at a place of its own"""


def state(
    connection: Connection,
    kind: str,
    ids: Sequence[int],
    signer: Signer,
    when: ledger.Moment,
) -> None:
    """State rows that were just stored, each in the chain that this database keeps of its booth."""
    by_writer: dict[str, list[int]] = {}
    for key in ids:
        by_writer.setdefault(_own_writer(connection, kind, key), []).append(key)
    table = TABLES[kind]
    for name, keys in by_writer.items():
        stated = [statement(connection, kind, row) for row in _rows(connection, table, keys)]
        added = ledger.state(connection, name, OF_NONE, stated, signer, when)
        chain = connection.scalar(select(LedgerWriter.id).where(LedgerWriter.name == name))
        entries = [one.entry["seq"] for one in added if one.statement is not None]
        for key, seq in zip(keys, entries, strict=True):
            own = update(table).where(table.id == key)
            connection.execute(own.values(writer_id=chain, seq=seq))


def statement(connection: Connection, kind: str, row: Mapping[Any, Any]) -> Statement:
    """What the row says."""
    facts = facts_of(row, *_NOT_STATED, *_HIDDEN[kind])
    if kind != "lane":
        facts["of"] = _of(connection, row["grading_id"], row["writer_id"])
    said: list[Words] = [[row[name]] for name in _HIDDEN[kind]]
    return Statement(kind=kind, facts=facts, words=tuple(map(words_of, said)), said=tuple(said))


def stated(
    connection: Connection, writer_id: int, entry: Mapping[Any, Any]
) -> tuple[RowMapping, Statement] | None:
    """The row that an entry states, and what it says; None: there is none any more."""
    table = TABLES[entry["kind"]]
    own = table.writer_id == writer_id, table.seq == entry["seq"]
    row = connection.execute(select(table.__table__).where(*own)).mappings().one_or_none()
    return None if row is None else (row, statement(connection, entry["kind"], row))


def outgoing(
    connection: Connection, writer_id: int, entry: Mapping[Any, Any], words: Hidden
) -> tuple[ledger.Added, int | None]:
    """An entry as it goes to the centre, and the grading that it is of.

    What the lane sent stays here: its salted hash goes, and neither the words nor the salt.
    """
    pair = stated(connection, writer_id, entry)
    if pair is None:
        # A message of the lane whose days are over.
        gone: tuple[Words, ...] = ([""], [""])
        left = Statement(kind="lane", facts={}, words=(None, None), said=gone)
        return ledger.Added(entry=entry, statement=left, words=words), None
    row, found = pair
    if entry["kind"] == "lane":
        hashed = {place: (one, None) for place, (one, _) in words.items() if place == 1}
        found = replace(found, said=(found.said[0], [""]))
        return ledger.Added(entry=entry, statement=found, words={**words, **hashed}), None
    return ledger.Added(entry=entry, statement=found, words=words), row["grading_id"]


def count(connection: Connection, writer_id: int, kind: str, up_to: int) -> int:
    """How many rows of a kind are said to be stated by this chain, up to an entry."""
    table = TABLES[kind]
    own = table.writer_id == writer_id, table.seq <= up_to
    return connection.scalar(select(func.count()).select_from(table).where(*own)) or 0


def unstated(connection: Connection) -> str | None:
    """A kind of which a row is in no entry, though an older one is; None: there is none."""
    for kind, table in TABLES.items():
        first = select(func.min(table.id)).where(table.writer_id.is_not(None)).scalar_subquery()
        stray = select(table.id).where(table.writer_id.is_(None), table.id > first)
        if kind == "lane":
            stray = stray.where(table.flag.is_not(None))
        elif kind == "erased":
            stray = stray.where(table.what.in_(DECIDED))
        if connection.execute(stray.limit(1)).first() is not None:
            return kind
    return None


def _of(connection: Connection, grading_id: int, writer_id: int | None) -> dict[str, Any]:
    """The grading that is meant, as the chain that states it can name it."""
    stream = InboxStream
    came = connection.execute(
        select(stream.writer_id, stream.epoch, InboxGrading.opened)
        .join(InboxGrading, InboxGrading.stream_id == stream.id)
        .where(InboxGrading.grading_id == grading_id)
    ).one_or_none()
    if came is not None and came.writer_id != writer_id:
        return {"epoch": came.epoch, "message": came.opened}
    entry, seal = LedgerEntry, LedgerSeal
    within = (entry.seq >= seal.first_seq) & (entry.seq <= seal.seq)
    opened = (
        select(entry.seq)
        .join(seal, (seal.writer_id == entry.writer_id) & within)
        .where(seal.grading_id == grading_id, entry.kind == "opened")
    )
    return {"opened": connection.scalar(opened)}


def _own_writer(connection: Connection, kind: str, key: int) -> str:
    """The name of the chain that this database itself keeps of the row's booth."""
    table = TABLES[kind]
    place = select(tables.Station.code.label("station"), tables.Booth.code.label("booth"))
    place = place.join(tables.Booth, tables.Booth.station_id == tables.Station.id)
    if kind == "lane":
        place = place.join(table, table.booth_id == tables.Booth.id)
    else:
        place = place.join(tables.Shift, tables.Shift.booth_id == tables.Booth.id)
        place = place.join(tables.Grading, tables.Grading.shift_id == tables.Shift.id)
        place = place.join(table, table.grading_id == tables.Grading.id)
    row = connection.execute(place.where(table.id == key)).one()
    return writer(row.station, row.booth)


def _rows(connection: Connection, table: Any, keys: Sequence[int]) -> Sequence[RowMapping]:
    query = select(table.__table__).where(table.id.in_(keys)).order_by(table.id)
    return connection.execute(query).mappings().all()
