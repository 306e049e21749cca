"""Put what is stored into the outbox, in the transaction that stores it, and take it out again.

Whoever stores calls `put`. A grading of which the outbox knows nothing, because it is older than
the centre's address in the settings, follows when the next one begins.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    RowMapping,
    Select,
    delete,
    func,
    insert,
    select,
    update,
)

from db import reads, remarks, tables
from db.explain import plainly
from db.inbox_tables import InboxStream
from db.ledger import Added
from db.ledger_tables import LedgerEntry, LedgerSeal, LedgerWords, LedgerWriter
from db.messages import ALONE, Hidden, Message, Numbers, Sender, of_entry
from db.outbox_tables import (
    MessageState,
    OutboxEpoch,
    OutboxGrading,
    OutboxMessage,
    OutboxRemark,
)
from db.statements import LIVE, Statement, Stored, facts_of, load, pieces, places_of, statements
from db.types import StoreError

EPOCH_BYTES = 8
LEVEL = 6
"""of compression, 0..9"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outgoing:
    """A message that waits to be sent."""

    epoch: str
    seq: int
    line: bytes
    """as it goes"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Backlog:
    """How full the outbox is."""

    epoch: str | None
    """the epoch in use; None: nothing was ever put in"""
    seq: int
    """the last message put in; 0: none"""
    sent: int
    """messages of the epoch that the centre has acknowledged"""
    waiting: int
    """messages to be sent"""
    size: int
    """bytes that all messages in it take, compressed"""
    refused: int
    """messages that the centre would not have"""
    oldest: dt.datetime | None
    """when the oldest one that waits was put in, aware; None: none waits"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """A message that the centre would not have."""

    seq: int
    kind: str
    why: str


def put(
    connection: Connection, grading_id: int, added: Sequence[Added], *, at: dt.datetime
) -> None:
    """Put entries that were just added to the ledger into the outbox, in their order.

    Call it in the transaction that adds them, and after the seal if they are under one.

    Args:
        connection: of that transaction.
        grading_id: what the entries are of.
        added: the entries.
        at: now, aware.
    """
    box = _Outbox(connection, at)
    if box.knows(grading_id) or any(one.entry["kind"] == "opened" for one in added):
        box.put(grading_id, added)


def fill(engine: Engine, *, at: dt.datetime) -> bool:
    """Put in the oldest grading that is sealed and was not put in yet, or else the oldest remark.

    So follows what was stored before there was a centre, and all that is said later. False: there
    is nothing. StoreError if the database refuses.
    """
    seal = LedgerSeal
    missing = select(seal.grading_id).where(
        seal.grading_id != remarks.OF_NONE,
        seal.grading_id.not_in(select(OutboxGrading.grading_id)),
    )
    missing = missing.order_by(seal.writer_id, seal.seq).limit(1)
    with plainly(engine), engine.begin() as connection:
        grading_id = connection.scalar(missing)
        if grading_id is None:
            return _fill_remark(connection, at)
        box = _Outbox(connection, at)
        for added in _stated(connection, grading_id):
            box.put(grading_id, added)
        return True


def _fill_remark(connection: Connection, at: dt.datetime) -> bool:
    """Put in what is under the oldest seal of no grading that was not put in yet."""
    seal, put_in = LedgerSeal, OutboxRemark
    known = select(put_in.seq).where(put_in.writer_id == seal.writer_id, put_in.seq == seal.seq)
    query = (
        select(seal.__table__, LedgerWriter.name)
        .join(LedgerWriter, LedgerWriter.id == seal.writer_id)
        .where(seal.grading_id == remarks.OF_NONE, ~known.exists())
        .where(seal.writer_id.not_in(select(InboxStream.writer_id)))
        .order_by(seal.writer_id, seal.seq)
        .limit(1)
    )
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        return False
    _Outbox(connection, at).put_remarks(row)
    return True


def waiting(engine: Engine, *, count: int, size: int) -> list[Outgoing]:
    """The next messages to send, in order: at most `count`, and of `size` bytes unless one is more.

    StoreError if the database cannot be read.
    """
    box = OutboxMessage
    query = (
        select(OutboxEpoch.epoch, box.seq, box.body, box.size)
        .join(OutboxEpoch, OutboxEpoch.id == box.epoch_id)
        .where(box.state == MessageState.READY)
        .order_by(box.epoch_id, box.seq)
        .limit(count)
    )
    found: list[Outgoing] = []
    with plainly(engine), engine.connect() as connection:
        for row in connection.execute(query):
            size -= row.size
            if found and (size < 0 or row.epoch != found[0].epoch):
                break
            found.append(Outgoing(epoch=row.epoch, seq=row.seq, line=zlib.decompress(row.body)))
    return found


def settle(
    engine: Engine, epoch: str, *, stored: Collection[int], refused: Mapping[int, str]
) -> None:
    """Take out what the centre has, and set apart what it would not have, with its reason.

    StoreError if the database refuses.
    """
    with plainly(engine), engine.begin() as connection:
        key = connection.scalar(select(OutboxEpoch.id).where(OutboxEpoch.epoch == epoch))
        of_epoch = OutboxMessage.epoch_id == key
        numbers = sorted(stored)
        gone = 0
        for start in range(0, len(numbers), _AT_ONCE):
            some = OutboxMessage.seq.in_(numbers[start : start + _AT_ONCE])
            gone += connection.execute(delete(OutboxMessage).where(of_epoch, some)).rowcount
        connection.execute(
            update(OutboxEpoch).where(OutboxEpoch.id == key).values(sent=OutboxEpoch.sent + gone)
        )
        for seq, why in refused.items():
            connection.execute(
                update(OutboxMessage)
                .where(of_epoch, OutboxMessage.seq == seq)
                .values(state=MessageState.REFUSED, why=why)
            )


def retry(engine: Engine) -> int:
    """Let what was refused be sent again; how many there are."""
    refused = OutboxMessage.state == MessageState.REFUSED
    again = update(OutboxMessage).where(refused).values(state=MessageState.READY, why=None)
    with plainly(engine), engine.begin() as connection:
        return connection.execute(again).rowcount


def refused(engine: Engine) -> list[Refused]:
    """What the centre would not have, the oldest hundred. StoreError as `backlog`."""
    box = OutboxMessage
    query = select(box.seq, box.kind, box.why).where(box.state == MessageState.REFUSED)
    with plainly(engine), engine.connect() as connection:
        rows = connection.execute(query.order_by(box.epoch_id, box.seq).limit(100))
        return [Refused(seq=row.seq, kind=row.kind, why=row.why or "") for row in rows]


def backlog(engine: Engine) -> Backlog:
    """How full the outbox is. StoreError if the database cannot be read."""
    box = OutboxMessage
    ready = box.state == MessageState.READY
    with plainly(engine), engine.connect() as connection:
        epoch = connection.execute(_newest_epoch()).one_or_none()
        query = select(
            func.count().filter(ready),
            func.count().filter(~ready),
            func.coalesce(func.sum(func.length(box.body)), 0),
            func.min(box.stored_at).filter(ready),
        )
        ready_count, refused, size, oldest = connection.execute(query).one()
    return Backlog(
        epoch=epoch.epoch if epoch else None,
        seq=epoch.seq if epoch else 0,
        sent=epoch.sent if epoch else 0,
        waiting=ready_count,
        size=size,
        refused=refused,
        oldest=oldest,
    )


_AT_ONCE = 500
"""numbers in one statement; SQLite takes no more than some thousands"""


def _newest_epoch() -> Select[int, str, int, int]:
    epoch = OutboxEpoch
    query = select(epoch.id, epoch.epoch, epoch.seq, epoch.sent)
    return query.order_by(epoch.id.desc()).limit(1)


class _Outbox:
    """The outbox within one transaction, which has its counter locked."""

    def __init__(self, connection: Connection, at: dt.datetime) -> None:
        self._connection = connection
        self._at = at
        row = connection.execute(_newest_epoch().with_for_update()).one_or_none()
        if row is None:
            # Drawn, so that the database of a box that takes another's place has its own.
            new = {"epoch": secrets.token_hex(EPOCH_BYTES), "began_at": at, "seq": 0, "sent": 0}
            connection.execute(insert(OutboxEpoch), [new])
            row = connection.execute(_newest_epoch().with_for_update()).one()
        self._epoch_id: int = row.id
        self._epoch: str = row.epoch
        self._last: int = row.seq

    def knows(self, grading_id: int) -> bool:
        """Whether the grading was put in from its beginning."""
        return self._opened(grading_id) is not None

    def put(self, grading_id: int, added: Sequence[Added]) -> None:
        """The messages of these entries, and of the seal over the last of them if there is one."""
        station, booth, opening = self._opening(grading_id)
        sender = Sender(station=station, booth=booth, epoch=self._epoch)
        known = self._opened(grading_id)
        numbers = Numbers(last=self._last, opened=known)
        ends = LedgerSeal.seq == added[-1].entry["seq"]
        query = select(LedgerSeal.__table__).where(LedgerSeal.grading_id == grading_id, ends)
        seal = self._connection.execute(query).mappings().one_or_none()
        messages: list[Message] = []
        for one in added:
            over = seal if one is added[-1] else None
            messages += of_entry(sender, numbers, one, opening=opening, seal=over)
        self._keep(grading_id, messages)
        self._mark(grading_id, numbers, new=known is None)

    def put_remarks(self, seal: RowMapping) -> None:
        """The messages of the entries under a seal of no grading."""
        connection = self._connection
        station, booth = places_of(seal["name"])
        sender = Sender(station=station, booth=booth, epoch=self._epoch)
        entries, words = _under(connection, seal), _hidden(connection, seal)
        for entry in entries:
            added, grading_id = Added(entry=entry, statement=None, words={}), None
            if entry["kind"] not in ALONE:
                hidden = words[entry["seq"]]
                added, grading_id = remarks.outgoing(connection, seal["writer_id"], entry, hidden)
            opened = None if grading_id is None else self._opened(grading_id)
            before = None if grading_id is None else self._remarked(grading_id)
            numbers = Numbers(last=self._last, opened=opened, before=before)
            over = seal if entry is entries[-1] else None
            messages = list(of_entry(sender, numbers, added, opening={}, seal=over))
            self._keep(grading_id, messages)
            self._last = numbers.last
            row = {"writer_id": seal["writer_id"], "seq": entry["seq"], "epoch_id": self._epoch_id}
            own = {**row, "grading_id": grading_id, "message": self._last}
            connection.execute(insert(OutboxRemark), [own])
        self._note()

    def _remarked(self, grading_id: int) -> int | None:
        """The number of the last message that said something later of the grading."""
        last = select(func.max(OutboxRemark.message)).where(OutboxRemark.grading_id == grading_id)
        return self._connection.scalar(last.where(OutboxRemark.epoch_id == self._epoch_id))

    def _keep(self, grading_id: int | None, messages: Sequence[Message]) -> None:
        rows = [
            {
                "epoch_id": self._epoch_id,
                "seq": message.seq,
                "kind": message.kind,
                "grading_id": grading_id,
                "body": zlib.compress(message.line, LEVEL),
                "size": len(message.line),
                "sha256": message.sha256,
                "state": MessageState.READY,
                "stored_at": self._at,
            }
            for message in messages
        ]
        self._connection.execute(insert(OutboxMessage), rows)

    def _mark(self, grading_id: int, numbers: Numbers, *, new: bool) -> None:
        self._last = numbers.last
        if new:
            row = {"grading_id": grading_id, "epoch_id": self._epoch_id, "opened": numbers.opened}
            self._connection.execute(insert(OutboxGrading), [row])
        self._note()

    def _note(self) -> None:
        of_epoch = OutboxEpoch.id == self._epoch_id
        self._connection.execute(update(OutboxEpoch).where(of_epoch).values(seq=self._last))

    def _opened(self, grading_id: int) -> int | None:
        query = select(OutboxGrading.opened).where(OutboxGrading.grading_id == grading_id)
        return self._connection.scalar(query)

    def _opening(self, grading_id: int) -> tuple[str, str, dict[str, Any]]:
        """Station and booth of the grading, and what of it no entry states when it begins."""
        query = (
            reads.shifts_with(tables.Grading.__table__, tables.Team.code.label("team"))
            .join(tables.Grading, tables.Grading.shift_id == tables.Shift.id)
            .outerjoin(tables.Team, tables.Team.id == tables.Shift.team_id)
            .where(tables.Grading.id == grading_id)
        )
        row = self._connection.execute(query).mappings().one()
        names = {column.name for column in tables.Grading.__table__.columns}
        others = [name for name in row if name not in names]
        grading = facts_of(row, "id", "shift_id", "recording_id", *others)
        return row["station"], row["booth"], {"grading": grading, "team": row["team"]}


def _stated(connection: Connection, grading_id: int) -> Iterator[list[Added]]:
    """The entries of a grading as they were added, seal by seal, read again."""
    stored = load(connection, grading_id)
    if stored is None:
        raise StoreError("the ledger states a grading that is not stored: verify the ledger")
    own = LedgerSeal.grading_id == grading_id
    seals = connection.execute(select(LedgerSeal.__table__).where(own).order_by(LedgerSeal.seq))
    rest: dict[str, list[Statement]] | None = None
    for seal in seals.mappings().all():
        entries = _under(connection, seal)
        words = _hidden(connection, seal)
        if rest is None:
            rest = _by_kind(stored, entries)
        yield [
            Added(
                entry=row,
                statement=None if row["kind"] in ALONE else rest[row["kind"]].pop(0),
                words=words[row["seq"]],
            )
            for row in entries
        ]


def _by_kind(stored: Stored, entries: Sequence[RowMapping]) -> dict[str, list[Statement]]:
    """What is stated of a grading in the format that its first entry names."""
    body = next(json.loads(row["body"]) for row in entries if row["kind"] == "opened")
    if body["format"] == LIVE:
        return pieces(stored)
    found: defaultdict[str, list[Statement]] = defaultdict(list)
    for statement in statements(stored, body["format"]):
        found[statement.kind].append(statement)
    return found


def _under(connection: Connection, seal: RowMapping) -> Sequence[RowMapping]:
    """The entries under a seal."""
    entry = LedgerEntry
    under = select(entry.__table__).where(
        entry.writer_id == seal["writer_id"],
        entry.seq >= seal["first_seq"],
        entry.seq <= seal["seq"],
    )
    return connection.execute(under.order_by(entry.seq)).mappings().all()


def _hidden(connection: Connection, seal: RowMapping) -> Mapping[int, Hidden]:
    """Salted hashes and salts by entry and place."""
    row = LedgerWords
    query = select(row.seq, row.place, row.hash, row.salt).where(
        row.writer_id == seal["writer_id"], row.seq >= seal["first_seq"], row.seq <= seal["seq"]
    )
    words: defaultdict[int, dict[int, tuple[str, str | None]]] = defaultdict(dict)
    for one in connection.execute(query):
        words[one.seq][one.place] = one.hash, one.salt
    return words
