"""Keep the shifts of a booth that is listened to: judge as it goes, store at once, know who sits.

No clock and no threads of its own: it is told what was heard, what the lane and people say, and
asks the clock that it was given. What cannot be stored now (a full disk) waits in memory, in
order, and is stored with the next thing that is.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace

from sqlalchemy import Engine

from audio.types import Faint, Samples
from db import live_reads
from db.live import LiveStore
from db.live_types import BoothTime, Open
from db.seal import Signer
from phrases import notified
from phrases.context import profile_at
from phrases.dialogue import is_sure
from phrases.judge import Rules
from phrases.live import LiveJudge
from phrases.types import (
    Finding,
    FindingStatus,
    Gap,
    GapReason,
    Heard,
    PhraseMatch,
    TransactionVerdict,
)
from service import live_clock, live_conditions
from service.bootstrap import Knowledge
from service.clips import Choice
from service.errors import BadInput, Failed
from service.hearing import Item, Progress, SoFar
from service.lane_book import Flag, LaneBook
from service.lane_clock import LaneClock
from service.lane_message import Message, read
from service.live_amounts import Asked
from service.live_clips import LiveClips
from service.live_clock import Clock
from service.live_journal import Journal, of
from service.live_moved import moved, moved_match
from service.live_seat import How, Seat, Seating, Sitter
from service.live_slots import Slot, seating_of
from service.live_types import (
    BoothState,
    Judged,
    Place,
    QueueDue,
    Seated,
    Taken,
    Told,
    Unkept,
)
from service.pipeline import amounts_due, due_at

PROPOSING = frozenset({"handover.take", "handover.give"})
"""phrases after which somebody else may sit there"""
REMEMBERED_MS = 1_200_000
"""milliseconds before a restart whose words may count for a vehicle after it"""
NOTED_MS = 10_000
"""milliseconds after which it is noted how far the time is known, if nothing else is stored"""
_IDS = 5_000


class Keeper:
    """One booth's shifts. `start` begins or goes on; then it is told things in any order."""

    def __init__(
        self,
        engine: Engine,
        signer: Signer,
        place: Place,
        known: Knowledge,
        *,
        model: str,
        clock: Clock,
        outbox: bool = False,
        clips: LiveClips | None = None,
        show: Callable[[Told], None] = lambda _: None,
    ) -> None:
        """A keeper of one booth; without `clips` no sound is kept."""
        self._engine = engine
        self.place = place
        """where it listens"""
        self._known = known
        self._clock = clock
        self._show = show
        self._journal = Journal(
            engine, signer, place, known, model=model, clock=clock, outbox=outbox, show=show
        )
        self._seat = Seat(Seating(who=None, how=How.START, from_ms=0))
        self._book = LaneBook(place.lane, lateness_ms=place.lateness_ms)
        self._lane_clock = LaneClock()
        self._ids: dict[str, str] = {}
        self._base_ms = 0
        self._first_utterance = 0
        self._count = 0
        self._asked = Asked(lambda start, end: amounts_due(self._book.events, start, end))
        self._clips = clips or LiveClips(None, Choice(share=0.0))
        self._judge = self._new_judge()
        self._done: deque[int | str] = deque(maxlen=_IDS)
        self._judged_ms = -1
        self._not_mine: dict[int | str, str] = {}
        self._report_due = False
        self._said = True  # a run before this one may have been stopped in a turn

    @property
    def now_ms(self) -> int:
        """The moment, in the booth's time."""
        return live_clock.now_ms(self._journal.time, self._clock)

    def start(self, sitter: Sitter | None = None) -> None:
        """Go on with the shifts that are open, or begin; `sitter` has the seat if nobody had."""
        station, booth = self.place.station, self.place.booth
        before = live_reads.booth_time(self._engine, station, booth)
        shifts = live_reads.open_shifts(self._engine, station, booth)
        if before is None or not shifts:
            self._journal.time = live_clock.begin(self._clock)
            time = self._journal.time
            self._journal.todo.append(lambda unit: unit.begin(station, booth, time))
            how = How.LOGIN if sitter else How.START
            self._seat = Seat(Seating(who=sitter, how=how, from_ms=0))
            self._journal.sit(self._seat.now)
        else:
            self._journal.time = live_clock.resume(before, self._clock)
            self._go_on(before, shifts)
            if sitter is not None and self._seat.now.how is How.START:
                self.login(sitter)
        self._flush()

    def listening(self, from_ns: int | None = None) -> None:
        """The microphone is heard: its first sound came at that moment of the monotonic clock."""
        ns = self._clock.monotonic_ns() if from_ns is None else from_ns
        self._base_ms = max(
            self._journal.time.known_ms, (ns - self._journal.time.origin_ns) // 1_000_000
        )
        if self._base_ms > self._journal.time.known_ms:
            gap = Gap(
                start_ms=self._journal.time.known_ms, end_ms=self._base_ms, reason=GapReason.RESTART
            )
            self._add_gap(gap)
        self._flush()

    def sound(self, start_ms: int, samples: Samples) -> None:
        """Float32 [frames] of the collector's channel, by milliseconds from the first sound."""
        self._clips.sound(start_ms + self._base_ms, samples)

    def take(self, items: Iterable[Item]) -> None:
        """What was heard, as it was told; its times count from the first sound."""
        for item in items:
            match item:
                case Heard():
                    self._saying(())
                    self._add_heard(moved(item, self._base_ms, self._first_utterance))
                case SoFar():
                    self._saying(moved_match(one, self._base_ms, 0) for one in item.matches)
                case Gap() | Faint():
                    span = replace(
                        item,
                        start_ms=item.start_ms + self._base_ms,
                        end_ms=item.end_ms + self._base_ms,
                    )
                    if isinstance(span, Gap):
                        self._add_gap(span)
                    else:
                        self._judge.faint(span)
                case Progress():
                    self._passed(item.done_ms + self._base_ms, item.gaps_ms + self._base_ms)
        if self._journal.todo or self._judge.settled_ms >= self._journal.noted_ms + NOTED_MS:
            self._flush()

    def login(self, sitter: Sitter, how: How = How.LOGIN) -> None:
        """Somebody says who they are. BadInput for an id that none may have."""
        self._journal.identity(sitter, 0)
        self._sat(self._seat.login(sitter, self.now_ms, how))

    def logout(self) -> None:
        """Who sits there leaves."""
        self._sat(self._seat.logout(self.now_ms))

    def relief(self, sitter: Sitter | None) -> None:
        """One takes the other's place; who, may be said by a login that follows."""
        if sitter is not None:
            self._journal.identity(sitter, 0)
        self._sat(self._seat.relief(sitter, self.now_ms))

    def roster(self) -> None:
        """Look at the roster."""
        if self._journal.time.suspect_ms is not None:
            return
        place = self.place
        moment = live_clock.moment(self._journal.time, self.now_ms)
        found = live_reads.on_roster(self._engine, place.station, place.booth, moment)
        sitter = Sitter(collector=found[0], team=found[1]) if found else None
        self._sat(self._seat.roster(sitter, self.now_ms))

    def not_me(self, vehicle: int | str) -> None:
        """Who sits there says that a vehicle was not theirs: it is kept, and not counted."""
        sitter = self._seat.now.who
        if sitter is None:
            raise BadInput("nobody is logged in at the booth: log in first")
        place = self.place
        stored = live_reads.find_vehicles(self._engine, place.station, place.booth, name=vehicle)
        mine = [one for one in stored if one.collector == sitter.collector]
        if stored and not mine:
            raise BadInput("the vehicle is not counted for who is logged in")
        for one in mine[-1:]:
            self._journal.mark(one.grading_id, one.place, "not_me", sitter.collector)
        if not stored:
            if vehicle in self._done or vehicle != self._book.current:
                raise BadInput("no such vehicle was served since listening began")
            self._not_mine[vehicle] = sitter.collector
        self._flush()

    def lane(self, message: Message, body: str) -> Taken:
        """A message of the lane; `body` is its JSON as it came."""
        digest = hashlib.sha256(body.encode()).hexdigest()
        event, known = message.id, self._ids.get(message.id)
        if known == digest:
            return Taken(event=event, flag=None, repeated=True)
        now_ms = self.now_ms
        said_ms = round((message.at - self._journal.time.origin).total_seconds() * 1000)
        if message.kind in live_conditions.KINDS:
            # It may have begun long ago, so it tells nothing of the clocks.
            at_ms = said_ms + (self._lane_clock.offset_ms or 0)
        else:
            at_ms = self._lane_clock.heard(said_ms, now_ms)
        if known is not None:
            flag: Flag | None = Flag.CONTRADICTORY
            event = f"{event}#{digest[:8]}"
        elif message.kind in live_conditions.KINDS:
            flag = self._journal.conditions.take(message, at_ms, now_ms)
        elif not self.place.lane_events:
            raise BadInput("this booth has no lane controller: set listening.lane_events first")
        else:
            flag = self._book.take(message, at_ms, now_ms)
        self._remember(message.id, digest)
        row = {
            "event": event,
            "received_at": self._clock.now(),
            "received_ms": now_ms,
            "at_ms": at_ms,
            "body": body,
            "flag": flag,
        }
        place = self.place
        stored: list[bool] = []
        self._journal.todo.append(
            lambda unit: stored.append(unit.lane_message(place.station, place.booth, row))
        )
        if flag is Flag.LATE:
            self._too_late(message, at_ms)
        if self._book.report_due and not self._report_due:
            self._show(QueueDue(waiting=self._book.waiting, at=self._journal.at(now_ms)))
        self._report_due = self._book.report_due
        self._flush()
        if self._journal.trouble:
            raise Failed(f"the message waits to be stored: {self._journal.trouble}")
        return Taken(event=event, flag=flag, repeated=not stored[-1])

    def amounts(self, start_ms: int, end_ms: int) -> set[int]:
        """The sums in fen that the lane knows of then, by milliseconds from the first sound."""
        return self._asked.due(start_ms + self._base_ms, end_ms + self._base_ms)

    @property
    def state(self) -> BoothState:
        """How it stands."""
        now = self._seat.now
        shift = self._journal.slots.now.shift
        return BoothState(
            sitter=now.who,
            how=now.how,
            since=self._journal.at(now.from_ms),
            shift=shift.shift_id if shift else None,
            vehicle=self._book.current,
            judged=self._count,
            waiting=self._book.waiting,
            report_due=self._report_due,
            averages=self._book.averages,
            lane_offset_ms=self._lane_clock.offset_ms,
            clock_trusted=self._journal.time.suspect_ms is None,
            unstored=len(self._journal.todo),
        )

    def finish(self) -> None:
        """Listening is over: all that is left is judged, and every shift closed."""
        end_ms = max(self._base_ms, self._journal.heard_ms)
        self._clips.passed(end_ms)
        if self.place.lane_events:
            for one in self._book.rest(end_ms):
                self._judge.vehicle(one.event, one.end_ms)
        self._vehicles(self._judge.finish(end_ms))
        last = self._journal.slots.now
        last.seating = replace(last.seating, until_ms=max(end_ms, last.seating.from_ms))
        for slot in list(self._journal.slots):
            self._journal.close(slot, self._judge.settled_ms)
        if self._journal.todo:
            raise Failed(f"the shift could not be stored: {self._journal.trouble}")

    def _new_judge(self) -> LiveJudge:
        known = self._known
        rules = Rules(
            dialogues=known.dialogues,
            table=known.table,
            due=lambda start_ms, end_ms: due_at(self._journal.log, known, start_ms, end_ms),
            parts=known.catalog.parts,
            wording=known.wording,
            same=notified.same,
            advisory=known.thresholds.advisory,
        )
        return LiveJudge(
            rules,
            self.place.lane,
            profile=lambda ms: profile_at(self._journal.log, ms),
            inferred=not self.place.lane_events,
            doubted=self._asked.doubted,
        )

    def _go_on(self, before: BoothTime, shifts: list[Open]) -> None:
        """Take up the shifts that are open, and what is remembered of what was heard."""
        station, booth = self.place.station, self.place.booth
        for shift in shifts:
            slot = self._journal.slots.add(
                Slot(seating=seating_of(shift), shift=shift, opening=True)
            )
            slot.gaps += live_reads.pieces_of(self._engine, shift.grading_id)[1]
            slot.clock_sure = self._journal.time.suspect_ms is None
        if all(slot.seating.until_ms is not None for slot in self._journal.slots):
            last = max(slot.span(0)[1] for slot in self._journal.slots)
            self._journal.slots.add(Slot(seating=Seating(who=None, how=How.START, from_ms=last)))
        self._seat = Seat(*(slot.seating for slot in self._journal.slots))
        since = before.known_ms - REMEMBERED_MS
        kept = live_reads.remembered(self._engine, station, booth, since)
        for heard in kept.heard:
            self._judge.said(heard)
        for gap in kept.gaps:
            self._judge.gap(gap)
        self._done.extend(kept.vehicles)
        self._count, self._first_utterance = kept.count, kept.utterances
        self._judged_ms = kept.judged_ms
        day_ms = before.known_ms - live_conditions.LASTS_MS
        for row in live_reads.lane_messages(self._engine, station, booth, day_ms):
            message = read(row["body"])
            if message.kind in live_conditions.KINDS and row["flag"] is None:
                self._journal.conditions.take(message, row["at_ms"], row["received_ms"])
            if message.kind in live_conditions.KINDS or row["received_ms"] < since:
                continue
            said_ms = round((message.at - self._journal.time.origin).total_seconds() * 1000)
            self._lane_clock.heard(said_ms, row["received_ms"])
            self._remember(message.id, hashlib.sha256(row["body"].encode()).hexdigest())
            if row["flag"] is None:
                self._book.take(message, row["at_ms"], row["received_ms"])

    def _passed(self, heard_ms: int, gaps_ms: int) -> None:
        """Time has passed: judge what can no longer change, close what is over."""
        self._journal.heard_ms = max(self._journal.heard_ms, heard_ms)
        self._clips.passed(min(heard_ms, gaps_ms))
        now_ms = self.now_ms
        self._look()
        lane_ms = heard_ms
        if self.place.lane_events:
            for one in self._book.through(now_ms):
                self._judge.vehicle(one.event, one.end_ms)
            lane_ms = self._book.lane_ms(now_ms)
        found = self._judge.passed(heard_ms=heard_ms, gaps_ms=gaps_ms, lane_ms=lane_ms)
        self._vehicles(found)
        for slot in list(self._journal.slots):
            until_ms = slot.seating.until_ms
            if until_ms is not None and until_ms < self._judge.judged_ms:
                self._journal.close(slot, self._judge.settled_ms)

    def _vehicles(self, verdicts: Iterable[TransactionVerdict]) -> None:
        for verdict in verdicts:
            again = verdict.inferred or verdict.vehicle in self._done
            if again and verdict.start_ms <= self._judged_ms:
                continue  # judged and stored before a restart
            self._count += 1
            if verdict.inferred:
                verdict = replace(verdict, vehicle=self._count)
            seating = self._seat.of(verdict.start_ms, verdict.end_ms)
            slot = self._journal.slots.of(seating, verdict.start_ms, verdict.end_ms)
            if slot is None:
                nobodys = Seating(
                    who=None,
                    how=How.START,
                    from_ms=verdict.start_ms,
                    until_ms=verdict.end_ms,
                )
                slot = self._journal.slots.add(Slot(seating=nobodys))
            self._journal.begin(slot)
            self._add_vehicle(slot, verdict)

    def _add_vehicle(self, slot: Slot, verdict: TransactionVerdict) -> None:
        by = self._not_mine.pop(verdict.vehicle, None)
        clip = self._clips.keep(verdict, [slot.time] if slot.seating.who else [])

        def add(unit: LiveStore) -> None:
            shift = of(slot)
            place = unit.add_vehicle(shift, verdict)
            if clip is not None:
                unit.add_clip(shift, place, clip)
            if by is not None and by == shift.identity.collector:
                unit.mark(shift.grading_id, place, "not_me", by)

        self._journal.todo.append(add)
        self._done.append(verdict.vehicle)
        somebodys = slot.seating.who is not None
        at = self._journal.at(verdict.start_ms)
        self._show(Judged(verdict=verdict, somebodys=somebodys, at=at))
        if clip is not None and clip.problem is not None:
            self._show(Unkept(problem=clip.problem, at=at))

    def _add_heard(self, heard: Heard) -> None:
        slot = self._journal.slots.at(heard.start_ms)
        self._journal.begin(slot)
        self._journal.todo.append(lambda unit: unit.add_heard(of(slot), heard))
        self._asked.heard(heard)
        self._clips.told(heard)
        self._judge.said(heard)
        for match in heard.matches:
            if match.phrase in PROPOSING and is_sure(match):
                self._sat(self._seat.proposed(match.start_ms))

    def _saying(self, matches: Iterable[PhraseMatch]) -> None:
        """Keep what a turn holds that is not over, in place of what it held before."""
        said, station, booth = tuple(matches), self.place.station, self.place.booth
        if said or self._said:
            self._journal.todo.append(lambda unit: unit.saying(station, booth, said))
        self._said = bool(said)

    def _add_gap(self, gap: Gap) -> None:
        for slot, part in self._journal.slots.parts(gap):
            self._journal.begin(slot)
            slot.gaps.append(part)
            self._journal.todo.append(
                lambda unit, slot=slot, part=part: unit.add_gap(of(slot), part)  # type: ignore[misc]
            )
        self._clips.told(gap)
        self._judge.gap(gap)

    def _sat(self, changed: bool) -> None:
        """The seat has changed, if it has: the shift ends here and another begins."""
        if not changed:
            return
        now = self._seat.now
        self._journal.end(now.from_ms)
        self._journal.sit(now)
        self._show(
            Seated(how=now.how, somebody=now.who is not None, at=self._journal.at(now.from_ms))
        )
        self._flush()

    def _flush(self) -> None:
        self._journal.flush(self._judge.settled_ms)

    def _look(self) -> None:
        """Look whether the machine's clock was set."""
        before, self._journal.time = (
            self._journal.time,
            live_clock.looked_at(self._journal.time, self._clock),
        )
        if before.suspect_ms is not None or self._journal.time.suspect_ms is None:
            return
        slot = self._journal.slots.now
        slot.clock_sure = False
        if slot.shift is None:
            return
        verdicts, _ = live_reads.pieces_of(self._engine, slot.shift.grading_id)
        for place, verdict in enumerate(verdicts):
            if any(map(_by_the_clock, verdict.findings)):
                self._journal.mark(slot.shift.grading_id, place, "clock", "program")

    def _too_late(self, message: Message, at_ms: int) -> None:
        """Verdicts that a late message may change are not counted until a person has looked."""
        station, booth, name = self.place.station, self.place.booth, message.vehicle
        found = live_reads.find_vehicles(self._engine, station, booth, name=name)[-1:]
        if not found:
            near = (at_ms - self.place.lateness_ms, at_ms + self.place.lateness_ms)
            found = live_reads.find_vehicles(self._engine, station, booth, between=near)
        for one in found:
            self._journal.mark(one.grading_id, one.place, "lane", "program")

    def _remember(self, event: str, digest: str) -> None:
        self._ids[event] = digest
        if len(self._ids) > _IDS:
            del self._ids[next(iter(self._ids))]


def _by_the_clock(finding: Finding) -> bool:
    return finding.code.startswith("context.") and finding.status is FindingStatus.FAULT
