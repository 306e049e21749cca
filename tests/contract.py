"""The contract of the command line's JSON, written down once more, independently of the program.

Fields may be added; what stands here must be there, and must be of that kind.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Seconds = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Points = Annotated[float, Field(ge=0, le=100)]


class Part(BaseModel):
    """Required fields of the given kinds; others are allowed."""

    model_config = ConfigDict(strict=True, extra="allow")


class Shift(Part):
    """`shift`."""

    id: Annotated[str, Field(min_length=1)]
    vehicles: int
    compliant: int
    fault: int
    unsure: int
    score: Points | None
    score_low: Points | None
    score_high: Points | None
    listened_s: Seconds
    gap_s: Seconds
    time_source: Literal["given", "file"]
    versions: dict[str, str]


class Finding(Part):
    """One of `findings`."""

    code: Annotated[
        str,
        Field(
            pattern=r"^(missing\.\w+|amount\.(received|change)"
            r"|context\.(festival|weekend|weather|notice|clock)|order|forbidden(\..+)?|slow)$"
        ),
    ]
    status: Literal["fault", "unsure", "remark"]
    step: str | None
    expected: str | None
    heard: str | None
    at_s: Seconds | None
    reason: Annotated[str, Field(min_length=1)]


class Step(Part):
    """One of `steps`."""

    step: str
    phrase: str | None
    outcome: Literal["said", "missing", "wrong", "unsure", "excused"]
    mandatory: bool
    """ours; by it the next line of the contract can be checked"""
    heard: str | None
    score: Share | None
    start_s: Seconds | None
    end_s: Seconds | None


class Transaction(Part):
    """One of `transactions`."""

    vehicle: int | str
    lane: Literal["exit", "entry", "phone", "handover"]
    start_s: Seconds
    end_s: Seconds
    inferred: bool
    outcome: Literal["compliant", "fault", "unsure"]
    findings: list[Finding]
    steps: list[Step]


class Match(Part):
    """One of `matches`."""

    phrase: str
    slots: dict[str, str]
    score: Share
    accepted: bool
    start_s: Seconds
    end_s: Seconds


class Utterance(Part):
    """One of `utterances`."""

    start_s: Seconds
    end_s: Seconds
    near: bool
    text: str | None
    matches: list[Match]


class Gap(Part):
    """One of `gaps`."""

    start_s: Seconds
    end_s: Seconds
    reason: Literal["overrun", "mic_lost", "too_noisy", "asr_failed", "restart"]


class Grade(Part):
    """What `grade` and `report` print."""

    shift: Shift
    transactions: list[Transaction]
    utterances: list[Utterance]
    gaps: list[Gap]


class Found(Part):
    """One of `accepted`."""

    phrase: str
    slots: dict[str, str]
    score: Share
    start_s: Seconds
    end_s: Seconds
    language: Literal["zh", "en"]


class Maybe(Part):
    """One of `unsure`."""

    phrase: str
    slots: dict[str, str]
    score: Share


class Result(Part):
    """One of `results`."""

    file: str
    expected: str
    text: str
    accepted: list[Found]
    unsure: list[Maybe]


class Evaluation(Part):
    """What `evaluate` prints."""

    clips: int
    recall: Share | None
    false_accepts: int
    seconds_audio: Seconds
    seconds_compute: Seconds
    results: list[Result]


def check_grade(tree: object) -> Grade:
    """The object, with all that the contract says of how its parts agree."""
    grade = Grade.model_validate(tree)
    shift = grade.shift
    outcomes = Counter(t.outcome for t in grade.transactions)
    assert shift.vehicles == len(grade.transactions)
    assert outcomes == Counter(compliant=shift.compliant, fault=shift.fault, unsure=shift.unsure)
    assert {"catalog", "model", "thresholds"} <= set(shift.versions)
    for transaction in grade.transactions:
        _check_transaction(transaction)
    _check_utterances(grade.utterances)
    return grade


def _check_transaction(transaction: Transaction) -> None:
    codes = Counter(f.code for f in transaction.findings)
    assert not [code for code, count in codes.items() if count > 1], "a code appears once"
    statuses = {f.status for f in transaction.findings}
    worst = next((s for s in ("fault", "unsure") if s in statuses), "compliant")
    assert transaction.outcome == worst
    for finding in transaction.findings:
        may_be_fault = finding.code.startswith(("missing.", "amount.", "forbidden"))
        assert finding.status != "fault" or may_be_fault
    for step in transaction.steps:
        about = [
            f
            for f in transaction.findings
            if f.step == step.step and f.code.startswith(("missing.", "amount."))
        ]
        lacking = step.outcome in {"missing", "wrong", "unsure"}
        if step.mandatory:
            assert len(about) == lacking, f"{step.step}: one finding if it is lacking, else none"
        else:
            assert len(about) <= lacking


def _check_utterances(utterances: list[Utterance]) -> None:
    accepted: list[Match] = []
    for utterance in utterances:
        assert utterance.start_s <= utterance.end_s
        if utterance.near:
            assert utterance.text is not None
        else:
            assert utterance.text is None
            assert utterance.matches == []
        accepted += [m for m in utterance.matches if m.accepted]
    accepted.sort(key=lambda m: m.start_s)
    for before, after in pairwise(accepted):
        assert before.end_s <= after.start_s + 0.001, "accepted matches do not overlap"
