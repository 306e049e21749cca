"""Store what messages state: gather their rows, and write them table by table."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.orm import aliased

from db import erase, facts, inbox_later, tables
from db.arrivals import DECODERS, Head, Opening, Stated, Unfit
from db.bulk import insert_rows
from db.columns import Base
from db.facts_tables import FactTotal
from db.inbox_tables import InboxGrading, InboxMessage
from db.ledger_tables import LedgerEntry, LedgerKey, LedgerSeal, LedgerWords, LedgerWriter
from db.messages import REMARKS, SEAL
from db.remarks import OF_NONE
from db.shifts import Shifts
from db.statements import ERASED
from db.types import StoreError
from phrases.types import Outcome

_ENTRY = ("writer_id", "seq", "kind", "body", "at", "monotonic_ns", "boot", "previous", "hash")
_WORDS = ("writer_id", "seq", "place", "hash", "salt")


class Keeper:
    """Gathers what the messages of one stream state, and writes it."""

    def __init__(
        self,
        connection: Connection,
        *,
        booth_id: int,
        stream_id: int,
        writer_id: int,
        at: dt.datetime,
    ) -> None:
        self._connection = connection
        self._booth_id = booth_id
        self._at = at
        self._stream_id = stream_id
        self._writer_id = writer_id
        self.forget()

    def forget(self) -> None:
        """Begin anew: what was gathered could not be written, and was rolled back."""
        self._gradings: dict[int, int] = {}
        self._clear()

    def _clear(self) -> None:
        self._rows: defaultdict[type[Base], list[Sequence[Any]]] = defaultdict(list)
        self._entries: list[Sequence[Any]] = []
        self._words: list[Sequence[Any]] = []
        self._keys: list[dict[str, Any]] = []
        self._seals: list[dict[str, Any]] = []
        self._figures: dict[int, Mapping[str, Any]] = {}
        self._opened: list[int] = []
        self._remarks: list[inbox_later.Remark] = []
        self._touched: set[int] = set()

    def add(self, message: Head, stated: Stated) -> None:
        """Gather what a message states. Unfit if it belongs to nothing that is stored."""
        grading = None
        if stated.opening is not None:
            grading = self._open(message.seq, stated.opening)
        elif message.of is not None:
            grading = self._grading(message.of)
            for table, rows in stated.rows.items():
                # The grading's id has the first place.
                self._rows[table] += [(grading, *row[1:]) for row in rows]
        if grading is not None:
            self._touched.add(grading)
        if stated.remark is not None and stated.entry is not None:
            self._remarks.append((message.kind, grading, stated.entry[0], stated.remark))
        if stated.figures is not None and grading is not None:
            self._figures[grading] = stated.figures
        writer = self._writer_id
        if stated.entry is not None:
            self._entries.append((writer, *stated.entry))
            if stated.key is not None:
                key = {"writer_id": writer, "seq": stated.entry[0], "public_key": stated.key}
                self._keys.append(key)
        self._words += [(writer, *row) for row in stated.words]
        if stated.seal is not None:
            if message.kind in REMARKS:
                grading = OF_NONE
            elif grading is None:
                raise Unfit("a seal is over a grading")
            seal = dict(zip(SEAL, stated.seal, strict=True))
            self._seals.append({"writer_id": writer, "grading_id": grading, **seal})

    def write(self, messages: Sequence[Head]) -> None:
        """Write what was gathered, and the receipts of these messages."""
        connection = self._connection
        added: defaultdict[int, list[int]] = defaultdict(list)
        for table, decoder in DECODERS.items():
            insert_rows(connection, table, decoder.names, self._rows[table])
            if table is tables.Vehicle:
                place = decoder.names.index("position")
                for row in self._rows[table]:
                    added[row[0]].append(row[place])
        insert_rows(connection, LedgerEntry, _ENTRY, self._entries)
        insert_rows(connection, LedgerWords, _WORDS, self._words)
        if self._keys:
            connection.execute(insert(LedgerKey), self._keys)
        for grading, figures in self._figures.items():
            values = {name: value for name, value in figures.items() if name != "number"}
            of_grading = tables.Grading.id == grading
            connection.execute(update(tables.Grading).where(of_grading).values(values))
        for grading in sorted({*added, *self._figures, *self._opened}):
            facts.add(connection, grading, added[grading])
        if self._seals:
            connection.execute(insert(LedgerSeal), self._seals)
        inbox_later.keep(connection, self._booth_id, self._writer_id, self._remarks)
        inbox_later.erased(connection, self._touched, self._at)
        self._count_so_far()
        receipts = [(self._stream_id, message.seq, message.sha256) for message in messages]
        insert_rows(connection, InboxMessage, ("stream_id", "seq", "sha256"), receipts)
        self._extend()
        self._clear()

    def _count_so_far(self) -> None:
        """Of what lasts, the row shows the vehicles that have come; its report will say it all."""
        names = ("vehicles", *(outcome.value for outcome in Outcome))
        total = FactTotal.__table__.c
        for grading in sorted(self._touched - self._figures.keys()):
            sums = (func.coalesce(func.sum(total[name]), 0).label(name) for name in names)
            query = select(*sums).where(total.grading_id == grading)
            counted = self._connection.execute(query).mappings().one()
            lasts = tables.Grading.id == grading, tables.Grading.complete.is_(False)
            change = update(tables.Grading).where(*lasts)
            self._connection.execute(change.values(dict(counted)))

    def _open(self, seq: int, opening: Opening) -> int:
        """The grading's id, which is made with what it hangs on."""
        shifts = Shifts(self._connection)
        try:
            shift, recording = shifts.named(opening.identity, opening.shift, opening.recording)
        except StoreError as error:
            raise Unfit(str(error)) from None
        if opening.identity.collector.startswith(ERASED):
            erase.shift_collector(self._connection, shift)
            shift = shifts.named(opening.identity, opening.shift, opening.recording)[0]
        number = opening.grading["number"]
        free = shifts.next_number(shift)
        taken = select(tables.Grading.id).where(
            tables.Grading.shift_id == shift, tables.Grading.number == number
        )
        if self._connection.scalar(taken) is not None:
            # Another box of the booth counted from 1 too, or the shift was graded here.
            number = free
        row = {**opening.grading, "number": number, "shift_id": shift, "recording_id": recording}
        self._connection.execute(insert(tables.Grading), [row])
        grading = shifts.ensure(tables.Grading, shift_id=shift, number=number)
        came = {"stream_id": self._stream_id, "opened": seq, "number": opening.grading["number"]}
        self._connection.execute(insert(InboxGrading), [{"grading_id": grading, **came}])
        self._gradings[seq] = grading
        self._opened.append(grading)
        return grading

    def _grading(self, opened: int) -> int:
        if opened not in self._gradings:
            table = InboxGrading
            query = select(table.grading_id).where(
                table.stream_id == self._stream_id, table.opened == opened
            )
            found = self._connection.scalar(query)
            if found is None:
                raise Unfit("the message that it is of began no grading, or it is erased")
            self._gradings[opened] = found
        return self._gradings[opened]

    def _extend(self) -> None:
        """Let the chain reach to the last seal up to which all entries have come."""
        writer, seal, entry = LedgerWriter, LedgerSeal, LedgerEntry
        own = writer.id == self._writer_id
        end = self._connection.scalar(select(writer.seq).where(own)) or 0
        sealed = select(func.max(seal.seq)).where(seal.writer_id == self._writer_id)
        if self._connection.scalar(sealed.where(seal.seq > end)) is None:
            return
        first = select(entry.seq).where(entry.writer_id == self._writer_id, entry.seq == end + 1)
        if self._connection.scalar(first) is None:
            return
        after = aliased(entry)
        follows = select(after.seq).where(after.writer_id == entry.writer_id)
        gap = (
            select(entry.seq)
            .where(entry.writer_id == self._writer_id, entry.seq > end)
            .where(~follows.where(after.seq == entry.seq + 1).exists())
            .order_by(entry.seq)
            .limit(1)
        )
        whole = self._connection.scalar(gap)
        reach = self._connection.scalar(sealed.where(seal.seq > end, seal.seq <= whole))
        if reach is not None:
            hashed = select(entry.hash).where(
                entry.writer_id == self._writer_id, entry.seq == reach
            )
            values = {"seq": reach, "hash": hashed.scalar_subquery()}
            self._connection.execute(update(writer).where(own).values(values))
