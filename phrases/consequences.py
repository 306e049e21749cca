"""What may follow a broken provision: milder steps first, by provision and never by vehicle.

Nothing here decides. It says what the handbook would allow as a proposal, and a named person
decides, up to that and not beyond. Amounts are switched off until the station's rule is cited.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field

from phrases.complaint import CannotError
from phrases.schema import Many
from phrases.source import DATA, DataError, Fault, Strict, read

YEAR = dt.timedelta(days=365)
"""within which a provision that is broken again is a repeat"""


class Sanction(StrEnum):
    """What follows, the mildest first."""

    CRITICISM = "criticism"
    INTERVIEW = "interview"
    """约见谈话"""
    ADMONITION = "admonition"
    """诫勉谈话"""
    FINE = "fine"
    CIRCULATION = "circulation"
    """通报批评"""
    REASSIGNMENT = "reassignment"
    DISMISSAL = "dismissal"


LADDER = (Sanction.CRITICISM, Sanction.INTERVIEW, Sanction.ADMONITION, Sanction.FINE)
"""one step further each time within a year"""


class Warn(StrEnum):
    """What a month's deductions are warned of."""

    OVER_SHARE = "over_share"
    """they pass 20 % of the pay"""
    UNDER_MINIMUM = "under_minimum"
    """what is left is under the minimum wage"""
    PAY_UNKNOWN = "pay_unknown"
    """nobody wrote down the pay: neither can be told"""


class Provision(Strict):
    """A provision that can be broken."""

    id: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    zh: str
    en: str
    codes: Many[str]
    """of findings, or families such as amount.*"""
    adopted: bool


class Yuan(Strict):
    """Amounts."""

    provision: Annotated[int, Field(ge=0, le=10_000)]
    grave_least: Annotated[int, Field(ge=0, le=10_000)]
    grave_most: Annotated[int, Field(ge=0, le=10_000)]


class Pay(Strict):
    """When deductions are warned of."""

    warn_percent: Annotated[int, Field(ge=1, le=100)]


class Rules(Strict):
    """The file."""

    provisions: Many[Provision]
    yuan: Yuan
    pay: Pay

    def broken(self, code: str) -> Provision | None:
        """The provision that a finding of this code breaks; None: none that is adopted."""
        for provision in self.provisions:
            for pattern in provision.codes:
                family = pattern.removesuffix("*") if pattern.endswith(".*") else None
                if provision.adopted and (code == pattern or (family and code.startswith(family))):
                    return provision
        return None

    @property
    def known(self) -> frozenset[str]:
        """The ids of the provisions that are adopted."""
        return frozenset(each.id for each in self.provisions if each.adopted)


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """What was imposed before, and stood."""

    at: dt.datetime
    """aware"""
    kind: Sanction
    provisions: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Most:
    """The furthest that somebody may go."""

    kind: Sanction
    beyond: frozenset[Sanction]
    """what may be decided in place of it"""
    repeat: bool
    """one of the provisions was broken before within a year: the stricter code"""
    least_fen: int
    most_fen: int
    """of a fine; both 0: amounts are switched off, or it is too early for one"""
    awards_lost: bool
    """the year's awards are lost by it, if it is a fine or more"""


def load(path: Path = DATA / "consequences.toml") -> Rules:
    """The rules; DataError lists every fault."""
    rules = read(path, Rules)
    faults = []
    ids = [each.id for each in rules.provisions]
    if len(set(ids)) != len(ids):
        faults.append(Fault(file=path.name, key="provisions", problem="two have the same id"))
    if rules.yuan.grave_least > rules.yuan.grave_most:
        faults.append(Fault(file=path.name, key="yuan", problem="the least is more than the most"))
    if faults:
        raise DataError(faults)
    return rules


def most(
    provisions: Collection[str],
    past: Iterable[Past],
    at: dt.datetime,
    rules: Rules,
    *,
    amounts: bool,
    grave: bool = False,
) -> Most:
    """The furthest that somebody may go, of one inspection.

    Args:
        provisions: the different ones that were broken in it, however often.
        past: what was imposed on the same person, and stood.
        at: now, aware.
        rules: the station's.
        amounts: whether a named person has cited the station's rule of amounts.
        grave: a proven complaint, grave and of bad public effect.
    """
    lately = [each for each in past if at - YEAR < each.at <= at]
    reached = [LADDER.index(each.kind) if each.kind in LADDER else 3 for each in lately]
    step = min(max(reached, default=-1) + 1, 3)
    if step == 3 and not amounts:
        step = 2
    kind = Sanction.FINE if grave and amounts else Sanction.ADMONITION if grave else LADDER[step]
    repeat = any(each.provisions & frozenset(provisions) for each in lately)
    beyond = set[Sanction]()
    if repeat or grave:
        beyond |= {Sanction.CIRCULATION, Sanction.REASSIGNMENT}
    if grave:
        beyond.add(Sanction.DISMISSAL)
    least_fen = most_fen = 0
    if kind is Sanction.FINE:
        by_provision = rules.yuan.provision * len(set(provisions))
        least, high = (
            (rules.yuan.grave_least, rules.yuan.grave_most)
            if grave
            else (by_provision, by_provision)
        )
        least_fen, most_fen = least * 100, high * 100
    return Most(
        kind=kind,
        beyond=frozenset(beyond),
        repeat=repeat,
        least_fen=least_fen,
        most_fen=most_fen,
        awards_lost=kind is Sanction.FINE or bool(beyond),
    )


def check(kind: Sanction, amount_fen: int | None, may: Most) -> None:
    """CannotError if a decision goes further than it may, or names an amount that it may not."""
    milder = kind in LADDER and LADDER.index(kind) <= LADDER.index(may.kind)
    if not milder and kind not in may.beyond:
        raise CannotError(f"milder steps come first: at most {may.kind.value} can be decided")
    if kind is not Sanction.FINE:
        if amount_fen is not None:
            raise CannotError("only a fine has an amount")
        return
    if amount_fen is None or not may.least_fen <= amount_fen <= may.most_fen:
        least, high = may.least_fen // 100, may.most_fen // 100
        span = f"{least}" if least == high else f"{least} to {high}"
        raise CannotError(f"the fine must be {span} yuan: by provision, never by vehicle")


def warned(
    deducted_fen: int, pay_fen: int | None, minimum_fen: int | None, rules: Rules
) -> tuple[Warn, ...]:
    """What a month's deductions are warned of."""
    if not deducted_fen:
        return ()
    found: list[Warn] = []
    if pay_fen is None:
        return (Warn.PAY_UNKNOWN,)
    if deducted_fen * 100 > pay_fen * rules.pay.warn_percent:
        found.append(Warn.OVER_SHARE)
    if minimum_fen is not None and pay_fen - deducted_fen < minimum_fen:
        found.append(Warn.UNDER_MINIMUM)
    return tuple(found)
