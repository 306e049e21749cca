"""Judged as it goes, a shift has the verdicts that it has when it is graded as a whole."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from phrases.assign import spans
from phrases.judge import Rules, judge
from phrases.live import LiveJudge
from phrases.types import (
    Gap,
    GapReason,
    Heard,
    Lane,
    LaneEvent,
    LaneLog,
    Profile,
    Span,
    TimeSource,
    TransactionVerdict,
)
from tests.phrases.scene import DIALOGUES, NOTHING_DUE, PARTS, START, TABLE, event, hear

LATE_MS = 13_000
"""milliseconds by which gaps are told late"""
LATENESS_MS = 3_000
"""milliseconds by which the lane may be late"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shift:
    """All that there is to know of one, in the end."""

    events: tuple[LaneEvent, ...] | None
    heard: tuple[Heard, ...]
    gaps: tuple[Gap, ...]
    faint: tuple[Span, ...]
    duration_ms: int

    def graded(self) -> tuple[TransactionVerdict, ...]:
        """Its verdicts, judged as a whole."""
        return judge(
            log=LaneLog(
                lane=Lane.EXIT,
                started_at=START,
                time_source=TimeSource.GIVEN,
                events=self.events,
            ),
            duration_ms=self.duration_ms,
            heard=self.heard,
            gaps=self.gaps,
            faint=self.faint,
            dialogues=DIALOGUES,
            table=TABLE,
            due=lambda start_ms, end_ms: NOTHING_DUE,  # noqa: ARG005
            parts=PARTS,
        )

    def judge(self) -> LiveJudge:
        """A live judge for it."""
        rules = Rules(
            dialogues=DIALOGUES,
            table=TABLE,
            due=lambda start_ms, end_ms: NOTHING_DUE,  # noqa: ARG005
            parts=PARTS,
            wording=lambda phrase, slots: phrase,  # noqa: ARG005
            same=lambda said, notified: said == notified,
            advisory=(),
        )
        return LiveJudge(
            rules,
            Lane.EXIT,
            profile=lambda ms: Profile.NORMAL,  # noqa: ARG005
            inferred=self.events is None,
        )

    def live(self, step_ms: int = 700) -> tuple[list[TransactionVerdict], list[int]]:
        """Its verdicts as they come, and the moment at which each came; the end is a moment too."""
        live, found, when = self.judge(), list[TransactionVerdict](), list[int]()
        heard, gaps, faint = list(self.heard), list(self.gaps), list(self.faint)
        events = list(self.events or ())
        ends = [span.end_ms for span in spans(events, self.duration_ms)]
        for now in range(0, self.duration_ms + step_ms, step_ms):
            heard_ms, gaps_ms = now - 2_000, now - LATE_MS
            while heard and heard[0].start_ms < heard_ms:
                live.said(heard.pop(0))
            while gaps and gaps[0].start_ms < gaps_ms:
                live.gap(gaps.pop(0))
            while faint and faint[0].start_ms < heard_ms:
                live.faint(faint.pop(0))
            while events and ends[0] + LATENESS_MS < now:
                live.vehicle(events.pop(0), ends.pop(0))
            lane_ms = min([now - LATENESS_MS, *(e.arrived_ms for e in events[:1])])
            found += live.passed(heard_ms=heard_ms, gaps_ms=gaps_ms, lane_ms=lane_ms)
            when += [now] * (len(found) - len(when))
        for one in heard:
            live.said(one)
        for gap in gaps:
            live.gap(gap)
        for span in faint:
            live.faint(span)
        for one_event, end_ms in zip(events, ends, strict=True):
            live.vehicle(one_event, end_ms)
        found += live.finish(self.duration_ms)
        when += [self.duration_ms] * (len(found) - len(when))
        return found, when


def made(seed: int, *, events: bool, vehicles: int = 25) -> Shift:
    """A shift in which much is odd.

    Neighbours close together, steps left out, said twice, unsure, or long before and after,
    gaps, faint speech, vehicles that nobody saw leave.
    """
    chance = random.Random(seed)
    at, lines, lane = 10.0, list[tuple[float, str]](), list[LaneEvent]()
    for number in range(1, vehicles + 1):
        long = chance.choice([6, 12, 20, 40])
        note = chance.choice([20, 50, 100])
        told = ["greet.hello", f"flow.received={note}", f"flow.change={note - 15}"]
        told += ["ticket.take", "flow.thanks"]
        for place, phrase in enumerate(told):
            if chance.random() < 0.15:
                continue
            moment = at + long * (place + 0.5) / 5 + chance.uniform(-3, 4)
            doubt = chance.choice(["", "", "", "?", "~"])
            lines.append((max(0.0, moment), phrase + doubt))
            if chance.random() < 0.1:
                lines.append((max(0.0, moment + chance.uniform(1, 8)), phrase))
        if chance.random() < 0.2:
            lines.append((at + chance.uniform(-8, long + 12), "wait"))
        given = {"vehicle": number, "arrived": round(at, 2), "toll": 15, "tendered": note}
        if chance.random() < 0.85:
            given["left"] = round(at + long, 2)
        lane.append(event(**given))
        at += long + chance.choice([0.2, 1, 4, 30, 90])
    length = at + 20
    lines.sort()
    gaps = [chance.uniform(0, length) for _ in range(vehicles // 4)]
    faint = [chance.uniform(0, length) for _ in range(vehicles // 3)]
    return Shift(
        events=tuple(lane) if events else None,
        heard=hear([f"{moment:.2f} {phrase}" for moment, phrase in lines]),
        gaps=tuple(
            Gap(start_ms=int(s * 1000), end_ms=int(s * 1000) + 4_000, reason=GapReason.TOO_NOISY)
            for s in sorted(gaps)
        ),
        faint=tuple(
            Span(start_ms=int(s * 1000), end_ms=int(s * 1000) + 400) for s in sorted(faint)
        ),
        duration_ms=int(length * 1000),
    )


def differing(one: Sequence[TransactionVerdict], other: Sequence[TransactionVerdict]) -> list[str]:
    """The vehicles whose verdicts differ, for a message that can be read."""
    return [str(a.vehicle) for a, b in zip(one, other, strict=False) if a != b]


@pytest.mark.parametrize("events", [True, False], ids=["lane events", "inferred"])
@pytest.mark.parametrize("seed", range(12))
def test_the_same_verdicts(seed: int, events: bool) -> None:
    """Whatever is odd about the shift: every field of every verdict, in the same order."""
    shift = made(seed, events=events)
    graded = shift.graded()
    found, _ = shift.live()
    assert differing(found, graded) == []
    assert len(found) == len(graded)
