"""Judge vehicles as they go: each as soon as nothing that may follow can change its verdict.

The code that judges a whole recording judges here, on the stretch around the vehicle: of the same
phrases, gaps and lane events it makes the same verdicts, only earlier.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable
from dataclasses import replace

from phrases.assign import EARLY_MS, Dealer, Owned, Vehicle, in_order, reach, turn_of
from phrases.boundaries import infer, settled
from phrases.dialogue import is_sure
from phrases.judge import Rules, counted
from phrases.listened import Ears, ears
from phrases.turn import Turn
from phrases.types import (
    Decision,
    Due,
    Gap,
    Heard,
    Lane,
    LaneEvent,
    PhraseMatch,
    Profile,
    Span,
    TransactionVerdict,
)

_AROUND_MS = 180_000
"""milliseconds around a vehicle, at least, in which its verdict may hang on what was heard"""
_BEFORE = 2
"""inferred vehicles before the next one that are kept, for it hangs on where they ended"""
_LONGEST_MS = 3_600_000
"""milliseconds: no inferred vehicle is longer"""
_ENDLESS_MS = 2**53
"""milliseconds: the end of what has no end yet"""


class LiveJudge:
    """Judges one booth from a moment on.

    Args:
        rules: what is judged by.
        lane: the booth's.
        profile: gives the profile in force at a moment, in milliseconds.
        inferred: no lane controller tells vehicles apart; then they are numbered from 1.
        doubted: a phrase as it counts, now that all vehicles near it are known.
    """

    def __init__(
        self,
        rules: Rules,
        lane: Lane,
        *,
        profile: Callable[[int], Profile],
        inferred: bool,
        doubted: Callable[[PhraseMatch], PhraseMatch] = lambda match: match,
    ) -> None:
        self._rules = rules
        self._lane = lane
        self._profile = profile
        self._inferred = inferred
        self._doubted = doubted
        steps = [step for flow in rules.flows.values() for step in flow.steps.values()]
        self._early = max(EARLY_MS, *(step.early_ms for step in steps))
        self._heard = list[Heard]()
        self._gaps = list[Gap]()
        self._faint = list[Span]()
        self._proofs = list[int]()
        self._waiting = list[PhraseMatch]()  # heard, and not dealt out yet
        self._owned = list[Owned]()
        self._vehicles = dict[int, Vehicle]()
        self._lines = dict[int, Due]()
        self._dealer = Dealer(self._vehicles)
        self._at = 0  # number of the next vehicle to be judged
        self._count = 0
        self._group = 1
        self._kept = list[Turn]()  # inferred vehicles before the next, whose phrases are kept
        self._heard_ms = self._gaps_ms = self._lane_ms = 0

    @property
    def settled_ms(self) -> int:
        """Milliseconds up to which nothing is held here that is not handed out or kept elsewhere.

        Whoever loses this judge loses the knowledge of gaps and of faint speech after it.
        """
        begin, slack = self._pending_ms, self._rules.table.listening.slack_ms
        faint = (max(f.start_ms, begin) for f in self._faint if f.end_ms + slack > begin)
        return min(*faint, self._gaps_ms, self._heard_ms)

    @property
    def judged_ms(self) -> int:
        """Milliseconds before which every vehicle that began has been handed out."""
        return min(self._pending_ms, self._heard_ms, self._gaps_ms)

    def vehicle(self, event: LaneEvent, end_ms: int) -> None:
        """A vehicle that is through, by order of arrival; `end_ms` is when it left, or may have."""
        time = Span(start_ms=event.arrived_ms, end_ms=max(event.arrived_ms, end_ms))
        lines = self._rules.due(time.start_ms, time.end_ms)
        self._vehicles[self._count] = self._rules.vehicle(event, time, self._lane, lines)
        self._lines[self._count] = lines
        self._count += 1

    def said(self, heard: Heard) -> None:
        """An utterance with its phrases."""
        insort(self._heard, heard, key=lambda one: one.start_ms)
        for match in counted(heard):
            insort(self._waiting, match, key=in_order)
            if is_sure(match):
                insort(self._proofs, match.start_ms)

    def gap(self, gap: Gap) -> None:
        """A stretch that could not be listened to."""
        insort(self._gaps, gap, key=lambda one: (one.start_ms, one.end_ms))

    def faint(self, span: Span) -> None:
        """A stretch that may hold speech too weak to be understood."""
        insort(self._faint, span, key=lambda one: one.start_ms)

    def passed(self, *, heard_ms: int, gaps_ms: int, lane_ms: int) -> list[TransactionVerdict]:
        """The vehicles that can no longer change, in order.

        Args:
            heard_ms: nothing said before it will still be told.
            gaps_ms: no gap that begins before it will still be told.
            lane_ms: no vehicle that arrived before it will still be told.
        """
        self._heard_ms = max(self._heard_ms, heard_ms)
        self._gaps_ms = max(self._gaps_ms, gaps_ms)
        self._lane_ms = max(self._lane_ms, lane_ms)
        found = self._infer() if self._inferred else self._deal()
        self._forget()
        return found

    def finish(self, duration_ms: int) -> list[TransactionVerdict]:
        """All that is left, when nothing follows: listening ended at this moment."""
        self._heard_ms = self._gaps_ms = self._lane_ms = _ENDLESS_MS
        if self._inferred:
            flow = self._rules.flows[self._lane]
            turns = infer(flow, self._waiting, duration_ms)[len(self._kept) :]
            listening = self._ears(duration_ms)
            return [self._number(turn, listening) for turn in turns]
        return self._deal(duration_ms)

    def _deal(self, duration_ms: int = _ENDLESS_MS) -> list[TransactionVerdict]:
        ready = 0
        for match in self._waiting:
            known = self._lane_ms > match.end_ms + self._early
            if match.start_ms >= self._heard_ms or not known:
                break
            self._dealer.deal(self._doubted(match))
            ready += 1
        del self._waiting[:ready]
        dealt_ms = min([self._heard_ms, *(match.start_ms for match in self._waiting[:1])])
        self._dealer.passed(dealt_ms)
        if duration_ms < _ENDLESS_MS:
            self._owned += self._dealer.rest()
        else:
            self._owned += self._dealer.settled()
        if self._dealer.open_ms is not None:
            dealt_ms = min(dealt_ms, self._dealer.open_ms)
        found = list[TransactionVerdict]()
        listening: Ears | None = None
        while self._at in self._vehicles:
            vehicle, (_, high) = self._vehicles[self._at], reach(self._vehicles[self._at])
            slack = self._rules.table.listening.slack_ms
            over = dealt_ms > high and self._gaps_ms > vehicle.widest()[1] + slack
            if not (over and self._proved(vehicle, duration_ms)):
                break
            turn = turn_of(self._at, self._vehicles, self._owned)
            listening = listening or self._ears(duration_ms)
            found.append(self._verdict(turn, self._lines[self._at], listening))
            self._at += 1
        return found

    def _infer(self) -> list[TransactionVerdict]:
        flow = self._rules.flows[self._lane]
        known = [match for match in self._waiting if match.start_ms < self._heard_ms]
        found = list[TransactionVerdict]()
        listening: Ears | None = None
        for turn in settled(flow, known, self._heard_ms)[len(self._kept) :]:
            slack = self._rules.table.listening.slack_ms
            if self._gaps_ms <= turn.ceil_ms + slack or not self._proved(turn, _ENDLESS_MS):
                break
            listening = listening or self._ears(_ENDLESS_MS)
            found.append(self._number(turn, listening))
            self._kept.append(turn)
        return found

    def _number(self, turn: Turn, listening: Ears) -> TransactionVerdict:
        """The verdict on an inferred vehicle, by its own number."""
        turn = replace(turn, vehicle=self._group)
        self._group += 1
        return self._verdict(turn, self._rules.due(turn.start_ms, turn.end_ms), listening)

    def _verdict(self, turn: Turn, lines: Due, listening: Ears) -> TransactionVerdict:
        return self._rules.verdict(turn, lines, self._profile(turn.start_ms), listening)

    def _proved(self, time: Span, duration_ms: int) -> bool:
        """Whether it is known for good that the microphone is not deaf, or that it may be."""
        span = self._rules.table.listening.proof_ms
        at = bisect_left(self._proofs, time.start_ms - span)
        if at < len(self._proofs) and self._proofs[at] <= time.end_ms + span:
            return True
        return self._heard_ms > min(time.end_ms + span, duration_ms)

    def _ears(self, duration_ms: int) -> Ears:
        limits = self._rules.table.listening
        made = ears(
            heard=self._heard,
            gaps=self._gaps,
            faint=self._faint,
            duration_ms=duration_ms,
            limits=limits,
        )
        # A proof is kept longer than the words around it.
        return replace(made, proofs=tuple(self._proofs))

    @property
    def _pending_ms(self) -> int:
        """Where what is still to be judged may begin, in milliseconds."""
        if self._inferred:
            last = self._kept[-1].end_ms if self._kept else 0
            return max(last, min([self._heard_ms, *(m.start_ms for m in self._waiting[:1])]))
        coming = self._vehicles.get(self._at)
        return max(0, (coming.start_ms if coming else self._lane_ms) - self._early)

    def _forget(self) -> None:
        """Let go of what no verdict can hang on any more."""
        if self._inferred:
            if len(self._kept) > _BEFORE:
                self._kept = self._kept[-_BEFORE:]
                # An unsure phrase may have been said before the last of the vehicle before it.
                sure = (m for m in self._kept[0].matches if m.decision is Decision.ACCEPTED)
                self._drop_said(min(match.start_ms for match in sure))
            self._drop_said(self._heard_ms - _LONGEST_MS)
            first = min([self._heard_ms, *(m.start_ms for m in self._waiting[:1])])
        else:
            first = min(self._pending_ms, self._heard_ms)
        keep = first - _AROUND_MS
        self._heard = [one for one in self._heard if one.end_ms >= keep]
        self._gaps = [gap for gap in self._gaps if gap.end_ms >= keep]
        self._faint = [span for span in self._faint if span.end_ms >= keep]
        proof_ms = keep - self._rules.table.listening.proof_ms
        del self._proofs[: bisect_left(self._proofs, proof_ms)]
        del self._owned[: bisect_left(self._owned, keep, key=lambda one: one[0].start_ms)]
        for at in [at for at, one in self._vehicles.items() if at < self._at]:
            if self._vehicles[at].widest()[1] < keep:
                del self._vehicles[at], self._lines[at]

    def _drop_said(self, before_ms: int) -> None:
        """Let go of phrases from which vehicles were inferred."""
        del self._waiting[: bisect_left(self._waiting, before_ms, key=lambda one: one.start_ms)]
