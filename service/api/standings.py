"""How each phrase stands at a station: advisory, or far enough shown to propose by it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from db import standings as kept
from phrases.standing import LEAST, TARGET, Reason, Standing
from service import standings
from service.api.access import Caller, permission
from service.api.places import station_of
from service.api.values import Code, Output, Utc
from service.api.wiring import Shared
from service.rights import Permission

router = APIRouter(prefix="/v1/standings", tags=["standings"])

Reader = Annotated[Caller, permission(Permission.PLACES_READ)]


class Change(Output):
    """How a code stood from a moment on."""

    at: Utc
    standing: Standing
    reason: Reason
    clips: int
    confirmed: int
    low: float | None
    model: str
    thresholds: str


class CodeStanding(Output):
    """How a code stands, and how far it has come."""

    code: str
    standing: Standing
    reason: Reason = Field(description="by the labels of now")
    clips: int = Field(description="that two people labelled, as the ears of now found them")
    confirmed: int = Field(description="of them by both")
    low: float | None = Field(description="0..1, lower 95 % bound of the precision")
    history: list[Change] = Field(description="the newest first")


class Standings(Output):
    """All codes of a station of which anything was labelled: the others are advisory."""

    station: str
    target: float
    least: int
    codes: list[CodeStanding]


@router.get("")
def listed(caller: Reader, services: Shared, station: Annotated[Code, Query()]) -> Standings:
    """Each code's way from advisory to proposing."""
    with services.database.reading() as connection:
        key = station_of(connection, caller, station)
        changes = kept.history(connection, key)
        codes = []
        for code in kept.codes(connection, key):
            way = standings.way(connection, key, code)
            own = [row for row in changes if row["code"] == code]
            codes.append(
                CodeStanding(
                    code=code,
                    standing=own[0]["standing"] if own else Standing.ADVISORY,
                    reason=way.reason,
                    clips=way.clips,
                    confirmed=way.confirmed,
                    low=way.low,
                    history=[
                        Change(**{name: row[name] for name in Change.model_fields}) for row in own
                    ],
                )
            )
    return Standings(station=station, target=TARGET, least=LEAST, codes=codes)
