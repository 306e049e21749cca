"""Find what is no step: lines of the day, greetings out of place, order, forbidden phrases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from phrases.dialogue import Flow, Told, is_sure
from phrases.dialogue_data import ScoreTable, covers
from phrases.reasons import reason
from phrases.schema import FORBIDDEN
from phrases.turn import Turn
from phrases.types import (
    Decision,
    Due,
    DueLine,
    Finding,
    FindingStatus,
    PhraseMatch,
    Profile,
    Side,
)

Same = Callable[[str, str], bool]
"""Whether two values of a slot are the same to the ear: (said, notified)."""
Wording = Callable[[str, Mapping[str, str]], str]
"""The standard wording of a phrase with these slots, for people."""
Hindrance = Callable[[], str | None]
"""Why not all that was said in the vehicle's time could be heard."""


def remarks(
    *,
    turn: Turn,
    flow: Flow,
    told: Mapping[str, Told],
    due: Due,
    profile: Profile,
    table: ScoreTable,
    hindrance: Hindrance,
    wording: Wording,
    same: Same,
) -> Iterator[Finding]:
    """Findings beside the steps, each code once at most."""
    seen: set[str] = set()
    excused = turn.event is not None and turn.event.excuse is not None
    found = list(_forbidden(turn, table, wording))
    if not excused:
        if flow.dialogue.due_lines:
            found += _unsaid(turn, flow, due, table, hindrance, wording, same)
        found += _out_of_place(turn, flow, due, table, wording)
        found += _out_of_order(flow, told)
        found += _slow(turn, profile, table)
    for finding in found:
        if finding.code not in seen:
            seen.add(finding.code)
            yield finding


def _said(
    line: DueLine, turn: Turn, parts: Mapping[str, frozenset[str]], same: Same
) -> tuple[PhraseMatch | None, PhraseMatch | None, PhraseMatch | None]:
    """The line as it was said; said with other words; and as it may have been said."""
    said = other = maybe = None
    for match in turn.matches:
        if {match.phrase, *parts.get(match.phrase, ())}.isdisjoint(line.phrases):
            continue
        if not is_sure(match):
            maybe = maybe or match
        elif all(same(match.slots.get(slot, ""), value) for slot, value in line.slots.items()):
            said = said or match
        else:
            other = other or match
    return said, other, maybe


def _unsaid(
    turn: Turn,
    flow: Flow,
    due: Due,
    table: ScoreTable,
    hindrance: Hindrance,
    wording: Wording,
    same: Same,
) -> Iterator[Finding]:
    """One finding for each code of which a line was due and not said, or not as notified."""
    open_lines: dict[str, list[tuple[DueLine, PhraseMatch | None, PhraseMatch | None]]] = {}
    for line in due.lines:
        said, other, maybe = _said(line, turn, flow.parts, same)
        if said is None:
            open_lines.setdefault(line.code, []).append((line, other, maybe))
    for code, lines in open_lines.items():
        status, reasons = table.worth(code), []
        for line, other, maybe in lines:
            doubt = None if line.sure else reason("day_unsure")
            doubt = doubt or (reason("like_it") if maybe else None)
            if other is None:
                doubt = doubt or turn.doubt or turn.doubt_start or turn.doubt_end or hindrance()
            how = "other_words" if other else "unsaid"
            but = {"why": doubt} if doubt else {}
            reasons.append(reason(f"{how}_but" if doubt else how, line=line.reason, **but))
            if doubt and status is FindingStatus.FAULT:
                status = FindingStatus.UNSURE
        heard = next((other for _, other, _ in lines if other is not None), None)
        yield Finding(
            code=code,
            status=status,
            expected="; ".join(wording(line.phrases[0], line.slots) for line, _, _ in lines),
            heard=heard.text if heard else None,
            at_ms=heard.start_ms if heard else turn.start_ms,
            reason="; ".join(reasons),
        )


def _out_of_place(
    turn: Turn, flow: Flow, due: Due, table: ScoreTable, wording: Wording
) -> Iterator[Finding]:
    """A wish on a day without wishes, a greeting at the wrong hour: both still greet."""
    phrases = flow.dialogue.phrases
    for match in filter(is_sure, turn.matches):
        if not due.wish_allowed and _any(phrases.wishes, match.phrase):
            yield _remark(
                "context.festival",
                match,
                expected=None,
                heard=wording(match.phrase, match.slots),
                why=reason("no_wish_on", day=due.day) if due.day else reason("no_wish"),
                status=_at_most_remark_if_unsure(table, due),
            )
        hourly = _any(phrases.clock, match.phrase) and not _any(phrases.any_hour, match.phrase)
        if hourly and due.clock_sure and due.clock and match.phrase not in due.clock:
            yield _remark(
                "context.clock",
                match,
                expected=wording(due.clock[0], {}),
                heard=wording(match.phrase, match.slots),
                why=reason("other_hour"),
            )


def _at_most_remark_if_unsure(table: ScoreTable, due: Due) -> FindingStatus:
    """What a wish out of place is worth; it hangs on the calendar as the clock does."""
    worth = table.worth("context.festival")
    return worth if due.clock_sure or worth is FindingStatus.REMARK else FindingStatus.UNSURE


def _out_of_order(flow: Flow, told: Mapping[str, Told]) -> Iterator[Finding]:
    for pair in flow.dialogue.order:
        first, then = told[pair.first].sure, told[pair.then].sure
        if first and then and then[0].start_ms < first[0].start_ms:
            names = (flow.steps[name].wording for name in (pair.first, pair.then))
            yield _remark(
                "order",
                first[0],
                expected=" → ".join(names),
                heard=None,
                why=reason("out_of_order", then=pair.then, first=pair.first),
                step=pair.first,
            )


def _slow(turn: Turn, profile: Profile, table: ScoreTable) -> Iterator[Finding]:
    limit = table.slow_s.get(turn.lane)
    if turn.event is None or turn.event.left_ms is None or limit is None:
        return
    took = (turn.end_ms - turn.start_ms) / 1000
    if profile is Profile.NORMAL and took > limit:
        yield Finding(
            code="slow",
            status=FindingStatus.REMARK,
            at_ms=turn.start_ms,
            reason=reason("took", took=f"{took:.1f}", limit=f"{limit:g}"),
        )


def _forbidden(turn: Turn, table: ScoreTable, wording: Wording) -> Iterator[Finding]:
    """Phrases that must not be said, inside the vehicle's time only."""
    said = [
        match
        for match in turn.matches
        if match.phrase.startswith(FORBIDDEN)
        and match.decision is Decision.ACCEPTED
        and match.start_ms >= turn.start_ms
        and match.end_ms <= turn.end_ms
    ]
    for match in sorted(said, key=lambda match: match.side is not Side.NEAR):
        status, near = table.worth(match.phrase), match.side is Side.NEAR
        if not near:
            status = FindingStatus.UNSURE if status is FindingStatus.FAULT else status
        yield _remark(
            match.phrase,
            match,
            expected=None,
            heard=wording(match.phrase, match.slots),
            why=reason("forbidden" if near else "forbidden_whose"),
            status=status,
        )


def _remark(
    code: str,
    match: PhraseMatch,
    *,
    expected: str | None,
    heard: str | None,
    why: str,
    step: str | None = None,
    status: FindingStatus = FindingStatus.REMARK,
) -> Finding:
    return Finding(
        code=code,
        status=status,
        step=step,
        expected=expected,
        heard=heard,
        at_ms=match.start_ms,
        reason=why,
    )


def _any(patterns: Sequence[str], phrase: str) -> bool:
    return any(covers(pattern, phrase) for pattern in patterns)
