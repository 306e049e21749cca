"""Take in what a booth sent: each message once, whatever order it comes in.

A batch is one transaction. The stream's row is locked in it, so that batches of one booth come one
after another. What is new is stored at once; should the database refuse that, message by message,
so that one bad one does not keep the others out.
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.exc import DataError, IntegrityError, InternalError, ProgrammingError

from db import ledger, tables
from db.arrivals import Head, Unfit, head, stated
from db.explain import plainly
from db.inbox_keep import Keeper
from db.inbox_tables import InboxAlarm, InboxHeld, InboxMessage, InboxStream
from db.insert import insert_new
from db.ledger_tables import LedgerWriter
from db.people_tables import Device
from db.statements import writer

HELD = 5_000
"""messages of one stream that may wait for others"""
NEVER = 0
"""what a message needs that nothing sets free"""
_REFUSALS = (DataError, IntegrityError, InternalError, ProgrammingError)
"""how a database says that a row is none, and not that it is out of order itself"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """The booth whose key signed a batch."""

    booth_id: int
    station: str
    booth: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """A message that was not stored."""

    line: int
    """its place in the batch, from 0"""
    seq: int | None
    """None: it cannot be read"""
    status: int
    """HTTP's: 400 or 422 it is none, 403 of another booth, 409 another body came under its number,
    429 too many wait for what has not come"""
    why: str
    """for people; without a word of what came"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Received:
    """What became of a batch, once it is committed."""

    stored: int
    """messages that are new"""
    known: int
    """messages that had come before"""
    held: int
    """of those that are new, messages that wait for others"""
    faults: tuple[Fault, ...]
    latest: int
    """the highest number of the epoch that ever came"""


@dataclass(slots=True)
class _Batch:
    """The messages of one epoch as they were sorted."""

    stored: int = 0
    known: int = 0
    held: int = 0
    faults: list[Fault] = field(default_factory=list)


def origin_of(connection: Connection, public_key: str) -> Origin | None:
    """The booth whose key it is; None: nobody's, or it was revoked."""
    query = (
        select(tables.Booth.id, tables.Station.code.label("station"), tables.Booth.code)
        .join(tables.Station, tables.Station.id == tables.Booth.station_id)
        .join(Device, Device.booth_id == tables.Booth.id)
        .where(Device.public_key == public_key, Device.revoked_at.is_(None))
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return Origin(booth_id=row.id, station=row.station, booth=row.code)


def receive(engine: Engine, origin: Origin, lines: Sequence[bytes], *, at: dt.datetime) -> Received:
    """Store a batch and commit it. StoreError if the database cannot; then nothing is stored.

    Args:
        engine: the centre's database.
        origin: whose key signed it.
        lines: the messages.
        at: now, aware.
    """
    batch = _Batch()
    heads: list[tuple[int, Head]] = []
    for place, line in enumerate(lines):
        try:
            heads.append((place, head(line, origin.station, origin.booth)))
        except Unfit as error:
            batch.faults.append(_fault(place, error))
    epochs = {message.epoch for _, message in heads}
    if len(epochs) > 1:
        raise Unfit("a batch is of one epoch", status=400)
    latest = 0
    if heads:
        with plainly(engine), engine.begin() as connection:
            latest = _Stream(connection, origin, epochs.pop(), at).take(heads, batch)
    return Received(
        stored=batch.stored,
        known=batch.known,
        held=batch.held,
        faults=tuple(batch.faults),
        latest=latest,
    )


class _Stream:
    """One epoch of a booth, locked for this transaction."""

    def __init__(self, connection: Connection, origin: Origin, epoch: str, at: dt.datetime) -> None:
        self._connection = connection
        self._origin = origin
        self._at = at
        table = InboxStream
        query = select(table.id, table.writer_id, table.latest, table.held)
        query = query.where(table.booth_id == origin.booth_id, table.epoch == epoch)
        row = connection.execute(query.with_for_update()).one_or_none()
        if row is None:
            self._begin(origin, epoch)
            row = connection.execute(query.with_for_update()).one()
        self._id: int = row.id
        self._latest: int = row.latest
        self._waiting: int = row.held
        self._keeper = Keeper(
            connection,
            booth_id=origin.booth_id,
            stream_id=row.id,
            writer_id=row.writer_id,
            at=at,
        )

    def _begin(self, origin: Origin, epoch: str) -> None:
        """A box that was not known so far, or has a new database."""
        connection = self._connection
        # The third part of the name tells it from a chain that is written here.
        name = f"{writer(origin.station, origin.booth)}/{epoch}"
        chain = {"name": name, "seq": 0, "hash": ledger.NOTHING}
        connection.execute(insert_new(connection, LedgerWriter).values(chain))
        chain_id = connection.scalar(select(LedgerWriter.id).where(LedgerWriter.name == name))
        stream = {"booth_id": origin.booth_id, "epoch": epoch, "writer_id": chain_id}
        times = {"first_at": self._at, "last_at": self._at}
        new = insert_new(connection, InboxStream).values(
            {**stream, **times, "latest": 0, "held": 0}
        )
        connection.execute(new)

    def take(self, heads: Sequence[tuple[int, Head]], batch: _Batch) -> int:
        """Store what is new; the highest number that ever came."""
        places = {message.seq: place for place, message in reversed(heads)}
        ready, early = self._ready(self._sort(heads, batch))
        stored = self._store(ready, early, places, batch)
        self._hold(early, places, batch)
        batch.stored += len(stored) + batch.held
        self._release(stored)
        self._latest = max(self._latest, *(message.seq for _, message in heads))
        values = {"latest": self._latest, "held": self._waiting, "last_at": self._at}
        own = InboxStream.id == self._id
        self._connection.execute(update(InboxStream).where(own).values(values))
        return self._latest

    def _sort(self, heads: Iterable[tuple[int, Head]], batch: _Batch) -> list[Head]:
        """What is new, by number; what came before is counted or an alarm."""
        kept = InboxMessage
        numbers = sorted({message.seq for _, message in heads})
        query = select(kept.seq, kept.sha256).where(kept.stream_id == self._id)
        query = query.where(kept.seq >= numbers[0], kept.seq <= numbers[-1])
        known = {row.seq: bytes(row.sha256) for row in self._connection.execute(query)}
        fresh: dict[int, Head] = {}
        for place, message in heads:
            before = known.get(message.seq)
            if before is None:
                known[message.seq] = message.sha256
                fresh[message.seq] = message
            elif before == message.sha256:
                batch.known += 1
            else:
                why = "another message came under this number before"
                error = Unfit(why, status=409, seq=message.seq)
                self._alarm(message, error)
                batch.faults.append(_fault(place, error))
        return [fresh[seq] for seq in sorted(fresh)]

    def _ready(self, fresh: Sequence[Head]) -> tuple[list[Head], list[Head]]:
        """Those whose needs are met, within the batch or before it, and the others."""
        here = {message.seq for message in fresh}
        wanted = {message.needs for message in fresh if message.needs is not None}
        met = self._stored(wanted - here)
        ready: list[Head] = []
        early: list[Head] = []
        for message in fresh:
            if message.needs is None or message.needs in met:
                ready.append(message)
                met.add(message.seq)
            else:
                early.append(message)
        return ready, early

    def _stored(self, numbers: set[int]) -> set[int]:
        """Which of them are stored and do not wait themselves."""
        if not numbers:
            return set()
        kept, held = InboxMessage, InboxHeld
        waits = select(held.seq).where(held.stream_id == self._id, held.seq.in_(numbers))
        came = select(kept.seq).where(kept.stream_id == self._id, kept.seq.in_(numbers))
        return {*self._connection.scalars(came)} - {*self._connection.scalars(waits)}

    def _store(
        self, ready: Sequence[Head], early: list[Head], places: dict[int, int], batch: _Batch
    ) -> list[int]:
        """Store them at once, or else one by one; the numbers of those that are stored."""
        try:
            with self._connection.begin_nested():
                self._keep(ready, ready)
            return [message.seq for message in ready]
        except (Unfit, *_REFUSALS):
            self._keeper.forget()
        stored: list[int] = []
        left: set[int | None] = set()
        for message in ready:
            if message.needs in left:
                left.add(message.seq)
                early.append(message)
            elif (error := self._alone(message, receipt=True)) is not None:
                left.add(message.seq)
                batch.faults.append(_fault(places[message.seq], error))
            else:
                stored.append(message.seq)
        return stored

    def _keep(self, messages: Sequence[Head], receipts: Sequence[Head]) -> None:
        for message in messages:
            self._keeper.add(message, stated(message))
        self._keeper.write(receipts)

    def _alone(self, message: Head, *, receipt: bool) -> Unfit | None:
        """Store one message; if it cannot be, that is an alarm, and what is wrong with it."""
        try:
            with self._connection.begin_nested():
                self._keep([message], [message] if receipt else [])
            return None
        except Unfit as found:
            error = found
        except _REFUSALS:
            error = Unfit("the database refuses what it states", seq=message.seq)
        self._keeper.forget()
        self._alarm(message, error)
        return error

    def _hold(self, early: Sequence[Head], places: dict[int, int], batch: _Batch) -> None:
        """Keep what came too early, as it came."""
        receipts, held = [], []
        for message in early:
            try:
                if self._waiting >= HELD:
                    why = "too many wait for what has not come"
                    raise Unfit(why, status=429, seq=message.seq)
                stated(message)
            except Unfit as error:
                batch.faults.append(_fault(places[message.seq], error))
                continue
            self._waiting += 1
            key = {"stream_id": self._id, "seq": message.seq}
            receipts.append({**key, "sha256": message.sha256})
            held.append({**key, "needs": message.needs, "body": zlib.compress(message.line)})
        batch.held = len(held)
        if held:
            self._connection.execute(insert(InboxMessage), receipts)
            self._connection.execute(insert(InboxHeld), held)

    def _release(self, came: list[int]) -> None:
        """Store what waited for these, and what waited for that."""
        table = InboxHeld
        own = table.stream_id == self._id
        while came and self._waiting:
            query = select(table.seq, table.body).where(own, table.needs.in_(came))
            rows = self._connection.execute(query.order_by(table.seq)).all()
            came = []
            for row in rows:
                message = head(zlib.decompress(row.body), self._origin.station, self._origin.booth)
                this = (own, table.seq == row.seq)
                if self._alone(message, receipt=False) is None:
                    self._connection.execute(delete(table).where(*this))
                    came.append(row.seq)
                else:
                    # It was acknowledged, so it is kept, though nothing will set it free again.
                    never = update(table).where(*this).values(needs=NEVER)
                    self._connection.execute(never)
            self._waiting -= len(rows)

    def _alarm(self, message: Head, error: Unfit) -> None:
        """For the centre's people; the same thing once."""
        row = {
            "stream_id": self._id,
            "seq": message.seq,
            "sha256": message.sha256,
            "at": self._at,
            "status": error.status,
            "why": error.why,
        }
        self._connection.execute(insert_new(self._connection, InboxAlarm).values(row))


def _fault(place: int, error: Unfit) -> Fault:
    return Fault(line=place, seq=error.seq, status=error.status, why=error.why)
