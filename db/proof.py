"""Prove one vehicle by the ledger: its entry, the way from it to a root, the root's signature.

`db/verify.py` walks whole chains; this looks at the one entry that a card is about, and costs no
more than the grading's seal. It proves as much of that entry, and nothing of the others.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, select

from db import ledger, merkle, tables
from db.columns import Base
from db.ledger_tables import LedgerEntry, LedgerKey, LedgerSeal, LedgerWords, LedgerWriter
from db.seal import signed
from db.statements import Statement, salted, vehicles


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """What the ledger says of one vehicle, and which of it holds."""

    writer: str
    """station/booth"""
    seq: int
    """the entry that states the vehicle"""
    at: str
    """when it was added: UTC, ISO 8601"""
    entry: str
    """its hash, the leaf: 64 hexadecimal characters"""
    beside: tuple[merkle.Beside, ...]
    """the way from the leaf to the root"""
    first_seq: int
    last_seq: int
    """the entries that the seal is over"""
    root: str
    """64 hexadecimal characters"""
    public_key: str
    signature: str
    stated: bool
    """what is stored of the vehicle is what the entry states"""
    chained: bool
    """the hash is the entry's own, and the entry follows the one before it"""
    included: bool
    """the way up from the leaf ends at the root"""
    sealed: bool
    """the root was signed with that key, and an entry of the chain introduces the key"""
    erased: bool
    """words of it were deleted with their salt: of them nothing can be shown any more"""

    @property
    def holds(self) -> bool:
        """Whether all of it does."""
        return self.stated and self.chained and self.included and self.sealed


def prove(
    connection: Connection,
    writer: str,
    grading_id: int,
    vehicle: Mapping[type[Base], Sequence[RowMapping]],
) -> Proof | None:
    """The proof of a vehicle, from its own rows by table.

    None: no entry states it, since it is older than the ledger, or what the booth stated of it has
    not come whole. `writer` is the booth's, as the booth calls its chain.
    """
    (row,) = vehicle[tables.Vehicle]
    found = _entry(connection, grading_id, row["position"])
    if found is None:
        return None
    entry, seal = found
    whose = LedgerEntry.writer_id == entry["writer_id"]
    under = select(LedgerEntry.hash).where(
        whose, LedgerEntry.seq.between(seal["first_seq"], seal["seq"])
    )
    leaves = [bytes.fromhex(each) for each in connection.scalars(under.order_by(LedgerEntry.seq))]
    place = entry["seq"] - seal["first_seq"]
    beside = merkle.path(leaves, place)
    top = merkle.climbed(bytes.fromhex(entry["hash"]), beside).hex()
    before = connection.scalar(
        select(LedgerEntry.hash).where(whose, LedgerEntry.seq == entry["seq"] - 1)
    )
    (statement,) = vehicles(vehicle)
    stated, erased = _stated(connection, entry, statement)
    return Proof(
        writer=_name(connection, entry["writer_id"]),
        seq=entry["seq"],
        at=entry["at"],
        entry=entry["hash"],
        beside=beside,
        first_seq=seal["first_seq"],
        last_seq=seal["seq"],
        root=seal["root"],
        public_key=seal["public_key"],
        signature=seal["signature"],
        stated=stated,
        chained=ledger.entry_hash(writer, entry) == entry["hash"] and before == entry["previous"],
        included=top == seal["root"] and len(leaves) == seal["seq"] - seal["first_seq"] + 1,
        sealed=_sealed(connection, writer, entry["writer_id"], seal),
        erased=erased,
    )


def _entry(
    connection: Connection, grading_id: int, position: int
) -> tuple[RowMapping, RowMapping] | None:
    """The entry that states the vehicle, and the seal that it is under."""
    entry = LedgerEntry.__table__
    under = and_(
        LedgerSeal.writer_id == entry.c.writer_id,
        entry.c.seq.between(LedgerSeal.first_seq, LedgerSeal.seq),
    )
    # The text narrows the search; what it is the position of is seen in the body.
    query = (
        select(entry, LedgerSeal.seq.label("seal"))
        .join(LedgerSeal, under)
        .where(
            LedgerSeal.grading_id == grading_id,
            entry.c.kind == "vehicle",
            entry.c.body.like(f'%"position":{position},%'),
        )
    )
    for row in connection.execute(query.order_by(entry.c.seq)).mappings():
        if json.loads(row["body"])["position"] == position:
            seal = LedgerSeal.__table__
            mine = select(seal).where(
                seal.c.writer_id == row["writer_id"], seal.c.seq == row["seal"]
            )
            return row, connection.execute(mine).mappings().one()
    return None


def _stated(connection: Connection, entry: RowMapping, statement: Statement) -> tuple[bool, bool]:
    """Whether the rows are what the entry states; and whether words of it were erased."""
    query = select(LedgerWords.place, LedgerWords.hash, LedgerWords.salt).where(
        LedgerWords.writer_id == entry["writer_id"], LedgerWords.seq == entry["seq"]
    )
    kept = {row.place: row for row in connection.execute(query)}
    hashes: list[str | None] = []
    right, erased = len(kept) <= len(statement.words), False
    for place, said in enumerate(statement.words):
        row = kept.get(place)
        hashes.append(None if row is None else row.hash)
        if row is None or row.salt is None:
            erased |= row is not None
            right &= said is None
        else:
            right &= said is not None and _is_hash(row.salt, said, row.hash)
    return right and statement.body(hashes) == entry["body"], erased


def _is_hash(salt: str, said: list[Any], kept: str) -> bool:
    try:
        return salted(salt, said) == kept
    except ValueError:
        return False


def _sealed(connection: Connection, writer: str, writer_id: int, seal: RowMapping) -> bool:
    introduced = select(LedgerKey.seq).where(
        LedgerKey.writer_id == writer_id, LedgerKey.public_key == seal["public_key"]
    )
    at = connection.scalar(introduced)
    message = ledger.sealed_message(writer, seal["first_seq"], seal["seq"], seal["root"])
    return (
        at is not None
        and at <= seal["seq"]
        and signed(seal["public_key"], message, seal["signature"])
    )


def _name(connection: Connection, writer_id: int) -> str:
    query = select(LedgerWriter.name).where(LedgerWriter.id == writer_id)
    return connection.execute(query).scalar_one()
