"""Alarms of the centre: what came from booths and is not as it must be."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from db import alarms
from service.api.access import Caller, permission
from service.api.cursor import Cursor, Limit, Page
from service.api.values import Output, Utc
from service.api.wiring import Shared
from service.rights import Permission

router = APIRouter(prefix="/v1/alarms", tags=["devices"])

Reader = Annotated[Caller, permission(Permission.DEVICES_READ)]


class Alarm(Output):
    """A message of a booth that a person must look at."""

    id: int
    station: str
    booth: str
    epoch: str = Field(description="of the booth's database")
    seq: int = Field(description="the message's number")
    at: Utc
    status: int = Field(
        description="409: its number came before with another body; 422: it cannot be stored"
    )
    why: str


@router.get("")
def listed(
    caller: Reader, services: Shared, limit: Limit = 100, cursor: Cursor = None
) -> Page[Alarm]:
    """Alarms, the newest first. docs/sync.md says what to do about each."""
    key = services.cursors.read("alarms", None, cursor)
    after = None if key is None else key[0]
    with services.database.reading() as connection:
        rows = alarms.page(connection, caller.reach, after=after, limit=limit + 1)
    found = [((row["id"],), Alarm(**dict(row))) for row in rows]
    return services.cursors.page("alarms", None, found, limit)
