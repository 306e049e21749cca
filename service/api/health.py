"""Whether the server works, for whoever watches it; nobody need log in."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Response

from service.api.values import Output
from service.api.wiring import Shared
from service.health import checks, measure

router = APIRouter(tags=["health"])

State = Literal["ok", "failing"]


class Health(Output):
    """The state of the whole, and of each part that was checked."""

    state: State
    checks: dict[str, State]
    problems: dict[str, str]
    """what is wrong with those that fail, and what to do"""


@router.get("/healthz", responses={503: {"model": Health, "description": "A check fails"}})
def health(services: Shared, response: Response) -> Health:
    """Whether all checks pass: status 200, else 503."""
    ears = services.door.ears
    found = checks(measure(services.site, services.database, services.clock(), ears))
    problems = {name: problem for name, problem in found.items() if problem is not None}
    if problems:
        response.status_code = 503
    return Health(
        state="failing" if problems else "ok",
        checks={name: "failing" if name in problems else "ok" for name in found},
        problems=problems,
    )
