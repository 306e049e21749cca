"""Answer what supervisors ask: how many were compliant, what is missed, where it was deaf."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from db import figures as counted
from db import vehicle_list
from db.figures_types import Asked, By, Listed, Place, Wanted
from phrases.types import FindingStatus, Lane, Outcome
from service import figures
from service.api.access import Caller, permission
from service.api.cursor import Cursor, Limit, Page
from service.api.problems import Refused
from service.api.values import Code, Day, Line, Moment, Output, ShiftId, Utc
from service.api.wiring import Shared
from service.errors import BadInput
from service.rights import Permission

router = APIRouter(prefix="/v1/figures", tags=["figures"])

Reader = Annotated[Caller, permission(Permission.RESULTS_READ)]


class Rate(Output):
    """A share with its 95 % interval; what is unsure is in neither number."""

    good: int
    judged: int
    value: float | None = Field(ge=0, le=1, description="null: nothing was judged")
    low: float | None = Field(ge=0, le=1)
    high: float | None = Field(ge=0, le=1)


class Figure(Output):
    """One line of an answer."""

    key: dict[str, str | int | None] = Field(examples=[{"station": "nanchang-north"}])
    counts: dict[str, int] = Field(
        description="vehicles, compliant, fault, unsure; "
        "by step: said, missing, wrong, unsure, excused",
        examples=[{"vehicles": 100, "compliant": 90, "fault": 6, "unsure": 4}],
    )
    rate: Rate
    shifts: int | None = Field(description="null where a shift may be in several lines")
    score: float | None = Field(ge=0, le=100)
    listened_s: float | None
    gap_s: float | None = Field(description="seconds that could not be listened to")
    best_place: int | None = Field(description="1 is the highest rate; null: no place")
    worst_place: int | None = Field(description="any place up to here is as likely")
    like_next: bool = Field(description="it cannot be told apart from the line after it")


class Answer(Output):
    """The lines, and all of it together."""

    by: By
    since: dt.date = Field(alias="from")
    until: dt.date = Field(alias="to", description="the last day")
    total: Figure
    lines: list[Figure]


class Miss(Output):
    """How often there was a finding of one code."""

    code: str
    fault: int
    unsure: int
    remark: int
    share: Rate = Field(description="of vehicles of which it was a fault")


class Misses(Output):
    """Every code, the commonest fault first."""

    since: dt.date = Field(alias="from")
    until: dt.date = Field(alias="to")
    codes: list[Miss]


class DeafBooth(Output):
    """How long a booth could not be listened to."""

    station: str
    booth: str
    shifts: int
    listened_s: float
    gap_s: float
    reasons: dict[str, float] = Field(description="seconds; one moment may have two reasons")


class Deaf(Output):
    """Every booth, the one that was deaf for longest first."""

    since: dt.date = Field(alias="from")
    until: dt.date = Field(alias="to")
    booths: list[DeafBooth]


class FoundIn(Output):
    """A finding of a vehicle, in short."""

    code: str
    status: FindingStatus


class VehicleLine(Output):
    """A vehicle that the figures count."""

    shift: ShiftId
    grading: int = Field(description="its number in the shift")
    position: int = Field(description="the vehicle's place in the grading, from 0")
    station: str
    booth: str
    collector: str
    team: str | None
    vehicle: int | str = Field(description="the lane's name for it")
    lane: Lane
    outcome: Outcome
    arrived_at: Utc
    start_ms: int
    end_ms: int
    findings: list[FoundIn]


def _asked(
    caller: Reader,
    since: Annotated[Day, Query(alias="from", description="first day, of the shifts' starts")],
    until: Annotated[Day, Query(alias="to", description="last day")],
    station: Code | None = None,
    booth: Code | None = None,
    team: Code | None = None,
    collector: Code | None = None,
    lane: Lane | None = None,
) -> Asked:
    """The question, about the caller's own reach."""
    try:
        asked = figures.asked(
            since=since,
            last=until,
            station=station,
            booth=booth,
            team=team,
            collector=collector,
            lane=lane,
        )
    except BadInput as error:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)) from None
    return replace(asked, reach=caller.reach)


About = Annotated[Asked, Depends(_asked)]


@router.get("/compliance", response_model_by_alias=True)
def compliance(
    caller: Reader,  # noqa: ARG001
    services: Shared,
    about: About,
    by: Annotated[By, Query(description="what to tell apart")] = By.STATION,
) -> Answer:
    """How many vehicles were compliant, or steps said, over a period."""
    with services.database.reading() as connection:
        answer = counted.compliance(connection, by, about)
    return Answer.model_validate(figures.as_json(answer, about))


@router.get("/misses")
def misses(caller: Reader, services: Shared, about: About) -> Misses:  # noqa: ARG001
    """The commonest findings over a period."""
    with services.database.reading() as connection:
        found = counted.misses(connection, about)
    return Misses.model_validate(figures.misses_as_json(found, about))


@router.get("/deaf")
def deaf(caller: Reader, services: Shared, about: About) -> Deaf:  # noqa: ARG001
    """How long booths could not be listened to over a period."""
    with services.database.reading() as connection:
        found = counted.deaf(connection, about)
    return Deaf.model_validate(figures.deaf_as_json(found, about))


@router.get("/vehicles")
def vehicles(
    caller: Reader,  # noqa: ARG001
    services: Shared,
    about: About,
    outcome: Outcome | None = None,
    code: Annotated[Line | None, Query(description="of a finding")] = None,
    status: Annotated[FindingStatus | None, Query(description="of a finding, or of that")] = None,
    arrived_from: Moment | None = None,
    arrived_before: Moment | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[VehicleLine]:
    """The vehicles behind the figures, the latest shift's first."""
    wanted = Wanted(
        outcome=outcome, code=code, status=status, since=arrived_from, until=arrived_before
    )
    filters = (about, wanted)
    after = services.cursors.read("figures.vehicles", filters, cursor)
    with services.database.reading() as connection:
        found = vehicle_list.vehicles(
            connection, about, wanted, after=_place(after), limit=limit + 1
        )
    rows = [(each.place, _line(each)) for each in found]
    return services.cursors.page("figures.vehicles", filters, rows, limit)


def _place(key: tuple[int | str | dt.datetime, ...] | None) -> Place | None:
    if key is None:
        return None
    started_at, grading_id, position = key
    assert isinstance(started_at, dt.datetime)
    return started_at, int(str(grading_id)), int(str(position))


def _line(each: Listed) -> VehicleLine:
    names: Mapping[str, Any] = {
        name: getattr(each, name)
        for name in VehicleLine.model_fields
        if name not in ("shift", "findings")
    }
    return VehicleLine(
        shift=each.shift_id,
        findings=[FoundIn(code=code, status=status) for code, status in each.findings],
        **names,
    )
