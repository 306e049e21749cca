"""Judge a stored report by other catalogs and rules, to see what they would change.

There is no sound any more, and the lane's events are not stored, so this is a forecast: a line that
changed is looked for in the words that were kept, by both sets of rules, and only where they differ
is a verdict touched. What is added is unsure at most: no forecast accuses. A line that did not
change stays as the sound had it, and the same rules change nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace

from phrases.calendar import Calendar
from phrases.catalog import Catalog
from phrases.context import due_for
from phrases.dialogue import Flow
from phrases.dialogue_data import ScoreTable, Step
from phrases.evidence import Thresholds
from phrases.match import match_text
from phrases.occasions import ContextSettings
from phrases.reweigh import reweigh
from phrases.schema import FORBIDDEN
from phrases.score import shift_score
from phrases.types import (
    Decision,
    DueLine,
    Finding,
    FindingStatus,
    Heard,
    Lane,
    LaneLog,
    ShiftReport,
    Side,
    StepOutcome,
    StepResult,
    TransactionVerdict,
)
from phrases.verdict import outcome

MOST = 20_000
"""different words that are remembered"""
BY_WORDS = "by the words that were kept, without the sound"


@dataclass(frozen=True, kw_only=True)
class Book:
    """All that a vehicle is judged by."""

    catalog: Catalog
    flows: Mapping[Lane, Flow]
    table: ScoreTable
    calendar: Calendar
    context: ContextSettings
    thresholds: Thresholds
    found: dict[str, frozenset[str]] = field(default_factory=dict)
    """words to the phrases in them, as they were looked for before"""

    def said(self, text: str) -> frozenset[str]:
        """Phrases that the words alone would be accepted for."""
        if text not in self.found:
            if len(self.found) >= MOST:
                self.found.clear()
            matches = match_text(text, self.catalog, self.thresholds)
            self.found[text] = frozenset(
                one.phrase for one in matches if one.decision is Decision.ACCEPTED
            )
        return self.found[text]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Change:
    """What other catalogs hear in an utterance."""

    gained: frozenset[str]
    lost: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Heard:
    """What was said to a vehicle, by the new rules."""

    kept: frozenset[str]
    """for certain, with the sound"""
    gained: frozenset[str]
    lost: frozenset[str]


def changed(old: Catalog, new: Catalog) -> frozenset[str]:
    """Ids of the phrases whose wordings differ, that were added or that are gone."""
    ids = {*old.phrases, *new.phrases}
    return frozenset(key for key in ids if _forms(old, key) != _forms(new, key))


def replay(report: ShiftReport, old: Book, new: Book) -> ShiftReport:
    """The report as the new rules would have it, as far as can be told from what is stored."""
    ids = changed(old.catalog, new.catalog)
    heard = {
        said.utterance: _change(said, old, new, ids)
        for said in report.utterances
        if ids and said.side is Side.NEAR and said.text
    }
    verdicts = tuple(_verdict(one, report, old, new, heard) for one in report.transactions)
    again = replace(report, transactions=verdicts)
    if new.table != old.table:
        return reweigh(again, new.table)
    return replace(again, score=shift_score(verdicts, new.table))


def _forms(catalog: Catalog, key: str) -> object:
    phrase = catalog.phrases.get(key)
    return None if phrase is None else [(form.language, form.tokens) for form in phrase.forms]


def _change(said: Heard, old: Book, new: Book, ids: Set[str]) -> _Change:
    assert said.text is not None
    before, after = old.said(said.text) & ids, new.said(said.text) & ids
    held = {one.phrase for one in said.matches} & ids
    gone = held - new.catalog.phrases.keys()
    return _Change(gained=after - before - held, lost=((before & held) - after) | gone)


def _verdict(
    verdict: TransactionVerdict,
    report: ShiftReport,
    old: Book,
    new: Book,
    heard: Mapping[int, _Change],
) -> TransactionVerdict:
    flow = new.flows.get(verdict.lane)
    if flow is None:
        return verdict
    within = [
        said
        for said in report.utterances
        if said.side is Side.NEAR
        and said.start_ms < verdict.end_ms
        and said.end_ms > verdict.start_ms
    ]
    changes = [heard[said.utterance] for said in within if said.utterance in heard]
    gained = frozenset(name for one in changes for name in one.gained)
    lost = frozenset(name for one in changes for name in one.lost)
    kept = frozenset(
        match.phrase
        for said in within
        for match in said.matches
        if match.decision is Decision.ACCEPTED and match.phrase not in lost
    )
    due, gone = _due(verdict, report, old, new)
    lines = frozenset(phrase for line in due for phrase in line.phrases)
    all_ = _Heard(kept=kept, gained=gained, lost=lost)
    steps, more = _steps(verdict, flow, old.flows.get(verdict.lane), all_, lines)
    said_now = {step.step for step in steps if step.outcome is StepOutcome.SAID}
    was = {step.step: step for step in verdict.steps}
    findings = [
        one for one in verdict.findings
        if not _dropped(one, steps, said_now, was, gone, lost)
    ]  # fmt: skip
    findings += more
    findings += [
        _finding(name, None, f"{name} is heard {BY_WORDS}")
        for name in sorted(gained)
        if name.startswith(FORBIDDEN) and all(one.code != name for one in findings)
    ]
    findings += [
        _finding(line.code, None, f"{line.reason}; it is not heard {BY_WORDS}")
        for line in due
        if kept.isdisjoint(line.phrases) and gained.isdisjoint(line.phrases)
    ]
    return replace(verdict, steps=tuple(steps), findings=tuple(findings), outcome=outcome(findings))


def _steps(
    verdict: TransactionVerdict,
    flow: Flow,
    before: Flow | None,
    heard: _Heard,
    due: frozenset[str],
) -> tuple[list[StepResult], list[Finding]]:
    """The steps of the new dialogue, and what is not said of them by the new rules."""
    was = {step.step: step for step in verdict.steps}
    known = {} if before is None else before.steps
    made, findings = list[StepResult](), list[Finding]()
    for step in flow.dialogue.steps:
        result = was.get(step.id)
        filled = any(step.id in flow.fills(phrase, due) for phrase in heard.kept | heard.gained)
        mandatory = verdict.profile in step.mandatory
        if result is None and step.id in known:
            # It was there, and nothing was due or said of it.
            continue
        if result is None:
            if not (mandatory or filled):
                continue
            result = _new(step, mandatory=mandatory, filled=filled)
            if mandatory and not filled:
                findings.append(_missing(step))
        elif result.outcome is StepOutcome.SAID and result.phrase in heard.lost and not filled:
            result = replace(result, mandatory=mandatory, outcome=StepOutcome.UNSURE, why=BY_WORDS)
            if mandatory:
                findings.append(_missing(step))
        elif result.outcome in (StepOutcome.MISSING, StepOutcome.UNSURE) and _fills(
            step, flow, before, heard, due
        ):
            result = replace(result, mandatory=mandatory, outcome=StepOutcome.SAID, why=BY_WORDS)
        elif mandatory and not result.mandatory and result.outcome is StepOutcome.MISSING:
            result = replace(result, mandatory=True, outcome=StepOutcome.UNSURE, why=BY_WORDS)
            findings.append(_missing(step))
        else:
            result = replace(result, mandatory=mandatory)
        made.append(result)
    return made, findings


def _fills(step: Step, flow: Flow, before: Flow | None, heard: _Heard, due: frozenset[str]) -> bool:
    """Whether something said fills it by the new rules that did not by the old ones."""
    if step.amount is not None:
        # Which sum was right is the lane's to say, and it is not here any more.
        return False
    if any(step.id in flow.fills(phrase, due) for phrase in heard.gained):
        return True
    return before is not None and any(
        step.id in flow.fills(phrase, due) and step.id not in before.fills(phrase, due)
        for phrase in heard.kept
    )


def _dropped(
    one: Finding,
    steps: Iterable[StepResult],
    said: Set[str],
    was: Mapping[str, StepResult],
    gone: Iterable[DueLine],
    lost: Set[str],
) -> bool:
    """Whether a finding falls away."""
    if one.code.startswith(FORBIDDEN):
        return one.code in lost
    if any(line.code == one.code for line in gone):
        return True
    if one.step is None:
        return False
    now = next((step for step in steps if step.step == one.step), None)
    before = was.get(one.step)
    if now is None or (before is not None and before.mandatory and not now.mandatory):
        return True
    fell = before is not None and before.outcome is not StepOutcome.SAID
    return fell and one.step in said and one.code.startswith("missing.")


def _new(step: Step, *, mandatory: bool, filled: bool) -> StepResult:
    result = StepOutcome.SAID if filled else StepOutcome.UNSURE
    return StepResult(step=step.id, mandatory=mandatory, outcome=result, why=BY_WORDS)


def _missing(step: Step) -> Finding:
    return _finding(f"missing.{step.id}", step, f"{step.wording} is not heard {BY_WORDS}")


def _finding(code: str, step: Step | None, why: str) -> Finding:
    return Finding(
        code=code,
        status=FindingStatus.UNSURE,
        step=None if step is None else step.id,
        expected=None if step is None else step.wording,
        reason=why,
    )


def _due(
    verdict: TransactionVerdict, report: ShiftReport, old: Book, new: Book
) -> tuple[list[DueLine], list[DueLine]]:
    """Lines of the day that only the new rules ask for, and that only the old ones do.

    Weather and notices stay as they were: what was said of them is not here any more.
    """
    before, after = (list(_lines(verdict, report, book)) for book in (old, new))
    had, has = ({_key(line) for line in lines} for lines in (before, after))
    return (
        [line for line in after if _key(line) not in had],
        [line for line in before if _key(line) not in has],
    )


def _key(line: DueLine) -> tuple[str, tuple[str, ...]]:
    return line.code, line.phrases


def _lines(verdict: TransactionVerdict, report: ShiftReport, book: Book) -> Iterator[DueLine]:
    log = LaneLog(
        lane=report.lane,
        started_at=report.started_at,
        time_source=report.time_source,
        profile=verdict.profile,
    )
    yield from due_for(
        arrived_at=report.started_at + dt.timedelta(milliseconds=verdict.start_ms),
        arrived_ms=verdict.start_ms,
        left_ms=verdict.end_ms,
        log=log,
        calendar=book.calendar,
        settings=book.context,
    ).lines
