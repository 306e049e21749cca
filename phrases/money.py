"""Compare the sums that the collector said with each other and with the lane's.

A finding says that the amount said differs, never that money was taken. Where the lane does not
know the note that was tendered, or the toll, the collector's own words stand in: 收 for the
note, the price for the toll. An amount that sounds like another one settles nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from phrases.dialogue import is_sure
from phrases.dialogue_data import Condition, Step
from phrases.reasons import reason
from phrases.types import LaneEvent, Payment, PhraseMatch
from phrases.yuan import decimal, fen


class Verdict(Enum):
    """What can be said of a sum."""

    AGREES = auto()
    """said, and as it should be, or with nothing to compare it with"""
    DIFFERS = auto()
    """said, and another amount than it should be"""
    DOUBTFUL = auto()
    """said, and whether it is as it should be cannot be told"""
    DUE = auto()
    """not said, and it should have been"""
    UNKNOWN = auto()
    """not said, and whether it was due is not known"""
    NOT_DUE = auto()
    """not said, and it was not due"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ruling:
    """What became of one sum."""

    verdict: Verdict
    match: PhraseMatch | None = None
    """where it was said"""
    expected_fen: int | None = None
    """fen; None: not known"""
    least: bool = False
    """True: the expected amount is the least that is right"""
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Sums:
    """All sums of one vehicle, said and known."""

    event: LaneEvent | None
    price: Sequence[PhraseMatch] = ()
    received: Sequence[PhraseMatch] = ()
    change: Sequence[PhraseMatch] = ()


_PAYMENTS = frozenset(
    {Condition.NON_CASH, Condition.ETC, Condition.MOBILE, Condition.CARD, Condition.FREE}
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Known:
    """What a sum is, and what else it may be."""

    sure: tuple[int, ...] = ()
    """fen, as said or by the lane"""
    maybe: frozenset[int] = frozenset()
    """fen that cannot be ruled out"""


def conditions(event: LaneEvent | None) -> frozenset[Condition]:
    """What the lane says that may excuse a step."""
    if event is None:
        return frozenset()
    payment = event.payment
    found = {
        Condition.TOLL_ZERO: event.toll_fen == 0,
        Condition.NON_CASH: payment not in (None, Payment.CASH),
        Condition.EXACT: event.toll_fen is not None and event.tendered_fen == event.toll_fen,
        Condition.ETC: payment is Payment.ETC,
        Condition.MOBILE: payment is Payment.MOBILE,
        Condition.CARD: payment is Payment.CARD,
        Condition.FREE: payment is Payment.FREE,
        Condition.NO_TICKET: event.ticket is False,
    }
    return frozenset(condition for condition, holds in found.items() if holds)


def may_be_excused(step: Step, sums: Sums) -> bool:
    """Whether the step hangs on how the vehicle paid, and nobody knows that.

    The lane may know, or the collector's own 收 shows that it was cash.
    """
    if _PAYMENTS.isdisjoint(step.excused_by):
        return False
    event = sums.event
    by_lane = event is not None and (event.payment is not None or event.tendered_fen is not None)
    return not by_lane and not any(map(is_sure, sums.received))


def judge_received(sums: Sums) -> Ruling:
    """What became of 收: it names the note that was tendered, or at least the toll."""
    said = [match for match in sums.received if is_sure(match)]
    tendered, toll = _lane(sums.event)
    if tendered is not None and toll is not None and tendered < toll:
        return _contradiction(said)
    if not said:
        cash = tendered is not None or (sums.event and sums.event.payment is Payment.CASH)
        if cash:
            return Ruling(verdict=Verdict.DUE, expected_fen=tendered, reason=reason("paid_cash"))
        return Ruling(verdict=Verdict.UNKNOWN, reason=reason("cash_unknown"))
    base = _base(sums)
    if tendered is not None:
        wanted, least, source = tendered, False, ("lane_has", "lane_had")
    elif base.sure:
        by_toll = toll is not None
        source = ("toll_is", "toll_was") if by_toll else ("price_is", "price_was")
        wanted, least = min(base.sure), True
    else:
        return Ruling(verdict=Verdict.AGREES, match=said[-1], reason=reason("nothing_to_compare"))

    def right(amount: int) -> bool:
        return amount >= wanted if least else amount == wanted

    for match in reversed(said):
        if (amount := _fen(match)) is not None and right(amount):
            why = reason(source[0], yuan=decimal(wanted))
            return Ruling(verdict=Verdict.AGREES, match=match, reason=why)
    known = _known(sums.received)
    doubtful = any(map(right, known.maybe)) or any(_fen(match) is None for match in said)
    doubtful |= least and any(amount >= low for amount in known.sure for low in base.maybe)
    return Ruling(
        verdict=Verdict.DOUBTFUL if doubtful else Verdict.DIFFERS,
        match=said[-1],
        expected_fen=wanted,
        least=least,
        reason="; ".join(
            [
                reason(source[1], yuan=decimal(wanted)),
                _said(said[-1]),
                *([reason("sounds_alike")] if doubtful else []),
            ]
        ),
    )


def judge_change(sums: Sums) -> Ruling:
    """What became of 找: it names what was tendered less the toll."""
    said = [match for match in sums.change if is_sure(match)]
    tendered, toll = _lane(sums.event)
    if tendered is not None and toll is not None and tendered < toll:
        return _contradiction(said)
    given = _known(sums.received) if tendered is None else _Known(sure=(tendered,))
    base = _base(sums)
    sure = [g - b for g in given.sure for b in base.sure]
    maybe = {
        g - b for g in {*given.sure, *given.maybe} for b in {*base.sure, *base.maybe}
    }.difference(sure)
    if not said:
        return _change_unsaid(sure, maybe)
    if not any(left >= 0 for left in sure):
        return Ruling(verdict=Verdict.AGREES, match=said[-1], reason=reason("nothing_to_compare"))
    expected = [left for left in sure if left >= 0][-1]
    for match in reversed(said):
        if _fen(match) in sure:
            why = reason("change_is", yuan=decimal(expected))
            return Ruling(verdict=Verdict.AGREES, match=match, reason=why)
    known = _known(sums.change)
    right = {*sure, *maybe}
    doubtful = not right.isdisjoint(known.maybe) or not maybe.isdisjoint(known.sure)
    doubtful |= any(_fen(match) is None for match in said)
    more = [reason("sounds_alike")] if doubtful else []
    if expected == 0:
        doubtful, more = True, [reason("one_is_wrong")]
    terms = reason(
        "change_leaves",
        given=decimal(given.sure[-1]),
        toll=decimal(base.sure[-1]),
        yuan=decimal(expected),
    )
    return Ruling(
        verdict=Verdict.DOUBTFUL if doubtful else Verdict.DIFFERS,
        match=said[-1],
        expected_fen=expected,
        reason="; ".join([terms, _said(said[-1]), *more]),
    )


def agrees(event: LaneEvent | None, name: str | None, match: PhraseMatch) -> bool | None:
    """Whether the amount said is the lane's `received` or `change`; None where none is known."""
    tendered, toll = _lane(event)
    if name is None or tendered is None:
        return None
    if name == "received":
        return _fen(match) == tendered
    return None if toll is None else _fen(match) == tendered - toll


def _change_unsaid(sure: Sequence[int], maybe: Iterable[int]) -> Ruling:
    if not sure or all(left < 0 for left in sure):
        return Ruling(verdict=Verdict.UNKNOWN, reason=reason("change_unknown"))
    if not any(sure):
        return Ruling(verdict=Verdict.NOT_DUE, expected_fen=0, reason=reason("exact"))
    if 0 in sure or any(left <= 0 for left in maybe):
        return Ruling(verdict=Verdict.UNKNOWN, reason=reason("maybe_exact"))
    expected = [left for left in sure if left > 0][-1]
    why = reason("change_due", yuan=decimal(expected))
    return Ruling(verdict=Verdict.DUE, expected_fen=expected, reason=why)


def _contradiction(said: Sequence[PhraseMatch]) -> Ruling:
    why = reason("lane_contradicts")
    if said:
        return Ruling(verdict=Verdict.DOUBTFUL, match=said[-1], reason=why)
    return Ruling(verdict=Verdict.UNKNOWN, reason=why)


def _lane(event: LaneEvent | None) -> tuple[int | None, int | None]:
    """What was tendered and the toll, in fen, as far as the lane knows."""
    return (None, None) if event is None else (event.tendered_fen, event.toll_fen)


def _base(sums: Sums) -> _Known:
    """The toll by the lane, else the price as it was said."""
    _, toll = _lane(sums.event)
    return _known(sums.price) if toll is None else _Known(sure=(toll,))


def _known(matches: Sequence[PhraseMatch]) -> _Known:
    """The amounts of these phrases, and those that they may have been."""
    sure = [_fen(match) for match in matches if is_sure(match)]
    maybe = [_fen(match) for match in matches if not is_sure(match)]
    maybe += [_parse(rival) for match in matches for rival in match.rivals]
    certain = tuple(amount for amount in sure if amount is not None)
    possible = frozenset(amount for amount in maybe if amount is not None)
    return _Known(sure=certain, maybe=possible.difference(certain))


def _fen(match: PhraseMatch) -> int | None:
    return _parse(match.slots.get("amount", ""))


def _parse(text: str) -> int | None:
    try:
        return fen(text)
    except ValueError:
        return None


def _said(match: PhraseMatch) -> str:
    amount = _fen(match)
    return reason("said_unclear") if amount is None else reason("said_was", yuan=decimal(amount))
