"""Judge a recording: every vehicle's verdict from what was heard and what the lane says."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from phrases.advisory import hold_back
from phrases.assign import Vehicle, assign, spans
from phrases.boundaries import infer
from phrases.context import profile_at
from phrases.dialogue import flow
from phrases.dialogue_data import Dialogue, ScoreTable
from phrases.listened import Ears, ears
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
    Profile,
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
    rules = Rules(
        dialogues=dialogues,
        table=table,
        due=due,
        parts=parts,
        wording=wording,
        same=same,
        advisory=advisory,
    )
    matches = [match for said in heard for match in counted(said)]
    limits = table.listening
    listening = ears(heard=heard, gaps=gaps, faint=faint, duration_ms=duration_ms, limits=limits)
    return tuple(
        rules.verdict(turn, lines, profile_at(log, turn.start_ms), listening)
        for turn, lines in _turns(rules, log, duration_ms, matches)
    )


def counted(said: Heard) -> list[PhraseMatch]:
    """The phrases of an utterance that count for a vehicle."""
    if said.side is Side.FAR:
        return []
    return [match for match in said.matches if match.decision is not Decision.REJECTED]


class Rules:
    """All that vehicles are judged by, beside what was heard; arguments as for `judge`."""

    def __init__(
        self,
        *,
        dialogues: Mapping[Lane, Dialogue],
        table: ScoreTable,
        due: Callable[[int, int], Due],
        parts: Mapping[str, frozenset[str]],
        wording: Wording,
        same: Same,
        advisory: Collection[str],
    ) -> None:
        self.table = table
        self.due = due
        self.flows = {lane: flow(dialogue, parts) for lane, dialogue in dialogues.items()}
        self._wording = wording
        self._same = same
        self._advisory = advisory

    def vehicle(self, event: LaneEvent, time: Span, lane: Lane, due: Due) -> Vehicle:
        """The vehicle of a lane event; `lane` is the recording's."""
        own, given = self.flows[event.lane or lane], conditions(event)
        return Vehicle(
            start_ms=time.start_ms,
            end_ms=time.end_ms,
            event=event,
            flow=own,
            due=frozenset(phrase for line in due.lines for phrase in line.phrases),
            excused=frozenset(
                step.id for step in own.dialogue.steps if not given.isdisjoint(step.excused_by)
            ),
        )

    def verdict(
        self, turn: Turn, lines: Due, profile: Profile, listening: Ears
    ) -> TransactionVerdict:
        """The verdict on one vehicle's turn."""
        own = self.flows[turn.lane]
        verdict = decide(
            turn=turn,
            flow=own,
            due=lines,
            profile=profile,
            table=self.table,
            ears=listening,
            wording=self._wording,
            same=self._same,
        )
        return hold_back(verdict, own.dialogue, self._advisory)


def _turns(
    rules: Rules, log: LaneLog, duration_ms: int, matches: Sequence[PhraseMatch]
) -> list[tuple[Turn, Due]]:
    """Every vehicle's turn with what is due for it."""
    if log.events is None:
        turns = infer(rules.flows[log.lane], matches, duration_ms)
        return [(turn, rules.due(turn.start_ms, turn.end_ms)) for turn in turns]
    times = spans(log.events, duration_ms)
    lines = [rules.due(time.start_ms, time.end_ms) for time in times]
    vehicles = [
        rules.vehicle(event, time, log.lane, each)
        for event, time, each in zip(log.events, times, lines, strict=True)
    ]
    return list(zip(assign(vehicles, matches), lines, strict=True))
