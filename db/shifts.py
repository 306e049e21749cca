"""Make what is new of a shift: station, booth, collector, team, the shift itself, the recording.

Each is made unless it, or another writer's like it, is there.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, func, select, update

from db import codec, tables
from db.columns import Base
from db.insert import insert_new
from db.statements import ERASED
from db.types import Recording, ShiftIdentity, StoreError
from phrases.types import TimeSource


class Shifts:
    """Finds and makes them within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def shift(
        self, identity: ShiftIdentity, recording: Recording, source: TimeSource
    ) -> tuple[str, int]:
        """The shift's id and the recording's.

        A start taken from the file's own time is no identity, since copying a file may change
        it: the same recording, graded so again, stays the shift that it was.
        """
        booth, collector, team = self._whose(identity)
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
        shift = known or self._own_shift(identity, identity.shift_id, booth, collector)
        self._settle_team(shift, collector, team)
        return shift, recording_id

    def named(
        self, identity: ShiftIdentity, shift_id: str, recording: Recording
    ) -> tuple[str, int]:
        """The same, of a shift that has its id: that of an erased collector tells it no more."""
        booth, collector, team = self._whose(identity)
        recording_id = self._recording(recording)
        if (known := self._nameless(identity, booth, recording_id)) is not None:
            return known, recording_id
        shift = self._own_shift(identity, shift_id, booth, collector)
        self._settle_team(shift, collector, team)
        return shift, recording_id

    def _nameless(self, identity: ShiftIdentity, booth: int, recording_id: int) -> str | None:
        """The shift of which another grading came before or after its collector was erased."""
        erased = identity.collector.startswith(ERASED)
        person = tables.Collector
        query = (
            select(tables.Shift.id)
            .join(person, person.id == tables.Shift.collector_id)
            .join(tables.Grading, tables.Grading.shift_id == tables.Shift.id)
            .where(tables.Shift.booth_id == booth, tables.Grading.recording_id == recording_id)
            .where(tables.Shift.started_at == identity.started_at.astimezone(dt.UTC))
            .limit(1)
        )
        if not erased:
            query = query.where(person.code.startswith(ERASED))
        return self._connection.scalar(query)

    def _whose(self, identity: ShiftIdentity) -> tuple[int, int, int | None]:
        """The booth, the collector and the team, if one is named."""
        station = self.ensure(tables.Station, code=identity.station)
        booth = self.ensure(tables.Booth, station_id=station, code=identity.booth)
        collector = self.ensure(tables.Collector, station_id=station, code=identity.collector)
        if identity.team is None:
            return booth, collector, None
        return booth, collector, self.ensure(tables.Team, station_id=station, code=identity.team)

    def _own_shift(self, identity: ShiftIdentity, shift_id: str, booth: int, collector: int) -> str:
        wanted = {
            "booth_id": booth,
            "collector_id": collector,
            "started_at": identity.started_at.astimezone(dt.UTC),
        }
        self.insert_new(tables.Shift, {"id": shift_id, **wanted})
        row = self._connection.execute(
            select(*(getattr(tables.Shift, name) for name in wanted)).where(
                tables.Shift.id == shift_id
            )
        ).mappings()
        if dict(row.one()) != wanted:
            raise StoreError(f"shift id {shift_id} is another shift's: tell the maintainers")
        return shift_id

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
        self.insert_new(tables.Recording, row)
        key = self.ensure(tables.Recording, sha256=recording.sha256)
        for position, part in enumerate(recording.parts):
            row = {
                "recording_id": key,
                "position": position,
                "name": part.kept_name,
                "sha256": part.sha256,
                "duration_ms": part.duration_ms,
            }
            self.insert_new(tables.Part, row)
        return key

    def next_number(self, shift: str) -> int:
        """The number of the shift's next grading, from 1."""
        # The row's lock makes two writers of one shift (PostgreSQL) number after one another.
        locked = select(tables.Shift.id).where(tables.Shift.id == shift).with_for_update()
        self._connection.execute(locked)
        last = select(func.max(tables.Grading.number)).where(tables.Grading.shift_id == shift)
        return (self._connection.scalar(last) or 0) + 1

    def ensure(self, table: type[Base], **key: Any) -> int:
        """The id of the row with this unique key, which is made if need be."""
        known = self._find(table, **key)
        if known is not None:
            return known
        self.insert_new(table, key)
        return self.ensure(table, **key)

    def _find(self, table: type[Base], **key: Any) -> int | None:
        columns = table.__table__.c
        query = select(columns.id).where(*(columns[name] == value for name, value in key.items()))
        return self._connection.scalar(query)

    def insert_new(self, table: type[Base], row: codec.Row) -> None:
        """Insert the row unless it, or another writer's like it, is there."""
        check(table, row)
        self._connection.execute(insert_new(self._connection, table).values(row))


def check(table: type[Base], row: codec.Row) -> None:
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
