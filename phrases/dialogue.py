"""A dialogue as a state machine: what a phrase does to it, and where a step could have been said.

The state is the set of steps that have been said; a phrase moves it on, repeats, goes back, or
does nothing. Everything that a step is comes from the data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import Enum, auto

from phrases.dialogue_data import Dialogue, Step, covers
from phrases.turn import Turn
from phrases.types import Decision, PhraseMatch, Side, Span

_EXPLAINED = 0.7
"""Share of an unsure match that accepted phrases must cover to make it idle."""


class Move(Enum):
    """What a phrase does to a dialogue."""

    ON = auto()
    """fills a step that was open"""
    REPEAT = auto()
    """says a step again"""
    BACK = auto()
    """says a step after one that comes later"""
    NONE = auto()
    """is no step"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """All that was heard of one step."""

    sure: tuple[PhraseMatch, ...] = ()
    """accepted and the collector's own"""
    maybe: tuple[PhraseMatch, ...] = ()
    """unsure, or from a side that cannot be told"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Window(Span):
    """Where a step could have been said."""

    after_step: bool
    """True: a step that comes before it begins the window, else the vehicle does"""
    before_step: bool
    """True: a step that comes after it ends the window, else the vehicle does"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Flow:
    """A lane's dialogue made ready to follow; `flow` makes one."""

    dialogue: Dialogue
    steps: Mapping[str, Step]
    before: Mapping[str, frozenset[str]]
    """step to all steps that come before it"""
    behind: Mapping[str, frozenset[str]]
    """step to all steps that come after it"""
    parts: Mapping[str, frozenset[str]]
    """phrase to the phrases that are said with it"""

    def fills(self, phrase: str, due: Set[str] = frozenset()) -> frozenset[str]:
        """Ids of the steps that a phrase fills, itself or by its parts.

        `due` has the phrases of the due lines of the day.
        """
        said = {phrase, *self.parts.get(phrase, ())}
        return frozenset(
            step.id
            for step in self.dialogue.steps
            if any(covers(pattern, name) for pattern in step.fills for name in said)
            or (step.due_line and not said.isdisjoint(due))
        )

    def move(self, filled: Set[str], steps: Set[str]) -> Move:
        """What saying these steps does to a dialogue in which `filled` have been said."""
        counted = self._counted(filled, steps)
        if not counted:
            return Move.NONE
        if all(not self.behind[step].isdisjoint(filled) for step in counted):
            return Move.BACK
        return Move.REPEAT if counted <= filled else Move.ON

    def advance(self, filled: frozenset[str], steps: Set[str]) -> frozenset[str]:
        """The state after these steps were said."""
        return filled | self._counted(filled, steps)

    def begun(self, filled: Set[str]) -> bool:
        """Whether the dialogue has gone beyond its opening."""
        return not filled <= set(self.dialogue.opening)

    def closed(self, filled: Set[str]) -> bool:
        """Whether all that ends the dialogue has been said."""
        return filled >= set(self.dialogue.closing)

    def told(self, turn: Turn, due: Set[str]) -> dict[str, Told]:
        """What was heard of each step in a vehicle's turn."""
        sure: dict[str, list[PhraseMatch]] = {name: [] for name in self.steps}
        maybe: dict[str, list[PhraseMatch]] = {name: [] for name in self.steps}
        accepted = [match for match in turn.matches if is_sure(match)]
        for match in turn.matches:
            if not is_sure(match) and _explained(match, accepted):
                continue
            for name in self.fills(match.phrase, due):
                (sure if is_sure(match) else maybe)[name].append(match)
        return {name: Told(sure=tuple(sure[name]), maybe=tuple(maybe[name])) for name in self.steps}

    def prices(self, turn: Turn) -> tuple[PhraseMatch, ...]:
        """Where the toll was named in a vehicle's turn."""
        patterns = self.dialogue.phrases.price
        return tuple(m for m in turn.matches if any(covers(p, m.phrase) for p in patterns))

    def window(self, turn: Turn, name: str, told: Mapping[str, Told]) -> Window:
        """Where the step could have been said: between its neighbours that were said.

        Where there is none, the vehicle's time and a margin bound it, as far as no other vehicle
        was spoken to.
        """
        step = self.steps[name]
        low, high = turn.floor_ms, turn.ceil_ms
        if turn.event is not None:
            low = max(low, turn.start_ms - step.early_ms)
            high = min(high, turn.end_ms + step.late_ms)
        first = max(self._ends(told, name), default=None)
        later = (told[step].sure[-1:] for step in self.behind[name])
        last = min((match.start_ms for some in later for match in some), default=None)
        if first is not None and last is not None and first > last:
            first = last = None  # said in a strange order: they bound nothing
        return Window(
            start_ms=max(0, low if first is None else first),
            end_ms=max(0, high if last is None else last),
            after_step=first is not None,
            before_step=last is not None,
        )

    def _counted(self, filled: Set[str], steps: Set[str]) -> Set[str]:
        """The steps that a phrase fills as the state stands.

        周末愉快,祝您一路顺风 at a vehicle's beginning is a greeting, and only later a send-off.
        """
        opens = steps & set(self.dialogue.opening)
        return opens if opens and not self.begun(filled) else steps

    def _ends(self, told: Mapping[str, Told], name: str) -> Iterator[int]:
        """Where each step that comes before this one was first over, if said in its place."""
        for step in self.before[name]:
            if told[step].sure:
                said = told[step].sure[0]
                later = (told[s].sure[0].start_ms for s in self.behind[step] if told[s].sure)
                if said.start_ms <= min(later, default=said.start_ms):
                    yield said.end_ms


def flow(dialogue: Dialogue, parts: Mapping[str, frozenset[str]]) -> Flow:
    """The dialogue made ready to follow; `parts` is the catalog's."""
    before: dict[str, frozenset[str]] = {}
    for step in dialogue.steps:  # the data has every step after those that come before it
        before[step.id] = frozenset(step.after).union(*(before[name] for name in step.after))
    return Flow(
        dialogue=dialogue,
        steps={step.id: step for step in dialogue.steps},
        before=before,
        behind={
            name: frozenset(other for other in before if name in before[other]) for name in before
        },
        parts=parts,
    )


def is_sure(match: PhraseMatch) -> bool:
    """Whether the phrase was certainly said, and by the collector."""
    return match.decision is Decision.ACCEPTED and match.side is Side.NEAR


def _explained(match: PhraseMatch, accepted: Sequence[PhraseMatch]) -> bool:
    """Whether accepted phrases already account for the stretch that the match claims."""
    shared = sum(
        max(0, min(match.end_ms, other.end_ms) - max(match.start_ms, other.start_ms))
        for other in accepted
    )
    return shared >= _EXPLAINED * max(1, match.end_ms - match.start_ms)
