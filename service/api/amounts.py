"""What decided fines come to, for finance; and the rule by which there are amounts at all."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import ConfigDict, Field
from sqlalchemy import RowMapping

from db import consequences as kept
from phrases.consequences import Warn
from service import consequences
from service.api.access import Caller, permission
from service.api.months import Month
from service.api.places import station_of
from service.api.values import Code, Day, Input, Line, Output, Utc
from service.api.wiring import Shared
from service.months import period
from service.reviews import Reviewer
from service.rights import Permission

router = APIRouter(prefix="/v1/amounts", tags=["amounts"])

Reader = Annotated[Caller, permission(Permission.AMOUNTS_READ)]
Office = Annotated[Caller, permission(Permission.AMOUNTS_SWITCH)]


class NewAmountRule(Input):
    """Switch amounts on, by the station's adopted rule, or off."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "station": "nanchang-north",
                "seen": 0,
                "enabled": True,
                "rule": "《收费站文明服务管理办法》第十二条",
                "adopted_on": "2026-03-01",
                "pay_yuan": 4500,
                "minimum_yuan": 2000,
            }
        }
    )
    station: Code
    seen: int = Field(ge=0, description="number of the last one that you saw; 0: none")
    enabled: bool
    rule: Line | None = Field(None, description="its title and article")
    adopted_on: Day | None = None
    pay_yuan: int | None = Field(None, ge=1, le=1_000_000, description="a month's")
    minimum_yuan: int | None = Field(None, ge=1, le=1_000_000, description="a month's minimum wage")


class AmountRule(Output):
    """What was said of a station's amounts, and by whom."""

    number: int
    at: Utc
    person: str
    enabled: bool
    rule: str | None
    adopted_on: dt.date | None
    pay_yuan: int | None
    minimum_yuan: int | None


class AmountRules(Output):
    """All that was ever said; the first counts. Without any, amounts are switched off."""

    station: str
    enabled: bool
    rules: list[AmountRule]


class Deduction(Output):
    """A collector's month."""

    station: str
    collector: str
    yuan: int = Field(description="of fines that were decided in the month and not overturned")
    waits_yuan: int = Field(description="of it, what an appeal may still change: not to be taken")
    warnings: list[Warn]


class Deductions(Output):
    """A month's deductions."""

    month: str
    deductions: list[Deduction]


@router.get("/rules")
def rules(caller: Office, services: Shared, station: Annotated[Code, Query()]) -> AmountRules:
    """What was said of a station's amounts, the last first."""
    with services.database.reading() as connection:
        key = station_of(connection, caller, station)
        return _rules(station, list(kept.rules(connection, key)))


@router.post("/rules", status_code=201)
def switch(body: NewAmountRule, caller: Office, services: Shared) -> AmountRules:
    """Switch amounts on, citing the station's adopted rule, or off; 409 if somebody has."""
    with services.database.writing() as connection:
        key = station_of(connection, caller, body.station)
        consequences.switch(
            Reviewer(connection=connection, person=caller.person, now=services.clock()),
            key,
            body.seen,
            enabled=body.enabled,
            cited=body.rule or "",
            adopted_on=body.adopted_on,
            pay_fen=None if body.pay_yuan is None else body.pay_yuan * 100,
            minimum_fen=None if body.minimum_yuan is None else body.minimum_yuan * 100,
            rules=services.known.provisions,
        )
        return _rules(body.station, list(kept.rules(connection, key)))


@router.get("/{month}")
def deductions(month: Month, caller: Reader, services: Shared) -> Deductions:
    """What a month's fines come to, by collector: decided amounts, and nothing of why."""
    first, after = period(month)
    zone = services.site.time_zone
    since, until = (dt.datetime.combine(day, dt.time(), zone) for day in (first, after))
    with services.database.reading() as connection:
        rows = kept.fines(connection, caller.reach, since, until)
        found = consequences.months(connection, rows, services.clock(), services.known.provisions)
    return Deductions(
        month=month,
        deductions=[
            Deduction(
                station=each.station,
                collector=each.collector,
                yuan=each.amount_fen // 100,
                waits_yuan=each.waits_fen // 100,
                warnings=list(each.warnings),
            )
            for each in found
        ],
    )


def _rules(station: str, rows: list[RowMapping]) -> AmountRules:
    return AmountRules(
        station=station,
        enabled=bool(rows and rows[0]["enabled"]),
        rules=[
            AmountRule(
                **{name: row[name] for name in ("number", "at", "person", "enabled", "adopted_on")},
                rule=row["rule"] or None,
                pay_yuan=None if row["pay_fen"] is None else row["pay_fen"] // 100,
                minimum_yuan=None if row["minimum_fen"] is None else row["minimum_fen"] // 100,
            )
            for row in rows
        ],
    )
