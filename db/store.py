"""Store gradings: a unit of work whose doing is kept only if `commit()` was reached."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import TracebackType

from sqlalchemy import Connection, Engine, insert

from db import clips as clip_rows
from db import codec, facts, ledger, outbox, tables
from db.columns import Base
from db.explain import plainly
from db.seal import Signer
from db.shifts import Shifts, check
from db.statements import ERASED
from db.types import NOBODY, Clip, Recording, ShiftIdentity, UsageError
from phrases.types import Decision, Heard, ShiftReport, Side


def kept(heard: Heard) -> Heard:
    """What of an utterance may be stored.

    Of a driver or a machine: that somebody spoke, not what. Of the collector: the words, where
    something of the catalog was among them; else they are nobody's business.
    """
    if heard.side is Side.FAR:
        return replace(heard, text=None, matches=())
    matches = tuple(m for m in heard.matches if m.decision is not Decision.REJECTED)
    return replace(heard, text=heard.text if matches else None, matches=matches)


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Store:
    """`with Store(engine, signer) as unit: unit.save(…); unit.commit()`.

    Leaving without `commit()`, or by an exception, leaves the database as it was. With `outbox`,
    what is saved is put into the outbox for the centre too. Raises StoreError where the database
    refuses.
    """

    def __init__(
        self,
        engine: Engine,
        signer: Signer,
        *,
        outbox: bool = False,
        clock: Callable[[], dt.datetime] = _utc_now,
    ) -> None:
        self._engine = engine
        self._signer = signer
        self._outbox = outbox
        self._clock = clock
        self._open: Connection | None = None

    def __enter__(self) -> Store:
        with plainly(self._engine):
            self._open = self._engine.connect()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        connection, self._open = self._connection, None
        with plainly(self._engine):
            connection.close()

    def commit(self) -> None:
        """Keep what was saved so far."""
        with plainly(self._engine):
            self._connection.commit()

    def save(
        self,
        identity: ShiftIdentity,
        recording: Recording,
        report: ShiftReport,
        clips: Sequence[Clip] = (),
        *,
        shown: bool = True,
    ) -> str:
        """Add a grading to the identity's shift, making what is new of it; the shift's id.

        In the same transaction the ledger states it, under the signer's seal, and its figures are
        counted. It is shown at once, unless it is not complete and the one shown is; with `shown`
        False the shift goes on showing what it did, until a person has seen what would change. The
        files of its `clips` are there already.
        """
        if identity.collector == NOBODY or identity.collector.startswith(ERASED):
            raise UsageError(
                f"no collector's id is {NOBODY!r} or begins with {ERASED!r}: give another"
            )
        with plainly(self._engine):
            shift, recording_id = self._shifts.shift(identity, recording, report.time_source)
        self.add(shift, recording_id, report, clips, shown=shown)
        return shift

    def add(
        self,
        shift: str,
        recording_id: int,
        report: ShiftReport,
        clips: Sequence[Clip] = (),
        *,
        shown: bool,
    ) -> int:
        """Add a grading to a shift that is stored, as `save` does; the grading's id."""
        report = replace(report, utterances=tuple(map(kept, report.utterances)))
        shifts = self._shifts
        with plainly(self._engine):
            grading = {
                "shift_id": shift,
                "number": shifts.next_number(shift),
                "recording_id": recording_id,
                "created_at": self._clock(),
                **codec.grading_row(report),
            }
            self._insert(tables.Grading, [grading])
            key = {"shift_id": shift, "number": grading["number"]}
            grading_id = shifts.ensure(tables.Grading, **key)
            for table, rows in codec.child_rows(report).items():
                self._insert(table, [{"grading_id": grading_id, **row} for row in rows])
            for table, rows in clip_rows.rows(clips, grading["created_at"]).items():
                self._insert(table, [{"grading_id": grading_id, **row} for row in rows])
            if shown:
                facts.add(self._connection, grading_id)
            else:
                facts.count(self._connection, grading_id)
            when = ledger.moment(grading["created_at"])
            added = ledger.append(self._connection, grading_id, self._signer, when)
            if self._outbox:
                outbox.put(self._connection, grading_id, added, at=grading["created_at"])
        return grading_id

    @property
    def connection(self) -> Connection:
        """The open transaction, for what must be kept with what is saved."""
        return self._connection

    @property
    def _connection(self) -> Connection:
        if self._open is None:
            raise RuntimeError("a Store is used in a with statement")
        return self._open

    @property
    def _shifts(self) -> Shifts:
        return Shifts(self._connection)

    def _insert(self, table: type[Base], rows: list[codec.Row]) -> None:
        for row in rows:
            check(table, row)
        if rows:
            self._connection.execute(insert(table), rows)
