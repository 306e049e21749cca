"""Findings across shifts."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from sqlalchemy import RowMapping

from db import pages, station_now
from db.pages import ShiftFilter
from phrases.types import FindingStatus
from service import report_json
from service.api.access import Caller
from service.api.cursor import Cursor, Limit, Page
from service.api.shift_models import PlacedFinding
from service.api.shifts import Results, chosen
from service.api.wiring import Services, Shared

router = APIRouter(prefix="/v1/findings", tags=["findings"])

FindingCode = Annotated[
    str, Field(pattern=r"^[a-z_]+(\.[a-z_]+)*$", max_length=64, examples=["missing.thanks"])
]


@router.get("")
def findings(
    caller: Results,
    services: Shared,
    wanted: Annotated[ShiftFilter, Depends(chosen)],
    code: Annotated[FindingCode | None, Query()] = None,
    status: Annotated[FindingStatus | None, Query()] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[PlacedFinding]:
    """Findings of the gradings that are shown, of the newest shift first."""
    filters = (wanted, code, status)
    after = services.cursors.read("findings", filters, cursor)
    with services.database.reading() as connection:
        rows = pages.findings(
            connection,
            caller.reach,
            wanted,
            code=code,
            status=status,
            after=after,
            limit=limit + 1,
        )
    keyed = [
        (
            (row["shift_started_at"], row["shift"], row["vehicle_position"], row["position"]),
            _placed(row),
        )
        for row in rows
    ]
    return services.cursors.page("findings", filters, keyed, limit)


def running(caller: Caller, services: Services, limit: int) -> list[PlacedFinding]:
    """The latest findings of the shifts that run, whichever booth they are of."""
    since = services.clock() - station_now.LASTS
    with services.database.reading() as connection:
        rows = pages.newest_findings(connection, caller.reach, since=since, limit=limit)
    return [_placed(row) for row in rows]


def _placed(row: RowMapping) -> PlacedFinding:
    at_ms: int | None = row["at_ms"]
    started: dt.datetime = row["recording_started_at"]
    same = ("code", "status", "step", "expected", "heard", "reason", "shift", "station", "booth")
    more = ("collector", "team", "vehicle_position", "position", "lane", "outcome")
    return PlacedFinding(
        **{name: row[name] for name in (*same, *more)},
        vehicle=int(row["vehicle"]) if row["is_number"] else row["vehicle"],
        at_s=report_json.seconds(at_ms),
        at=None if at_ms is None else started + dt.timedelta(milliseconds=at_ms),
    )
