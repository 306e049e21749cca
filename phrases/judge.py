"""Judge a recording: every vehicle's verdict from what was heard and what the lane says."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from phrases.advisory import hold_back
from phrases.assign import Vehicle, assign, spans
from phrases.boundaries import infer
from phrases.context import profile_at
from phrases.dialogue import Flow, flow
from phrases.dialogue_data import Dialogue, ScoreTable
from phrases.listened import ears
from phrases.money import conditions
from phrases.remarks import Same, Wording
from phrases.turn import Turn
from phrases.types import (
    Decision,
    Due,
    Gap,
    Heard,
    Lane,
    LaneEvent,
    LaneLog,
    PhraseMatch,
    Side,
    Span,
    TransactionVerdict,
)
from phrases.verdict import decide


def judge(
    *,
    log: LaneLog,
    duration_ms: int,
    heard: Sequence[Heard],
    gaps: Sequence[Gap],
    faint: Sequence[Span],
    dialogues: Mapping[Lane, Dialogue],
    table: ScoreTable,
    due: Callable[[int, int], Due],
    parts: Mapping[str, frozenset[str]],
    wording: Wording = lambda phrase, slots: phrase,  # noqa: ARG005
    same: Same = lambda said, notified: said == notified,
    advisory: Collection[str] = (),
) -> tuple[TransactionVerdict, ...]:
    """One verdict for each of the log's events, in their order.

    Without events there is one for each vehicle that the speech shows.

    `due` takes a vehicle's arrival and end in milliseconds. `parts` is the catalog's: phrases
    that are said with a phrase. `wording` and `same` are for the findings on lines of the day;
    no fault rests on a phrase that is `advisory`.
    """
    flows = {lane: flow(dialogue, parts) for lane, dialogue in dialogues.items()}
    matches = [
        match
        for said in heard
        if said.side is not Side.FAR
        for match in said.matches
        if match.decision is not Decision.REJECTED
    ]
    limits = table.listening
    listening = ears(heard=heard, gaps=gaps, faint=faint, duration_ms=duration_ms, limits=limits)
    verdicts = (
        decide(
            turn=turn,
            flow=flows[turn.lane],
            due=lines,
            profile=profile_at(log, turn.start_ms),
            table=table,
            ears=listening,
            wording=wording,
            same=same,
        )
        for turn, lines in _turns(log, duration_ms, matches, flows, due)
    )
    return tuple(hold_back(v, dialogues[v.lane], advisory) for v in verdicts)


def _turns(
    log: LaneLog,
    duration_ms: int,
    matches: Sequence[PhraseMatch],
    flows: Mapping[Lane, Flow],
    due: Callable[[int, int], Due],
) -> list[tuple[Turn, Due]]:
    """Every vehicle's turn with what is due for it."""
    if log.events is None:
        turns = infer(flows[log.lane], matches, duration_ms)
        return [(turn, due(turn.start_ms, turn.end_ms)) for turn in turns]
    times = spans(log.events, duration_ms)
    lines = [due(time.start_ms, time.end_ms) for time in times]
    vehicles = [
        _vehicle(event, time, flows[event.lane or log.lane], each)
        for event, time, each in zip(log.events, times, lines, strict=True)
    ]
    return list(zip(assign(vehicles, matches), lines, strict=True))


def _vehicle(event: LaneEvent, time: Span, lane: Flow, due: Due) -> Vehicle:
    given = conditions(event)
    return Vehicle(
        start_ms=time.start_ms,
        end_ms=time.end_ms,
        event=event,
        flow=lane,
        due=frozenset(phrase for line in due.lines for phrase in line.phrases),
        excused=frozenset(
            step.id for step in lane.dialogue.steps if not given.isdisjoint(step.excused_by)
        ),
    )
