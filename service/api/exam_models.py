"""What a request and an answer about exams say."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from db.drill_types import DrillKind
from phrases.exam import Result
from service.api.drill_models import Advice, Char, Manner
from service.api.values import Code, Input, Line, Moment, Output, Prose, RowId, Utc


class NewExamItem(Input):
    """One thing to say: a card of the deck, or any line."""

    exercise: Line | None = Field(None, description="of GET /v1/drills/deck")
    text: Line | None = Field(None, description="or any line; sums may be digits")


class NewExam(Input):
    """What is asked, and by what rules."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "station": "nanchang-north",
                "title": "十一月文明用语考试",
                "items": [{"exercise": "phrase:ticket.take"}, {"text": "收您100元找您85元"}],
                "pass_mark": 80,
                "minutes": 15,
                "retries": 1,
            }
        }
    )
    station: Code
    title: Line
    items: Annotated[list[NewExamItem], Field(min_length=1, max_length=50)]
    pass_mark: float = Field(ge=1, le=100)
    minutes: int = Field(ge=1, le=240, description="that there are for all of it")
    retries: int = Field(0, ge=0, le=10, description="how often it may be sat again if not passed")
    by_heart: bool = Field(True, description="the lines are not shown, only what they are for")
    sound_days: int = Field(30, ge=1, le=365, description="days for which what was said is kept")
    opens_at: Moment | None = Field(None, description="null: at once")
    closes_at: Moment | None = None
    training: RowId | None = Field(None, description="which it follows")


class Exam(Output):
    """An exam."""

    id: int
    station: str
    title: str
    count: int = Field(description="things that it asks")
    pass_mark: float
    minutes: int
    retries: int
    by_heart: bool
    sound_days: int
    opens_at: Utc
    closes_at: Utc | None
    ended_at: Utc | None
    training: int | None
    made_at: Utc


class ExamItem(Output):
    """One thing to say."""

    number: int
    kind: DrillKind
    exercise: str | None
    phrases: list[str] = Field(description="ids of the catalog")
    text: str | None = Field(description="null: it is to be known by heart")


class WholeExam(Exam):
    """An exam with what it asks; of who may sit it nothing of that is shown before."""

    items: list[ExamItem]


class Turn(Output):
    """How it stands with an item of a sitting."""

    number: int
    kind: DrillKind
    exercise: str | None
    phrases: list[str]
    text: str | None = Field(description="null: it is to be known by heart, till all is settled")
    state: Literal["unsaid", "waiting", "again", "answered"] = Field(
        description="again: it could not be judged, and may be said again"
    )
    turn: int = Field(description="how often it was said, of three at most")
    ahead: int | None = Field(description="tries that are judged before it")
    about_s: float | None
    score: float | None = Field(description="null: not judged, or not settled yet")
    problem: str | None = Field(description="why it could not be judged")
    advice: Advice | None = Field(description="of what could not be judged; else once settled")
    chars: list[Char] = Field(description="once settled")
    manner: Manner | None = Field(description="once settled")
    sound: bool = Field(description="what was said is kept")


class Sitting(Output):
    """Somebody's going at an exam."""

    id: int
    exam: int
    title: str
    station: str
    person: str
    collector: str | None
    number: int = Field(description="from 1; a retry is the next")
    started_at: Utc
    ends_at: Utc
    finished_at: Utc | None
    settled_at: Utc | None = Field(description="null: it goes on, or is being judged")
    pass_mark: float
    score: float | None
    score_low: float | None = Field(description="if all that is unsure was wrong")
    score_high: float | None = Field(description="if all of it was right")
    result: Result | None = Field(
        description="of the last who looked, else of the program; open: a trainer is to hear it"
    )
    looks: int = Field(description="number of the last look of a trainer")


class Look(Output):
    """What a trainer who looked again says."""

    number: int
    at: Utc
    person: str
    result: Result
    text: str | None = Field(description="null: its days are over")


class Sheet(Sitting):
    """A sitting with each item."""

    items: list[Turn]
    said: list[Look]


class NewLook(Input):
    """What a trainer heard."""

    result: Annotated[Result, Field(strict=False)]
    seen: int = Field(ge=0, description="number of the last look that you saw")
    text: Prose
