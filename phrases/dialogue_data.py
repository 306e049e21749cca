"""Load the dialogues and the score table, refusing what cannot be judged by.

A station's variant, such as one more step, is a file of its own: no code.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from phrases.schema import Many, Some
from phrases.source import DATA, DataError, Fault, Strict, read
from phrases.types import FindingStatus, Lane, Profile

NEVER_RAISED = ("slow", "order", "context.clock")
"""Codes that are remarks whatever a table says."""

_CODES = ("missing.", "amount.", "context.", "forbidden", *NEVER_RAISED)


class Condition(StrEnum):
    """What the lane may say of a vehicle that makes a step not due."""

    TOLL_ZERO = "toll_zero"
    NON_CASH = "non_cash"
    EXACT = "exact"
    """the money tendered equals the toll"""
    ETC = "etc"
    MOBILE = "mobile"
    CARD = "card"
    FREE = "free"
    NO_TICKET = "no_ticket"


def _pattern(value: str) -> str:
    if not value.removesuffix(".*").replace(".", "").replace("_", "").isalnum():
        raise ValueError("is a phrase id, or a family of them such as greet.*")
    return value


def _not_negative(value: float) -> float:
    if value < 0:
        raise ValueError("cannot be negative")
    return value


Pattern = Annotated[str, AfterValidator(_pattern)]
"""A phrase id, or `family.*` for all ids below it."""
Millis = Annotated[int, AfterValidator(_not_negative)]
Amount = Annotated[float, AfterValidator(_not_negative)]
LaxLane = Annotated[Lane, Field(strict=False)]
LaxProfile = Annotated[Profile, Field(strict=False)]
LaxStatus = Annotated[FindingStatus, Field(strict=False)]
LaxCondition = Annotated[Condition, Field(strict=False)]


class Step(Strict):
    """One step of a dialogue."""

    id: str
    wording: str
    """what should be said, for people; {amount} is filled where it is known"""
    fills: Some[Pattern]
    """phrases of which any one is this step"""
    due_line: bool = False
    """True: a due line of the day fills it too"""
    mandatory: Many[LaxProfile] = ()
    """profiles in which it counts; elsewhere it is optional"""
    after: Many[str] = ()
    """steps that come before it"""
    excused_by: Many[LaxCondition] = ()
    amount: Literal["received", "change"] | None = None
    """which sum of money it names"""
    early_ms: Millis = 0
    """milliseconds before the vehicle's arrival at which it may be said"""
    late_ms: Millis = 0
    """milliseconds after the vehicle has left at which it may be said"""
    shortest_ms: Annotated[int, Field(ge=1)]
    """milliseconds of speech that could hide it"""


class Order(Strict):
    """Two steps whose order somebody may mind."""

    first: str
    then: str


class Phrases(Strict):
    """Phrases that mean something beside the steps."""

    price: Many[Pattern] = ()
    """name the toll; never taken for 收 or 找"""
    starts: Many[Pattern] = ()
    """are said before the steps that follow the opening"""
    wishes: Many[Pattern] = ()
    """are out of place on a day without wishes"""
    clock: Many[Pattern] = ()
    """greetings that belong to an hour"""
    any_hour: Many[Pattern] = ()
    """… but these fit any"""


class Inferred(Strict):
    """How vehicles are told apart where no lane controller does it."""

    shows: Annotated[int, Field(ge=1)]
    """distinct steps that must be said before anything can be called missing"""
    pause_ms: Millis
    """milliseconds of silence that part two vehicles"""
    wait_ms: Millis
    """milliseconds for which a dialogue may stand still, such as a search for money"""
    send_off_ms: Millis = 0
    """milliseconds after the last step in which a wish is a send-off, not a greeting"""


class Dialogue(Strict):
    """What is said with one vehicle, or in one call."""

    lane: LaxLane
    steps: Some[Step]
    """in the order of the flow"""
    opening: Some[str]
    """steps that begin it"""
    closing: Some[str]
    """steps that all have been said when it is over"""
    due_lines: bool = False
    """whether lines of the day, the weather and notices are due in it"""
    order: Many[Order] = ()
    phrases: Phrases = Phrases()
    inferred: Inferred


class Points(Strict):
    """Points of the shift's score."""

    forbidden: Amount
    """taken for each confirmed forbidden phrase"""
    guide: Amount
    """the line that is shown"""


class Listening(Strict):
    """When silence proves something."""

    min_snr_db: float
    """decibels; below it speech cannot be called other speech"""
    slack_ms: Millis
    """milliseconds by which the ends of gaps and phrases may be off"""
    proof_ms: Millis
    """milliseconds within which the collector must have been heard at all"""
    record_end_ms: Millis
    """milliseconds by which a vehicle may outlast the recording"""


class ScoreTable(Strict):
    """What steps weigh and what findings are worth."""

    weights: dict[LaxLane, dict[str, Amount]]
    status: dict[str, LaxStatus]
    """code, or family such as missing.*, to what it is worth"""
    caps: dict[str, Amount]
    """code to the most points that it may take from a shift"""
    points: Points
    slow_s: dict[LaxLane, Amount]
    """seconds after which a vehicle was slow"""
    listening: Listening

    def worth(self, code: str) -> FindingStatus:
        """What a finding of this code is worth where nothing makes it unsure."""
        if code in NEVER_RAISED:
            return FindingStatus.REMARK
        fitting = (key for key in self.status if covers(key, code))
        best = max(fitting, key=len, default=None)
        return FindingStatus.REMARK if best is None else self.status[best]


def covers(pattern: str, name: str) -> bool:
    """Whether the id is the pattern or, for `family.*`, stands in that family."""
    family = pattern.removesuffix(".*")
    return name == pattern or (family != pattern and name.startswith(f"{family}."))


def load_dialogues(*, station: Sequence[Path] = ()) -> Mapping[Lane, Dialogue]:
    """Every lane's dialogue; a station's file takes the place of its lane's.

    DataError lists every fault of every file.
    """
    found: dict[Lane, Dialogue] = {}
    faults: list[Fault] = []
    for path in (*(DATA / "dialogues" / f"{lane}.toml" for lane in Lane), *station):
        try:
            dialogue = read(path, Dialogue)
        except DataError as error:
            faults.extend(error.faults)
            continue
        problems = tuple(_problems(dialogue))
        faults.extend(Fault(file=path.name, key=key, problem=text) for key, text in problems)
        found[dialogue.lane] = dialogue
    if faults:
        raise DataError(faults)
    return found


def load_table(path: Path = DATA / "score.toml") -> ScoreTable:
    """The score table; DataError lists every fault."""
    table = read(path, ScoreTable)
    faults = [
        Fault(file=path.name, key=f"status.{key}", problem="can be nothing but a remark")
        for key, worth in table.status.items()
        if key in NEVER_RAISED and worth is not FindingStatus.REMARK
    ]
    faults += [
        Fault(file=path.name, key=f"{name}.{key}", problem="is no code of a finding")
        for name, keys in (("status", table.status), ("caps", table.caps))
        for key in keys
        if not key.startswith(_CODES)
    ]
    faults += [
        Fault(file=path.name, key="status", problem=f"has no {family!r}")
        for family in ("missing.*", "amount.*", "forbidden.*")
        if family not in table.status
    ]
    if faults:
        raise DataError(faults)
    return table


def check(
    dialogues: Mapping[Lane, Dialogue], table: ScoreTable, phrases: Collection[str]
) -> tuple[Fault, ...]:
    """What the dialogues, the table and the catalog's ids have against each other."""
    faults: list[Fault] = []
    for lane, dialogue in dialogues.items():
        file = f"{lane}.toml"
        named = {f"steps.{step.id}.fills": step.fills for step in dialogue.steps}
        named |= {f"phrases.{key}": ids for key, ids in dialogue.phrases}
        for key, patterns in named.items():
            for pattern in patterns:
                if not any(covers(pattern, phrase) for phrase in phrases):
                    problem = f"no phrase of the catalog is {pattern!r}"
                    faults.append(Fault(file=file, key=key, problem=problem))
        weights = table.weights.get(lane, {})
        for step in dialogue.steps:
            if step.mandatory and step.id not in weights:
                problem = f"has no weight for the mandatory step {step.id!r}"
                faults.append(Fault(file="score table", key=f"weights.{lane}", problem=problem))
        for name in set(weights).difference(step.id for step in dialogue.steps):
            problem = f"weighs {name!r}, which is no step of {file}"
            faults.append(Fault(file="score table", key=f"weights.{lane}", problem=problem))
    return tuple(faults)


def version(*data: BaseModel) -> str:
    """Twelve hex digits of the SHA-256 of the tables in canonical JSON."""
    text = json.dumps(
        [table.model_dump(mode="json") for table in data],
        ensure_ascii=True,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:12]


def _problems(dialogue: Dialogue) -> Iterator[tuple[str, str]]:
    """Key and fault of each thing that the schema alone cannot refuse."""
    names = [step.id for step in dialogue.steps]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"steps.{name}", "this id is given twice"
    named = {f"steps.{step.id}.after": step.after for step in dialogue.steps}
    named |= {"opening": dialogue.opening, "closing": dialogue.closing}
    named |= {f"order.{at}": (pair.first, pair.then) for at, pair in enumerate(dialogue.order)}
    for key, steps in named.items():
        for name in steps:
            if name not in names:
                yield key, f"no step has the id {name!r}"
    for at, step in enumerate(dialogue.steps):
        for name in set(step.after).intersection(names[at:]):
            yield f"steps.{step.id}.after", f"{name!r} does not stand before it in the file"
    for sum_named in ("received", "change"):
        if sum(step.amount == sum_named for step in dialogue.steps) > 1:
            yield "steps", f"two steps name the amount {sum_named!r}"
