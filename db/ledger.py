"""Append to the ledger what is stated of a grading, chained to what was stated before, and seal it.

docs/ledger.md has the format.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from db import ledger_tables, merkle
from db.canonical import canonical
from db.insert import insert_new
from db.seal import Signer
from db.statements import Statement, load, salted, statements
from db.statements import writer as writer_of

NOTHING = "0" * 64
"""the hash before the first entry"""
SALT_BYTES = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """When entries are appended."""

    at: dt.datetime
    """aware"""
    monotonic_ns: int
    """nanoseconds, by a clock that is never set"""
    boot: str
    """the boot within which monotonic_ns counts"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Added:
    """An entry, with what it states and hides."""

    entry: Mapping[Any, Any]
    """its columns, without the writer"""
    statement: Statement | None
    """None: it begins the chain or introduces a key"""
    words: Mapping[int, tuple[str, str | None]]
    """salted hash and salt by place"""


def moment(at: dt.datetime) -> Moment:
    """The moment that the caller's clock shows, with what this machine's own counter says."""
    return Moment(at=at, monotonic_ns=time.monotonic_ns(), boot=_boot())


def append(connection: Connection, grading_id: int, signer: Signer, when: Moment) -> list[Added]:
    """State a grading, in the transaction that stores it; what was added.

    The writer's row is locked until that transaction ends, so appenders come one after another.
    """
    stored = load(connection, grading_id)
    if stored is None:
        raise LookupError(f"grading {grading_id} is not stored")
    return state(connection, stored.writer, grading_id, statements(stored), signer, when)


def state(
    connection: Connection,
    writer: str,
    grading_id: int,
    stated: Iterable[Statement],
    signer: Signer,
    when: Moment,
) -> list[Added]:
    """Append what is stated of a grading, or of a piece of it, under a seal of its own."""
    chain = _Chain(connection, writer, when)
    first = chain.seq + 1
    if chain.seq == 0:
        chain.add("began", canonical({"before": before(connection)}))
    key = ledger_tables.LedgerKey
    known = select(key.seq).where(
        key.writer_id == chain.writer_id, key.public_key == signer.public_key
    )
    if connection.scalar(known) is None:
        chain.add("key", canonical({"public_key": signer.public_key}))
        introduced = {"seq": chain.seq, "public_key": signer.public_key}
    else:
        introduced = None
    for statement in stated:
        hidden: dict[int, tuple[str, str | None]] = {}
        for place, said in enumerate(statement.words):
            if said is not None:
                salt = secrets.token_hex(SALT_BYTES)
                hidden[place] = salted(salt, said), salt
        hashes = [hidden[n][0] if n in hidden else None for n in range(len(statement.words))]
        chain.add(statement.kind, statement.body(hashes), statement, hidden)
    chain.write()
    if introduced:
        connection.execute(insert(key), [{"writer_id": chain.writer_id, **introduced}])
    root = merkle.root([bytes.fromhex(added.entry["hash"]) for added in chain.added]).hex()
    signature = signer.sign(sealed_message(writer, first, chain.seq, root))
    seal = {
        "writer_id": chain.writer_id,
        "seq": chain.seq,
        "first_seq": first,
        "grading_id": grading_id,
        "root": root,
        "public_key": signer.public_key,
        "signature": signature,
    }
    connection.execute(insert(ledger_tables.LedgerSeal), [seal])
    return chain.added


def before(connection: Connection) -> int:
    """The last grading that is older than the ledger; 0: none is."""
    return connection.scalar(select(func.max(ledger_tables.LedgerStart.grading_id))) or 0


def newest(connection: Connection, station: str, booth: str) -> dt.datetime | None:
    """When the last entry of a place's chain was added, aware; None: it has none."""
    writer, entry = ledger_tables.LedgerWriter, ledger_tables.LedgerEntry
    last = (entry.writer_id == writer.id) & (entry.seq == writer.seq)
    query = select(entry.at).join(writer, last).where(writer.name == writer_of(station, booth))
    at = connection.scalar(query)
    return None if at is None else dt.datetime.fromisoformat(at)


def entry_hash(writer: str, entry: Mapping[Any, Any]) -> str:
    """An entry's own hash: 64 hexadecimal characters, over everything else in it."""
    names = ("at", "body", "boot", "kind", "previous", "seq")
    # Nanoseconds grow beyond what JSON reads exactly.
    whole = {"writer": writer, "monotonic_ns": str(entry["monotonic_ns"])}
    text = canonical({**whole, **{name: entry[name] for name in names}})
    return hashlib.sha256(text.encode()).hexdigest()


def sealed_message(writer: str, first: int, last: int, root: str) -> bytes:
    """What a seal signs."""
    what = {"seal": "changshou ledger 1", "writer": writer, "root": root}
    return canonical({**what, "first": first, "last": last}).encode()


class _Chain:
    """A writer's chain from where it stands, locked for this transaction."""

    def __init__(self, connection: Connection, writer: str, when: Moment) -> None:
        self._connection = connection
        self._writer = writer
        self._times = {
            "at": when.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
            "monotonic_ns": when.monotonic_ns,
            "boot": when.boot,
        }
        table = ledger_tables.LedgerWriter
        new = {"name": writer, "seq": 0, "hash": NOTHING}
        connection.execute(insert_new(connection, table).values(new))
        locked = select(table.id, table.seq, table.hash).where(table.name == writer)
        row = connection.execute(locked.with_for_update()).one()
        self.writer_id: int = row.id
        self.seq: int = row.seq
        self._hash: str = row.hash
        self.added: list[Added] = []

    def add(
        self,
        kind: str,
        body: str,
        statement: Statement | None = None,
        words: Mapping[int, tuple[str, str | None]] | None = None,
    ) -> None:
        """One more entry."""
        self.seq += 1
        entry = {"seq": self.seq, "kind": kind, "body": body, "previous": self._hash, **self._times}
        self._hash = entry_hash(self._writer, entry)
        entry["hash"] = self._hash
        self.added.append(Added(entry=entry, statement=statement, words=words or {}))

    def write(self) -> None:
        """Store what was added, and where the chain now ends."""
        table = ledger_tables.LedgerWriter
        own = {"writer_id": self.writer_id}
        entries = [{**own, **added.entry} for added in self.added]
        self._connection.execute(insert(ledger_tables.LedgerEntry), entries)
        words = [
            {**own, "seq": added.entry["seq"], "place": place, "hash": hashed, "salt": salt}
            for added in self.added
            for place, (hashed, salt) in added.words.items()
        ]
        if words:
            self._connection.execute(insert(ledger_tables.LedgerWords), words)
        self._connection.execute(
            update(table).where(table.id == self.writer_id).values(seq=self.seq, hash=self._hash)
        )


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
