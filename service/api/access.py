"""Who asks, and what they may: every endpoint names its permission, and learns for whose things.

@router.get("/shifts")
def shifts(caller: Annotated[Caller, permission(Permission.RESULTS_READ)]) -> …:
    … caller.reach …
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from db.people_types import Person, Reach
from service.accounts import Active
from service.api.problems import Refused
from service.api.wiring import Shared
from service.rights import Permission, reach

COOKIE = "changshou_session"

_bearer = HTTPBearer(auto_error=False, description="the token of POST /v1/session with bearer")
_cookie = APIKeyCookie(name=COOKIE, auto_error=False, description="set by POST /v1/session")
_SAFE = {"GET", "HEAD", "OPTIONS"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """Who asks, and whose things they may touch here."""

    active: Active
    reach: Reach

    @property
    def person(self) -> Person:
        """Who asks."""
        return self.active.person


class Needs:
    """The dependency of an endpoint that needs a permission."""

    def __init__(self, needed: Permission) -> None:
        self.permission = needed

    def __call__(
        self,
        request: Request,
        services: Shared,
        bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
        cookie: Annotated[str | None, Depends(_cookie)],
    ) -> Caller:
        """The caller; 401 without a session, 403 without the permission, 422 for what is unknown.

        A misspelt filter would show more than was asked for.
        """
        token = bearer.credentials if bearer else cookie
        active = services.accounts.active(token) if token else None
        if active is None:
            raise Refused(
                HTTPStatus.UNAUTHORIZED,
                "nobody is logged in, or not any more: POST /v1/session",
                headers={"WWW-Authenticate": "Bearer"},
            )
        if bearer is None and request.method not in _SAFE and _from_elsewhere(request):
            raise Refused(HTTPStatus.FORBIDDEN, "another site's page may not do this for you")
        reached = reach(active.person.grants, active.person.collector_id, self.permission)
        if reached.empty:
            raise Refused(HTTPStatus.FORBIDDEN, f"your roles do not allow {self.permission.value}")
        known = _parameters(request.scope["route"].dependant)
        unknown = [name for name in request.query_params if name not in known]
        if unknown:
            raise RequestValidationError(
                [
                    {"type": "unknown", "loc": ("query", name), "msg": "is not known here"}
                    for name in unknown
                ]
            )
        return Caller(active=active, reach=reached)


def permission(needed: Permission) -> Any:
    """What an endpoint that needs it writes in its signature."""
    return Depends(Needs(needed))


def _parameters(dependant: Dependant) -> set[str]:
    """The names in the address that an endpoint and what it depends on take."""
    own = {field.alias for field in dependant.query_params}
    return own.union(*(_parameters(inner) for inner in dependant.dependencies))


def _from_elsewhere(request: Request) -> bool:
    """Whether a browser says that the page that asks is another's."""
    return request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none")
