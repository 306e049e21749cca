"""The ledger's tables: a chain of entries for each writer, its seals, and the salts beside it.

No row of an entry or a seal is ever changed. They name a grading by its number only, without a
foreign key: a grading that is deleted must leave its entries behind.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.columns import Base


class LedgerWriter(Base):
    """Who has a chain: a booth, or the centre; with the chain's end."""

    __tablename__ = "ledger_writer"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    """station/booth"""
    seq: Mapped[int] = mapped_column(BigInteger)
    """of the last entry; 0: none yet"""
    hash: Mapped[str]
    """of the last entry"""


class _OfWriter:
    """A row of a writer's chain."""

    writer_id: Mapped[int] = mapped_column(primary_key=True, sort_order=-2)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, sort_order=-1)
    """from 1, without a gap"""


def _to_writer() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(("writer_id",), ("ledger_writer.id",))


class LedgerEntry(_OfWriter, Base):
    """One link of a chain."""

    __tablename__ = "ledger_entry"
    __table_args__ = (_to_writer(),)
    kind: Mapped[str]
    body: Mapped[str]
    """canonical JSON"""
    at: Mapped[str]
    """UTC by the machine's clock, ISO 8601 with microseconds"""
    monotonic_ns: Mapped[int] = mapped_column(BigInteger)
    """nanoseconds, by a clock that is never set; means something within one boot"""
    boot: Mapped[str]
    """the boot's id; empty where the system has none"""
    previous: Mapped[str]
    """the hash of the entry before; of the first one, 64 zeros"""
    hash: Mapped[str]
    """64 hexadecimal characters"""


class LedgerWords(_OfWriter, Base):
    """The salted hash of the words or names that an entry stands for."""

    __tablename__ = "ledger_words"
    __table_args__ = (
        ForeignKeyConstraint(("writer_id", "seq"), ("ledger_entry.writer_id", "ledger_entry.seq")),
    )
    place: Mapped[int] = mapped_column(primary_key=True)
    """which of the entry's, from 0"""
    hash: Mapped[str]
    """SHA-256 over the salt and the words; 64 hexadecimal characters"""
    salt: Mapped[str | None]
    """16 random bytes, hexadecimal; NULL: deleted, and so must the words be"""


class LedgerKey(_OfWriter, Base):
    """A public key that a writer's seals are made with, and the entry that says so."""

    __tablename__ = "ledger_key"
    __table_args__ = (
        ForeignKeyConstraint(("writer_id", "seq"), ("ledger_entry.writer_id", "ledger_entry.seq")),
        Index(None, "writer_id", "public_key", unique=True),
    )
    public_key: Mapped[str]
    """Ed25519, 64 hexadecimal characters"""


class LedgerSeal(_OfWriter, Base):
    """A signature over the entries of one stored grading; `seq` is the last of them."""

    __tablename__ = "ledger_seal"
    __table_args__ = (_to_writer(), Index(None, "grading_id"))
    first_seq: Mapped[int] = mapped_column(BigInteger)
    grading_id: Mapped[int]
    root: Mapped[str]
    """Merkle root over the entries' hashes, 64 hexadecimal characters"""
    public_key: Mapped[str]
    """64 hexadecimal characters"""
    signature: Mapped[str]
    """Ed25519, 128 hexadecimal characters"""


class LedgerStart(Base):
    """Up to where the gradings are older than the ledger; no row: none is."""

    __tablename__ = "ledger_start"
    grading_id: Mapped[int] = mapped_column(primary_key=True)
    """of the last one before"""
