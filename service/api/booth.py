"""The booth that this machine runs: who sits there, and how it stands."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from db import places, tables
from service.api.access import Caller, permission
from service.api.problems import Refused, not_found
from service.api.values import Code, Input, Line, Output, Utc
from service.api.wiring import Services, Shared
from service.booth import Booth
from service.errors import BadInput, Failed
from service.live import Keeper
from service.live_seat import How, Sitter
from service.rights import Permission

router = APIRouter(prefix="/v1/booth", tags=["booth"])

Reader = Annotated[Caller, permission(Permission.BOOTH_READ)]
Seater = Annotated[Caller, permission(Permission.BOOTH_SEAT)]


class Login(Input):
    """Who sits there from now on."""

    collector: Code
    team: Code | None = None


class Relief(Input):
    """Who takes the other's place."""

    collector: Code | None = Field(None, description="null: a login will say it")
    team: Code | None = None


class NotMe(Input):
    """A vehicle that was served by somebody else."""

    vehicle: int | Line = Field(description="the lane's name for it", examples=["A1"])


class State(Output):
    """How it stands with the booth."""

    station: str
    booth: str
    collector: str | None = Field(description="who sits there; null: nobody, as far as is known")
    team: str | None
    how: str = Field(description="login, roster, api, relief, proposal, logout or start")
    since: Utc
    shift: str | None = Field(description="the shift that is added to")
    vehicle: int | str | None = Field(description="that stands there now, by the lane")
    judged: int = Field(description="vehicles since listening began")
    waiting: int = Field(description="vehicles in the queue")
    report_due: bool = Field(description="so many wait that the leader must be told")
    cards: int
    card_s: float | None = Field(description="seconds for a card, on average")
    tolls: int
    toll_s: float | None = Field(description="seconds for a toll, on average")
    lane_offset_ms: int | None = Field(description="added to the lane's times")
    clock_trusted: bool
    unstored: int = Field(description="pieces that wait to be stored")


@router.get("/state")
def state(caller: Reader, services: Shared) -> State:
    """How it stands now."""
    return _state(opened(caller, services))


@router.post("/login")
def login(body: Login, caller: Seater, services: Shared) -> State:
    """Say who sits there from now on: a shift begins. A collector may only say it of oneself."""
    booth = opened(caller, services, body.collector)
    sitter = Sitter(collector=body.collector, team=body.team)
    return _do(booth, lambda keeper: keeper.login(sitter, How.API))


@router.post("/logout")
def logout(caller: Seater, services: Shared) -> State:
    """Say that who sits there leaves: the shift ends. A collector may only say it of oneself."""
    return _do(opened(caller, services, _sitting(services)), Keeper.logout)


@router.post("/relief")
def relief(body: Relief, caller: Seater, services: Shared) -> State:
    """One takes the other's place; a collector may say it who sits there or who comes."""
    named = body.collector or _sitting(services)
    sitter = Sitter(collector=body.collector, team=body.team) if body.collector else None
    return _do(opened(caller, services, named), lambda keeper: keeper.relief(sitter))


@router.post("/not-me")
def not_me(body: NotMe, caller: Seater, services: Shared) -> State:
    """Mark a vehicle as somebody else's: it is kept, and not counted until a person decides."""
    booth = opened(caller, services, _sitting(services))
    return _do(booth, lambda keeper: keeper.not_me(body.vehicle))


def opened(caller: Caller, services: Services, collector: str | None = None) -> Booth:
    """The booth, if the caller may touch it for this collector; 404 if not, or if there is none."""
    booth, reach = services.door.booth, caller.reach
    if booth is None:
        raise not_found("booth that runs here")
    place = booth.keeper.place
    with services.database.reading() as connection:
        station = places.find(connection, tables.Station, code=place.station)
        own = None
        if station is not None and collector is not None:
            own = places.find(connection, tables.Collector, station_id=station, code=collector)
    if not (reach.everything or station in reach.stations or own in reach.collectors):
        raise not_found("booth that runs here")
    return booth


def _sitting(services: Services) -> str | None:
    booth = services.door.booth
    if booth is None:
        return None
    with booth.lock:
        sitter = booth.keeper.state.sitter
    return sitter.collector if sitter else None


def _do(booth: Booth, what: Callable[[Keeper], None]) -> State:
    try:
        with booth.lock:
            what(booth.keeper)
    except BadInput as error:
        raise Refused(HTTPStatus.CONFLICT, str(error)) from None
    except Failed as error:
        raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, str(error)) from None
    return _state(booth)


def _state(booth: Booth) -> State:
    with booth.lock:
        now = booth.keeper.state
    place, averages = booth.keeper.place, now.averages
    return State(
        station=place.station,
        booth=place.booth,
        collector=now.sitter.collector if now.sitter else None,
        team=now.sitter.team if now.sitter else None,
        how=str(now.how),
        since=now.since,
        shift=now.shift,
        vehicle=now.vehicle,
        judged=now.judged,
        waiting=now.waiting,
        report_due=now.report_due,
        cards=averages.cards,
        card_s=averages.card_s,
        tolls=averages.tolls,
        toll_s=averages.toll_s,
        lane_offset_ms=now.lane_offset_ms,
        clock_trusted=now.clock_trusted,
        unstored=now.unstored,
    )
