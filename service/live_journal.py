"""Write a booth's shifts down: what cannot be stored now waits, in order, and is stored later."""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import Engine

from db import live_reads
from db.live import LiveStore
from db.live_types import BoothTime, Figures, Open
from db.seal import Signer
from db.statements import ERASED
from db.types import NOBODY, ShiftIdentity, StoreError
from phrases.score import shift_score
from phrases.types import LaneLog, Score, ShiftReport, TimeSource
from phrases.warned import warning
from service import live_clock
from service.bootstrap import Knowledge
from service.errors import BadInput
from service.live_clock import Clock
from service.live_conditions import Conditions
from service.live_seat import How, Seating, Sitter
from service.live_slots import Slot, Slots
from service.live_types import Place, Told, Unstored

SUSPECT = warning("clock_set")
INFERRED = warning("inferred")
_NO_SCORE = Score(value=None, low=None, high=None)

Op = Callable[[LiveStore], None]
"""Stores one thing; it may be called again after it could not be kept."""


class Journal:
    """What is to be stored of one booth, and the shifts that it is stored in."""

    def __init__(
        self,
        engine: Engine,
        signer: Signer,
        place: Place,
        known: Knowledge,
        *,
        model: str,
        clock: Clock,
        outbox: bool,
        show: Callable[[Told], None],
    ) -> None:
        self._engine = engine
        self._signer = signer
        self._place = place
        self._known = known
        self._model = model
        self._clock = clock
        self._outbox = outbox
        self._show = show
        self.time = BoothTime(origin=clock.now(), origin_ns=0, boot="")
        self.slots = Slots()
        self.conditions = Conditions()
        self.heard_ms = 0
        """milliseconds up to which was listened"""
        self.todo: deque[Op] = deque()
        """what waits to be stored"""
        self.noted_ms = 0
        """milliseconds up to which it was last noted that all is stored"""
        self.trouble: str | None = None
        """why something waits; None: it does not"""

    def at(self, ms: int) -> dt.datetime:
        """The moment, aware, in the booth's zone."""
        return live_clock.moment(self.time, ms).astimezone(self._place.zone)

    def sit(self, seating: Seating) -> None:
        """A shift begins; that nobody is there at first is not stored before something happens."""
        slot = self.slots.add(Slot(seating=seating))
        slot.clock_sure = self.time.suspect_ms is None
        if seating.how is not How.START:
            self.begin(slot)

    def end(self, until_ms: int) -> None:
        """The shift that lasts ends there."""
        slot = self.slots.now
        slot.seating = replace(slot.seating, until_ms=until_ms)

        def end(unit: LiveStore) -> None:
            slot.shift = unit.ends(of(slot), until_ms)

        if slot.opening:
            self.todo.append(end)

    def begin(self, slot: Slot) -> None:
        """See that the shift is stored; that nobody sat there is not, before something happens."""
        if slot.opening:
            return
        slot.opening = True
        seating = slot.seating
        identity = self.identity(seating.who, seating.from_ms)
        empty = self._empty()

        def begin(unit: LiveStore) -> None:
            slot.shift = unit.open_shift(
                identity, empty, how=str(seating.how), from_ms=seating.from_ms
            )
            if seating.until_ms is not None:
                slot.shift = unit.ends(slot.shift, seating.until_ms)

        self.todo.append(begin)

    def close(self, slot: Slot, settled_ms: int) -> None:
        """End a shift to which nothing can be added; it stays open while nothing can be stored."""
        if not slot.opening:
            self.slots.remove(slot)
            return
        self.flush(settled_ms)
        if self.todo:
            return  # it cannot be stored now, and is closed when it can
        grading = of(slot).grading_id
        verdicts, _ = live_reads.pieces_of(self._engine, grading)
        out = live_reads.left_out(self._engine, grading)
        counted = [verdict for place, verdict in enumerate(verdicts) if place not in out]
        warnings = [each for verdict in verdicts for each in verdict.due.warnings]
        figures = self._figures(
            slot, shift_score(counted, self._known.table), tuple(dict.fromkeys(warnings))
        )
        self.todo.append(lambda unit: unit.close_shift(of(slot), figures))
        self.slots.remove(slot)
        self.flush(settled_ms)

    def _figures(
        self, slot: Slot, score: Score = _NO_SCORE, warnings: tuple[str, ...] = ()
    ) -> Figures:
        start, end = slot.span(max(self.heard_ms, slot.seating.from_ms))
        said = [] if self._place.lane_events else [INFERRED]
        said += [] if slot.clock_sure else [SUSPECT]
        return Figures(
            duration_ms=end - start,
            gap_ms=slot.gap_ms(end),
            score=score,
            warnings=(*said, *self._known.calendar.warnings, *warnings),
            time_source=TimeSource.GIVEN if slot.clock_sure else TimeSource.FILE,
        )

    def flush(self, settled_ms: int) -> None:
        """Store what waits; what cannot be stored goes on waiting."""
        time, station, booth = self.time, self._place.station, self._place.booth
        known_ms = max(time.known_ms, settled_ms)
        try:
            with LiveStore(self._engine, self._signer, outbox=self._outbox) as unit:
                for store in self.todo:
                    store(unit)
                for slot in self.slots:
                    if slot.opening:
                        unit.figures(of(slot), self._figures(slot))
                unit.know(station, booth, known_ms, time.suspect_ms)
                unit.commit()
        except StoreError as error:
            if self.trouble is None:
                self._show(
                    Unstored(problem=str(error), at=self._clock.now().astimezone(self._place.zone))
                )
            self.trouble = str(error)
            return
        if self.trouble is not None:
            self._tell(None)
        self.todo.clear()
        self.trouble = None
        self.time = replace(self.time, known_ms=known_ms)
        self.noted_ms = known_ms

    def _tell(self, problem: str | None) -> None:
        at = self.at(live_clock.now_ms(self.time, self._clock))
        self._show(Unstored(problem=problem, at=at))

    def mark(self, grading_id: int, place: int, kind: str, by: str) -> None:
        """Note what is said of a stored vehicle."""
        self.todo.append(lambda unit: unit.mark(grading_id, place, kind, by))

    def identity(self, sitter: Sitter | None, from_ms: int) -> ShiftIdentity:
        """The shift of who sits there from then on; BadInput for an id that none may have."""
        if sitter is not None and (
            sitter.collector == NOBODY or sitter.collector.startswith(ERASED)
        ):
            raise BadInput("the collector's id is one that nobody may have: give another")
        try:
            return ShiftIdentity(
                station=self._place.station,
                booth=self._place.booth,
                collector=NOBODY if sitter is None else sitter.collector,
                team=None if sitter is None else sitter.team,
                started_at=self.at(from_ms),
            )
        except StoreError as error:
            raise BadInput(error) from None

    def _empty(self) -> ShiftReport:
        """A shift before anything is known of it."""
        log = self.log
        return ShiftReport(
            lane=log.lane,
            started_at=log.started_at.astimezone(self._place.zone),
            time_source=log.time_source,
            duration_ms=0,
            listened_ms=0,
            gap_ms=0,
            transactions=(),
            utterances=(),
            gaps=(),
            score=_NO_SCORE,
            versions=self._known.versions(self._model),
            complete=False,
        )

    @property
    def log(self) -> LaneLog:
        """What is known of the day."""
        trusted = self.time.suspect_ms is None
        return LaneLog(
            lane=self._place.lane,
            started_at=live_clock.moment(self.time, 0),
            weather=self.conditions.weather,
            notices=self.conditions.notices,
            profiles=self.conditions.profiles,
            time_source=TimeSource.GIVEN if trusted else TimeSource.FILE,
        )


def of(slot: Slot) -> Open:
    """Its stored shift, which was opened by what was stored before."""
    assert slot.shift is not None
    return slot.shift
