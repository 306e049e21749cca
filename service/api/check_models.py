"""What a request and an answer about checks say."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from db.check_types import Remark
from phrases.checks import Cadence, Method, Part
from phrases.types import Lane, Outcome
from service.api.values import Code, Day, Input, Line, Output, Prose, RowId, ShiftId, Utc

Size = Annotated[int, Field(ge=1, le=500)]


class Item(Output):
    """One thing that a check asks for."""

    id: str = Field(examples=["appearance.badge"])
    part: Part
    zh: str
    en: str
    points: float = Field(description="within its part")


class Items(Output):
    """All that a check in one lane asks for, and the points of a month."""

    items: list[Item]
    points: dict[Part, float]


class NewPlanOfChecks(Input):
    """How often, and how, a station is to be checked."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "station": "nanchang-north",
                "cadence": "weekly",
                "method": "recording",
                "size": 20,
            }
        }
    )
    station: Code
    cadence: Annotated[Cadence, Field(strict=False)]
    method: Annotated[Method, Field(strict=False)]
    size: Size = Field(description="checks in each period")


class Plan(Output):
    """A plan, and how far it is."""

    id: int
    station: str
    cadence: Cadence
    method: Method
    size: int
    made_at: Utc
    since: dt.date | None = Field(description="first day of the period; null: unscheduled")
    until: dt.date | None = Field(description="the day after its last")
    done: int = Field(description="checks in this period")
    before: int = Field(description="checks in the period before")
    overdue: bool = Field(description="the period before had fewer than it should")


class NewSample(Input):
    """From what to draw, and how many."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "station": "nanchang-north",
                "from": "2026-11-01",
                "to": "2026-11-30",
                "size": 20,
            }
        }
    )
    station: Code
    since: Day = Field(alias="from", description="first day, of the shifts' starts")
    last: Day = Field(alias="to", description="last day")
    size: Size
    plan: RowId | None = None


class Drawn(Output):
    """A vehicle of a sample."""

    shift: str
    position: int = Field(description="the vehicle's place in the shift")
    vehicle: int | str
    booth: str
    collector: str
    night: bool
    rain: bool = Field(description="the weather asked for a line")
    outcome: Outcome
    of: int = Field(description="how many there were of its kind")
    clip: str | None
    check: int | None = Field(description="the check of it; null: none yet")


class Sample(Output):
    """A sample, and how far it is."""

    id: int
    station: str
    since: dt.date = Field(alias="from")
    last: dt.date = Field(alias="to")
    size: int = Field(description="how many were asked for")
    plan: int | None
    drawn_at: Utc
    drawn: int = Field(description="how many there were to draw")
    checked: int = Field(description="how many of them were checked")


class WholeSample(Sample):
    """Vehicles drawn at random: every kind in turn, within it by chance alone."""

    seed: str = Field(description="who has it can draw the same again")
    vehicles: list[Drawn]


Points = Annotated[float, Field(ge=0, le=1000)]


class NewCheck(Input):
    """What somebody saw or heard."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "station": "nanchang-north",
                "method": "mystery",
                "day": "2026-11-24",
                "booth": "exit-3",
                "collector": "0107",
                "marks": {"speech.greet": 20, "appearance.badge": 0, "gestures.hands": None},
                "text": "未佩戴工号牌，其余规范。",
            }
        }
    )
    station: Code
    method: Annotated[Method, Field(strict=False)]
    lane: Annotated[Lane, Field(strict=False)] = Lane.EXIT
    day: Day
    booth: Code | None = None
    collector: Code | None = Field(None, description="whom; of a shift that was heard: null")
    team: Code | None = None
    plan: RowId | None = None
    sample: RowId | None = None
    shift: ShiftId | None = Field(None, description="that was heard")
    position: Annotated[int | None, Field(ge=0, description="the vehicle's place in it")] = None
    marks: Annotated[dict[Line, Points | None], Field(max_length=100)] = Field(
        {}, description="item to points given; null: not seen; none for the team's look"
    )
    text: Prose


class Check(Output):
    """A check by hand."""

    id: int
    station: str
    method: Method
    lane: Lane
    day: dt.date
    booth: str | None
    collector: str | None
    team: str | None
    plan: int | None
    sample: int | None
    shift: str | None
    position: int | None
    by: str | None = Field(description="who; null: not told to whom a mystery visit is about")
    written_at: Utc
    remarks: int = Field(description="number of the last one")
    withdrawn: bool = Field(description="it counts nowhere")


class Mark(Output):
    """What was given for an item."""

    item: str
    points: float = Field(description="that there are")
    given: float | None = Field(description="null: not seen")


class Said(Output):
    """What somebody said to a check."""

    number: int
    at: Utc
    person: str | None
    kind: Remark
    text: str | None = Field(description="null: its days are over")


class WholeCheck(Check):
    """A check with its marks, and what was said."""

    marks: list[Mark]
    said: list[Said]


class NewComment(Input):
    """What the collector (self), a colleague (peer) or the leader says, or what to improve."""

    kind: Literal["self", "peer", "leader", "improvement"]
    seen: int = Field(ge=0, description="number of the last remark that you saw")
    text: Prose


class Word(Input):
    """Words to a check."""

    seen: int = Field(ge=0, description="number of the last remark that you saw")
    text: Prose
