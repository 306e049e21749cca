"""Months: each collector's, team's and station's score of 100, and what is proposed after it."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field
from sqlalchemy import Connection, select

from db import months as kept
from db import places, tables
from db.people_types import Reach
from db.reach import within
from phrases import awards
from phrases.awards import Guide, Site
from phrases.checks import Part
from phrases.places import places as in_order
from service import month_scores, months
from service.api.access import Caller, permission
from service.api.cursor import Cursor, Limit, Page
from service.api.problems import Refused, not_found
from service.api.values import Code, Output, Utc
from service.api.wiring import Services, Shared
from service.errors import BadInput
from service.month_scores import Rules
from service.rights import Permission

router = APIRouter(prefix="/v1/months", tags=["months"])

Reader = Annotated[Caller, permission(Permission.RESULTS_READ)]
Month = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}$", examples=["2026-11"])]


class KeptMonth(Output):
    """A month that was made."""

    month: str
    station: str
    version: int = Field(description="from 1; another where late booths or a re-grade changed it")
    made_at: Utc


class PartLine(Output):
    """One part of the 100 points."""

    points: float
    share: float | None = Field(ge=0, le=1, description="null: nothing was seen of it")
    low: float | None
    high: float | None
    groups: int = Field(description="shifts and checks that it rests on")


class StarsLine(Output):
    """Stars that are proposed."""

    sure: int = Field(ge=0, le=3, description="the whole interval is high enough")
    proposed: int = Field(ge=0, le=3)
    most: int = Field(ge=0, le=3, description="the interval reaches so high")


class Line(Output):
    """A month's score and how it came about."""

    score: float | None = Field(ge=0, le=100)
    low: float | None = Field(description="of the 95 % interval")
    high: float | None
    why_none: str | None = Field(examples=["microphone", "nothing_judged"])
    guide: Guide = Field(description="how it stands to the line that decides nothing alone")
    covered: float = Field(description="points of 100 of which something was seen")
    unsure: float = Field(ge=0, le=1, description="share that could not be judged, in no score")
    parts: dict[Part, PartLine]
    stars: StarsLine | None
    best_place: int | None = Field(description="1 is the highest; null: no place")
    worst_place: int | None = Field(description="any place up to here is as likely")
    like_next: bool = Field(description="it cannot be told apart from the line after it")
    vehicles: int
    shifts: int
    checks: int
    complaints: int = Field(description="taken in the month, and proven")


class StationLine(Line):
    """A station's."""

    station: str


class TeamLine(Line):
    """A team's."""

    team: str


class CollectorLine(Line):
    """A collector's."""

    collector: str
    team: str | None


class Goal(Output):
    """How many have so many stars, and how many should."""

    stars: int
    reached: int
    of: int
    target: float = Field(description="percent")
    met: bool | None


class Proposed(Output):
    """Who stands out: above whom nobody is for certain. A person awards."""

    model_collectors: list[str]
    gold_teams: list[str]


class MonthScores(Output):
    """A station's month, as far as the caller may see it."""

    month: str
    version: int | None = Field(description="null: not made yet, as it is now")
    made_at: Utc | None
    guide: float
    points: dict[Part, float]
    station: StationLine | None
    teams: list[TeamLine]
    collectors: list[CollectorLine]
    goals: list[Goal] | None
    proposed: Proposed | None


class StationScore(Output):
    """A station's score among others."""

    station: str
    kind: Site
    score: float | None
    low: float | None
    high: float | None
    guide: Guide
    best_place: int | None
    worst_place: int | None


class Target(Output):
    """How many stations reach the guide, and how many should."""

    reached: int
    of: int
    target: float
    met: bool | None


class Stations(Output):
    """The stations of a month beside each other."""

    month: str
    stations: list[StationScore]
    targets: dict[str, Target] = Field(description="of all, of town and of rural stations")
    proposed: list[str] = Field(description="model sites: above which none is for certain")


@router.get("")
def listed(
    caller: Reader, services: Shared, limit: Limit = 100, cursor: Cursor = None
) -> Page[KeptMonth]:
    """Months that were made, the newest first."""
    key = services.cursors.read("months", None, cursor)
    with services.database.reading() as connection:
        reached = months.within(connection, caller.reach)
        rows = kept.listed(
            connection,
            tables.Station.code.in_(reached),
            after=None if key is None else (key[0], key[1]),
            limit=limit + 1,
        )
    keyed = [((row["month"], row["station"]), KeptMonth(**dict(row))) for row in rows]
    return services.cursors.page("months", None, keyed, limit)


@router.get("/{month}")
def one(
    month: Month,
    caller: Reader,
    services: Shared,
    station: Annotated[Code, Query()],
) -> MonthScores:
    """A station's month: as it was kept, or as it is now if it was not made yet."""
    with services.database.reading() as connection:
        station_id = places.find(connection, tables.Station, code=station)
        if station_id is None or station not in months.within(connection, caller.reach):
            raise not_found("station")
        last = kept.last(connection, station_id, month)
        scores = None if last is None else json.loads(last.figures).get("scores")
        if scores is None:
            last, scores = None, _now(connection, services, station, month)
        return MonthScores(
            month=month,
            version=None if last is None else last.number,
            made_at=None if last is None else last.made_at,
            **months.seen(connection, caller.reach, station_id, scores),
        )


@router.get("/{month}/stations")
def stations(month: Month, caller: Reader, services: Shared) -> Stations:
    """The stations of whose all the caller may see, with the targets that they are held to."""
    with services.database.reading() as connection:
        mine = [
            code
            for code in months.within(connection, caller.reach)
            if _whole(connection, caller.reach, code)
        ]
        found = {code: _station(connection, services, code, month) for code in mine}
    rules = services.known.month
    known = {code: line["score"] for code, line in found.items() if line["score"] is not None}
    ends = {code: (found[code]["low"], found[code]["high"]) for code in known}
    placed = dict(zip(known, in_order(list(ends.values())), strict=True))
    line = services.known.table.points.guide
    return Stations(
        month=month,
        stations=[
            StationScore(
                station=code,
                kind=awards.site(code, rules),
                score=made["score"],
                low=made["low"],
                high=made["high"],
                guide=made["guide"],
                best_place=placed[code].best if code in placed else None,
                worst_place=placed[code].worst if code in placed else None,
            )
            for code, made in found.items()
        ],
        targets={
            name: Target(**month_scores.share_as_json(share))
            for name, share in awards.targets(known, line, rules).items()
        },
        proposed=[
            code for code, place in placed.items() if place.best == 1 and place.worst < len(placed)
        ],
    )


def _station(
    connection: Connection, services: Services, station: str, month: str
) -> dict[str, Any]:
    """A station's own line, as it was kept or is now."""
    station_id = places.find(connection, tables.Station, code=station)
    last = None if station_id is None else kept.last(connection, station_id, month)
    scores = None if last is None else json.loads(last.figures).get("scores")
    line: dict[str, Any] = (scores or _now(connection, services, station, month))["station"]
    return line


def _now(connection: Connection, services: Services, station: str, month: str) -> dict[str, Any]:
    known, site = services.known, services.site
    rules = Rules(table=known.table, month=known.month, zone=site.time_zone)
    try:
        return months.scored(connection, station, month, rules)
    except BadInput as error:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)) from None


def _whole(connection: Connection, reach: Reach, code: str) -> bool:
    own = within(reach, station=tables.Station.id)
    query = select(tables.Station.id).where(tables.Station.code == code, own)
    return connection.scalar(query) is not None
