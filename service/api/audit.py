"""Who read or decided what, for those whom it concerns."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from db import audit
from service.api.access import Caller, permission
from service.api.cursor import Cursor, Limit, Page
from service.api.values import Output, Utc
from service.api.wiring import Shared
from service.rights import Permission

router = APIRouter(prefix="/v1/audit", tags=["audit"])

Reader = Annotated[Caller, permission(Permission.AUDIT_READ)]


class Deed(Output):
    """Somebody read or decided something."""

    id: int
    at: Utc
    person: str | None = Field(description="who; null: the machine itself or its command line")
    action: str = Field(examples=["clip.read"])
    thing: str = Field(description="id of what it was done to")
    station: str | None
    collector: str | None = Field(description="whom it concerns")
    detail: dict[str, str]


@router.get("")
def deeds(
    caller: Reader, services: Shared, limit: Limit = 100, cursor: Cursor = None
) -> Page[Deed]:
    """What was done, newest first: to a collector what concerns them."""
    key = services.cursors.read("audit", None, cursor)
    after = None if key is None else key[0]
    with services.database.reading() as connection:
        rows = audit.page(connection, caller.reach, after=after, limit=limit + 1)
    keyed = [
        ((row["id"],), Deed(**{name: row[name] for name in Deed.model_fields})) for row in rows
    ]
    return services.cursors.page("audit", None, keyed, limit)
