"""What a request and an answer about reviews say."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from phrases.review import Fate, Verdict, Why
from phrases.types import Lane
from service.api.values import Input, Output, Prose, Utc

Heard = Annotated[str, Field(max_length=500, examples=["flow.received=50+flow.thanks"])]


class NewDecision(Input):
    """What a reviewer heard."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "verdict": "dismissed",
                "reason": "说了谢谢，声音较小。",
                "heard": "greet.hello+flow.received=50+flow.thanks",
            }
        }
    )
    verdict: Annotated[Verdict, Field(strict=False)]
    reason: Prose
    heard: Heard = Field(
        "",
        description="what the whole clip holds, for the labels: phrase ids in the order said, "
        "with =amount where there is one, joined by +; - for none; empty: not written down",
    )


class NewAppeal(Input):
    """One tap is enough."""

    model_config = ConfigDict(json_schema_extra={"example": {"text": "当时说了，被喇叭声盖住了。"}})
    text: Prose | None = None


class NewAnswer(Input):
    """The office's last word."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"granted": True, "reason": "录音中可以听到。"}}
    )
    granted: bool
    reason: Prose


class Review(Output):
    """A finding that is looked at, and what was decided."""

    id: int
    station: str
    booth: str
    collector: str
    shift: str
    grading: int
    position: int = Field(description="the vehicle's")
    vehicle: int | str
    lane: Lane
    finding: int = Field(description="the finding's place at its vehicle")
    code: str
    step: str | None
    expected: str | None
    heard: str | None = Field(description="by the program")
    program: str = Field(description="the program's reason")
    at_s: float | None = Field(description="seconds from the recording's start")
    clip: str | None = Field(description="null: it is gone")
    clip_s: float | None = Field(description="where the clip begins, from the recording's start")
    why: Why
    probability: float
    drawn_at: Utc
    due_at: Utc = Field(description="from when on it lapses")
    fate: Fate
    verdict: Verdict | None
    decided_at: Utc | None
    decider: str | None
    reason: str | None = Field(description="the reviewer's; null: none yet, or blanked")
    says: str | None = Field(description="what the reviewer heard in the clip, as labels")
    appeal_until: Utc | None
    appealed_at: Utc | None
    appeal: str | None = Field(description="what the collector says; null: nothing, or blanked")
    answer_due_at: Utc | None = Field(description="from when on it is decided for the collector")
    answered_at: Utc | None
    answered_by: str | None = Field(description="null: nobody yet, or nobody in time")
    granted: bool | None
    answer: str | None = Field(description="the office's reason")


class CodeRate(Output):
    """How often findings of a code are true."""

    code: str
    findings: int = Field(description="faults of the period, looked at or not")
    confirmed: int
    dismissed: int
    precision: float | None = Field(description="0..1, weighed by how they were drawn")
    low: float | None
    high: float | None
    true: float | None = Field(description="how many of the findings are true")
    true_low: float | None
    true_high: float | None


class Rates(Output):
    """The rates of a period."""

    station: str
    codes: list[CodeRate]
