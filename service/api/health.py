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


@router.get("/healthz", responses={503: {"model": Health, "description": "A check fails"}})
def health(services: Shared, response: Response) -> Health:
    """Whether all checks pass: status 200, else 503."""
    found = checks(measure(services.site, services.database, services.clock()))
    if not all(found.values()):
        response.status_code = 503
    return Health(
        state=_state(all(found.values())),
        checks={name: _state(passes) for name, passes in found.items()},
    )


def _state(passes: bool) -> State:
    return "ok" if passes else "failing"
