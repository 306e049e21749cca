"""Judge one vehicle: from what was heard to steps, from steps to findings, to an outcome.

The rule above all others: nobody is accused on a guess. A step is missing only where nothing
could have hidden it; everything else that was not heard is unsure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from phrases import money
from phrases.dialogue import Flow, Told, Window
from phrases.dialogue_data import Condition, ScoreTable, Step
from phrases.listened import Ears
from phrases.money import Ruling, Sums, Verdict
from phrases.reasons import reason
from phrases.remarks import Same, Wording, remarks
from phrases.turn import Turn
from phrases.types import (
    Decision,
    Due,
    Finding,
    FindingStatus,
    Outcome,
    PhraseMatch,
    Profile,
    Span,
    StepOutcome,
    StepResult,
    TransactionVerdict,
)
from phrases.yuan import decimal

_AMOUNT = "amount."
_MISSING = "missing."


@dataclass(frozen=True, kw_only=True, slots=True)
class _Case:
    """One vehicle with all that it is judged by."""

    turn: Turn
    flow: Flow
    told: Mapping[str, Told]
    due: Due
    profile: Profile
    table: ScoreTable
    ears: Ears


@dataclass(frozen=True, kw_only=True, slots=True)
class _Judged:
    """What became of one step, and what the finding says if it needs one."""

    outcome: StepOutcome
    why: str
    match: PhraseMatch | None = None
    code: str | None = None
    """None: no finding"""
    expected: str | None = None
    at_ms: int | None = None


def decide(
    *,
    turn: Turn,
    flow: Flow,
    due: Due,
    profile: Profile,
    table: ScoreTable,
    ears: Ears,
    wording: Wording,
    same: Same,
) -> TransactionVerdict:
    """The verdict on one vehicle.

    Every mandatory step that is missing, wrong or unsure has exactly one finding, and a code
    appears once.
    """
    phrases = frozenset(phrase for line in due.lines for phrase in line.phrases)
    case = _Case(
        turn=turn,
        flow=flow,
        told=flow.told(turn, phrases),
        due=due,
        profile=profile,
        table=table,
        ears=ears,
    )
    judged = {step.id: _judge(case, step) for step in flow.dialogue.steps}
    findings = [
        finding
        for name, step in judged.items()
        if (finding := _finding(step, name, table)) is not None
    ]
    findings += remarks(
        turn=turn,
        flow=flow,
        told=case.told,
        due=due,
        profile=profile,
        table=table,
        hindrance=partial(_anywhere, case),
        wording=wording,
        same=same,
    )
    return TransactionVerdict(
        start_ms=turn.start_ms,
        end_ms=turn.end_ms,
        vehicle=turn.vehicle,
        lane=turn.lane,
        inferred=turn.event is None,
        outcome=outcome(findings),
        steps=tuple(_result(case, flow.steps[name], step) for name, step in judged.items()),
        findings=tuple(findings),
        profile=profile,
        due=due,
    )


def outcome(findings: Iterable[Finding]) -> Outcome:
    """A vehicle's outcome: its worst finding's; remarks change nothing."""
    statuses = {finding.status for finding in findings}
    if FindingStatus.FAULT in statuses:
        return Outcome.FAULT
    return Outcome.UNSURE if FindingStatus.UNSURE in statuses else Outcome.COMPLIANT


def _judge(case: _Case, step: Step) -> _Judged:
    told = case.told[step.id]
    said = told.sure[0] if told.sure else None
    event = case.turn.event
    if event is not None and event.excuse is not None:
        return _Judged(
            outcome=StepOutcome.EXCUSED, why=reason("excused", term=event.excuse), match=said
        )
    excuses = [each for each in step.excused_by if each in money.conditions(event)]
    if excuses and not (said and step.amount and excuses == [Condition.EXACT]):
        return _Judged(
            outcome=StepOutcome.EXCUSED, why=reason("not_due", term=excuses[0]), match=said
        )
    if step.amount is not None:
        return _judge_sum(case, step)
    if said is not None:
        return _Judged(outcome=StepOutcome.SAID, why=said.why, match=said)
    unpaid = money.may_be_excused(step, _sums(case))
    return _judge_unsaid(case, step, doubt=reason("payment_unknown") if unpaid else None)


def _judge_sum(case: _Case, step: Step) -> _Judged:
    """A step that names a sum of money."""
    rule = money.judge_received if step.amount == "received" else money.judge_change
    ruling = rule(_sums(case))
    match ruling.verdict:
        case Verdict.AGREES:
            exact = Condition.EXACT in money.conditions(case.turn.event)
            excused = exact and step.amount == "change"
            fate = StepOutcome.EXCUSED if excused else StepOutcome.SAID
            return _Judged(outcome=fate, why=ruling.reason, match=ruling.match)
        case Verdict.DIFFERS | Verdict.DOUBTFUL:
            return _judge_amount(case, step, ruling)
        case Verdict.NOT_DUE:
            return _Judged(outcome=StepOutcome.EXCUSED, why=ruling.reason)
        case Verdict.UNKNOWN:
            return _judge_unsaid(case, step, ruling, doubt=ruling.reason)
        case Verdict.DUE:
            return _judge_unsaid(case, step, ruling)


def _judge_amount(case: _Case, step: Step, ruling: Ruling) -> _Judged:
    """A sum that was said and does not agree, or may not."""
    doubt = ruling.reason if ruling.verdict is Verdict.DOUBTFUL else None
    if ruling.match is not None:
        # The collector may have put it right where nobody could listen.
        rest = case.flow.window(case.turn, step.id, case.told).end_ms
        start, end = ruling.match.start_ms, ruling.match.end_ms
        doubt = doubt or case.ears.gap(Span(start_ms=start, end_ms=max(end, rest)))
        doubt = doubt or case.ears.poor(Span(start_ms=start, end_ms=end))
    why = ruling.reason if doubt in (None, ruling.reason) else f"{ruling.reason}; but {doubt}"
    return _Judged(
        outcome=StepOutcome.UNSURE if doubt else StepOutcome.WRONG,
        why=reason("amount_differs", why=why),
        match=ruling.match,
        code=f"{_AMOUNT}{step.amount}",
        expected=_wording(step, ruling),
        at_ms=ruling.match.start_ms if ruling.match else None,
    )


def _judge_unsaid(
    case: _Case, step: Step, ruling: Ruling | None = None, doubt: str | None = None
) -> _Judged:
    """A step that was not certainly said: optional, missing, or hidden by something."""
    maybe = next(iter(case.told[step.id].maybe), None)
    if case.profile not in step.mandatory:
        return _Judged(outcome=StepOutcome.EXCUSED, why=reason("optional"), match=maybe)
    window = case.flow.window(case.turn, step.id, case.told)
    code = f"{_MISSING}{step.id}"
    if maybe is not None:
        unsure = maybe.decision is Decision.UNSURE
        doubt = _at("phrase_unsure" if unsure else "phrase_whose", maybe)
        if money.agrees(case.turn.event, step.amount, maybe) is False:
            code = f"{_AMOUNT}{step.amount}"
    doubt = doubt or _hidden(case, step, window)
    due = f"{ruling.reason}; " if ruling and ruling.verdict is Verdict.DUE else ""
    return _Judged(
        outcome=StepOutcome.UNSURE if doubt else StepOutcome.MISSING,
        why=due + (reason("not_certain", why=doubt) if doubt else reason("not_heard")),
        match=maybe,
        code=code,
        expected=_wording(step, ruling),
        at_ms=maybe.start_ms if maybe else max(window.start_ms, case.turn.start_ms),
    )


def _hidden(case: _Case, step: Step, window: Window) -> str | None:
    """Why the step may have been said all the same; None: it was not."""
    turn = case.turn
    if turn.doubt is not None:
        return turn.doubt
    if turn.doubt_start is not None and not window.after_step:
        return turn.doubt_start
    if turn.doubt_end is not None and not window.before_step:
        return turn.doubt_end
    due = frozenset(phrase for line in case.due.lines for phrase in line.phrases)
    for match in turn.claimed:
        near = match.start_ms < window.end_ms and window.start_ms < match.end_ms
        if near and step.id in case.flow.fills(match.phrase, due):
            return _at("phrase_claimed", match)
    for match in turn.stray:
        if step.id in case.flow.fills(match.phrase, due):
            return _at("phrase_stray", match)
    return case.ears.hindrance(turn, window, step)


def _anywhere(case: _Case) -> str | None:
    """Why something may have been said unheard anywhere in the vehicle's time."""
    turn = case.turn
    whole = Window(start_ms=turn.start_ms, end_ms=turn.end_ms, after_step=False, before_step=False)
    shortest = min(case.flow.dialogue.steps, key=lambda step: step.shortest_ms)
    return case.ears.hindrance(turn, whole, shortest)


def _at(code: str, match: PhraseMatch) -> str:
    return reason(code, phrase=match.phrase, at=f"{match.start_ms / 1000:.1f}")


def _sums(case: _Case) -> Sums:
    def named(name: str) -> tuple[PhraseMatch, ...]:
        steps = (step.id for step in case.flow.dialogue.steps if step.amount == name)
        told = case.told.get(next(steps, ""), Told())
        return tuple(sorted((*told.sure, *told.maybe), key=lambda match: match.start_ms))

    return Sums(
        event=case.turn.event,
        price=case.flow.prices(case.turn),
        received=named("received"),
        change=named("change"),
    )


def _wording(step: Step, ruling: Ruling | None) -> str:
    """What should have been said, for people."""
    fen = ruling.expected_fen if ruling else None
    text = step.wording.replace("{amount}", "×" if fen is None else decimal(fen))
    return f"{text} (at least)" if ruling and ruling.least else text


def _finding(step: _Judged, name: str, table: ScoreTable) -> Finding | None:
    if step.code is None:
        return None
    status = table.worth(step.code)
    if step.outcome is StepOutcome.UNSURE and status is FindingStatus.FAULT:
        status = FindingStatus.UNSURE
    return Finding(
        code=step.code,
        status=status,
        step=name,
        expected=step.expected,
        heard=step.match.text if step.match else None,
        at_ms=step.at_ms,
        reason=step.why,
    )


def _result(case: _Case, step: Step, judged: _Judged) -> StepResult:
    match = judged.match
    remark = f"; {match.remark}" if match and match.remark else ""
    return StepResult(
        step=step.id,
        mandatory=case.profile in step.mandatory,
        outcome=judged.outcome,
        phrase=match.phrase if match else None,
        heard=match.text if match else None,
        score=match.score if match else None,
        start_ms=match.start_ms if match else None,
        end_ms=match.end_ms if match else None,
        why=f"{judged.why}{remark}",
    )
