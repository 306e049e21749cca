"""Follow a drilled vehicle as it goes: which steps stand, what the driver says next, how it ended.

The verdict is the booth's own (`phrases.judge`), asked after each utterance: what it calls missing
is only still open while the vehicle is there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from phrases.scene import Moment, Scene, SceneFile, Trouble
from phrases.types import (
    Decision,
    Finding,
    FindingStatus,
    Gap,
    Heard,
    Lane,
    Outcome,
    StepOutcome,
    StepResult,
    TransactionVerdict,
)

PAY_MS = 6_000
"""milliseconds after which a driver who was not greeted pays all the same"""
ANGER_MS = 10_000
"""milliseconds after which an angry driver speaks up whatever was said"""
OPENING, NOTICE = "greet", "context.notice"
_HIDES_MS = 500
"""milliseconds of speech that was not understood in which a trouble's phrase may be"""


class State(StrEnum):
    """How it stands with something that is to be said."""

    SAID = "said"
    WRONG = "wrong"
    UNSURE = "unsure"
    OPEN = "open"
    """not said yet"""
    MISSING = "missing"
    EXCUSED = "excused"


@dataclass(frozen=True, kw_only=True, slots=True)
class Light:
    """One thing that is to be said."""

    name: str
    """a step's id, a code such as context.festival, or trouble.anger"""
    state: State
    mandatory: bool
    """False: nice to have, or due but only ever a remark"""
    phrases: tuple[str, ...]
    """ids of phrases of which any one would do, as far as they are known here"""
    heard: str | None
    expected: str | None
    """the line, where it was not said right"""
    why: str
    """for people"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Follow:
    """A vehicle as it stands."""

    lights: tuple[Light, ...]
    remarks: tuple[Finding, ...]
    """what else was noticed: the wrong hour's greeting, an order, a forbidden phrase"""
    outcome: Outcome
    """as if the vehicle left now"""

    @property
    def complete(self) -> bool:
        """Whether nothing that counts is open."""
        return not any(one.mandatory and one.state is State.OPEN for one in self.lights)

    def said(self, name: str) -> bool:
        """Whether something was said, right or wrong or perhaps."""
        spoken = (State.SAID, State.WRONG, State.UNSURE)
        return any(one.name == name and one.state in spoken for one in self.lights)


def follow(
    scene: Scene,
    rules: SceneFile,
    verdict: TransactionVerdict,
    heard: Sequence[Heard],
    gaps: Sequence[Gap],
    *,
    over: bool,
) -> Follow:
    """How it stands.

    Args:
        scene: the vehicle.
        rules: what its trouble asks for.
        verdict: the booth's, over what was heard so far.
        heard: all that was heard.
        gaps: what could not be heard.
        over: whether the vehicle has left.
    """
    found = {finding.code: finding for finding in verdict.findings}
    closed = scene.trouble is Trouble.CLOSURE
    wanted = {one.step: one.expected for one in verdict.findings if one.step}
    lights = [
        _step(step, wanted.get(step.step), over=over) for step in verdict.steps if _shown(step)
    ]
    if closed:  # nobody passes, so nobody is sent off
        lights = [one if one.name == OPENING else _spared(one) for one in lights]
    for line in verdict.due.lines:
        finding = found.get(line.code)
        state = State.SAID if finding is None else _of(finding, over=over)
        why = line.reason if finding is None else finding.reason
        said = None if finding is None else finding.heard
        notice = closed and line.code == NOTICE
        lights.append(
            Light(
                name=f"trouble.{scene.trouble}" if notice else line.code,
                state=state,
                mandatory=notice,
                phrases=line.phrases,
                heard=said,
                expected=None if finding is None else finding.expected,
                why=why,
            )
        )
    if scene.trouble is not None and not closed:
        lights.append(_trouble(scene.trouble, rules, heard, gaps, over=over))
    if scene.asks is not None:
        lights = [one for one in lights if one.name in scene.asks]
    codes = {line.code for line in verdict.due.lines}
    return Follow(
        lights=tuple(lights),
        remarks=tuple(
            one
            for one in verdict.findings
            if one.code not in codes and not one.code.startswith(("missing.", "amount.", "slow"))
        ),
        outcome=_outcome(lights, verdict),
    )


def beat(
    scene: Scene, state: Follow | None, given: Collection[Moment], spent_ms: int
) -> Moment | None:
    """What the driver says now, if anything; `given` is what was said already.

    `spent_ms` is the time since the driver arrived, the driver's own lines apart.
    """
    if Moment.ARRIVE in scene.lines and Moment.ARRIVE not in given:
        return Moment.ARRIVE
    wanted: list[tuple[Moment, bool]] = [
        (Moment.CLOSED, True),
        (Moment.PAY, spent_ms >= PAY_MS or _said(state, OPENING)),
        (Moment.SWAP, _said(state, f"trouble.{Trouble.COUNTERFEIT}")),
        (
            Moment.ANGER,
            spent_ms >= ANGER_MS
            or _said(state, "received" if scene.lane is Lane.EXIT else OPENING),
        ),
    ]
    for moment, due in wanted:
        if due and moment in scene.lines and moment not in given:
            return moment
    return None


def ended(scene: Scene, state: Follow | None, given: Collection[Moment], spent_ms: int) -> bool:
    """Whether the vehicle leaves: all that counts was said, or its time is over."""
    if spent_ms >= scene.limit_ms:
        return True
    waits = {Moment.PAY, Moment.ANGER, Moment.CLOSED} & set(scene.lines) - set(given)
    return state is not None and state.complete and not waits


def shows_money(scene: Scene, given: Collection[Moment]) -> bool:
    """Whether fare and note are on the desk."""
    if scene.event.toll_fen is None:
        return False
    return Moment.PAY not in scene.lines or Moment.PAY in given


def points(lights: Iterable[Light], weights: Mapping[str, float]) -> float | None:
    """0..100 over what counts and could be judged; None: nothing could. A trouble weighs 20."""
    due = got = 0.0
    for one in lights:
        if not one.mandatory or one.state in (State.UNSURE, State.EXCUSED, State.OPEN):
            continue
        weight = weights.get(one.name, 20.0)
        due += weight
        got += weight * (one.state is State.SAID)
    return round(100 * got / due, 1) if due else None


def _said(state: Follow | None, name: str) -> bool:
    return state is not None and state.said(name)


def _shown(step: StepResult) -> bool:
    return step.mandatory or step.outcome in (StepOutcome.SAID, StepOutcome.WRONG)


def _step(step: StepResult, expected: str | None, *, over: bool) -> Light:
    state = State(step.outcome.value)
    # Before it was said nobody can have failed to hear it.
    if not over and (state is State.MISSING or (state is State.UNSURE and step.start_ms is None)):
        state = State.OPEN
    return Light(
        name=step.step,
        state=state,
        mandatory=step.mandatory,
        phrases=() if step.phrase is None else (step.phrase,),
        heard=step.heard,
        expected=expected,
        why=step.why,
    )


def _of(finding: Finding, *, over: bool) -> State:
    if finding.heard:
        return State.UNSURE if finding.status is FindingStatus.UNSURE else State.WRONG
    if not over:
        return State.OPEN
    return State.UNSURE if finding.status is FindingStatus.UNSURE else State.MISSING


def _spared(one: Light) -> Light:
    return replace(one, state=State.EXCUSED, mandatory=False)


def _trouble(
    trouble: Trouble, rules: SceneFile, heard: Sequence[Heard], gaps: Sequence[Gap], *, over: bool
) -> Light:
    wanted = rules.trouble[trouble].phrases
    matches = [m for one in heard for m in one.matches if m.phrase in wanted]
    sure = [m for m in matches if m.decision is Decision.ACCEPTED]
    maybe = [m for m in matches if m.decision is Decision.UNSURE]
    hidden = bool(gaps) or any(one.unexplained_ms >= _HIDES_MS for one in heard)
    if sure:
        state = State.SAID
    elif maybe:
        state = State.UNSURE
    elif not over:
        state = State.OPEN
    else:
        state = State.UNSURE if hidden else State.MISSING
    said = (sure or maybe)[0].text if sure or maybe else None
    return Light(
        name=f"trouble.{trouble}",
        state=state,
        mandatory=True,
        phrases=wanted,
        heard=said,
        expected=None,
        why="" if state is not State.UNSURE else "not everything could be understood",
    )


def _outcome(lights: Sequence[Light], verdict: TransactionVerdict) -> Outcome:
    """A forbidden phrase is a fault of the booth's verdict, so it stays one here."""
    states = {one.state for one in lights if one.mandatory}
    forbidden = any(
        one.code.startswith("forbidden") and one.status is FindingStatus.FAULT
        for one in verdict.findings
    )
    if forbidden or states & {State.MISSING, State.WRONG, State.OPEN}:
        return Outcome.FAULT
    return Outcome.UNSURE if State.UNSURE in states else Outcome.COMPLIANT
