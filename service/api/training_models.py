"""What a request and an answer about trainings say."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from service.api.values import Code, Input, Line, Moment, Output, RowId, Utc


class NewTraining(Input):
    """When, for whom, which course, where, at what cost."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "station": "nanchang-north",
                "course": "唱收唱付与普通话",
                "place": "二楼会议室",
                "starts_at": "2026-11-27T14:00:00+08:00",
                "ends_at": "2026-11-27T16:00:00+08:00",
                "people": [3, 4],
            }
        }
    )
    station: Code
    course: Line
    place: Line
    starts_at: Moment
    ends_at: Moment
    cost_fen: int | None = Field(None, ge=0, le=100_000_000, description="in fen; null: not said")
    people: Annotated[list[RowId], Field(max_length=500)] = Field(
        [], description="ids of GET /v1/trainings/people"
    )


class Training(Output):
    """A training that is planned, or was held."""

    id: int
    station: str
    course: str
    place: str
    starts_at: Utc
    ends_at: Utc
    cost_fen: int | None
    made_at: Utc
    ended_at: Utc | None = Field(description="since when it is said not to take place")
    invited: int
    present: int


class Trainee(Output):
    """Somebody who is trained."""

    id: int
    name: str
    collector: str | None


class Invited(Trainee):
    """For whom a training is."""

    present: bool | None = Field(description="null: nobody has said")


class WholeTraining(Training):
    """A training with those whom it is for."""

    people: list[Invited]


class Presence(Input):
    """Who was there."""

    present: list[RowId] = Field([], max_length=500)
    absent: list[RowId] = Field([], max_length=500)


class Hard(Output):
    """Something that a station's people find hard."""

    exercise: str
    lines: list[str]
    people: int = Field(description="who tried it")
    score: int = Field(description="0 to 100, each of them weighing the same")


class HardOnes(Output):
    """What a station's people find hard, of whole weeks that are over."""

    since: Utc
    until: Utc
    least: int = Field(description="people who must have tried something for it to be told")
    items: list[Hard] = Field(description="the hardest first")
