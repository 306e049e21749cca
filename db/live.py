"""Store a shift while it lasts: each piece is kept, and stated in the ledger, once it is known.

The rows are those of any grading. It is not complete until it is closed; after a crash it is
found open and goes on.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import RowMapping, delete, func, insert, select, update

from db import clips as sound
from db import codec, facts, ledger, outbox, remarks, tables
from db.clip_tables import Clip
from db.columns import Base
from db.explain import plainly
from db.live_reads import excluded, marks
from db.live_tables import LaneMessage, LiveGrading, LiveSaying, LiveSession, VehicleMark
from db.live_types import BoothTime, Figures, Open
from db.shifts import check
from db.statements import (
    LIVE,
    Statement,
    closed,
    gaps,
    load,
    opened,
    sounds,
    utterances,
    vehicles,
    writer,
)
from db.store import Store, kept
from db.types import Clip as Kept
from db.types import Recording, ShiftIdentity
from phrases.types import (
    Gap,
    Heard,
    Outcome,
    PhraseMatch,
    ShiftReport,
    TransactionVerdict,
)

_BELOW: Mapping[type[Base], type[Base]] = {
    tables.Due: tables.Vehicle,
    tables.Step: tables.Vehicle,
    tables.Finding: tables.Vehicle,
    tables.Match: tables.Utterance,
}
_SAYING = ("phrase", "slots", "start_ms", "end_ms", "score")
_KINDS = (
    ("vehicle", tables.Vehicle, vehicles),
    ("clip", Clip, lambda rows: sounds(rows[Clip])),
    ("utterance", tables.Utterance, utterances),
    ("gap", tables.Gap, gaps),
)


class LiveStore(Store):
    """A `Store` that adds to open shifts; all that is added is stated in the ledger at `commit`."""

    _pieces: dict[int, tuple[str, list[tuple[str, int]]]]
    _later: list[tuple[str, int]]
    """kinds and rows of what is said of what is stored"""

    def __enter__(self) -> LiveStore:
        super().__enter__()
        self._pieces = {}
        self._later = []
        return self

    def open_shift(
        self, identity: ShiftIdentity, empty: ShiftReport, *, how: str, from_ms: int
    ) -> Open:
        """Begin a shift; `empty` has its lane, the moment 0 of its times, and the versions."""
        # Nothing is recorded, and what stands for it is drawn: the ledger states it as it is, so a
        # sum of the shift's id would tell whose it was after the person was erased.
        sha256 = secrets.token_hex(32)
        recording = Recording(sha256=sha256, parts=())
        with plainly(self._engine):
            shift, recording_id = self._shifts.shift(identity, recording, empty.time_source)
            grading = {
                "shift_id": shift,
                "number": self._shifts.next_number(shift),
                "recording_id": recording_id,
                "created_at": self._clock(),
                **codec.grading_row(replace(empty, complete=False)),
            }
            self._insert(tables.Grading, [grading])
            key = {"shift_id": shift, "number": grading["number"]}
            grading_id = self._shifts.ensure(tables.Grading, **key)
            booth_id = self._booth(identity)
            row = {
                "grading_id": grading_id,
                "booth_id": booth_id,
                "how": how,
                "from_ms": from_ms,
                "until_ms": None,
                "closed_at": None,
            }
            self._insert(LiveGrading, [row])
            facts.settle(self._connection, grading_id)
        begun = Open(
            grading_id=grading_id,
            shift_id=shift,
            identity=identity,
            how=how,
            from_ms=from_ms,
            until_ms=None,
        )
        self._piece(begun, "opened", 0)
        return begun

    def add_heard(self, shift: Open, heard: Heard) -> None:
        """Add an utterance, as far as it may be kept."""
        with plainly(self._engine):
            rows = codec.utterance_rows(self._place(shift, tables.Utterance), kept(heard))
            self._add(shift, "utterance", rows)

    def add_gap(self, shift: Open, gap: Gap) -> None:
        """Add a stretch that could not be listened to."""
        with plainly(self._engine):
            self._add(shift, "gap", codec.gap_rows(self._place(shift, tables.Gap), gap))

    def add_vehicle(self, shift: Open, verdict: TransactionVerdict) -> int:
        """Add a vehicle's verdict; its place in the shift."""
        grading = tables.Grading
        with plainly(self._engine):
            place = self._place(shift, tables.Vehicle)
            self._add(shift, "vehicle", codec.vehicle_rows(place, verdict))
            counts = {name: getattr(grading, name) + 1 for name in ("vehicles", verdict.outcome)}
            self._connection.execute(
                update(grading).where(grading.id == shift.grading_id).values(counts)
            )
            facts.add(self._connection, shift.grading_id, [place])
        return place

    def add_clip(self, shift: Open, place: int, clip: Kept) -> None:
        """Add what is kept of a vehicle's sound, or why nothing is; the file is on the disk."""
        rows = sound.rows([replace(clip, vehicle_position=place)], self._clock())
        with plainly(self._engine):
            for table, some in rows.items():
                if some:
                    self._insert(table, [{"grading_id": shift.grading_id, **row} for row in some])
        self._piece(shift, "clip", place)

    def ends(self, shift: Open, until_ms: int) -> Open:
        """Say where a shift ends; vehicles before it may still be added."""
        self._change(LiveGrading.grading_id, shift, until_ms=until_ms)
        return replace(shift, until_ms=until_ms)

    def figures(self, shift: Open, figures: Figures) -> None:
        """Write down what it comes to so far; that is stated when it is closed."""
        self._change(
            tables.Grading.id,
            shift,
            duration_ms=figures.duration_ms,
            listened_ms=figures.duration_ms - figures.gap_ms,
            gap_ms=figures.gap_ms,
            score=figures.score.value,
            score_low=figures.score.low,
            score_high=figures.score.high,
            warnings=figures.warnings,
            time_source=figures.time_source,
        )

    def close_shift(self, shift: Open, figures: Figures) -> None:
        """End a shift: nothing can be added any more. Vehicles that were marked are not counted."""
        self.figures(shift, figures)
        with plainly(self._engine):
            counted = counts(self._outcomes(shift.grading_id))
            self._change(tables.Grading.id, shift, complete=True, **counted)
            self._change(LiveGrading.grading_id, shift, closed_at=self._clock())
            facts.settle(self._connection, shift.grading_id)
        self._piece(shift, "report", 0)

    def mark(self, grading_id: int, place: int, kind: str, by: str) -> None:
        """Note what is said of a vehicle; `VehicleMark` has the kinds."""
        row = {
            "grading_id": grading_id,
            "vehicle_position": place,
            "kind": kind,
            "by": by,
            "at": self._clock(),
        }
        with plainly(self._engine):
            facts.remove(self._connection, grading_id, [place])
            self._say("mark", VehicleMark, row)
            facts.count(self._connection, grading_id, [place])
            open_ = select(LiveGrading.closed_at).where(LiveGrading.grading_id == grading_id)
            if self._connection.execute(open_).first() == (None,):
                counted = counts(self._outcomes(grading_id))
                own = tables.Grading.id == grading_id
                self._connection.execute(update(tables.Grading).where(own).values(counted))

    def begin(self, station: str, booth: str, time: BoothTime) -> None:
        """Begin a booth's time anew, which nothing open may count by."""
        with plainly(self._engine):
            booth_id = self._booth_of(station, booth)
            last = select(func.max(LaneMessage.id)).where(LaneMessage.booth_id == booth_id)
            row = {
                "booth_id": booth_id,
                "origin": time.origin,
                "origin_ns": time.origin_ns,
                "boot": time.boot,
                "known_ms": time.known_ms,
                "suspect_ms": time.suspect_ms,
                "lane_before": self._connection.scalar(last) or 0,
            }
            self._shifts.insert_new(LiveSession, row)
            own = update(LiveSession).where(LiveSession.booth_id == booth_id)
            self._connection.execute(own.values(row))

    def know(self, station: str, booth: str, known_ms: int, suspect_ms: int | None) -> None:
        """Note how far the booth's time is known."""
        with plainly(self._engine):
            own = LiveSession.booth_id == self._booth_of(station, booth)
            values = {"known_ms": known_ms, "suspect_ms": suspect_ms}
            self._connection.execute(update(LiveSession).where(own).values(values))

    def saying(self, station: str, booth: str, matches: Sequence[PhraseMatch]) -> None:
        """Keep what an unfinished turn holds so far, in place of what it held before."""
        with plainly(self._engine):
            booth_id = self._booth_of(station, booth)
            self._connection.execute(delete(LiveSaying).where(LiveSaying.booth_id == booth_id))
            rows = [
                {
                    "booth_id": booth_id,
                    "position": position,
                    **{name: getattr(match, name) for name in _SAYING},
                }
                for position, match in enumerate(matches)
            ]
            if rows:
                self._insert(LiveSaying, rows)

    def lane_message(self, station: str, booth: str, message: Mapping[str, Any]) -> bool:
        """Keep a message of the lane as it came; False: one with its id is kept already."""
        with plainly(self._engine):
            row = {"booth_id": self._booth_of(station, booth), **message}
            known = select(LaneMessage.id).where(
                LaneMessage.booth_id == row["booth_id"],
                LaneMessage.event == row["event"],
                LaneMessage.came == 0,
            )
            if self._connection.scalar(known) is not None:
                return False
            if row["flag"] is None:
                self._insert(LaneMessage, [row])
            else:
                self._say("lane", LaneMessage, row)
        return True

    def commit(self) -> None:
        """State what was added, and keep it."""
        with plainly(self._engine):
            for grading_id, (whose, added) in self._pieces.items():
                at = self._clock()
                entries = ledger.state(
                    self._connection,
                    whose,
                    grading_id,
                    self._stated(grading_id, added),
                    self._signer,
                    ledger.moment(at),
                )
                if self._outbox:
                    outbox.put(self._connection, grading_id, entries, at=at)
            for kind, key in self._later:
                when = ledger.moment(self._clock())
                remarks.state(self._connection, kind, [key], self._signer, when)
            self._pieces, self._later = {}, []
        super().commit()

    def _stated(self, grading_id: int, added: Sequence[tuple[str, int]]) -> Iterable[Statement]:
        """What is stated of the pieces, read from their rows."""
        found: dict[tuple[str, int], Statement] = {}
        for kind, table, state in _KINDS:
            places = [place for one, place in added if one == kind]
            if places:
                rows = self._rows(grading_id, table, places)
                for row, statement in zip(rows[table], state(rows), strict=True):
                    found[kind, row[_place_name(table)]] = statement
        for kind, place in added:
            if kind == "opened":
                stored = load(self._connection, grading_id)
                assert stored is not None
                yield opened(stored, LIVE)
            elif kind == "report":
                query = select(tables.Grading.__table__).where(tables.Grading.id == grading_id)
                yield closed(self._connection.execute(query).mappings().one())
            else:
                yield found[kind, place]

    def _rows(
        self, grading_id: int, table: type[Base], places: Sequence[int]
    ) -> dict[type[Base], Sequence[RowMapping]]:
        """The rows at these places, and those below them."""
        found: dict[type[Base], Sequence[RowMapping]] = {}
        for one in (table, *(below for below, above in _BELOW.items() if above is table)):
            rows = one.__table__
            place = rows.c[_place_name(one)]
            query = select(rows).where(rows.c.grading_id == grading_id, place.in_(places))
            ordered = query.order_by(*rows.primary_key)
            found[one] = self._connection.execute(ordered).mappings().all()
        return found

    def _add(self, shift: Open, kind: str, rows: codec.Rows) -> None:
        for table, some in rows.items():
            self._insert(table, [{"grading_id": shift.grading_id, **row} for row in some])
        first = next(iter(rows.values()))[0]
        self._piece(shift, kind, first["position"])

    def _piece(self, shift: Open, kind: str, place: int) -> None:
        whose = writer(shift.identity.station, shift.identity.booth)
        self._pieces.setdefault(shift.grading_id, (whose, []))[1].append((kind, place))

    def _say(self, kind: str, table: type[Base], row: codec.Row) -> None:
        """Store a row that is stated by itself at `commit`."""
        check(table, row)
        made = insert(table).values(row).returning(table.__table__.c.id)
        key = self._connection.execute(made).scalar_one()
        self._later.append((kind, key))

    def _place(self, shift: Open, table: type[Base]) -> int:
        """The next place in a grading."""
        rows = table.__table__.c
        last = select(func.max(rows.position)).where(rows.grading_id == shift.grading_id)
        highest = self._connection.scalar(last)
        return 0 if highest is None else highest + 1

    def _change(self, key: Any, shift: Open, **values: Any) -> None:
        with plainly(self._engine):
            self._connection.execute(
                update(key.class_).where(key == shift.grading_id).values(values)
            )

    def _outcomes(self, grading_id: int) -> list[Outcome]:
        """Of the vehicles that count."""
        rows = select(tables.Vehicle.position, tables.Vehicle.outcome)
        of_grading = rows.where(tables.Vehicle.grading_id == grading_id)
        left_out = excluded(self._connection.execute(marks(grading_id)).all())
        return [
            row.outcome
            for row in self._connection.execute(of_grading)
            if row.position not in left_out
        ]

    def _booth(self, identity: ShiftIdentity) -> int:
        return self._booth_of(identity.station, identity.booth)

    def _booth_of(self, station: str, booth: str) -> int:
        key = self._shifts.ensure(tables.Station, code=station)
        return self._shifts.ensure(tables.Booth, station_id=key, code=booth)


def counts(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """The columns of a grading that count its vehicles."""
    found = {str(outcome): sum(one is outcome for one in outcomes) for outcome in Outcome}
    return {"vehicles": len(outcomes), **found}


def _place_name(table: type[Base]) -> str:
    above = {tables.Vehicle: "vehicle_position", tables.Utterance: "utterance_position"}
    above_it = tables.Vehicle if table is Clip else _BELOW.get(table)
    return "position" if above_it is None else above[above_it]
