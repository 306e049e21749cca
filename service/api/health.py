"""Whether the server works, for whoever watches it; nobody need log in."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Response
from sqlalchemy import text

from db.types import StoreError
from service.api.values import Output
from service.api.wiring import Shared

router = APIRouter(tags=["health"])

State = Literal["ok", "failing"]


class Health(Output):
    """The state of the whole, and of each part that was checked."""

    state: State
    checks: dict[str, State]


@router.get("/healthz", responses={503: {"model": Health, "description": "A check fails"}})
def health(services: Shared, response: Response) -> Health:
    """Whether all checks pass: status 200, else 503."""
    checks: dict[str, State] = {"database": _database(services)}
    state: State = "ok" if set(checks.values()) == {"ok"} else "failing"
    if state != "ok":
        response.status_code = 503
    return Health(state=state, checks=checks)


def _database(services: Shared) -> State:
    try:
        with services.database.reading() as connection:
            connection.execute(text("SELECT 1"))
    except StoreError:
        return "failing"
    return "ok"
