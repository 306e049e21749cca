"""Store gradings: a unit of work whose doing is kept only if `commit()` was reached."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import TracebackType
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from db import codec, ledger, outbox, tables
from db.columns import Base
from db.explain import plainly
from db.seal import Signer
from db.statements import ERASED
from db.types import NOBODY, Recording, ShiftIdentity, StoreError, UsageError
from phrases.types import Decision, Heard, ShiftReport, Side, TimeSource


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

    def save(self, identity: ShiftIdentity, recording: Recording, report: ShiftReport) -> str:
        """Add a grading to the identity's shift, making what is new of it; the shift's id.

        The ledger states it in the same transaction, under the signer's seal.

        A start taken from the file's own time is no identity, since copying a file may change
        it: the same recording, graded so again, stays the shift that it was.
        """
        if identity.collector == NOBODY or identity.collector.startswith(ERASED):
            raise UsageError(
                f"no collector's id is {NOBODY!r} or begins with {ERASED!r}: give another"
            )
        report = replace(report, utterances=tuple(map(kept, report.utterances)))
        with plainly(self._engine):
            shift, recording_id = self._shift(identity, recording, report.time_source)
            grading = {
                "shift_id": shift,
                "number": self._next_number(shift),
                "recording_id": recording_id,
                "created_at": self._clock(),
                **codec.grading_row(report),
            }
            self._insert(tables.Grading, [grading])
            key = {"shift_id": shift, "number": grading["number"]}
            grading_id = self._ensure(tables.Grading, **key)
            for table, rows in codec.child_rows(report).items():
                self._insert(table, [{"grading_id": grading_id, **row} for row in rows])
            when = ledger.moment(grading["created_at"])
            added = ledger.append(self._connection, grading_id, self._signer, when)
            if self._outbox:
                outbox.put(self._connection, grading_id, added, at=grading["created_at"])
        return shift

    @property
    def _connection(self) -> Connection:
        if self._open is None:
            raise RuntimeError("a Store is used in a with statement")
        return self._open

    def _shift(
        self, identity: ShiftIdentity, recording: Recording, source: TimeSource
    ) -> tuple[str, int]:
        """The shift's id and the recording's."""
        station = self._ensure(tables.Station, code=identity.station)
        booth = self._ensure(tables.Booth, station_id=station, code=identity.booth)
        collector = self._ensure(tables.Collector, station_id=station, code=identity.collector)
        team = None
        if identity.team is not None:
            team = self._ensure(tables.Team, station_id=station, code=identity.team)
        recording_id = self._recording(recording)
        known = None
        if source is TimeSource.FILE:
            known = self._connection.scalar(
                select(tables.Shift.id)
                .join(tables.Grading)
                .where(
                    tables.Shift.booth_id == booth,
                    tables.Shift.collector_id == collector,
                    tables.Grading.recording_id == recording_id,
                    tables.Grading.time_source == TimeSource.FILE,
                )
                .order_by(tables.Grading.id)
                .limit(1)
            )
        shift = known or self._own_shift(identity, booth, collector)
        self._settle_team(shift, collector, team)
        return shift, recording_id

    def _own_shift(self, identity: ShiftIdentity, booth: int, collector: int) -> str:
        wanted = {
            "booth_id": booth,
            "collector_id": collector,
            "started_at": identity.started_at.astimezone(dt.UTC),
        }
        self._insert_new(tables.Shift, {"id": identity.shift_id, **wanted})
        row = self._connection.execute(
            select(*(getattr(tables.Shift, name) for name in wanted)).where(
                tables.Shift.id == identity.shift_id
            )
        ).mappings()
        if dict(row.one()) != wanted:
            raise StoreError(
                f"shift id {identity.shift_id} is another shift's: tell the maintainers"
            )
        return identity.shift_id

    def _settle_team(self, shift: str, collector: int, team: int | None) -> None:
        """A named team is the shift's, and the collector's if no later shift says otherwise."""
        own = select(tables.Collector.team_id).where(tables.Collector.id == collector)
        if team is None:
            self._connection.execute(
                update(tables.Shift)
                .where(tables.Shift.id == shift, tables.Shift.team_id.is_(None))
                .values(team_id=own.scalar_subquery())
            )
            return
        self._connection.execute(
            update(tables.Shift).where(tables.Shift.id == shift).values(team_id=team)
        )
        latest = (
            select(tables.Shift.team_id)
            .where(tables.Shift.collector_id == collector, tables.Shift.team_id.is_not(None))
            .order_by(tables.Shift.started_at.desc())
            .limit(1)
        )
        self._connection.execute(
            update(tables.Collector)
            .where(tables.Collector.id == collector)
            .values(team_id=latest.scalar_subquery())
        )

    def _recording(self, recording: Recording) -> int:
        known = self._find(tables.Recording, sha256=recording.sha256)
        if known is not None:
            return known
        row = {"sha256": recording.sha256, "duration_ms": recording.duration_ms}
        self._insert_new(tables.Recording, row)
        key = self._ensure(tables.Recording, sha256=recording.sha256)
        for position, part in enumerate(recording.parts):
            row = {
                "recording_id": key,
                "position": position,
                "name": part.kept_name,
                "sha256": part.sha256,
                "duration_ms": part.duration_ms,
            }
            self._insert_new(tables.Part, row)
        return key

    def _next_number(self, shift: str) -> int:
        # The row's lock makes two writers of one shift (PostgreSQL) number after one another.
        locked = select(tables.Shift.id).where(tables.Shift.id == shift).with_for_update()
        self._connection.execute(locked)
        last = select(func.max(tables.Grading.number)).where(tables.Grading.shift_id == shift)
        return (self._connection.scalar(last) or 0) + 1

    def _ensure(self, table: type[Base], **key: Any) -> int:
        """The id of the row with this unique key, which is made if need be."""
        known = self._find(table, **key)
        if known is not None:
            return known
        self._insert_new(table, key)
        return self._ensure(table, **key)

    def _find(self, table: type[Base], **key: Any) -> int | None:
        columns = table.__table__.c
        query = select(columns.id).where(*(columns[name] == value for name, value in key.items()))
        return self._connection.scalar(query)

    def _insert_new(self, table: type[Base], row: codec.Row) -> None:
        """Insert the row unless it, or another writer's like it, is there."""
        _check(table, row)
        kind = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        self._connection.execute(kind.insert(table).values(row).on_conflict_do_nothing())

    def _insert(self, table: type[Base], rows: list[codec.Row]) -> None:
        for row in rows:
            _check(table, row)
        if rows:
            self._connection.execute(insert(table), rows)


def _check(table: type[Base], row: codec.Row) -> None:
    """Name the column whose value not every database can keep: the drivers would quote it."""
    for column, value in row.items():
        if (problem := _problem(value)) is not None:
            raise StoreError(
                f"{table.__tablename__}.{column} {problem}, which the database cannot keep: "
                "nothing was stored"
            )


def _problem(value: object) -> str | None:
    if isinstance(value, str):
        if "\0" in value:
            return "holds a NUL character"
        if not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value):
            return "holds a character that is not valid Unicode"
    elif isinstance(value, float):
        return "is not a number" if math.isnan(value) else None
    elif isinstance(value, Mapping):
        return _problem((*value.keys(), *value.values()))
    elif isinstance(value, tuple):
        return next(filter(None, map(_problem, value)), None)
    return None
